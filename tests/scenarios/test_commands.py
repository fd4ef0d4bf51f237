"""What people type, and the buttons that lead on from there."""

import pytest

from tasks.model import TaskState
from tests.builders import utc
from tests.scenarios.company import PDF, Company, a_catalogue_control, buttons, shown


def test_help_lists_what_can_be_typed(company: Company) -> None:
    card = company.says("olga", "help")

    assert "/soc2 status" in shown(card)
    assert "My tasks" in buttons(card)


@pytest.mark.parametrize(("typed", "meant"), [("staus", "status"), ("TASK", "tasks"), ("hlep", "help")])
def test_a_typo_gets_the_nearest_match_and_the_help(company: Company, typed: str, meant: str) -> None:
    card = company.says("olga", typed)

    assert f"Did you mean “{meant}”?" in shown(card)
    assert "/soc2 tasks" in shown(card)


def test_words_without_the_slash_work_in_the_direct_message(company: Company) -> None:
    company.open_a_task()

    answer = company.drops("olga", text="tasks")

    assert "Your tasks (1)" in shown(answer)


def test_my_tasks_open_the_card_and_the_answer_comes_from_there(company: Company) -> None:
    task = company.open_a_task(a_catalogue_control(acceptance=False))
    company.attaches("olga", company.prompt(), company.a_file())

    company.presses("olga", "Open", company.says("olga", "tasks"))
    company.presses("olga", "Done", company.whispered("olga"))

    assert company.task_again(task.id).state is TaskState.RECORDED


def overdue_everywhere(company: Company) -> None:
    company.install(a_catalogue_control("IAM-03"), owner="olga")
    company.install(a_catalogue_control("HRS-05", department="hr", title="Leavers' equipment"), owner="lea")
    company.at(utc(2026, 11, 2, 9))
    company.at(utc(2026, 11, 17, 10))


def test_a_manager_sees_their_people_the_lead_everything_and_a_member_their_own(company: Company) -> None:
    overdue_everywhere(company)

    manager, lead, member = (shown(company.says(who, "status")) for who in ("max", "lea", "cora"))

    assert "Olga Owner's turn" in manager
    assert "HRS-05" not in manager
    assert "IAM-03" in lead
    assert "HRS-05" in lead
    assert "Nothing has opened here yet." in member
    assert "IAM-03" not in member


def test_a_manager_nudges_from_the_status_once_a_day(company: Company) -> None:
    overdue_everywhere(company)
    before = len(company.inbox("olga"))

    board = company.says("max", "status")
    company.presses("max", "Nudge", board)
    assert "Max Manager asks you about this." in shown(company.inbox("olga")[-1])
    company.presses("max", "Nudge", board)

    assert len(company.inbox("olga")) == before + 1
    assert "was nudged about this today already" in shown(company.whispered("max"))


def test_the_lead_drills_down_by_department_and_by_criteria(company: Company) -> None:
    overdue_everywhere(company)
    board = company.says("lea", "status")

    company.presses("lea", "IT", board)
    by_department = shown(company.whispered("lea"))
    company.presses("lea", "CC6", board)
    by_criteria = shown(company.whispered("lea"))

    assert "Status: IT" in by_department
    assert "HRS-05" not in by_department
    assert "Status: CC6" in by_criteria


def test_a_department_that_is_not_ones_own_is_refused(company: Company) -> None:
    overdue_everywhere(company)

    assert "You can see your own and your people's status" in shown(company.says("cora", "status hr"))


def test_a_control_is_assigned_by_words(company: Company) -> None:
    task = company.open_a_task()

    answer = company.says("lea", "assign iam-03 cora@acme.example")
    company.run_due_jobs()

    assert "Cora Colleague owns IAM-03" in shown(answer)
    assert company.task_again(task.id).owner_id == company.person("cora").id
    assert "Lea Lead gave this to you." in shown(company.prompt("cora"))


def test_a_control_is_assigned_by_form(company: Company) -> None:
    company.open_a_task()

    company.asks_for_a_form("lea", "assign")
    company.sends("lea", {"Control": "IAM-03 Leaver access removal", "Owner": company.person("cora").id})

    assert company.task().owner_id == company.person("cora").id
    assert "Cora Colleague owns IAM-03" in shown(company.whispered("lea"))


def test_assigning_is_not_for_everybody(company: Company) -> None:
    task = company.open_a_task()

    assert "You can't give IAM-03 to somebody." in shown(company.says("cora", "assign IAM-03 cora@acme.example"))
    assert company.task_again(task.id).owner_id == company.person("olga").id


def test_an_email_nobody_has_is_said_to_be_unknown(company: Company) -> None:
    company.open_a_task()

    assert "I don't know who “nobody@acme.example” is." in shown(
        company.says("lea", "assign IAM-03 nobody@acme.example")
    )


def test_review_shows_what_waits_for_acceptance(company: Company) -> None:
    company.open_a_task()
    company.answers_done()

    board = company.says("lea", "review")
    assert "Acceptance (1)" in shown(board)
    assert "answered by Olga Owner" in shown(board)
    company.presses("lea", "Open", board)
    company.presses("lea", "Accept", company.whispered("lea"))

    assert company.task().state is TaskState.ACCEPTED
    assert "Nothing waits for your acceptance" in shown(company.says("lea", "review"))


def test_evidence_shows_what_is_missing_and_takes_it(company: Company) -> None:
    company.open_a_task()

    company.opens("olga", "Attach", company.says("olga", "evidence"), nth=1)
    company.sends("olga", {"Files": [company.a_file()]})

    assert "nothing missing" in shown(company.says("olga", "evidence"))


def test_an_item_is_asked_of_a_colleague_by_words(company: Company) -> None:
    company.open_a_task()

    answer = company.says("olga", "request iam-03 cora@acme.example")
    company.run_due_jobs()

    assert "Cora Colleague gets a message of their own." in shown(answer)
    assert "asks you for “The removal proof”" in shown(company.prompt("cora"))


def test_leave_and_delegate_are_typed_in_one_line(company: Company) -> None:
    task = company.open_a_task()

    answer = company.says("olga", "away until 2026-11-20 delegate @cora")
    company.run_due_jobs()

    assert "From 2 Nov 2026 to 20 Nov 2026 Cora Colleague answers for you." in shown(answer)
    company.answers_done("cora")
    assert company.task_again(task.id).answered_by == company.person("cora").id


def test_one_task_is_handed_over_by_words_and_a_form(company: Company) -> None:
    task = company.open_a_task()

    form = company.asks_for_a_form("olga", "delegate IAM-03 cora@acme.example")
    assert "Leaver access removal" in shown(form)
    company.sends("olga", {})

    assert company.task_again(task.id).owner_id == company.person("cora").id


def test_delegating_everything_opens_the_leave_form_with_them_chosen(company: Company) -> None:
    company.open_a_task()

    company.asks_for_a_form("olga", "delegate cora@acme.example")
    company.sends("olga", {"Last day away": "2026-11-20"})

    assert company.person("olga").delegate_id == company.person("cora").id


def test_correct_leads_to_the_answer_and_takes_a_forgotten_file_along(company: Company) -> None:
    task = company.open_a_task()
    company.answers_done()

    company.opens("olga", "Correct …", company.says("olga", "correct"))
    company.sends("olga", {"What is the right answer?": "done"})
    second = company.a_file(name="removal-proof-2.pdf", content=PDF + b"2")
    company.sends("olga", {"What was wrong before?": "A page was missing", "Files that were missing": [second]})

    attestations = company.read(lambda uow: uow.answers.attestations(task.id))
    assert [len(one.evidence) for one in attestations] == [1, 2]
    assert company.task_again(task.id).state is TaskState.SUBMITTED
