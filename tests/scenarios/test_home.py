"""The Home tab: what people find there, and that it stays true while they look at it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from tasks.model import TaskState
from tests.bot.a_company import StepClock
from tests.builders import utc
from tests.fake_slack import View
from tests.scenarios.company import (
    START,
    Company,
    a_catalogue_control,
    a_slack,
    buttons,
    serving,
    shown,
    user_id,
)
from tests.slack_requests import find_button

MOST_WAIT = 3.0
"""Seconds that any test waits for a page."""


def opens_home(company: Company, handle: str = "olga") -> View:
    """Opens it, and looks at it once it is shown."""
    before = pages(company, handle)
    assert company.sender.home_opened(user_id(handle)).status_code == 200
    company.slack.wait_until(lambda: pages(company, handle) > before, MOST_WAIT)
    return home(company, handle)


def pages(company: Company, handle: str = "olga") -> int:
    """How often it was shown."""
    found = company.slack.homes.get(user_id(handle))
    return len(found.history) + 1 if found else 0


def home(company: Company, handle: str = "olga") -> View:
    return company.slack.homes[user_id(handle)]


def presses(company: Company, handle: str, label: str) -> None:
    on = home(company, handle)
    response = company.sender.press_in_view(user_id(handle), on, *find_button(on, label))
    assert response.status_code == 200, response.text


def comes_to_say(company: Company, words: str, handle: str = "olga") -> None:
    """Some seconds later: a burst of changes is shown as one."""
    company.wait(5)
    company.slack.wait_until(lambda: words in shown(home(company, handle)), MOST_WAIT)


# what stands there


def test_it_is_shown_after_the_answer_to_slack_with_the_open_tasks(company: Company) -> None:
    company.open_a_task()

    page = opens_home(company)

    assert "Your tasks (1)" in shown(page)
    assert buttons(page) == ["All my tasks", "Status", "I will be away …", "Help", "Open"]


def test_who_has_nothing_to_do_finds_a_kind_word(company: Company) -> None:
    assert "Nothing waits for you." in shown(opens_home(company, "cora"))


def test_a_manager_finds_their_team_and_the_lead_what_is_still_to_be_set_up(company: Company) -> None:
    company.open_a_task()
    company.at(utc(2026, 11, 17, 10))

    manager, lead = shown(opens_home(company, "max")), shown(opens_home(company, "lea"))

    assert "2 people, 1 task overdue." in manager
    assert "1 open · 1 overdue · due 16 Nov 2026" in manager
    assert "Setting up" not in manager
    assert "Your team" not in lead


def test_somebody_nobody_knows_is_told_whom_to_ask(company: Company) -> None:
    company.slack.add_user("newcomer", id="U0NEW")
    company.sender.home_opened("U0NEW")
    company.slack.wait_until(lambda: "U0NEW" in company.slack.homes, MOST_WAIT)

    assert "Ask your compliance lead to add you" in shown(company.slack.homes["U0NEW"])


def test_the_command_shows_the_same_in_any_conversation(company: Company) -> None:
    company.open_a_task()

    assert shown(opens_home(company)) in shown(company.says("olga", "home"))


# staying true


def test_it_changes_when_somebody_else_changes_something(company: Company) -> None:
    company.open_a_task()
    assert "Nothing waits for you." in shown(opens_home(company, "lea"))

    company.answers_done()

    comes_to_say(company, "Waiting for your acceptance (1)", "lea")


def test_it_changes_when_only_the_time_does(company: Company) -> None:
    due = company.open_a_task().due_at
    company.at(due - timedelta(hours=1))
    company.clock.moment = due - timedelta(seconds=10)
    assert "due today" in shown(opens_home(company))

    company.wait(31)

    assert "overdue since Mon 16 Nov 2026" in shown(home(company))


def test_what_stays_the_same_is_not_shown_again(company: Company) -> None:
    opens_home(company, "cora")
    company.clock.step(seconds=5)
    company.open_a_task()

    company.wait(60)
    company.wait(60)

    assert pages(company, "cora") == 1


def test_an_hour_later_it_is_left_alone_until_it_is_opened_again(company: Company) -> None:
    company.open_a_task()
    opens_home(company)
    company.clock.step(hours=2)
    company.answers_done()
    company.run_due_jobs()
    assert pages(company) == 1

    assert "Nothing waits for you." in shown(opens_home(company))


# pressing


def test_open_shows_the_card_in_the_direct_messages_and_done_there_changes_the_page(company: Company) -> None:
    task = company.open_a_task(a_catalogue_control(acceptance=False))
    company.attaches("olga", company.prompt(), company.a_file())
    opens_home(company)

    presses(company, "olga", "Open")
    company.slack.wait_until(lambda: len(company.inbox("olga")) > 1, MOST_WAIT)
    company.presses("olga", "Done", company.inbox("olga")[-1])

    assert company.task_again(task.id).state is TaskState.RECORDED
    comes_to_say(company, "Nothing waits for you.")
    comes_to_say(company, "Your latest answers (1)")


def test_a_form_opens_from_there_and_its_answer_is_seen_at_once(company: Company) -> None:
    opens_home(company)
    presses(company, "olga", "I will be away …")
    form = company.slack.open_view(user_id("olga"))
    before = len(company.slack.views)

    assert form.content["type"] == "modal"
    assert before == 1
    cora = company.person("cora").id
    fields = {"First day away": "2026-11-02", "Last day away": "2026-11-06", "Who answers meanwhile?": cora}
    company.sends("olga", fields)
    company.slack.wait_until(lambda: len(company.inbox("olga")) > 0, MOST_WAIT)

    assert company.person("olga").away_until


def test_set_up_is_gone_on_with_in_the_direct_messages(company: Company) -> None:
    opens_home(company, "lea")

    presses(company, "lea", "Set up")
    company.slack.wait_until(lambda: company.inbox("lea"), MOST_WAIT)

    assert "First audit period" in shown(company.inbox("lea")[-1])


# troubles


def test_slack_has_its_answer_before_anything_is_shown(company: Company) -> None:
    company.slack.http_status("views.publish", 500, times=50)
    assert company.sender.home_opened(user_id("olga")).status_code == 200

    company.slack.faults.clear()
    company.wait(61)

    assert "Nothing waits for you." in shown(home(company))


def test_the_same_event_delivered_again_shows_nothing_again(company: Company) -> None:
    opened = {"type": "app_home_opened", "user": user_id("olga"), "tab": "home", "channel": "D1", "event_ts": "1.1"}
    for retry in (None, 1):
        assert company.sender.event(opened, event_id="Ev0HOME", retry_num=retry).status_code == 200
        company.run_due_jobs()

    assert pages(company) == 1


def test_a_rate_limit_is_waited_out_and_the_page_shown_then(company: Company) -> None:
    company.slack.rate_limit("views.publish", retry_after=40)
    company.sender.home_opened(user_id("olga"))
    company.run_due_jobs()
    company.wait(38)
    assert user_id("olga") not in company.slack.homes

    company.wait(2)

    assert pages(company) == 1


def test_opened_while_nothing_could_be_shown_it_is_shown_after_a_restart(home: Path) -> None:
    clock = StepClock(moment=START)
    with a_slack(clock) as slack:
        slack.http_status("views.publish", 503, times=50)
        with serving(home, slack, clock) as company:
            company.sender.home_opened(user_id("olga"))
        slack.faults.clear()
        with serving(home, slack, clock):
            slack.wait_until(lambda: user_id("olga") in slack.homes, MOST_WAIT)
        assert slack.violations == []


def test_a_tab_that_is_switched_off_is_left_alone(company: Company) -> None:
    company.slack.fail("views.publish", "not_enabled")
    company.sender.home_opened(user_id("olga"))
    company.run_due_jobs()
    company.open_a_task()
    company.wait(61)

    assert not [call for call in company.slack.calls if call.method == "views.publish"]
    assert "Your tasks (1)" in shown(opens_home(company)), "switched on and opened again it is shown"


def test_two_servers_end_with_one_true_page(home: Path) -> None:
    clock = StepClock(moment=START)
    with a_slack(clock) as slack, serving(home, slack, clock) as one, serving(home, slack, clock) as other:
        one.open_a_task(a_catalogue_control(acceptance=False))
        opens_home(one)
        for _ in range(5):
            clock.step(seconds=5)
            with ThreadPoolExecutor(4) as devices:
                list(devices.map(lambda each: each.sender.home_opened(user_id("olga")), [one, other] * 2))
        one.attaches("olga", one.prompt(), one.a_file())
        one.presses("olga", "Done", one.prompt())
        other.wait(5)
        comes_to_say(one, "Nothing waits for you.")
        stored = one.read(lambda uow: uow.homes.find("slack", user_id("olga")))
        assert stored
        assert stored.hash == slack.homes[user_id("olga")].hash
        assert slack.violations == []


@pytest.mark.parametrize("handle", ["olga", "max", "lea"])
def test_a_thousand_words_too_many_are_left_out_visibly(company: Company, handle: str) -> None:
    company.install(*(a_catalogue_control(f"IAM-{n:02}", title=f"Access {'x' * 150} {n}") for n in range(40)))
    company.at(utc(2026, 11, 2, 9))

    assert len(opens_home(company, handle).blocks) <= 100
