"""What is said once a week or once a day, whoever asks how often: digest, closing line, channel line."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tasks.controls import Cadence
from tasks.notices import NoticeState, Occasion
from tasks.operations.schedule import long_overdue, weekly_notices
from tests.builders import a_task, a_workspace, utc
from tests.tasks.operations.company import OLGA, Company, a_company

MONDAY, FRIDAY = utc(2026, 11, 2, 9), utc(2026, 11, 6, 16)
TEN_DAYS_OVER = utc(2026, 12, 1, 9)


def open_tasks(count: int, **changes: Any) -> Company:
    tasks = (a_task(f"task-{n}", occurrence=f"2026-W{n}", **changes) for n in range(count))
    acme = a_company(tasks=tuple(tasks))
    acme.uow.save_workspace(a_workspace(compliance_channel="slack:C1"))
    return acme


def spoken(acme: Company, now: datetime, occasion: Occasion) -> list[str]:
    acme.clock.moment = now
    acme.run(weekly_notices)
    return acme.told(occasion)


# --- Monday


def test_owners_of_three_open_tasks_get_one_digest_on_monday() -> None:
    assert spoken(open_tasks(3), MONDAY, Occasion.DIGEST) == ["olga"]
    assert spoken(open_tasks(2), MONDAY, Occasion.DIGEST) == []


def test_the_digest_is_owed_once_a_week() -> None:
    acme = open_tasks(3)
    acme.clock.moment = MONDAY
    assert [acme.run(weekly_notices) for _ in range(3)] == [1, 0, 0]
    acme.clock.advance(days=7)
    assert acme.run(weekly_notices) == 1


def test_somebody_who_left_gets_no_digest() -> None:
    acme = open_tasks(3)
    acme.uow.people.save(replace(OLGA, active=False))
    assert spoken(acme, MONDAY, Occasion.DIGEST) == []


# --- Friday


def test_a_line_closes_the_week_in_the_compliance_channel() -> None:
    assert spoken(open_tasks(1), FRIDAY, Occasion.WEEK_CLOSED) == ["channel:compliance"]


def test_without_a_channel_it_goes_to_the_compliance_leads() -> None:
    acme = a_company()
    assert spoken(acme, FRIDAY, Occasion.WEEK_CLOSED) == ["lee"]


def test_it_is_owed_once_a_week() -> None:
    acme = open_tasks(1)
    acme.clock.moment = FRIDAY
    assert [acme.run(weekly_notices) for _ in range(3)] == [1, 0, 0]


# --- the channel's daily line


def test_a_line_a_day_tells_of_what_is_ten_business_days_overdue() -> None:
    acme = open_tasks(1)
    assert spoken(acme, TEN_DAYS_OVER - timedelta(days=1), Occasion.CHANNEL) == []
    assert spoken(acme, TEN_DAYS_OVER, Occasion.CHANNEL) == ["channel:compliance"]
    assert spoken(acme, TEN_DAYS_OVER + timedelta(hours=2), Occasion.CHANNEL) == ["channel:compliance"]
    assert len(spoken(acme, TEN_DAYS_OVER + timedelta(days=1), Occasion.CHANNEL)) == 2


def test_it_goes_on_when_the_task_is_missed() -> None:
    acme = open_tasks(1)
    acme.clock.moment = utc(2027, 1, 8, 10)
    assert [task.id for task in acme.run(long_overdue)] == ["task-0"]


def test_it_ends_with_the_answer() -> None:
    acme = a_company()
    acme.uow.save_workspace(a_workspace(compliance_channel="slack:C1"))
    acme.answers()
    assert spoken(acme, TEN_DAYS_OVER, Occasion.CHANNEL) == []


def test_the_ladder_of_weekly_controls_ends_before_it() -> None:
    assert spoken(open_tasks(1, cadence=Cadence.WEEKLY), TEN_DAYS_OVER, Occasion.CHANNEL) == []


def test_it_is_written_in_working_time_only() -> None:
    for hour in (8, 17):
        assert spoken(open_tasks(1), TEN_DAYS_OVER.replace(hour=hour), Occasion.CHANNEL) == []


def test_without_a_channel_there_is_no_line() -> None:
    assert spoken(a_company(), TEN_DAYS_OVER, Occasion.CHANNEL) == []


def test_they_are_kept_with_the_notices_and_stand_in_no_audit_log() -> None:
    acme = open_tasks(3)
    spoken(acme, MONDAY, Occasion.DIGEST)
    assert (acme.entries, {one.state for one in acme.state.notices.values()}) == ([], {NoticeState.OWED})
