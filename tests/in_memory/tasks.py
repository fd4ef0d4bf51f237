import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from tasks.errors import NO_SUCH_TASK, NotFound, Stale
from tasks.identifiers import ControlId, PersonId, TaskId
from tasks.model import Task, TaskState
from tasks.notices import NoticeKey, Occasion, OwedNotice
from tasks.ports import OpenedChunk, PlannedTask
from tests.in_memory.notices import InMemoryNotices
from tests.in_memory.state import CHANGED, State


def key(task: Task) -> tuple[str, str, str]:
    return task.origin, task.occurrence, task.subject


@dataclass(frozen=True)
class InMemoryTasks:
    state: State

    def put(self, *tasks: Task) -> None:
        """For tests: the tasks, as they are, without opening them first."""
        self.state.tasks |= {task.id: task for task in tasks}

    def get(self, task_id: TaskId) -> Task:
        if task := self.state.tasks.get(task_id):
            return task
        raise NotFound(NO_SUCH_TASK)

    def save(self, task: Task) -> Task:
        if self.get(task.id).version != task.version:
            raise Stale(CHANGED)
        saved = replace(task, version=task.version + 1)
        self.state.tasks[task.id] = saved
        return saved

    def plan(self, control_id: ControlId, planned: Sequence[PlannedTask]) -> None:
        self.state.planned = {
            task_id: one for task_id, one in self.state.planned.items() if one.task.control_id != control_id
        }
        for one in planned:
            if one.task.owner_id not in self.state.people:
                raise NotFound("The owner of this task is not a person of this workspace. Assign somebody else.")
            taken = {key(task) for task in self._everything()}
            if key(one.task) not in taken:
                self.state.planned[one.task.id] = one

    def planned_until(self) -> Mapping[ControlId, datetime]:
        opened = list(self.state.tasks.values())
        planned = [one.task for one in self.state.planned.values()]
        return {**_latest_openings(opened), **_latest_openings(planned)}

    def planned(self, *, until: datetime) -> Sequence[Task]:
        tasks = (one.task for one in self.state.planned.values())
        return sorted((task for task in tasks if task.opens_at < until), key=lambda task: (task.opens_at, task.id))

    def open(self, tasks: Sequence[Task]) -> None:
        for task in tasks:
            taken = {(one.origin, one.occurrence, one.subject) for one in self.state.tasks.values()}
            if (task.origin, task.occurrence, task.subject) not in taken:
                self.state.tasks[task.id] = task

    def of_origin(self, origin: str) -> Sequence[Task]:
        found = [task for task in self.state.tasks.values() if task.origin == origin]
        return sorted(found, key=lambda task: (task.subject, task.occurrence, task.id))

    def open_due(self, *, now: datetime, limit: int) -> OpenedChunk:
        opened: list[TaskId] = []
        while not opened and (chunk := self._due(now)[:limit]):
            opened = [one.task.id for one in chunk if self._open(one, now)]
            for one in chunk:
                del self.state.planned[one.task.id]
        lines = "".join(f"{task_id}\n" for task_id in sorted(opened))
        return OpenedChunk(count=len(opened), digest=hashlib.sha256(lines.encode()).hexdigest())

    def rungs_due(self, *, now: datetime, limit: int) -> Sequence[Task]:
        due = [(task.next_rung_at, task.id, task) for task in self.state.tasks.values() if task.next_rung_at]
        return [task for at, _, task in sorted(due, key=lambda one: one[:2]) if at <= now][:limit]

    def set_next_rungs(self, rungs: Mapping[TaskId, datetime | None]) -> None:
        for task_id, rung in rungs.items():
            if task_id in self.state.tasks:
                self.state.tasks[task_id] = replace(self.state.tasks[task_id], next_rung_at=rung)

    def open_of(self, owners: Iterable[PersonId]) -> Sequence[Task]:
        wanted = set(owners)
        found = (task for task in self.state.tasks.values() if task.is_open and task.owner_id in wanted)
        return sorted(found, key=lambda task: (task.due_at, task.id))

    def open_count(self, owner: PersonId) -> int:
        return len(self.open_of([owner]))

    def open_of_control(self, control_id: ControlId) -> Sequence[Task]:
        found = (task for task in self.state.tasks.values() if task.is_open and task.origin == control_id)
        return sorted(found, key=lambda task: (task.due_at, task.id))

    def open_counts(self) -> Mapping[PersonId, int]:
        return Counter(task.owner_id for task in self.state.tasks.values() if task.is_open)

    def submitted(self) -> Sequence[Task]:
        waiting = (task for task in self.state.tasks.values() if task.state is TaskState.SUBMITTED)
        return sorted(waiting, key=lambda task: (_answered(task), task.id))

    def answered_by(self, person_id: PersonId, *, limit: int) -> Sequence[Task]:
        given = (task for task in self.state.tasks.values() if task.answered_by == person_id and task.answered_at)
        return _latest_first(given, _answered)[:limit]

    def previous(self, task: Task) -> Task | None:
        before = (
            one
            for one in self.state.tasks.values()
            if one.control_id == task.control_id
            and one.subject == task.subject
            and not one.is_open
            and one.span_end < task.span_end
        )
        return max(before, key=lambda one: one.span_end, default=None)

    def _everything(self) -> list[Task]:
        return [*self.state.tasks.values(), *(one.task for one in self.state.planned.values())]

    def _due(self, now: datetime) -> list[PlannedTask]:
        due = (one for one in self.state.planned.values() if one.task.opens_at <= now)
        return sorted(due, key=lambda one: (one.task.opens_at, one.task.id))

    def _open(self, one: PlannedTask, now: datetime) -> bool:
        task, owner = one.task, self.state.people[one.task.owner_id]
        if task.id in self.state.tasks or any(key(task) == key(other) for other in self.state.tasks.values()):
            return False
        day = max(one.prompt_at.astimezone(ZoneInfo(owner.time_zone)).date(), now.date())
        if owner.active and not owner.is_away(day):
            self.state.tasks[task.id] = task
            self._prompt(one)
        else:
            self.state.tasks[task.id] = replace(task, next_rung_at=task.opens_at)
        return True

    def _prompt(self, one: PlannedTask) -> None:
        about, recipient = f"task:{one.task.id}", f"person:{one.task.owner_id}"
        prompt = NoticeKey(about=about, recipient=recipient, occasion=Occasion.OPENED)
        InMemoryNotices(self.state).owe([OwedNotice(key=prompt, task_id=one.task.id, owed_at=one.prompt_at)])


def _latest_openings(tasks: Iterable[Task]) -> dict[ControlId, datetime]:
    return {task.control_id: task.opens_at for task in sorted(tasks, key=lambda task: task.opens_at)}


def _answered(task: Task) -> datetime:
    return task.answered_at or task.opens_at


def _latest_first(tasks: Iterable[Task], moment: Callable[[Task], datetime]) -> Sequence[Task]:
    by_id = sorted(tasks, key=lambda task: task.id)
    return sorted(by_id, key=moment, reverse=True)
