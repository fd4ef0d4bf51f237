import pytest

from tasks.likeness import OBVIOUS, of_file, of_text, words_in

ITEM, TITLE, CODE = "Leaver list from the HR system", "Leaver access removal", "IAM-03"


def a_file(name: str, *last_time: str, missing: bool = False, item: str = ITEM) -> float:
    return of_file(name, item=item, title=TITLE, code=CODE, last_time=last_time, missing=missing)


def a_text(text: str) -> float:
    return of_text(text, item=ITEM, title=TITLE, code=CODE, missing=False)


@pytest.mark.parametrize("name", ["leavers-2026-10", "Leavers (October 2026) final", "leaver_export"])
def test_days_months_numbers_and_plurals_make_no_difference(name: str) -> None:
    assert words_in(name) == {"leaver"}


def test_the_file_of_last_time_with_another_month_beats_every_other_likeness() -> None:
    assert a_file("okta-users-2026-10.csv", "okta-users-2026-09.csv") > a_file("leaver-list-hr-system.csv")


def test_another_kind_of_file_is_not_the_same_as_last_time() -> None:
    assert a_file("users-oct.pdf", "users-sep.csv") < a_file("users-oct.csv", "users-sep.csv")


@pytest.mark.parametrize("name", ["leavers.csv", "iam03.pdf", "IAM-03 proof.png", "hr-leaver-list.xlsx"])
def test_a_name_that_speaks_of_the_item_or_the_control_is_obvious(name: str) -> None:
    assert a_file(name) >= OBVIOUS


@pytest.mark.parametrize(
    "name", ["IMG_2041.png", "Screenshot 2026-11-02.png", "", "1.pdf", "budget.xlsx", "iam-031.pdf"]
)
def test_a_name_that_says_nothing_is_no_guess(name: str) -> None:
    assert a_file(name) < OBVIOUS


def test_of_two_that_are_alike_what_is_still_missing_comes_first() -> None:
    assert a_file("leavers.csv", missing=True) > a_file("leavers.csv")


def test_a_message_counts_for_what_it_mentions_of_the_item_however_much_else_it_says() -> None:
    long = "Hello all, as I said on the phone, the HR system gave me this leaver list " + "and so on " * 200
    assert a_text(long) >= OBVIOUS
    assert a_text("see iam-03 please") >= OBVIOUS
    assert a_text("lunch?") < OBVIOUS


def test_names_of_any_kind_are_taken_for_data() -> None:
    for name in ("(" * 50, "[a-z", "🙂", "\x00", "../../etc/passwd", "漢字.csv"):
        assert a_file(name, name) >= 0
    assert of_file("x", item="", title="", code="(((", last_time=(), missing=False) == 0
