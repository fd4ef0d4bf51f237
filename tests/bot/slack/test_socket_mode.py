"""Socket Mode over a real WebSocket: Slack's envelopes in, acks with the answer out, by the same listeners."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from bot.slack.api import SlackApi
from bot.slack.client import SlackClient
from bot.slack.listeners import SlackListeners, build_bolt
from bot.slack.socket_mode import start_socket_mode, stop_socket_mode
from handlers.replies import Reply, Show
from handlers.requests import CommandTyped, Request
from handlers.views.elements import Text, View
from tasks.identifiers import WorkspaceId
from tasks.operations.sync_people import Member

pytestmark = pytest.mark.anyio

ACME = WorkspaceId("acme")
COMMAND = {
    "command": "/soc2",
    "text": "help",
    "team_id": "T0ACME",
    "user_id": "U1",
    "channel_id": "D1",
    "trigger_id": "t1",
}


class SlackSocket:
    """What Slack's side of the WebSocket does: says hello, sends envelopes, takes acks."""

    def __init__(self) -> None:
        self.address = ""
        self.envelopes: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.acks: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def open(self, request: web.Request) -> web.Response:
        good = request.headers.get("Authorization") == "Bearer xapp-1"
        answer = {"ok": True, "url": self.address} if good else {"ok": False, "error": "invalid_auth"}
        return web.json_response(answer)

    async def link(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1})
        sending = asyncio.create_task(self._send(socket))
        async for message in socket:
            self.acks.put_nowait(message.json())
        sending.cancel()
        return socket

    async def _send(self, socket: web.WebSocketResponse) -> None:
        while True:
            await socket.send_json(await self.envelopes.get())

    async def deliver(self, kind: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Returns the ack."""
        self.envelopes.put_nowait(
            {"type": kind, "envelope_id": "e1", "payload": payload, "accepts_response_payload": True}
        )
        return await asyncio.wait_for(self.acks.get(), 10)


@asynccontextmanager
async def slack_socket() -> AsyncIterator[tuple[SlackSocket, str]]:
    slack = SlackSocket()
    app = web.Application()
    app.router.add_post("/api/apps.connections.open", slack.open)
    app.router.add_get("/link", slack.link)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    slack.address = f"ws://127.0.0.1:{port}/link"
    try:
        yield slack, f"http://127.0.0.1:{port}/api/"
    finally:
        await runner.cleanup()


class Nobody:
    async def people(self, workspace: WorkspaceId, slack_users: Sequence[str]) -> Mapping[str, str]:
        return {}

    async def slack_users(self, workspace: WorkspaceId, people: Sequence[str]) -> Mapping[str, str]:
        return {}


@asynccontextmanager
async def connected(seen: list[Request]) -> AsyncIterator[SlackSocket]:
    async def router(request: Request) -> Reply:
        seen.append(request)
        return Show(view=View(title="Help", summary="What I understand", body=(Text(text="tasks"),)))

    async def workspace_for(team: str) -> WorkspaceId | None:
        return ACME if team == "T0ACME" else None

    async def member_changed(workspace: WorkspaceId, member: Member) -> None:
        raise AssertionError(member)

    async with slack_socket() as (slack, url):
        client = SlackClient(SlackApi(token="xoxb-1", url=url))
        listeners = SlackListeners(
            router=router, workspace_for=workspace_for, client=client, people=Nobody(), member_changed=member_changed
        )
        handler = await start_socket_mode(build_bolt(listeners, api_url=url), app_token="xapp-1", api_url=url)
        try:
            yield slack
        finally:
            await stop_socket_mode(handler)
            await client.api.close()


async def test_a_command_is_answered_in_its_ack() -> None:
    seen: list[Request] = []
    async with connected(seen) as slack:
        ack = await slack.deliver("slash_commands", COMMAND)
    assert ack["envelope_id"] == "e1"
    assert ack["payload"]["response_type"] == "ephemeral"
    assert isinstance(seen[0], CommandTyped)
    assert (seen[0].text, seen[0].source.workspace, seen[0].source.user) == ("help", ACME, "U1")


async def test_another_team_is_acked_and_never_heard() -> None:
    seen: list[Request] = []
    async with connected(seen) as slack:
        ack = await slack.deliver("slash_commands", {**COMMAND, "team_id": "T0OTHER"})
    assert ack["envelope_id"] == "e1"
    assert seen == []
