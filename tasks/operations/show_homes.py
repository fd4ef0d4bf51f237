"""Start pages: which have to be looked at again, and what is on record of them. No transaction is open while one is
published: a job looks, publishes, records.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from tasks.homes import Home
from tasks.ports import UnitOfWork

LOOKED_AT_FOR = timedelta(hours=1)
"""No platform says when a page is left: after this it is shown anew when it is opened."""
NO_SOONER = timedelta(seconds=3)
"""A burst of changes is one change."""
NO_LATER = timedelta(seconds=30)
"""What only the clock changes, as a task that becomes overdue, is shown by then."""


def open_home(uow: UnitOfWork, platform: str, external_id: str) -> None:
    uow.homes.open(platform, external_id, uow.now)


def homes_due(uow: UnitOfWork, *, limit: int) -> Sequence[Home]:
    return uow.homes.due(
        opened_after=uow.now - LOOKED_AT_FOR,
        position=uow.audit.position(),
        changed_before=uow.now - NO_SOONER,
        checked_before=uow.now - NO_LATER,
        limit=limit,
    )


def record_shown(uow: UnitOfWork, home: Home, *, hash: str, digest: str, seen: int, at: datetime) -> None:  # noqa: A002
    """`seen` and `at`: how far the log and the clock had come when it was looked at.

    Raises Stale when somebody else showed it, or its owner opened it, since `home` was read.
    """
    uow.homes.save(replace(home, hash=hash, digest=digest, seen=seen, checked_at=at))


def record_same(uow: UnitOfWork, home: Home, *, seen: int, at: datetime) -> None:
    uow.homes.checked(home, seen=seen, at=at)


def doubt_home(uow: UnitOfWork, platform: str, external_id: str) -> None:
    """What stands there is not known for sure: it is shown again, whatever it says."""
    home = uow.homes.find(platform, external_id)
    if home:
        uow.homes.open(platform, external_id, home.opened_at)


def forget_home(uow: UnitOfWork, platform: str, external_id: str) -> None:
    """Nothing can be shown there any more: the person is gone, or the platform keeps no such page."""
    uow.homes.forget(platform, external_id)
