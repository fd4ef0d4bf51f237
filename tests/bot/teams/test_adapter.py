import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from botbuilder.core.cloud_adapter_base import CloudAdapterBase
from botbuilder.schema import Activity, ErrorResponseException
from msrest.exceptions import ClientRequestError
from msrest.universal_http.requests import ClientRetryPolicy

from bot.json_body import Json
from bot.teams.adapter import MOST_CLIENTS, Connectors, TeamsAdapter, for_sdk
from bot.teams.auth import NoTokens
from tests.teams_keys.signing import APP_ID, SERVICE_URL, TENANT, an_activity

pytestmark = pytest.mark.anyio


class OneToken:
    async def bearer(self) -> str:
        return "our-token"

    def forget(self, bearer: str) -> None:
        pass


@pytest.fixture
def adapter() -> TeamsAdapter:
    return TeamsAdapter(app_id=APP_ID, tokens=NoTokens())


async def test_a_turn_goes_through_the_sdk_and_its_middleware(adapter: TeamsAdapter) -> None:
    seen = []

    class Middleware:
        async def on_turn(self, context: Any, logic: Any) -> None:
            seen.append((context.activity.type, context.activity.from_property.aad_object_id, type(context.adapter)))
            await logic()

    async def listener(activity: Json) -> Json | None:
        return {"said": activity["text"]}

    adapter.use(Middleware())
    assert isinstance(adapter, CloudAdapterBase)
    assert await adapter.take_turn(an_activity(), listener) == {"said": "help"}
    assert seen == [("message", "aaaaaaaa-0000-0000-0000-000000000001", TeamsAdapter)]


async def test_the_sdk_never_authenticates_by_itself(adapter: TeamsAdapter) -> None:
    async def nothing(_: Any) -> None:
        """Never reached."""

    with pytest.raises(PermissionError):
        await adapter.process_activity("Bearer x", for_sdk(an_activity()), nothing)


async def test_the_sdk_gets_the_same_of_an_activity_as_from_its_own_deserializer() -> None:
    given = an_activity("invoke", name="task/fetch", value={"data": {"a": 1}}, replyToId="17", text="words")
    ours, theirs = for_sdk(given), Activity().deserialize(given)
    names = ["type", "id", "name", "channel_id", "service_url", "reply_to_id", "locale", "text", "value"]
    names.append("channel_data")
    assert [getattr(ours, name) for name in names] == [getattr(theirs, name) for name in names]
    for name in ("from_property", "recipient"):
        assert getattr(ours, name).id == getattr(theirs, name).id
    for name in ("id", "conversation_type", "is_group"):
        assert getattr(ours.conversation, name) == getattr(theirs.conversation, name)


async def test_the_sdk_gets_the_tenant_which_its_own_deserializer_loses() -> None:
    assert for_sdk(an_activity()).conversation.tenant_id == TENANT


async def test_a_conversation_reference_can_be_made_of_it() -> None:
    reference = for_sdk(an_activity()).get_conversation_reference()
    assert (reference.service_url, reference.conversation.id) == (SERVICE_URL, "a:olga-and-the-bot")


async def test_a_client_is_made_once_for_each_service_address() -> None:
    connectors = Connectors(NoTokens())
    one, same, other = [
        await connectors.create(url) for url in (SERVICE_URL, SERVICE_URL, "https://a.botframework.com")
    ]
    assert one is same
    assert one is not other


async def test_invented_service_addresses_fill_no_memory() -> None:
    connectors = Connectors(NoTokens())
    for number in range(MOST_CLIENTS + 10):
        assert await connectors.create(f"https://{number}.botframework.com")
    kept = [await connectors.create(f"https://{number}.botframework.com") for number in range(MOST_CLIENTS)]
    assert kept == [await connectors.create(f"https://{number}.botframework.com") for number in range(MOST_CLIENTS)]
    last = f"https://{MOST_CLIENTS + 9}.botframework.com"
    assert await connectors.create(last) is not await connectors.create(last)


async def test_what_made_the_sdk_slow_is_a_set() -> None:
    kind: type = type(ClientRetryPolicy.safe_codes)
    assert kind is frozenset


@pytest.fixture
def connector() -> Iterator[tuple[str, list[tuple[str, str | None, Json]]]]:
    """A connector service that refuses everything with 502, and what it was sent."""
    seen: list[tuple[str, str | None, Json]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            seen.append((self.path, self.headers.get("authorization"), body))
            self.send_response(502)
            self.send_header("content-length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            seen.append((self.path, self.headers.get("authorization"), {}))
            self.send_error(502)

        def log_message(self, *_: object) -> None:
            """Quietly."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(("tokens", "sent"), [(OneToken(), "Bearer our-token"), (NoTokens(), None)])
async def test_what_the_sdk_sends_carries_our_token_and_goes_out_once(
    connector: tuple[str, list[tuple[str, str | None, Json]]], tokens: OneToken | NoTokens, sent: str | None
) -> None:
    url, seen = connector
    client = await Connectors(tokens).create(url)
    with pytest.raises(ErrorResponseException):
        await client.conversations.send_to_conversation("a:1", Activity(type="message", text="hello"))
    assert [(path, authorization) for path, authorization, _ in seen] == [("/v3/conversations/a%3A1/activities", sent)]
    assert seen[0][2]["text"] == "hello"


async def test_what_the_sdk_reads_is_asked_for_once_as_well(
    connector: tuple[str, list[tuple[str, str | None, Json]]],
) -> None:
    url, seen = connector
    client = await Connectors(OneToken()).create(url)
    with pytest.raises(ClientRequestError):
        await client.conversations.get_conversation_members("a:1")
    assert len(seen) == 1
