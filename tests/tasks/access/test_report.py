import csv
import io
from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.access.deciding import Row
from tasks.access.model import Access, Verdict
from tasks.access.report import HEADER, completeness, counts, csv_text, discrepancies, lines, safe_cell
from tests.tasks.access.campaigns import DAN, MAX, NOW, a_campaign, a_row, an_access, submitted

NAMES = {MAX.id: "Max", DAN.id: "Dan"}


def at(number: int, **changes: object) -> Access:
    return an_access(row=number, **changes)


def rows() -> list[Row]:
    return [
        submitted(a_row("1", access=at(2)), verdict=Verdict.REVOKE),
        submitted(a_row("2", access=at(3)), in_bulk=True),
        submitted(a_row("3", access=at(2), system="GitHub"), taken_over_from="x"),
        replace(submitted(a_row("4", access=at(3), system="GitHub")), submitted_at=None),
    ]


# --- rows


def test_a_line_says_all_there_is_about_a_decision() -> None:
    row = submitted(a_row(), verdict=Verdict.CHANGE, change_to="Editor", decided_by=DAN.id, on_behalf_of=MAX.id)
    [line] = lines([row], NAMES)
    assert dict(zip(HEADER, line, strict=True)) == {
        "System": "Okta",
        "Account": "sam@example.com",
        "Entitlement": "Viewer",
        "Decision": "change",
        "Change to": "Editor",
        "Reason": "On call",
        "Decided by": "Dan",
        "On behalf of": "Max",
        "Decided at (UTC)": "2026-10-06 10:00:00",
        "Seconds taken": "30",
        "Bulk or single": "single",
        "Taken over from": "",
    }


def test_times_are_told_in_utc() -> None:
    there = NOW.astimezone(timezone(timedelta(hours=9)))
    [line] = lines([submitted(a_row(), decided_at=there)], NAMES)
    assert "2026-10-06 10:00:00" in line


def test_what_was_not_submitted_is_not_decided() -> None:
    [line] = lines(rows()[3:], NAMES)
    assert line[3:] == ("not decided", *[""] * 8)
    assert len(line) == len(HEADER)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_what_a_spreadsheet_would_compute_gets_an_apostrophe(start: str) -> None:
    assert safe_cell(f"{start}1") == f"'{start}1"


@pytest.mark.parametrize("text", ["", "a=1", "sam@example.com", "'quoted", " =1"])
def test_any_other_cell_is_left_as_it_is(text: str) -> None:
    assert safe_cell(text) == text


@given(account=st.text(st.sampled_from("=+-@\t\r\n\",';a "), max_size=8))
def test_whatever_an_account_is_called_no_cell_of_the_file_is_a_formula(account: str) -> None:
    text = csv_text([submitted(a_row(access=at(2, account=account)))], NAMES)
    header, line = csv.reader(io.StringIO(text, newline=""))
    assert tuple(header) == HEADER
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in line)
    assert line[1] in (account, f"'{account}")


# --- counts


def test_counts_are_by_verdict_and_by_how_it_was_decided() -> None:
    found = counts(rows())
    assert (found.items, found.keep, found.revoke, found.change, found.undecided) == (4, 2, 1, 0, 1)
    assert (found.single, found.bulk, found.taken_over) == (2, 1, 1)
    assert found.per_system == (("GitHub", 2), ("Okta", 2))


def test_counts_that_add_up_have_no_discrepancies() -> None:
    assert discrepancies(counts(rows()), {"Okta": 2, "GitHub": 2}) == ()


def test_a_row_that_is_missing_is_told_with_its_system() -> None:
    found = discrepancies(counts(rows()), {"Okta": 3, "GitHub": 2, "AWS": 1})
    assert found == ("AWS: 0 items under review, 1 in the export.", "Okta: 2 items under review, 3 in the export.")


def test_a_row_that_stands_in_for_another_one_is_found() -> None:
    twice = [*rows()[:3], rows()[2]]
    assert discrepancies(counts(twice), {"Okta": 2, "GitHub": 2}) == ("1 row is here more than once.",)


def test_figures_that_contradict_one_another_are_found() -> None:
    wrong = replace(counts(rows()), keep=3)
    assert discrepancies(wrong, {"Okta": 2, "GitHub": 2}) == (
        "4 decided and 1 undecided are not 4 items.",
        "2 single and 1 in bulk are not 4 decisions.",
    )


# --- the statement


def test_a_complete_review_says_so_in_plain_words() -> None:
    found = completeness(a_campaign(), counts(rows()[:3]), {"Okta": 2, "GitHub": 1})
    assert found == (
        "Access review Q3 covers 3 items of 2 systems, 1 Jul 2026 to 30 Sep 2026. "
        "3 were decided (2 keep, 1 revoke, 0 change), 2 one by one and 1 in bulk. Every item is decided. "
        "Each row in scope of each system's export is here once, and the counts add up."
    )


def test_an_incomplete_review_says_what_is_missing() -> None:
    found = completeness(a_campaign(), counts(rows()), {"Okta": 3, "GitHub": 2})
    assert "Not complete: 1 item is not decided." in found
    assert "The counts do not add up. Okta: 2 items under review, 3 in the export." in found
