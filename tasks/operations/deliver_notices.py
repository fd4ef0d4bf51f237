"""The outbox: a job claims, sends, records. No transaction is open while it sends."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from tasks.notices import Notice, NoticeKey, NoticeState, Occasion, OwedNotice, SentMessage
from tasks.people import Person, Role
from tasks.ports import UnitOfWork

MAY_BE_DOUBLED = "it may have gone out twice"
"""Stays on record with a message that was sent again without being able to look."""


def claim_notices(uow: UnitOfWork, *, limit: int) -> Sequence[Notice]:
    return uow.notices.claim(now=uow.now, limit=limit)


def in_doubt(uow: UnitOfWork, *, before: datetime) -> Sequence[Notice]:
    """Claimed by a process that died: whether they went out has to be looked up before they are sent again."""
    return uow.notices.claimed_before(before)


def record_sent(
    uow: UnitOfWork, notice: Notice, *, platform: str, conversation: str, message: str, outdated: bool = False
) -> None:
    """`outdated`: what it shows changed while it was on its way, so that it is to be edited at once."""
    sent = replace(
        notice,
        state=NoticeState.SENT,
        sent_at=uow.now,
        platform=platform,
        conversation=conversation,
        message=message,
        error=doubt_about(notice),
    )
    uow.notices.save(sent)
    uow.notices.add_message(
        SentMessage(
            notice_id=notice.id,
            platform=platform,
            conversation=conversation,
            message=message,
            desired_version=2 if outdated else 1,
            delivered_version=1,
        )
    )


def record_retry(uow: UnitOfWork, notice: Notice, *, after: timedelta, error: str) -> None:
    uow.notices.save(replace(notice, state=NoticeState.OWED, next_attempt_at=uow.now + after, error=error))


def record_skipped(uow: UnitOfWork, notice: Notice, reason: str) -> None:
    uow.notices.save(replace(notice, state=NoticeState.SKIPPED, error=_with_doubt(notice, reason)))


def record_failed(uow: UnitOfWork, notice: Notice, error: str) -> None:
    """For good: kept on record, and somebody who can be reached is told instead."""
    uow.notices.save(replace(notice, state=NoticeState.FAILED, error=_with_doubt(notice, error)))
    if notice.key.occasion is Occasion.UNDELIVERED:
        return
    person = uow.people.find(notice.person_id)
    instead = _who_hears_instead(uow, person)
    if instead:
        key = NoticeKey(
            about=notice.key.about,
            recipient=f"person:{instead.id}",
            occasion=Occasion.UNDELIVERED,
            round=notice.key.round,
        )
        detail = f"{person.name if person else 'The compliance channel'} could not be reached: {error}"
        uow.notices.owe([OwedNotice(key=key, task_id=notice.task_id, owed_at=uow.now, detail=detail)])


def doubt_about(notice: Notice) -> str:
    """That it may have gone out twice, and why; empty where there is no doubt. Once on record it stays there."""
    return notice.error if notice.error.startswith(MAY_BE_DOUBLED) else ""


def _with_doubt(notice: Notice, reason: str) -> str:
    return "; ".join(filter(None, (doubt_about(notice), reason)))


def _who_hears_instead(uow: UnitOfWork, person: Person | None) -> Person | None:
    leads = uow.people.holders(Role.COMPLIANCE_LEAD)
    manager = uow.people.find(person.manager_id) if person else None
    rungs = (manager, *leads, *uow.people.holders(Role.ADMIN))
    return next((one for one in rungs if one and one.active and one != person), None)


def edits_owed(uow: UnitOfWork, *, limit: int) -> Sequence[tuple[SentMessage, Notice]]:
    return uow.notices.claim_edits(limit=limit)


def record_edited(uow: UnitOfWork, message: SentMessage) -> None:
    uow.notices.edited(message, message.desired_version)
