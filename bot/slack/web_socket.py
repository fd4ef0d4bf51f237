"""One WebSocket to Slack, from its hello to its end."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import aiohttp
import structlog

from bot.slack.payloads import Json, text_at

CLOSED = "Slack closed the connection"
LOST = "the connection was lost"
log = structlog.get_logger(__name__)

Answer = Callable[[Json], Awaitable[Json | None]]
"""Envelope to its ack; none where Slack should deliver it again."""


class Link:
    def __init__(self, socket: aiohttp.ClientWebSocketResponse, answer: Answer) -> None:
        self.over = asyncio.Event()
        """Closed, or told to make way for another."""
        self.reason = ""
        self.is_closed = False
        self._socket = socket
        self._answer = answer
        self._greeted = asyncio.Event()
        self._taking = True
        self._in_hand: set[asyncio.Task[None]] = set()

    async def is_greeted(self, *, within: float) -> bool:
        """False where the connection ended, or nothing was said in time."""
        try:
            async with asyncio.timeout(within):
                await self._greeted.wait()
        except TimeoutError:
            return False
        return not self.is_closed

    async def run(self) -> None:
        """Until the connection ends. It ends by itself when the other side goes silent: aiohttp's heartbeat."""
        try:
            async for message in self._socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._take(_object(message.data))
                elif message.type is aiohttp.WSMsgType.ERROR:
                    self.reason = self.reason or f"{LOST} ({type(message.data).__name__})"
        finally:
            abnormal = self._socket.close_code in (None, aiohttp.WSCloseCode.ABNORMAL_CLOSURE)
            self.reason = self.reason or (LOST if abnormal else CLOSED)
            self.is_closed = True
            self._greeted.set()
            self.over.set()

    async def finish(self, seconds: float) -> None:
        """Nothing more is taken; what is in hand has so long to be answered; then it is closed."""
        self._taking = False
        if self._in_hand:
            _, late = await asyncio.wait(self._in_hand, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._socket.close()

    def _take(self, envelope: Json) -> None:
        """What is no longer taken is not acked either: Slack gives it to another connection."""
        kind = text_at(envelope, "type")
        if kind == "hello":
            self._greeted.set()
        elif kind == "disconnect":
            self.reason = text_at(envelope, "reason") or "disconnect"
            self.over.set()
        elif not text_at(envelope, "envelope_id"):
            log.warning("ignored what Slack sent over the WebSocket", kind=kind[:40])
        elif self._taking:
            task = asyncio.create_task(self._reply(envelope))
            self._in_hand.add(task)
            task.add_done_callback(self._in_hand.discard)

    async def _reply(self, envelope: Json) -> None:
        ack = await self._answer(envelope)
        if ack is None:
            return
        try:
            await self._socket.send_str(json.dumps(ack))
        except (aiohttp.ClientError, ConnectionError):
            log.warning("an answer found the connection gone; Slack delivers it again")


def _object(text: str) -> Json:
    """Empty for anything else."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
