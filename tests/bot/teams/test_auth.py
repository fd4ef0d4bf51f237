"""Our own tokens, over loopback sockets; only the seconds are ours."""

import asyncio
import json
from collections.abc import Iterator

import pytest

from bot.platform import PlatformError, RetryLater, TokenRevoked
from bot.teams.auth import CachedTokens, ClientSecret, ManagedIdentity, NoTokens, Token, seconds_of
from tests.teams_keys.server import IDENTITY, Answer, KeyServer
from tests.teams_keys.signing import APP_ID, TENANT

pytestmark = pytest.mark.anyio
PATH = f"/{TENANT}/oauth2/v2.0/token"
PASSWORD = "hush-hush"


class Seconds:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def server() -> Iterator[KeyServer]:
    with KeyServer() as server:
        yield server


def secret(server: KeyServer, patience: float = 10) -> ClientSecret:
    return ClientSecret(authority_url=server.url, tenant_id=TENANT, app_id=APP_ID, password=PASSWORD, patience=patience)


@pytest.fixture
def identity(server: KeyServer, monkeypatch: pytest.MonkeyPatch) -> ManagedIdentity:
    """As on an App Service, whose environment says where to ask."""
    monkeypatch.setenv("IDENTITY_ENDPOINT", server.url + IDENTITY)
    monkeypatch.setenv("IDENTITY_HEADER", "a-header")
    return ManagedIdentity(app_id=APP_ID)


def refusal(error: str, description: str = "") -> Answer:
    return Answer(status=400, body=json.dumps({"error": error, "error_description": description}).encode())


async def test_the_password_buys_a_token_for_the_connector(server: KeyServer) -> None:
    assert await secret(server)() == Token(value="token-1", lasts=3600)
    assert server.forms == [
        {
            "grant_type": "client_credentials",
            "client_id": APP_ID,
            "client_secret": PASSWORD,
            "scope": "https://api.botframework.com/.default",
        }
    ]


async def test_a_token_is_kept_until_shortly_before_its_end(server: KeyServer) -> None:
    seconds = Seconds()
    tokens = CachedTokens(secret(server), seconds=seconds)
    assert [await tokens.bearer() for _ in range(3)] == ["token-1"] * 3
    seconds.now += 3600 - 301
    assert await tokens.bearer() == "token-1"
    seconds.now += 2
    assert await tokens.bearer() == "token-2"


async def test_a_token_of_short_life_is_kept_for_half_of_it(server: KeyServer) -> None:
    server.token_lasts = "100"
    seconds = Seconds()
    tokens = CachedTokens(secret(server), seconds=seconds)
    await tokens.bearer()
    seconds.now += 49
    assert await tokens.bearer() == "token-1"
    seconds.now += 2
    assert await tokens.bearer() == "token-2"


async def test_many_who_need_a_token_wait_for_one_request(server: KeyServer) -> None:
    tokens = CachedTokens(secret(server))
    assert set(await asyncio.gather(*(tokens.bearer() for _ in range(20)))) == {"token-1"}
    assert server.asked[PATH] == 1


async def test_one_who_goes_away_does_not_end_the_request_of_the_others(server: KeyServer) -> None:
    server.go_on.clear()
    tokens = CachedTokens(secret(server))
    impatient, patient = (asyncio.create_task(tokens.bearer()) for _ in range(2))
    await asyncio.sleep(0)
    impatient.cancel()
    server.go_on.set()
    assert await patient == "token-1"


async def test_a_refused_token_is_forgotten_once(server: KeyServer) -> None:
    tokens = CachedTokens(secret(server))
    first = await tokens.bearer()
    tokens.forget(first)
    assert await tokens.bearer() == "token-2"
    tokens.forget(first)
    assert await tokens.bearer() == "token-2"


async def test_a_failure_is_not_kept(server: KeyServer) -> None:
    tokens = CachedTokens(secret(server))
    server.instead[PATH] = Answer(status=500)
    with pytest.raises(RetryLater):
        await tokens.bearer()
    server.instead.clear()
    assert await tokens.bearer() == "token-2"


@pytest.mark.parametrize(
    ("answer", "wanted", "reason"),
    [
        (refusal("invalid_client", "AADSTS7000215: Invalid client secret provided."), TokenRevoked, "AADSTS7000215"),
        (refusal("unauthorized_client", "AADSTS700016: Application not found"), TokenRevoked, "AADSTS700016"),
        (refusal("invalid_request", f"the secret {PASSWORD} is odd: x"), TokenRevoked, "token: invalid_request"),
        (refusal("temporarily_unavailable"), RetryLater, "temporarily_unavailable"),
        (Answer(status=400, body=b"{}"), RetryLater, "http 400"),
        (Answer(status=404, body=b"<html>"), RetryLater, "no answer"),
        (Answer(status=302, headers={"location": "/elsewhere"}, body=b"{}"), RetryLater, "http 302"),
        (Answer(status=503, body=b"<html>"), RetryLater, "http 503"),
        (Answer(body=b"[]"), RetryLater, "http 200"),
        (Answer(body=b'{"access_token": "x"}'), RetryLater, "http 200"),
        (Answer(body=b'{"access_token": 7, "expires_in": 3600}'), RetryLater, "http 200"),
        (Answer(body=b"\xff"), RetryLater, "no answer"),
    ],
)
async def test_what_a_refusal_means(
    server: KeyServer, answer: Answer, wanted: type[PlatformError], reason: str
) -> None:
    server.instead[PATH] = answer
    with pytest.raises(PlatformError) as refused:
        await secret(server)()
    assert type(refused.value) is wanted
    assert reason in str(refused.value)
    assert PASSWORD not in str(refused.value)


@pytest.mark.parametrize(("told", "waits"), [("7", 7), ("99999", 3600), ("soon", 30), ("-1", 30)])
async def test_a_rate_limit_says_when_to_come_back(server: KeyServer, told: str, waits: float) -> None:
    server.instead[PATH] = Answer(status=429, body=b"{}", headers={"retry-after": told})
    with pytest.raises(RetryLater) as later:
        await secret(server)()
    assert later.value.after == waits


async def test_a_silent_server_is_given_up(server: KeyServer) -> None:
    server.go_on.clear()
    with pytest.raises(RetryLater):
        await secret(server, patience=0.05)()


async def test_nobody_listening_is_tried_again_later() -> None:
    with KeyServer() as gone:
        fetch = secret(gone)
    with pytest.raises(RetryLater):
        await fetch()


# a managed identity


async def test_the_machines_identity_gives_a_token_without_a_password(
    server: KeyServer, identity: ManagedIdentity
) -> None:
    token = await identity()
    assert (token.value, token.lasts > 3600) == ("token-1", True)
    assert server.headers[0]["x-identity-header"] == "a-header"


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        (Answer(status=400, body=b'{"statusCode": 400, "message": "No such identity"}'), TokenRevoked),
        (Answer(status=429, body=b"{}"), RetryLater),
        (Answer(status=500, body=b"{}"), RetryLater),
        (Answer(status=200, body=b"<html>"), RetryLater),
    ],
)
async def test_what_the_machines_refusal_means(
    server: KeyServer, identity: ManagedIdentity, answer: Answer, wanted: type[PlatformError]
) -> None:
    server.instead[IDENTITY] = answer
    with pytest.raises(PlatformError) as refused:
        await identity()
    assert type(refused.value) is wanted


async def test_a_silent_machine_is_given_up_and_the_loop_goes_on_meanwhile(
    server: KeyServer, identity: ManagedIdentity
) -> None:
    server.go_on.clear()
    asking = asyncio.create_task(ManagedIdentity(app_id=APP_ID, patience=0.2)())
    for _ in range(5):
        await asyncio.sleep(0.001)
    assert not asking.done()
    with pytest.raises(RetryLater):
        await asking


async def test_the_emulator_wants_no_token() -> None:
    assert await NoTokens().bearer() == ""


async def test_only_positive_numbers_are_seconds() -> None:
    assert [seconds_of(value) for value in (5, "5", 5.5, True, None, "", "x", "٣", "9" * 20)] == [
        *(5, 5, 5.5, 0, 0, 0, 0, 0, 0)
    ]
