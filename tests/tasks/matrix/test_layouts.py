from pathlib import Path

import pytest

from tasks.errors import Invalid
from tasks.matrix.layouts import LAYOUTS as LAYOUT_TABLES
from tasks.matrix.layouts import LayoutName, find_header, find_table, normal
from tasks.matrix.model import Column
from tests.matrices import DRATA, SPREADSHEET, VANTA, Rows, a_sheet

LAYOUTS: dict[LayoutName, Rows] = {
    LayoutName.SPREADSHEET: SPREADSHEET,
    LayoutName.VANTA: VANTA,
    LayoutName.DRATA: DRATA,
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_is_told_from_its_columns(layout: LayoutName) -> None:
    header = find_header(a_sheet(LAYOUTS[layout]).rows, None)
    assert header is not None
    assert header.layout is layout


def test_a_layout_that_is_named_is_not_guessed() -> None:
    header = find_header(a_sheet(VANTA).rows, LayoutName.SPREADSHEET)
    assert header is not None
    assert header.layout is LayoutName.SPREADSHEET


def test_titles_and_empty_rows_above_the_header_are_passed_over() -> None:
    header = find_header(a_sheet(SPREADSHEET).rows, None)
    assert header is not None
    assert header.row == 3


def named(*names: str) -> dict[Column, str]:
    header = find_header([names], None)
    assert header is not None
    return {column: "+".join(names[place] for place in places) for column, places in header.places.items()}


@pytest.mark.parametrize(
    ("names", "places"),
    [
        (("Title", "ID"), {Column.TITLE: "Title", Column.CODE: "ID"}),
        (("CONTROL  ID", "control_name"), {Column.CODE: "CONTROL  ID", Column.TITLE: "control_name"}),
        (("#", "Control"), {Column.CODE: "#", Column.TITLE: "Control"}),
        (("#", "Title", "Control"), {Column.CODE: "#", Column.TITLE: "Title", Column.DESCRIPTION: "Control"}),
        (("ID", "Control ID", "Title"), {Column.CODE: "Control ID", Column.TITLE: "Title"}),
        (
            ("ID", "Title", "TSC", "Criteria", "Evidence", "Artifacts"),
            {
                Column.CODE: "ID",
                Column.TITLE: "Title",
                Column.CRITERIA: "TSC+Criteria",
                Column.EVIDENCE: "Evidence+Artifacts",
            },
        ),
        (
            ("ID", "Title", "Owner", "Owner e-mail"),
            {Column.CODE: "ID", Column.TITLE: "Title", Column.OWNER: "Owner e-mail"},
        ),
    ],
)
def test_columns_are_known_in_any_order_under_their_common_names(
    names: tuple[str, ...], places: dict[Column, str]
) -> None:
    assert named(*names) == places


def test_columns_of_no_use_are_listed_and_of_a_doubled_name_the_first_is_read() -> None:
    header = find_header([("ID", "Title", "Risk", "Title", "")], None)
    assert header is not None
    assert header.places[Column.TITLE] == (1,)
    assert header.unused == {2: "Risk", 3: "Title", 4: "Column 5"}


@pytest.mark.parametrize("row", [("Title", "Owner"), ("ID", "Owner"), ("AC-1", "Access"), ()])
def test_a_file_that_names_no_columns_is_refused_and_told_what_to_name(row: tuple[str, ...]) -> None:
    with pytest.raises(Invalid, match="Name the columns in one row"):
        find_table([a_sheet([row])])


def test_the_first_sheet_with_a_header_is_read_or_the_one_that_is_named() -> None:
    sheets = [a_sheet([("Read me",)], "Notes"), a_sheet(VANTA, "All"), a_sheet(DRATA, "Old one")]
    assert find_table(sheets)[0].name == "All"
    assert find_table(sheets, sheet="old ONE")[0].name == "Old one"


def test_a_sheet_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(Invalid) as refusal:
        find_table([a_sheet(VANTA, "All")], sheet="Controls")
    assert str(refusal.value) == "There is no sheet “Controls”; there is “All”."
    assert "sheet" in refusal.value.fields


CONTROLS = Path(__file__).parents[3] / "docs" / "controls.md"


def documented() -> list[tuple[str, str]]:
    table = CONTROLS.read_text().partition("| what it is | names it goes by |\n|---|---|\n")[2].partition("\n\n")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
    return [(what, name) for what, names in rows for name in names.split(" · ")]


def test_every_column_is_documented() -> None:
    assert {what for what, _ in documented()} == set(Column)


@pytest.mark.parametrize(("what", "name"), documented())
def test_every_documented_name_is_known(what: str, name: str) -> None:
    assert normal(name) in LAYOUT_TABLES[LayoutName.SPREADSHEET][Column(what)]
