"""A company to ask questions of: people on Slack, a few controls, and tasks that are open and were prompted for."""

import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from benchmarks.requests import ACME, TEAM
from storage import migrate
from storage.database import Database
from storage.unit_of_work import SqlUnitOfWork, SqlUnitsOfWork
from tasks.controls import Control
from tasks.evidence import Evidence, EvidenceKind, EvidenceState
from tasks.identifiers import ControlId, EvidenceId, PersonId, TaskId, WorkspaceId
from tasks.model import Task
from tasks.operations.schedule import open_due, plan_ahead, weekly_notices
from tasks.people import Role, Workspace
from tasks.ports import Identity, PlannedTask
from tests.builders import a_control, a_control_text, a_person, a_task, an_item

ITEM = "export"
CONTROLS = 20
SETTLED = 30.0
"""Seconds that a server may take to send what is owed when it starts."""

# As delivery leaves it: every prompt went out, and its message can be edited.
PROMPTED = """
UPDATE notices SET state = 'sent', attempts = 1, sent_at = owed_at, platform = 'slack',
    conversation = 'DU' || substr(recipient, 8), message = '1790000000.' || printf('%06d', id)
"""
MESSAGES = """
INSERT INTO messages (workspace_id, platform, conversation, message, notice_id, task_id, desired_version,
    delivered_version)
SELECT workspace_id, platform, conversation, message, id, task_id, 1, 1 FROM notices
"""
UNSENT = "SELECT count(*) FROM notices WHERE state IN ('owed', 'sending')"


class StillClock:
    def __init__(self) -> None:
        self.moment = datetime.now(UTC)

    def now(self) -> datetime:
        return self.moment


def found_workspaces(database: Path, ids: Iterable[WorkspaceId]) -> None:
    """A migrated database with empty workspaces."""
    migrate.upgrade(f"sqlite:///{database}")
    with Database(f"sqlite:///{database}") as opened:
        units = SqlUnitsOfWork(opened, StillClock())
        for one in ids:
            units.create_workspace(Workspace(id=one, name=one.title()))


def hire(database: Path, workspace: WorkspaceId, people: int) -> None:
    """And give them controls."""
    with Database(f"sqlite:///{database}") as opened:
        SqlUnitsOfWork(opened, StillClock()).write_now(workspace, partial(_hire, people))


def found(database: Path, *, people: int, tasks: int) -> None:
    """Tasks go to people in turn: see `owner_of`."""
    found_workspaces(database, [ACME])
    hire(database, ACME, people)
    with Database(f"sqlite:///{database}") as opened:
        units = SqlUnitsOfWork(opened, StillClock())
        units.link_workspace("slack", TEAM, ACME)
        for control in range(CONTROLS):
            units.write_now(ACME, partial(_plan, control, people, tasks))
        while units.write_now(ACME, open_due):
            pass  # as the job does, a batch at a time
        units.write_now(ACME, partial(_attach, people, tasks))
        # Monday's digests of a whole company, a burst of once a week, are owed and told before anything is measured.
        units.write_now(ACME, plan_ahead)
        units.write_now(ACME, weekly_notices)
    with closing(sqlite3.connect(database)) as driver, driver:
        driver.execute(PROMPTED)
        driver.execute(MESSAGES)


def slack_user(person: int) -> str:
    return f"U{person:05d}"


def task_id(number: int) -> TaskId:
    return TaskId(f"task{number:016d}")


def owner_of(number: int, people: int) -> int:
    return number % people


def messages(database: Path) -> dict[str, str]:
    """Task to its message's ts."""
    with closing(sqlite3.connect(database)) as driver:
        return dict(driver.execute("SELECT task_id, message FROM messages"))


def wait_until_quiet(database: Path) -> None:
    """A server that starts sends what is owed; that is not what is measured."""
    ends = time.monotonic() + SETTLED
    with closing(sqlite3.connect(database)) as driver:
        while driver.execute(UNSENT).fetchone()[0] and time.monotonic() < ends:
            time.sleep(0.1)


class NotAnswered(Exception):
    """Fewer tasks were answered than clicks were acknowledged."""


def check_answered(database: Path, wanted: int) -> None:
    with closing(sqlite3.connect(database)) as driver:
        (signed,) = driver.execute("SELECT count(*) FROM attestations").fetchone()
        (entries,) = driver.execute("SELECT count(*) FROM audit_entries WHERE about LIKE 'task:%'").fetchone()
    if (signed, entries) != (wanted, wanted):
        raise NotAnswered(f"{wanted} clicks, {signed} attestations, {entries} audit entries")


def _hire(people: int, uow: SqlUnitOfWork) -> None:
    """Everybody reports to one of the first ten, who report to the first."""
    for number in range(people):
        role = [Role.COMPLIANCE_LEAD] if number == 0 else [Role.DEPARTMENT_LEAD] if number == 1 else []
        manager = _person(number % 10 if number >= 10 else 0) if number else None
        uow.people.add(a_person(_person(number), *role, manager_id=manager))
        uow.people.link(Identity(platform="slack", external_id=slack_user(number), person_id=_person(number)))
    for number in range(CONTROLS):
        uow.controls.add(_control(number))


def _control(number: int) -> Control:
    """Planned by hand below: its own plan begins after the benchmark."""
    text = a_control_text(evidence=(an_item(ITEM), an_item("notes", required=False)))
    starts_on = datetime.now(UTC).date() + timedelta(days=365)
    return a_control(f"IAM-{number:02d}", id=_control_id(number), owner_id=_person(0), starts_on=starts_on, text=text)


def _plan(control: int, people: int, tasks: int, uow: SqlUnitOfWork) -> None:
    numbers = [number for number in range(tasks) if number % CONTROLS == control]
    planned = [_task(number, owner_of(number, people), uow.now) for number in numbers]
    uow.tasks.plan(_control_id(control), [PlannedTask(task=task, prompt_at=task.opens_at) for task in planned])


def _task(number: int, owner: int, now: datetime) -> Task:
    """Opened a day ago and due in some days: no rung of the ladder is owed meanwhile."""
    control = _control_id(number % CONTROLS)
    return a_task(
        task_id(number),
        origin=control,
        occurrence=f"{number:06d}",
        control_id=control,
        code=control.upper(),
        owner_id=_person(owner),
        opens_at=now - timedelta(days=1),
        due_at=now + timedelta(days=10 + number % 10),
        missed_at=now + timedelta(days=40),
    )


def _attach(people: int, tasks: int, uow: SqlUnitOfWork) -> None:
    for number in range(tasks):
        uow.evidence.add(
            Evidence(
                id=EvidenceId(f"evidence{number:012d}"),
                task_id=task_id(number),
                item=ITEM,
                kind=EvidenceKind.LINK,
                name="https://idp.example.com/exports/leavers",
                text="https://idp.example.com/exports/leavers",
                state=EvidenceState.BOUND,
                added_by=_person(owner_of(number, people)),
                added_at=uow.now,
            )
        )


def _person(number: int) -> PersonId:
    return PersonId(f"{number:05d}")


def _control_id(number: int) -> ControlId:
    return ControlId(f"iam-{number:02d}")
