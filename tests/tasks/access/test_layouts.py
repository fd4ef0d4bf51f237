import csv
from pathlib import Path

import pytest

from tasks.access.layouts import LayoutName, UnknownColumns, find_header, find_table, key
from tasks.access.model import AccessColumn
from tasks.errors import Invalid
from tasks.matrix.model import Sheet

EXPORTS = Path(__file__).parent / "exports"
FILES = {
    "okta.csv": LayoutName.OKTA,
    "google_workspace.csv": LayoutName.GOOGLE_WORKSPACE,
    "entra.csv": LayoutName.ENTRA,
    "aws.csv": LayoutName.AWS,
    "github.csv": LayoutName.GITHUB,
    "salesforce.csv": LayoutName.SALESFORCE,
    "generic.csv": LayoutName.GENERIC,
}


def sheet_of(*rows: tuple[str, ...], name: str = "") -> Sheet:
    return Sheet(name=name, rows=rows)


@pytest.mark.parametrize("name", FILES)
def test_a_layout_is_told_from_its_columns(name: str) -> None:
    with (EXPORTS / name).open(newline="") as file:
        header = find_header(list(csv.reader(file)))
    assert header is not None
    assert header.layout is FILES[name]


@pytest.mark.parametrize("name", ["lastLogin", "Last Login", "last_login", " LAST-LOGIN ", "Last Login [READ ONLY]"])
def test_case_spaces_and_signs_make_no_difference(name: str) -> None:
    assert key(name) == "lastlogin"


def test_titles_and_empty_rows_above_the_header_are_passed_over() -> None:
    header = find_header([("Users of payroll", ""), ("", ""), ("Account", "Role"), ("user", "active")])
    assert header is not None
    assert header.row == 3


def test_a_word_in_a_title_row_is_no_header_where_a_fuller_one_follows() -> None:
    header = find_header([("Account",), ("Account", "Role")])
    assert header is not None
    assert header.row == 2


def test_first_and_last_name_make_the_name_where_no_column_holds_it_whole() -> None:
    header = find_header([("Last name", "First name", "Account")])
    assert header is not None
    assert header.places[AccessColumn.NAME] == (1, 0)


def test_a_whole_name_goes_before_its_parts() -> None:
    header = find_header([("First name", "Display name", "Account")])
    assert header is not None
    assert header.places[AccessColumn.NAME] == (1,)


def test_columns_of_no_use_are_named() -> None:
    header = find_header([("Account", "Shoe size", "")])
    assert header is not None
    assert header.unused == {1: "Shoe size", 2: "Column 3"}


def test_an_unknown_file_names_the_columns_found_so_that_a_form_can_offer_them() -> None:
    with pytest.raises(UnknownColumns, match="Kennung, Recht") as refusal:
        find_table([sheet_of(("Liste", ""), ("Kennung", "Recht"), ("ann", "alles"))])
    assert refusal.value.columns == ("Kennung", "Recht")


def test_columns_chosen_by_hand_go_before_any_layout() -> None:
    chosen = {AccessColumn.ACCOUNT: "kennung", AccessColumn.ENTITLEMENT: "Recht"}
    _, header = find_table([sheet_of(("Liste",), ("Role", "Kennung", "Recht"))], mapping=chosen)
    assert (header.layout, header.row) == (LayoutName.MAPPED, 2)
    assert header.places == {AccessColumn.ACCOUNT: (1,), AccessColumn.ENTITLEMENT: (2,)}


def test_columns_in_any_script_can_be_chosen() -> None:
    chosen = {AccessColumn.ACCOUNT: "Учётная запись", AccessColumn.ENTITLEMENT: "Роль"}
    _, header = find_table([sheet_of(("Роль", "Учётная запись"))], mapping=chosen)
    assert header.places == {AccessColumn.ACCOUNT: (1,), AccessColumn.ENTITLEMENT: (0,)}


def test_a_chosen_column_that_is_not_there_is_named() -> None:
    chosen = {AccessColumn.ACCOUNT: "Kennung", AccessColumn.ENTITLEMENT: "Rolle"}
    with pytest.raises(UnknownColumns, match="I miss “Rolle”") as refusal:
        find_table([sheet_of(("Kennung", "Recht"))], mapping=chosen)
    assert refusal.value.fields == {"entitlement": "Choose another column."}


def test_columns_chosen_without_an_account_are_refused() -> None:
    with pytest.raises(UnknownColumns, match="which column holds the account"):
        find_table([sheet_of(("Account", "Role"))], mapping={AccessColumn.ENTITLEMENT: "Role"})


def test_the_first_sheet_with_a_header_is_read() -> None:
    table, _ = find_table([sheet_of(("Notes",), name="Read me"), sheet_of(("Account", "Role"), name="List")])
    assert table.name == "List"


def test_a_sheet_that_is_not_there_is_refused_with_the_names_of_those_that_are() -> None:
    with pytest.raises(Invalid, match="there is “List”"):
        find_table([sheet_of(("Account",), name="List")], sheet="Other")
