from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tasks import ledger
from tasks.identifiers import ControlId, PersonId
from tasks.ledger import Standing
from tasks.model import Task
from tasks.status import ControlTally, Rhythm, StatusScope, Workload
from tests.in_memory.state import State

COUNTED = {
    Standing.NOT_YET_DUE: "open",
    Standing.DUE_SOON: "due_soon",
    Standing.OVERDUE: "overdue",
    Standing.MISSED: "missed",
    Standing.WAITING_ACCEPTANCE: "waiting_acceptance",
    Standing.ON_TIME: "on_time",
    Standing.LATE: "late",
}


@dataclass(frozen=True)
class InMemoryStatus:
    state: State

    def tally(
        self, scope: StatusScope, *, now: datetime, period: tuple[date, date] | None = None
    ) -> Sequence[ControlTally]:
        counts: dict[tuple[ControlId, str], Counter[str]] = {}
        for task in self._in(scope):
            if period is None or period[0] <= task.span_end <= period[1]:
                counts.setdefault((task.control_id, task.department), Counter()).update(_counts(task, now))
        return [
            ControlTally(control_id=control, department=department, **counted)
            for (control, department), counted in sorted(counts.items())
        ]

    def overdue(self, scope: StatusScope, *, now: datetime, limit: int) -> Sequence[Task]:
        found = [task for task in self._in(scope) if ledger.standing(task, now) is Standing.OVERDUE]
        return _soonest(found)[:limit]

    def missed(self, scope: StatusScope, *, now: datetime, limit: int) -> Sequence[Task]:
        found = [task for task in self._in(scope) if ledger.standing(task, now) is Standing.MISSED]
        return _soonest(found)[:limit]

    def problems(self, scope: StatusScope, *, now: datetime, limit: int) -> Sequence[Task]:
        return _latest_span(task for task in self._in(scope) if ledger.possible_deviation(task, now))[:limit]

    def due_between(self, scope: StatusScope, *, start: datetime, end: datetime, limit: int) -> Sequence[Task]:
        return _soonest(task for task in self._in(scope) if task.is_open and start <= task.due_at < end)[:limit]

    def list(self, scope: StatusScope, *, limit: int) -> Sequence[Task]:
        return _latest_span(self._in(scope))[:limit]

    def rhythm(self, *, start: datetime, end: datetime) -> Rhythm:
        everything = self._in(StatusScope())
        answered = [ledger.is_late(task) for task in everything if task.answered_at and start <= task.answered_at < end]
        return Rhythm(
            answered_on_time=answered.count(False),
            answered_late=answered.count(True),
            overdue=sum(task.is_open and task.due_at < end for task in everything),
        )

    def workload(self, owners: Sequence[PersonId], *, now: datetime) -> Sequence[Workload]:
        due: dict[PersonId, list[datetime]] = {}
        for task in self.state.tasks.values():
            if task.is_open and task.owner_id in owners:
                due.setdefault(task.owner_id, []).append(task.due_at)
        return [
            Workload(owner_id=owner, open=len(times), overdue=sum(one < now for one in times), oldest_due=min(times))
            for owner, times in sorted(due.items())
        ]

    def _in(self, scope: StatusScope) -> Sequence[Task]:
        return [task for _, task in sorted(self.state.tasks.items()) if _covers(scope, task)]


def _covers(scope: StatusScope, task: Task) -> bool:
    if not (scope.owners or scope.departments or scope.controls):
        return True
    return task.owner_id in scope.owners or task.department in scope.departments or task.control_id in scope.controls


def _counts(task: Task, now: datetime) -> Iterable[str]:
    yield COUNTED[ledger.standing(task, now)]
    if ledger.past_limit(task, now):
        yield "past_limit"
    if task.answer is not None and task.answer.adverse:
        yield "adverse"
    if ledger.possible_deviation(task, now):
        yield "problems"


def _soonest(tasks: Iterable[Task]) -> Sequence[Task]:
    return sorted(tasks, key=lambda task: task.due_at)


def _latest_span(tasks: Iterable[Task]) -> Sequence[Task]:

    return sorted(tasks, key=lambda task: task.span_end, reverse=True)
