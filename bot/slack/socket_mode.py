"""Slack's events over a WebSocket that we open: the easiest start behind a firewall. The same listeners answer."""

import logging

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

log = logging.getLogger(__name__)
QUIET = logging.getLogger("soc2bot.socket_mode")
"""Below this level the SDK logs whole messages."""
QUIET.setLevel(logging.WARNING)


async def start_socket_mode(app: AsyncApp, *, app_token: str, api_url: str) -> AsyncSocketModeHandler:
    """Connected, and reconnecting by itself, until stopped. Raises SlackApiError where the token isn't good."""
    web = AsyncWebClient(app_token, base_url=api_url, logger=QUIET)
    handler = AsyncSocketModeHandler(app, app_token, logger=QUIET, web_client=web)
    await handler.client.connect()  # type: ignore[no-untyped-call]
    log.info("connected to Slack in Socket Mode")
    return handler


async def stop_socket_mode(handler: AsyncSocketModeHandler) -> None:
    await handler.client.close()  # type: ignore[no-untyped-call]
