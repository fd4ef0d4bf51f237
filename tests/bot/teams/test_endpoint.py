"""Good requests to Teams' endpoint, on a real socket: the listener gets them, and its answer goes back."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from bot.clock import SystemClock
from bot.settings import Settings
from bot.teams.auth import CachedTokens, NoTokens
from bot.teams.endpoint import teams_endpoint, teams_tokens
from tests.bot.teams.teams_caller import (
    GOOD,
    Caller,
    Heard,
    a_caller,
    anonymous_settings,
    as_body,
    headers,
    teams_settings,
)
from tests.teams_keys.server import KEYS, METADATA, Answer, KeyServer
from tests.teams_keys.signing import APP_ID, TENANT, KeyPair, an_activity

HERE = "http://127.0.0.1:3978/"
CARD = {"action": {"type": "Action.Execute", "verb": "answer", "data": {"task": "t1"}}, "trigger": "manual"}


@pytest.fixture(scope="module")
def serving() -> Iterator[Caller]:
    with a_caller() as caller:
        yield caller


@pytest.fixture
def caller(serving: Caller) -> Caller:
    serving.heard.activities.clear()
    serving.heard.answer, serving.heard.error = None, None
    return serving


@pytest.mark.parametrize(
    "kind",
    [
        *("message", "messageUpdate", "messageDelete", "messageReaction"),
        *("conversationUpdate", "installationUpdate", "invoke", "event"),
    ],
)
def test_the_listener_gets_all_of_an_activity_whatever_its_type(caller: Caller, kind: str) -> None:
    activity = an_activity(kind, something={"of": "tomorrow's"})
    assert caller.send(activity).status_code == 200
    assert caller.heard.activities == [activity]


@pytest.mark.parametrize("kind", ["typing", "endOfConversation", "invented"])
def test_an_activity_nobody_can_do_anything_about_is_acknowledged_and_forgotten(caller: Caller, kind: str) -> None:
    response = caller.send(an_activity(kind))
    assert (response.status_code, response.content, caller.heard.activities) == (200, b"", [])


def test_a_message_is_answered_with_nothing(caller: Caller) -> None:
    assert caller.send().content == b""


def test_an_invoke_is_answered_with_what_the_listener_says(caller: Caller) -> None:
    answer = {"statusCode": 200, "type": "application/vnd.microsoft.card.adaptive", "value": {"body": ["Grüße"]}}
    caller.heard.answer = answer
    response = caller.send(an_activity("invoke", name="adaptiveCard/action", value=CARD))
    assert (response.status_code, response.headers["content-type"]) == (200, "application/json")
    assert response.json() == answer


@pytest.mark.parametrize("kind", ["message", "invoke"])
def test_an_error_of_ours_is_a_500_so_that_teams_tries_again(caller: Caller, kind: str) -> None:
    caller.heard.error = RuntimeError("the disk is full")
    response = caller.send(an_activity(kind))
    assert response.status_code == 500
    assert "disk" not in response.text
    caller.heard.error = None
    assert caller.send(an_activity(kind)).status_code == 200


@pytest.mark.parametrize(("claim", "seconds"), [("exp", -200), ("nbf", 200), ("exp", 60.5)])
def test_clocks_may_differ_by_minutes(caller: Caller, claim: str, seconds: float) -> None:
    now = int(time.time())  # not when tests are gathered: that may be minutes earlier
    claims: dict[str, Any] = {claim: now + seconds}
    assert caller.send(token=GOOD.token(**claims)).status_code == 200


def test_service_addresses_may_differ_by_their_last_slash(caller: Caller) -> None:
    without = "https://smba.trafficmanager.net/emea"
    assert caller.send(token=GOOD.token(serviceurl=without)).status_code == 200


@pytest.mark.parametrize(
    "url",
    ["https://smba.trafficmanager.net/de/", "https://smba.trafficmanager.net:443/de/", "https://eu.botframework.com"],
)
def test_microsofts_service_addresses_are_known(caller: Caller, url: str) -> None:
    assert caller.send(an_activity(serviceUrl=url), token=GOOD.token(serviceurl=url)).status_code == 200


@pytest.mark.parametrize("part", ["conversation", "channelData"])
def test_one_mention_of_the_tenant_is_enough(caller: Caller, part: str) -> None:
    without: dict[str, Any] = {"conversation": {"id": "a:1"}, "channelData": {}}
    assert caller.send(an_activity(**{part: without[part]})).status_code == 200


def test_ids_of_microsofts_are_compared_without_their_case(caller: Caller) -> None:
    conversation = {"id": "a:1", "tenantId": TENANT.upper()}
    assert caller.send(an_activity(conversation=conversation)).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"from": {"id": "29:x", "name": None, "aadObjectId": None}},
        {"attachments": [], "entities": None, "text": None, "value": None},
        {"value": {"a": 1}},
        {"value": "a button's words"},
        {
            "conversation": {
                "id": "19:x@thread.tacv2",
                "isGroup": True,
                "conversationType": "channel",
                "tenantId": TENANT,
            }
        },
        {"recipient": None},
    ],
)
def test_what_teams_leaves_out_may_be_missing(caller: Caller, changes: dict[str, Any]) -> None:
    assert caller.send({**an_activity(), **changes}).status_code == 200


def test_an_invoke_of_unknown_name_is_the_listeners_business(caller: Caller) -> None:
    assert caller.send(an_activity("invoke", name="tomorrows/invoke")).status_code == 200
    assert len(caller.heard.activities) == 1


def test_a_new_key_is_taken_up_when_it_is_first_used() -> None:
    with a_caller(between_refreshes=0) as caller:
        assert caller.send().status_code == 200
        caller.keys.keys.append(KeyPair(kid="key-2"))
        assert caller.send(key=KeyPair(kid="key-2")).status_code == 200


def test_known_keys_serve_while_the_key_server_fails() -> None:
    with a_caller(between_refreshes=0) as caller:
        assert caller.send().status_code == 200
        caller.keys.instead[METADATA] = Answer(status=500)
        assert caller.send(key=KeyPair(kid="key-2")).status_code == 401
        assert caller.send().status_code == 200
        assert caller.keys.asked[METADATA] == 2


def test_a_slow_key_server_holds_up_nobody_whose_key_is_known() -> None:
    with a_caller(between_refreshes=0) as caller, ThreadPoolExecutor() as others:
        assert caller.send().status_code == 200
        caller.keys.go_on.clear()
        waiting = others.submit(caller.send, key=KeyPair(kid="key-2"))
        assert [caller.send().status_code for _ in range(5)] == [200] * 5
        assert not waiting.done()
        caller.keys.go_on.set()
        assert waiting.result().status_code == 401


def test_without_keys_nobody_gets_through() -> None:
    with a_caller() as caller:
        caller.keys.instead[KEYS] = Answer(status=500)
        assert [caller.send().status_code for _ in range(3)] == [401] * 3
        assert caller.keys.asked[KEYS] == 1


def test_a_service_address_for_tests_can_be_added() -> None:
    with a_caller(lambda server: teams_settings(server, TEAMS_SERVICE_URL=HERE)) as caller:
        assert caller.send(an_activity(serviceUrl=HERE), token=GOOD.token(serviceurl=HERE)).status_code == 200
        for other in ("http://127.0.0.1:3979/", "http://127.0.0.1@evil.example:3978/", "https://127.0.0.1:3978/"):
            assert caller.send(an_activity(serviceUrl=other), token=GOOD.token(serviceurl=other)).status_code == 403


# the Emulator


@pytest.fixture(scope="module")
def emulated() -> Iterator[Caller]:
    with a_caller(lambda _: anonymous_settings()) as caller:
        yield caller


@pytest.mark.parametrize("channel", ["emulator", "msteams"])
def test_the_emulator_on_this_machine_needs_no_token(emulated: Caller, channel: str) -> None:
    body = an_activity(serviceUrl=HERE, channelId=channel)
    assert emulated.raw(as_body(body), headers(None)).status_code == 200


@pytest.mark.parametrize(
    ("changes", "given"),
    [
        ({}, []),
        ({"serviceUrl": "http://evil.example/"}, []),
        ({"serviceUrl": None}, []),
        ({"serviceUrl": HERE, "channelId": "directline"}, []),
        ({"serviceUrl": HERE}, [(b"host", b"evil.example:3000")]),
    ],
)
def test_the_emulator_must_be_on_this_machine_and_call_us_by_its_name(
    emulated: Caller, changes: dict[str, Any], given: list[tuple[bytes, bytes]]
) -> None:
    body = {**an_activity(), **changes}
    assert emulated.raw(as_body(body), [*headers(None), *given]).status_code == 403


def test_the_emulator_sends_json_which_no_page_of_strangers_can() -> None:
    with a_caller(lambda _: anonymous_settings()) as caller:
        assert caller.raw(as_body(an_activity(serviceUrl=HERE)), headers(None, "text/plain")).status_code == 400


# what the settings decide


def test_without_settings_there_is_no_endpoint() -> None:
    with pytest.raises(ValueError, match="Teams is off"):
        teams_endpoint(Settings.model_validate({}), Heard(), clock=SystemClock())


def test_the_settings_decide_where_tokens_come_from() -> None:
    with KeyServer() as server:
        assert isinstance(teams_tokens(teams_settings(server)), CachedTokens)
        identity = {"TEAMS_APP_TYPE": "UserAssignedMSI", "TEAMS_APP_PASSWORD": ""}
        assert isinstance(teams_tokens(teams_settings(server, **identity)), CachedTokens)
    assert isinstance(teams_tokens(anonymous_settings()), NoTokens)


def test_the_app_id_may_be_written_in_capitals() -> None:
    with a_caller(lambda server: teams_settings(server, TEAMS_APP_ID=APP_ID.upper())) as caller:
        assert caller.send().status_code == 200
