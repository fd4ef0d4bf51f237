"""Where a whole company stands: what is asked of the database, and the counts that come back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from tasks.identifiers import ControlId, PersonId
from tasks.model import Task


@dataclass(frozen=True, kw_only=True)
class StatusScope:
    """Whose tasks a board shows. Empty tuples: no limit of that kind; both given: either."""

    owners: tuple[PersonId, ...] = ()
    departments: tuple[str, ...] = ()
    controls: tuple[ControlId, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ControlTally:
    """Counts of one control's tasks by (computed) standing."""

    control_id: ControlId
    department: str
    open: int = 0
    """Not yet due soon."""
    due_soon: int = 0
    overdue: int = 0
    missed: int = 0
    """Unanswered, next occurrence open."""
    waiting_acceptance: int = 0
    on_time: int = 0
    late: int = 0
    past_limit: int = 0
    """Answered or not, past what the control's text promises."""
    adverse: int = 0
    """Answered not done or not fully done."""
    problems: int = 0
    """Tasks that are missed, past the limit or adverse, each counted once."""


@dataclass(frozen=True, kw_only=True)
class Rhythm:
    """What the week's closing line counts: answers given in the time asked for, and overdue tasks at its end."""

    answered_on_time: int
    answered_late: int
    overdue: int


@dataclass(frozen=True, kw_only=True)
class Workload:
    """What one person has to answer. Overdue: past its due time, missed or not."""

    owner_id: PersonId
    open: int
    overdue: int
    oldest_due: datetime


class StatusQueries(Protocol):
    """Set-based. Limited to spans that end inside the period, where one is given."""

    def tally(
        self, scope: StatusScope, *, now: datetime, period: tuple[date, date] | None = None
    ) -> Sequence[ControlTally]: ...
    def overdue(self, scope: StatusScope, *, now: datetime, limit: int) -> Sequence[Task]: ...
    def missed(self, scope: StatusScope, *, now: datetime, limit: int) -> Sequence[Task]: ...
    def problems(self, scope: StatusScope, *, now: datetime, limit: int) -> Sequence[Task]:
        """What an auditor would call an exception today: missed, adverse or past the limit. Latest span first."""
        ...

    def due_between(self, scope: StatusScope, *, start: datetime, end: datetime, limit: int) -> Sequence[Task]: ...
    def list(self, scope: StatusScope, *, limit: int) -> Sequence[Task]:
        """Latest span first."""
        ...

    def rhythm(self, *, start: datetime, end: datetime) -> Rhythm: ...
    def workload(self, owners: Sequence[PersonId], *, now: datetime) -> Sequence[Workload]:
        """Of those who have anything open, by id."""
        ...
