"""Who gets in: a real server on a socket, whatever is sent as a token."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

import httpx
import pytest

from bot.api.bearer import Bearer
from bot.guard import Headers
from tasks.api_tokens import FoundToken, Scope, digest_of
from tasks.identifiers import PersonId, WorkspaceId
from tasks.operations.use_token import NotAuthenticated
from tests.bot.a_company import ACME, START, StepClock
from tests.bot.api.serving import GLOBEX, MIB, Api
from tests.contracts.test_api_tokens import a_token
from tests.fakes import FakeUnitOfWork, FakeUnitsOfWork

T = TypeVar("T")
HOUR = timedelta(hours=1)


def is_refused(answer: httpx.Response) -> bool:
    """In the one way in which everybody is."""
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    return (answer.status_code, answer.headers.get("www-authenticate"), answer.json()) == (
        401,
        'Bearer realm="soc2bot"',
        {
            "type": "about:blank",
            "title": "Unauthorized",
            "status": 401,
            "detail": "This needs an API token that works, sent as “Authorization: Bearer” and the token. "
            "Ask an admin for one.",
        },
    )


def test_a_token_that_works_finds_out_what_it_is_good_for(api: Api) -> None:
    token = api.token(Scope.INCIDENTS, name="pager", life=timedelta(days=90))
    answer = api.get("/v1/token", token)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == {
        "name": "pager",
        "scopes": ["incidents"],
        "expires": "2027-01-31T10:00:00Z",
        "rotated": False,
    }


def test_the_scheme_may_be_written_in_any_letters(api: Api) -> None:
    token = api.token()
    assert api.get("/v1/token", authorization=f"bEARER {token}").status_code == 200


def test_without_a_token_nobody_gets_in(api: Api) -> None:
    assert is_refused(api.get("/v1/token"))


@pytest.mark.parametrize(
    "made",
    [
        lambda token: token[:-1],
        lambda token: token[5:],
        lambda token: token + "a",
        lambda token: token.upper(),
        lambda token: "soc2_" + "a" * 52,
        lambda token: digest_of(token),
        lambda token: f"{token} {token}",
        lambda token: f"{token},{token}",
        lambda token: f'"{token}"',
        lambda token: "' OR 1=1 --",
        lambda token: "x" * 8000,
    ],
)
def test_a_forged_a_cut_and_a_garbled_token_are_refused_alike(api: Api, made: object) -> None:
    assert callable(made)
    assert is_refused(api.get("/v1/token", made(api.token())))


@pytest.mark.parametrize("given", ["{token}", "Basic {token}", "Token {token}", "Bearer", "Bearer{token}"])
def test_a_token_in_another_scheme_is_none(api: Api, given: str) -> None:
    assert is_refused(api.get("/v1/token", authorization=given.format(token=api.token())))


def test_a_token_that_is_sent_twice_is_none(api: Api) -> None:
    headers = [("authorization", f"Bearer {api.token()}")] * 2
    assert is_refused(httpx.get(f"{api.address}/v1/token", headers=headers, trust_env=False))


def test_a_token_in_the_address_or_in_a_cookie_is_none(api: Api) -> None:
    token = api.token()
    assert is_refused(api.get(f"/v1/token?access_token={token}"))
    assert is_refused(api.get("/v1/token", cookie=f"token={token}"))


def test_bytes_that_are_no_text_are_refused_alike(api: Api) -> None:
    answer = api.raw(b"GET /v1/token HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \xff\xfe\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 401 ")


def test_a_revoked_token_is_refused_like_one_that_never_was(api: Api) -> None:
    token = api.token(name="to be revoked")
    assert api.get("/v1/token", token).status_code == 200
    api.revoke("to be revoked")
    assert is_refused(api.get("/v1/token", token))


def test_an_expired_token_is_refused_from_that_moment_on(api: Api) -> None:
    token = api.token(life=2 * HOUR)
    api.company.clock.moment = START + 2 * HOUR - timedelta(microseconds=1)
    assert api.get("/v1/token", token).status_code == 200
    api.company.clock.moment = START + 2 * HOUR
    assert is_refused(api.get("/v1/token", token))


def test_a_rotated_token_works_through_the_overlap_says_so_and_then_no_longer(api: Api) -> None:
    former = api.token(name="to be rotated")
    token = api.rotate("to be rotated")
    assert api.get("/v1/token", token).json()["rotated"] is False
    seen = api.get("/v1/token", former).json()
    assert (seen["rotated"], seen["expires"]) == (True, "2026-11-03T10:00:00Z")
    api.company.clock.moment = START + 24 * HOUR
    assert is_refused(api.get("/v1/token", former))
    assert api.get("/v1/token", token).status_code == 200


def test_a_token_stops_when_whoever_answers_for_it_has_left(api: Api) -> None:
    token = api.token()
    olga = api.company.read(lambda uow: uow.people.get(PersonId("olga")))
    api.company.write(lambda uow: uow.people.save(replace(olga, active=False)))
    try:
        assert is_refused(api.get("/v1/token", token))
    finally:
        api.company.write(lambda uow: uow.people.save(replace(uow.people.get(olga.id), active=True)))


def test_a_token_acts_in_its_own_workspace_whatever_is_said(api: Api) -> None:
    theirs, ours = api.token(workspace=GLOBEX), api.token()
    assert api.note(theirs).json()["workspace"] == GLOBEX
    assert api.note(ours).json()["workspace"] == "acme"
    assert api.get("/v1/token?workspace=globex", ours, x_workspace="globex").status_code == 200


def test_what_a_token_does_is_recorded_as_done_by_its_person_through_it(api: Api) -> None:
    token = api.token(name="the monitor")
    said = api.note(token).json()
    found = api.company.read(lambda uow: uow.api_tokens.named("the monitor"))
    assert found
    assert (said["by"], said["through"]) == ("olga", f"token:{found.id}")


def test_a_token_without_the_scope_is_told_which_it_lacks(api: Api) -> None:
    answer = api.note(api.token(Scope.ACCESS_EXPORTS))
    assert answer.status_code == 403
    assert answer.headers["www-authenticate"] == 'Bearer realm="soc2bot", error="insufficient_scope", scope="incidents"'
    assert answer.json()["detail"] == "This token lacks the scope incidents. Ask an admin for a token that has it."


def test_a_token_revoked_while_its_request_is_under_way_does_nothing_any_more(api: Api) -> None:
    token = api.token(name="revoked meanwhile")
    before = api.kept_notes()
    api.notes.before_keeping = lambda call: api.revoke("revoked meanwhile")
    assert is_refused(api.note(token))
    assert api.kept_notes() == before


def test_the_last_use_is_noted_once_in_five_minutes(api: Api) -> None:
    token = api.token(name="noted")

    def used() -> object:
        found = api.company.read(lambda uow: uow.api_tokens.named("noted"))
        assert found
        return found.last_used_at

    for minutes, expected in ((0, START), (4, START), (5, START + 5 * HOUR / 60)):
        api.company.clock.moment = START + timedelta(minutes=minutes)
        api.get("/v1/token", token)
        assert used() == expected


@pytest.mark.parametrize("path", ["/v1/notes", "/v1/files"])
def test_the_body_of_somebody_unknown_is_refused_before_a_byte_of_it_has_come(api: Api, path: str) -> None:
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {MIB}\r\n"
    answer = api.raw(f"{head}Authorization: Bearer soc2_{'a' * 52}\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 401 ")
    assert b"connection: close" in answer.lower()


def test_whoever_asks_before_sending_the_body_is_not_asked_for_it(api: Api) -> None:
    head = f"POST /v1/notes HTTP/1.1\r\nHost: x\r\nContent-Length: {MIB}\r\nExpect: 100-continue\r\n\r\n"
    assert api.raw(head.encode()).startswith(b"HTTP/1.1 401 ")


class CountedUnits(FakeUnitsOfWork):
    def __init__(self, found: FoundToken | None) -> None:
        super().__init__()
        self.found = found
        self.steps: list[str] = []

    async def token_for(self, digest: str) -> FoundToken | None:
        self.steps.append("token_for")
        return self.found

    def read_now(self, workspace_id: WorkspaceId, work: Callable[[FakeUnitOfWork], T]) -> T:
        self.steps.append("read")
        return super().read_now(workspace_id, work)


@pytest.mark.anyio
@pytest.mark.parametrize("header", ["", "Bearer", "Bearer soc2_abc", "Basic abc"])
@pytest.mark.parametrize("changes", [None, {"expires_at": START}, {"revoked_at": START}, {"digest": "another"}])
async def test_every_refusal_takes_the_same_steps_one_look_up(header: str, changes: dict[str, Any] | None) -> None:
    """And so the same time; nothing is compared letter by letter."""
    token = a_token(digest=digest_of("soc2_abc"))
    found = FoundToken(workspace_id=ACME, token=replace(token, **changes), person_active=True) if changes else None
    units = CountedUnits(found)
    headers = Headers([(b"authorization", header.encode())] if header else [])
    with pytest.raises(NotAuthenticated):
        await Bearer(units=units, clock=StepClock()).verify(headers)
    assert units.steps == ["token_for"]
