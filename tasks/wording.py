"""How dates, times and lists read in a message."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from tasks.model import Answer

ANSWERS = {
    Answer.DONE: "Done",
    Answer.DONE_FOUND_PROBLEMS: "Done, found problems",
    Answer.NOT_FULLY_DONE: "Not fully done",
    Answer.NOT_DONE: "Not done",
    Answer.NOTHING_TO_REPORT: "Nothing to report",
}


def day(value: date) -> str:
    return f"{value.day} {value:%b %Y}"


def moment(value: datetime, time_zone: str) -> str:
    local = value.astimezone(ZoneInfo(time_zone))
    return f"{day(local.date())} at {local:%H:%M}"


def listed(items: Sequence[str], last: str = "and") -> str:
    """a · a and b · a, b and c"""
    return f"{', '.join(items[:-1])} {last} {items[-1]}" if len(items) > 1 else "".join(items)


def counted(number: int, singular: str, plural: str = "") -> str:
    """1 file · 2 files"""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
