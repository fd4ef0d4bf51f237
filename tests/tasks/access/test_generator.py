from datetime import date, timedelta
from random import Random

import pytest

from tasks.access.generator import SYSTEMS, Export, Organisation, organisation
from tasks.access.model import Access, AccountKind
from tasks.access.reading import AccessRead, read_access
from tasks.matrix.model import Sheet

AS_OF = date(2026, 11, 5)
SIZES = [(200, 8, 2000), (200, 1, 50), (3, 8, 8), (1, 7, 100), (40, 12, 3000), (20, 8, 5000)]


def made(people: int = 200, systems: int = 8, accounts: int = 2000, seed: int = 7) -> Organisation:
    return organisation(Random(seed), people=people, systems=systems, accounts=accounts, as_of=AS_OF)


def now(export: Export) -> AccessRead:
    return read_access([Sheet(name="", rows=export.rows)], source=export.source, as_of=AS_OF)


def before(export: Export) -> AccessRead:
    day = export.before_source.extracted_at.date()
    return read_access([Sheet(name="", rows=export.before)], source=export.before_source, as_of=day)


def accesses(company: Organisation) -> list[Access]:
    return [row for export in company.exports for row in now(export).rows]


def test_the_same_seed_makes_the_same_company() -> None:
    assert made(seed=3) == made(seed=3)
    assert made(seed=3) != made(seed=4)


@pytest.mark.parametrize(("people", "systems", "accounts"), SIZES)
def test_it_is_as_large_as_asked_for(people: int, systems: int, accounts: int) -> None:
    company = made(people, systems, accounts)
    assert len(company.people) == len({one.email for one in company.people}) == people
    assert len({one.system for one in company.exports}) == systems
    assert sum(len(one.rows) - 1 for one in company.exports) == accounts


@pytest.mark.parametrize(("people", "systems", "accounts"), SIZES)
def test_every_export_can_be_read_whole(people: int, systems: int, accounts: int) -> None:
    for export in made(people, systems, accounts).exports:
        assert (now(export).unreadable, now(export).whole) == ((), True)


def test_each_product_is_told_by_its_columns() -> None:
    found = [(one.system, now(one).layout) for one in made().exports]
    assert found[: len(SYSTEMS)] == list(SYSTEMS)


def test_the_exports_of_last_time_can_be_read_and_lack_the_new_accounts() -> None:
    for export in made().exports:
        then = {row.key for row in before(export).rows}
        assert before(export).whole
        assert then < {row.key for row in now(export).rows}


def test_managers_are_of_the_company_and_nobody_stands_above_themselves() -> None:
    places = {one.email: at for at, one in enumerate(made().people)}
    assert [one.email for one in made().people if not one.manager] == [made().people[0].email]
    assert all(places[one.manager] < places[one.email] for one in made().people if one.manager)


def test_system_owners_are_people_who_have_not_left() -> None:
    company = made()
    stayed = {one.email for one in company.people if one.left_on is None}
    assert {one.owner for one in company.exports} <= stayed


def test_all_that_a_review_is_for_is_there() -> None:
    company = made()
    rows, left = accesses(company), {one.email for one in company.people if one.left_on}
    emails = {one.email for one in company.people}
    assert {row.kind for row in rows} == set(AccountKind)
    assert any(row.email in left and row.active for row in rows), "a leaver who can still get in"
    assert any(row.email not in emails for row in rows if row.kind is AccountKind.HUMAN), "nobody's"
    assert any(row.last_login and row.last_login < AS_OF - timedelta(days=90) for row in rows), "dormant"
    assert any(row.login_told and row.last_login is None for row in rows), "never signed in"
    assert {row.description for row in rows if row.entitlement == "Billing Admin"} >= {
        "Changes billing and who may reach it"
    }


def test_most_access_is_ordinary() -> None:
    rows = accesses(made())
    assert 0.02 < sum(row.privileged for row in rows) / len(rows) < 0.25
    assert sum(row.kind is AccountKind.HUMAN for row in rows) / len(rows) > 0.7


def test_an_impossible_size_is_refused() -> None:
    with pytest.raises(ValueError, match="has people and systems"):
        made(people=0)
