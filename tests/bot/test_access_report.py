import csv
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from bot.access_report import LONGEST_CELL, cell_text, csv_bytes, html_bytes, xlsx_bytes
from tasks.access.model import CampaignState
from tasks.access.report import Report
from tasks.access.report_lines import HEADER
from tasks.access.report_tables import Table, revocations_table, signals_table, tables
from tests.tasks.access.campaigns import a_row, submitted
from tests.tasks.access.reports import a_report, at, stamped_rows

FORMULAS = ("=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", '=HYPERLINK("https://evil.example")', "=cmd|'/C calc'!A0")
MARKUP = '<script>alert(1)</script><img src=x onerror="alert(1)">"\'></td></table>{{ 7*7 }}&amp;'
PLAIN = "0 plain-in-one-long-word"
"""Sorts as the markup does."""
RICH = '<r><t>1</t></r></is></c><c r="Z9"><f>1+1</f><v>2</v></c><c r="Z8" t="inlineStr"><is><r><t>x</t></r>'
Cells = Sequence[Sequence[object]]


def sheets_of(content: bytes) -> dict[str, Cells]:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    names = workbook.sheet_names
    return {name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names}


def parts_of(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return {name: parts.read(name).decode() for name in parts.namelist()}


def read_back(header: Sequence[str], rows: Sequence[Sequence[object]]) -> Cells:
    return [list(header), *(list(row) for row in rows)]


def evil(text: str) -> Report:
    """A report in which everything that somebody may choose is this text."""
    access = at(2, account=text, entitlement=text, name=text)
    row = submitted(a_row("1", access=access, system=text, person_id=None), reason=text, change_to=text)
    names = dict.fromkeys(("max", "lee", "dan", "vera", "owen", "sam"), text)
    campaign = {"name": text, "statement": text}
    return a_report([row, *stamped_rows()], names=names, campaign=campaign)


# --- the workbook


def test_the_workbook_has_a_sheet_for_each_subject() -> None:
    found = sheets_of(xlsx_bytes(a_report()))
    assert list(found) == ["Summary", "Decisions", "Revocations and proof", "Signals"]


def test_every_cell_of_every_decision_can_be_read_back() -> None:
    report = a_report()
    seconds = HEADER.index("Seconds taken")
    expected = [list[object](line) for line in report.lines]
    for cells in expected:
        cells[seconds] = float(str(cells[seconds])) if cells[seconds] else ""
    assert sheets_of(xlsx_bytes(report))["Decisions"] == read_back(HEADER, expected)


@pytest.mark.parametrize(("sheet", "made"), [("Revocations and proof", revocations_table), ("Signals", signals_table)])
def test_the_other_tables_can_be_read_back_too(sheet: str, made: Callable[[Report], Table]) -> None:
    report = replace(a_report(stamped_rows()), revocations=a_report().revocations)
    table = made(report)
    assert table.rows
    assert sheets_of(xlsx_bytes(report))[sheet] == read_back(table.header, table.rows)


def test_the_summary_holds_every_fact_and_table() -> None:
    report = a_report(campaign={"statement": "I looked at all of it."})
    rows = [[cell for cell in row if cell != ""] for row in sheets_of(xlsx_bytes(report))["Summary"]]
    assert rows[0] == ["Access review Q3"]
    assert ["Signed off", "Lee, 2026-10-15 10:00:00 UTC"] in rows
    assert ["Statement", report.completeness] in rows
    assert ["Statement", "Signed: I looked at all of it."] in rows
    for table in tables(report):
        assert [table.title] in rows
        for expected in (table.header, *table.rows):
            assert [cell for cell in expected if cell != ""] in rows


def test_a_table_without_rows_says_so() -> None:
    found = sheets_of(xlsx_bytes(a_report(revocations=[])))
    assert found["Revocations and proof"][1][0] == "Nothing was to be revoked or changed."
    assert found["Signals"][1][0] == "No reviewer shows any sign of deciding without looking."


def test_a_draft_is_stamped_on_its_first_sheet_and_on_every_printed_page() -> None:
    content = xlsx_bytes(a_report(state=CampaignState.OPEN))
    assert str(sheets_of(content)["Summary"][0][0]).startswith("Draft: not signed off yet.")
    sheets = [xml for name, xml in parts_of(content).items() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 4
    assert all("Draft: not signed off yet." in xml.partition("<headerFooter>")[2] for xml in sheets)


def test_more_decisions_than_a_sheet_holds_go_on_on_the_next() -> None:
    report = a_report()
    found = sheets_of(xlsx_bytes(report, most_lines=3))
    assert list(found)[1:3] == ["Decisions", "Decisions 2"]
    assert [len(found["Decisions"]), len(found["Decisions 2"])] == [4, 2]
    assert found["Decisions 2"][0] == list(HEADER)


def test_the_same_report_gives_the_same_bytes() -> None:
    assert xlsx_bytes(a_report()) == xlsx_bytes(a_report())
    assert html_bytes(a_report()) == html_bytes(a_report())
    assert xlsx_bytes(a_report()) != xlsx_bytes(replace(a_report(), name="Q4"))


def test_it_was_created_when_the_report_was_made() -> None:
    assert "2026-10-21T08:00:00Z" in parts_of(xlsx_bytes(a_report()))["docProps/core.xml"]


@pytest.mark.parametrize("text", [*FORMULAS, RICH, "https://evil.example", "0012", "internal:'Summary'!A1"])
def test_no_cell_is_a_formula_a_link_or_a_number_that_was_a_text(text: str) -> None:
    content = xlsx_bytes(evil(text))
    parts = parts_of(content)
    assert not any(mark in xml for xml in parts.values() for mark in ("<f>", "<f ", "<hyperlink", 'Target="http'))
    found = sheets_of(content)["Decisions"][1]
    assert found[HEADER.index("Account")] in (text, f"'{text}", f"'{text}".replace("\r", "\n"))
    assert not any(str(cell).startswith(("=", "+", "-", "@", "\t", "\r")) for cell in found)


def test_what_a_cell_can_not_hold_is_replaced_or_cut_where_one_sees_it() -> None:
    assert cell_text("a\x00b\ud800c\uffffd") == "a�b�c�d"
    assert cell_text("x" * 40_000) == "x" * (LONGEST_CELL - 1) + "…"
    assert xlsx_bytes(evil("\x00\x08\ud800\uffff_x0041_" + "x" * 40_000))


@settings(max_examples=25, deadline=None)
@given(text=st.text(st.sampled_from("=+-@\t\r\n\",;'<>/&r_x0041 a€😀\x01\x7f\x85\u202e"), min_size=1, max_size=12))
def test_whatever_an_account_is_called_the_workbook_tells_it(text: str) -> None:
    report = a_report([submitted(a_row(access=at(2, account=text)))])
    assert sheets_of(xlsx_bytes(report))["Decisions"][1][HEADER.index("Account")] == cell_text(text)


# --- the lines alone


def test_the_csv_holds_the_lines_and_is_told_to_be_utf_8() -> None:
    content = csv_bytes(a_report())
    assert content.startswith(b"\xef\xbb\xbf")
    found = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert [tuple(row) for row in found] == [HEADER, *map(tuple, a_report().lines)]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_the_csv_is_a_formula(text: str) -> None:
    for row in csv.reader(io.StringIO(csv_bytes(evil(text)).decode("utf-8-sig"), newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)


# --- the page


class Seen(HTMLParser):
    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += [data.strip()] if data.strip() else []

    def count(self, *tags: str) -> int:
        return sum(tag in tags for tag, _ in self.tags)


def test_the_page_needs_nothing_but_itself_and_runs_nothing() -> None:
    content = html_bytes(a_report())
    seen = Seen(content)
    assert seen.count("script", "link", "img", "iframe", "object", "form", "a", "base", "svg") == 0
    assert not any(
        name.startswith("on") or name in ("src", "href", "style") for _, found in seen.tags for name in found
    )
    assert b"url(" not in content
    assert b"@import" not in content
    assert b"default-src 'none'" in content


def test_what_people_write_is_text_on_the_page() -> None:
    seen, plain = Seen(html_bytes(evil(MARKUP))), Seen(html_bytes(evil(PLAIN)))
    assert [tag for tag, _ in seen.tags] == [tag for tag, _ in plain.tags]
    assert [list(found) for _, found in seen.tags] == [list(found) for _, found in plain.tags]
    assert seen.text.count(MARKUP) == plain.text.count(PLAIN) > 5


def test_every_table_has_a_caption_and_headers_that_say_what_they_head() -> None:
    seen = Seen(html_bytes(a_report(stamped_rows())))
    assert seen.count("table") == seen.count("caption") == seen.count("thead") > 5
    assert {found.get("scope") for tag, found in seen.tags if tag == "th"} == {"col", "row"}
    assert ("html", {"lang": "en"}) in seen.tags


def test_the_page_holds_every_cell_of_every_line() -> None:
    report = a_report()
    told = " ".join(Seen(html_bytes(report)).text)
    for cell in {cell for line in report.lines for cell in line}:
        assert cell in told


def test_the_page_holds_every_cell_of_every_table() -> None:
    report = replace(a_report(stamped_rows()), revocations=a_report().revocations, departures=a_report().departures)
    told = Seen(html_bytes(report)).text
    for table in (*tables(report), revocations_table(report), signals_table(report)):
        assert table.rows
        for cell in (table.title, *table.header, *(str(cell) for row in table.rows for cell in row if cell != "")):
            assert cell in told


def test_a_draft_is_stamped_on_the_page_and_in_its_title() -> None:
    page = html_bytes(a_report(state=CampaignState.OPEN)).decode()
    assert "<title>Draft: Access review Q3</title>" in page
    assert re.search(r'<p class="stamp">Draft: not signed off yet\.', page)
    assert 'class="stamp"' not in html_bytes(a_report()).decode()
