"""A load driver that costs little itself: prepared bytes out, status and body in, over kept-alive connections."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, TypeVar, cast

import uvloop

T = TypeVar("T")

HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"


class BadAnswer(Exception):
    """A benchmark of refusals would be a fast one."""


@dataclass(frozen=True, kw_only=True)
class Load:
    seconds: float
    latencies: tuple[float, ...]
    """In seconds."""

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds


class Connection(asyncio.Protocol):
    """One request at a time; `answered` is called with the connection and the answer's body."""

    def __init__(self, answered: Callable[["Connection", bytes], None], failed: Callable[[Exception], None]) -> None:
        self.sent_at = 0.0
        self._answered = answered
        self._failed = failed
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def send(self, request: bytes, at: float) -> None:
        self.sent_at = at
        if self._transport is None or self._transport.is_closing():
            return self._failed(BadAnswer("The server closed a connection."))
        return self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, rest = self._buffer.partition(HEAD_END)
        if not found or len(rest) < _length(head):
            return None
        self._buffer = b""
        if head[9:12] != b"200":
            return self._failed(BadAnswer(f"{head.decode()}\n\n{rest[:500].decode()}"))
        return self._answered(self, rest)

    def close(self) -> None:
        if self._transport:
            self._transport.close()


class Run:
    """Sends every request once and gathers how long each took."""

    def __init__(self, requests: Iterable[bytes], count: int, expected: bytes) -> None:
        self._requests = iter(requests)
        self._count = count
        self._expected = expected
        self._latencies: list[float] = []
        self._idle: deque[Connection] = deque()
        self._late: deque[tuple[bytes, float]] = deque()
        self._done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def connect(self, port: int, connections: int) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(connections):
            _, made = await loop.create_connection(lambda: Connection(self._answered, self._failed), "127.0.0.1", port)
            self._idle.append(made)

    async def closed(self) -> Load:
        """Each connection sends its next request as soon as the last is answered."""
        self._next = self._send_next
        began = perf_counter()
        connections = list(self._idle)
        for connection in connections:
            self._send_next(connection)
        return await self._finished(began, connections)

    async def open(self, per_second: float) -> Load:
        """Requests come when they come; one that finds every connection busy waits, and its wait counts."""
        self._next = self._send_late
        connections = list(self._idle)
        loop, began, start = asyncio.get_running_loop(), perf_counter(), asyncio.get_running_loop().time()
        for number, request in enumerate(self._requests):
            due = number / per_second
            loop.call_at(start + due, self._arrive, request, began + due)
        return await self._finished(began, connections)

    async def _finished(self, began: float, connections: Sequence[Connection]) -> Load:
        try:
            await self._done
            return Load(seconds=perf_counter() - began, latencies=tuple(self._latencies))
        finally:
            for connection in connections:
                connection.close()

    def _send_next(self, connection: Connection) -> None:
        request = next(self._requests, None)
        if request is not None:
            connection.send(request, perf_counter())

    def _arrive(self, request: bytes, due: float) -> None:
        if self._idle:
            self._idle.popleft().send(request, due)  # in turn: a server closes those that rest
        else:
            self._late.append((request, due))

    def _send_late(self, connection: Connection) -> None:
        if self._late:
            connection.send(*self._late.popleft())
        else:
            self._idle.append(connection)

    def _answered(self, connection: Connection, body: bytes) -> None:
        self._latencies.append(perf_counter() - connection.sent_at)
        if self._expected not in body:
            self._failed(BadAnswer(body[:500].decode()))
        elif len(self._latencies) == self._count:
            self._done.set_result(None)
        else:
            self._next(connection)

    def _failed(self, error: Exception) -> None:
        if not self._done.done():
            self._done.set_exception(error)


def closed_loop(port: int, requests: Sequence[bytes], *, callers: int, expected: bytes = b"") -> Load:
    """`expected` stands in every answer, or BadAnswer is raised."""

    async def drive() -> Load:
        run = Run(requests, len(requests), expected)
        await run.connect(port, min(callers, len(requests)))
        return await run.closed()

    return _in_loop(drive())


def open_loop(
    port: int, requests: Sequence[bytes], *, per_second: float, connections: int = 64, expected: bytes = b""
) -> Load:
    async def drive() -> Load:
        run = Run(requests, len(requests), expected)
        await run.connect(port, connections)
        return await run.open(per_second)

    return _in_loop(drive())


def _in_loop(work: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


def _length(head: bytes) -> int:
    _, found, rest = head.lower().partition(LENGTH)
    if not found:
        raise BadAnswer(f"No content-length: {head.decode()}")
    return int(rest.partition(b"\r\n")[0])
