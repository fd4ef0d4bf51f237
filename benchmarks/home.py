"""The start page of somebody who manages very many people, against their plain list of tasks, which has no team."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from benchmarks.company import StillClock, found_workspaces
from benchmarks.figures import Figure, Outcome, Scale, Target, percentile, ratio
from benchmarks.requests import ACME
from bot.slack.block_kit import render_message
from bot.slack.home import render_home
from handlers.context import Context
from handlers.show_home import describe_home
from handlers.show_tasks import tasks_of
from handlers.views.task_list import task_list
from storage.database import Database
from storage.unit_of_work import SqlUnitOfWork, SqlUnitsOfWork
from tasks.identifiers import PersonId
from tasks.model import Task
from tasks.operations.schedule import open_due
from tasks.people import Actor, Role
from tasks.ports import PlannedTask
from tests.builders import a_control, a_person, a_task

MANAGER = PersonId("manager")
LEAD = PersonId("lead")
EACH = 10
"""Open tasks of every person."""
LATE = 3
"""Of them, overdue, of every fifth person."""
PAGES = 20
"""A round."""
Page = Callable[[PersonId, SqlUnitOfWork], object]


class NoTeam(Exception):
    """The page doesn't show what is measured."""


def measure(scale: Scale, folder: Path) -> Outcome:
    clock = StillClock()
    database = folder / "soc2.db"
    found_workspaces(database, [ACME])
    with Database(f"sqlite:///{database}", readers=1) as opened:
        units = SqlUnitsOfWork(opened, clock)
        units.write_now(ACME, partial(_hire, scale.reports))
        while units.write_now(ACME, open_due):
            pass
        _check(units, scale.reports)
        rounds = [[_seconds(units, page, MANAGER) for page in (_home, _list)] for _ in range(scale.rounds)]
        lead = [_seconds(units, _home, LEAD) for _ in range(scale.rounds)]
    homes, lists = ([each[index] for each in rounds] for index in (0, 1))
    return Outcome(
        targets=(
            Target(name="a manager's home against their task list", value=ratio(homes, lists), limit=2.5),
            Target(name="a manager's home", value=percentile(homes, 0.5) * 1000, limit=100, unit="ms"),
        ),
        figures=(
            Figure(name=f"home of a manager of {scale.reports:,}", value=percentile(homes, 0.5) * 1000, unit="ms"),
            Figure(name="their task list", value=percentile(lists, 0.5) * 1000, unit="ms"),
            Figure(name="home of the compliance lead", value=percentile(lead, 0.5) * 1000, unit="ms"),
            Figure(name="open tasks", value=EACH * (scale.reports + 1)),
        ),
    )


def _hire(reports: int, uow: SqlUnitOfWork) -> None:
    owners = [PersonId(f"report-{number:04d}") for number in range(reports)]
    uow.people.add(a_person(LEAD, Role.COMPLIANCE_LEAD))
    uow.people.add(a_person(MANAGER, manager_id=LEAD))
    for owner in owners:
        uow.people.add(a_person(owner, manager_id=MANAGER))
    for number in range(EACH):
        control = a_control(f"IAM-{number:02d}", owner_id=MANAGER)
        uow.controls.add(control)
        tasks = [_task(number, place, owner, uow.now) for place, owner in enumerate((MANAGER, *owners))]
        uow.tasks.plan(control.id, [PlannedTask(task=task, prompt_at=task.opens_at) for task in tasks])


def _task(control: int, place: int, owner: PersonId, now: datetime) -> Task:
    late = place % 5 == 0 and control < LATE
    code = f"IAM-{control:02d}"
    return a_task(
        f"task{control:03d}{place:013d}",
        origin=code.lower(),
        occurrence=f"{place:06d}",
        control_id=a_control(code).id,
        code=code,
        owner_id=owner,
        opens_at=now - timedelta(days=20),
        due_at=now + timedelta(days=-1 if late else 5 + control, minutes=-place),
        missed_at=now + timedelta(days=40),
    )


def _home(person: PersonId, uow: SqlUnitOfWork) -> object:
    return render_home(describe_home(uow, uow.people.get(person), "slack"))


def _list(person: PersonId, uow: SqlUnitOfWork) -> object:
    found = uow.people.get(person)
    context = Context(uow=uow, person=found, actor=Actor(person=found, platform="slack", at=uow.now))
    return render_message(task_list(tasks_of(context)))


def _check(units: SqlUnitsOfWork, reports: int) -> None:
    page = str(units.read_now(ACME, partial(_home, MANAGER)))
    if f"{reports:,} people" not in page:
        raise NoTeam(page)


def _seconds(units: SqlUnitsOfWork, page: Page, person: PersonId) -> float:
    """Of one page."""
    began = time.perf_counter()
    for _ in range(PAGES):
        units.read_now(ACME, partial(page, person))
    return (time.perf_counter() - began) / PAGES
