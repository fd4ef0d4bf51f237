"""The real fetch, over loopback; only the seconds are ours."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from bot.teams.keys import FRESH, NoKeys, PublishedKeys, is_trustworthy, keys_of
from tests.teams_keys.server import KEYS, METADATA, Answer, KeyServer
from tests.teams_keys.signing import KeyPair

pytestmark = pytest.mark.anyio


class Seconds:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def server() -> Iterator[KeyServer]:
    with KeyServer() as server:
        yield server


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


async def test_a_published_key_is_found_with_its_endorsements(server: KeyServer, seconds: Seconds) -> None:
    found = await PublishedKeys(server.openid_url, seconds=seconds).find("key-1")
    assert found is not None
    assert found.endorsements == {"msteams", "skype"}
    assert found.key.public_numbers() == KeyPair().private.public_key().public_numbers()


async def test_keys_are_fetched_once(server: KeyServer, seconds: Seconds) -> None:
    keys = PublishedKeys(server.openid_url, seconds=seconds)
    for _ in range(5):
        await keys.find("key-1")
    assert server.asked == {METADATA: 1, KEYS: 1}


async def test_many_who_need_keys_at_once_wait_for_one_fetch(server: KeyServer, seconds: Seconds) -> None:
    keys = PublishedKeys(server.openid_url, seconds=seconds)
    found = await asyncio.gather(*(keys.find(kid) for kid in ["key-1", "other"] * 20))
    assert [key is not None for key in found] == [True, False] * 20
    assert server.asked[KEYS] == 1


async def test_unknown_keys_cause_one_refresh_a_minute(server: KeyServer, seconds: Seconds) -> None:
    keys = PublishedKeys(server.openid_url, seconds=seconds)
    for number in range(100):
        assert await keys.find(f"invented-{number}") is None
    assert server.asked[KEYS] == 1
    seconds.now += 61
    assert await keys.find("invented") is None
    assert server.asked[KEYS] == 2


async def test_a_new_key_is_found_after_a_minute(server: KeyServer, seconds: Seconds) -> None:
    keys = PublishedKeys(server.openid_url, seconds=seconds)
    await keys.find("key-1")
    server.keys = [KeyPair(kid="key-2")]
    seconds.now += 61
    assert await keys.find("key-2") is not None
    assert await keys.find("key-1") is None, "it is published no more"


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        (METADATA, Answer(status=500)),
        (METADATA, Answer(status=302, headers={"location": KEYS})),
        (METADATA, Answer(body=b"<html>")),
        (METADATA, Answer(body=b"[]")),
        (METADATA, Answer(body=b"{}")),
        (METADATA, Answer(body=b'{"jwks_uri": "http://evil.example/keys"}')),
        (METADATA, Answer(body=b'{"jwks_uri": "file:///etc/passwd"}')),
        (KEYS, Answer(status=503)),
        (KEYS, Answer(body=b"\xff\xfe")),
        (KEYS, Answer(body=b'{"keys": []}')),
        (KEYS, Answer(body=b'{"keys": "none"}')),
        (KEYS, Answer(body=b'{"x": "' + b"x" * 1024 * 1024 + b'"}')),
        (KEYS, Answer(body=b"[" * 100_000)),
    ],
)
async def test_the_old_keys_serve_while_a_refresh_fails(
    server: KeyServer, seconds: Seconds, path: str, answer: Answer
) -> None:
    keys = PublishedKeys(server.openid_url, seconds=seconds)
    await keys.find("key-1")
    server.instead[path] = answer
    seconds.now += 61
    assert await keys.find("unknown") is None
    assert await keys.find("key-1") is not None


async def test_without_any_key_a_failing_server_is_asked_once_a_minute(server: KeyServer, seconds: Seconds) -> None:
    server.instead[METADATA] = Answer(status=500)
    keys = PublishedKeys(server.openid_url, seconds=seconds)
    assert [await keys.find("key-1") for _ in range(5)] == [None] * 5
    assert server.asked[METADATA] == 1
    server.instead.clear()
    seconds.now += 61
    assert await keys.find("key-1") is not None


async def test_a_silent_server_is_given_up(server: KeyServer, seconds: Seconds) -> None:
    server.go_on.clear()
    assert await PublishedKeys(server.openid_url, seconds=seconds, patience=0.05).find("key-1") is None


async def test_nobody_listening_is_no_key() -> None:
    with KeyServer() as gone:
        url = gone.openid_url
    assert await PublishedKeys(url).find("key-1") is None


async def test_day_old_keys_serve_without_waiting_while_new_ones_are_fetched(
    server: KeyServer, seconds: Seconds
) -> None:
    keys = PublishedKeys(server.openid_url, seconds=seconds)
    await keys.find("key-1")
    server.keys.append(KeyPair(kid="key-2"))
    server.go_on.clear()
    seconds.now += FRESH + 1
    async with asyncio.timeout(1):
        assert await keys.find("key-1") is not None
        assert await keys.find("key-1") is not None
    server.go_on.set()
    assert await keys.find("key-2") is not None
    assert server.asked[KEYS] == 2


async def test_a_caller_who_goes_away_does_not_end_the_fetch_of_the_others(server: KeyServer, seconds: Seconds) -> None:
    server.go_on.clear()
    keys = PublishedKeys(server.openid_url, seconds=seconds)
    impatient, patient = (asyncio.create_task(keys.find("key-1")) for _ in range(2))
    await asyncio.sleep(0)
    impatient.cancel()
    server.go_on.set()
    assert await patient is not None


def published(**changes: Any) -> dict[str, Any]:
    return {"keys": [{"kid": "good", **KeyPair(kid="good").jwk()}, {**KeyPair().jwk(), **changes}, None, "x", 7]}


@pytest.mark.parametrize(
    "change",
    [
        {"kty": "EC"},
        {"kty": "oct", "k": "c2VjcmV0"},
        {"use": "enc"},
        {"kid": ""},
        {"kid": 7},
        {"n": "!!!"},
        {"n": ""},
        {"n": 7},
        {"e": None},
        {"n": "AQAB"},
    ],
    ids=json.dumps,
)
async def test_a_key_that_can_not_be_used_is_passed_over(change: dict[str, Any]) -> None:
    assert set(keys_of(published(**change))) == {"good"}


async def test_a_short_key_is_passed_over() -> None:
    assert set(keys_of({"keys": [KeyPair(kid="short", size=1024).jwk(), KeyPair().jwk()]})) == {"key-1"}


async def test_a_private_key_that_is_published_by_mistake_counts_as_its_public_part() -> None:
    assert set(keys_of(published(d="AQAB"))) == {"good", "key-1"}


async def test_a_key_without_endorsements_endorses_nothing() -> None:
    assert keys_of({"keys": [KeyPair(endorsements=None).jwk()]})["key-1"].endorsements == frozenset()
    assert keys_of(published(endorsements="msteams"))["key-1"].endorsements == frozenset()
    assert keys_of(published(endorsements=["msteams", 7]))["key-1"].endorsements == {"msteams"}


async def test_no_usable_key_is_no_reason_to_forget_the_others() -> None:
    with pytest.raises(NoKeys):
        keys_of({"keys": [{"kty": "EC"}]})


async def test_keys_come_over_tls_or_from_this_machine_to_this_machine() -> None:
    far, here = "https://login.botframework.com/x", "http://127.0.0.1:8000/x"
    assert is_trustworthy("https://login.botframework.com/keys", like=far)
    assert is_trustworthy("http://127.0.0.1:9/keys", like=here)
    assert not is_trustworthy("http://127.0.0.1:9/keys", like=far)
    assert not is_trustworthy("http://login.botframework.com/keys", like=far)
    assert not is_trustworthy("https://[", like=far)
    assert not is_trustworthy("", like=far)
