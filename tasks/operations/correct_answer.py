"""Until it is accepted, an answer may be corrected: a new version with a reason. The old one stays readable."""

from dataclasses import replace

from tasks import duties
from tasks.errors import Invalid, NotAllowed, Stale
from tasks.identifiers import TaskId
from tasks.model import Task, TaskState
from tasks.operations.acting import person_of, require_version, today_of
from tasks.operations.answer_task import Given, announce, answer_entry, answered_by, attest
from tasks.people import Actor
from tasks.ports import UnitOfWork


def correct_answer(uow: UnitOfWork, actor: Actor, task_id: TaskId, version: int, given: Given, *, reason: str) -> Task:
    """What the earlier version opened is withdrawn and opened anew. The first answer's time stands."""
    task = uow.tasks.get(task_id)
    person = person_of(actor)
    on_behalf_of = duties.require_may_answer(person, task, uow.people, today_of(uow, person))
    require_correctable(task)
    require_version(task, version)
    if not reason.strip():
        raise Invalid("Say why you correct the answer.", fields={"reason": "Say in a few words what was wrong."})
    attestation = attest(uow, actor, task, given, on_behalf_of=on_behalf_of, correction_reason=reason.strip())
    corrected = replace(answered_by(uow, task, attestation), answered_at=task.answered_at, round=task.round + 1)
    saved = uow.tasks.save(corrected)
    announce(uow, saved, attestation)
    uow.audit.append(answer_entry(actor, "task:correct", task, saved, attestation))
    return saved


def require_correctable(task: Task) -> None:
    if task.is_open:
        raise Stale(f"“{task.title}” has no answer to correct yet.")
    if task.state is TaskState.ACCEPTED:
        raise NotAllowed(f"“{task.title}” was accepted. Ask for it to be reopened, then answer again.")
