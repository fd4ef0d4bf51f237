from dataclasses import replace

import pytest

from tasks.errors import Invalid, NotAllowed, Stale
from tasks.model import Decision, TaskState
from tasks.notices import NoticeState, Occasion
from tasks.operations.answer_task import answer_task
from tasks.operations.assign import reassign_task
from tasks.operations.open_evidence import open_evidence
from tasks.operations.request_item import request_item
from tasks.operations.review_submission import review_submission
from tasks.people import Person, Role
from tests.builders import a_control_text, a_person, an_item, utc
from tests.tasks.operations.company import (
    DONE,
    LEE,
    MAX,
    NOT_DONE,
    OLGA,
    TASK,
    Company,
    a_company,
    on_leave,
    with_acceptance,
)


def submitted(*changed: Person, who: str = "olga") -> Company:
    acme = with_acceptance(*changed)
    acme.answers(who)
    return acme


def accepts(acme: Company, who: str = "lee") -> None:
    acme.by(who, review_submission, TASK, acme.task.version, Decision.ACCEPT)


def returns(acme: Company, who: str = "lee", reason: str = "October is missing") -> None:
    acme.by(who, review_submission, TASK, acme.task.version, Decision.RETURN, reason=reason)


def why_refused(acme: Company, who: str) -> str:
    return str(acme.refused(NotAllowed, who, review_submission, TASK, acme.task.version, Decision.ACCEPT))


# --- independence


@pytest.mark.parametrize("who", ["lee", "max", "sue"])
def test_lead_manager_and_sponsor_may_accept(who: str) -> None:
    acme = submitted()
    accepts(acme, who)
    assert (acme.task.state, acme.task.settled_by, acme.task.settled_at) == ("accepted", who, acme.clock.now())


def test_the_submitter_never_accepts_and_is_told_who_can() -> None:
    assert why_refused(submitted(), "olga") == (
        "You answered this yourself, so somebody else has to accept it: Lee, Max or Sue can."
    )


def test_the_owner_never_accepts_what_a_delegate_answered() -> None:
    lead = replace(on_leave(OLGA), roles=frozenset({Role.COMPLIANCE_LEAD}))
    refusal = why_refused(submitted(lead, who="dan"), "olga")
    assert refusal.startswith("This was answered on your behalf")


def test_a_delegate_never_accepts_what_they_answered() -> None:
    assert why_refused(submitted(on_leave(OLGA, "lee"), who="lee"), "lee").startswith("You answered this yourself")


def test_a_contributor_never_accepts() -> None:
    acme = with_acceptance(text=a_control_text(evidence=(an_item("proof"),)))
    acme.by("olga", request_item, TASK, item="proof", contributor=LEE.id)
    acme.writes("lee", item="proof")
    acme.answers()
    assert why_refused(acme, "lee") == (
        "You contributed to this answer, so somebody else has to accept it: Max or Sue can."
    )


def test_a_stranger_never_accepts() -> None:
    assert why_refused(submitted(), "zoe").startswith("This is not yours to accept")


def test_independence_is_checked_again_after_a_reassignment() -> None:
    acme = with_acceptance()
    acme.by("lee", reassign_task, TASK, 1, MAX.id)
    acme.answers("max")
    assert "Lee or Sue can" in why_refused(acme, "max")


def test_where_nobody_is_independent_the_refusal_says_what_to_do() -> None:
    alone = [replace(person, roles=frozenset()) for person in (LEE, a_person("sue"))]
    refusal = why_refused(submitted(*alone, replace(OLGA, manager_id=None)), "olga")
    assert refusal.endswith("nobody can yet. Ask an admin to name another compliance lead.")


# --- accepting


def test_acceptance_ends_the_ladder_and_what_is_still_owed() -> None:
    acme = submitted()
    accepts(acme)
    assert acme.task.next_rung_at is None
    assert acme.notices(Occasion.ACCEPTANCE_ASKED)[0].state is NoticeState.SKIPPED


def test_which_files_were_opened_is_recorded_and_which_were_not() -> None:
    acme = with_acceptance()
    seen, unseen = acme.attaches(name="seen.csv"), acme.attaches(name="unseen.csv")
    acme.writes(text="Words are not files")
    acme.binds(seen)
    acme.binds(unseen, "bb")
    acme.answers()
    acme.by("lee", open_evidence, seen.id)
    acme.by("max", open_evidence, unseen.id)
    accepts(acme)
    (acceptance,) = acme.uow.answers.acceptances(TASK)
    assert (acceptance.opened, acceptance.unopened) == ((seen.id,), (unseen.id,))
    assert (acme.last_entry.after["opened"], acme.last_entry.after["unopened"]) == ([seen.id], [unseen.id])


def test_acceptance_waits_for_files_being_checked() -> None:
    acme = with_acceptance()
    first, second = acme.attaches(name="1.csv"), acme.attaches(name="2.csv")
    version = acme.answers().version
    refusal = acme.refused(Stale, "lee", review_submission, TASK, version, Decision.ACCEPT)
    assert str(refusal) == "Still checking 2 files. You can accept as soon as that is done."
    acme.binds(first)
    acme.binds(second, "bb")
    accepts(acme)
    assert acme.task.state is TaskState.ACCEPTED


def test_the_loser_of_a_race_is_told_who_accepted_and_when() -> None:
    acme = submitted()
    version = acme.task.version
    accepts(acme)
    refusal = acme.refused(Stale, "max", review_submission, TASK, version, Decision.ACCEPT)
    assert str(refusal) == "Lee already accepted “Leaver access removal” on 2 Nov 2026 at 09:00."


def test_an_acceptance_of_an_older_version_is_refused() -> None:
    acme = submitted()
    acme.refused(Stale, "lee", review_submission, TASK, 1, Decision.ACCEPT)


def test_what_is_open_or_recorded_waits_for_no_acceptance() -> None:
    acme = a_company()
    acme.refused(Stale, "lee", review_submission, TASK, 1, Decision.ACCEPT)
    version = acme.answers().version
    acme.refused(Stale, "lee", review_submission, TASK, version, Decision.RETURN, reason="Again")


def test_acceptance_is_one_audit_entry() -> None:
    acme = submitted()
    accepts(acme)
    assert acme.entries == ["task:answer", "task:accept"]
    assert (acme.last_entry.before["state"], acme.last_entry.after["state"]) == ("submitted", "accepted")


# --- returning


def test_a_return_needs_a_reason() -> None:
    acme = submitted()
    refusal = acme.refused(Invalid, "lee", review_submission, TASK, 2, Decision.RETURN, reason=" ")
    assert "reason" in refusal.fields


def test_a_returned_task_is_open_again_in_a_new_round() -> None:
    acme = submitted()
    returns(acme)
    task = acme.task
    assert (task.state, task.round, task.return_reason) == (TaskState.OPEN, 2, "October is missing")
    assert (task.answer, task.answered_at, task.answered_by, task.first_answered_at) == (None, None, None, None)


def test_whose_turn_it_is_hears_the_reason() -> None:
    acme = submitted()
    returns(acme)
    assert acme.told(Occasion.RETURNED) == ["olga"]
    assert acme.notices(Occasion.RETURNED)[0].detail == "October is missing"


def test_a_task_returned_before_it_is_due_is_chased_from_its_due_time() -> None:
    acme = submitted()
    returns(acme)
    assert acme.task.chased_from == acme.task.due_at
    assert acme.task.next_rung_at == utc(2026, 11, 13, 9)


def test_a_task_returned_late_has_two_business_days() -> None:
    acme = submitted()
    acme.clock.moment = utc(2026, 11, 19, 15)
    returns(acme)
    assert acme.task.chased_from == utc(2026, 11, 23, 17)
    assert acme.task.next_rung_at == utc(2026, 11, 20, 9)


def test_a_file_may_be_returned_while_it_is_being_checked() -> None:
    acme = with_acceptance()
    acme.attaches()
    acme.answers()
    returns(acme)
    assert acme.task.is_open


def test_what_is_answered_again_takes_the_place_of_what_was_returned() -> None:
    acme = with_acceptance()
    acme.answers(given=NOT_DONE)
    returns(acme)
    acme.answers()
    assert [one.withdrawn for one in acme.deviations] == [True]
    assert [one.version for one in acme.uow.answers.attestations(TASK)] == [1, 2]


def test_an_answer_given_again_counts_from_when_it_was_given_again() -> None:
    acme = submitted()
    returns(acme)
    acme.clock.advance(days=3)
    assert acme.answers().answered_at == utc(2026, 11, 5, 9)


def test_a_return_is_one_audit_entry() -> None:
    acme = submitted()
    returns(acme)
    assert acme.entries == ["task:answer", "task:return"]
    assert (acme.last_entry.who, acme.last_entry.detail) == ("lee", "October is missing")
    acme.refused(Stale, "olga", answer_task, TASK, 1, DONE)
