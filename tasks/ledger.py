"""Where a task stands: computed from its times and state whenever asked, never stored by hand.

One comparison lies under everything here: the task's moment is when it was answered or, unanswered, now.
- late: the moment is after the due time;
- missed: the moment is not before the next occurrence's opening;
- past the limit: the moment is after what the control's text promises.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from tasks.model import Task, TaskState

DUE_SOON = timedelta(days=5)
"""Before the due time, in calendar days, so that a database can compare it too."""


class Standing(StrEnum):
    NOT_YET_DUE = "not-yet-due"
    DUE_SOON = "due-soon"
    OVERDUE = "overdue"
    MISSED = "missed"
    """Open still, though the next occurrence is open too. May be answered; it stays missed on record."""
    WAITING_ACCEPTANCE = "waiting-acceptance"
    ON_TIME = "on-time"
    LATE = "late"


def standing(task: Task, now: datetime) -> Standing:
    if task.state is TaskState.SUBMITTED:
        return Standing.WAITING_ACCEPTANCE
    if task.state is not TaskState.OPEN:
        return Standing.LATE if is_late(task) else Standing.ON_TIME
    if is_missed(task, now):
        return Standing.MISSED
    if now > task.due_at:
        return Standing.OVERDUE
    return Standing.DUE_SOON if task.due_at - now <= DUE_SOON else Standing.NOT_YET_DUE


def is_late(task: Task) -> bool:
    """Answered after the due time. How long acceptance takes doesn't count."""
    return task.answered_at is not None and task.answered_at > task.due_at


def is_missed(task: Task, now: datetime) -> bool:
    """Also when it was answered after all: then it is late and missed."""
    return _moment(task, now) >= task.missed_at


def past_limit(task: Task, now: datetime) -> bool:
    return task.limit_at is not None and _moment(task, now) > task.limit_at


def possible_deviation(task: Task, now: datetime) -> bool:
    """What an auditor may call an exception: missed, past the limit, or answered not (fully) done. They decide."""
    adverse = task.answer is not None and task.answer.adverse
    return adverse or is_missed(task, now) or past_limit(task, now)


def describe(task: Task, now: datetime, time_zone: str = "UTC") -> str:
    """In plain words, with days as the reader's own calendar counts them."""
    where = standing(task, now)
    match where:
        case Standing.NOT_YET_DUE | Standing.DUE_SOON:
            return f"due {_in_days(_days_between(now, task.due_at, time_zone))}"
        case Standing.OVERDUE:
            return f"overdue since {_day(task.due_at, time_zone)}"
        case Standing.MISSED:
            return f"missed: was due {_day(task.due_at, time_zone)}"
        case Standing.WAITING_ACCEPTANCE:
            return f"waiting for acceptance, {_describe_answer(task, now, time_zone)}"
        case Standing.ON_TIME | Standing.LATE:
            return _describe_answer(task, now, time_zone)


def _describe_answer(task: Task, now: datetime, time_zone: str) -> str:
    if task.answered_at is None or not is_late(task):
        return "answered on time"
    days = _days_between(task.due_at, task.answered_at, time_zone)
    late = f"answered {_count(days)} late" if days else "answered late on the due day"
    return f"{late}, after the next one had opened" if is_missed(task, now) else late


def _moment(task: Task, now: datetime) -> datetime:
    return task.answered_at or now


def _in_days(days: int) -> str:
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")


def _count(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


def _days_between(start: datetime, end: datetime, time_zone: str) -> int:
    zone = ZoneInfo(time_zone)
    return (end.astimezone(zone).date() - start.astimezone(zone).date()).days


def _day(moment: datetime, time_zone: str) -> str:
    local = moment.astimezone(ZoneInfo(time_zone))
    return f"{local:%a} {local.day} {local:%b %Y}"
