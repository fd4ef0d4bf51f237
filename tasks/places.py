"""Time zones, countries and days as people type them."""

import re
from datetime import date, timedelta
from difflib import get_close_matches
from functools import cache
from typing import NoReturn
from zoneinfo import available_timezones

from holidays.registry import COUNTRIES

from tasks.errors import Invalid
from tasks.wording import day, shortened

MOST_DAYS = 120
RANGE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\s*(?:to|until|–|\.\.|/)\s*(\d{4}-\d{2}-\d{2}))?", re.IGNORECASE)
WORD_START = re.compile(r"(?<=[a-z])(?=[A-Z])")
OLD_NAMES = ("Etc/", "posix/", "right/", "SystemV/", "US/", "Canada/", "Brazil/", "Mexico/", "Chile/")
ALSO_CALLED = {
    "uk": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "greatbritain": "GB",
    "america": "US",
    "holland": "NL",
    "czechrepublic": "CZ",
}


def time_zone_named(text: str) -> str:
    """As in Europe/Berlin, or its city alone, whatever the case of the letters. Raises Invalid with the nearest."""
    wanted = "_".join(text.split()).lower()
    if wanted in _keys():
        return _keys()[wanted]
    near = get_close_matches(wanted, _keys(), n=1, cutoff=0.6)
    guess = f" Did you mean {_keys()[near[0]]}?" if near else ""
    sentence = f"I don't know the time zone “{shortened(text.strip(), 40)}”.{guess} Write it as in Europe/Berlin."
    raise Invalid(sentence, fields={"time_zone": sentence})


@cache
def _keys() -> dict[str, str]:
    """Every zone by its whole name and by its city; of two of the same city the first."""
    zones = [zone for zone in sorted(available_timezones()) if not zone.startswith(OLD_NAMES)]
    cities = {zone.rpartition("/")[2].lower(): zone for zone in reversed(zones) if "/" in zone}
    return cities | {zone.lower(): zone for zone in zones}


def country_named(text: str) -> str:
    """The two-letter code, from that code, the three-letter one or the name. Raises Invalid with the nearest."""
    wanted = "".join(text.split()).lower()
    known = _countries()
    if wanted in known:
        return known[wanted]
    near = get_close_matches(wanted, [key for key in known if len(key) > 3], n=1, cutoff=0.6)
    guess = f" Did you mean {country_name(known[near[0]])}?" if near else ""
    sentence = f"I know no holidays of “{shortened(text.strip(), 40)}”.{guess} Write a country's code, as in DE."
    raise Invalid(sentence, fields={"country": sentence})


def country_name(code: str) -> str:
    """The code itself where the name isn't known."""
    return _names().get(code.upper(), code)


@cache
def _countries() -> dict[str, str]:
    keys = dict(ALSO_CALLED)
    for name, alpha2, alpha3, *_ in COUNTRIES.values():
        keys |= {name.lower(): alpha2, alpha3.lower(): alpha2, alpha2.lower(): alpha2}
    return keys


@cache
def _names() -> dict[str, str]:
    return {alpha2: WORD_START.sub(" ", name) for name, alpha2, *_ in COUNTRIES.values()}


def days_named(text: str) -> tuple[date, ...]:
    """Days and spans of days, as in 2026-12-24 to 2026-12-31, 2027-05-07. Raises Invalid."""
    found: set[date] = set()
    for part in re.split(r"[,;\n]", text):
        if part.strip():
            found |= _days_of(part.strip())
    if len(found) > MOST_DAYS:
        _refuse(f"That is {len(found)} days; name at most {MOST_DAYS}.")
    return tuple(sorted(found))


def _days_of(part: str) -> set[date]:
    match = RANGE.fullmatch(part)
    if not match:
        _refuse(f"“{shortened(part, 40)}” is not a day. Write days as in 2026-12-24 to 2026-12-31, 2027-05-07.")
    first, last = _day(match[1]), _day(match[2] or match[1])
    if not first <= last <= first + timedelta(days=MOST_DAYS):
        _refuse(f"“{shortened(part, 40)}” is no span of at most {MOST_DAYS} days, first day first.")
    return {first + timedelta(days=number) for number in range((last - first).days + 1)}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        _refuse(f"{text} is not in the calendar.")


def _refuse(sentence: str) -> NoReturn:
    raise Invalid(sentence, fields={"shutdown": sentence})


def days_listed(days: tuple[date, ...]) -> str:
    """As it may be typed again: spans where days follow one another."""
    return ", ".join(f"{first}" if first == last else f"{first} to {last}" for first, last in _spans(days))


def days_told(days: tuple[date, ...]) -> str:
    return ", ".join(day(first) if first == last else f"{day(first)} – {day(last)}" for first, last in _spans(days))


def _spans(days: tuple[date, ...]) -> list[tuple[date, date]]:
    spans: list[tuple[date, date]] = []
    for one in days:
        if spans and one - spans[-1][1] == timedelta(days=1):
            spans[-1] = (spans[-1][0], one)
        else:
            spans.append((one, one))
    return spans
