"""Slack's side of Socket Mode: tickets, WebSockets that a test closes, silences or breaks, envelopes out, acks in."""

import asyncio
import json
import time
from collections import Counter, deque
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from aiohttp import web

from tests.fake_slack.records import Json, Refusal

if TYPE_CHECKING:
    from tests.fake_slack.workspace import Workspace

T = TypeVar("T")
ACK_SECONDS = 3.0
HALF_A_FRAME = b"\x81\x7e\x01\x00" + b'{"type":"slash_comm'
"""A text frame of 256 bytes that ends after nineteen."""


@dataclass(eq=False)
class Socket:
    """One WebSocket of the app's."""

    number: int
    request: web.Request
    stream: web.WebSocketResponse
    over: asyncio.Event = field(default_factory=asyncio.Event)
    reading: asyncio.Task[None] | None = None


@dataclass(frozen=True, kw_only=True)
class Ack:
    envelope: str
    payload: Json
    socket: int


class Sockets:
    def __init__(self, slack: "Workspace") -> None:
        self._slack = slack
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tickets: set[str] = set()
        self._refusals: deque[int] = deque()
        self._sent: dict[str, tuple[Json, float]] = {}
        self._deliveries: Counter[tuple[str, int]] = Counter()
        self.made = 0
        """How many WebSockets there were."""
        self.open: list[Socket] = []
        self.acks: list[Ack] = []
        self.says_hello = True

    # what tests arrange, from their own thread

    def refuse(self, status: int = 503, *, times: int = 1) -> None:
        """The next handshakes."""
        self._refusals.extend([status] * times)

    def deliver(
        self, kind: str, payload: Json, *, to: Socket | None = None, envelope: str = "", takes_words: bool = True
    ) -> str:
        """Returns the envelope's id; one given again makes it a redelivery."""
        identity = envelope or self._slack.new_id("env-")
        whole = {"type": kind, "envelope_id": identity, "payload": payload, "accepts_response_payload": takes_words}
        with self._slack.changed:
            self._sent[identity] = (whole, time.monotonic())
            self._deliveries[identity, self._chosen(to).number] += 1
        self.say(json.dumps(whole), to)
        return identity

    def ack_of(self, envelope: str, *, socket: Socket | None = None, seconds: float = 10.0) -> Json:
        """The words of the first ack, waited for; of this socket's, where one is given."""

        def found() -> list[Ack]:
            acks = [ack for ack in self.acks if ack.envelope == envelope]
            return [ack for ack in acks if socket is None or ack.socket == socket.number]

        self._slack.wait_until(found, seconds)
        return found()[0].payload

    def wait_for(self, sockets: int = 1, *, made: int = 0) -> Socket:
        """Until so many are open, and that many were made in all; returns the newest."""
        self._slack.wait_until(lambda: len(self.open) == sockets and self.made >= made)
        return self.open[-1]

    def say(self, text: str, to: Socket | None = None) -> None:
        self._do(self._chosen(to).stream.send_str(text))

    def disconnect(self, reason: str, to: Socket | None = None) -> None:
        """Slack's announcement; the connection itself stays until it is closed."""
        self.say(json.dumps({"type": "disconnect", "reason": reason, "debug_info": {"host": "wss-1"}}), to)

    def close(self, socket: Socket | None = None) -> None:
        self._do(self._close(self._chosen(socket)))

    def drop(self, socket: Socket | None = None, *, after: bytes = b"") -> None:
        """The TCP connection breaks, perhaps in the middle of a frame."""
        self._do(self._drop(self._chosen(socket), after))

    def silence(self, socket: Socket | None = None) -> None:
        """Half-open: nothing is read and nothing said any more, pongs neither, and nothing is closed."""
        self._do(self._silence(self._chosen(socket)))

    # what the app reaches

    def ticket(self, token: str | None) -> str:
        """apps.connections.open."""
        if not token or not token.startswith("xapp-"):
            raise Refusal("not_allowed_token_type")
        identity = self._slack.new_id("ticket-")
        self._tickets.add(identity)
        return f"ws://{urlsplit(self._slack.host).netloc}/link?ticket={identity}&app_id={self._slack.app_id}"

    async def link(self, request: web.Request) -> web.StreamResponse:
        """A ticket is good once."""
        ticket = request.query.get("ticket", "")
        status = self._refusals.popleft() if self._refusals else 0 if ticket in self._tickets else 403
        self._tickets.discard(ticket)
        if status:
            return web.Response(status=status)
        self._loop = asyncio.get_running_loop()
        stream = web.WebSocketResponse()
        await stream.prepare(request)
        self.made += 1
        socket = Socket(number=self.made, request=request, stream=stream)
        if self.says_hello:
            await stream.send_json({"type": "hello", "num_connections": len(self.open) + 1})
        socket.reading = asyncio.create_task(self._read(socket))
        self._change(lambda: self.open.append(socket))
        await socket.over.wait()
        return stream

    async def _read(self, socket: Socket) -> None:
        async for message in socket.stream:
            if message.type is web.WSMsgType.TEXT:
                self._take_ack(socket, message.json())
        self._end(socket)

    def _take_ack(self, socket: Socket, ack: Json) -> None:
        envelope, payload = str(ack.get("envelope_id")), ack.get("payload") or {}
        with self._slack.changed:
            for problem in self._problems(socket, envelope, payload):
                self._slack.note("socket ack", Refusal(problem, envelope))
            self.acks.append(Ack(envelope=envelope, payload=payload, socket=socket.number))
            self._slack.changed.notify_all()

    def _problems(self, socket: Socket, envelope: str, payload: Json) -> list[str]:
        whole, at = self._sent.get(envelope, ({}, time.monotonic()))
        before = sum((ack.envelope, ack.socket) == (envelope, socket.number) for ack in self.acks)
        return [
            *([] if whole else ["unknown_envelope"]),
            *(["words_not_accepted"] if payload and not whole.get("accepts_response_payload") else []),
            *(["late_ack"] if time.monotonic() - at > ACK_SECONDS else []),
            *(["acked_twice"] if whole and before >= self._deliveries[envelope, socket.number] else []),
        ]

    async def _close(self, socket: Socket) -> None:
        await socket.stream.close()
        self._end(socket)

    async def _drop(self, socket: Socket, after: bytes) -> None:
        transport = socket.request.transport
        if transport:
            transport.write(after)
            await asyncio.sleep(0)
            transport.close() if after else transport.abort()
        self._end(socket)

    async def _silence(self, socket: Socket) -> None:
        if socket.reading:
            socket.reading.cancel()
            await asyncio.gather(socket.reading, return_exceptions=True)
        self._change(lambda: self.open.remove(socket))

    def _end(self, socket: Socket) -> None:
        socket.over.set()
        self._change(lambda: self.open.remove(socket) if socket in self.open else None)

    def _chosen(self, socket: Socket | None) -> Socket:
        return socket or self.open[-1]

    def _change(self, work: Any) -> None:
        with self._slack.changed:
            work()
            self._slack.changed.notify_all()

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        if self._loop is None:
            raise RuntimeError("there was no WebSocket yet")
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)
