"""What one cell of an access export says: a day, a truth value, a type. What it can't say raises ValueError.

Days are kept in UTC where a cell tells its zone. Whether 03/04/2026 is in March or in April only its column can tell.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from tasks.access.model import AccountKind
from tasks.wording import day

LONGEST_QUOTE = 40
EARLIEST, LATEST = date(1990, 1, 1), date(2100, 1, 1)
"""A day outside is no day of an account: the number that it was read from means something else."""
NEVER = {"never", "never logged in", "never signed in", "never used", "no information", "0", "no login", "not yet"}
NOT_TOLD = {"", "n a", "na", "not available", "not applicable", "unknown", "none", "null", "nil", "not supported"}
TRUE = {"yes", "y", "true", "t", "1", "x", "on", "enabled", "active", "privileged", "admin"}
FALSE = {"no", "n", "false", "f", "0", "off", "disabled", "inactive", "standard", "user", "normal", "not privileged"}
TICKS = {"✓", "✔", "☑", "✅"}
WORKING = TRUE | {"provisioned", "recovery", "password expired", "locked out", "locked", "staged", "pending", "invited"}
STOPPED = FALSE | {
    *("suspended", "deactivated", "deprovisioned", "archived", "deleted", "blocked", "frozen", "terminated", "closed"),
    *("locked by admin", "not active", "revoked", "expired"),
}
KINDS: dict[AccountKind, tuple[str, ...]] = {
    AccountKind.HUMAN: (
        *("human", "user", "person", "personal", "employee", "member", "guest", "contractor", "internal", "external"),
        *("individual", "regular", "standard", "named", "named user", "consultant", "intern", "staff"),
    ),
    AccountKind.SERVICE: (
        *("service", "service account", "service principal", "serviceprincipal", "application", "app", "bot", "robot"),
        *(
            "machine",
            "system",
            "api",
            "integration",
            "non human",
            "nonhuman",
            "managed identity",
            "workload",
            "technical",
        ),
    ),
    AccountKind.SHARED: (
        *("shared", "shared account", "shared mailbox", "generic", "group", "team", "functional", "break glass"),
        "emergency",
    ),
}
KIND_WORDS = {word: kind for kind, words in KINDS.items() for word in words}
MONTHS = {name: at for at, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)}  # noqa: SIM905
MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
WORDED = (
    re.compile(rf"(?:[a-z]{{3,9}},? +)?(?P<day>\d{{1,2}})[ -](?P<month>{MONTH})[ ,-]+(?P<year>\d{{4}})", re.IGNORECASE),
    re.compile(rf"(?:[a-z]{{3,9}},? +)?(?P<month>{MONTH}) +(?P<day>\d{{1,2}}),? +(?P<year>\d{{4}})", re.IGNORECASE),
)
NUMBERED = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})")
YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
CLOCK = re.compile(
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?\s*(?P<half>[ap]\.?m\.?)?"
    r"\s*(?P<zone>z|utc|gmt|[+-]\d{2}:?\d{2}|[+-]\d{2})?(?:\s*\(?(?:utc|gmt)\)?)?",
    re.IGNORECASE,
)
NUMBER = re.compile(r"\d+(?:\.\d+)?")
EXCEL_ZERO = datetime(1899, 12, 30, tzinfo=UTC)
WINDOWS_ZERO = datetime(1601, 1, 1, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class AmbiguousDay(ValueError):
    pass


class Order(StrEnum):
    """Of the day and the month, in a column."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"


@dataclass(frozen=True, kw_only=True)
class When:
    day: date | None = None
    told: bool = False
    """With no day: never."""


def when(text: str, order: Order | None = None) -> When:
    """Raises ValueError with a sentence."""
    word = plain(text)
    if word in NOT_TOLD:
        return When()
    if word in NEVER:
        return When(told=True)
    found = _day(text.strip(), order)
    if found is None or not EARLIEST <= found < LATEST:
        raise ValueError(f"“{quoted(text)}” is no date that I can read. Write it as 2026-11-05.")
    return When(day=found, told=True)


def order_in(cells: Iterable[str]) -> Order | None:
    """What the plain ones among a column's dates show; None where none does, or where they contradict one another."""
    shown = {shows for cell in set(cells) if (shows := _shows(cell)) is not None}
    return shown.pop() if len(shown) == 1 else None


def truth(text: str) -> bool | None:
    """None: not told. Raises ValueError with a sentence."""
    return _one_of(text, TRUE, FALSE, "Write yes or no.")


def working(text: str) -> bool | None:
    """What a status says. None: not told. Raises ValueError with a sentence."""
    return _one_of(text, WORKING, STOPPED, "Write active or suspended.")


def kind(text: str) -> AccountKind:
    """Not told: a human. Raises ValueError with a sentence."""
    word = plain(text)
    if word in NOT_TOLD:
        return AccountKind.HUMAN
    if word not in KIND_WORDS:
        raise ValueError(f"“{quoted(text)}” is no type of account that I know. Write human, service or shared.")
    return KIND_WORDS[word]


def plain(text: str) -> str:
    """Words without signs, in any script; a dash alone says nothing, any other sign alone is itself."""
    words = " ".join(re.sub(r"[\W_]+", " ", text.casefold()).split())
    return words or text.strip(" \t\r\n\xa0-–—./")


def quoted(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= LONGEST_QUOTE else words[: LONGEST_QUOTE - 1].rstrip() + "…"


def _one_of(text: str, yes: set[str], no: set[str], hint: str) -> bool | None:
    if text.strip() in TICKS:
        return True
    word = plain(text)
    if word in NOT_TOLD:
        return None
    if word not in yes | no:
        raise ValueError(f"“{quoted(text)}” is neither yes nor no. {hint}")
    return word in yes


# --- days


def _day(text: str, order: Order | None) -> date | None:
    """None: not a date at all."""
    try:
        if text[4:5] == "-" and text[10:11] in ("", " ", "T"):
            return _iso(text)
        if NUMBER.fullmatch(text):
            return _of_number(text)
        return _with_clock(*_parts(text, order))
    except AmbiguousDay:
        raise
    except (ValueError, OverflowError):
        return None


def _iso(text: str) -> date:
    """Most exports, and the quickest; what Python does not take is read as other dates are."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return _with_clock(*_parts(text, None))
    return (moment.astimezone(UTC) if moment.tzinfo else moment).date()


def _parts(text: str, order: Order | None) -> tuple[date, str]:
    """The day as written, and what follows it."""
    if found := YEAR_FIRST.match(text):
        return date(int(found[1]), int(found[2]), int(found[3])), _after(text, found)
    if found := NUMBERED.match(text):
        return _numbered(found, order), _after(text, found)
    for pattern in WORDED:
        if found := pattern.match(text):
            month = MONTHS[found["month"][:3].casefold()]
            return date(int(found["year"]), month, int(found["day"])), _after(text, found)
    raise ValueError("no date")


def _after(text: str, found: re.Match[str]) -> str:
    rest = text[found.end() :]
    if rest and rest[0] not in " ,Tt":
        raise ValueError("more than a date")
    return rest.lstrip(" ,Tt").rstrip()


def _numbered(found: re.Match[str], order: Order | None) -> date:
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    chosen = _shown_by(first, second, found[2]) or order
    if first == second or chosen is Order.DAY_FIRST:
        return date(year, second, first)
    if chosen is Order.MONTH_FIRST:
        return date(year, first, second)
    raise AmbiguousDay(
        f"“{quoted(found[0])}” could be {day(date(year, second, first))} or {day(date(year, first, second))}, "
        "and no other row shows which. Write it as 2026-11-05."
    )


def _shown_by(first: int, second: int, sign: str) -> Order | None:
    """Dates with dots are written day first everywhere."""
    if first > 12 or (sign == "." and second <= 12):
        return Order.DAY_FIRST
    return Order.MONTH_FIRST if second > 12 else None


def _shows(text: str) -> Order | None:
    found = NUMBERED.match(text.strip())
    return _shown_by(int(found[1]), int(found[3]), "") if found else None


def _with_clock(written: date, rest: str) -> date:
    """In UTC."""
    if not rest:
        return written
    found = CLOCK.fullmatch(rest)
    if not found:
        raise ValueError("no time of day")
    moment = datetime(written.year, written.month, written.day, _hour(found), int(found["minute"]), tzinfo=UTC)
    return (moment - _offset(found["zone"] or "")).date()


def _hour(found: re.Match[str]) -> int:
    hour, half = int(found["hour"]), (found["half"] or "").casefold()
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError("no hour of half a day")
    return hour % 12 + (12 if half.startswith("p") else 0)


def _offset(zone: str) -> timedelta:
    if zone[:1] not in ("+", "-"):
        return timedelta()
    digits = zone[1:].replace(":", "").ljust(4, "0")
    ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -ahead if zone.startswith("-") else ahead


def _of_number(text: str) -> date | None:
    """By size: a day as Excel counts, 20261105, or seconds and finer since 1970; eighteen digits are Windows' own."""
    whole, number = len(text.partition(".")[0]), float(text)
    if whole == 5:
        return (EXCEL_ZERO + timedelta(days=number)).date()
    if whole == 8 and text.isdigit():
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    if whole == 18:
        return (WINDOWS_ZERO + timedelta(microseconds=number / 10)).date()
    unit = {9: 1, 10: 1, 12: 10**3, 13: 10**3, 15: 10**6, 16: 10**6}.get(whole)
    return (EPOCH + timedelta(seconds=number / unit)).date() if unit else None
