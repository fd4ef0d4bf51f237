from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from storage.gauges import Gauges, WorkspaceGauges, read_gauges
from storage.prepared import driver_of
from storage.unit_of_work import SqlUnitOfWork
from tasks.identifiers import NoticeId, TaskId, WorkspaceId
from tasks.notices import NoticeState, SentMessage
from tests.bot.a_company import ACME, START, Company, a_company, open_a_task
from tests.builders import a_workspace, utc

MINUTE = timedelta(minutes=1)


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    with a_company(tmp_path) as company:
        yield company


def counted(company: Company) -> Gauges:
    return company.database.read_now(lambda connection: read_gauges(connection, company.clock.now()))


def test_a_company_that_owes_nothing_has_nothing_to_show(company: Company) -> None:
    gauges = counted(company)
    assert gauges.notices == dict.fromkeys(NoticeState, 0)
    assert (gauges.oldest_owed, gauges.oldest_due, gauges.oldest_opening, gauges.oldest_rung) == (None,) * 4
    assert (gauges.edits_behind, gauges.overdue, gauges.missed) == (0, {}, {})


def test_notices_are_counted_by_state_and_dated_by_the_oldest_nobody_was_told_of(company: Company) -> None:
    company.owe(rounds=2)
    company.clock.step(minutes=5)
    company.owe("person:max")
    company.write(lambda uow: uow.notices.save(replace(uow.notices.get(NoticeId(1)), state=NoticeState.SENT)))
    gauges = counted(company)
    assert (gauges.notices[NoticeState.OWED], gauges.notices[NoticeState.SENT]) == (2, 1)
    assert gauges.oldest_owed == gauges.oldest_due == START


def test_a_notice_the_platform_put_off_is_owed_but_not_due(company: Company) -> None:
    company.owe()
    later = START + 15 * MINUTE
    company.write(lambda uow: uow.notices.save(replace(uow.notices.get(NoticeId(1)), next_attempt_at=later)))
    company.clock.step(minutes=5)
    assert (counted(company).oldest_owed, counted(company).oldest_due) == (START, None)
    company.clock.step(minutes=15)
    assert counted(company).oldest_due == later


def test_a_task_and_a_rung_whose_time_has_come_are_late_until_the_job_was_there(company: Company) -> None:
    company.write(open_a_task)
    company.clock.moment = utc(2026, 11, 12, 9, 30)
    assert counted(company).oldest_rung == utc(2026, 11, 12, 9)


def test_unanswered_tasks_are_overdue_by_department_and_then_missed(company: Company) -> None:
    company.write(open_a_task)
    task = company.read(lambda uow: uow.tasks.get(TaskId("task-1")))
    company.clock.moment = task.due_at + MINUTE
    assert (counted(company).overdue, counted(company).missed) == ({task.department: 1}, {task.department: 0})
    company.clock.moment = task.missed_at + MINUTE
    assert (counted(company).overdue, counted(company).missed) == ({task.department: 0}, {task.department: 1})


def test_messages_older_than_what_they_show_are_behind(company: Company) -> None:
    company.write(open_a_task)

    def send(uow: SqlUnitOfWork) -> None:
        [notice] = uow.notices.of_task(TaskId("task-1"))
        shown = {"desired_version": 1, "delivered_version": 1}
        uow.notices.add_message(
            SentMessage(notice_id=notice.id, platform="web", conversation="c", message="1", **shown)
        )
        uow.notices.touch(TaskId("task-1"))

    company.write(send)
    assert counted(company).edits_behind == 1


def test_every_workspace_counts(company: Company) -> None:
    company.units.create_workspace(replace(a_workspace(), id=WorkspaceId("other")))
    assert counted(company).notices[NoticeState.OWED] == 0
    company.owe()
    assert counted(company).notices[NoticeState.OWED] == 1


def test_nothing_is_scanned(company: Company) -> None:
    def plans(connection: Connection) -> list[str]:
        sent: list[str] = []
        driver = driver_of(connection)
        driver.set_trace_callback(sent.append)
        WorkspaceGauges(connection, ACME).read(company.clock.now())
        driver.set_trace_callback(None)
        return [step[3] for one in sent for step in driver.execute(f"EXPLAIN QUERY PLAN {one}")]

    steps = company.database.read_now(plans)
    assert steps
    assert not [step for step in steps if step.startswith("SCAN")]
