"""When a control opens, what each occurrence covers, and when it is due, past its limit and missed.

Rules work on dates, so that a clock change never moves a day; times are read off the owner's business calendar:
- opens: 09:00 on the rule's day, whatever day that is; the prompt waits for working time;
- due (the target): 17:00, `due_days` calendar days after opening, rolled forward to a business day;
- limit (what the control's text promises): the end of the day `limit_days` after opening, never rolled;
- missed: when the next occurrence opens, or 30 days after the due time when none follows within five years.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import chain, pairwise
from typing import Literal

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, YEARLY, rrule
from dateutil.rrule import weekday as dateutil_weekday

from tasks.business_days import CLOSING_HOUR, BusinessCalendar
from tasks.controls import ControlText, SpanKind
from tasks.errors import BadRule
from tasks.model import Task
from tasks.rules import Frequency, Rule, Weekday, parse

FIVE_YEARS = timedelta(days=5 * 365 + 2)
GRACE = timedelta(days=30)
"""After the due time of an occurrence that none follows."""
ONE_DAY = timedelta(days=1)
CHECKED_FROM = date(2027, 1, 1)
"""The five years from here hold one leap day, as most do."""
DATEUTIL_FREQUENCY: dict[Frequency, Literal[0, 1, 2, 3]] = {
    Frequency.DAILY: DAILY,
    Frequency.WEEKLY: WEEKLY,
    Frequency.MONTHLY: MONTHLY,
    Frequency.YEARLY: YEARLY,
}
MONTHS_COVERED = {
    SpanKind.PREVIOUS_MONTH: 1,
    SpanKind.PREVIOUS_QUARTER: 3,
    SpanKind.PREVIOUS_HALF_YEAR: 6,
    SpanKind.PREVIOUS_YEAR: 12,
}


# --- the days on which a control opens


def check_rule(rule: str) -> None:
    """Raises BadRule, whose message names the part, for a rule that we can't follow or that never opens."""
    parsed = parse(rule)
    within = CHECKED_FROM + FIVE_YEARS
    once_a_unit = replace(parsed, interval=1)
    if next(_days(once_a_unit, starts_on=CHECKED_FROM, first=CHECKED_FROM), within) >= within:
        message = "BYMONTH, BYMONTHDAY and BYDAY together name no day of the next five years; loosen one of them."
        raise BadRule(message)


def opening_days(rule: str, *, starts_on: date, after: date, until: date) -> Iterator[date]:
    """Later than `after`, up to and including `until`, never before `starts_on`; in order.

    An INTERVAL counts from `starts_on`, wherever `after` lies. BYMONTHDAY=31 leaves out the months without a 31st;
    BYMONTHDAY=-1 is the last day of every month. A rule that names no day takes that of `starts_on`.
    """
    for day in _days(parse(rule), starts_on=starts_on, first=max(starts_on, after + ONE_DAY)):
        if day > until:
            return
        yield day


def _days(rule: Rule, *, starts_on: date, first: date) -> Iterator[date]:
    whole = _with_days_named(rule, starts_on)
    if not whole.has_days:
        return
    found = rrule(
        DATEUTIL_FREQUENCY[whole.frequency],
        dtstart=datetime.combine(_anchor(whole, starts_on, first), time()),
        interval=whole.interval,
        bymonth=whole.months or None,
        bymonthday=whole.month_days or None,
        byweekday=[dateutil_weekday(day.number, day.ordinal) for day in whole.weekdays] or None,
        bysetpos=whole.positions or None,
    )
    yield from (moment.date() for moment in found if moment.date() >= first)


def _with_days_named(rule: Rule, starts_on: date) -> Rule:
    if rule.names_a_day or rule.frequency is Frequency.DAILY:
        return rule
    if rule.frequency is Frequency.WEEKLY:
        return replace(rule, weekdays=(Weekday(number=starts_on.weekday()),))
    if rule.frequency is Frequency.YEARLY and not rule.months:
        rule = replace(rule, months=(starts_on.month,))
    return replace(rule, month_days=(starts_on.day,))


def _anchor(rule: Rule, starts_on: date, first: date) -> date:
    """The start of the period that holds `first`, or of the INTERVAL's last one before it: searching from there gives
    the same days as searching from `starts_on`, however many years later."""
    match rule.frequency:
        case Frequency.DAILY:
            return starts_on + timedelta(days=_whole(rule, (first - starts_on).days))
        case Frequency.WEEKLY:
            monday = starts_on - timedelta(days=starts_on.weekday())
            return monday + timedelta(weeks=_whole(rule, (first - monday).days // 7))
        case Frequency.MONTHLY:
            month = _month_number(starts_on)
            return _month_start(month + _whole(rule, _month_number(first) - month))
        case Frequency.YEARLY:
            return date(starts_on.year + _whole(rule, first.year - starts_on.year), 1, 1)


def _whole(rule: Rule, periods: int) -> int:
    return periods - periods % rule.interval


def _month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _month_start(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


# --- what an occurrence covers


@dataclass(frozen=True, kw_only=True)
class Span:
    start: date
    end: date
    """The last day covered."""
    name: str
    """2026-W47, 2026-10, 2026-Q3, 2026-H1, 2026 or 2026-11-05."""


def span_of(kind: SpanKind, opening: date) -> Span:
    """Previous means the last calendar week (Monday to Sunday), month, quarter, half year (January to June, July to
    December) or year that was over before the opening day."""
    match kind:
        case SpanKind.AS_OF:
            return Span(start=opening, end=opening, name=opening.isoformat())
        case SpanKind.THIS_YEAR:
            return _months_span(opening.replace(month=1, day=1), 12)
        case SpanKind.PREVIOUS_WEEK:
            monday = opening - timedelta(days=opening.weekday() + 7)
            return Span(start=monday, end=monday + timedelta(days=6), name=f"{monday:%G-W%V}")
        case _:
            months = MONTHS_COVERED[kind]
            number = _month_number(opening)
            return _months_span(_month_start(number - number % months - months), months)


def _months_span(start: date, months: int) -> Span:
    end = _month_start(_month_number(start) + months) - ONE_DAY
    return Span(start=start, end=end, name=_months_name(start, months))


def _months_name(start: date, months: int) -> str:
    unit = (start.month - 1) // months + 1
    return {1: f"{start:%Y-%m}", 3: f"{start:%Y}-Q{unit}", 6: f"{start:%Y}-H{unit}", 12: f"{start:%Y}"}[months]


def span_label(start: date, end: date) -> str:
    """For people: 5 November 2026 · week of 9 Nov 2026 · October 2026 · Q3 2026 (1 Jul – 30 Sep 2026) · 2026."""
    if start == end:
        return f"{start.day} {start:%B %Y}"
    if start.weekday() == 0 and end - start == timedelta(days=6):
        return f"week of {_short(start)}"
    for months in MONTHS_COVERED.values():
        span = _months_span(_month_start(_month_number(start) // months * months), months)
        if (span.start, span.end) == (start, end):
            return _months_label(span, months)
    return _from_to(start, end)


def _months_label(span: Span, months: int) -> str:
    if months == 1:
        return f"{span.start:%B %Y}"
    year, _, unit = span.name.partition("-")
    return f"{unit} {year} ({_from_to(span.start, span.end)})" if unit else year


def _from_to(start: date, end: date) -> str:
    return f"{start.day} {start:%b} – {_short(end)}" if start.year == end.year else f"{_short(start)} – {_short(end)}"


def _short(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def fill_statement(statement: str, task: Task, on: date) -> str:
    """`on` is the day of the answer."""
    values = {
        "{period}": span_label(task.span_start, task.span_end),
        "{as_of}": f"{task.span_end.day} {task.span_end:%B %Y}",
        "{date}": f"{on.day} {on:%B %Y}",
    }
    for placeholder, value in values.items():
        statement = statement.replace(placeholder, value)
    return statement


# --- when it opens, is due and is missed


@dataclass(frozen=True, kw_only=True)
class Occurrence:
    """Times are UTC."""

    name: str
    span_start: date
    span_end: date
    opens_at: datetime
    prompt_at: datetime
    """Opening, moved into working time."""
    due_at: datetime
    limit_at: datetime | None
    missed_at: datetime


def occurrences(
    text: ControlText, *, starts_on: date, after: date, until: date, calendar: BusinessCalendar
) -> Iterator[Occurrence]:
    """Those which open later than `after`, up to and including `until`."""
    days = opening_days(text.rrule, starts_on=starts_on, after=after, until=until + FIVE_YEARS)
    for opening, following in pairwise(chain(days, [None])):
        if opening is None or opening > until:
            return
        soon = following if following and following - opening <= FIVE_YEARS else None
        yield _occurrence(text, opening, soon, calendar)


def _occurrence(text: ControlText, opening: date, following: date | None, calendar: BusinessCalendar) -> Occurrence:
    span = span_of(text.span, opening)
    opens_at = calendar.at(opening)
    due_at = calendar.at(calendar.roll_forward(opening + timedelta(days=text.due_days)), CLOSING_HOUR)
    return Occurrence(
        name=span.name if _names_by_span(text) else opening.isoformat(),
        span_start=span.start,
        span_end=span.end,
        opens_at=opens_at,
        prompt_at=calendar.into_hours(opens_at),
        due_at=due_at,
        limit_at=_limit(text, opening, due_at, calendar),
        missed_at=max(due_at, calendar.at(following)) if following else due_at + GRACE,
    )


def _limit(text: ControlText, opening: date, due_at: datetime, calendar: BusinessCalendar) -> datetime | None:
    """Never before the due time: a target rolled forward over a holiday would else be a broken promise at once."""
    if text.limit_days is None:
        return None
    return max(due_at, calendar.at(opening + timedelta(days=text.limit_days + 1), hour=0))


def _names_by_span(text: ControlText) -> bool:
    """Two occurrences must never share a name: where the rule may open twice for one span, the day names them."""
    rule = parse(text.rrule)
    match text.span:
        case SpanKind.AS_OF:
            return True
        case SpanKind.PREVIOUS_WEEK:
            return rule.opens_once_a_week
        case SpanKind.THIS_YEAR:
            return rule.opens_once_in(12)
        case _:
            return rule.opens_once_in(MONTHS_COVERED[text.span])
