"""A second person accepts a submission or returns it with a reason. Never the submitter."""

from dataclasses import replace

from tasks import audit, duties
from tasks.errors import Invalid, Stale
from tasks.evidence import EvidenceKind, EvidenceState
from tasks.identifiers import TaskId
from tasks.model import Acceptance, Decision, Task, TaskState
from tasks.operations.acting import answerers_of, person_of, require_version
from tasks.operations.reopen_task import opened_again
from tasks.people import Actor
from tasks.ports import UnitOfWork
from tasks.wording import counted, moment


def review_submission(
    uow: UnitOfWork, actor: Actor, task_id: TaskId, version: int, decision: Decision, *, reason: str = ""
) -> Task:
    task = uow.tasks.get(task_id)
    person = person_of(actor)
    require_submitted(uow, task, person.time_zone)
    answerers = answerers_of(uow, task)
    duties.require_may_accept(
        person,
        task,
        answered_by=task.answered_by,
        on_behalf_of=answerers.on_behalf_of,
        contributors=answerers.contributors,
        directory=uow.people,
    )
    require_version(task, version)
    acceptance = decide(uow, actor, task, decision, reason.strip())
    if decision is Decision.ACCEPT:
        reviewed = replace(
            task,
            state=TaskState.ACCEPTED,
            settled_at=uow.now,
            settled_by=person.id,
            next_rung_at=None,
            return_reason="",
        )
        saved = uow.tasks.save(reviewed)
        uow.notices.skip(task.id)
        uow.notices.touch(task.id)
    else:
        saved = opened_again(uow, task, reason=acceptance.reason)
    uow.audit.append(_entry(actor, task, saved, acceptance))
    return saved


def require_submitted(uow: UnitOfWork, task: Task, time_zone: str) -> None:
    if task.state is TaskState.SUBMITTED:
        return
    who = uow.people.find(task.settled_by)
    if task.state is TaskState.ACCEPTED and who and task.settled_at:
        raise Stale(f"{who.name} already accepted “{task.title}” on {moment(task.settled_at, time_zone)}.")
    raise Stale(f"“{task.title}” is not waiting for acceptance.")


def decide(uow: UnitOfWork, actor: Actor, task: Task, decision: Decision, reason: str) -> Acceptance:
    """Records which of the files had been opened; accepting unopened evidence is allowed, and shown as such."""
    present = [one for one in uow.evidence.of_task(task.id) if one.present]
    if decision is Decision.RETURN and not reason:
        raise Invalid("Say what is missing.", fields={"reason": "Say what the owner should change."})
    checking = [one for one in present if one.state is EvidenceState.CHECKING]
    if decision is Decision.ACCEPT and checking:
        raise Stale(f"Still checking {counted(len(checking), 'file')}. You can accept as soon as that is done.")
    person = person_of(actor)
    opened = uow.evidence.opened_by(task.id, person.id)
    files = [one.id for one in present if one.kind is EvidenceKind.FILE]
    acceptance = Acceptance(
        task_id=task.id,
        attestation_version=len(uow.answers.attestations(task.id)),
        person_id=person.id,
        decision=decision,
        reason=reason,
        opened=tuple(one for one in files if one in opened),
        unopened=tuple(one for one in files if one not in opened),
        at=uow.now,
        platform=actor.platform,
        message=actor.message,
    )
    uow.answers.decide(acceptance)
    return acceptance


def _entry(actor: Actor, before: Task, after: Task, acceptance: Acceptance) -> audit.Entry:
    return audit.entry(
        f"task:{acceptance.decision}",
        f"task:{after.id}",
        actor,
        before={"state": before.state, "version": before.version},
        after={
            "state": after.state,
            "version": after.version,
            "attestation": acceptance.attestation_version,
            "opened": list(acceptance.opened),
            "unopened": list(acceptance.unopened),
        },
        detail=acceptance.reason,
    )
