"""Which day a control begins on, so that no month is overloaded: *level* and *starter rhythm*. Pure.

*Level* moves what opens every quarter, every six months or every year one or two months later, by its rule's BYMONTH.
What an occurrence covers stays the same: the quarter just ended is the quarter just ended on 5 January, 5 February and
5 March. So each quarter is covered once, whatever the month. Only rules whose months lie evenly apart are moved, only
to months that have their day, never over the end of the year that an occurrence covers, and a promised limit stays on
its day. docs/decisions/0010-levelling.md says why it is done so.

*Starter rhythm* begins with twelve controls and adds eight each month after that.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise, zip_longest
from typing import Protocol

from dateutil.relativedelta import relativedelta

from tasks.controls import Cadence, ControlText, SpanKind
from tasks.recurrence import span_of
from tasks.rules import Frequency, Rule, parse

FURTHEST = 2
"""Months. Evidence about a quarter is asked for before the next one is over."""
MOVED = (Cadence.QUARTERLY, Cadence.SEMI_ANNUAL, Cadence.ANNUAL)
"""In this order: what opens most often has the least choice."""
DECEMBER = 12
IN_EVERY_MONTH = 28
A_COMMON_YEAR = 2027
BY_MONTH = re.compile(r"BYMONTH=[0-9,]+")
NAMES = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
SHORT = 3
SHORT_NAMES = tuple(name[:SHORT] for name in NAMES)
MONTH = re.compile(rf"\b(?:{'|'.join((*NAMES, *SHORT_NAMES))})\b")

FIRST_TWELVE = (
    "IAM-01",
    "IAM-03",
    "IAM-04",
    "HRS-05",
    "HRS-01",
    "CHG-01",
    "VUL-01",
    "MON-03",
    "BCP-02",
    "RSK-01",
    "VEN-01",
    "GOV-01",
)
"""What auditors ask for first, over all areas: who has access and loses it, changes, scans, incidents, backups, the
risk assessment, vendors, policies."""
MORE_EACH_MONTH = 8


class Repeated(Protocol):
    """A control, of the catalogue or of a workspace."""

    @property
    def code(self) -> str: ...
    @property
    def department(self) -> str: ...
    @property
    def text(self) -> ControlText: ...


# --- level


def level(controls: Iterable[Repeated]) -> dict[str, ControlText]:
    """By code, the text of every control that moves. The same set is always moved the same way."""
    loads = Loads()
    moved: dict[str, ControlText] = {}
    for control in sorted(controls, key=_by_choice):
        if control.text.cadence not in MOVED:
            continue
        choices = _choices(control.text)
        text = min(choices, key=lambda one: loads.crowding(one, control, moved=one is not choices[0]))
        loads.add(text, control.department)
        if text is not choices[0]:
            moved[control.code] = text
    return moved


def _by_choice(control: Repeated) -> tuple[int, str, str]:
    cadence = control.text.cadence
    return MOVED.index(cadence) if cadence in MOVED else len(MOVED), control.department, control.code


class Loads:
    """How many controls open in each month, in all and by department."""

    def __init__(self) -> None:
        self.all: Counter[int] = Counter()
        self.of_department: Counter[tuple[str, int]] = Counter()

    def add(self, text: ControlText, department: str) -> None:
        self.all.update(_months(text))
        self.of_department.update((department, month) for month in _months(text))

    def crowding(self, text: ControlText, control: Repeated, *, moved: bool) -> tuple[int, int]:
        """Of equal choices `min` takes the first, which is moved least. What opens once or twice a year has its month
        for a reason (policies are reviewed before they are acknowledged): it moves only where that helps much."""
        months = _months(text)
        reluctance = moved and control.text.cadence is not Cadence.QUARTERLY
        crowd = sum(self.all[month] for month in months) + reluctance
        return crowd, sum(self.of_department[control.department, month] for month in months)


def _choices(text: ControlText) -> list[ControlText]:
    """As it stands, and a month or two later where that changes nothing but the month."""
    later = (later_by(text, months) for months in range(1, FURTHEST + 1))
    return [text, *(one for one in later if one)]


def _months(text: ControlText) -> tuple[int, ...]:
    """A rule that names none weighs on no month in particular."""
    return parse(text.rrule).months


def later_by(text: ControlText, months: int) -> ControlText | None:
    """None where it would cover something else then, or could not be done in time."""
    rule = parse(text.rrule)
    after = tuple(month + months for month in rule.months)
    if not _is_movable(rule) or max(after) > DECEMBER or not _covers_the_same(text, rule, months):
        return None
    limit = _limit_on_its_day(text, rule, months)
    if limit is not None and limit < text.due_days:
        return None
    return replace(
        text,
        rrule=BY_MONTH.sub(f"BYMONTH={','.join(map(str, after))}", text.rrule),
        cadence_text=_with_months(text.cadence_text, dict(zip(rule.months, after, strict=True))),
        limit_days=limit,
    )


def _is_movable(rule: Rule) -> bool:
    """Its months lie evenly apart, and every month has its day."""
    if rule.frequency is not Frequency.YEARLY or rule.interval > 1 or not rule.months or not rule.month_days:
        return False
    apart = {(later - earlier) % 12 for earlier, later in pairwise((*rule.months, rule.months[0]))}
    return len(apart) == 1 and all(abs(day) <= IN_EVERY_MONTH for day in rule.month_days)


def _covers_the_same(text: ControlText, rule: Rule, months: int) -> bool:
    if text.span is SpanKind.AS_OF:
        return True
    pairs = [(_opening(rule, month), _opening(rule, month + months)) for month in rule.months]
    due = timedelta(days=text.due_days)
    in_its_year = all((before + due).year == (after + due).year for before, after in pairs)
    same = all(span_of(text.span, before) == span_of(text.span, after) for before, after in pairs)
    return same and (in_its_year or text.span is not SpanKind.THIS_YEAR)


def _limit_on_its_day(text: ControlText, rule: Rule, months: int) -> int | None:
    """The promise of a control that covers this year ends with the year. Others are counted from opening to opening."""
    if text.limit_days is None or text.span is not SpanKind.THIS_YEAR:
        return text.limit_days
    month = rule.months[0]
    return text.limit_days - (_opening(rule, month + months) - _opening(rule, month)).days


def _opening(rule: Rule, month: int) -> date:
    """The earliest day of that month, near enough to tell what it covers."""
    return date(A_COMMON_YEAR, month, max(1, min(rule.month_days)))


def _with_months(words: str, moved: Mapping[int, int]) -> str:
    """“Jan, Apr, Jul and Oct” become “Feb, May, Aug and Nov”, and “5 March” “5 April”."""
    short = any(len(name) == SHORT and name != "May" for name in MONTH.findall(words))

    def later(found: re.Match[str]) -> str:
        number = SHORT_NAMES.index(found[0][:SHORT]) + 1
        name = NAMES[moved.get(number, number) - 1]
        return name[:SHORT] if short else name

    return MONTH.sub(later, words)


# --- starter rhythm


def starts(controls: Iterable[Repeated], starts_on: date, *, starter: bool) -> dict[str, date]:
    """By code: all on the same day or, with *starter*, twelve of them then and eight more each month."""
    if not starter:
        return {control.code: starts_on for control in controls}
    ordered = _starter_order(controls)
    return {control.code: starts_on + relativedelta(months=_month_of(number)) for number, control in enumerate(ordered)}


def _month_of(number: int) -> int:
    return max(0, -(-(number + 1 - len(FIRST_TWELVE)) // MORE_EACH_MONTH))


def _starter_order(controls: Iterable[Repeated]) -> list[Repeated]:
    """The first twelve; then by turns from every department, so that nobody gets eight at once."""
    waiting: dict[str, list[Repeated]] = {}
    for control in sorted(controls, key=_rank):
        waiting.setdefault("" if control.code in FIRST_TWELVE else control.department, []).append(control)
    first = waiting.pop("", [])
    turns = zip_longest(*(waiting[department] for department in sorted(waiting)))
    return [*first, *(control for turn in turns for control in turn if control)]


def _rank(control: Repeated) -> tuple[int, int, str]:
    """What happens often teaches the rhythm, so it comes before what happens once a year."""
    wanted = FIRST_TWELVE.index(control.code) if control.code in FIRST_TWELVE else len(FIRST_TWELVE)
    return wanted, list(Cadence).index(control.text.cadence), control.code
