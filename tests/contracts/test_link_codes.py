from dataclasses import replace
from typing import Any

import pytest

from tasks.errors import NotFound, Stale
from tasks.identifiers import PersonId
from tasks.link_codes import LinkCode, LinkState, WrongCodes
from tasks.ports import UnitOfWork
from tests.builders import a_person, utc

NOON = utc(2026, 11, 3, 12)
OLGA = PersonId("olga")


def a_code(handle: str = "c1", **changes: Any) -> LinkCode:
    code = LinkCode(id=handle, person_id=OLGA, digest="ab12", platform="slack", expires_at=NOON)
    return replace(code, **changes)


@pytest.fixture(autouse=True)
def _olga(uow: UnitOfWork, elsewhere: UnitOfWork) -> None:
    uow.people.add(a_person("olga"))
    elsewhere.people.add(a_person("olga"))


def test_a_code_comes_back_whole(uow: UnitOfWork) -> None:
    account = {"account_platform": "teams", "account_id": "29:1abc", "account_name": "Olga Owner"}
    code = a_code(state=LinkState.TYPED, **account)
    uow.link_codes.add(code)
    assert uow.link_codes.get("c1") == code


def test_a_code_nobody_made_is_not_found(uow: UnitOfWork) -> None:
    with pytest.raises(NotFound):
        uow.link_codes.get("c1")


def test_a_code_is_found_by_its_digest_the_latest_first(uow: UnitOfWork) -> None:
    uow.link_codes.add(a_code("new", expires_at=utc(2026, 11, 4)))
    uow.link_codes.add(a_code("old"))
    found = uow.link_codes.by_digest("ab12")
    assert found is not None
    assert found.id == "new"
    assert uow.link_codes.by_digest("cd34") is None


def test_of_two_who_change_a_code_the_second_is_refused(uow: UnitOfWork) -> None:
    uow.link_codes.add(a_code())
    typed = uow.link_codes.save(a_code(state=LinkState.TYPED))
    assert typed == a_code(state=LinkState.TYPED, version=2)
    with pytest.raises(Stale):
        uow.link_codes.save(a_code(state=LinkState.SETTLED))
    assert uow.link_codes.get("c1") == typed


def test_waiting_are_the_persons_own_that_are_not_settled(uow: UnitOfWork) -> None:
    uow.people.add(a_person("hans"))
    uow.link_codes.add(a_code("later", state=LinkState.TYPED, expires_at=utc(2026, 11, 4)))
    uow.link_codes.add(a_code("sooner"))
    uow.link_codes.add(a_code("done", state=LinkState.SETTLED))
    uow.link_codes.add(a_code("other", person_id=PersonId("hans")))
    assert [one.id for one in uow.link_codes.waiting(OLGA)] == ["sooner", "later"]


def test_wrong_codes_are_counted_by_account(uow: UnitOfWork) -> None:
    wrong = WrongCodes(platform="teams", external_id="29:1", count=1, since=NOON)
    uow.link_codes.save_wrong(wrong)
    uow.link_codes.save_wrong(replace(wrong, count=2))
    assert uow.link_codes.wrong("teams", "29:1") == replace(wrong, count=2)
    assert uow.link_codes.wrong("slack", "29:1") is None


def test_what_is_old_is_forgotten(uow: UnitOfWork) -> None:
    uow.link_codes.add(a_code("old"))
    uow.link_codes.add(a_code("new", expires_at=utc(2026, 11, 4)))
    uow.link_codes.save_wrong(WrongCodes(platform="teams", external_id="old", count=1, since=NOON))
    uow.link_codes.save_wrong(WrongCodes(platform="teams", external_id="new", count=1, since=utc(2026, 11, 4)))
    assert uow.link_codes.forget_before(utc(2026, 11, 3, 18)) == 2
    assert [one.id for one in uow.link_codes.waiting(OLGA)] == ["new"]
    assert uow.link_codes.wrong("teams", "old") is None
    assert uow.link_codes.wrong("teams", "new") is not None


def test_another_workspaces_codes_are_not_ours(uow: UnitOfWork, elsewhere: UnitOfWork) -> None:
    uow.link_codes.add(a_code())
    uow.link_codes.save_wrong(WrongCodes(platform="teams", external_id="29:1", count=1, since=NOON))
    assert elsewhere.link_codes.by_digest("ab12") is None
    assert elsewhere.link_codes.waiting(OLGA) == []
    assert elsewhere.link_codes.wrong("teams", "29:1") is None
    assert elsewhere.link_codes.forget_before(utc(2027, 1, 1)) == 0
