from dataclasses import replace

import pytest

from tasks.errors import Invalid, NotAllowed
from tasks.operations.import_people import Imported, import_people
from tasks.people import Role
from tests.tasks.operations.company import OLGA, Company, a_company

Row = dict[str, str]


def a_row(email: str = "new@example.com", **changes: str) -> Row:
    return {"email": email, "name": "New Person", **changes}


def imports(acme: Company, *rows: Row) -> Imported:
    return acme.by("cli", import_people, rows)


def problems(*rows: Row) -> dict[str, str]:
    return a_company().refused(Invalid, "cli", import_people, rows).fields


def test_a_newcomer_has_what_the_row_says_and_the_workspaces_place_else() -> None:
    acme = a_company()
    row = a_row(" New@Example.com ", department="HR", time_zone="Europe/Berlin", country="de", roles="admin auditor")
    assert imports(acme, row, a_row("plain@example.com")) == Imported(added=2, changed=0, unchanged=0)
    new, plain = acme.uow.people.by_email("new@example.com"), acme.uow.people.by_email("plain@example.com")
    assert new
    assert (new.department, new.time_zone, new.country) == ("hr", "Europe/Berlin", "DE")
    assert new.roles == {Role.ADMIN, Role.AUDITOR}
    assert plain
    assert (plain.time_zone, plain.country, plain.roles) == ("UTC", "US", frozenset())


def test_a_manager_may_stand_in_a_later_row() -> None:
    acme = a_company()
    imports(acme, a_row(manager="Boss@example.com"), a_row("boss@example.com"))
    new, boss = acme.uow.people.by_email("new@example.com"), acme.uow.people.by_email("boss@example.com")
    assert new
    assert boss
    assert new.manager_id == boss.id


def test_an_empty_cell_leaves_what_is_known() -> None:
    acme = a_company(replace(OLGA, time_zone="Asia/Tokyo", roles=frozenset({Role.ADMIN})))
    row = {"email": "olga@example.com", "name": "Olga", "department": "", "manager": "", "roles": ""}
    before = acme.person("olga")
    assert imports(acme, row) == Imported(added=0, changed=0, unchanged=1)
    assert acme.person("olga") == before


def test_a_change_is_counted_as_one_whether_tried_or_done() -> None:
    acme = a_company()
    rows = (
        a_row("olga@example.com", name="Olga", manager="lee@example.com"),
        a_row("dan@example.com", name="Dan", manager="new@example.com"),
        a_row("max@example.com", name="Max", manager="sue@example.com"),
        a_row(),
    )
    tried = acme.by("cli", import_people, rows, dry_run=True)
    assert tried == imports(acme, *rows) == Imported(added=1, changed=2, unchanged=1)
    assert acme.person("olga").manager_id == "lee"


def test_a_dry_run_changes_nothing() -> None:
    acme = a_company()
    before = acme.snapshot()
    acme.by("cli", import_people, [a_row(), a_row("olga@example.com", roles="admin")], dry_run=True)
    assert acme.snapshot() == before


def test_somebody_who_left_and_stands_in_the_file_is_back() -> None:
    acme = a_company(replace(OLGA, active=False))
    imports(acme, a_row("olga@example.com"))
    assert acme.person("olga").active


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (a_row(""), "email is empty"),
        (a_row(name=" "), "name is empty"),
        (a_row("nobody"), "nobody is not an e-mail address"),
        (a_row(manager="new@example.com"), "nobody can be their own manager"),
        (a_row(manager="who@example.com"), "the manager who@example.com is neither in this file nor known"),
        (a_row(time_zone="CET/Berlin"), "CET/Berlin is not a time zone such as Europe/Berlin"),
        (a_row(country="Germany"), "Germany is not a two-letter country code"),
        (a_row(roles="boss"), "unknown role boss; known are "),
        (a_row(roles="manager"), "unknown role manager; known are "),
    ],
)
def test_every_problem_is_named_with_its_row(row: Row, problem: str) -> None:
    found = problems(a_row("fine@example.com"), row)
    assert list(found) == ["3"]
    assert found["3"].startswith(problem)


def test_the_same_e_mail_twice_is_a_problem_of_the_second_row() -> None:
    assert problems(a_row(), a_row("NEW@example.com")) == {"3": "new@example.com is there twice"}


def test_two_empty_rows_are_two_empty_e_mails() -> None:
    assert problems(a_row(""), a_row("")) == {"2": "email is empty", "3": "email is empty"}


def test_one_bad_row_imports_none() -> None:
    refusal = a_company().refused(Invalid, "cli", import_people, [a_row(), a_row("bad")])
    assert str(refusal) == "Nothing was imported: 1 of 2 rows need mending."


def test_in_chat_only_an_admin_imports() -> None:
    acme = a_company()
    acme.refused(NotAllowed, "lee", import_people, [a_row()])
    assert acme.by("ada", import_people, [a_row()]).added == 1


def test_an_import_is_one_audit_entry_that_names_every_role_granted() -> None:
    acme = a_company()
    imports(acme, a_row("olga@example.com", name="Olga", roles="admin"), a_row())
    assert acme.entries == ["people:import"]
    assert (acme.last_entry.about, acme.last_entry.who) == ("workspace:acme", "cli")
    assert acme.last_entry.after == {"added": 1, "changed": 1, "granted": ["olga:admin"]}
