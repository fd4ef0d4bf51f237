from datetime import datetime, timedelta

import pytest

from tasks.ledger import DUE_SOON, Standing, describe, is_late, is_missed, past_limit, possible_deviation, standing
from tasks.model import Answer, Task, TaskState
from tests.builders import a_task, utc

SECOND = timedelta(seconds=1)
OPENS, DUE, LIMIT, MISSED = utc(2026, 11, 2, 9), utc(2026, 11, 16, 17), utc(2026, 11, 25), utc(2026, 12, 2, 9)
LONG_AFTER = utc(2027, 6, 1)


def answered(at: datetime, state: TaskState = TaskState.RECORDED, answer: Answer = Answer.DONE) -> Task:
    return a_task(limit_at=LIMIT, state=state, answer=answer, answered_at=at)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (OPENS, Standing.NOT_YET_DUE),
        (DUE - DUE_SOON - SECOND, Standing.NOT_YET_DUE),
        (DUE - DUE_SOON, Standing.DUE_SOON),
        (DUE, Standing.DUE_SOON),
        (DUE + SECOND, Standing.OVERDUE),
        (MISSED - SECOND, Standing.OVERDUE),
        (MISSED, Standing.MISSED),
    ],
)
def test_an_unanswered_task_becomes_due_soon_then_overdue_then_missed(now: datetime, expected: Standing) -> None:
    assert standing(a_task(), now) is expected


@pytest.mark.parametrize("state", [TaskState.RECORDED, TaskState.ACCEPTED])
def test_an_answer_at_the_due_time_is_on_time_and_a_second_later_late(state: TaskState) -> None:
    assert standing(answered(DUE, state), LONG_AFTER) is Standing.ON_TIME
    assert standing(answered(DUE + SECOND, state), LONG_AFTER) is Standing.LATE


def test_a_submitted_task_waits_for_acceptance_however_late() -> None:
    assert standing(answered(LIMIT, TaskState.SUBMITTED), LONG_AFTER) is Standing.WAITING_ACCEPTANCE


def test_time_spent_on_acceptance_makes_no_answer_late() -> None:
    task = a_task(state=TaskState.ACCEPTED, answered_at=DUE, settled_at=LONG_AFTER)
    assert not is_late(task)


def test_an_unanswered_task_is_never_late_only_overdue() -> None:
    assert not is_late(a_task())


def test_an_answer_after_the_next_opening_is_late_and_missed() -> None:
    task = answered(MISSED)
    assert is_late(task)
    assert is_missed(task, LONG_AFTER)


def test_an_answer_before_the_next_opening_stays_unmissed_for_good() -> None:
    assert not is_missed(answered(MISSED - SECOND), LONG_AFTER)


def test_past_the_limit_answered_or_not() -> None:
    assert not past_limit(a_task(limit_at=LIMIT), LIMIT)
    assert past_limit(a_task(limit_at=LIMIT), LIMIT + SECOND)
    assert past_limit(answered(LIMIT + SECOND), LONG_AFTER)
    assert not past_limit(answered(LIMIT), LONG_AFTER)


def test_a_text_that_promises_no_time_has_no_limit_to_pass() -> None:
    assert not past_limit(a_task(), LONG_AFTER)


@pytest.mark.parametrize(
    ("task", "now", "expected"),
    [
        (a_task(limit_at=LIMIT), DUE + SECOND, False),
        (a_task(limit_at=LIMIT), LIMIT + SECOND, True),
        (a_task(), MISSED, True),
        (answered(OPENS, answer=Answer.NOT_DONE), LONG_AFTER, True),
        (answered(OPENS, answer=Answer.NOT_FULLY_DONE), LONG_AFTER, True),
        (answered(OPENS, answer=Answer.DONE_FOUND_PROBLEMS), LONG_AFTER, False),
        (answered(OPENS, answer=Answer.NOTHING_TO_REPORT), LONG_AFTER, False),
    ],
)
def test_missed_past_the_limit_and_adverse_answers_may_be_deviations(task: Task, now: datetime, expected: bool) -> None:
    assert possible_deviation(task, now) is expected


@pytest.mark.parametrize(
    ("task", "now", "words"),
    [
        (a_task(), utc(2026, 11, 13, 12), "due in 3 days"),
        (a_task(), utc(2026, 11, 15, 23), "due tomorrow"),
        (a_task(), utc(2026, 11, 16, 9), "due today"),
        (a_task(), utc(2026, 11, 17, 9), "overdue since Mon 16 Nov 2026"),
        (a_task(), LONG_AFTER, "missed: was due Mon 16 Nov 2026"),
        (answered(DUE), LONG_AFTER, "answered on time"),
        (answered(utc(2026, 11, 18, 9)), LONG_AFTER, "answered 2 days late"),
        (answered(utc(2026, 11, 17, 9)), LONG_AFTER, "answered 1 day late"),
        (answered(DUE + SECOND), LONG_AFTER, "answered late on the due day"),
        (answered(MISSED), LONG_AFTER, "answered 16 days late, after the next one had opened"),
        (answered(DUE, TaskState.SUBMITTED), LONG_AFTER, "waiting for acceptance, answered on time"),
    ],
)
def test_the_standing_is_told_in_plain_words(task: Task, now: datetime, words: str) -> None:
    assert describe(task, now) == words


def test_days_are_counted_by_the_reader_s_own_calendar() -> None:
    task = a_task(due_at=utc(2026, 11, 16, 23))
    assert describe(task, utc(2026, 11, 16, 9), "Asia/Kolkata") == "due tomorrow"
    assert describe(task, utc(2026, 11, 18), "Asia/Kolkata") == "overdue since Tue 17 Nov 2026"
