"""Slack's own library around our listeners.

Bolt tries its listeners one after the other and builds two dozen helpers for each call; all of ours stand behind one
middleware instead, which finds the right one in a table.
"""

import logging
from collections.abc import Awaitable, Callable
from time import perf_counter

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp, AsyncBoltContext, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_sdk.web.async_client import AsyncWebClient

from bot.guard import VERIFIED, Guard, Receive, Scope, Send
from bot.slack.listeners import SlackListeners
from bot.slack.payloads import kind_of
from bot.slack.verification import SlackVerification

Acknowledged = Callable[[str, str, float], None]
"""Told of every payload: its kind, how it ended, seconds."""

QUIET = logging.getLogger("soc2bot.bolt")
"""Bolt writes whole bodies at INFO, and at WARNING where nothing matched."""
QUIET.setLevel(logging.ERROR)


class Verified(AsyncAuthorize):
    """The guard has verified the request and no listener uses Bolt's client: nothing is left to ask Slack for."""

    def __init__(self) -> None:
        """Bolt's own takes nothing either, but says nothing about its types."""

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        actor_enterprise_id: str | None = None,
        actor_team_id: str | None = None,
        actor_user_id: str | None = None,
    ) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, user_id=user_id)


class Dispatch(AsyncMiddleware):
    """The last of Bolt's middleware, which answers everything."""

    def __init__(self, listeners: SlackListeners, acknowledged: Acknowledged) -> None:
        self._listeners = listeners
        self._acknowledged = acknowledged

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002 - Bolt's name
    ) -> BoltResponse:
        began, outcome = perf_counter(), "failed"
        try:
            body = await self._listeners.answer(req.body)
            outcome = "ok"
        finally:
            self._acknowledged(kind_of(req.body) or "other", outcome, perf_counter() - began)
        return BoltResponse(status=200, body=body or "")


class OneClient(AsyncApp):
    """Bolt makes a web client for every request, in case a listener gives it another token. Ours never touch it."""

    def _init_context(self, req: AsyncBoltRequest) -> None:
        req.context["logger"] = QUIET
        req.context["token"] = None
        req.context["client"] = self.client
        req.context["listener_runner"] = self.listener_runner


def build_bolt(
    listeners: SlackListeners, *, api_url: str, acknowledged: Acknowledged = lambda kind, outcome, seconds: None
) -> AsyncApp:
    app = OneClient(
        name="soc2bot",
        logger=QUIET,
        client=AsyncWebClient(base_url=api_url, logger=QUIET),
        authorize=Verified(),
        process_before_response=True,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        url_verification_enabled=False,
        ignoring_self_events_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
    app.use(Dispatch(listeners, acknowledged))
    return app


class BoltEndpoint:
    """ASGI: what the guard has parsed goes to Bolt as it is, the way Socket Mode hands over its payloads."""

    def __init__(self, app: AsyncApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._app.async_dispatch(AsyncBoltRequest(body=scope[VERIFIED], mode="socket_mode"))
        body = response.body.encode()
        content_type = response.headers["content-type"][0].encode()
        headers = [(b"content-type", content_type), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def slack_endpoint(app: AsyncApp, verification: SlackVerification) -> Guard:
    """What stands at /slack/events."""
    return Guard(BoltEndpoint(app), verification)
