from datetime import date

import pytest

from handlers.typed_leave import TypedLeave, typed_leave
from tasks.errors import Invalid

TODAY = date(2026, 11, 2)
FIRST, LAST = date(2026, 12, 1), date(2026, 12, 5)


@pytest.mark.parametrize(
    ("words", "typed"),
    [
        ("", TypedLeave()),
        ("until 2026-12-05", TypedLeave(last=LAST)),
        ("until 2026-12-05 delegate ann@acme.example", TypedLeave(last=LAST, whom="ann@acme.example")),
        ("delegate ann@acme.example until 2026-12-05", TypedLeave(last=LAST, whom="ann@acme.example")),
        ("from 2026-12-01 until 2026-12-05", TypedLeave(first=FIRST, last=LAST)),
        ("From 2026-12-01, TO 2026-12-05.", TypedLeave(first=FIRST, last=LAST)),
        ("2026-12-01 2026-12-05 @ann", TypedLeave(first=FIRST, last=LAST, whom="@ann")),
        ("from tomorrow", TypedLeave(first=date(2026, 11, 3))),
        ("today", TypedLeave(first=TODAY)),
        ("Ann Lee until 2026-12-05", TypedLeave(last=LAST, whom="Ann Lee")),
        ("with Ann Lee", TypedLeave(whom="Ann Lee")),
        ("ann-marie@acme.example", TypedLeave(whom="ann-marie@acme.example")),
    ],
)
def test_days_and_a_name_are_told_apart_in_whatever_order(words: str, typed: TypedLeave) -> None:
    assert typed_leave(words, TODAY) == typed


@pytest.mark.parametrize(
    "words", ["until", "from", "until soon", "from 2026-13-01", "until 5 December", "until 0000-00-00"]
)
def test_a_day_that_is_none_says_how_days_are_written(words: str) -> None:
    with pytest.raises(Invalid, match="Write days as in 2026-12-01"):
        typed_leave(words, TODAY)
