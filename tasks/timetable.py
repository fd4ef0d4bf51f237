"""When a control opens and what it covers, as a person chooses it: the recurrence rule is made from the choice."""

from dataclasses import dataclass, replace
from enum import StrEnum

from tasks.controls import Cadence, ControlText, SpanKind
from tasks.errors import Invalid
from tasks.rules import WEEKDAYS, Frequency, Rule, parse
from tasks.wording import listed

WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
LAST = "last"
LATEST_DAY = 28
"""Every month has it."""
MONTHS_BETWEEN = {Cadence.QUARTERLY: 3, Cadence.SEMI_ANNUAL: 6, Cadence.ANNUAL: 12}
ENDED_SPAN = {
    Cadence.WEEKLY: SpanKind.PREVIOUS_WEEK,
    Cadence.MONTHLY: SpanKind.PREVIOUS_MONTH,
    Cadence.QUARTERLY: SpanKind.PREVIOUS_QUARTER,
    Cadence.SEMI_ANNUAL: SpanKind.PREVIOUS_HALF_YEAR,
    Cadence.ANNUAL: SpanKind.PREVIOUS_YEAR,
}
UNITS = {
    Cadence.WEEKLY: "week",
    Cadence.MONTHLY: "month",
    Cadence.QUARTERLY: "quarter",
    Cadence.SEMI_ANNUAL: "half-year",
    Cadence.ANNUAL: "year",
}


class Covers(StrEnum):
    ENDED = "ended"
    """The week, month, quarter, half-year or year that is just over."""
    DAY = "day"
    """Things as they are on the day it opens."""
    THIS_YEAR = "this-year"
    """The calendar year it opens in; for yearly controls only."""


@dataclass(frozen=True, kw_only=True)
class Timetable:
    cadence: Cadence
    day: str
    """A weekday for a weekly control; else 1 to 28, or last."""
    month: int = 0
    """For what opens less than monthly: any month it opens in, 1 to 12."""
    covers: Covers


def with_timetable(text: ControlText, timetable: Timetable) -> ControlText:
    """Raises Invalid with the `fields` day, month and covers."""
    problems = {
        "day": _problem_of_day(timetable),
        "month": _problem_of_month(timetable),
        "covers": _problem_of_covers(timetable),
    }
    if any(problems.values()):
        raise Invalid("Nothing was saved yet.", fields={name: said for name, said in problems.items() if said})
    return replace(
        text,
        rrule=_rule(timetable),
        cadence=timetable.cadence,
        cadence_text=_per_event(text) + in_words(timetable),
        span=_span(timetable),
    )


def timetable_of(text: ControlText) -> Timetable | None:
    """None for a rule that such a choice could not have made."""
    rule = parse(text.rrule)
    covers = {SpanKind.AS_OF: Covers.DAY, SpanKind.THIS_YEAR: Covers.THIS_YEAR}.get(text.span, Covers.ENDED)
    found = Timetable(cadence=text.cadence, day=_day_of(rule), month=min(rule.months, default=0), covers=covers)
    if _problem_of_day(found) or _problem_of_month(found) or _problem_of_covers(found):
        return None
    return found if parse(_rule(found)) == rule and _span(found) is text.span else None


def in_words(timetable: Timetable) -> str:
    unit = UNITS[timetable.cadence]
    covered = {
        Covers.ENDED: f" for the {unit} just ended",
        Covers.DAY: "",
        Covers.THIS_YEAR: " for the calendar year",
    }
    return _opening_in_words(timetable) + covered[timetable.covers]


def _opening_in_words(timetable: Timetable) -> str:
    day = "the last day" if _wanted_day(timetable) == LAST else f"day {_wanted_day(timetable)}"
    months = [MONTH_NAMES[month - 1] for month in _months(timetable)]
    match timetable.cadence:
        case Cadence.WEEKLY:
            return f"Weekly: opens each {WEEKDAY_NAMES[_weekday(timetable)]}"
        case Cadence.MONTHLY:
            return f"Monthly: opens {day}"
        case Cadence.QUARTERLY:
            return f"Quarterly: opens {day} of {listed([month[:3] for month in months])}"
        case Cadence.SEMI_ANNUAL:
            return f"Every six months: opens {day} of {listed(months)}"
        case Cadence.ANNUAL:
            return f"Annually: opens {day} of {listed(months)}"


def _per_event(text: ControlText) -> str:
    """What an event-driven control's text says before its rhythm, as in “Per event (each hire), plus a check. ”"""
    before, dot, _ = text.cadence_text.rpartition(". ")
    return before + dot if text.event_driven else ""


def _rule(timetable: Timetable) -> str:
    if timetable.cadence is Cadence.WEEKLY:
        return f"FREQ=WEEKLY;BYDAY={WEEKDAYS[_weekday(timetable)]}"
    day = "-1" if _wanted_day(timetable) == LAST else _wanted_day(timetable)
    if timetable.cadence is Cadence.MONTHLY:
        return f"FREQ=MONTHLY;BYMONTHDAY={day}"
    return f"FREQ=YEARLY;BYMONTH={','.join(map(str, _months(timetable)))};BYMONTHDAY={day}"


def _span(timetable: Timetable) -> SpanKind:
    match timetable.covers:
        case Covers.DAY:
            return SpanKind.AS_OF
        case Covers.THIS_YEAR:
            return SpanKind.THIS_YEAR
        case Covers.ENDED:
            return ENDED_SPAN[timetable.cadence]


def _months(timetable: Timetable) -> list[int]:
    between = MONTHS_BETWEEN.get(timetable.cadence)
    return list(range((timetable.month - 1) % between + 1, 13, between)) if between else []


def _wanted_day(timetable: Timetable) -> str:
    return timetable.day.strip().lower().removeprefix("day").strip().lstrip("0")


def _weekday(timetable: Timetable) -> int:
    """-1: none."""
    wanted = timetable.day.strip().lower().removesuffix("s")
    found = [n for n, name in enumerate(WEEKDAY_NAMES) if len(wanted) > 1 and name.lower().startswith(wanted)]
    return found[0] if found else -1


def _day_of(rule: Rule) -> str:
    if rule.frequency is Frequency.WEEKLY and len(rule.weekdays) == 1:
        return WEEKDAY_NAMES[rule.weekdays[0].number]
    if len(rule.month_days) == 1:
        return LAST if rule.month_days == (-1,) else str(rule.month_days[0])
    return ""


def _problem_of_day(timetable: Timetable) -> str:
    if timetable.cadence is Cadence.WEEKLY:
        return "" if _weekday(timetable) >= 0 else "Name a weekday, such as Monday."
    day = _wanted_day(timetable)
    if day == LAST or (day.isascii() and day.isdigit() and len(day) < 3 and 1 <= int(day) <= LATEST_DAY):
        return ""
    return f"Use a day of the month from 1 to {LATEST_DAY}, or “{LAST}”."


def _problem_of_month(timetable: Timetable) -> str:
    needed = timetable.cadence in MONTHS_BETWEEN
    return "Choose a month that it opens in." if needed and not 1 <= timetable.month <= 12 else ""


def _problem_of_covers(timetable: Timetable) -> str:
    if timetable.covers is Covers.THIS_YEAR and timetable.cadence is not Cadence.ANNUAL:
        return "Only a yearly control covers the calendar year; choose another."
    return ""
