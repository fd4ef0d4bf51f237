"""What the company does, and who belongs where: looked up and changed in Slack, without ever leaving it."""

import pytest

from tasks.model import TaskState
from tasks.people import Role
from tests.builders import utc
from tests.scenarios.company import Company, a_catalogue_control, buttons, inputs, shown, user_id

WHO = {"Code": "OPS-01", "Department": "IT", "How often": "Weekly"}
WHEN = {"Opens on": "Tuesday", "Due days after opening": "3"}
WORDS = {
    "Title": "Backups looked at",
    "What the owner is asked": "Please look at last week's backups.",
    "What is signed": "I looked at the backups of [period] on [date].",
    "Criteria it supports": "A1.2",
}


def make_admin(company: Company, who: str) -> None:
    company.change_person(who, roles=frozenset({Role.ADMIN, Role.DEPARTMENT_LEAD}))


def test_the_controls_are_browsed_by_words_and_by_buttons(company: Company) -> None:
    company.install(*(a_catalogue_control(f"IAM-{n:02}") for n in range(1, 15)), owner="olga")

    first = company.says("cora", "controls it")
    assert "IAM-01" in shown(first)
    assert "IAM-11" not in shown(first)
    company.presses("cora", "Next", first)

    second = company.whispered("cora")
    assert second.ts == first.ts
    assert "IAM-11" in shown(second)
    company.presses("cora", "Open", second)
    assert "Supports" in shown(company.whispered("cora"))
    assert "Wording …" not in buttons(company.whispered("cora"))


def test_the_form_finds_too(company: Company) -> None:
    company.install(a_catalogue_control("IAM-03"), a_catalogue_control("HRS-05", department="hr"))

    company.opens("cora", "Find …", company.says("cora", "controls"))
    company.sends("cora", {"Department": "HR"})

    assert "HRS-05" in shown(company.whispered("cora"))
    assert "IAM-03" not in shown(company.whispered("cora"))


def test_a_mistyped_code_gets_the_nearest(company: Company) -> None:
    company.install(a_catalogue_control("IAM-03"))

    assert "Did you mean IAM-03" in shown(company.says("cora", "controls IAM-30"))


def test_a_control_of_ones_own_is_made_opens_and_is_answered(company: Company) -> None:
    form = company.asks_for_a_form("lea", "controls new")
    assert "Code" in inputs(form)
    company.sends("lea", {**WHO, "Owner": company.person("olga").id})
    company.sends("lea", WHEN)
    company.sends("lea", WORDS)

    assert "OPS-01 is one of your controls now." in shown(company.whispered("lea"))
    company.at(utc(2026, 11, 3, 9))
    assert "Please look at last week's backups." in shown(company.prompt("olga"))
    company.opens("olga", "Done", company.prompt("olga"))
    company.sends("olga", {})
    task = company.task("OPS-01")
    [signed] = company.read(lambda uow: uow.answers.attestations(task.id))
    assert task.state is TaskState.RECORDED
    assert signed.statement == "I looked at the backups of week of 26 Oct 2026 on 3 November 2026."


def test_what_does_not_do_is_said_in_its_field_and_nothing_typed_is_lost(company: Company) -> None:
    company.install(a_catalogue_control("IAM-03"))
    company.asks_for_a_form("lea", "controls new")

    answer = company.sends("lea", {**WHO, "Code": "iam-03"})
    assert answer["response_action"] == "errors"
    assert answer["errors"]["code"].startswith("IAM-03 is “Leaver access removal” already")

    company.sends("lea", {**WHO, "How often": "Monthly"})
    answer = company.sends("lea", {"Opens on day": "31", "Due days after opening": "abc"})
    assert answer["errors"] == {
        "day": "Use a day of the month from 1 to 28, or “last”.",
        "due_days": "Use a whole number of days.",
    }
    company.sends("lea", {"Opens on day": "last", "Due days after opening": "3"})
    answer = company.sends("lea", {**WORDS, "Criteria it supports": "CC6.99"})
    assert set(answer["errors"]) == {"criteria"}
    company.sends("lea", WORDS)
    assert "OPS-01 is one of your controls now." in shown(company.whispered("lea"))


def test_a_control_is_edited_and_the_open_task_keeps_its_words(company: Company) -> None:
    task = company.open_a_task()
    company.opens("lea", "Wording …", company.says("lea", "controls iam-03"))
    company.sends("lea", {"Title": "Leavers lose their access", "Why?": "Clearer"})

    card = company.whispered("lea")
    assert "Saved as version 2." in shown(card)
    assert "“Clearer”" in shown(card)
    assert company.task_again(task.id).title == "Leaver access removal"
    company.presses("lea", "Version 1", card)
    assert "Version 1, as it was: Leaver access removal" in shown(company.whispered("lea"))

    company.days_pass(utc(2026, 12, 2, 10))
    assert "Leavers lose their access" in shown(company.prompt("olga"))


def test_another_cadence_opens_nothing_of_days_gone_by(company: Company) -> None:
    company.open_a_task()
    company.opens("lea", "Cadence …", company.says("lea", "controls IAM-03"))
    company.sends("lea", {"How often": "Weekly"})
    company.sends("lea", {"Opens on": "Friday", "Why?": "More leavers"})
    before = len(company.inbox("olga"))

    company.at(utc(2026, 11, 5, 10))
    assert len(company.inbox("olga")) == before
    company.at(utc(2026, 11, 6, 10))
    assert len(company.inbox("olga")) == before + 1
    assert "week of 26 Oct 2026" in shown(company.prompt("olga"))


def test_of_two_who_edit_at_once_the_second_is_told(company: Company) -> None:
    make_admin(company, "ada")
    company.install(a_catalogue_control("IAM-03"))
    company.opens("lea", "Cadence …", company.says("lea", "controls IAM-03"))
    company.sends("lea", {})
    mine = company.slack.open_view(user_id("lea"))
    company.opens("ada", "Cadence …", company.says("ada", "controls IAM-03"))
    company.sends("ada", {})
    company.sends("ada", {"Due days after opening": "9", "Why?": "First"})

    company.sends("lea", {"Due days after opening": "5", "Why?": "Second"}, view=mine)

    assert "Ada Second changed IAM-03 on 2 Nov 2026" in shown(company.whispered("lea"))


def test_a_control_is_retired_and_brought_back(company: Company) -> None:
    task = company.open_a_task()
    company.opens("lea", "Retire …", company.says("lea", "controls IAM-03"))
    company.sends("lea", {"Why?": "Merged"})
    assert company.task_again(task.id).is_open
    assert "0 controls" not in shown(company.says("lea", "controls retired"))
    assert "IAM-03" not in shown(company.says("lea", "controls"))

    company.presses("lea", "Bring back", company.says("lea", "controls IAM-03"))

    assert "IAM-03 is back." in shown(company.whispered("lea"))
    assert "IAM-03" in shown(company.says("lea", "controls"))


def test_the_owner_changes_from_the_card(company: Company) -> None:
    company.open_a_task()
    company.opens("lea", "Owner …", company.says("lea", "controls IAM-03"))
    company.sends("lea", {"Owner": company.person("cora").id})

    assert company.task().owner_id == company.person("cora").id


@pytest.mark.parametrize(("who", "sees"), [("lea", True), ("max", True), ("cora", False)])
def test_one_sees_who_reports_to_one_and_the_lead_all(company: Company, who: str, sees: bool) -> None:
    assert ("Olga Owner" in shown(company.says(who, "people"))) is sees


def test_of_a_colleague_a_member_learns_only_whose_turn_it_is(company: Company) -> None:
    card = company.says("cora", "people olga@acme.example")

    assert "Olga Owner answers for themselves." in shown(card)
    assert "olga@acme.example" not in shown(card)


def test_where_somebody_belongs_is_changed_and_a_circle_refused(company: Company) -> None:
    company.opens("lea", "Change …", company.says("lea", "people olga@acme.example"))
    company.sends("lea", {"Department": "Finance", "Country": "DE", "Manager": company.person("ada").id})
    assert (company.person("olga").department, company.person("olga").country) == ("finance", "DE")
    assert company.person("olga").manager_id == company.person("ada").id

    company.opens("lea", "Change …", company.says("lea", "people max@acme.example"))
    answer = company.sends("lea", {"Manager": company.person("cora").id})
    said = "Cora Colleague reports to Max Manager: that would be a circle. Choose somebody else."
    assert answer["errors"] == {"manager": said}


def test_roles_are_given_by_an_admin_and_the_last_admin_stays(company: Company) -> None:
    make_admin(company, "ada")
    company.opens("ada", "Roles …", company.says("ada", "people cora@acme.example"))
    company.sends("ada", {"Roles of Cora Colleague": ["Auditor"]})
    assert company.person("cora").roles == {Role.AUDITOR}

    company.opens("ada", "Roles …", company.says("ada", "people me"))
    answer = company.sends("ada", {"Roles of Ada Second": ["Department lead"]})

    assert "Ada Second is the only admin." in answer["errors"]["roles"]
    assert company.person("ada").has(Role.ADMIN)


def test_somebody_is_deactivated_their_task_moves_and_they_come_back(company: Company) -> None:
    make_admin(company, "ada")
    task = company.open_a_task()

    company.presses("ada", "Deactivate", company.says("ada", "people olga@acme.example"))

    assert company.task_again(task.id).owner_id == company.person("max").id
    assert "Olga Owner was deactivated. 1 open task moved on." in shown(company.prompt("lea"))
    company.presses("ada", "Bring back", company.says("ada", "people olga@acme.example"))
    assert company.person("olga").active


def test_help_leads_to_both(company: Company) -> None:
    company.install(a_catalogue_control("IAM-03"))
    help_card = company.says("lea", "help")

    company.presses("lea", "Controls", help_card)
    assert "IAM-03" in shown(company.whispered("lea"))
    company.presses("lea", "People", help_card)
    assert "Olga Owner" in shown(company.whispered("lea"))
