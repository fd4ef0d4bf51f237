"""Where the workspace stands, counted in the database over the covering index `ix_tasks_standing`."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select

from storage.columns import reader
from storage.repository import Repository, mine
from storage.tables import tasks
from storage.tasks import TASKS, read_task
from tasks.identifiers import ControlId, PersonId
from tasks.ledger import DUE_SOON
from tasks.model import Answer, Task, TaskState
from tasks.status import ControlTally, Rhythm, StatusScope, Workload

T = tasks.c
NOW = bindparam("now", type_=T.due_at.type)
SOON = bindparam("soon", type_=T.due_at.type)

IN_SCOPE = or_(
    bindparam("everything") == 1,
    T.owner_id.in_(bindparam("owners", expanding=True)),
    T.department.in_(bindparam("departments", expanding=True)),
    T.control_id.in_(bindparam("controls", expanding=True)),
)
IN_PERIOD = T.span_end.between(bindparam("first_day"), bindparam("last_day"))

OPEN = T.state == TaskState.OPEN
MOMENT = func.coalesce(T.answered_at, NOW)
EVER_MISSED = T.missed_at <= MOMENT
STILL_TO_COME = T.missed_at > MOMENT
OVERDUE = and_(STILL_TO_COME, T.due_at < NOW)
ADVERSE = or_(*(T.answer == answer for answer in Answer if answer.adverse))
"""Not as a list: that would be compiled anew for each call."""
PAST_LIMIT = T.limit_at < MOMENT
PROBLEM = or_(ADVERSE, EVER_MISSED, PAST_LIMIT)
"""tasks/ledger.py, as a database says it; the contracts hold the two equal."""

ON_TOP: Final = {"past_limit": PAST_LIMIT, "adverse": ADVERSE, "problems": PROBLEM}
OF_OPEN: Final = {
    "open": and_(STILL_TO_COME, T.due_at > SOON),
    "due_soon": and_(STILL_TO_COME, T.due_at >= NOW, T.due_at <= SOON),
    "overdue": OVERDUE,
    "missed": EVER_MISSED,
    **ON_TOP,
}
ANSWERED_PAST_LIMIT = T.limit_at < T.answered_at
OF_ANSWERED: Final = {
    "late": T.due_at < T.answered_at,
    "past_limit": ANSWERED_PAST_LIMIT,
    "adverse": ADVERSE,
    "problems": or_(T.missed_at <= T.answered_at, ANSWERED_PAST_LIMIT, ADVERSE),
}
"""An answered task's moment is its answer's: said without `coalesce`, as nearly every row is one of these."""


def tally(counts: Mapping[str, ColumnElement[bool]], *limits: ColumnElement[bool]) -> Select[Any]:
    """Of one state: then the groups lie one after another in the index, and only what differs is asked of each row."""
    columns = (func.count().filter(condition).label(name) for name, condition in counts.items())
    return (
        select(T.control_id, T.department, func.count().label("tasks"), *columns)
        .where(mine(tasks), T.state == bindparam("state"), *limits)
        .group_by(T.control_id, T.department)
    )


TALLIES: Final = {
    (is_open, scoped, within): tally(
        OF_OPEN if is_open else OF_ANSWERED, *([IN_SCOPE] if scoped else []), *([IN_PERIOD] if within else [])
    )
    for is_open in (True, False)
    for scoped in (True, False)
    for within in (True, False)
}


def listing(condition: ColumnElement[bool], *order: ColumnElement[Any]) -> Select[Any]:
    return TASKS.where(condition, IN_SCOPE).order_by(*order, T.id).limit(bindparam("limit"))


OVERDUE_TASKS = listing(and_(OPEN, OVERDUE), T.due_at)
MISSED_TASKS = listing(and_(OPEN, EVER_MISSED), T.due_at)
PROBLEMS = listing(PROBLEM, T.span_end.desc())
DUE_BETWEEN = listing(and_(OPEN, T.due_at >= bindparam("start"), T.due_at < bindparam("end")), T.due_at)
LIST = listing(T.state.is_not(None), T.span_end.desc())

ANSWERED_WITHIN = and_(T.answered_at >= bindparam("start"), T.answered_at < bindparam("end"))
RHYTHM = select(
    func.count().filter(and_(ANSWERED_WITHIN, T.answered_at <= T.due_at)).label("answered_on_time"),
    func.count().filter(and_(ANSWERED_WITHIN, T.answered_at > T.due_at)).label("answered_late"),
    func.count().filter(and_(OPEN, T.due_at < bindparam("end"))).label("overdue"),
).where(mine(tasks))

# Only what `ix_tasks_workspace_id_owner_id_state_due_at` holds.
WORKLOAD = (
    select(
        T.owner_id,
        func.count().label("open"),
        func.count().filter(T.due_at < NOW).label("overdue"),
        func.min(T.due_at, type_=T.due_at.type).label("oldest_due"),
    )
    .where(mine(tasks), OPEN, T.owner_id.in_(bindparam("owners", expanding=True)))
    .group_by(T.owner_id)
    .order_by(T.owner_id)
)


class SqlStatus(Repository):
    def tally(
        self, scope: StatusScope, *, now: datetime, period: tuple[date, date] | None = None
    ) -> Sequence[ControlTally]:
        asked = {"now": now, "soon": now + DUE_SOON, **_limits(scope), **_days(period)}
        counts: dict[tuple[ControlId, str], Counter[str]] = {}
        for state in TaskState:
            statement = TALLIES[state is TaskState.OPEN, _is_limited(scope), period is not None]
            for control_id, department, number, *values in self._rows(statement, state=state, **asked):
                counted = counts.setdefault((control_id, department), Counter())
                counted.update(_standings(state, number, values))
        return [
            ControlTally(control_id=control_id, department=department, **counted)
            for (control_id, department), counted in sorted(counts.items())
        ]

    def overdue(self, scope: StatusScope, *, now: datetime, limit: int) -> Sequence[Task]:
        return self._listed(OVERDUE_TASKS, scope, now=now, limit=limit)

    def missed(self, scope: StatusScope, *, now: datetime, limit: int) -> Sequence[Task]:
        return self._listed(MISSED_TASKS, scope, now=now, limit=limit)

    def problems(self, scope: StatusScope, *, now: datetime, limit: int) -> Sequence[Task]:
        return self._listed(PROBLEMS, scope, now=now, limit=limit)

    def due_between(self, scope: StatusScope, *, start: datetime, end: datetime, limit: int) -> Sequence[Task]:
        return self._listed(DUE_BETWEEN, scope, start=start, end=end, limit=limit)

    def list(self, scope: StatusScope, *, limit: int) -> Sequence[Task]:
        return self._listed(LIST, scope, limit=limit)

    def rhythm(self, *, start: datetime, end: datetime) -> Rhythm:
        ((on_time, late, overdue),) = self._rows(RHYTHM, start=start, end=end)
        return Rhythm(answered_on_time=on_time, answered_late=late, overdue=overdue)

    def workload(self, owners: Sequence[PersonId], *, now: datetime) -> Sequence[Workload]:
        return [read_workload(row) for row in self._rows(WORKLOAD, owners=list(owners), now=now)]

    def _listed(self, statement: Select[Any], scope: StatusScope, **parameters: object) -> Sequence[Task]:
        return [read_task(row) for row in self._rows(statement, **parameters, **_limits(scope))]


read_workload = reader(Workload, ("owner_id", "open", "overdue", "oldest_due"))


def _standings(state: TaskState, number: int, values: Sequence[int]) -> dict[str, int]:
    if state is TaskState.OPEN:
        return dict(zip(OF_OPEN, values, strict=True))
    counts = dict(zip(OF_ANSWERED, values, strict=True))
    late = counts.pop("late")
    if state is TaskState.SUBMITTED:
        return counts | {"waiting_acceptance": number}
    return counts | {"late": late, "on_time": number - late}


def _is_limited(scope: StatusScope) -> bool:
    return bool(scope.owners or scope.departments or scope.controls)


def _days(period: tuple[date, date] | None) -> dict[str, object]:
    return {"first_day": period[0], "last_day": period[1]} if period else {}


def _limits(scope: StatusScope) -> dict[str, object]:
    return {
        "everything": not _is_limited(scope),
        "owners": list(scope.owners),
        "departments": list(scope.departments),
        "controls": list(scope.controls),
    }
