"""Files that a message names and its platform hands to no bot: whoever attached the message brings them themselves."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from unicodedata import normalize

from tasks.errors import DomainError
from tasks.evidence import Evidence, FileReference, Origin, SharedMessage
from tasks.identifiers import PersonId, TaskId
from tasks.operations.acting import person_of
from tasks.operations.attach_evidence import attach_files, require_may_attach
from tasks.operations.attach_message import MESSAGES_KEPT
from tasks.people import Actor
from tasks.ports import UnitOfWork

COUNTED = re.compile(r" (\(\d{1,2}\)|\d)$")
"""What is put behind the name of a file that is kept beside another of that name."""


@dataclass(frozen=True, kw_only=True)
class Awaited:
    name: str
    task_id: TaskId
    item: str


def awaited_files(uow: UnitOfWork, actor: Actor) -> list[Awaited]:
    """Not brought since, for the tasks that the person may still attach to; of the message attached last first."""
    me = person_of(actor).id
    kept = uow.shared_messages.set_aside_by(me, since=uow.now - MESSAGES_KEPT)
    every = dict.fromkeys(one for message in kept for one in _named_in(uow, me, message))
    open_places = {place for place in {(one.task_id, one.item) for one in every} if _may_attach(uow, actor, *place)}
    return [one for one in every if (one.task_id, one.item) in open_places]


def bring_file(
    uow: UnitOfWork, actor: Actor, file: FileReference, awaited: Sequence[Awaited], origin: Origin
) -> tuple[Evidence, ...]:
    """To every place where a file of this name is awaited; empty where there is none."""
    places = dict.fromkeys((one.task_id, one.item) for one in awaited if is_called(file.name, one.name))
    return tuple(
        added
        for task_id, item in places
        for added in attach_files(uow, actor, task_id, (file,), item=item, origin=origin)
    )


def is_called(name: str, awaited: str) -> bool:
    """As awaited, but for the number that is put behind the name of a copy."""
    path = PurePosixPath(_folded(name))
    copied_from = COUNTED.sub("", path.stem) + path.suffix
    return _folded(awaited) in (str(path), copied_from)


def _folded(name: str) -> str:
    """Names that look alike are alike, whatever system they were written on."""
    return " ".join(normalize("NFC", name).casefold().split())


def _named_in(uow: UnitOfWork, me: PersonId, message: SharedMessage) -> Iterator[Awaited]:
    names = [one.name for one in message.files if not one.reference]
    if not names:
        return
    came = uow.evidence.of_message(message.platform, message.conversation, message.message)
    for task_id, item in dict.fromkeys((one.task_id, one.item) for one in came if _is_mine(one, me)):
        there = [one.name for one in uow.evidence.of_task(task_id) if _came_since(one, message)]
        for name in names:
            if not any(is_called(one, name) for one in there):
                yield Awaited(name=name, task_id=task_id, item=item)


def _is_mine(evidence: Evidence, me: PersonId) -> bool:
    return evidence.present and evidence.said is not None and evidence.added_by == me


def _came_since(evidence: Evidence, message: SharedMessage) -> bool:
    """Whichever item it was sorted into then."""
    return evidence.present and bool(evidence.reference) and evidence.added_at >= message.shared_at


def _may_attach(uow: UnitOfWork, actor: Actor, task_id: TaskId, item: str) -> bool:
    try:
        require_may_attach(uow, actor, task_id, item)
    except DomainError:
        return False
    return True
