"""What becomes of a shared file once its bytes were looked at: bound by its hash, refused with a reason, or retried."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from tasks import audit
from tasks.evidence import Evidence, EvidenceState
from tasks.identifiers import EvidenceId
from tasks.model import Task, TaskState
from tasks.notices import NoticeKey, Occasion, OwedNotice
from tasks.operations.acting import the_clock
from tasks.operations.reopen_task import opened_again
from tasks.ports import UnitOfWork


def files_to_check(uow: UnitOfWork, *, limit: int) -> Sequence[Evidence]:
    return uow.evidence.to_fetch(now=uow.now, limit=limit)


def bind_file(
    uow: UnitOfWork, evidence_id: EvidenceId, *, sha256: str, media_type: str, size: int, row_count: int | None
) -> Evidence:
    """A file that already stands for an earlier span is refused: a new span needs a new artefact."""
    evidence = uow.evidence.get(evidence_id)
    if evidence.state is not EvidenceState.CHECKING:
        return evidence
    earlier = _earlier_use(uow, evidence, sha256)
    if earlier:
        return refuse_file(
            uow,
            evidence_id,
            f"{evidence.name} is the very same file as for {earlier.occurrence}. Export it again for this time.",
        )
    card = replace(evidence.card, row_count=row_count) if evidence.card else None
    bound = replace(
        evidence,
        state=EvidenceState.BOUND,
        problem="",
        sha256=sha256,
        media_type=media_type,
        size=size,
        row_count=row_count,
        card=card,
        next_attempt_at=None,
    )
    return _record(uow, "evidence:bind", evidence, bound)


def refuse_file(uow: UnitOfWork, evidence_id: EvidenceId, problem: str) -> Evidence:
    """The person who sent it is told why. A task that was answered with it is opened again."""
    evidence = uow.evidence.get(evidence_id)
    if evidence.state is not EvidenceState.CHECKING:
        return evidence
    refused = replace(evidence, state=EvidenceState.REJECTED, problem=problem, next_attempt_at=None)
    _record(uow, "evidence:refuse", evidence, refused)
    task = uow.tasks.get(evidence.task_id)
    if task.state in (TaskState.SUBMITTED, TaskState.RECORDED):
        _return(uow, task, problem)
    key = NoticeKey(
        about=f"evidence:{evidence.id}", recipient=f"person:{evidence.added_by}", occasion=Occasion.FILE_PROBLEM
    )
    uow.notices.owe([OwedNotice(key=key, task_id=task.id, owed_at=uow.now, detail=problem)])
    return refused


def retry_file(uow: UnitOfWork, evidence_id: EvidenceId, *, after: timedelta, error: str) -> None:
    evidence = uow.evidence.get(evidence_id)
    if evidence.state is EvidenceState.CHECKING:
        uow.evidence.save(
            replace(evidence, attempts=evidence.attempts + 1, next_attempt_at=uow.now + after, problem=error)
        )


def _return(uow: UnitOfWork, task: Task, problem: str) -> None:
    """The first answer's time is kept: it stands if the replacement arrives before the limit."""
    saved = opened_again(uow, task, reason=problem, first_answered_at=task.answered_at)
    uow.audit.append(
        audit.entry(
            "task:return",
            f"task:{task.id}",
            the_clock(uow),
            before={"state": task.state, "version": task.version},
            after={"state": saved.state, "version": saved.version},
            detail=problem,
        )
    )


def _earlier_use(uow: UnitOfWork, evidence: Evidence, sha256: str) -> Task | None:
    """Another occurrence of the same control that was given these very bytes."""
    task = uow.tasks.get(evidence.task_id)
    others = (uow.tasks.get(one.task_id) for one in uow.evidence.with_hash(sha256, other_than=task.id))
    return next(
        (one for one in others if one.control_id == task.control_id and one.occurrence != task.occurrence), None
    )


def _record(uow: UnitOfWork, what: str, before: Evidence, after: Evidence) -> Evidence:
    uow.evidence.save(after)
    uow.notices.touch(after.task_id)
    uow.audit.append(
        audit.entry(
            what,
            f"evidence:{after.id}",
            the_clock(uow),
            before={"state": before.state},
            after={"state": after.state, "task": after.task_id, "sha256": after.sha256, "size": after.size},
            detail=after.problem,
        )
    )
    return after
