from dataclasses import replace

from tasks.errors import Invalid, NotAllowed, Stale
from tasks.model import Answer, Decision, TaskState
from tasks.notices import NoticeState, Occasion
from tasks.operations.answer_task import Given
from tasks.operations.correct_answer import correct_answer
from tasks.operations.review_submission import review_submission
from tests.builders import utc
from tests.tasks.operations.company import (
    DONE,
    NOT_DONE,
    OLGA,
    TASK,
    ZERO,
    Company,
    a_company,
    found,
    on_leave,
    with_acceptance,
)


def corrects(acme: Company, who: str = "olga", given: Given = DONE, reason: str = "Wrong month") -> None:
    acme.by(who, correct_answer, TASK, acme.task.version, given, reason=reason)


def test_a_correction_is_a_new_version_and_the_old_one_stays_readable() -> None:
    acme = a_company()
    acme.answers(given=NOT_DONE)
    corrects(acme)
    old, new = acme.uow.answers.attestations(TASK)
    assert (old.version, old.answer, old.correction_reason) == (1, Answer.NOT_DONE, "")
    assert (new.version, new.answer, new.correction_reason) == (2, Answer.DONE, "Wrong month")
    assert acme.task.answer is Answer.DONE


def test_a_correction_needs_a_reason() -> None:
    acme = a_company()
    version = acme.answers().version
    assert "reason" in acme.refused(Invalid, "olga", correct_answer, TASK, version, NOT_DONE, reason=" ").fields


def test_a_correction_must_be_as_whole_as_an_answer() -> None:
    acme = a_company()
    version = acme.answers().version
    incomplete = Given(answer=Answer.NOT_DONE)
    acme.refused(Invalid, "olga", correct_answer, TASK, version, incomplete, reason="Honest")


def test_a_deviation_opened_by_mistake_is_marked_withdrawn() -> None:
    acme = a_company()
    acme.answers(given=NOT_DONE)
    corrects(acme)
    assert [one.withdrawn for one in acme.deviations] == [True]


def test_a_correction_to_an_adverse_answer_opens_a_deviation() -> None:
    acme = a_company()
    acme.answers()
    corrects(acme, given=NOT_DONE)
    assert [(one.attestation_version, one.withdrawn) for one in acme.deviations] == [(2, False)]


def test_findings_are_withdrawn_and_opened_anew() -> None:
    acme = a_company()
    acme.answers(given=found("Eve kept access"))
    corrects(acme, given=found("Eve and Bob kept access"))
    assert [(one.description, one.withdrawn) for one in acme.findings] == [
        ("Eve kept access", True),
        ("Eve and Bob kept access", False),
    ]


def test_the_first_answers_time_stands() -> None:
    acme = a_company()
    acme.answers()
    acme.clock.advance(days=30)
    corrects(acme)
    assert acme.task.answered_at == utc(2026, 11, 2, 9)
    assert acme.task.settled_at == acme.clock.now()


def test_a_submission_is_corrected_until_it_is_accepted() -> None:
    acme = with_acceptance()
    acme.answers()
    corrects(acme, given=ZERO)
    assert (acme.task.state, acme.task.answer) == (TaskState.SUBMITTED, Answer.NOTHING_TO_REPORT)


def test_after_acceptance_reopening_is_what_remains() -> None:
    acme = with_acceptance()
    acme.by("lee", review_submission, TASK, acme.answers().version, Decision.ACCEPT)
    version = acme.task.version
    refusal = acme.refused(NotAllowed, "olga", correct_answer, TASK, version, ZERO, reason="Wrong")
    assert "Ask for it to be reopened" in str(refusal)


def test_an_open_task_has_nothing_to_correct() -> None:
    a_company().refused(Stale, "olga", correct_answer, TASK, 1, DONE, reason="Wrong")


def test_the_acceptor_is_asked_again_and_the_older_question_is_skipped() -> None:
    acme = with_acceptance()
    acme.answers()
    corrects(acme)
    states = [(one.key.round, one.state) for one in acme.notices(Occasion.ACCEPTANCE_ASKED)]
    assert states == [(1, NoticeState.SKIPPED), (2, NoticeState.OWED)]


def test_the_acceptors_ladder_starts_again_with_the_correction() -> None:
    acme = with_acceptance()
    acme.answers()
    acme.clock.moment = utc(2026, 11, 30, 10)
    corrects(acme)
    assert acme.task.next_rung_at == utc(2026, 12, 2, 9)


def test_only_who_may_answer_may_correct() -> None:
    acme = a_company()
    version = acme.answers().version
    for who in ("dan", "max", "lee"):
        acme.refused(NotAllowed, who, correct_answer, TASK, version, NOT_DONE, reason="I know better")


def test_an_owner_corrects_what_their_delegate_answered() -> None:
    acme = a_company(on_leave(OLGA))
    acme.answers("dan")
    corrects(acme)
    assert acme.task.answered_by == "olga"
    assert [one.on_behalf_of for one in acme.uow.answers.attestations(TASK)] == ["olga", None]


def test_a_correction_of_an_older_version_is_refused() -> None:
    acme = a_company()
    version = acme.answers().version
    corrects(acme)
    acme.refused(Stale, "olga", correct_answer, TASK, version, DONE, reason="Wrong again")


def test_a_correction_is_one_audit_entry() -> None:
    acme = a_company()
    acme.answers()
    corrects(acme, given=replace(DONE, comment="October, not September"))
    assert acme.entries == ["task:answer", "task:correct"]
    assert acme.last_entry.after["attestation"] == 2
    assert acme.last_entry.detail.endswith("October, not September\nWrong month")
