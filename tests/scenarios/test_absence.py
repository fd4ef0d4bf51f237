"""Leave, and people who leave for good: a task is never without somebody."""

from typing import Any

import pytest

from tasks.model import TaskState
from tests.builders import utc
from tests.scenarios.company import Company, email, inputs, shown, user_id


def go_away(company: Company, who: str, delegate: str, first: str = "2026-11-02", last: str = "2026-11-09") -> None:
    form = company.asks_for_a_form(who, "away")
    assert inputs(form) == ["First day away", "Last day away", "Who answers meanwhile?"]
    company.sends(
        who,
        {
            "First day away": first,
            "Last day away": last,
            "Who answers meanwhile?": company.person(delegate).id,
        },
    )


def leaves(company: Company, who: str) -> None:
    company.slack.users[user_id(who)].deleted = True


def test_whoever_stands_in_is_prompted_for_what_is_open_already(company: Company) -> None:
    task = company.open_a_task()

    go_away(company, "olga", "cora")

    prompt = company.prompt("cora")
    assert "Olga Owner is away; you answer meanwhile." in shown(prompt)
    company.attaches("cora", prompt, company.a_file("cora"))
    company.presses("cora", "Done", company.prompt("cora"))
    answered = company.task_again(task.id)
    assert answered.state is TaskState.SUBMITTED
    [signed] = company.read(lambda uow: uow.answers.attestations(task.id))
    assert (signed.person_id, signed.on_behalf_of) == (company.person("cora").id, company.person("olga").id)
    assert "Cora Colleague answered" in shown(company.prompt("olga"))


def test_leave_that_begins_later_moves_the_tasks_on_its_first_day(company: Company) -> None:
    company.open_a_task()

    go_away(company, "olga", "cora", first="2026-11-05", last="2026-11-12")
    assert company.inbox("cora") == []
    company.at(utc(2026, 11, 5, 9))

    assert "Olga Owner is away" in shown(company.prompt("cora"))


def test_coming_back_early_gives_the_tasks_back(company: Company) -> None:
    company.open_a_task()
    go_away(company, "olga", "cora")

    assert "Welcome back" in shown(company.says("olga", "away off"))
    company.run_due_jobs()

    assert "Olga Owner has this task now." in shown(company.prompt("cora"))


def test_a_leave_without_a_return_date_is_refused_in_the_form(company: Company) -> None:
    company.asks_for_a_form("olga", "away")
    cora = company.person("cora").id

    answer = company.sends(
        "olga",
        {"First day away": "2026-11-05", "Last day away": "2026-11-03", "Who answers meanwhile?": cora},
    )

    assert answer == {"response_action": "errors", "errors": {"last": "The last day is before the first."}}


@pytest.mark.parametrize("noticed_by", ["an event", "the sync job"])
def test_somebody_deactivated_in_slack_leaves_their_tasks_to_their_manager_and_the_lead_is_told(
    company: Company, noticed_by: str
) -> None:
    task = company.open_a_task()

    leaves(company, "olga")
    if noticed_by == "an event":
        user: dict[str, Any] = company.slack.users[user_id("olga")].as_json()
        assert company.sender.event({"type": "user_change", "user": user}).status_code == 200
        company.run_due_jobs()
    else:
        company.sync_people()

    assert company.task_again(task.id).owner_id == company.person("max").id
    assert "This is yours now." in shown(company.prompt("max"))
    assert "Olga Owner was deactivated. 1 open task moved on." in shown(company.prompt("lea"))
    assert company.person("olga").active is False


def test_a_newcomer_is_known_as_soon_as_slack_says_so(company: Company) -> None:
    user = company.slack.add_user("Nia New", email("nia"), id=user_id("nia")).as_json()

    assert company.sender.event({"type": "team_join", "user": user}).status_code == 200

    assert company.person("nia").active
    assert "Nothing is waiting for you." in shown(company.says("nia", "tasks"))
