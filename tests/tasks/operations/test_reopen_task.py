from dataclasses import replace

import pytest

from tasks.errors import Invalid, NotAllowed, Stale
from tasks.model import Decision, TaskState
from tasks.notices import NoticeState, Occasion
from tasks.operations.deactivate_person import deactivate_person
from tasks.operations.reopen_task import ask_to_reopen, reopen_task
from tasks.operations.review_submission import review_submission
from tests.tasks.operations.company import LEE, NOT_DONE, OLGA, TASK, Company, a_company, on_leave, with_acceptance


def accepted() -> Company:
    acme = with_acceptance()
    acme.by("lee", review_submission, TASK, acme.answers(given=NOT_DONE).version, Decision.ACCEPT)
    return acme


def reopens(acme: Company, who: str = "lee") -> None:
    acme.by(who, reopen_task, TASK, acme.task.version, reason="The list was September's")


@pytest.mark.parametrize("who", ["olga", "max", "ada", "sue"])
def test_only_the_compliance_lead_reopens(who: str) -> None:
    acme = accepted()
    acme.refused(NotAllowed, who, reopen_task, TASK, acme.task.version, reason="Please")


def test_reopening_needs_a_reason() -> None:
    acme = accepted()
    assert "reason" in acme.refused(Invalid, "lee", reopen_task, TASK, acme.task.version, reason=" ").fields


def test_an_open_task_is_not_reopened() -> None:
    a_company().refused(Stale, "lee", reopen_task, TASK, 1, reason="Again")


def test_reopening_an_older_version_is_refused() -> None:
    accepted().refused(Stale, "lee", reopen_task, TASK, 2, reason="Again")


def test_a_reopened_task_is_open_in_a_new_round_and_its_answer_stays_on_record() -> None:
    acme = accepted()
    reopens(acme)
    assert (acme.task.state, acme.task.round, acme.task.settled_at, acme.task.settled_by) == ("open", 2, None, None)
    assert len(acme.uow.answers.attestations(TASK)) == len(acme.uow.answers.acceptances(TASK)) == 1
    assert [one.withdrawn for one in acme.deviations] == [False]


def test_the_owner_hears_why() -> None:
    acme = accepted()
    reopens(acme)
    assert [(one.key.recipient, one.detail) for one in acme.notices(Occasion.RETURNED)] == [
        ("person:olga", "The list was September's")
    ]


def test_the_delegate_hears_it_while_the_owner_is_away() -> None:
    acme = accepted()
    acme.uow.people.save(on_leave(OLGA))
    reopens(acme)
    assert acme.told(Occasion.RETURNED) == ["dan"]


def test_that_nobody_could_be_told_is_on_record() -> None:
    acme = a_company(replace(OLGA, manager_id=None))
    acme.answers()
    acme.by("ada", deactivate_person, OLGA.id)
    acme.uow.people.save(on_leave(LEE, None))
    reopens(acme)
    (notice,) = acme.notices(Occasion.RETURNED)
    assert (notice.key.recipient, notice.state) == ("nobody", NoticeState.SKIPPED)


def test_a_recorded_answer_can_be_reopened_too() -> None:
    acme = a_company()
    acme.answers()
    reopens(acme)
    assert acme.task.state is TaskState.OPEN


def test_reopening_is_one_audit_entry() -> None:
    acme = accepted()
    reopens(acme)
    assert acme.entries[-1] == "task:reopen"
    assert len(acme.entries) == 3
    assert acme.last_entry.detail == "The list was September's"


# --- asking for it


def test_who_may_answer_may_ask_and_the_lead_hears_it() -> None:
    acme = accepted()
    acme.by("olga", ask_to_reopen, TASK, reason="Wrong file")
    assert acme.told(Occasion.REOPEN_ASKED) == ["lee"]
    assert acme.notices(Occasion.REOPEN_ASKED)[0].detail == "Olga asks: Wrong file"
    assert acme.task.state is TaskState.ACCEPTED


def test_others_may_not_ask() -> None:
    accepted().refused(NotAllowed, "dan", ask_to_reopen, TASK, reason="Wrong file")


def test_asking_needs_a_reason() -> None:
    accepted().refused(Invalid, "olga", ask_to_reopen, TASK, reason="")


def test_an_open_task_needs_no_asking() -> None:
    a_company().refused(Stale, "olga", ask_to_reopen, TASK, reason="Wrong file")


def test_asking_is_one_audit_entry() -> None:
    acme = accepted()
    acme.by("olga", ask_to_reopen, TASK, reason="Wrong file")
    assert acme.entries[-1] == "task:ask-to-reopen"
    assert len(acme.entries) == 3
