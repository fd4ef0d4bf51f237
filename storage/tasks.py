"""Tasks, planned and open."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.engine import Row

from storage.columns import reader
from storage.openings import OCCURRENCE, Openings
from storage.repository import CHANGED, Repository, mine
from storage.tables import people, planned, tasks
from tasks.errors import NO_SUCH_TASK, NotFound, Stale
from tasks.identifiers import ControlId, PersonId, TaskId
from tasks.model import Task, TaskState
from tasks.ports import OpenedChunk, PlannedTask

T = tasks.c
NAMES: Final = tuple(column.name for column in T if column.name != "workspace_id")
FOR_LIFE = frozenset(
    [
        "id",
        "origin",
        "occurrence",
        "subject",
        "control_id",
        "control_version",
        "code",
        "title",
        "cadence",
        "needs_acceptance",
        "span_start",
        "span_end",
    ]
)
CHANGING: Final = tuple(name for name in NAMES if name not in FOR_LIFE)

TASKS = select(*(T[name] for name in NAMES)).where(mine(tasks))
BY_ID = TASKS.where(T.id == bindparam("task_id"))
SAVE = update(tasks).where(mine(tasks), T.id == bindparam("w_id"), T.version == bindparam("w_version"))
RUNGS_DUE = TASKS.where(T.next_rung_at <= bindparam("now")).order_by(T.next_rung_at, T.id).limit(bindparam("limit"))
SET_RUNG = update(tasks).where(mine(tasks), T.id == bindparam("w_id")).values(next_rung_at=bindparam("rung"))
OPEN_OF = TASKS.where(T.state == TaskState.OPEN, T.owner_id.in_(bindparam("owners", expanding=True))).order_by(
    T.due_at, T.id
)
OPEN_COUNT = select(func.count().label("held")).where(
    mine(tasks), T.state == TaskState.OPEN, T.owner_id == bindparam("owner_id")
)
OPEN_OF_CONTROL = TASKS.where(
    T.state == TaskState.OPEN, T.control_id == bindparam("control_id"), T.origin == T.control_id
).order_by(T.due_at, T.id)
OPEN_COUNTS = (
    select(T.owner_id, func.count().label("held")).where(mine(tasks), T.state == TaskState.OPEN).group_by(T.owner_id)
)
SUBMITTED = TASKS.where(T.state == TaskState.SUBMITTED).order_by(T.answered_at, T.id)
ANSWERED_BY = (
    TASKS.where(T.answered_by == bindparam("person_id"), T.answered_at.is_not(None))
    .order_by(T.answered_at.desc(), T.id)
    .limit(bindparam("limit"))
)
PREVIOUS = (
    TASKS.where(
        T.control_id == bindparam("control_id"),
        T.subject == bindparam("subject"),
        T.state.in_([state for state in TaskState if state is not TaskState.OPEN]),
        T.span_end < bindparam("span_end"),
    )
    .order_by(T.span_end.desc(), T.id)
    .limit(1)
)

OPEN = upsert(tasks).on_conflict_do_nothing()
OF_ORIGIN = TASKS.where(T.origin == bindparam("origin")).order_by(T.subject, T.occurrence, T.id)

P = planned.c
PLANNED_NAMES: Final = tuple(name for name in (*OCCURRENCE, "next_rung_at") if name != "workspace_id")
PLAN = upsert(planned).on_conflict_do_nothing()
UNPLAN = delete(planned).where(mine(planned), P.control_id == bindparam("control_id"))
UNPLAN_OPENED = UNPLAN.where(
    select(T.id)
    .where(
        T.workspace_id == P.workspace_id,
        T.origin == P.origin,
        T.occurrence == P.occurrence,
        T.subject == P.subject,
    )
    .exists()
)
PLANNED = (
    select(*(P[name] for name in PLANNED_NAMES))
    .where(mine(planned), P.opens_at < bindparam("until"))
    .order_by(P.opens_at, P.id)
)
LAST_PLANNED, LAST_OPENED = (
    select(table.c.control_id, func.max(table.c.opens_at).label("opens_at"))
    .where(mine(table))
    .group_by(table.c.control_id)
    for table in (planned, tasks)
)
ZONES = select(people.c.id, people.c.time_zone).where(
    mine(people), people.c.id.in_(bindparam("owners", expanding=True))
)

read_task = reader(Task, NAMES)
_read_planned = reader(Task, PLANNED_NAMES)


class SqlTasks(Repository):
    def get(self, task_id: TaskId) -> Task:
        row = self._row(BY_ID, task_id=task_id)
        if row is None:
            raise NotFound(NO_SUCH_TASK)
        return read_task(row)

    def save(self, task: Task) -> Task:
        saved = replace(task, version=task.version + 1)
        values = {name: getattr(saved, name) for name in CHANGING}
        if not self._change(SAVE, **values, w_id=task.id, w_version=task.version):
            self.get(task.id)
            raise Stale(CHANGED)
        return saved

    def plan(self, control_id: ControlId, planned: Sequence[PlannedTask]) -> None:
        self._change(UNPLAN, control_id=control_id)
        zones = self._zones({one.task.owner_id for one in planned})
        self._insert(PLAN, [_planned_values(one, zones) for one in planned])
        self._change(UNPLAN_OPENED, control_id=control_id)

    def planned_until(self) -> Mapping[ControlId, datetime]:
        return {
            **{row.control_id: row.opens_at for row in self._rows(LAST_OPENED)},
            **{row.control_id: row.opens_at for row in self._rows(LAST_PLANNED)},
        }

    def planned(self, *, until: datetime) -> Sequence[Task]:
        return [_read_planned(row) for row in self._rows(PLANNED, until=until)]

    def open(self, tasks: Sequence[Task]) -> None:
        self._insert(OPEN, [vars(task) for task in tasks])

    def of_origin(self, origin: str) -> Sequence[Task]:
        return [read_task(row) for row in self._rows(OF_ORIGIN, origin=origin)]

    def open_due(self, *, now: datetime, limit: int) -> OpenedChunk:
        return Openings(self._connection, self._workspace_id).open_due(now=now, limit=limit)

    def rungs_due(self, *, now: datetime, limit: int) -> Sequence[Task]:
        return self._tasks(self._rows(RUNGS_DUE, now=now, limit=limit))

    def set_next_rungs(self, rungs: Mapping[TaskId, datetime | None]) -> None:
        if rungs:
            keyed = [{"ws": self._workspace_id, "w_id": task_id, "rung": rung} for task_id, rung in rungs.items()]
            self._connection.execute(SET_RUNG, keyed)

    def open_of(self, owners: Iterable[PersonId]) -> Sequence[Task]:
        return self._tasks(self._rows(OPEN_OF, owners=list(owners)))

    def open_count(self, owner: PersonId) -> int:
        return sum(row.held for row in self._rows(OPEN_COUNT, owner_id=owner))

    def open_of_control(self, control_id: ControlId) -> Sequence[Task]:
        return self._tasks(self._rows(OPEN_OF_CONTROL, control_id=control_id))

    def open_counts(self) -> Mapping[PersonId, int]:
        return {row.owner_id: row.held for row in self._rows(OPEN_COUNTS)}

    def submitted(self) -> Sequence[Task]:
        return self._tasks(self._rows(SUBMITTED))

    def answered_by(self, person_id: PersonId, *, limit: int) -> Sequence[Task]:
        return self._tasks(self._rows(ANSWERED_BY, person_id=person_id, limit=limit))

    def previous(self, task: Task) -> Task | None:
        row = self._row(PREVIOUS, control_id=task.control_id, subject=task.subject, span_end=task.span_end)
        return None if row is None else read_task(row)

    def _zones(self, owners: set[PersonId]) -> Mapping[PersonId, ZoneInfo]:
        return {person_id: ZoneInfo(zone) for person_id, zone in self._rows(ZONES, owners=list(owners))}

    def _tasks(self, rows: Sequence[Row[Any]]) -> Sequence[Task]:
        return [read_task(row) for row in rows]


def _planned_values(one: PlannedTask, zones: Mapping[PersonId, ZoneInfo]) -> dict[str, Any]:
    values = {name: getattr(one.task, name) for name in PLANNED_NAMES}
    if one.task.owner_id not in zones:
        raise NotFound("The owner of this task is not a person of this workspace. Assign somebody else.")
    prompt_on = one.prompt_at.astimezone(zones[one.task.owner_id]).date()
    return {**values, "prompt_at": one.prompt_at, "prompt_on": prompt_on}
