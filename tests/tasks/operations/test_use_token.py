from dataclasses import replace
from datetime import timedelta

import pytest

from tasks.api_tokens import ApiToken, FoundToken, Scope, secret_of
from tasks.operations.create_token import create_token
from tasks.operations.revoke_token import revoke_token
from tasks.operations.use_token import (
    NOTED_EVERY,
    NotAuthenticated,
    act_for_token,
    is_worth_noting,
    note_use,
    require_works,
)
from tests.fakes import MONDAY
from tests.tasks.operations.company import ACME, Company, a_company

SECRET = secret_of("soc2_first")


def with_a_token() -> tuple[Company, ApiToken]:
    acme = a_company()
    token = acme.by(
        "ada", create_token, name="pager", scopes=[Scope.INCIDENTS], secret=SECRET, email="olga@example.com"
    )
    return acme, token


def test_what_a_token_does_is_done_by_whoever_answers_for_it() -> None:
    acme, token = with_a_token()
    actor = act_for_token(acme.uow, token.id, SECRET.digest)
    assert (actor.name, actor.platform, actor.message, actor.at) == ("olga", "api", f"token:{token.id}", MONDAY)


def test_a_token_revoked_meanwhile_does_nothing_any_more() -> None:
    acme, token = with_a_token()
    acme.by("ada", revoke_token, "pager")
    with pytest.raises(NotAuthenticated):
        act_for_token(acme.uow, token.id, SECRET.digest)


def test_a_token_stops_when_its_person_leaves() -> None:
    acme, token = with_a_token()
    acme.uow.people.save(replace(acme.person("olga"), active=False))
    with pytest.raises(NotAuthenticated):
        act_for_token(acme.uow, token.id, SECRET.digest)


def test_every_kind_of_token_that_does_not_work_is_refused_in_the_same_words() -> None:
    _, token = with_a_token()
    found = FoundToken(workspace_id=ACME, token=token, person_active=True)
    bad = {
        "unknown": (None, SECRET.digest),
        "another secret": (found, "other"),
        "expired": (replace(found, token=replace(token, expires_at=MONDAY)), SECRET.digest),
        "revoked": (replace(found, token=replace(token, revoked_at=MONDAY)), SECRET.digest),
        "nobody answers": (replace(found, person_active=False), SECRET.digest),
    }
    said = set()
    for one, digest in bad.values():
        with pytest.raises(NotAuthenticated) as refused:
            require_works(one, digest, MONDAY)
        said.add(str(refused.value))
    assert len(said) == 1
    assert require_works(found, SECRET.digest, MONDAY) == found


def test_a_use_is_noted_at_most_every_five_minutes() -> None:
    acme, token = with_a_token()
    assert is_worth_noting(token, MONDAY)
    note_use(acme.uow, token.id)
    noted = acme.uow.api_tokens.get(token.id)
    assert noted.last_used_at == MONDAY
    assert not is_worth_noting(noted, MONDAY + NOTED_EVERY - timedelta(seconds=1))
    assert is_worth_noting(noted, MONDAY + NOTED_EVERY)
