"""The recurrence rules that we accept: the part of RFC 5545 whose next opening day can always be told, and quickly.

A rule says on which days a control opens, as in FREQ=MONTHLY;BYMONTHDAY=5. What is refused here would never open, would
open on other days after a restart, or would keep the search for the next day busy for seconds.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NoReturn, TypeVar

from tasks.errors import BadRule

T = TypeVar("T")


class Frequency(StrEnum):
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


LONGEST_RULE = 200
"""Characters."""
LARGEST_INTERVAL = {Frequency.DAILY: 1826, Frequency.WEEKLY: 260, Frequency.MONTHLY: 60, Frequency.YEARLY: 5}
"""Five years of each."""
KNOWN_PARTS = ("FREQ", "INTERVAL", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS")
ENDINGS = ("COUNT", "UNTIL")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
NUMBER = re.compile(r"[+-]?[0-9]{1,4}")
WEEKDAY = re.compile(r"([+-]?[0-9]{1,2})?([A-Z]{2})")


@dataclass(frozen=True, kw_only=True)
class Weekday:
    number: int
    """Monday is 0."""
    ordinal: int | None = None
    """The first (1) or last (-1) of the month or year; None: every one."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    frequency: Frequency
    interval: int = 1
    months: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    """-1 is the last day. A month without such a day is left out, as RFC 5545 says: 31 opens seven times a year."""
    weekdays: tuple[Weekday, ...] = ()
    positions: tuple[int, ...] = ()
    """Of the days found in one month or year, only these: -1 is the last."""

    @property
    def names_a_day(self) -> bool:
        return bool(self.month_days or self.weekdays)

    @property
    def has_days(self) -> bool:
        """False for 30 February."""
        months = self.months or range(1, 13)
        return not self.month_days or any(
            abs(day) <= LONGEST_MONTH[month - 1] for month in months for day in self.month_days
        )

    @property
    def opens_once_a_week(self) -> bool:
        """At most, whatever the week."""
        weekly = self.frequency is Frequency.WEEKLY and len(self.weekdays) <= 1
        return weekly or (self.frequency is Frequency.DAILY and self.interval >= 7) or self.opens_once_in(1)

    def opens_once_in(self, months: int) -> bool:
        """At most, in every month (1), calendar quarter (3), half (6) or year (12)."""
        if self.frequency not in (Frequency.MONTHLY, Frequency.YEARLY) or not self._one_day:
            return False
        if self.frequency is Frequency.MONTHLY and not self.months:
            return self.interval >= months
        if self._one_day_a_year:
            return True
        units = {(month - 1) // months for month in self.months}
        return len(units) == len(set(self.months)) and bool(self.months)

    @property
    def _one_day(self) -> bool:
        """In each of its months (or years) at most one day."""
        if self.positions:
            return len(self.positions) == 1
        if self.weekdays:
            return len(self.weekdays) == 1 and self.weekdays[0].ordinal is not None
        return len(self.month_days) <= 1

    @property
    def _one_day_a_year(self) -> bool:
        """By its position in the year, or because neither month nor day is named: then the starting day counts."""
        unlimited = not self.months and not self.month_days
        return self.frequency is Frequency.YEARLY and (bool(self.positions) or unlimited)


@lru_cache(maxsize=1024)
def parse(text: str) -> Rule:
    """Raises BadRule, whose message names the part."""
    parts = _split(text)
    frequency = _frequency(parts.get("FREQ", ""))
    rule = Rule(
        frequency=frequency,
        interval=_interval(parts.get("INTERVAL", "1"), frequency),
        months=_numbers("BYMONTH", parts, lowest=1, highest=12),
        month_days=_numbers("BYMONTHDAY", parts, lowest=-31, highest=31),
        weekdays=_weekdays(parts),
        positions=_numbers("BYSETPOS", parts, lowest=-366, highest=366),
    )
    _check_interval(rule)
    _check_days(rule)
    _check_positions(rule)
    return rule


def _refuse(message: str) -> NoReturn:
    raise BadRule(message)


def _split(text: str) -> dict[str, str]:
    if len(text) > LONGEST_RULE:
        _refuse(f"The rule has {len(text)} characters; use at most {LONGEST_RULE}.")
    parts: dict[str, str] = {}
    for part in text.split(";"):
        name, _, value = part.partition("=")
        if name in ENDINGS:
            _refuse(f"{name} can't be used: a schedule runs until its control is retired. Leave it out.")
        if name not in KNOWN_PARTS:
            _refuse(f"“{name}” is not a part we know; use {', '.join(KNOWN_PARTS)}.")
        if name in parts:
            _refuse(f"{name} is there twice; keep one.")
        parts[name] = value
    return parts


def _frequency(value: str) -> Frequency:
    if value not in set(Frequency):
        _refuse(f"FREQ is “{value}”; use {', '.join(Frequency)}.")
    return Frequency(value)


def _interval(value: str, frequency: Frequency) -> int:
    return _number("INTERVAL", value, lowest=1, highest=LARGEST_INTERVAL[frequency])


def _number(part: str, value: str, *, lowest: int, highest: int) -> int:
    number = int(value) if NUMBER.fullmatch(value) else 0
    if not lowest <= number <= highest or number == 0:
        _refuse(f"{part} has “{value}”; use whole numbers from {lowest} to {highest}{', without 0' * (lowest < 0)}.")
    return number


def _numbers(part: str, parts: dict[str, str], *, lowest: int, highest: int) -> tuple[int, ...]:
    if part not in parts:
        return ()
    return _once_each(_number(part, value, lowest=lowest, highest=highest) for value in parts[part].split(","))


def _once_each(values: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(values))


def _weekdays(parts: dict[str, str]) -> tuple[Weekday, ...]:
    return _once_each(_weekday(value) for value in parts["BYDAY"].split(",")) if "BYDAY" in parts else ()


def _weekday(value: str) -> Weekday:
    found = WEEKDAY.fullmatch(value)
    if not found or found[2] not in WEEKDAYS:
        _refuse(f"BYDAY has “{value}”; use {', '.join(WEEKDAYS)}, or 1MO for the first and -1MO for the last Monday.")
    ordinal = _number("BYDAY", found[1], lowest=-53, highest=53) if found[1] else None
    return Weekday(number=WEEKDAYS.index(found[2]), ordinal=ordinal)


def _check_interval(rule: Rule) -> None:
    """Every 12th month from January is never in February: such pairs depend on the starting day and may never open."""
    if rule.interval == 1 or rule.frequency is Frequency.YEARLY:
        return
    if rule.months:
        _refuse("INTERVAL and BYMONTH don't go together; name the months and leave INTERVAL out.")
    if rule.frequency is Frequency.DAILY and rule.names_a_day:
        _refuse("INTERVAL goes with FREQ=DAILY only when no day is named; use FREQ=WEEKLY or MONTHLY instead.")


def _check_days(rule: Rule) -> None:
    if rule.frequency is Frequency.WEEKLY and rule.month_days:
        _refuse("BYMONTHDAY doesn't go with FREQ=WEEKLY; use FREQ=MONTHLY.")
    ordinals = [day.ordinal for day in rule.weekdays if day.ordinal]
    if ordinals and rule.month_days:
        _refuse("BYDAY with a number doesn't go with BYMONTHDAY; keep one of them.")
    if ordinals and rule.frequency in (Frequency.DAILY, Frequency.WEEKLY):
        _refuse(f"BYDAY with a number doesn't go with FREQ={rule.frequency}; use FREQ=MONTHLY.")
    in_a_month = rule.frequency is Frequency.MONTHLY or rule.months
    if in_a_month and any(abs(ordinal) > 5 for ordinal in ordinals):
        _refuse("BYDAY counts within a month here; use numbers from -5 to 5.")


def _check_positions(rule: Rule) -> None:
    if not rule.positions:
        return
    if rule.frequency not in (Frequency.MONTHLY, Frequency.YEARLY):
        _refuse(f"BYSETPOS doesn't go with FREQ={rule.frequency}; use FREQ=MONTHLY.")
    if not rule.weekdays or rule.month_days or any(day.ordinal for day in rule.weekdays):
        _refuse("BYSETPOS chooses among plain weekdays, as in BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1; name those only.")
    in_every_month = 4 * len(rule.weekdays)
    if any(abs(position) > in_every_month for position in rule.positions):
        _refuse(f"BYSETPOS goes from -{in_every_month} to {in_every_month} here: not every month has more such days.")
