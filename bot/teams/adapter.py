"""botbuilder-core, with as little of it in a turn as a turn needs. Importing this takes a third of a second and more.

The guard has verified the request and parsed the activity: the SDK does neither again, makes no client for user tokens,
and gets of the activity what its own turn reads. What we answer to an invoke is written by us: the SDK's own
`CloudAdapter.process` serialises it twice.
"""

import json
from collections.abc import Awaitable, Callable

from botbuilder.core import ActivityHandler, TurnContext
from botbuilder.core.cloud_adapter_base import CloudAdapterBase
from botbuilder.schema import Activity, ChannelAccount, ConversationAccount
from botframework.connector.aio import ConnectorClient
from botframework.connector.auth import BotFrameworkAuthentication, ClaimsIdentity
from botframework.connector.auth.authenticate_request_result import AuthenticateRequestResult
from botframework.connector.auth.connector_factory import ConnectorFactory
from msrest.pipeline import Request, Response
from msrest.pipeline.async_abc import AsyncHTTPPolicy
from msrest.universal_http.requests import ClientRetryPolicy

from bot.guard import VERIFIED, Receive, Scope, Send
from bot.json_body import Json, text_at
from bot.teams.auth import CONNECTOR, Tokens

# Each client looks 999 codes up in it. As the list it is, that takes 6 ms.
ClientRetryPolicy.safe_codes = frozenset(ClientRetryPolicy.safe_codes)  # type: ignore[assignment]

PATIENCE = 10.0
MOST_CLIENTS = 32
"""Teams has a handful of service addresses in all."""

Listener = Callable[[Json], Awaitable[Json | None]]
"""Given a verified activity; returns the body of the answer to an invoke. What it raises is a 500, and Teams tries
again."""


class Bearer(AsyncHTTPPolicy):  # type: ignore[type-arg]  # its type arguments are msrest's own affair
    """Our token on what the SDK sends."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__()
        self._tokens = tokens

    async def send(self, request: Request, **kwargs: object) -> Response:  # type: ignore[type-arg]
        if bearer := await self._tokens.bearer():
            request.http_request.headers["Authorization"] = f"Bearer {bearer}"
        return await self.next.send(request, **kwargs)  # type: ignore[union-attr]  # set by the pipeline


class Connectors(ConnectorFactory):  # type: ignore[misc]  # the SDK has no types
    """One client for each of Teams' service addresses; the SDK makes one for every turn."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._clients: dict[str, ConnectorClient] = {}

    async def create(self, service_url: str, audience: str | None = None) -> ConnectorClient:
        client = self._clients.get(service_url)
        if client is None:
            client = self._make(service_url)
            if len(self._clients) < MOST_CLIENTS:
                self._clients[service_url] = client
        return client

    def _make(self, service_url: str) -> ConnectorClient:
        client = ConnectorClient(Bearer(self._tokens), base_url=service_url)
        client.config.retry_policy.retries = 0
        client.config.connection.timeout = PATIENCE
        return client


class Authenticated(BotFrameworkAuthentication):  # type: ignore[misc]  # the SDK has no types
    """What the SDK asks about authentication, which the guard has settled."""

    def __init__(self, connectors: Connectors) -> None:
        self._connectors = connectors

    async def authenticate_request(self, activity: Activity, auth_header: str) -> AuthenticateRequestResult:
        raise PermissionError("only the guard authenticates")

    async def authenticate_streaming_request(
        self, auth_header: str, channel_id_header: str
    ) -> AuthenticateRequestResult:
        raise PermissionError("only the guard authenticates")

    def create_connector_factory(self, claims_identity: ClaimsIdentity) -> Connectors:
        return self._connectors

    async def create_user_token_client(self, claims_identity: ClaimsIdentity) -> None:
        """Nobody signs in through the bot."""


class Turn(ActivityHandler):  # type: ignore[misc]  # the SDK has no types
    """One activity's way to the listener. Whatever its type, the listener gets all of it."""

    def __init__(self, listener: Listener, activity: Json) -> None:
        self._listener = listener
        self._activity = activity
        self.answer: Json | None = None

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        self.answer = await self._listener(self._activity)

    on_message_update_activity = on_message_activity
    on_message_delete_activity = on_message_activity
    on_message_reaction_activity = on_message_activity
    on_conversation_update_activity = on_message_activity
    on_installation_update = on_message_activity
    on_event_activity = on_message_activity
    on_invoke_activity = on_message_activity


class TeamsAdapter(CloudAdapterBase):  # type: ignore[misc]  # the SDK has no types
    def __init__(self, *, app_id: str, tokens: Tokens) -> None:
        self.connectors = Connectors(tokens)
        super().__init__(Authenticated(self.connectors))
        self._verified = AuthenticateRequestResult()
        self._verified.audience = CONNECTOR
        self._verified.claims_identity = self.create_claims_identity(app_id)
        self._verified.connector_factory = self.connectors

    async def take_turn(self, activity: Json, listener: Listener) -> Json | None:
        """activity: verified and well shaped. Returns what the listener did."""
        turn = Turn(listener, activity)
        await self.process_activity(self._verified, for_sdk(activity), turn.on_turn)
        return turn.answer


def for_sdk(activity: Json) -> Activity:
    """What a turn of the SDK reads. Its own deserializer takes four times as long as all the rest of the turn."""
    conversation = activity["conversation"]
    return Activity(
        type=activity["type"],
        id=activity["id"],
        name=activity.get("name"),
        channel_id=activity["channelId"],
        service_url=text_at(activity, "serviceUrl"),
        from_property=_account(activity["from"]),
        recipient=_account(activity.get("recipient") or {}),
        conversation=ConversationAccount(
            id=conversation["id"],
            tenant_id=conversation.get("tenantId"),
            conversation_type=conversation.get("conversationType"),
            is_group=conversation.get("isGroup"),
        ),
        channel_data=activity.get("channelData"),
        reply_to_id=activity.get("replyToId"),
        locale=activity.get("locale"),
        text=activity.get("text"),
        value=activity.get("value"),
    )


def _account(account: Json) -> ChannelAccount:
    return ChannelAccount(id=account.get("id"), name=account.get("name"), aad_object_id=account.get("aadObjectId"))


class Turns:
    """ASGI, behind the guard."""

    def __init__(self, adapter: TeamsAdapter, listener: Listener) -> None:
        self._adapter = adapter
        self._listener = listener

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = await self._adapter.take_turn(scope[VERIFIED], self._listener)
        body = b"" if answer is None else json.dumps(answer).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})
