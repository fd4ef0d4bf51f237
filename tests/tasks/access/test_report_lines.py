import csv
import io
from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.access.model import AccountKind, Verdict
from tasks.access.report_lines import HEADER, Line, csv_text, lines, safe_cell
from tests.tasks.access.campaigns import DAN, MAX, NOW, VERA, a_row, submitted
from tests.tasks.access.reports import NAMES, a_pass, at


def test_a_line_says_all_there_is_about_a_decision() -> None:
    row = submitted(a_row(), verdict=Verdict.CHANGE, change_to="Editor", decided_by=DAN.id, on_behalf_of=MAX.id)
    [line] = lines([row], NAMES)
    assert dict(zip(HEADER, line, strict=True)) == {
        "System": "Okta",
        "Account": "sam@example.com",
        "Whose account": "Sam",
        "Entitlement": "Viewer",
        "Privileged": "no",
        "Account type": "human",
        "Last login": "2026-09-28",
        "Reviewer": "Max",
        "Reviewer capacity": "manager",
        "Decision": "change",
        "Change to": "Editor",
        "Reason": "On call",
        "Decided by": "Dan",
        "On behalf of": "Max",
        "Decided at (UTC)": "2026-10-06 10:00:00",
        "Seconds taken": "30",
        "Bulk or single": "single",
        "Taken over from": "",
        "Passed on before": "",
    }


def test_times_are_told_in_utc() -> None:
    there = NOW.astimezone(timezone(timedelta(hours=9)))
    [line] = lines([submitted(a_row(), decided_at=there)], NAMES)
    assert "2026-10-06 10:00:00" in line


def test_what_was_not_submitted_is_not_decided() -> None:
    [line] = lines([replace(submitted(a_row()), submitted_at=None)], NAMES)
    assert line[HEADER.index("Decision") :] == ("not decided", *[""] * 9)


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


def line_of(**changes: object) -> Line:
    item = changes.pop("item", {})
    assert isinstance(item, dict)
    [line] = lines([a_row(access=at(2, **changes), **item)], NAMES)
    return line


def test_the_header_names_every_cell() -> None:
    assert len(HEADER) == len(Line._fields)


def test_an_account_that_matches_nobody_says_so() -> None:
    assert line_of(item={"person_id": None}, email="", name="").person == "matches nobody here"
    assert line_of(item={"person_id": None}, name="Guest").person == "Guest (matches nobody here)"


def test_what_makes_an_access_weighty_is_told() -> None:
    line = line_of(privileged=True, kind=AccountKind.SERVICE)
    assert (line.privileged, line.kind) == ("yes", "service")


def test_never_signed_in_is_not_the_same_as_not_told() -> None:
    assert line_of(last_login=None, login_told=True).last_login == "never"
    assert line_of(last_login=None, login_told=False).last_login == "not told"


def test_where_nobody_can_be_asked_the_reviewer_is_nobody() -> None:
    line = line_of(item={"reviewer_id": None, "capacity": None})
    assert (line.reviewer, line.capacity) == ("nobody", "")


def test_somebody_no_longer_on_record_is_told_as_such() -> None:
    [line] = lines([submitted(a_row())], {})
    assert line.decided_by == "somebody no longer on record"


def test_each_not_mine_stands_there_with_who_when_and_why() -> None:
    again = replace(a_pass(), by=DAN.id, on_behalf_of=VERA.id, reason="Not sure")
    [line] = lines([submitted(a_row("1"))], NAMES, {"1": [a_pass(), again], "2": [a_pass("2")]})
    assert line.passed == ("Vera, 2026-10-06 10:00:00: Not mine; ask Max; Dan for Vera, 2026-10-06 10:00:00: Not sure")
