"""What an operator watches: how much waits, and for how long. Counted in one read over every workspace, each by its
own indexes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from sqlalchemy import ColumnElement, Connection, bindparam, func, or_, select

from storage.repository import Repository, mine
from storage.tables import messages, notices, planned, tasks, workspaces
from tasks.model import TaskState
from tasks.notices import NoticeState

Key = TypeVar("Key", bound=str)
N = notices.c
T = tasks.c
NOW = bindparam("now", type_=T.due_at.type)


@dataclass(frozen=True, kw_only=True)
class Gauges:
    notices: Mapping[NoticeState, int]
    oldest_owed: datetime | None
    """When the first notice was owed that nobody has been told of yet, whatever holds it up."""
    oldest_due: datetime | None
    """Since when the next notice could have gone out: later than owed where the platform asked us to wait."""
    oldest_opening: datetime | None
    """Of the planned tasks whose time has come and that are not open yet."""
    oldest_rung: datetime | None
    """Of the rungs whose time has come and that were not climbed yet."""
    edits_behind: int
    overdue: Mapping[str, int]
    """By department: unanswered past the target, and not missed yet."""
    missed: Mapping[str, int]
    """By department: unanswered when the next occurrence opened."""


def earliest(moment: ColumnElement[datetime]) -> ColumnElement[datetime]:
    return func.min(moment, type_=T.due_at.type)


EVERY_WORKSPACE = select(workspaces.c.id)
NOTICES = select(N.state, func.count().label("number")).where(mine(notices)).group_by(N.state)
TURN = func.coalesce(N.next_attempt_at, N.owed_at)
WAITING = (
    select(
        earliest(N.owed_at).label("owed"),
        earliest(TURN).filter(TURN <= NOW).label("due"),
    )
    .where(mine(notices), or_(N.state == NoticeState.OWED, N.state == NoticeState.SENDING))
    .where(N.owed_at <= NOW)
)
OPENING = select(earliest(planned.c.opens_at)).where(mine(planned), planned.c.opens_at <= NOW)
RUNG = select(earliest(T.next_rung_at)).where(mine(tasks), T.next_rung_at <= NOW)
BEHIND = select(func.count()).where(mine(messages), messages.c.delivered_version < messages.c.desired_version)
PAST_DUE: Final = (
    select(
        T.department,
        func.count().filter(T.missed_at > NOW).label("overdue"),
        func.count().filter(T.missed_at <= NOW).label("missed"),
    )
    .where(mine(tasks), T.state == TaskState.OPEN, T.due_at < NOW)
    .group_by(T.department)
)


class WorkspaceGauges(Repository):
    def read(self, now: datetime) -> Gauges:
        owed, due = self._rows(WAITING, now=now)[0]
        past_due = self._rows(PAST_DUE, now=now)
        return Gauges(
            notices={row.state: row.number for row in self._rows(NOTICES)},
            oldest_owed=owed,
            oldest_due=due,
            oldest_opening=self._rows(OPENING, now=now)[0][0],
            oldest_rung=self._rows(RUNG, now=now)[0][0],
            edits_behind=self._rows(BEHIND)[0][0],
            overdue={row.department: row.overdue for row in past_due},
            missed={row.department: row.missed for row in past_due},
        )


def read_gauges(connection: Connection, now: datetime) -> Gauges:
    """Summed: which workspace is behind is not an operator's business, and a label for each would have no bound."""
    each = [WorkspaceGauges(connection, row.id).read(now) for row in connection.execute(EVERY_WORKSPACE)]
    return Gauges(
        notices=dict.fromkeys(NoticeState, 0) | _sum([one.notices for one in each]),
        oldest_owed=_first([one.oldest_owed for one in each]),
        oldest_due=_first([one.oldest_due for one in each]),
        oldest_opening=_first([one.oldest_opening for one in each]),
        oldest_rung=_first([one.oldest_rung for one in each]),
        edits_behind=sum(one.edits_behind for one in each),
        overdue=_sum([one.overdue for one in each]),
        missed=_sum([one.missed for one in each]),
    )


def _sum(counts: Sequence[Mapping[Key, int]]) -> dict[Key, int]:
    total: Counter[Key] = Counter()
    for one in counts:
        total.update(one)
    return dict(total)


def _first(moments: Sequence[datetime | None]) -> datetime | None:
    return min((moment for moment in moments if moment), default=None)
