from dataclasses import replace
from itertools import product

import pytest

from tasks.catalogue.loader import shipped
from tasks.controls import Cadence, SpanKind
from tasks.errors import Invalid
from tasks.recurrence import check_rule
from tasks.timetable import Covers, Timetable, in_words, timetable_of, with_timetable
from tests.builders import a_control_text


def chosen(cadence: Cadence, day: str = "5", month: int = 0, covers: Covers = Covers.ENDED) -> Timetable:
    return Timetable(cadence=cadence, day=day, month=month, covers=covers)


@pytest.mark.parametrize(
    ("timetable", "rule", "words"),
    [
        (chosen(Cadence.WEEKLY, "Monday"), "FREQ=WEEKLY;BYDAY=MO", "Weekly: opens each Monday for the week just ended"),
        (chosen(Cadence.WEEKLY, "fri"), "FREQ=WEEKLY;BYDAY=FR", "Weekly: opens each Friday for the week just ended"),
        (chosen(Cadence.MONTHLY), "FREQ=MONTHLY;BYMONTHDAY=5", "Monthly: opens day 5 for the month just ended"),
        (
            chosen(Cadence.MONTHLY, " Last ", covers=Covers.DAY),
            "FREQ=MONTHLY;BYMONTHDAY=-1",
            "Monthly: opens the last day",
        ),
        (
            chosen(Cadence.QUARTERLY, "08", month=10),
            "FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=8",
            "Quarterly: opens day 8 of Jan, Apr, Jul and Oct for the quarter just ended",
        ),
        (
            chosen(Cadence.SEMI_ANNUAL, month=9),
            "FREQ=YEARLY;BYMONTH=3,9;BYMONTHDAY=5",
            "Every six months: opens day 5 of March and September for the half-year just ended",
        ),
        (
            chosen(Cadence.ANNUAL, "1", month=7, covers=Covers.THIS_YEAR),
            "FREQ=YEARLY;BYMONTH=7;BYMONTHDAY=1",
            "Annually: opens day 1 of July for the calendar year",
        ),
    ],
)
def test_a_choice_makes_its_rule_and_its_words(timetable: Timetable, rule: str, words: str) -> None:
    text = with_timetable(a_control_text(), timetable)
    assert (text.rrule, text.cadence_text, text.cadence) == (rule, words, timetable.cadence)


def test_what_is_covered_follows_the_cadence() -> None:
    spans = {cadence: with_timetable(a_control_text(), any_day(cadence)).span for cadence in Cadence}
    assert spans == {
        Cadence.WEEKLY: SpanKind.PREVIOUS_WEEK,
        Cadence.MONTHLY: SpanKind.PREVIOUS_MONTH,
        Cadence.QUARTERLY: SpanKind.PREVIOUS_QUARTER,
        Cadence.SEMI_ANNUAL: SpanKind.PREVIOUS_HALF_YEAR,
        Cadence.ANNUAL: SpanKind.PREVIOUS_YEAR,
    }


def any_day(cadence: Cadence, covers: Covers = Covers.ENDED) -> Timetable:
    return chosen(cadence, "Tuesday" if cadence is Cadence.WEEKLY else "28", 11, covers)


@pytest.mark.parametrize(("cadence", "covers"), [*product(Cadence, Covers)])
def test_every_choice_is_a_rule_that_opens_and_reads_back(cadence: Cadence, covers: Covers) -> None:
    if covers is Covers.THIS_YEAR and cadence is not Cadence.ANNUAL:
        return
    text = with_timetable(a_control_text(), any_day(cadence, covers))
    check_rule(text.rrule)
    again = timetable_of(text)
    assert again
    assert in_words(again) == text.cadence_text


@pytest.mark.parametrize(
    ("timetable", "field"),
    [
        (chosen(Cadence.WEEKLY, "5"), "day"),
        (chosen(Cadence.WEEKLY, "t"), "day"),
        (chosen(Cadence.MONTHLY, "Monday"), "day"),
        (chosen(Cadence.MONTHLY, "29"), "day"),
        (chosen(Cadence.MONTHLY, "0"), "day"),
        (chosen(Cadence.MONTHLY, ""), "day"),
        (chosen(Cadence.MONTHLY, "५"), "day"),
        (chosen(Cadence.QUARTERLY), "month"),
        (chosen(Cadence.ANNUAL, month=13), "month"),
        (chosen(Cadence.QUARTERLY, month=1, covers=Covers.THIS_YEAR), "covers"),
    ],
)
def test_a_choice_that_makes_no_rule_is_refused_in_its_field(timetable: Timetable, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        with_timetable(a_control_text(), timetable)
    assert set(refusal.value.fields) == {field}


def test_a_control_asked_about_per_event_says_so_still() -> None:
    before = a_control_text(
        event_driven=True, cadence_text="Per event (each hire), plus completeness check. Monthly: x"
    )
    after = with_timetable(before, chosen(Cadence.MONTHLY, "9"))
    assert after.cadence_text == (
        "Per event (each hire), plus completeness check. Monthly: opens day 9 for the month just ended"
    )


def test_rules_that_no_choice_makes_are_left_as_they_are() -> None:
    for rule in ("FREQ=MONTHLY;BYDAY=1MO", "FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=5"):
        assert timetable_of(a_control_text(rrule=rule)) is None
    assert timetable_of(replace(a_control_text(), span=SpanKind.PREVIOUS_QUARTER)) is None


def test_every_shipped_control_can_be_chosen_so() -> None:
    for control in shipped().controls:
        assert timetable_of(control.text), control.code
