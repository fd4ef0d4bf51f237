"""The guard with Slack's check, on a real socket: whatever comes, no 5xx and nothing unverified gets through."""

import asyncio
import hashlib
import hmac
import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx
import pytest

from bot.guard import VERIFIED, Guard, Headers, Message, Receive, Scope, Send
from bot.slack.verification import SlackVerification, TeamWorkspaces
from tasks.identifiers import WorkspaceId
from tests.bot.slack.serving import served

SECRET = "a-signing-secret"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MIB = 1024 * 1024


class FixedClock:
    def now(self) -> datetime:
        return NOW


@dataclass
class Behind:
    """What stands behind the guard: remembers what reached it."""

    seen: list[Any] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()
        self.bodies.append(message["body"])
        self.seen.append(scope[VERIFIED])
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
        await send({"type": "http.response.body", "body": b"seen"})


async def find_workspace(platform: str, team: str) -> WorkspaceId | None:
    return WorkspaceId("w1") if (platform, team) == ("slack", "T1") else None


def guarded(behind: Behind, **limits: Any) -> Guard:
    find = TeamWorkspaces(find_workspace)
    check = SlackVerification(signing_secret=SECRET, clock=FixedClock(), workspace_for=find)
    return Guard(behind, check, **limits)


@pytest.fixture(scope="module")
def behind() -> Behind:
    return Behind()


@pytest.fixture(scope="module")
def address(behind: Behind) -> Iterator[str]:
    with served(guarded(behind)) as where:
        yield where


def signature(body: bytes, stamp: str = STAMP, secret: str = SECRET) -> str:
    return "v0=" + hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()


Raw = list[tuple[bytes, bytes]]


def headers(body: bytes, content_type: str = JSON, stamp: str = STAMP) -> dict[bytes, bytes]:
    return {
        b"Content-Type": content_type.encode(),
        b"X-Slack-Request-Timestamp": stamp.encode(),
        b"X-Slack-Signature": signature(body, stamp).encode(),
    }


def post(address: str, body: bytes, sent: dict[bytes, bytes] | Raw) -> httpx.Response:
    with httpx.Client(trust_env=False, timeout=20) as client:
        return client.post(f"{address}/slack/events", content=body, headers=list(dict(sent).items()))


def event(**changes: object) -> dict[str, Any]:
    said = {"type": "message", "channel_type": "im", "user": "U1", "ts": "1.2", "text": "hello", "channel": "D1"}
    return {"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": said, **changes}


def click(**changes: object) -> dict[str, Any]:
    pressed = [{"type": "button", "action_id": "a:1", "value": "a?"}]
    who = {"team": {"id": "T1"}, "user": {"id": "U1"}}
    return {"type": "block_actions", **who, "actions": pressed, **changes}


def as_form(payload: object) -> bytes:
    return urlencode({"payload": json.dumps(payload)}).encode()


COMMAND = urlencode({"command": "/soc2", "text": "help", "team_id": "T1", "user_id": "U1"}).encode()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (json.dumps(event()).encode(), JSON),
        (json.dumps(event()).encode(), "application/json; charset=utf-8"),
        (json.dumps(event(event={"type": "message", "text": "🎉 emoji"})).encode(), JSON),
        (as_form(click()), FORM),
        (COMMAND, FORM),
        (COMMAND, "Application/X-WWW-Form-Urlencoded"),
        (
            as_form(
                {"type": "view_submission", "team": {"id": "T1"}, "user": {"id": "U1"}, "view": {"callback_id": "a"}}
            ),
            FORM,
        ),
    ],
)
def test_a_signed_request_reaches_the_sdk_with_its_body_and_what_was_parsed(
    address: str, behind: Behind, body: bytes, content_type: str
) -> None:
    response = post(address, body, headers(body, content_type))

    assert (response.status_code, response.text) == (200, "seen")
    assert behind.bodies[-1] == body
    assert isinstance(behind.seen[-1], dict)


def test_url_verification_is_answered_with_the_challenge_and_nothing_else(address: str, behind: Behind) -> None:
    before = len(behind.seen)
    body = json.dumps({"type": "url_verification", "challenge": "abc", "token": "t"}).encode()

    assert post(address, body, headers(body)).json() == {"challenge": "abc"}
    assert len(behind.seen) == before


@pytest.mark.parametrize(
    "body",
    [
        urlencode({"ssl_check": "1", "token": "t"}).encode(),
        as_form({"type": "view_closed", "team": {"id": "T1"}, "user": {"id": "U1"}, "view": {"callback_id": "a"}}),
        COMMAND.replace(b"soc2", b"other"),
        as_form({"type": "shortcut", "callback_id": "x", "team": {"id": "T1"}, "user": {"id": "U1"}}),
    ],
)
def test_what_the_app_has_no_part_for_gets_an_empty_answer(address: str, behind: Behind, body: bytes) -> None:
    before = len(behind.seen)
    response = post(address, body, headers(body, FORM))

    assert (response.status_code, response.content, len(behind.seen)) == (200, b"", before)


def without(name: bytes) -> Callable[[dict[bytes, bytes]], dict[bytes, bytes]]:
    return lambda sent: {key: value for key, value in sent.items() if key != name}


def having(name: bytes, value: bytes) -> Callable[[dict[bytes, bytes]], dict[bytes, bytes]]:
    return lambda sent: {**sent, name: value}


TIMESTAMP, SIGNATURE, CONTENT_TYPE = b"X-Slack-Request-Timestamp", b"X-Slack-Signature", b"Content-Type"
GOOD = json.dumps(event()).encode()
GOOD_SIGNATURE = signature(GOOD).encode()

FORGED = {
    "no timestamp": without(TIMESTAMP),
    "no signature": without(SIGNATURE),
    "empty timestamp": having(TIMESTAMP, b""),
    "words for a timestamp": having(TIMESTAMP, b"yesterday"),
    "a negative timestamp": having(TIMESTAMP, b"-" + STAMP.encode()),
    "a signed timestamp": having(TIMESTAMP, b"+" + STAMP.encode()),
    "a fraction": having(TIMESTAMP, STAMP.encode() + b".0"),
    "an exponent": having(TIMESTAMP, b"1e9"),
    "hex": having(TIMESTAMP, hex(int(STAMP)).encode()),
    "an underscore": having(TIMESTAMP, STAMP.encode()[:5] + b"_" + STAMP.encode()[5:]),
    "a thousand digits": having(TIMESTAMP, b"1" * 1000),
    "other digits": having(TIMESTAMP, "١٢٣".encode()),
    "NaN": having(TIMESTAMP, b"nan"),
    "bytes above ASCII in the timestamp": having(TIMESTAMP, b"\xff\xfe"),
    "another second": having(TIMESTAMP, str(int(STAMP) + 1).encode()),
    "empty signature": having(SIGNATURE, b""),
    "only the version": having(SIGNATURE, b"v0="),
    "another version": having(SIGNATURE, b"v1=" + GOOD_SIGNATURE[3:]),
    "no version": having(SIGNATURE, GOOD_SIGNATURE[3:]),
    "capitals": having(SIGNATURE, GOOD_SIGNATURE.upper()),
    "one digit short": having(SIGNATURE, GOOD_SIGNATURE[:-1]),
    "one digit long": having(SIGNATURE, GOOD_SIGNATURE + b"0"),
    "not hex": having(SIGNATURE, b"v0=" + b"z" * 64),
    "all zeros": having(SIGNATURE, b"v0=" + b"0" * 64),
    "bytes above ASCII in the signature": having(SIGNATURE, b"v0=" + b"\xe9" * 64),
    "two signatures in one": having(SIGNATURE, GOOD_SIGNATURE + b"," + GOOD_SIGNATURE),
    "another secret": having(SIGNATURE, signature(GOOD, secret="guess").encode()),
    "an empty secret": having(SIGNATURE, signature(GOOD, secret="").encode()),
    "another body": having(SIGNATURE, signature(GOOD + b" ").encode()),
    "sixty thousand characters of signature": having(SIGNATURE, b"v0=" + b"a" * 60_000),
}


@pytest.mark.parametrize("what", FORGED)
def test_a_forged_request_is_refused_with_401(address: str, behind: Behind, what: str) -> None:
    before = len(behind.seen)
    response = post(address, GOOD, FORGED[what](headers(GOOD)))

    assert (response.status_code, len(behind.seen)) == (401, before)
    assert list(response.json()) == ["error"]


@pytest.mark.parametrize("minutes", [-6, -60, 6, 60 * 24 * 365])
def test_a_signature_lives_five_minutes_both_ways(address: str, minutes: int) -> None:
    stamp = str(int((NOW + timedelta(minutes=minutes)).timestamp()))

    assert post(address, GOOD, headers(GOOD, stamp=stamp)).json() == {"error": "stale_timestamp"}


DEEP = b"[" * 100_000 + b"]" * 100_000
MALFORMED = {
    "empty JSON": (b"", JSON),
    "not JSON": (b"hello", JSON),
    "half an object": (b'{"type": "event_callback"', JSON),
    "an array": (b"[]", JSON),
    "a number": (b"5", JSON),
    "null": (b"null", JSON),
    "a string": (b'"event_callback"', JSON),
    "bytes that are no text": (b'{"type": "\xff\xfe"}', JSON),
    "UTF-16": (json.dumps(event()).encode("utf-16"), JSON),
    "a byte order mark": (b"\xef\xbb\xbf" + GOOD, JSON),
    "deeper than the stack": (b'{"type":' + DEEP + b"}", JSON),
    "deeper than anything Slack sends": (json.dumps(event(nested=json.loads("[" * 60 + "]" * 60))).encode(), JSON),
    "a number of ten thousand digits": (b'{"type": "event_callback", "n": ' + b"9" * 10_000 + b"}", JSON),
    "half a surrogate pair": (json.dumps(event(event={"type": "message", "text": "\ud800"})).encode(), JSON),
    "a NUL": (json.dumps(event(event={"type": "message", "text": "a\0b"})).encode(), JSON),
    "no type": (b"{}", JSON),
    "type isn't text": (json.dumps({"type": 5, "team_id": "T1"}).encode(), JSON),
    "event isn't an object": (json.dumps(event(event="message")).encode(), JSON),
    "event is a list": (json.dumps(event(event=["message"])).encode(), JSON),
    "event without a type": (json.dumps(event(event={})).encode(), JSON),
    "event without an id": (json.dumps(event(event_id=None)).encode(), JSON),
    "authorizations isn't a list": (json.dumps(event(authorizations="T1")).encode(), JSON),
    "authorizations of numbers": (json.dumps(event(authorizations=[1])).encode(), JSON),
    "enterprise is a number": (json.dumps(event(enterprise=1)).encode(), JSON),
    "an empty form": (b"", FORM),
    "a form without a payload": (b"a=b", FORM),
    "payload isn't JSON": (b"payload=hello", FORM),
    "payload is empty": (b"payload=", FORM),
    "payload is a list": (b"payload=%5B%5D", FORM),
    "payload is too deep": (b"payload=" + b"[" * 50_000, FORM),
    "payload isn't UTF-8": (b"payload=%ff%fe", FORM),
    "a thousand fields": ("&".join(f"a{n}=b" for n in range(1000)).encode(), FORM),
    "a command with a NUL": (COMMAND + b"%00", FORM),
    "a command whose event is text": (COMMAND + b"&event=x", FORM),
    "a command with authorizations": (COMMAND + b"&authorizations=T1", FORM),
    "a command with a view": (COMMAND + b"&view=x", FORM),
    "actions isn't a list": (as_form(click(actions={})), FORM),
    "no actions": (as_form(click(actions=[])), FORM),
    "an action without an id": (as_form(click(actions=[{}])), FORM),
    "actions of texts": (as_form(click(actions=["a"])), FORM),
    "nobody pressed": (as_form(click(user=None)), FORM),
    "user is a list": (as_form(click(user=["U1"])), FORM),
    "team is a number": (as_form(click(team=5)), FORM),
    "container is text": (as_form(click(container="message")), FORM),
    "response_urls is text": (as_form(click(response_urls="x")), FORM),
    "a submission without a view": (as_form({"type": "view_submission", "user": {"id": "U1"}}), FORM),
    "a submission of text": (as_form({"type": "view_submission", "user": {"id": "U1"}, "view": "v"}), FORM),
    "no content type we know": (GOOD, "text/plain"),
    "multipart": (GOOD, "multipart/form-data; boundary=x"),
    "an empty content type": (GOOD, ""),
    "XML": (b"<event/>", "application/xml"),
}


@pytest.mark.parametrize("what", MALFORMED)
def test_a_signed_but_malformed_request_is_refused_with_400(address: str, behind: Behind, what: str) -> None:
    before = len(behind.seen)
    body, content_type = MALFORMED[what]
    response = post(address, body, headers(body, content_type))

    assert (response.status_code, len(behind.seen)) == (400, before), response.text
    assert list(response.json()) == ["error"]


@pytest.mark.parametrize("team", ["T2", "", "T1 ", "t1", "'; drop table tasks; --", "😀"])
def test_another_team_is_refused_with_403(address: str, team: str) -> None:
    body = json.dumps(event(team_id=team)).encode()

    assert post(address, body, headers(body)).status_code == 403


@pytest.mark.parametrize("view_team", ["T2", ""])
def test_the_team_of_an_installation_counts_not_the_one_the_body_also_names(address: str, view_team: str) -> None:
    body = as_form(
        {
            "type": "view_submission",
            "team": {"id": "T1"},
            "user": {"id": "U1"},
            "view": {"callback_id": "a", "app_installed_team_id": view_team},
        }
    )
    assert post(address, body, headers(body, FORM)).status_code == (403 if view_team else 200)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_anything_but_post_is_refused_with_405(address: str, method: str) -> None:
    response = httpx.request(method, f"{address}/slack/events", headers=headers(b""), trust_env=False)

    assert (response.status_code, response.headers["allow"]) == (405, "POST")


def raw(address: str, request: bytes) -> bytes:
    where = urlsplit(address)
    with socket.create_connection((str(where.hostname), int(where.port or 0)), timeout=20) as wire:
        wire.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer and (part := wire.recv(4096)):
            answer += part
    return answer


def head(*lines: str) -> bytes:
    return "\r\n".join(["POST /slack/events HTTP/1.1", "Host: bot", *lines, "", ""]).encode()


TOO_LARGE = {
    "announced": head(f"Content-Length: {MIB + 1}"),
    "announced by the terabyte": head("Content-Length: 1099511627776"),
    "in chunks, unannounced": head("Transfer-Encoding: chunked") + b"100001\r\n" + b"a" * (MIB + 1) + b"\r\n",
    "in many chunks": head("Transfer-Encoding: chunked") + (b"8000\r\n" + b"a" * 0x8000 + b"\r\n") * 33,
}


@pytest.mark.parametrize("what", TOO_LARGE)
def test_a_body_beyond_a_mebibyte_is_refused_while_it_is_still_arriving(address: str, what: str) -> None:
    assert raw(address, TOO_LARGE[what]).startswith(b"HTTP/1.1 413 ")


TRICKS = {
    "two lengths": head("Content-Length: 5", "Content-Length: 6") + b"hello",
    "length in words": head("Content-Length: five") + b"hello",
    "a negative length": head("Content-Length: -1"),
    "length and chunks": head("Content-Length: 5", "Transfer-Encoding: chunked") + b"0\r\n\r\n",
    "chunks that aren't": head("Transfer-Encoding: chunked") + b"zz\r\nhello\r\n",
    "two signatures": head(
        f"Content-Length: {len(GOOD)}",
        "Content-Type: application/json",
        f"X-Slack-Request-Timestamp: {STAMP}",
        f"X-Slack-Signature: {signature(GOOD)}",
        f"X-Slack-Signature: {signature(GOOD)}",
    )
    + GOOD,
    "two timestamps": head(
        f"Content-Length: {len(GOOD)}",
        "Content-Type: application/json",
        f"X-Slack-Request-Timestamp: {STAMP}",
        f"x-slack-request-timestamp: {STAMP}",
        f"X-Slack-Signature: {signature(GOOD)}",
    )
    + GOOD,
    "a header that folds": head("X-Slack-Signature: v0=", " folded") + GOOD,
    "a header without a name": head(": nothing") + GOOD,
    "no HTTP at all": b"hello\r\n\r\n",
}


@pytest.mark.parametrize("what", TRICKS)
def test_tricks_with_headers_and_framing_get_a_4xx(address: str, behind: Behind, what: str) -> None:
    before = len(behind.seen)

    assert raw(address, TRICKS[what]).startswith(b"HTTP/1.1 4")
    assert len(behind.seen) == before


def test_the_bot_still_answers_after_all_that(address: str) -> None:
    assert post(address, GOOD, headers(GOOD)).text == "seen"


async def _sent_by(guard: Guard, messages: list[Message], *, then_hang: bool = False) -> list[Message]:
    sent: list[Message] = []
    waiting = list(messages)

    async def receive() -> Message:
        if not waiting and then_hang:
            await asyncio.Event().wait()
        return waiting.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/slack/events", "headers": []}
    await guard(scope, receive, send)
    return sent


@pytest.mark.anyio
async def test_a_sender_that_dawdles_is_given_up_with_408() -> None:
    guard = guarded(Behind(), slowest_body=0.01)
    part: Message = {"type": "http.request", "body": b"{", "more_body": True}

    assert (await _sent_by(guard, [part], then_hang=True))[0]["status"] == 408


@pytest.mark.anyio
async def test_a_sender_that_hangs_up_gets_no_answer() -> None:
    assert await _sent_by(guarded(Behind()), [{"type": "http.disconnect"}]) == []


@pytest.mark.anyio
async def test_reading_stops_at_the_limit() -> None:
    parts: list[Message] = [{"type": "http.request", "body": b"a" * 60, "more_body": True} for _ in range(3)]
    waiting = list(parts)

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(message: Message) -> None:
        pass

    scope = {"type": "http", "method": "POST", "path": "/", "headers": []}
    await guarded(Behind(), most_bytes=100)(scope, receive, send)

    assert len(waiting) == 1


def test_nothing_of_a_body_is_logged(address: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    body = json.dumps(event(text="a very secret text")).encode()
    post(address, body, having(SIGNATURE, b"v0=" + b"0" * 64)(headers(body)))

    assert "refused" in caplog.text
    assert "very secret" not in caplog.text


def test_a_team_is_looked_up_once() -> None:
    asked: list[str] = []

    async def find(platform: str, team: str) -> WorkspaceId | None:
        asked.append(team)
        return await find_workspace(platform, team)

    async def ask() -> None:
        known = TeamWorkspaces(find)
        assert [await known("T1"), await known("T1")] == ["w1", "w1"]
        assert await known("T2") is None

    asyncio.run(ask())
    assert asked == ["T1", "T2"]


def test_a_header_is_read_once_or_not_at_all() -> None:
    assert Headers([(b"X-Name", b" value ")]).find("x-name") == "value"
    assert Headers([]).find("x-name") is None


def test_a_query_string_changes_nothing(address: str) -> None:
    where = f"{address}/slack/events?{quote('payload={}')}"
    response = httpx.post(where, content=GOOD, headers=headers(GOOD), trust_env=False)

    assert response.text == "seen"
