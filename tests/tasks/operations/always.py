"""What holds at every moment of every task's life, whatever people, files and the clock did. A rule a function."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC

from tasks import duties
from tasks.evidence import EvidenceState
from tasks.identifiers import TaskId
from tasks.model import Attestation, Deviation, Finding, Task, TaskState
from tasks.notices import NoticeState, Occasion
from tests.tasks.operations.company import Company

OPEN, SUBMITTED, ACCEPTED, RECORDED = TaskState.OPEN, TaskState.SUBMITTED, TaskState.ACCEPTED, TaskState.RECORDED
STEPS = {
    (OPEN, SUBMITTED),
    (OPEN, RECORDED),
    (SUBMITTED, ACCEPTED),
    (SUBMITTED, OPEN),
    (ACCEPTED, OPEN),
    (RECORDED, OPEN),
}
"""product.md: open → submitted → accepted, or → returned and open again; open → recorded; reopened on request."""
INFORMATIONAL = {
    Occasion.FINDING,
    Occasion.FILE_PROBLEM,
    Occasion.CONTRIBUTION,
    Occasion.REOPEN_ASKED,
    Occasion.UNDELIVERED,
}
"""What may still be owed about a task that is settled: it is news, or delivery looks before it sends."""


@dataclass(frozen=True)
class Before:
    """How it was one step ago."""

    tasks: Mapping[TaskId, Task]
    attestations: Mapping[tuple[TaskId, int], Attestation]


def seen(company: Company) -> Before:
    return Before(dict(company.state.tasks), dict(company.state.attestations))


def tasks_step_only_as_the_product_says(company: Company, before: Before) -> None:
    for task in company.state.tasks.values():
        was = before.tasks.get(task.id, task).state
        assert was is task.state or (was, task.state) in STEPS
        assert task.state is not (RECORDED if task.needs_acceptance else SUBMITTED)


def a_change_raises_the_version_and_leaves_the_key(company: Company, before: Before) -> None:
    for task in company.state.tasks.values():
        was = before.tasks.get(task.id, task)
        assert task.version > was.version or replace(was, next_rung_at=task.next_rung_at) == task
        assert task.round >= was.round
        assert _unchangeable(task) == _unchangeable(was)


def _unchangeable(task: Task) -> tuple[object, ...]:
    return task.origin, task.occurrence, task.subject, task.opens_at, task.due_at, task.limit_at, task.missed_at


def times_and_names_agree_with_the_state(company: Company, before: Before) -> None:
    for task in company.state.tasks.values():
        answered = (task.answered_at is not None, task.answered_by is not None, task.answer is not None)
        assert set(answered) == {not task.is_open}
        settled = task.state in (ACCEPTED, RECORDED)
        assert settled == (task.settled_at is not None) == (task.settled_by is not None)
        assert not (settled and task.next_rung_at)
        assert not task.answered_at or task.answered_at <= company.clock.now()


def attestations_are_only_ever_added(company: Company, before: Before) -> None:
    assert before.attestations.items() <= company.state.attestations.items()
    for task in company.state.tasks.values():
        signed = company.uow.answers.attestations(task.id)
        assert [one.version for one in signed] == list(range(1, len(signed) + 1))
        assert task.is_open or task.answer is signed[-1].answer


def nobody_accepts_what_they_had_a_hand_in(company: Company, before: Before) -> None:
    for decided in company.state.acceptances:
        signed = company.state.attestations[decided.task_id, decided.attestation_version]
        files = {company.state.evidence[one].added_by for one in signed.evidence}
        assert decided.person_id not in {signed.person_id, signed.on_behalf_of, *files}
    for task in company.state.tasks.values():
        assert task.state is not ACCEPTED or task.settled_by not in (task.owner_id, task.answered_by)


def an_accepted_answer_rests_on_checked_files(company: Company, before: Before) -> None:
    for task in company.state.tasks.values():
        states = {one.state for one in company.uow.evidence.of_task(task.id)}
        assert task.state is not ACCEPTED or EvidenceState.CHECKING not in states


def what_is_not_withdrawn_stems_from_the_latest_answer(company: Company, before: Before) -> None:
    for task_id in company.state.tasks:
        latest = len(company.uow.answers.attestations(task_id))
        opened: list[Finding | Deviation] = [
            *company.uow.answers.findings(task_id),
            *company.uow.answers.deviations(task_id),
        ]
        assert all(one.withdrawn == (one.attestation_version < latest) for one in opened)


def no_message_is_owed_twice(company: Company, before: Before) -> None:
    keys = Counter(notice.key for notice in company.state.notices.values())
    assert max(keys.values(), default=1) == 1


def a_settled_task_asks_nobody_for_anything(company: Company, before: Before) -> None:
    for notice in company.state.notices.values():
        task = company.state.tasks.get(notice.task_id) if notice.task_id else None
        if task and task.state in (ACCEPTED, RECORDED) and notice.state is NoticeState.OWED:
            assert notice.key.occasion in INFORMATIONAL


def nothing_is_sent_to_nobody(company: Company, before: Before) -> None:
    for notice in company.state.notices.values():
        assert notice.key.recipient != "nobody" or notice.state is NoticeState.SKIPPED


def every_open_task_is_somebodys_or_it_says_why_not(company: Company, before: Before) -> None:
    today = company.clock.now().astimezone(UTC).date()
    for task in company.state.tasks.values():
        turn = duties.responsible(task, company.uow.people, today)
        assert turn.skipped if turn.person is None else not duties.absence(turn.person, today)


RULES: tuple[Callable[[Company, Before], None], ...] = (
    tasks_step_only_as_the_product_says,
    a_change_raises_the_version_and_leaves_the_key,
    times_and_names_agree_with_the_state,
    attestations_are_only_ever_added,
    nobody_accepts_what_they_had_a_hand_in,
    an_accepted_answer_rests_on_checked_files,
    what_is_not_withdrawn_stems_from_the_latest_answer,
    no_message_is_owed_twice,
    a_settled_task_asks_nobody_for_anything,
    nothing_is_sent_to_nobody,
    every_open_task_is_somebodys_or_it_says_why_not,
)
