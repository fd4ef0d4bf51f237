from dataclasses import replace
from typing import Any

import pytest

from tasks.errors import Invalid, NotAllowed, Stale
from tasks.identifiers import PersonId
from tasks.notices import Occasion
from tasks.operations.move_account import move_account
from tasks.people import Role
from tasks.ports import Identity
from tests.builders import a_person
from tests.tasks.operations.company import Company, a_company

DAN = PersonId("dan")


def an_account(who: str = "olga", external_id: str = "29:olga") -> Identity:
    return Identity(platform="teams", external_id=external_id, person_id=PersonId(who))


def a_linked_company() -> Company:
    acme = a_company()
    acme.uow.people.link(an_account())
    return acme


def holder(acme: Company) -> str:
    found = acme.uow.people.by_identity("teams", "29:olga")
    return found.id if found else ""


def test_an_admin_moves_an_account_and_both_changes_are_on_record() -> None:
    acme = a_linked_company()
    assert acme.by("ada", move_account, an_account(), DAN) == acme.person("dan")
    assert holder(acme) == "dan"
    changes = [(entry.what, entry.about, entry.after, entry.detail) for entry in acme.state.entries]
    assert changes == [
        ("person:unlink", "person:olga", {"platform": "teams", "by": "admin"}, "29:olga"),
        ("person:link", "person:dan", {"platform": "teams", "by": "admin"}, "29:olga"),
    ]


def test_an_account_can_be_nobodys() -> None:
    acme = a_linked_company()
    assert acme.by("ada", move_account, an_account(), None) is None
    assert (holder(acme), acme.entries) == ("", ["person:unlink"])


def test_whoever_can_still_be_reached_is_told() -> None:
    acme = a_linked_company()
    acme.by("ada", move_account, an_account(), DAN)
    assert acme.told(Occasion.ACCOUNTS_CHANGED) == ["dan"]
    (notice,) = acme.notices(Occasion.ACCOUNTS_CHANGED)
    assert notice.detail == "The Teams account 29:olga is an account of yours now (changed by Ada)."


def test_moving_it_to_whom_it_belongs_changes_nothing() -> None:
    acme = a_linked_company()
    acme.by("ada", move_account, an_account(), PersonId("olga"))
    assert (holder(acme), acme.entries) == ("olga", [])


@pytest.mark.parametrize("who", ["olga", "lee", "max"])
def test_only_admins_move_accounts(who: str) -> None:
    a_linked_company().refused(NotAllowed, who, move_account, an_account(), DAN)


def test_nobody_moves_an_account_of_their_own_or_to_themselves() -> None:
    acme = a_linked_company()
    acme.refused(NotAllowed, "ada", move_account, an_account(), PersonId("ada"))
    acme.uow.people.link(an_account("ada", "29:ada"))
    acme.refused(NotAllowed, "ada", move_account, an_account("ada", "29:ada"), DAN)
    acme.refused(NotAllowed, "ada", move_account, an_account("ada", "29:ada"), None)


@pytest.mark.parametrize("change", [{"active": False}, {"guest": True}])
def test_an_account_moves_only_to_somebody_who_takes_part(change: dict[str, Any]) -> None:
    acme = a_linked_company()
    acme.uow.people.save(replace(acme.person("dan"), **change))
    assert "person" in acme.refused(Invalid, "ada", move_account, an_account(), DAN).fields
    assert "person" in acme.refused(Invalid, "ada", move_account, an_account(), PersonId("nobody")).fields


def test_an_account_that_moved_meanwhile_is_left_alone() -> None:
    acme = a_linked_company()
    acme.uow.people.link(an_account("carl"))
    acme.refused(Stale, "ada", move_account, an_account(), DAN)
    acme.refused(Stale, "ada", move_account, an_account(external_id="29:nobody"), DAN)


def test_an_admin_by_another_name_is_still_an_admin() -> None:
    acme = a_company(a_person("carl", Role.ADMIN))
    acme.uow.people.link(an_account())
    acme.by("carl", move_account, an_account(), PersonId("ada"))
    assert holder(acme) == "ada"
