from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from tasks import ledger
from tasks.identifiers import ControlId, PersonId
from tasks.model import Answer, Task, TaskState
from tasks.ports import UnitOfWork
from tasks.status import ControlTally, Rhythm, StatusScope, Workload
from tests.builders import a_control, utc
from tests.contracts.steps import another, opened, staffed

DUE = utc(2026, 11, 16, 17)
MISSED = utc(2026, 12, 2, 9)
ALL = StatusScope()
SECOND = timedelta(microseconds=1)


def given(at: datetime, answer: Answer = Answer.DONE, state: TaskState = TaskState.RECORDED) -> dict[str, Any]:
    return {"answered_at": at, "answer": answer, "state": state, "answered_by": PersonId("olga")}


def counted(uow: UnitOfWork, now: datetime, scope: StatusScope = ALL) -> dict[str, int]:
    """What stands in the only tally: zeros left out, and problems too, which are counted on top."""
    (tally,) = uow.status.tally(scope, now=now)
    counts = {name: value for name, value in vars(tally).items() if isinstance(value, int) and value}
    counts.pop("problems", None)
    return counts


def handles(tasks: object) -> list[str]:
    return [task.id for task in tasks if isinstance(task, Task)]  # type: ignore[attr-defined]


@pytest.fixture
def staged(uow: UnitOfWork) -> UnitOfWork:
    staffed(uow).controls.add(a_control("HR-02", department="hr"))
    return uow


@pytest.mark.parametrize(
    ("now", "standing"),
    [
        (DUE - ledger.DUE_SOON - SECOND, "open"),
        (DUE - ledger.DUE_SOON, "due_soon"),
        (DUE, "due_soon"),
        (DUE + SECOND, "overdue"),
        (MISSED - SECOND, "overdue"),
        (MISSED, "missed"),
    ],
)
def test_an_open_task_stands_where_its_times_put_it(staged: UnitOfWork, now: datetime, standing: str) -> None:
    opened(staged, another("task"))
    assert counted(staged, now) == {standing: 1}


@pytest.mark.parametrize(("at", "standing"), [(DUE, "on_time"), (DUE + SECOND, "late"), (MISSED, "late")])
def test_an_answered_task_is_on_time_or_late_by_its_answer(staged: UnitOfWork, at: datetime, standing: str) -> None:
    opened(staged, another("task", **given(at)))
    assert counted(staged, MISSED) == {standing: 1}


def test_a_submitted_task_waits_for_acceptance(staged: UnitOfWork) -> None:
    opened(staged, another("task", **given(DUE, state=TaskState.SUBMITTED)))
    assert counted(staged, MISSED) == {"waiting_acceptance": 1}


@pytest.mark.parametrize(("now", "past"), [(utc(2026, 11, 30), 0), (utc(2026, 11, 30) + SECOND, 1)])
def test_an_unanswered_task_is_past_its_limit_by_now(staged: UnitOfWork, now: datetime, past: int) -> None:
    opened(staged, another("task", limit_at=utc(2026, 11, 30)))
    assert counted(staged, now).get("past_limit", 0) == past


def test_an_answered_task_is_past_its_limit_by_its_answer(staged: UnitOfWork) -> None:
    opened(staged, another("task", limit_at=DUE, **given(DUE)))
    assert "past_limit" not in counted(staged, MISSED)


@pytest.mark.parametrize("answer", list(Answer))
def test_an_adverse_answer_is_counted_beside_its_standing(staged: UnitOfWork, answer: Answer) -> None:
    opened(staged, another("task", **given(DUE, answer)))
    assert counted(staged, MISSED) == ({"on_time": 1, "adverse": 1} if answer.adverse else {"on_time": 1})


def every_kind_of_task() -> Iterator[Task]:
    moments = [None, DUE - SECOND, DUE, DUE + SECOND, MISSED]
    limits = [None, DUE, MISSED + timedelta(days=1)]
    kinds = product(TaskState, [None, Answer.DONE, Answer.NOT_DONE], moments, limits)
    for number, (state, answer, answered_at, limit_at) in enumerate(kinds):
        if state is not TaskState.OPEN and answered_at is None:
            continue  # cannot be: whatever left the open state was answered
        changes = {"state": state, "answer": answer, "answered_at": answered_at, "limit_at": limit_at}
        yield another(f"t{number:03}", **changes)


@pytest.mark.parametrize("now", [DUE - timedelta(days=9), DUE, DUE + SECOND, MISSED, MISSED + timedelta(days=2)])
def test_counts_and_lists_agree_with_the_ledger_for_every_kind_of_task(staged: UnitOfWork, now: datetime) -> None:
    tasks = [opened(staged, task) for task in every_kind_of_task()]
    standings = [ledger.standing(task, now) for task in tasks]
    (tally,) = staged.status.tally(ALL, now=now)
    by_standing = {
        ledger.Standing.NOT_YET_DUE: tally.open,
        ledger.Standing.DUE_SOON: tally.due_soon,
        ledger.Standing.OVERDUE: tally.overdue,
        ledger.Standing.MISSED: tally.missed,
        ledger.Standing.WAITING_ACCEPTANCE: tally.waiting_acceptance,
        ledger.Standing.ON_TIME: tally.on_time,
        ledger.Standing.LATE: tally.late,
    }
    assert by_standing == {standing: standings.count(standing) for standing in ledger.Standing}
    assert tally.past_limit == sum(ledger.past_limit(task, now) for task in tasks)
    assert tally.adverse == sum(task.answer is Answer.NOT_DONE for task in tasks)
    problems = {task.id for task in tasks if ledger.possible_deviation(task, now)}
    assert {task.id for task in staged.status.problems(ALL, now=now, limit=999)} == problems
    assert tally.problems == len(problems)


def test_tallies_are_per_control_and_department(staged: UnitOfWork) -> None:
    opened(staged, another("one"))
    opened(staged, another("two", department="finance"))
    opened(staged, another("three", control_id=ControlId("hr-02"), department="hr"))
    assert staged.status.tally(ALL, now=DUE) == [
        ControlTally(control_id=ControlId("hr-02"), department="hr", due_soon=1),
        ControlTally(control_id=ControlId("iam-03"), department="finance", due_soon=1),
        ControlTally(control_id=ControlId("iam-03"), department="it", due_soon=1),
    ]


def test_a_period_holds_the_spans_that_end_in_it(staged: UnitOfWork) -> None:
    for day in (1, 2, 3, 4):
        opened(staged, another(f"t{day}", span_end=date(2026, 10, day)))
    (tally,) = staged.status.tally(ALL, now=DUE, period=(date(2026, 10, 2), date(2026, 10, 3)))
    assert tally.due_soon == 2


@pytest.mark.parametrize(
    ("scope", "seen"),
    [
        (StatusScope(), {"olgas", "maxs", "hrs"}),
        (StatusScope(owners=(PersonId("max"),)), {"maxs"}),
        (StatusScope(departments=("hr",)), {"hrs"}),
        (StatusScope(controls=(ControlId("hr-02"), ControlId("none"))), {"hrs"}),
        (StatusScope(owners=(PersonId("max"),), departments=("hr",)), {"maxs", "hrs"}),
        (StatusScope(departments=("legal",)), set()),
    ],
)
def test_a_scope_shows_what_fits_any_of_its_limits(staged: UnitOfWork, scope: StatusScope, seen: set[str]) -> None:
    opened(staged, another("olgas"))
    opened(staged, another("maxs", owner_id=PersonId("max")))
    opened(staged, another("hrs", control_id=ControlId("hr-02"), department="hr"))
    assert set(handles(staged.status.list(scope, limit=9))) == seen
    assert sum(tally.due_soon for tally in staged.status.tally(scope, now=DUE)) == len(seen)


def test_overdue_and_missed_tasks_come_soonest_due_first(staged: UnitOfWork) -> None:
    for day in (12, 10, 11):
        opened(staged, another(f"overdue-{day}", due_at=utc(2026, 11, day)))
        opened(staged, another(f"missed-{day}", due_at=utc(2026, 11, day), missed_at=utc(2026, 11, day, 12)))
    opened(staged, another("fine"))
    now = utc(2026, 11, 13)
    assert handles(staged.status.overdue(ALL, now=now, limit=2)) == ["overdue-10", "overdue-11"]
    assert handles(staged.status.missed(ALL, now=now, limit=2)) == ["missed-10", "missed-11"]


def test_lists_and_problems_come_latest_span_first(staged: UnitOfWork) -> None:
    for month in (8, 10, 9):
        adverse = given(DUE, Answer.NOT_DONE)
        opened(staged, another(f"m{month:02}", span_end=date(2026, month, 28), **adverse))
    opened(staged, another("fine", **given(DUE)))
    assert handles(staged.status.problems(ALL, now=DUE, limit=2)) == ["m10", "m09"]
    assert handles(staged.status.list(ALL, limit=3)) == ["fine", "m10", "m09"]


def test_what_is_due_between_holds_its_start_and_not_its_end(staged: UnitOfWork) -> None:
    for day in (13, 10, 11, 12):
        opened(staged, another(f"t{day}", due_at=utc(2026, 11, day)))
    opened(staged, another("answered", due_at=utc(2026, 11, 11), **given(DUE)))
    found = staged.status.due_between(ALL, start=utc(2026, 11, 10), end=utc(2026, 11, 13), limit=9)
    assert handles(found) == ["t10", "t11", "t12"]


def test_the_rhythm_counts_the_answers_given_in_the_time_and_what_is_overdue_at_its_end(staged: UnitOfWork) -> None:
    opened(staged, another("before", **given(utc(2026, 11, 16) - SECOND)))
    opened(staged, another("on-time", **given(utc(2026, 11, 16))))
    opened(staged, another("submitted", **given(DUE, state=TaskState.SUBMITTED)))
    opened(staged, another("late", **given(utc(2026, 11, 23) - SECOND)))
    opened(staged, another("after", **given(utc(2026, 11, 23))))
    opened(staged, another("overdue"))
    opened(staged, another("not-yet", due_at=utc(2026, 11, 23)))
    rhythm = staged.status.rhythm(start=utc(2026, 11, 16), end=utc(2026, 11, 23))
    assert rhythm == Rhythm(answered_on_time=2, answered_late=1, overdue=1)


def test_a_workload_counts_what_is_open_and_overdue_and_names_the_oldest(staged: UnitOfWork) -> None:
    opened(staged, another("soon", due_at=utc(2026, 11, 20)))
    opened(staged, another("overdue", due_at=utc(2026, 11, 10)))
    opened(staged, another("missed", due_at=utc(2026, 11, 5), missed_at=utc(2026, 11, 8)))
    opened(staged, another("answered", due_at=utc(2026, 11, 1), **given(DUE)))
    opened(staged, another("maxs", owner_id=PersonId("max"), due_at=utc(2026, 11, 18)))
    both = (PersonId("olga"), PersonId("max"), PersonId("nobody"))
    now = utc(2026, 11, 18)
    assert staged.status.workload(both, now=now) == [
        Workload(owner_id=PersonId("max"), open=1, overdue=0, oldest_due=utc(2026, 11, 18)),
        Workload(owner_id=PersonId("olga"), open=3, overdue=2, oldest_due=utc(2026, 11, 5)),
    ]
    assert [one.owner_id for one in staged.status.workload(both[1:], now=now)] == ["max"]
    assert staged.status.workload((), now=now) == []


def test_nothing_of_another_workspace_is_counted(staged: UnitOfWork, elsewhere: UnitOfWork) -> None:
    opened(staged, replace(another("task"), due_at=utc(2026, 11, 3)))
    assert elsewhere.status.tally(ALL, now=DUE) == []
    assert elsewhere.status.list(ALL, limit=9) == []
    assert elsewhere.status.overdue(ALL, now=DUE, limit=9) == []
    assert elsewhere.status.workload((PersonId("olga"),), now=DUE) == []
    assert elsewhere.status.rhythm(start=utc(2026, 1, 1), end=utc(2027, 1, 1)).overdue == 0
