from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.business_days import BusinessCalendar
from tasks.catalogue.loader import shipped
from tasks.controls import Cadence, ControlText, SpanKind
from tasks.levelling import FIRST_TWELVE, MORE_EACH_MONTH, later_by, level, starts
from tasks.recurrence import check_rule, occurrences
from tasks.rules import parse
from tests.builders import a_control_text

UTC = BusinessCalendar(time_zone="UTC", country="US")
START = date(2026, 12, 1)
CONTROLS = shipped().controls
MOVED = level(CONTROLS)


@dataclass(frozen=True)
class AControl:
    code: str
    department: str
    text: ControlText


def quarterly(day: int = 5, **changes: object) -> ControlText:
    text = a_control_text(
        rrule=f"FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY={day}",
        cadence=Cadence.QUARTERLY,
        cadence_text=f"Quarterly: opens day {day} of Jan, Apr, Jul and Oct for the quarter just ended",
        span=SpanKind.PREVIOUS_QUARTER,
        limit_days=90,
    )
    return replace(text, **changes)  # type: ignore[arg-type]


def annual(**changes: object) -> ControlText:
    text = quarterly(
        rrule="FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=1",
        cadence=Cadence.ANNUAL,
        cadence_text="Annually: opens 1 October",
        span=SpanKind.THIS_YEAR,
        due_days=45,
        limit_days=91,
    )
    return replace(text, **changes)  # type: ignore[arg-type]


def months(controls: Sequence[AControl]) -> Counter[int]:
    moved = level(controls)
    return Counter(month for one in controls for month in parse(moved.get(one.code, one.text).rrule).months)


some_quarterly = st.lists(
    st.tuples(st.sampled_from(("it", "hr", "legal")), st.integers(1, 28)), min_size=1, max_size=40
).map(lambda found: [AControl(f"X-{n:02}", name, quarterly(day)) for n, (name, day) in enumerate(found)])


@given(some_quarterly)
def test_quarterly_controls_are_spread_within_one_of_even(controls: list[AControl]) -> None:
    counts = months(controls)
    assert max(counts.values()) - min(counts[month] for month in range(1, 13)) <= 1


@given(some_quarterly)
def test_and_so_they_are_within_each_department(controls: list[AControl]) -> None:
    moved = level(controls)
    for department in {one.department for one in controls}:
        of_it = [one for one in controls if one.department == department]
        counts = Counter(parse(moved.get(one.code, one.text).rrule).months for one in of_it)
        assert max(counts.values()) - (min(counts.values()) if len(counts) == 3 else 0) <= 1


@given(some_quarterly, st.randoms())
def test_the_order_they_come_in_makes_no_difference(controls: list[AControl], random: Random) -> None:
    shuffled = list(controls)
    random.shuffle(shuffled)
    assert level(shuffled) == level(controls)


@pytest.mark.parametrize("code", sorted(MOVED))
def test_a_moved_control_covers_the_very_same_spans_without_gap_or_overlap(code: str) -> None:
    control = next(one for one in CONTROLS if one.code == code)
    before, after = (spans(text) for text in (control.text, MOVED[code]))
    if control.text.span is not SpanKind.AS_OF:
        assert after == before
        assert all(later[0] == earlier[1] + timedelta(days=1) for earlier, later in pairwise(after))
    assert len(after) == len(before)


def spans(text: ControlText) -> list[tuple[date, date]]:
    found = occurrences(
        text, starts_on=date(2027, 1, 1), after=date(2026, 12, 31), until=date(2031, 12, 31), calendar=UTC
    )
    return [(one.span_start, one.span_end) for one in found]


@pytest.mark.parametrize("code", sorted(MOVED))
def test_a_moved_rule_is_one_that_we_accept_and_its_words_name_its_months(code: str) -> None:
    check_rule(MOVED[code].rrule)
    names = [date(2027, month, 1).strftime("%b") for month in parse(MOVED[code].rrule).months]
    assert all(name in MOVED[code].cadence_text for name in names)


def test_the_catalogue_is_levelled_from_twenty_one_in_january_to_nine_at_most() -> None:
    before = Counter(month for one in CONTROLS for month in parse(one.text.rrule).months)
    after = Counter(month for one in CONTROLS for month in parse(MOVED.get(one.code, one.text).rrule).months)
    assert before[1] == 21
    assert max(after.values()) - min(after.values()) <= 1


def test_what_opens_once_a_year_keeps_its_month_unless_that_helps_much() -> None:
    assert sum(MOVED[code].cadence is Cadence.ANNUAL for code in MOVED) <= 3


def test_weekly_and_monthly_controls_stay() -> None:
    assert not [code for code, text in MOVED.items() if text.cadence in (Cadence.WEEKLY, Cadence.MONTHLY)]


def test_the_words_name_the_new_months() -> None:
    text = later_by(quarterly(), 1)
    assert text is not None
    assert text.rrule == "FREQ=YEARLY;BYMONTH=2,5,8,11;BYMONTHDAY=5"
    assert text.cadence_text == "Quarterly: opens day 5 of Feb, May, Aug and Nov for the quarter just ended"
    twice = later_by(
        annual(rrule="FREQ=YEARLY;BYMONTH=3,9;BYMONTHDAY=5", cadence_text="Opens 5 March and 5 September"), 2
    )
    assert twice is None  # it would open in May, and cover the same year twice: its limit is out of reach
    as_of = annual(
        rrule="FREQ=YEARLY;BYMONTH=3,9;BYMONTHDAY=5",
        cadence_text="Every six months: opens 5 March and 5 September",
        span=SpanKind.AS_OF,
    )
    moved = later_by(as_of, 2)
    assert moved is not None
    assert moved.cadence_text == "Every six months: opens 5 May and 5 November"


def test_a_promise_of_this_year_stays_on_its_day() -> None:
    moved = later_by(annual(), 1)
    assert moved is not None
    assert date(2027, 11, 1) + timedelta(days=moved.limit_days or 0) == date(2027, 10, 1) + timedelta(days=91)


def test_a_promise_counted_from_opening_to_opening_stays_as_long() -> None:
    moved = later_by(quarterly(), 2)
    assert moved is not None
    assert moved.limit_days == 90


@pytest.mark.parametrize(
    "text",
    [
        annual(rrule="FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=1"),
        annual(rrule="FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=1", limit_days=60),
        annual(rrule="FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=15", limit_days=None, due_days=30),
        quarterly(31),
        quarterly(rrule="FREQ=YEARLY;BYMONTH=1,2,7,10;BYMONTHDAY=5"),
        quarterly(rrule="FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=5"),
        quarterly(rrule="FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=5"),
        quarterly(rrule="FREQ=YEARLY;BYMONTH=1,4,7,10;BYDAY=1MO"),
        quarterly(span=SpanKind.PREVIOUS_MONTH),
    ],
    ids=[
        "over the year's end",
        "limit before due",
        "due next year",
        "a day that February lacks",
        "uneven",
        "into the next quarter",
        "no months",
        "no day of the month",
        "it would cover another month",
    ],
)
def test_what_would_change_more_than_the_month_is_not_moved(text: ControlText) -> None:
    assert later_by(text, 1) is None


def test_without_the_starter_rhythm_all_begin_on_the_first_day() -> None:
    assert set(starts(CONTROLS, START, starter=False).values()) == {START}


def test_the_starter_rhythm_begins_with_the_twelve_and_adds_eight_each_month() -> None:
    days = starts(CONTROLS, START, starter=True)
    assert {code for code, day in days.items() if day == START} == set(FIRST_TWELVE)
    counts = Counter(days.values())
    assert sorted(counts)[1] == date(2027, 1, 1)
    assert [counts[day] for day in sorted(counts)][1:-1] == [MORE_EACH_MONTH] * (len(counts) - 2)
    assert len(days) == len(CONTROLS)


def test_every_month_of_the_starter_rhythm_brings_something_to_several_departments() -> None:
    days = starts(CONTROLS, START, starter=True)
    january = {one.department for one in CONTROLS if days[one.code] == date(2027, 1, 1)}
    assert len(january) >= 4


def test_of_fewer_controls_twelve_still_come_first() -> None:
    controls = [one for one in CONTROLS if one.code not in FIRST_TWELVE][:20]
    counts = Counter(starts(controls, date(2027, 1, 31), starter=True).values())
    assert counts == {date(2027, 1, 31): 12, date(2027, 2, 28): 8}


def test_the_twelve_are_in_the_catalogues_security_core() -> None:
    core = {one.code for one in CONTROLS if "security-core" in one.packs}
    assert len(set(FIRST_TWELVE)) == 12
    assert set(FIRST_TWELVE) <= core
