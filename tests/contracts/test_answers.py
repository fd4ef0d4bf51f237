from dataclasses import replace
from datetime import date, timedelta

import pytest

from tasks.identifiers import EvidenceId, PersonId, TaskId
from tasks.model import Acceptance, Answer, Attestation, Contribution, Decision, Deviation, Draft, Finding
from tasks.ports import UnitOfWork
from tests.builders import utc
from tests.contracts.steps import another, opened, staffed_with_task

OLGA, MAX = PersonId("olga"), PersonId("max")
TASK, OTHER = TaskId("task-1"), TaskId("other")
NOON = utc(2026, 11, 3, 12)


def an_attestation(version: int = 1, task_id: TaskId = TASK) -> Attestation:
    return Attestation(
        task_id=task_id,
        version=version,
        control_version=1,
        statement="I confirm “it”.",
        answer=Answer.DONE_FOUND_PROBLEMS,
        person_id=OLGA,
        role="control-owner",
        on_behalf_of=MAX,
        comment="See file",
        correction_reason="Typo",
        evidence=(EvidenceId("b"), EvidenceId("a")),
        at=NOON,
        platform="slack",
        message="C1/1.2",
    )


def a_finding(handle: str, task_id: TaskId = TASK) -> Finding:
    return Finding(
        id=handle,
        task_id=task_id,
        attestation_version=1,
        description="Account left",
        owner_id=MAX,
        due_on=date(2026, 12, 1),
    )


def a_deviation(handle: str, task_id: TaskId = TASK) -> Deviation:
    return Deviation(
        id=handle,
        task_id=task_id,
        attestation_version=1,
        answer=Answer.NOT_DONE,
        cause="Forgot",
        look_back="Looked",
        correction="Reminder",
        opened_at=NOON,
    )


def an_acceptance(decision: Decision = Decision.ACCEPT) -> Acceptance:
    return Acceptance(
        task_id=TASK,
        attestation_version=1,
        person_id=MAX,
        decision=decision,
        reason="Fine",
        opened=(EvidenceId("a"),),
        unopened=(EvidenceId("c"), EvidenceId("b")),
        at=NOON,
        platform="web",
        message="7",
    )


def a_contribution(item: str = "list", person_id: PersonId = MAX) -> Contribution:
    return Contribution(
        task_id=TASK, item=item, person_id=person_id, asked_by=OLGA, asked_at=NOON, note="Please", answered_at=None
    )


def two_tasks(uow: UnitOfWork) -> UnitOfWork:
    staffed_with_task(uow)
    opened(uow, another(OTHER))
    return uow


def test_attestations_come_back_whole_oldest_first(uow: UnitOfWork) -> None:
    answers = two_tasks(uow).answers
    first, second = an_attestation(1), replace(an_attestation(2), on_behalf_of=None, evidence=())
    for attestation in (first, second, an_attestation(1, OTHER)):
        answers.attest(attestation)
    assert answers.attestations(TASK) == [first, second]


def test_findings_come_back_whole_oldest_first(uow: UnitOfWork) -> None:
    answers = two_tasks(uow).answers
    for finding in (a_finding("z"), a_finding("a"), a_finding("other", OTHER)):
        answers.add_finding(finding)
    assert answers.findings(TASK) == [a_finding("z"), a_finding("a")]


def test_deviations_come_back_whole_oldest_first(uow: UnitOfWork) -> None:
    answers = two_tasks(uow).answers
    for deviation in (a_deviation("z"), a_deviation("a"), a_deviation("other", OTHER)):
        answers.add_deviation(deviation)
    assert answers.deviations(TASK) == [a_deviation("z"), a_deviation("a")]


def test_withdrawing_marks_the_findings_and_deviations_of_the_task_alone(uow: UnitOfWork) -> None:
    answers = two_tasks(uow).answers
    answers.add_finding(a_finding("f"))
    answers.add_finding(a_finding("of", OTHER))
    answers.add_deviation(a_deviation("d"))
    answers.withdraw(TASK)
    assert answers.findings(TASK) == [replace(a_finding("f"), withdrawn=True)]
    assert answers.deviations(TASK) == [replace(a_deviation("d"), withdrawn=True)]
    assert answers.findings(OTHER) == [a_finding("of", OTHER)]


def test_decisions_come_back_whole_oldest_first(uow: UnitOfWork) -> None:
    answers = two_tasks(uow).answers
    returned, accepted = an_acceptance(Decision.RETURN), an_acceptance()
    answers.decide(returned)
    answers.decide(accepted)
    assert answers.acceptances(TASK) == [returned, accepted]
    assert answers.acceptances(OTHER) == []


def test_a_draft_is_one_per_task_and_person(uow: UnitOfWork) -> None:
    answers = two_tasks(uow).answers
    mine = Draft(task_id=TASK, person_id=OLGA, values={"comment": "Größe"}, saved_at=NOON)
    answers.save_draft(mine)
    answers.save_draft(replace(mine, person_id=MAX, values={}))
    assert answers.draft(TASK, OLGA) == mine
    assert answers.draft(OTHER, OLGA) is None


def test_saving_a_draft_again_replaces_it(uow: UnitOfWork) -> None:
    answers = two_tasks(uow).answers
    draft = Draft(task_id=TASK, person_id=OLGA, values={"comment": "one"}, saved_at=NOON)
    answers.save_draft(draft)
    later = replace(draft, values={"comment": "two"}, saved_at=NOON + timedelta(minutes=1))
    answers.save_draft(later)
    assert answers.draft(TASK, OLGA) == later


def test_discarding_takes_every_persons_draft_of_the_task(uow: UnitOfWork) -> None:
    answers = two_tasks(uow).answers
    for task_id, person_id in ((TASK, OLGA), (TASK, MAX), (OTHER, OLGA)):
        answers.save_draft(Draft(task_id=task_id, person_id=person_id, values={}, saved_at=NOON))
    answers.discard_drafts(TASK)
    assert answers.draft(TASK, OLGA) is None
    assert answers.draft(TASK, MAX) is None
    assert answers.draft(OTHER, OLGA) is not None


def test_contributions_come_back_whole_oldest_first(uow: UnitOfWork) -> None:
    answers = two_tasks(uow).answers
    early, late = replace(a_contribution("z"), asked_at=NOON - timedelta(hours=1)), a_contribution("a")
    answers.add_contribution(late)
    answers.add_contribution(early)
    assert answers.contributions(TASK) == [early, late]
    assert answers.contributions(OTHER) == []


def test_asking_the_same_again_replaces_what_was_asked(uow: UnitOfWork) -> None:
    answers = two_tasks(uow).answers
    answers.add_contribution(a_contribution())
    again = replace(a_contribution(), note="By Friday", asked_at=NOON + timedelta(days=1))
    answers.add_contribution(again)
    assert answers.contributions(TASK) == [again]


def test_only_unanswered_contributions_wait_for_a_person(uow: UnitOfWork) -> None:
    answers = two_tasks(uow).answers
    answers.add_contribution(a_contribution("open"))
    answers.add_contribution(replace(a_contribution("given"), answered_at=NOON))
    answers.add_contribution(a_contribution("olgas", OLGA))
    assert answers.contributions_of(MAX) == [a_contribution("open")]


def test_nothing_of_another_workspace_is_seen(uow: UnitOfWork, elsewhere: UnitOfWork) -> None:
    theirs = two_tasks(elsewhere).answers
    theirs.attest(an_attestation())
    theirs.add_finding(a_finding("f"))
    theirs.decide(an_acceptance())
    theirs.add_contribution(a_contribution())
    theirs.save_draft(Draft(task_id=TASK, person_id=OLGA, values={}, saved_at=NOON))
    ours = uow.answers
    assert [*ours.attestations(TASK), *ours.findings(TASK), *ours.acceptances(TASK)] == []
    assert [*ours.contributions(TASK), *ours.contributions_of(MAX)] == []
    assert ours.draft(TASK, OLGA) is None


def test_withdrawing_and_discarding_reach_no_other_workspace(uow: UnitOfWork, elsewhere: UnitOfWork) -> None:
    theirs = two_tasks(elsewhere).answers
    theirs.add_finding(a_finding("f"))
    theirs.save_draft(Draft(task_id=TASK, person_id=OLGA, values={}, saved_at=NOON))
    uow.answers.withdraw(TASK)
    uow.answers.discard_drafts(TASK)
    assert theirs.findings(TASK) == [a_finding("f")]
    assert theirs.draft(TASK, OLGA) is not None


def test_a_signed_answer_cannot_be_written_over(uow: UnitOfWork) -> None:
    answers = two_tasks(uow).answers
    answers.attest(an_attestation())
    with pytest.raises(Exception, match="append-only"):
        answers.attest(replace(an_attestation(), comment="Other"))
