from datetime import date

import pytest

from tasks.model import Answer
from tasks.wording import ANSWERS, counted, day, due_moment, listed, moment, shortened
from tests.builders import utc


def test_every_answer_has_its_words() -> None:
    assert [ANSWERS[answer] for answer in Answer] == [
        "Done",
        "Done, found problems",
        "Not fully done",
        "Not done",
        "Nothing to report",
    ]


def test_a_day_reads_day_month_year_without_a_leading_zero() -> None:
    assert day(date(2026, 11, 2)) == "2 Nov 2026"


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("UTC", "2 Nov 2026 at 23:30"),
        ("Europe/Berlin", "3 Nov 2026 at 00:30"),
        ("America/New_York", "2 Nov 2026 at 18:30"),
    ],
)
def test_a_moment_reads_as_the_readers_own_clock_and_calendar(zone: str, words: str) -> None:
    assert moment(utc(2026, 11, 2, 23, 30), zone) == words


@pytest.mark.parametrize(
    ("items", "words"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_a_list_reads_as_a_sentence(items: list[str], words: str) -> None:
    assert listed(items) == words


def test_alternatives_are_joined_by_or() -> None:
    assert listed(["a", "b", "c"], "or") == "a, b or c"


def test_a_due_time_names_its_weekday_and_its_year_only_where_that_could_be_doubted() -> None:
    due = utc(2026, 11, 16, 17)
    assert due_moment(due, "UTC", utc(2026, 11, 3)) == "Mon 16 Nov at 17:00"
    assert due_moment(due, "Asia/Tokyo", utc(2026, 11, 3)) == "Tue 17 Nov at 02:00"
    assert due_moment(due, "UTC", utc(2027, 6, 1)) == "Mon 16 Nov 2026 at 17:00"


@pytest.mark.parametrize(("number", "words"), [(0, "0 files"), (1, "1 file"), (2, "2 files"), (12345, "12,345 files")])
def test_counted_things_agree_with_their_number(number: int, words: str) -> None:
    assert counted(number, "file") == words


def test_an_irregular_plural_is_given() -> None:
    assert (counted(1, "copy", "copies"), counted(2, "copy", "copies")) == ("1 copy", "2 copies")


def test_a_long_text_is_shortened_visibly_and_never_longer_than_asked() -> None:
    assert shortened("short", 5) == "short"
    assert shortened("rather long", 8) == "rather…"
    assert shortened("abcdefgh", 5) == "abcd…"
