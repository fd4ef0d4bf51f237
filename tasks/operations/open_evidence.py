"""Somebody looks at a piece of evidence. Who looked, and when, is on record: an acceptance says what was opened."""

from tasks import audit, duties
from tasks.errors import NO_SUCH_EVIDENCE, NotAllowed, NotFound
from tasks.evidence import Evidence, EvidenceState
from tasks.identifiers import EvidenceId
from tasks.model import Task, TaskState
from tasks.notices import NoticeKey, Occasion, OwedNotice
from tasks.operations.acting import acceptors_of, person_of
from tasks.operations.task_text import text_of
from tasks.people import Actor, Person
from tasks.ports import UnitOfWork


def open_evidence(uow: UnitOfWork, actor: Actor, evidence_id: EvidenceId) -> Evidence:
    evidence = uow.evidence.get(evidence_id)
    task = uow.tasks.get(evidence.task_id)
    person = person_of(actor)
    item = text_of(uow, task).item(evidence.item)
    allowed = duties.may_see_evidence(
        person,
        task,
        directory=uow.people,
        on=uow.now.date(),
        restricted=bool(item and item.restricted),
        contributors=frozenset({evidence.added_by}),
        acceptor=person.id if _accepts(uow, person, task) else None,
    )
    if not allowed:
        raise NotFound(NO_SUCH_EVIDENCE)
    if evidence.state is EvidenceState.CHECKING:
        raise NotAllowed(f"{evidence.name} is still being checked. Try again in a moment.")
    if not evidence.sha256:
        raise NotAllowed(f"{evidence.name} was not kept. {evidence.problem}".strip())
    uow.evidence.note_opened(evidence.id, person.id, uow.now)
    uow.audit.append(audit.entry("evidence:open", f"evidence:{evidence.id}", actor, after={"task": task.id}))
    return evidence


def send_file(uow: UnitOfWork, actor: Actor, evidence_id: EvidenceId) -> Evidence:
    """Opens it for the person: the file comes as a message of its own, as often as it is asked for."""
    evidence = open_evidence(uow, actor, evidence_id)
    key = NoticeKey(
        about=f"evidence:{evidence.id}",
        recipient=f"person:{person_of(actor).id}",
        occasion=Occasion.FILE,
        round=int(uow.now.timestamp()),
    )
    uow.notices.owe([OwedNotice(key=key, owed_at=uow.now, detail=evidence.id)])
    return evidence


def _accepts(uow: UnitOfWork, person: Person, task: Task) -> bool:
    """Whoever may accept what waits, or did accept it: the others see its standing, not its files."""
    if task.state is TaskState.SUBMITTED:
        return person.id in {one.id for one in acceptors_of(uow, task)}
    return task.state is TaskState.ACCEPTED and person.id == task.settled_by
