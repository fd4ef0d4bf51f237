from dataclasses import replace
from datetime import date, timedelta

import pytest

from tasks.errors import NotFound, Stale
from tasks.identifiers import ControlId, PersonId, TaskId
from tasks.model import Answer, Task, TaskState
from tasks.ports import UnitOfWork
from tests.builders import a_control, a_task, utc
from tests.contracts.steps import another, opened, staffed, staffed_with_task

RECORDED = {"state": TaskState.RECORDED, "answer": Answer.DONE, "answered_by": PersonId("olga")}


def ids(tasks: object) -> list[str]:
    return [task.id for task in tasks if isinstance(task, Task)]  # type: ignore[attr-defined]


def test_a_task_comes_back_whole(uow: UnitOfWork) -> None:
    task = staffed_with_task(uow)
    whole = replace(
        task,
        state=TaskState.ACCEPTED,
        answer=Answer.NOT_FULLY_DONE,
        answered_at=utc(2026, 11, 5, 12).replace(microsecond=123_456),
        answered_by=PersonId("olga"),
        first_answered_at=utc(2026, 11, 4),
        settled_at=utc(2026, 11, 6),
        settled_by=PersonId("max"),
        return_reason="Not readable",
        waiting_on="the vendor",
        waiting_until=date(2026, 11, 20),
        next_rung_at=utc(2026, 11, 9),
        chased_from=utc(2026, 11, 18),
        limit_at=utc(2026, 11, 30),
        round=3,
    )
    saved = uow.tasks.save(whole)
    assert saved == replace(whole, version=2)
    assert uow.tasks.get(task.id) == saved


def test_a_moment_in_another_zone_is_the_same_moment(uow: UnitOfWork) -> None:
    task = staffed_with_task(uow)
    local = utc(2026, 11, 9).astimezone()
    uow.tasks.save(replace(task, answered_at=local))
    assert uow.tasks.get(task.id).answered_at == utc(2026, 11, 9)


def test_an_unknown_task_is_not_found(uow: UnitOfWork) -> None:
    with pytest.raises(NotFound):
        uow.tasks.get(TaskId("none"))


def test_another_workspaces_task_is_not_found_in_the_same_words(uow: UnitOfWork, elsewhere: UnitOfWork) -> None:
    foreign_task = staffed_with_task(elsewhere)
    with pytest.raises(NotFound) as unknown:
        uow.tasks.get(TaskId("none"))
    with pytest.raises(NotFound) as foreign:
        uow.tasks.get(foreign_task.id)
    assert str(foreign.value) == str(unknown.value)
    with pytest.raises(NotFound):
        uow.tasks.save(foreign_task)


def test_saving_an_old_version_is_stale_and_changes_nothing(uow: UnitOfWork) -> None:
    task = staffed_with_task(uow)
    uow.tasks.save(replace(task, waiting_on="first"))
    with pytest.raises(Stale):
        uow.tasks.save(replace(task, waiting_on="second"))
    assert uow.tasks.get(task.id).waiting_on == "first"


def test_saving_an_unknown_task_is_not_found(uow: UnitOfWork) -> None:
    with pytest.raises(NotFound):
        uow.tasks.save(a_task())


def test_rungs_due_come_earliest_first_and_no_more_than_asked_for(uow: UnitOfWork) -> None:
    staffed(uow)
    for handle, hour in (("late", 12), ("soon", 10), ("exact", 11), ("next", 13)):
        opened(uow, another(handle, next_rung_at=utc(2026, 11, 3, hour)))
    opened(uow, another("never", next_rung_at=None))
    now = utc(2026, 11, 3, 12)
    assert ids(uow.tasks.rungs_due(now=now, limit=9)) == ["soon", "exact", "late"]
    assert ids(uow.tasks.rungs_due(now=now, limit=1)) == ["soon"]


def test_setting_the_next_rung_leaves_the_version_alone(uow: UnitOfWork) -> None:
    task = staffed_with_task(uow)
    uow.tasks.set_next_rungs({task.id: utc(2026, 11, 9)})
    assert uow.tasks.get(task.id) == replace(task, next_rung_at=utc(2026, 11, 9))
    uow.tasks.set_next_rungs({task.id: None})
    assert uow.tasks.get(task.id).next_rung_at is None


def test_setting_no_rungs_is_fine(uow: UnitOfWork) -> None:
    uow.tasks.set_next_rungs({})


def test_rungs_of_another_workspace_are_not_set(uow: UnitOfWork, elsewhere: UnitOfWork) -> None:
    task = staffed_with_task(uow)
    elsewhere.tasks.set_next_rungs({task.id: utc(2026, 11, 9)})
    assert uow.tasks.get(task.id) == task


def test_open_tasks_of_owners_come_soonest_due_first(uow: UnitOfWork) -> None:
    staffed(uow)
    opened(uow, another("later", due_at=utc(2026, 11, 20)))
    opened(uow, another("sooner", due_at=utc(2026, 11, 10)))
    opened(uow, another("maxs", owner_id=PersonId("max"), due_at=utc(2026, 11, 15)))
    opened(uow, another("answered", answered_at=utc(2026, 11, 3), **RECORDED))
    olga, max_ = PersonId("olga"), PersonId("max")
    assert ids(uow.tasks.open_of([olga])) == ["sooner", "later"]
    assert ids(uow.tasks.open_of([olga, max_])) == ["sooner", "maxs", "later"]
    assert uow.tasks.open_of([]) == []
    assert uow.tasks.open_count(olga) == 2


def test_open_tasks_of_a_control_come_soonest_due_first(uow: UnitOfWork) -> None:
    staffed(uow).controls.add(a_control("HR-02"))
    opened(uow, another("later", due_at=utc(2026, 11, 20)))
    opened(uow, another("sooner", due_at=utc(2026, 11, 10)))
    opened(uow, another("hr", control_id=ControlId("hr-02")))
    opened(uow, another("answered", answered_at=utc(2026, 11, 3), **RECORDED))
    assert ids(uow.tasks.open_of_control(ControlId("iam-03"))) == ["sooner", "later"]


def test_open_tasks_are_counted_for_everyone_who_has_any(uow: UnitOfWork, elsewhere: UnitOfWork) -> None:
    staffed(uow)
    opened(uow, another("one"))
    opened(uow, another("two"))
    opened(uow, another("answered", owner_id=PersonId("max"), answered_at=utc(2026, 11, 3), **RECORDED))
    assert uow.tasks.open_counts() == {"olga": 2}
    assert elsewhere.tasks.open_counts() == {}


def test_submitted_tasks_come_oldest_answer_first(uow: UnitOfWork) -> None:
    staffed(uow)
    for handle, day in (("second", 6), ("first", 5)):
        opened(uow, another(handle, state=TaskState.SUBMITTED, answer=Answer.DONE, answered_at=utc(2026, 11, day)))
    opened(uow, another("open"))
    assert ids(uow.tasks.submitted()) == ["first", "second"]


def test_answered_tasks_come_latest_answer_first(uow: UnitOfWork) -> None:
    staffed(uow)
    for handle, day in (("first", 5), ("third", 7), ("second", 6)):
        opened(uow, another(handle, answered_at=utc(2026, 11, day), **RECORDED))
    opened(uow, another("maxs", answered_at=utc(2026, 11, 8), **{**RECORDED, "answered_by": PersonId("max")}))
    assert ids(uow.tasks.answered_by(PersonId("olga"), limit=2)) == ["third", "second"]


def test_the_previous_task_is_the_last_answered_one_of_the_same_control_and_subject(uow: UnitOfWork) -> None:
    staffed(uow).controls.add(a_control("HR-02"))
    answered = {**RECORDED, "answered_at": utc(2026, 11, 3)}
    opened(uow, another("august", span_end=date(2026, 8, 31), **answered))
    expected = opened(uow, another("september", span_end=date(2026, 9, 30), **answered))
    opened(uow, another("unanswered", span_end=date(2026, 10, 15)))
    opened(uow, another("subject", span_end=date(2026, 10, 16), subject="okta", **answered))
    opened(uow, another("control", span_end=date(2026, 10, 17), control_id=ControlId("hr-02"), **answered))
    this = opened(uow, another("october", **answered))
    assert uow.tasks.previous(this) == expected
    assert ids([uow.tasks.previous(expected)]) == ["august"]
    assert uow.tasks.previous(replace(this, span_end=date(2026, 8, 31))) is None


def test_the_same_key_elsewhere_is_another_task(uow: UnitOfWork, elsewhere: UnitOfWork) -> None:
    ours, theirs = staffed_with_task(uow), staffed_with_task(elsewhere)
    uow.tasks.save(replace(ours, waiting_on="ours"))
    assert elsewhere.tasks.get(theirs.id).waiting_on == ""


def test_lists_hold_only_the_workspaces_own(uow: UnitOfWork, elsewhere: UnitOfWork) -> None:
    task = staffed_with_task(elsewhere)
    elsewhere.tasks.save(replace(task, next_rung_at=task.opens_at))
    staffed(uow)
    now = task.opens_at + timedelta(days=1)
    assert uow.tasks.open_of([task.owner_id]) == []
    assert uow.tasks.open_count(task.owner_id) == 0
    assert uow.tasks.rungs_due(now=now, limit=9) == []
    assert uow.tasks.planned_until() == {}
