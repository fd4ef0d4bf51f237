from dataclasses import replace
from typing import Any

import pytest

from tasks.api_tokens import ApiToken, Scope
from tasks.errors import NotFound, Stale
from tasks.identifiers import PersonId
from tasks.ports import UnitOfWork
from tests.builders import a_person, utc

NOON = utc(2026, 11, 3, 12)


def a_token(handle: str = "t1", **changes: Any) -> ApiToken:
    token = ApiToken(
        id=handle,
        name=f"program {handle}",
        scopes=frozenset({Scope.INCIDENTS}),
        digest=f"digest of {handle}",
        shown="soc2_ab3d",
        person_id=PersonId("olga"),
        created_at=NOON,
    )
    return replace(token, **changes)


@pytest.fixture(autouse=True)
def _olga(uow: UnitOfWork, elsewhere: UnitOfWork) -> None:
    uow.people.add(a_person("olga"))
    elsewhere.people.add(a_person("olga"))


def test_a_token_comes_back_whole(uow: UnitOfWork) -> None:
    token = a_token(
        scopes=frozenset(Scope),
        rotated_at=NOON,
        expires_at=utc(2027, 1, 1),
        revoked_at=utc(2026, 12, 1),
        former_digest="before",
        former_until=utc(2026, 11, 4),
        last_used_at=NOON,
    )
    uow.api_tokens.add(token)
    assert uow.api_tokens.get("t1") == token


def test_a_token_nobody_made_is_not_found(uow: UnitOfWork) -> None:
    with pytest.raises(NotFound):
        uow.api_tokens.get("t1")


def test_of_two_changes_at_once_the_second_is_refused(uow: UnitOfWork) -> None:
    uow.api_tokens.add(a_token())
    saved = uow.api_tokens.save(a_token(revoked_at=NOON))
    assert (saved.version, uow.api_tokens.get("t1")) == (2, saved)
    with pytest.raises(Stale):
        uow.api_tokens.save(a_token(rotated_at=NOON))


def test_a_token_is_found_by_its_name_until_it_is_revoked_and_the_name_is_free_then(uow: UnitOfWork) -> None:
    uow.api_tokens.add(a_token("old", name="pager", revoked_at=NOON))
    assert uow.api_tokens.named("pager") is None
    uow.api_tokens.add(a_token("new", name="pager", expires_at=utc(2026, 1, 1)))
    assert uow.api_tokens.named("pager") == uow.api_tokens.get("new")


def test_all_are_listed_by_name_and_age(uow: UnitOfWork) -> None:
    uow.api_tokens.add(a_token("3", name="b"))
    uow.api_tokens.add(a_token("2", name="a"))
    uow.api_tokens.add(a_token("1", name="a", created_at=utc(2026, 11, 1), revoked_at=NOON))
    assert [one.id for one in uow.api_tokens.every()] == ["1", "2", "3"]


def test_its_last_use_is_noted_without_a_new_version(uow: UnitOfWork) -> None:
    uow.api_tokens.add(a_token())
    uow.api_tokens.used("t1", NOON)
    assert uow.api_tokens.get("t1") == a_token(last_used_at=NOON)


def test_whoever_answers_for_a_token_has_a_history(uow: UnitOfWork) -> None:
    assert not uow.people.has_history(PersonId("olga"))
    uow.api_tokens.add(a_token(revoked_at=NOON))
    assert uow.people.has_history(PersonId("olga"))


def test_another_workspaces_tokens_are_not_ours(uow: UnitOfWork, elsewhere: UnitOfWork) -> None:
    uow.api_tokens.add(a_token())
    elsewhere.api_tokens.used("t1", NOON)
    assert elsewhere.api_tokens.named("program t1") is None
    assert elsewhere.api_tokens.every() == []
    assert uow.api_tokens.get("t1").last_used_at is None
    with pytest.raises(NotFound):
        elsewhere.api_tokens.get("t1")
