"""Evidence comes in: files by reference, links, words. The reference is saved first; a job fetches and checks bytes."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from tasks import audit, duties
from tasks.controls import ControlText
from tasks.errors import Invalid, NotAllowed, Stale
from tasks.evidence import SENT_BY_FORM, Evidence, EvidenceKind, EvidenceState, FileReference, IpeCard, Origin
from tasks.identifiers import EvidenceId, TaskId
from tasks.model import Task, TaskState
from tasks.operations.acting import person_of, require_open, today_of
from tasks.operations.task_text import text_of
from tasks.people import Actor, Person
from tasks.ports import UnitOfWork
from tasks.wording import shortened

MOST_PER_TASK = 100


def attach_files(
    uow: UnitOfWork,
    actor: Actor,
    task_id: TaskId,
    files: Sequence[FileReference],
    *,
    item: str = "",
    origin: Origin = SENT_BY_FORM,
    correcting: bool = False,
) -> tuple[Evidence, ...]:
    """A reference that is attached already is not attached twice."""
    task = require_may_attach(uow, actor, task_id, item, correcting=correcting)
    known = {(one.platform, one.reference) for one in uow.evidence.of_task(task.id) if one.present}
    fresh = {(one.platform, one.reference): one for one in files if (one.platform, one.reference) not in known}
    found = (_from(origin, _file(uow, actor, task, item, one)) for one in fresh.values())
    return tuple(_add(uow, actor, task, one) for one in found)


def attach_record(
    uow: UnitOfWork, actor: Actor, task_id: TaskId, file: FileReference, *, item: str, card: IpeCard | None = None
) -> Evidence:
    """A file of our own: what a list or a review that stands here says, in bytes. Fetched like any other."""
    task = require_may_attach(uow, actor, task_id, item)
    return _add(uow, actor, task, replace(_file(uow, actor, task, item, file), card=card))


def attach_link(
    uow: UnitOfWork, actor: Actor, task_id: TaskId, url: str, *, item: str = "", origin: Origin = SENT_BY_FORM
) -> Evidence:
    task = require_may_attach(uow, actor, task_id, item)
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Invalid("That is not a link.", fields={"link": "Start with https:// and paste the whole address."})
    words = _words(uow, actor, task, item, EvidenceKind.LINK, url.strip())
    return _add(uow, actor, task, _from(origin, words))


def attach_text(
    uow: UnitOfWork, actor: Actor, task_id: TaskId, text: str, *, item: str = "", origin: Origin = SENT_BY_FORM
) -> Evidence:
    task = require_may_attach(uow, actor, task_id, item)
    if not text.strip():
        raise Invalid("There is nothing to attach yet.", fields={"text": "Write or paste something."})
    words = _words(uow, actor, task, item, EvidenceKind.TEXT, text.strip())
    return _add(uow, actor, task, _from(origin, words))


def attach_zero_result(
    uow: UnitOfWork, actor: Actor, task: Task, text: ControlText, *, source: str, query: str
) -> Evidence | None:
    """The proof of *nothing to report*: the query and its zero, as a population with its card filled in."""
    if not source.strip() or not query.strip():
        return None
    item = next((one for one in text.evidence if one.population), None)
    words = f"{source.strip()}: {query.strip()}\nResult: 0 rows"
    evidence = _words(uow, actor, task, item.key if item else "", EvidenceKind.TEXT, words)
    card = IpeCard(
        source=source.strip(),
        query=query.strip(),
        span_start=task.span_start,
        span_end=task.span_end,
        row_count=0,
        run_by=person_of(actor).id,
        run_at=uow.now,
        changed_after=False,
    )
    return _add(uow, actor, task, replace(evidence, card=card, row_count=0))


def remove_evidence(uow: UnitOfWork, actor: Actor, evidence_id: EvidenceId) -> Evidence:
    """Taken off the task; the record that it was there, and its bytes, stay."""
    evidence = uow.evidence.get(evidence_id)
    task, person = require_may_attach(uow, actor, evidence.task_id, evidence.item), person_of(actor)
    require_present(evidence)
    if evidence.added_by != person.id:
        duties.require_may_answer(person, task, uow.people, today_of(uow, person))
    removed = replace(evidence, state=EvidenceState.REMOVED)
    uow.evidence.save(removed)
    uow.notices.touch(evidence.task_id)
    uow.audit.append(
        audit.entry(
            "evidence:remove",
            f"evidence:{evidence.id}",
            actor,
            before={"state": evidence.state},
            after={"state": removed.state, "task": evidence.task_id},
            detail=evidence.name,
        )
    )
    return removed


def require_may_attach(uow: UnitOfWork, actor: Actor, task_id: TaskId, item: str, *, correcting: bool = False) -> Task:
    """Whoever may answer the task, and a contributor for the item they were asked for. `correcting`: to an answer that
    is corrected in the same breath, which only whoever may answer does."""
    task = uow.tasks.get(task_id)
    person = person_of(actor)
    if not _is_contributor(uow, task, person, item):
        duties.require_may_answer(person, task, uow.people, today_of(uow, person))
    if not (correcting and task.state in (TaskState.SUBMITTED, TaskState.RECORDED)):
        require_open(uow, task, person)
    text = text_of(uow, task)
    if item and text.item(item) is None:
        raise Invalid("This task has no such evidence item.", fields={"item": "Choose one from the list."})
    return task


def require_present(evidence: Evidence) -> None:
    if not evidence.present:
        raise Stale(f"{evidence.name} is not attached any more.")


def _is_contributor(uow: UnitOfWork, task: Task, person: Person, item: str) -> bool:
    asked = uow.answers.contributions(task.id)
    return person.active and any(one.person_id == person.id and one.item == item for one in asked)


def _file(uow: UnitOfWork, actor: Actor, task: Task, item: str, file: FileReference) -> Evidence:
    return Evidence(
        id=EvidenceId(uow.new_id()),
        task_id=task.id,
        item=item,
        kind=EvidenceKind.FILE,
        name=shortened(file.name.strip() or "file", 200),
        platform=file.platform,
        reference=file.reference,
        declared_type=file.declared_type,
        declared_size=file.size,
        added_by=person_of(actor).id,
        added_at=uow.now,
        next_attempt_at=uow.now,
    )


def _from(origin: Origin, evidence: Evidence) -> Evidence:
    return replace(
        evidence,
        conversation=origin.conversation,
        message=origin.message,
        said=origin.said,
        source_changed_at=origin.changed_at,
        source_deleted_at=origin.deleted_at,
        permalink_due_at=evidence.added_at if origin.said else None,
    )


def _words(uow: UnitOfWork, actor: Actor, task: Task, item: str, kind: EvidenceKind, text: str) -> Evidence:
    data = text.encode()
    return Evidence(
        id=EvidenceId(uow.new_id()),
        task_id=task.id,
        item=item,
        kind=kind,
        name=shortened(text.splitlines()[0], 80),
        text=text,
        platform=actor.platform,
        state=EvidenceState.BOUND,
        sha256=hashlib.sha256(data).hexdigest(),
        media_type="text/uri-list" if kind is EvidenceKind.LINK else "text/plain",
        size=len(data),
        added_by=person_of(actor).id,
        added_at=uow.now,
    )


def _add(uow: UnitOfWork, actor: Actor, task: Task, evidence: Evidence) -> Evidence:
    if sum(one.present for one in uow.evidence.of_task(task.id)) >= MOST_PER_TASK:
        raise NotAllowed(
            f"A task holds {MOST_PER_TASK} attachments at most. Put the rest in one archive or link to it."
        )
    uow.evidence.add(evidence)
    _settle_contribution(uow, task, evidence)
    uow.notices.touch(task.id)
    uow.audit.append(
        audit.entry(
            "evidence:attach",
            f"evidence:{evidence.id}",
            actor,
            after={
                "task": task.id,
                "item": evidence.item,
                "kind": evidence.kind,
                "state": evidence.state,
                "sha256": evidence.sha256,
                "size": evidence.size,
            },
            detail=evidence.name,
        )
    )
    return evidence


def _settle_contribution(uow: UnitOfWork, task: Task, evidence: Evidence) -> None:
    for asked in uow.answers.contributions(task.id):
        mine = asked.person_id == evidence.added_by and asked.item == evidence.item
        if mine and asked.answered_at is None:
            uow.answers.add_contribution(replace(asked, answered_at=evidence.added_at))
