"""Forged, malformed and hostile requests to Teams' endpoint on a real socket: none is answered 5xx, none gets through,
and together they don't make it grow."""

import base64
import gzip
import hmac
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import httpx
import psutil
import pytest
from cryptography.hazmat.primitives import serialization

from tests.bot.teams.teams_caller import GOOD, NO_ENDORSEMENTS, SKYPE_ONLY, Caller, a_caller, headers
from tests.teams_keys.server import KEYS, METADATA
from tests.teams_keys.signing import APP_ID, ISSUER, SERVICE_URL, TENANT, KeyPair, an_activity, by_hand, claims, signed

MEGABYTE = 1024 * 1024
MOST_GROWTH = 32 * MEGABYTE
OTHER = "00000000-0000-0000-0000-000000000000"
BODY = json.dumps(an_activity()).encode()
HEADER = {"typ": "JWT", "alg": "RS256", "kid": "key-1"}
Case = Callable[[Caller], httpx.Response]


@pytest.fixture(scope="module")
def caller() -> Iterator[Caller]:
    with a_caller() as caller:
        yield caller


def token(**changes: Any) -> Case:
    return lambda c: c.send(token=GOOD.token(**changes))


def header(**changes: Any) -> Case:
    return lambda c: c.send(token=GOOD.token(header=changes))


def raw_token(text: str) -> Case:
    return lambda c: c.send(token=text)


def authorization(*values: str | bytes) -> Case:
    given = [(b"authorization", value.encode() if isinstance(value, str) else value) for value in values]
    return lambda c: c.raw(BODY, [*headers(None), *given])


def activity(kind: str = "message", **changes: Any) -> Case:
    return lambda c: c.send(an_activity(kind, **changes))


def invoke(name: str, value: object) -> Case:
    return lambda c: c.send({**an_activity("invoke", name=name), "value": value})


def body(content: bytes) -> Case:
    return lambda c: c.send(content)


def served_from(url: str, **changes: Any) -> Case:
    """The token vouches for that address, and still we must not answer there."""
    return lambda c: c.send(an_activity(serviceUrl=url), token=GOOD.token(serviceurl=url, **changes))


def hmac_with_the_public_key() -> str:
    public = GOOD.private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    unsigned = by_hand({**HEADER, "alg": "HS256"}, claims()).rpartition(".")[0]
    return (
        f"{unsigned}.{base64.urlsafe_b64encode(hmac.digest(public, unsigned.encode(), 'sha256')).decode().rstrip('=')}"
    )


def with_other_claims() -> str:
    """A good signature under claims that were changed afterwards."""
    head, _, signature = GOOD.token().split(".")
    changed = by_hand(HEADER, claims(aud=APP_ID, exp=int(time.time()) + 99_999)).split(".")[1]
    return f"{head}.{changed}.{signature}"


FORGED: dict[str, Case] = {
    "no authorization": lambda c: c.raw(BODY, headers(None)),
    "an empty authorization": authorization(""),
    "two authorizations": lambda c: c.raw(BODY, [*headers(f"Bearer {GOOD.token()}"), *headers("Bearer x")]),
    "another scheme": lambda c: c.raw(BODY, headers(f"Basic {GOOD.token()}")),
    "no scheme": lambda c: c.raw(BODY, headers(GOOD.token())),
    "a bearer of nothing": authorization("Bearer"),
    "a token in two words": lambda c: c.raw(BODY, headers(f"Bearer {GOOD.token()} x")),
    "a header that is not ASCII": authorization(b"Bearer \xff\xfe"),
    "a very long token": raw_token("a" * 9_000),
    "garbage": raw_token("garbage"),
    "dots": raw_token("..."),
    "two parts": raw_token("a.b"),
    "parts that are no base64": raw_token("!!!.???.###"),
    "a header that is no JSON": raw_token(by_hand(b"x", claims())),
    "a header that is a list": raw_token(by_hand([HEADER], claims())),
    "a header of lists in lists": raw_token(by_hand(b"[" * 4000, b"")),
    "claims that are no JSON": lambda c: c.send(token=signed(b"x")),
    "claims that are a list": lambda c: c.send(token=signed(b"[]")),
    "claims with a NUL": lambda c: c.send(token=signed(json.dumps(claims(x="\0")).encode())),
    "alg none": raw_token(by_hand({**HEADER, "alg": "none"}, claims())),
    "alg None": raw_token(by_hand({**HEADER, "alg": "None"}, claims())),
    "alg missing": raw_token(by_hand({"kid": "key-1"}, claims())),
    "alg a list": raw_token(by_hand({**HEADER, "alg": ["RS256"]}, claims())),
    "alg none with a good signature": lambda c: c.send(token=f"{by_hand({**HEADER, 'alg': 'none'}, claims())[:-1]}"),
    "HS256 with the public key": lambda c: c.send(token=hmac_with_the_public_key()),
    "RS384": raw_token(by_hand({**HEADER, "alg": "RS384"}, claims(), b"x" * 256)),
    "PS256": raw_token(by_hand({**HEADER, "alg": "PS256"}, claims(), b"x" * 256)),
    "no signature": lambda c: c.send(token=GOOD.token().rpartition(".")[0] + "."),
    "a wrong signature": raw_token(by_hand(HEADER, claims(), b"x" * 256)),
    "a short signature": raw_token(by_hand(HEADER, claims(), b"x")),
    "other claims under a good signature": lambda c: c.send(token=with_other_claims()),
    "a stranger's key under a known id": lambda c: c.send(token=KeyPair(kid="evil").token(header={"kid": "key-1"})),
    "an unknown kid": lambda c: c.send(token=KeyPair(kid="evil").token()),
    "no kid": header(kid=""),
    "a kid that is a path": header(kid="../../../../dev/null"),
    "a kid that is a number": raw_token(by_hand({**HEADER, "kid": 7}, claims(), b"x")),
    "a kid that is an object": raw_token(by_hand({**HEADER, "kid": {"a": 1}}, claims(), b"x")),
    "a key of its own": lambda c: c.send(
        token=KeyPair(kid="evil").token(header={"jwk": KeyPair(kid="evil").jwk()}),
    ),
    "an address of keys": lambda c: c.send(token=KeyPair(kid="evil").token(header={"jku": c.keys.url + "/evil"})),
    "an address of certificates": lambda c: c.send(
        token=KeyPair(kid="evil").token(header={"x5u": c.keys.url + "/evil"})
    ),
    "a critical extension": header(crit=["x"], x=1),
    "an expired token": token(nbf=1, exp=int(time.time()) - 400),
    "a token without an end": token(exp=None),
    "an end in words": token(exp="tomorrow"),
    "an end that is true": token(exp=True),
    "an end that is infinite": lambda c: c.send(
        token=signed(json.dumps(claims()).encode().replace(b'"exp": ', b'"exp": 1e999, "was": '))
    ),
    "an end that is not a number": lambda c: c.send(
        token=signed(json.dumps(claims()).encode().replace(b'"exp": ', b'"exp": NaN, "was": '))
    ),
    "an end of a thousand digits": token(exp=10**1000),
    "a negative end": token(exp=-1),
    "a token for later": token(nbf=int(time.time()) + 90_000, exp=int(time.time()) + 99_999),
    "a token without a beginning": token(nbf=None),
    "another issuer": token(iss="https://sts.windows.net/x/"),
    "no issuer": token(iss=None),
    "an issuer that begins alike": token(iss=ISSUER + ".evil.example"),
    "issuers in a list": lambda c: c.send(token=signed(json.dumps({**claims(), "iss": [ISSUER]}).encode())),
    "another audience": token(aud=OTHER),
    "no audience": token(aud=None),
    "audiences in a list": token(aud=[APP_ID, OTHER]),
    "an empty audience": token(aud=""),
}


ELSEWHERE: dict[str, Case] = {
    "no service URL": activity(serviceUrl=None),
    "an empty service URL": lambda c: c.send({**an_activity(), "serviceUrl": ""}),
    "no service URL on either side": lambda c: c.send(an_activity(serviceUrl=None), token=GOOD.token(serviceurl=None)),
    "empty service URLs": lambda c: c.send({**an_activity(), "serviceUrl": ""}, token=GOOD.token(serviceurl="")),
    "another service URL": activity(serviceUrl="https://smba.trafficmanager.net/amer/"),
    "a service URL of the attacker": activity(serviceUrl="https://evil.example/"),
    "a token without a service URL": token(serviceurl=None),
    "a token with a list of them": token(serviceurl=[SERVICE_URL]),
    "a service URL that is a list": activity(serviceUrl=[SERVICE_URL]),
    "a vouched host of strangers": served_from("https://evil.example/"),
    "a government's cloud": served_from("https://smba.infra.gcc.teams.microsoft.com/teams/"),
    "the cloud of a government's defence": served_from("https://smba.infra.dod.teams.microsoft.us/teams/"),
    "a host that ends alike": served_from("https://evilbotframework.com/"),
    "a host that begins alike": served_from("https://smba.trafficmanager.net.evil.example/"),
    "user and password before the host": served_from("https://smba.trafficmanager.net@evil.example/"),
    "a name before the host": served_from("https://x@smba.trafficmanager.net/"),
    "no TLS": served_from("http://smba.trafficmanager.net/emea/"),
    "this machine": served_from("http://127.0.0.1:3978/"),
    "the machine's identity endpoint": served_from("http://169.254.169.254/metadata/"),
    "another port": served_from("https://smba.trafficmanager.net:8443/"),
    "a port that is none": served_from("https://smba.trafficmanager.net:x/"),
    "a file": served_from("file:///etc/passwd"),
    "half an address": served_from("https://["),
    "another tenant": activity(conversation={"id": "a:1", "tenantId": OTHER}, channelData={"tenant": {"id": OTHER}}),
    "another tenant in the conversation": activity(conversation={"id": "a:1", "tenantId": OTHER}),
    "another tenant in the channel data": activity(channelData={"tenant": {"id": OTHER}}),
    "no tenant": activity(conversation={"id": "a:1"}, channelData={}),
    "a tenant that is a number": activity(conversation={"id": "a:1", "tenantId": 7}),
    "another channel": activity(channelId="directline"),
    "the emulator's channel": activity(channelId="emulator"),
    "no channel": activity(channelId=None),
    "an unendorsed channel": lambda c: c.send(key=SKYPE_ONLY),
    "a key without endorsements": lambda c: c.send(key=NO_ENDORSEMENTS),
}

CARD = {"action": {"type": "Action.Execute", "verb": "answer", "data": {}}}
MALFORMED: dict[str, Case] = {
    "nothing": body(b""),
    "null": body(b"null"),
    "a list": body(b"[]"),
    "a number": body(b"1"),
    "half an object": body(BODY[:-1]),
    "two objects": body(BODY + BODY),
    "not UTF-8": body(b'{"type": "\xff"}'),
    "UTF-16": body(BODY.decode().encode("utf-16")),
    "a byte order mark": body(b"\xef\xbb\xbf" + BODY),
    "zipped": body(gzip.compress(BODY)),
    "a NUL": activity(text="\0"),
    "half a surrogate pair": body(BODY.replace(b'"help"', b'"\\ud800"')),
    "a hundred thousand lists in lists": body(b"[" * 100_000),
    "an activity of lists in lists": activity(value=json.loads("[" * 60 + "]" * 60)),
    "a number of a hundred thousand digits": body(BODY[:-1] + b',"x":' + b"9" * 100_000 + b"}"),
    "a form": lambda c: c.raw(BODY, headers(f"Bearer {GOOD.token()}", "application/x-www-form-urlencoded")),
    "no content type": lambda c: c.raw(BODY, headers(f"Bearer {GOOD.token()}", None)),
    "two content types": lambda c: c.raw(
        BODY, [*headers(f"Bearer {GOOD.token()}"), (b"content-type", b"application/json")]
    ),
    "no type": activity(type=None),
    "a type that is a number": activity(type=7),
    "a type that is a list": activity(type=["message"]),
    "an empty type": activity(type=""),
    "no id": activity(id=None),
    "an id that is a number": activity(id=7),
    "an id of a megabyte": activity(id="x" * 900_000),
    "nobody": lambda c: c.send({name: part for name, part in an_activity().items() if name != "from"}),
    "somebody without an id": lambda c: c.send(an_activity() | {"from": {"name": "Olga"}}),
    "somebody who is a text": lambda c: c.send(an_activity() | {"from": "29:olga"}),
    "somebody whose id is an object": lambda c: c.send(an_activity() | {"from": {"id": {"a": 1}}}),
    "an object id that is a list": lambda c: c.send(an_activity() | {"from": {"id": "29:x", "aadObjectId": []}}),
    "no conversation": activity(conversation=None),
    "a conversation that is a text": activity(conversation="a:1"),
    "a conversation without an id": activity(conversation={"tenantId": TENANT}),
    "a recipient that is a list": activity(recipient=[]),
    "channel data that is a text": activity(channelData="x"),
    "a tenant that is a text": activity(channelData={"tenant": TENANT}),
    "a team without an id of text": activity(channelData={"tenant": {"id": TENANT}, "team": {"id": 7}}),
    "a text that is an object": activity(text={"a": 1}),
    "a name that is a list": activity(name=[]),
    "attachments that are a text": activity(attachments="x"),
    "attachments that are numbers": activity(attachments=[1]),
    "a content type that is a list": activity(attachments=[{"contentType": []}]),
    "entities that are an object": activity(entities={}),
    "an entity that is null": activity(entities=[None]),
    "members that are texts": activity("conversationUpdate", membersAdded=["29:x"]),
    "a member without an id": activity("conversationUpdate", membersAdded=[{}]),
    "a message's value that is a list": activity(value=[1]),
    "a card without a value": invoke("adaptiveCard/action", None),
    "a card whose value is a text": invoke("adaptiveCard/action", "x"),
    "a card without an action": invoke("adaptiveCard/action", {}),
    "a card whose action is a text": invoke("adaptiveCard/action", {"action": "x"}),
    "a card that is not executed": invoke("adaptiveCard/action", {"action": {"type": "Action.Submit"}}),
    "a card whose verb is a number": invoke("adaptiveCard/action", {"action": {**CARD["action"], "verb": 7}}),
    "a card whose data is a list": invoke("adaptiveCard/action", {"action": {**CARD["action"], "data": []}}),
    "a dialog without a value": invoke("task/fetch", None),
    "a dialog's text": invoke("task/submit", "x"),
    "an extension without a value": invoke("composeExtension/submitAction", None),
    "a file's consent without a value": invoke("fileConsent/invoke", None),
}
OTHERWISE: dict[str, Case] = {
    "a GET": lambda c: c.raw(b"", headers(f"Bearer {GOOD.token()}"), "GET"),
    "a PUT": lambda c: c.raw(BODY, headers(f"Bearer {GOOD.token()}"), "PUT"),
    "one byte too many": lambda c: c.send(b"x" * (MEGABYTE + 1)),
    "sixty-four megabytes, unsigned": lambda c: c.raw((b"x" * 65536 for _ in range(1024)), headers("Bearer x")),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_token_is_refused(caller: Caller, name: str) -> None:
    assert FORGED[name](caller).status_code == 401
    assert caller.heard.activities == []


@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_comes_from_or_leads_elsewhere_is_refused(caller: Caller, name: str) -> None:
    assert ELSEWHERE[name](caller).status_code == 403
    assert caller.heard.activities == []


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_activity_is_refused(caller: Caller, name: str) -> None:
    assert MALFORMED[name](caller).status_code == 400
    assert caller.heard.activities == []


@pytest.mark.parametrize("name", OTHERWISE)
def test_another_method_or_a_huge_body_is_refused(caller: Caller, name: str) -> None:
    with suppress(httpx.TransportError):  # it may hang up while we are still sending
        assert OTHERWISE[name](caller).status_code in (405, 413)
    assert caller.heard.activities == []


def test_none_of_them_makes_it_grow_or_asks_for_more_keys(caller: Caller) -> None:
    cases = [*FORGED.values(), *ELSEWHERE.values(), *MALFORMED.values()]
    process = psutil.Process(os.getpid())
    at_first = process.memory_info().rss
    for _ in range(3):
        assert all(case(caller).status_code < 500 for case in cases)
    assert process.memory_info().rss - at_first < MOST_GROWTH
    assert caller.keys.asked[METADATA] == caller.keys.asked[KEYS] <= 2
    assert caller.keys.asked["/evil"] == 0


def test_the_answer_to_a_refusal_says_one_word_and_no_more(caller: Caller) -> None:
    assert caller.send(token="garbage").json() == {"error": "bad_token"}
