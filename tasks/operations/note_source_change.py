"""A message or file that is evidence was edited or deleted where it came from. That is recorded; what is kept, and what
was attested with it, stays as it was."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tasks import audit
from tasks.evidence import Evidence, EvidenceKind, EvidenceState, SharedMessage
from tasks.people import Actor
from tasks.ports import UnitOfWork

SETTLING = timedelta(minutes=5)
"""A platform itself changes a new file, while it makes previews of it."""


@dataclass(frozen=True, kw_only=True)
class SourceChange:
    """Of a message, or where `file` is set of a shared file."""

    platform: str
    conversation: str = ""
    message: str = ""
    file: str = ""
    deleted: bool = False
    at: datetime


def is_known(uow: UnitOfWork, change: SourceChange) -> bool:
    return bool(_evidence(uow, change) or _set_aside(uow, change))


def note_source_change(uow: UnitOfWork, change: SourceChange) -> int:
    """How many records were touched. Told twice or late it changes nothing: a deletion stands from the first time it is
    told, an edit from the latest."""
    evidence = [one for one in _evidence(uow, change) if _is_news(one, change)]
    for one in evidence:
        _note(uow, one, change)
    waiting = [one for one in _set_aside(uow, change) if not one.deleted_at]
    for kept in waiting:
        uow.shared_messages.save(
            replace(kept, deleted_at=change.at)
            if change.deleted
            else replace(kept, changed_at=_latest(kept.changed_at, change.at))
        )
    return len(evidence) + len(waiting)


def _evidence(uow: UnitOfWork, change: SourceChange) -> Sequence[Evidence]:
    if change.file:
        return uow.evidence.of_reference(change.platform, change.file)
    found = uow.evidence.of_message(change.platform, change.conversation, change.message)
    return [one for one in found if change.deleted or one.kind is not EvidenceKind.FILE]


def _set_aside(uow: UnitOfWork, change: SourceChange) -> Sequence[SharedMessage]:
    if change.file:
        return ()
    return uow.shared_messages.of_message(change.platform, change.conversation, change.message)


def _is_news(evidence: Evidence, change: SourceChange) -> bool:
    if change.deleted:
        return evidence.source_deleted_at is None
    if evidence.kind is EvidenceKind.FILE and _is_settling(evidence, change.at):
        return False
    return evidence.source_changed_at is None or evidence.source_changed_at < change.at


def _is_settling(evidence: Evidence, at: datetime) -> bool:
    """What is bound later is what counts."""
    return evidence.state is EvidenceState.CHECKING or at < evidence.added_at + SETTLING


def _note(uow: UnitOfWork, evidence: Evidence, change: SourceChange) -> None:
    before = {"changed_at": _told(evidence.source_changed_at), "deleted_at": _told(evidence.source_deleted_at)}
    noted = (
        replace(evidence, source_deleted_at=change.at)
        if change.deleted
        else replace(evidence, source_changed_at=change.at)
    )
    uow.evidence.save(noted)
    uow.notices.touch(evidence.task_id)
    uow.audit.append(
        audit.entry(
            "evidence:source-deleted" if change.deleted else "evidence:source-changed",
            f"evidence:{evidence.id}",
            Actor(person=None, platform=change.platform, at=uow.now),
            before=before,
            after={
                "task": evidence.task_id,
                "sha256": evidence.sha256,
                "changed_at": _told(noted.source_changed_at),
                "deleted_at": _told(noted.source_deleted_at),
            },
        )
    )


def _told(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _latest(before: datetime | None, at: datetime) -> datetime:
    return max(before, at) if before else at
