"""How a workspace comes to have what a rule is about, through its ports alone."""

from dataclasses import replace
from typing import Any

from tasks.model import Task, TaskState
from tasks.ports import PlannedTask, UnitOfWork
from tests.builders import a_control, a_person, a_task


def staffed(uow: UnitOfWork) -> UnitOfWork:
    """Olga, Max, and the builders' control."""
    uow.people.add(a_person("olga"))
    uow.people.add(a_person("max"))
    uow.controls.add(a_control())
    return uow


def another(handle: str, **changes: Any) -> Task:
    """A task with a key of its own."""
    return a_task(handle, **{"occurrence": handle, **changes})


def as_planned(task: Task, **changes: Any) -> PlannedTask:
    return replace(PlannedTask(task=task, prompt_at=task.opens_at), **changes)


def opened(uow: UnitOfWork, task: Task) -> Task:
    """Opens the task, then brings it to the state it is given in."""
    fresh = replace(task, state=TaskState.OPEN, answer=None, answered_at=None, answered_by=None)
    uow.tasks.plan(task.control_id, [as_planned(fresh)])
    uow.tasks.open_due(now=task.opens_at, limit=1)
    return uow.tasks.save(task) if task != uow.tasks.get(task.id) else task


def staffed_with_task(uow: UnitOfWork) -> Task:
    return opened(staffed(uow), a_task())
