"""A message of a chat becomes evidence: its words as they were, who wrote them, where and when, and its files."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tasks import audit
from tasks.errors import NO_SUCH_MESSAGE, Invalid, NotFound
from tasks.evidence import Evidence, FileReference, Origin, Said, SharedMessage
from tasks.identifiers import EvidenceId, TaskId
from tasks.operations.acting import person_of, the_clock
from tasks.operations.attach_evidence import attach_files, attach_text
from tasks.people import Actor
from tasks.ports import UnitOfWork

MESSAGES_KEPT = timedelta(days=7)
"""A form that was opened is sent by then, or never."""
LINK_ASKED_FOR = timedelta(days=1)
"""After that the evidence stands without a link to the message."""


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """A message as the platform shows it at this moment."""

    conversation: str
    message: str
    place: str
    author: str
    author_id: str
    at: datetime
    text: str
    files: tuple[FileReference, ...] = ()


def set_aside(uow: UnitOfWork, actor: Actor, chosen: Chosen) -> SharedMessage:
    """What stands in it now is what counts, however long the form stays open."""
    if not (chosen.text.strip() or chosen.files):
        raise Invalid("There are no words and no file in that message, so there is nothing to attach.")
    kept = SharedMessage(
        id=uow.new_id(), person_id=person_of(actor).id, platform=actor.platform, shared_at=uow.now, **vars(chosen)
    )
    uow.shared_messages.add(kept)
    return kept


def message_set_aside(uow: UnitOfWork, actor: Actor, message_id: str) -> SharedMessage:
    """The person's own; the same answer for somebody else's as for none."""
    kept = uow.shared_messages.get(message_id)
    if kept.person_id != person_of(actor).id:
        raise NotFound(NO_SUCH_MESSAGE)
    return kept


def attach_message(
    uow: UnitOfWork, actor: Actor, message_id: str, task_id: TaskId, *, item: str = "", note: str = ""
) -> tuple[Evidence, ...]:
    """Empty where all of it is attached to the task already."""
    kept = message_set_aside(uow, actor, message_id)
    origin = _origin(kept, note.strip())
    there = uow.evidence.of_message(kept.platform, kept.conversation, kept.message)
    said_already = any(one.task_id == task_id and one.present and one.text for one in there)
    words: tuple[Evidence, ...] = ()
    if kept.text.strip() and not said_already:
        words = (attach_text(uow, actor, task_id, kept.text, item=item, origin=origin),)
    files = [one for one in kept.files if one.reference]
    return (*words, *attach_files(uow, actor, task_id, files, item=item, origin=origin))


def _origin(kept: SharedMessage, note: str) -> Origin:
    said = Said(author=kept.author, author_id=kept.author_id, place=kept.place, at=kept.at, note=note)
    return Origin(
        conversation=kept.conversation,
        message=kept.message,
        said=said,
        changed_at=kept.changed_at,
        deleted_at=kept.deleted_at,
    )


def links_to_find(uow: UnitOfWork, *, limit: int) -> Sequence[Evidence]:
    return uow.evidence.permalinks_due(now=uow.now, limit=limit)


def record_link(uow: UnitOfWork, evidence_id: EvidenceId, *, permalink: str = "", problem: str = "") -> None:
    """For everything that came with the same message."""
    found = uow.evidence.get(evidence_id)
    for one in uow.evidence.of_message(found.platform, found.conversation, found.message):
        if one.said is None or one.permalink_due_at is None:
            continue
        said = replace(one.said, permalink=permalink, permalink_problem=problem)
        uow.evidence.save(replace(one, said=said, permalink_due_at=None))
        uow.audit.append(
            audit.entry(
                "evidence:link",
                f"evidence:{one.id}",
                the_clock(uow),
                after={"task": one.task_id, "found": bool(permalink)},
                detail=permalink or problem,
            )
        )


def ask_again(uow: UnitOfWork, evidence_id: EvidenceId, *, after: timedelta, problem: str) -> None:
    """Until it is given up: a link is a help, and nothing waits for it."""
    found = uow.evidence.get(evidence_id)
    if uow.now + after > found.added_at + LINK_ASKED_FOR:
        record_link(uow, evidence_id, problem=problem)
        return
    for one in uow.evidence.of_message(found.platform, found.conversation, found.message):
        if one.permalink_due_at is not None:
            uow.evidence.save(replace(one, permalink_due_at=uow.now + after))


def forget_messages(uow: UnitOfWork) -> int:
    """What was attached stands with its task."""
    return uow.shared_messages.forget_before(uow.now - MESSAGES_KEPT)
