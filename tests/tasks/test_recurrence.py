from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.business_days import CLOSING_HOUR, BusinessCalendar
from tasks.controls import ControlText, SpanKind
from tasks.recurrence import (
    FIVE_YEARS,
    GRACE,
    Occurrence,
    fill_statement,
    occurrences,
    opening_days,
    span_label,
    span_of,
)
from tests.builders import a_control_text, a_task, utc

NEW_YEAR = date(2026, 1, 1)
UTC_CALENDAR = BusinessCalendar(time_zone="UTC", country="US")
WORKDAYS = "MO,TU,WE,TH,FR"
RULES = [
    "FREQ=DAILY",
    "FREQ=DAILY;INTERVAL=10",
    f"FREQ=DAILY;BYDAY={WORKDAYS}",
    "FREQ=DAILY;BYMONTH=1,7;BYMONTHDAY=1,-1",
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;BYDAY=MO",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO",
    "FREQ=WEEKLY;INTERVAL=3;BYDAY=TU,SU",
    "FREQ=MONTHLY",
    "FREQ=MONTHLY;BYMONTHDAY=31",
    "FREQ=MONTHLY;BYMONTHDAY=-1",
    "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=5",
    "FREQ=MONTHLY;INTERVAL=5;BYMONTHDAY=1,15",
    "FREQ=MONTHLY;BYDAY=1MO,-1FR",
    f"FREQ=MONTHLY;BYDAY={WORKDAYS};BYSETPOS=1,-1",
    "FREQ=YEARLY",
    "FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=5",
    "FREQ=YEARLY;INTERVAL=2;BYMONTH=3;BYMONTHDAY=31",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
    "FREQ=YEARLY;BYDAY=20MO",
    "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH",
    f"FREQ=YEARLY;BYDAY={WORKDAYS};BYSETPOS=-1",
]
ZONES = ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia"]

rules = st.sampled_from(RULES)
starts = st.dates(date(2009, 1, 1), date(2030, 12, 31))
calendars = st.builds(
    BusinessCalendar,
    time_zone=st.sampled_from(ZONES),
    country=st.sampled_from(["US", "DE", "IN", "XX"]),
    shutdown_days=st.sampled_from([(), (date(2026, 12, 28), date(2026, 12, 29))]),
)


def opening(rule: str, *, starts_on: date = NEW_YEAR, days: int = 365) -> list[date]:
    return list(
        opening_days(
            rule, starts_on=starts_on, after=starts_on - timedelta(days=1), until=starts_on + timedelta(days=days)
        )
    )


def occurring(
    text: ControlText, *, starts_on: date = NEW_YEAR, days: int = 800, calendar: BusinessCalendar = UTC_CALENDAR
) -> list[Occurrence]:
    until = starts_on + timedelta(days=days)
    return list(occurrences(text, starts_on=starts_on, after=date(2000, 1, 1), until=until, calendar=calendar))


# --- on which days a control opens


def test_a_day_that_the_starting_day_makes_impossible_opens_never_and_at_once() -> None:
    assert opening("FREQ=YEARLY;BYMONTH=2", starts_on=date(2026, 1, 30), days=3000) == []


@settings(max_examples=50, deadline=None)
@given(rule=rules, starts_on=starts, years=st.integers(0, 6), skipped=st.integers(0, 400))
def test_searching_from_a_later_day_gives_the_same_days(rule: str, starts_on: date, years: int, skipped: int) -> None:
    after = starts_on + timedelta(days=366 * years + skipped)
    until = after + timedelta(days=500)
    first, last = (datetime.combine(day, time()) for day in (after + timedelta(days=1), until))
    unanchored = rrulestr(rule, dtstart=datetime.combine(starts_on, time())).between(first, last, inc=True)
    found = opening_days(rule, starts_on=starts_on, after=after, until=until)
    assert list(found) == [moment.date() for moment in unanchored]


def test_after_is_exclusive_and_until_inclusive() -> None:
    found = opening_days("FREQ=DAILY", starts_on=NEW_YEAR, after=date(2026, 1, 5), until=date(2026, 1, 7))
    assert list(found) == [date(2026, 1, 6), date(2026, 1, 7)]


def test_nothing_opens_before_the_control_starts() -> None:
    found = opening_days(
        "FREQ=MONTHLY;BYMONTHDAY=5", starts_on=date(2026, 3, 6), after=date(2020, 1, 1), until=date(2026, 5, 31)
    )
    assert list(found) == [date(2026, 4, 5), date(2026, 5, 5)]


def test_the_31st_leaves_out_the_shorter_months() -> None:
    assert [day.month for day in opening("FREQ=MONTHLY;BYMONTHDAY=31")] == [1, 3, 5, 7, 8, 10, 12]


def test_minus_one_is_the_last_day_of_every_month() -> None:
    found = opening("FREQ=MONTHLY;BYMONTHDAY=-1", starts_on=date(2028, 1, 1), days=90)
    assert found == [date(2028, 1, 31), date(2028, 2, 29), date(2028, 3, 31)]


def test_a_leap_day_opens_in_leap_years_only() -> None:
    found = opening("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", days=2500)
    assert found == [date(2028, 2, 29), date(2032, 2, 29)]


def test_a_rule_without_a_day_takes_that_of_the_start() -> None:
    assert opening("FREQ=MONTHLY", starts_on=date(2026, 1, 12), days=60) == [
        date(2026, 1, 12),
        date(2026, 2, 12),
        date(2026, 3, 12),
    ]


# --- what an occurrence covers


@pytest.mark.parametrize(
    ("kind", "day", "start", "end", "name"),
    [
        (SpanKind.PREVIOUS_WEEK, date(2026, 11, 23), date(2026, 11, 16), date(2026, 11, 22), "2026-W47"),
        (SpanKind.PREVIOUS_WEEK, date(2027, 1, 5), date(2026, 12, 28), date(2027, 1, 3), "2026-W53"),
        (SpanKind.PREVIOUS_MONTH, date(2026, 11, 5), date(2026, 10, 1), date(2026, 10, 31), "2026-10"),
        (SpanKind.PREVIOUS_MONTH, date(2028, 3, 1), date(2028, 2, 1), date(2028, 2, 29), "2028-02"),
        (SpanKind.PREVIOUS_MONTH, date(2027, 1, 31), date(2026, 12, 1), date(2026, 12, 31), "2026-12"),
        (SpanKind.PREVIOUS_QUARTER, date(2026, 10, 5), date(2026, 7, 1), date(2026, 9, 30), "2026-Q3"),
        (SpanKind.PREVIOUS_QUARTER, date(2026, 2, 5), date(2025, 10, 1), date(2025, 12, 31), "2025-Q4"),
        (SpanKind.PREVIOUS_HALF_YEAR, date(2026, 7, 1), date(2026, 1, 1), date(2026, 6, 30), "2026-H1"),
        (SpanKind.PREVIOUS_HALF_YEAR, date(2026, 12, 31), date(2026, 1, 1), date(2026, 6, 30), "2026-H1"),
        (SpanKind.PREVIOUS_HALF_YEAR, date(2027, 1, 1), date(2026, 7, 1), date(2026, 12, 31), "2026-H2"),
        (SpanKind.PREVIOUS_YEAR, date(2026, 1, 15), date(2025, 1, 1), date(2025, 12, 31), "2025"),
        (SpanKind.THIS_YEAR, date(2026, 9, 1), date(2026, 1, 1), date(2026, 12, 31), "2026"),
        (SpanKind.AS_OF, date(2026, 11, 5), date(2026, 11, 5), date(2026, 11, 5), "2026-11-05"),
    ],
)
def test_the_span_is_what_was_over_when_the_task_opens(
    kind: SpanKind, day: date, start: date, end: date, name: str
) -> None:
    span = span_of(kind, day)
    assert (span.start, span.end, span.name) == (start, end, name)


@pytest.mark.parametrize(
    ("start", "end", "label"),
    [
        (date(2026, 7, 1), date(2026, 9, 30), "Q3 2026 (1 Jul – 30 Sep 2026)"),
        (date(2026, 1, 1), date(2026, 6, 30), "H1 2026 (1 Jan – 30 Jun 2026)"),
        (date(2026, 10, 1), date(2026, 10, 31), "October 2026"),
        (date(2028, 2, 1), date(2028, 2, 29), "February 2028"),
        (date(2026, 11, 9), date(2026, 11, 15), "week of 9 Nov 2026"),
        (date(2026, 1, 1), date(2026, 12, 31), "2026"),
        (date(2026, 11, 5), date(2026, 11, 5), "5 November 2026"),
        (date(2026, 8, 1), date(2026, 10, 31), "1 Aug – 31 Oct 2026"),
        (date(2026, 12, 15), date(2027, 1, 14), "15 Dec 2026 – 14 Jan 2027"),
    ],
)
def test_spans_are_labelled_for_people(start: date, end: date, label: str) -> None:
    assert span_label(start, end) == label


def test_a_statement_is_filled_with_span_and_day_of_the_answer() -> None:
    filled = fill_statement("For {period}, as of {as_of}, checked on {date}; {other}", a_task(), date(2026, 11, 4))
    assert filled == "For October 2026, as of 31 October 2026, checked on 4 November 2026; {other}"


# --- names


@pytest.mark.parametrize(
    ("rule", "span", "names"),
    [
        ("FREQ=MONTHLY;BYMONTHDAY=2", SpanKind.PREVIOUS_MONTH, ["2025-12", "2026-01"]),
        ("FREQ=YEARLY;BYMONTH=1,4;BYMONTHDAY=5", SpanKind.PREVIOUS_QUARTER, ["2025-Q4", "2026-Q1"]),
        ("FREQ=MONTHLY;INTERVAL=3;BYDAY=1MO", SpanKind.PREVIOUS_QUARTER, ["2025-Q4", "2026-Q1"]),
        ("FREQ=WEEKLY;BYDAY=MO", SpanKind.PREVIOUS_WEEK, ["2026-W01", "2026-W02"]),
        ("FREQ=YEARLY;BYMONTH=9;BYMONTHDAY=1", SpanKind.THIS_YEAR, ["2026", "2027"]),
        (f"FREQ=YEARLY;BYDAY={WORKDAYS};BYSETPOS=-1", SpanKind.THIS_YEAR, ["2026", "2027"]),
        ("FREQ=MONTHLY;BYMONTHDAY=2", SpanKind.THIS_YEAR, ["2026-01-02", "2026-02-02"]),
        ("FREQ=MONTHLY;BYMONTHDAY=1,15", SpanKind.PREVIOUS_MONTH, ["2026-01-01", "2026-01-15"]),
        ("FREQ=YEARLY;BYMONTH=1,2;BYMONTHDAY=5", SpanKind.PREVIOUS_QUARTER, ["2026-01-05", "2026-02-05"]),
        ("FREQ=WEEKLY;BYDAY=MO,TH", SpanKind.PREVIOUS_WEEK, ["2026-01-01", "2026-01-05"]),
    ],
)
def test_an_occurrence_is_named_by_its_span_unless_the_rule_may_open_twice_for_it(
    rule: str, span: SpanKind, names: Sequence[str]
) -> None:
    found = occurring(a_control_text(rrule=rule, span=span))
    assert [occurrence.name for occurrence in found[:2]] == names


@settings(max_examples=40, deadline=None)
@given(rule=rules, span=st.sampled_from(SpanKind), starts_on=starts)
def test_no_two_occurrences_share_a_name(rule: str, span: SpanKind, starts_on: date) -> None:
    names = [occurrence.name for occurrence in occurring(a_control_text(rrule=rule, span=span), starts_on=starts_on)]
    assert len(set(names)) == len(names)


# --- when it opens, is due, past its limit and missed


@settings(max_examples=40, deadline=None)
@given(
    rule=rules,
    starts_on=starts,
    due_days=st.integers(0, 60),
    limit_days=st.none() | st.integers(0, 120),
    calendar=calendars,
)
def test_times_stand_in_order_and_due_is_a_business_day(
    rule: str, starts_on: date, due_days: int, limit_days: int | None, calendar: BusinessCalendar
) -> None:
    text = a_control_text(rrule=rule, due_days=due_days, limit_days=limit_days)
    found = occurring(text, starts_on=starts_on, days=120, calendar=calendar)
    assert all(earlier.opens_at < later.opens_at for earlier, later in pairwise(found))
    for occurrence in found:
        assert occurrence.opens_at <= occurrence.prompt_at
        assert occurrence.opens_at < occurrence.due_at <= occurrence.missed_at
        assert occurrence.limit_at is None or occurrence.limit_at >= occurrence.due_at
        assert calendar.is_business_day(calendar.local_date(occurrence.due_at))
        assert calendar.at(calendar.local_date(occurrence.due_at), CLOSING_HOUR) == occurrence.due_at
        assert calendar.into_hours(occurrence.prompt_at) == occurrence.prompt_at


@settings(max_examples=15, deadline=None)
@given(
    plan=st.sampled_from(
        [
            ("FREQ=WEEKLY;BYDAY=TU", SpanKind.PREVIOUS_WEEK),
            ("FREQ=MONTHLY;BYMONTHDAY=-1", SpanKind.PREVIOUS_MONTH),
            ("FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=5", SpanKind.PREVIOUS_QUARTER),
        ]
    ),
    starts_on=starts,
)
def test_the_spans_of_a_steady_rhythm_leave_no_day_out(plan: tuple[str, SpanKind], starts_on: date) -> None:
    found = occurring(a_control_text(rrule=plan[0], span=plan[1]), starts_on=starts_on)
    assert all(later.span_start - earlier.span_end == timedelta(days=1) for earlier, later in pairwise(found))


@settings(max_examples=15, deadline=None)
@given(rule=rules, starts_on=starts, cut=st.integers(0, 400))
def test_planning_in_two_steps_gives_the_same_as_in_one(rule: str, starts_on: date, cut: int) -> None:
    text, middle, end = a_control_text(rrule=rule), starts_on + timedelta(days=cut), starts_on + timedelta(days=400)
    whole = occurring(text, starts_on=starts_on, days=400)
    first = occurrences(text, starts_on=starts_on, after=date(2000, 1, 1), until=middle, calendar=UTC_CALENDAR)
    second = occurrences(text, starts_on=starts_on, after=middle, until=end, calendar=UTC_CALENDAR)
    assert [*first, *second] == whole


def test_it_opens_on_the_rule_s_day_and_prompts_in_working_time() -> None:
    found = occurring(a_control_text(rrule="FREQ=MONTHLY;BYMONTHDAY=1"), starts_on=date(2026, 11, 1))[0]
    assert (found.opens_at, found.prompt_at) == (utc(2026, 11, 1, 9), utc(2026, 11, 2, 9))


def test_the_due_time_rolls_over_a_holiday_and_the_limit_does_not() -> None:
    text = a_control_text(rrule="FREQ=MONTHLY;BYMONTHDAY=12", due_days=14, limit_days=16)
    found = occurring(text, starts_on=date(2026, 11, 12))[0]
    assert found.due_at == utc(2026, 11, 27, 17)  # 26 November is Thanksgiving
    assert found.limit_at == utc(2026, 11, 29)  # the end of Saturday 28 November


def test_the_limit_is_never_before_a_rolled_due_time() -> None:
    text = a_control_text(rrule="FREQ=MONTHLY;BYMONTHDAY=12", due_days=14, limit_days=14)
    found = occurring(text, starts_on=date(2026, 11, 12))[0]
    assert found.limit_at == found.due_at


def test_it_is_missed_when_the_next_one_opens_but_never_before_it_is_due() -> None:
    quick, slow = (a_control_text(due_days=days) for days in (14, 45))
    assert occurring(quick)[0].missed_at == utc(2026, 2, 2, 9)
    assert occurring(slow)[0].missed_at == occurring(slow)[0].due_at


def test_the_last_one_within_five_years_has_a_grace_of_thirty_days() -> None:
    text = a_control_text(rrule="FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29")
    found = occurring(text, starts_on=date(2096, 1, 1))[0]  # 2100 is no leap year
    assert found.missed_at == found.due_at + GRACE
    assert FIVE_YEARS.days == 1827


def test_the_clock_s_changes_never_move_the_local_hour() -> None:
    berlin = BusinessCalendar(time_zone="Europe/Berlin", country="DE")
    text = a_control_text(rrule="FREQ=MONTHLY;BYMONTHDAY=20")
    assert {found.opens_at.hour for found in occurring(text, calendar=berlin)} == {7, 8}
