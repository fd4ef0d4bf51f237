"""Days and a name as somebody types them: from 2026-12-01 until 2026-12-05 delegate ann@example.com."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tasks.errors import Invalid
from tasks.wording import shortened

FROM, UNTIL, WHO = ("from", "since"), ("until", "till", "to"), ("delegate", "with", "by")
RELATIVE = {"today": 0, "tomorrow": 1}


@dataclass(frozen=True, kw_only=True)
class TypedLeave:
    first: date | None = None
    last: date | None = None
    whom: str = ""

    @property
    def anything(self) -> bool:
        return bool(self.first or self.last or self.whom)


def typed_leave(words: str, today: date) -> TypedLeave:
    """Bare days are the first and the last; what is no day and no such word is somebody's name."""
    first, last = None, None
    whom: list[str] = []
    for introduced_by, word in _in_pairs(words):
        if introduced_by in FROM:
            first = _required_day(word, today)
        elif introduced_by in UNTIL:
            last = _required_day(word, today)
        elif not introduced_by and (bare := _day(word, today)):
            first, last = (bare, last) if first is None else (first, bare)
        else:
            whom.append(word)
    return TypedLeave(first=first, last=last, whom=" ".join(whom))


def _in_pairs(words: str) -> Iterator[tuple[str, str]]:
    """Each word with the one that introduces it, if one does."""
    introduced_by = ""
    for word in words.split():
        if not introduced_by and word.lower() in (*FROM, *UNTIL, *WHO):
            introduced_by = word.lower()
            continue
        yield introduced_by, word
        introduced_by = ""
    if introduced_by in (*FROM, *UNTIL):
        yield introduced_by, ""


def _required_day(word: str, today: date) -> date:
    found = _day(word, today)
    if found is None:
        said = f"“{shortened(word, 30)}” is no day that I know." if word else "A day is missing."
        raise Invalid(f"{said} Write days as in 2026-12-01.")
    return found


def _day(word: str, today: date) -> date | None:
    if word.lower() in RELATIVE:
        return today + timedelta(days=RELATIVE[word.lower()])
    try:
        return date.fromisoformat(word.rstrip(",;.")) if "-" in word else None
    except ValueError:
        return None
