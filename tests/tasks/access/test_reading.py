import csv
import hashlib
import random
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.access.digests import digest
from tasks.access.model import Access, AccessColumn, AccountKind, Source
from tasks.access.reading import AccessRead, read_access
from tasks.errors import Invalid
from tasks.matrix.model import Sheet

EXPORTS = Path(__file__).parent / "exports"
AS_OF = date(2026, 11, 5)
HEAD = ("Account", "Role", "Privileged", "Last login", "Created", "Type", "Active")


def a_source(row_count: int = 1) -> Source:
    when = datetime(2026, 11, 5, 9, tzinfo=UTC)
    return Source(system="Payroll", source="production", query="all users", extracted_at=when, row_count=row_count)


def read_rows(*rows: tuple[str, ...], count: int | None = None) -> AccessRead:
    source = a_source(len(rows) - 1 if count is None else count)
    return read_access([Sheet(name="", rows=rows)], source=source, as_of=AS_OF)


def read_file(name: str) -> AccessRead:
    with (EXPORTS / name).open(newline="") as file:
        found = read_access([Sheet(name="", rows=list(csv.reader(file)))], source=a_source(), as_of=AS_OF)
    assert found.unreadable == ()
    return found


def one(column: str, cell: str) -> Access:
    found = read_rows(("Account", column), ("ann", cell))
    assert found.unreadable == ()
    return found.rows[0]


def reasons(*rows: tuple[str, ...]) -> dict[int, str]:
    return {each.row: each.reason for each in read_rows(*rows).unreadable}


# --- the products' exports


def test_an_export_of_okta() -> None:
    ann, admin, viewer, cy = read_file("okta.csv").rows
    assert (ann.account, ann.name, ann.entitlement) == ("ann@acme.example", "Ann Archer", "Developer")
    assert (ann.last_login, ann.created) == (date(2026, 11, 4), date(2024, 2, 1))
    assert [(each.entitlement, each.privileged) for each in (admin, viewer)] == [("Admin", True), ("Viewer", False)]
    assert admin.last_login == date(2026, 11, 6), "in UTC"
    assert (cy.active, cy.email, cy.login_told) == (False, "cy@acme.example", False)


def test_an_export_of_google_workspace() -> None:
    ann, bo, cy = read_file("google_workspace.csv").rows
    assert (ann.email, ann.name, ann.privileged) == ("ann@acme.example", "Ann Archer", True)
    assert (bo.last_login, bo.login_told) == (None, True)
    assert (cy.last_login, cy.active) == (date(2026, 2, 11), False)


def test_an_export_of_entra() -> None:
    ann, bo, runner = read_file("entra.csv").rows
    assert (ann.entitlement, ann.privileged, ann.kind) == ("Global Administrator", True, AccountKind.HUMAN)
    assert (bo.active, bo.email, bo.privileged) == (False, "bo@acme.example", False)
    assert runner.kind is AccountKind.SERVICE


def test_a_credential_report_of_aws() -> None:
    root, ann, deploy, bo, cy = read_file("aws.csv").rows
    assert (root.privileged, root.active) == (True, True)
    assert ann.last_login == date(2026, 11, 4), "the latest of its uses"
    assert (deploy.kind, deploy.active) == (AccountKind.SERVICE, True)
    assert (bo.last_login, bo.login_told, bo.kind) == (None, True, AccountKind.HUMAN)
    assert (cy.last_login, cy.login_told, cy.active) == (None, False, False)


def test_an_export_of_github() -> None:
    ann, bo, bot = read_file("github.csv").rows
    assert (ann.account, ann.email, ann.privileged) == ("ann-a", "ann@acme.example", True)
    assert (bo.last_login, bo.email, bo.privileged) == (date(2026, 3, 1), "", False)
    assert bot.login_told is False


def test_an_export_of_salesforce() -> None:
    found = read_file("salesforce.csv")
    ann, bo, cy = found.rows
    assert (ann.last_login, ann.created) == (date(2026, 11, 4), date(2024, 2, 1))
    assert bo.last_login == date(2026, 10, 23)
    assert (ann.privileged, bo.privileged, cy.active) == (True, False, False)


def test_any_other_list() -> None:
    found = read_file("generic.csv")
    ann, bo, nightly, desk = found.rows
    assert (ann.row, ann.description, ann.last_login) == (4, "Sees and changes every salary", date(2026, 11, 4))
    assert (bo.last_login, bo.privileged) == (date(2026, 11, 4), False)
    assert (nightly.row, nightly.kind, nightly.login_told) == (7, AccountKind.SERVICE, True)
    assert (desk.kind, found.row_count) == (AccountKind.SHARED, 4)


# --- cells


@pytest.mark.parametrize(
    "cell",
    [
        *("2026-11-04", "2026/11/04", "2026-11-04T09:12:33Z", "2026-11-04 09:12:33 +0100", "2026-11-04T09:12:33.123Z"),
        *("20261104", "4 Nov 2026", "Nov 4, 2026, 9:12 AM", "04-Nov-2026 09:12", "Wed, 04 Nov 2026 09:12:33 GMT"),
        *(
            "04.11.2026",
            "46330",
            "46330.38",
            "1793783553",
            "1793783553000",
            "2026-11-04 09:12:33 UTC",
            "November 4, 2026",
        ),
    ],
)
def test_a_day_is_read_in_many_forms(cell: str) -> None:
    assert one("Last login", cell).last_login == date(2026, 11, 4)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2026-11-04T23:30:00-05:00", date(2026, 11, 5)),
        ("2026/11/04 23:30:00 -0500", date(2026, 11, 5)),
        ("4 Nov 2026 00:30 +02:00", date(2026, 11, 3)),
        ("Nov 4, 2026 11:30 PM -02", date(2026, 11, 5)),
        ("Nov 4, 2026 12:30 AM +01", date(2026, 11, 3)),
        ("Nov 4, 2026 12:30 PM +01", date(2026, 11, 4)),
    ],
)
def test_a_moment_with_its_zone_is_a_day_in_utc(cell: str, expected: date) -> None:
    assert one("Last login", cell).last_login == expected


@pytest.mark.parametrize(
    ("cell", "told"), [("Never", True), ("no_information", True), ("N/A", False), ("", False), ("-", False)]
)
def test_never_and_not_told_are_told_apart(cell: str, told: bool) -> None:
    access = one("Last login", cell)
    assert (access.last_login, access.login_told) == (None, told)


def test_a_day_that_could_be_two_is_refused() -> None:
    found = reasons((*HEAD[:2], "Last login"), ("ann", "x", "03/04/2026"))
    assert "could be 3 Apr 2026 or 4 Mar 2026" in found[2]


@pytest.mark.parametrize(("other", "day"), [("25/04/2026", date(2026, 4, 3)), ("04/25/2026", date(2026, 3, 4))])
def test_another_row_settles_which_is_the_month(other: str, day: date) -> None:
    found = read_rows(("Account", "Last login"), ("ann", "03/04/2026"), ("bo", other))
    assert found.rows[0].last_login == day


def test_another_column_settles_nothing() -> None:
    found = reasons(("Account", "Last login", "Created"), ("ann", "03/04/2026", "25/04/2026"))
    assert list(found) == [2]


def test_rows_that_contradict_one_another_settle_nothing() -> None:
    rows = (("Account", "Last login"), ("ann", "03/04/2026"), ("bo", "25/04/2026"), ("cy", "04/25/2026"))
    assert list(reasons(*rows)) == [2]


@pytest.mark.parametrize(
    "cell",
    ["yesterday", "2026-13-01", "30/30/2026", "11/5/26", "2026-11-04x", "99", "2026-11-04 25:00", "²", "вчера", "✗"],
)
def test_what_is_no_date_is_refused(cell: str) -> None:
    assert "is no date that I can read" in reasons(("Account", "Last login"), ("ann", cell))[2]


def test_a_login_after_the_export_is_refused() -> None:
    assert "later than the export" in reasons(("Account", "Last login"), ("ann", "2026-11-07"))[2]


@pytest.mark.parametrize(
    ("cell", "privileged"), [("TRUE", True), ("1", True), ("✓", True), ("No", False), ("f", False)]
)
def test_a_column_says_what_is_privileged(cell: str, privileged: bool) -> None:
    assert one("Privileged", cell).privileged is privileged


def test_the_column_goes_before_the_name_of_the_role() -> None:
    found = read_rows(("Account", "Role", "Privileged"), ("ann", "Admin", "no"), ("bo", "Admin", ""))
    assert [each.privileged for each in found.rows] == [False, True], "an empty cell says nothing"


@pytest.mark.parametrize(
    ("role", "privileged"),
    [
        *(("Admin", True), ("AdministratorAccess", True), ("org-owner", True), ("superuser", True), ("root", True)),
        *(("Global Reader", True), ("SuperAdmin", True), ("sysadmin", True), ("DB_OWNER", True), ("Full access", True)),
        *(("Viewer", False), ("Non-admin", False), ("Administrative assistant", False), ("Rooter", False), ("", False)),
    ],
)
def test_without_a_column_the_name_of_the_role_tells(role: str, privileged: bool) -> None:
    assert one("Role", role).privileged is privileged


@pytest.mark.parametrize(("column", "cell"), [("Suspended", "yes"), ("Disabled", "TRUE"), ("Status", "Deprovisioned")])
def test_an_account_that_is_stopped_is_listed_all_the_same(column: str, cell: str) -> None:
    assert one(column, cell).active is False


def test_several_roles_in_one_cell_are_several_accesses() -> None:
    found = read_rows(("Account", "Roles"), ("ann", "Admin; Viewer\nBilling"))
    assert [(each.row, each.entitlement) for each in found.rows] == [(2, "Admin"), (2, "Viewer"), (2, "Billing")]
    assert found.row_count == 1


def test_what_looks_like_a_formula_is_only_text() -> None:
    assert one("Role", '=HYPERLINK("http://x")').entitlement == '=HYPERLINK("http://x")'


@pytest.mark.parametrize("cell", ["✗", "да", "?"])
def test_a_sign_or_a_word_of_another_language_is_not_taken_for_nothing(cell: str) -> None:
    assert "is neither yes nor no" in reasons(("Account", "Privileged"), ("ann", cell))[2]


def test_an_address_is_found_among_other_words() -> None:
    assert one("Email", "Ann Archer <ann@acme.example>").email == "ann@acme.example"


# --- rows


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (("", "x", "", "", "", "", ""), "It names no account."),
        (("ann", "x", "perhaps", "", "", "", ""), "Privileged: “perhaps” is neither yes nor no."),
        (("ann", "x", "", "soon", "", "", ""), "Last login: “soon” is no date"),
        (("ann", "x", "", "", "soon", "", ""), "Created: “soon” is no date"),
        (("ann", "x", "", "", "", "toaster", ""), "Type: “toaster” is no type of account"),
        (("ann", "x", "", "", "", "", "maybe"), "Active: “maybe” is neither yes nor no."),
        (("ann", "x", "", "", "", "", "", "more"), "It has 8 cells under 7 columns."),
        (("ann", "x; X", "", "", "", "", ""), "It names the same role twice."),
    ],
)
def test_a_row_that_cannot_be_read_is_listed_with_its_reason(row: tuple[str, ...], reason: str) -> None:
    assert reason in reasons(HEAD, row)[2]


def test_every_reason_of_a_row_is_given() -> None:
    found = reasons(HEAD, ("", "x", "perhaps", "soon", "", "", ""))
    assert all(words in found[2] for words in ("no account", "Privileged", "Last login"))


def test_the_same_account_and_entitlement_twice_is_refused() -> None:
    found = reasons(("Account", "Role"), ("ann", "Admin"), ("ann", "Viewer"), ("ANN", "admin; Billing"))
    assert found == {4: "“ANN” with “admin” stands in row 2 already."}


def test_of_an_unreadable_row_nothing_is_taken_over() -> None:
    found = read_rows(("Account", "Role"), ("ann", "Admin"), ("ann", "Admin; Viewer"))
    assert [each.entitlement for each in found.rows] == ["Admin"]
    assert found.whole is False


def test_short_and_empty_rows_are_understood() -> None:
    found = read_rows(("Account", "Role", "Created"), ("ann",), ("", " "), ("bo", "x"), count=2)
    assert [each.row for each in found.rows] == [2, 4]
    assert found.whole is True


def test_a_file_without_rows_is_refused() -> None:
    with pytest.raises(Invalid, match="no accounts under the header in row 1"):
        read_rows(("Account", "Role"), ("", ""))


def test_columns_of_no_use_that_hold_something_are_named() -> None:
    assert read_rows(("Account", "Shoe size", "Hat"), ("ann", "40", "")).unused == ("Shoe size",)


def test_columns_can_be_chosen_by_hand() -> None:
    sheets = [Sheet(name="", rows=(("Kennung", "Recht"), ("ann", "alles")))]
    chosen = {AccessColumn.ACCOUNT: "Kennung", AccessColumn.ENTITLEMENT: "Recht"}
    found = read_access(sheets, source=a_source(), as_of=AS_OF, mapping=chosen)
    assert [each.key for each in found.rows] == [("ann", "alles")]


def test_other_rows_than_the_source_counted_are_refused_with_both_numbers() -> None:
    found = read_rows(("Account",), ("ann",), count=1200)
    assert found.mismatch == (
        "Payroll counted 1,200 rows, and the file holds 1. Part of it may be missing: export it again, "
        "and hand in both together. Nothing was imported."
    )
    assert found.whole is False


def test_more_rows_than_the_source_counted_are_refused_too() -> None:
    assert "Count again at the source" in read_rows(("Account",), ("ann",), ("bo",), count=1).mismatch


# --- digest

CELLS = st.text(alphabet='aB1 ;,\n"=é', max_size=6)
DAYS = st.none() | st.dates(min_value=date(2000, 1, 1), max_value=AS_OF)
ACCESSES = st.lists(
    st.builds(
        Access,
        row=st.integers(2, 99),
        account=CELLS,
        entitlement=CELLS,
        description=CELLS,
        privileged=st.booleans(),
        last_login=DAYS,
        login_told=st.booleans(),
        created=DAYS,
        kind=st.sampled_from(AccountKind),
        active=st.booleans(),
    ),
    max_size=8,
)


@given(rows=ACCESSES, seed=st.integers())
def test_the_digest_does_not_depend_on_place_or_order(rows: list[Access], seed: int) -> None:
    moved = [replace(each, row=each.row + 7) for each in rows]
    random.Random(seed).shuffle(moved)
    assert digest(moved) == digest(rows)


@given(rows=ACCESSES.filter(bool), at=st.integers(0), change=st.sampled_from(["account", "entitlement", "description"]))
def test_the_digest_changes_with_any_word(rows: list[Access], at: int, change: str) -> None:
    first = rows[at % len(rows)]
    changed = {"account": first.account, "entitlement": first.entitlement, "description": first.description}
    other = [*rows]
    other[at % len(rows)] = replace(first, **{change: changed[change] + "!"})  # type: ignore[arg-type]
    assert digest(other) != digest(rows)


def test_the_digest_is_the_same_for_the_same_rows_in_another_file() -> None:
    ours = read_rows(("Account", "Role", "Last login"), ("ann", "Admin", "2026-11-04"), ("bo", "x", ""))
    theirs = read_rows(("LAST_LOGIN", "role", "Login name"), ("n/a", "x ", "bo"), ("46330", "Admin", " ann"))
    assert digest(ours.rows) == digest(theirs.rows)


def test_the_digest_can_be_computed_by_hand() -> None:
    form = 'soc2bot access rows 1\n["ann","","","x","",false,null,false,null,"human",true]'
    expected = hashlib.sha256(form.encode()).hexdigest()
    assert digest([Access(row=2, account="ann", entitlement="x")]) == expected


# --- nothing is lost

WORDS = (
    "",
    " ",
    "ann",
    "ANN",
    "bo",
    "Admin",
    "Admin; Viewer",
    "yes",
    "perhaps",
    "03/04/2026",
    "2026-11-04",
    "never",
    "=1+1",
)
ROWS = st.lists(st.lists(st.sampled_from(WORDS), max_size=len(HEAD) + 1).map(tuple), min_size=1, max_size=12)


@given(rows=ROWS)
def test_every_row_is_either_read_or_listed_as_unreadable_and_the_counts_add_up(rows: list[tuple[str, ...]]) -> None:
    filled = {number for number, row in enumerate(rows, 2) if any(cell.strip() for cell in row)}
    if not filled:
        return
    found = read_rows(HEAD, *rows, count=len(filled))
    taken, listed = {each.row for each in found.rows}, [each.row for each in found.unreadable]
    assert taken | set(listed) == filled
    assert len(taken) + len(listed) == found.row_count == len(filled)
    assert found.mismatch == ""
    assert len({each.key for each in found.rows}) == len(found.rows)
