"""A workspace in a real database file, with two people who can be written to, for tests of the edge."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from storage.database import Database
from storage.migrate import upgrade
from storage.unit_of_work import SqlUnitOfWork, SqlUnitsOfWork
from tasks.identifiers import NoticeId, PersonId, WorkspaceId
from tasks.notices import Notice, NoticeKey, Occasion, OwedNotice
from tasks.people import Role
from tasks.ports import Identity, PlannedTask
from tests.builders import a_control, a_person, a_task, a_workspace, utc

T = TypeVar("T")
ACME = WorkspaceId("acme")
START = utc(2026, 11, 2, 10)


@dataclass
class StepClock:
    moment: datetime = START

    def now(self) -> datetime:
        return self.moment

    def step(self, **by: float) -> None:
        self.moment += timedelta(**by)


@dataclass
class Company:
    database: Database
    units: SqlUnitsOfWork
    clock: StepClock

    def write(self, work: Callable[[SqlUnitOfWork], T]) -> T:
        return self.units.write_now(ACME, work)

    def read(self, work: Callable[[SqlUnitOfWork], T]) -> T:
        return self.units.read_now(ACME, work)

    def owe(self, recipient: str = "person:olga", about: str = "task:task-1", *, rounds: int = 1) -> None:
        owed = [
            OwedNotice(
                key=NoticeKey(about=about, recipient=recipient, occasion=Occasion.OPENED, round=number),
                owed_at=self.clock.now(),
            )
            for number in range(1, rounds + 1)
        ]
        self.write(lambda uow: uow.notices.owe(owed))

    def notice(self, number: int = 1) -> Notice:
        return self.read(lambda uow: uow.notices.get(NoticeId(number)))


@contextmanager
def a_company(folder: Path, clock: StepClock | None = None) -> Iterator[Company]:
    url = f"sqlite:///{folder / 'soc2.db'}"
    upgrade(url)
    clock = clock or StepClock()
    with Database(url) as database:
        units = SqlUnitsOfWork(database, clock)
        if not units.workspaces():
            units.create_workspace(replace(a_workspace(), compliance_channel="web:compliance"))
            units.write_now(ACME, _hire)
        yield Company(database=database, units=units, clock=clock)


def _hire(uow: SqlUnitOfWork) -> None:
    for person in (a_person("max", Role.COMPLIANCE_LEAD), a_person("olga", manager_id=PersonId("max"))):
        uow.people.add(person)
        uow.people.link(Identity(platform="web", external_id=person.id, person_id=person.id))


def open_a_task(uow: SqlUnitOfWork) -> None:
    """task-1, Olga's, opened at the company's start and due two weeks later."""
    uow.controls.add(a_control(starts_on=START.date()))
    task = a_task(opens_at=START, next_rung_at=utc(2026, 11, 12, 9))
    uow.tasks.plan(task.control_id, [PlannedTask(task=task, prompt_at=START)])
    uow.tasks.open_due(now=uow.now, limit=10)


async def workspaces() -> Sequence[WorkspaceId]:
    return (ACME,)
