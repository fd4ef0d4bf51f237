"""How dates, times and lists read in a message."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tasks.model import Answer

ANSWERS = {
    Answer.DONE: "Done",
    Answer.DONE_FOUND_PROBLEMS: "Done, found problems",
    Answer.NOT_FULLY_DONE: "Not fully done",
    Answer.NOT_DONE: "Not done",
    Answer.NOTHING_TO_REPORT: "Nothing to report",
}
PLATFORMS = {"slack": "Slack", "teams": "Teams", "web": "browser", "api": "API"}
A_YEAR_IS_PLAIN = timedelta(days=180)
SMALL_NUMBERS = "one two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905


def day(value: date) -> str:
    return f"{value.day} {value:%b %Y}"


def moment(value: datetime, time_zone: str) -> str:
    local = value.astimezone(ZoneInfo(time_zone))
    return f"{day(local.date())} at {local:%H:%M}"


def due_moment(value: datetime, time_zone: str, now: datetime) -> str:
    """Mon 16 Nov at 17:00; with its year where that could be doubted."""
    local = value.astimezone(ZoneInfo(time_zone))
    year = "" if abs(value - now) < A_YEAR_IS_PLAIN else f" {local.year}"
    return f"{local:%a} {local.day} {local:%b}{year} at {local:%H:%M}"


def platform_name(platform: str) -> str:
    return PLATFORMS.get(platform, platform)


def listed(items: Sequence[str], last: str = "and") -> str:
    """a · a and b · a, b and c"""
    return f"{', '.join(items[:-1])} {last} {items[-1]}" if len(items) > 1 else "".join(items)


def counted(number: int, singular: str, plural: str = "") -> str:
    """1 file · 2 files"""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def sentence(words: str) -> str:
    """With a capital at its beginning."""
    return words[:1].upper() + words[1:]


def in_words(number: int) -> str:
    """two, ten, but 13"""
    return SMALL_NUMBERS[number - 1] if 0 < number <= len(SMALL_NUMBERS) else str(number)


def business_days(number: int) -> str:
    """one business day · two business days"""
    return f"{in_words(number)} business day{'' if number == 1 else 's'}"


def shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
