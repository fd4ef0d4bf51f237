"""In front of a platform's SDK: nothing malformed, unsigned or oversized gets through, and nothing here answers 5xx.

Pure ASGI. A platform supplies `check`, which verifies and parses the whole body; the SDK behind is then given the same
body again, with what `check` returned under `VERIFIED` in the scope.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

MOST_BYTES = 1024 * 1024
SLOWEST_BODY = 10.0
"""Seconds."""
VERIFIED = "soc2.verified"

log = logging.getLogger(__name__)


class Refused(Exception):
    """`status` is a 4xx; `word` is all that the sender and the log are told."""

    def __init__(self, status: int, word: str) -> None:
        super().__init__(word)
        self.status = status
        self.word = word


@dataclass(frozen=True, kw_only=True)
class Answered:
    """The check itself is the answer: the SDK isn't asked."""

    body: Mapping[str, str] | None = None


class Headers:
    """The request's headers, for strict reading."""

    def __init__(self, raw: list[tuple[bytes, bytes]]) -> None:
        self._values: dict[bytes, list[bytes]] = {}
        for name, value in raw:
            self._values.setdefault(name.lower(), []).append(value)

    def single(self, name: str, *, status: int) -> str:
        """ASCII, exactly once; else Refused with `status`."""
        found = self._values.get(name.encode(), ())
        if len(found) != 1 or not found[0].isascii():
            raise Refused(status, f"bad_{name.replace('-', '_')}")
        return found[0].decode("ascii").strip()

    def find(self, name: str) -> str | None:
        return self.single(name, status=400) if name.encode() in self._values else None


Check = Callable[[Headers, bytes], Awaitable[object]]
"""Returns what the SDK may rely on, or Answered. Raises Refused."""


class Gone(Exception):
    """The sender hung up: nobody to answer."""


class Guard:
    def __init__(
        self, app: ASGIApp, check: Check, *, most_bytes: int = MOST_BYTES, slowest_body: float = SLOWEST_BODY
    ) -> None:
        self.app = app
        self.check = check
        self.most_bytes = most_bytes
        self.slowest_body = slowest_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            headers = Headers(scope["headers"])
            body = await self._admit(scope, headers, receive)
            verified = await self.check(headers, body)
        except Refused as refused:
            log.info("refused a request to %s: %s %s", scope["path"], refused.status, refused.word)
            await _answer(send, refused.status, {"error": refused.word})
        except Gone:
            log.info("the sender of a request to %s hung up", scope["path"])
        else:
            await self._pass_on(verified, body, scope, receive, send)

    async def _pass_on(self, verified: object, body: bytes, scope: Scope, receive: Receive, send: Send) -> None:
        if isinstance(verified, Answered):
            await _answer(send, 200, verified.body)
        else:
            await self.app({**scope, VERIFIED: verified}, _replay(body, receive), send)

    async def _admit(self, scope: Scope, headers: Headers, receive: Receive) -> bytes:
        if scope["method"] != "POST":
            raise Refused(405, "method_not_allowed")
        return await read_body(headers, receive, most_bytes=self.most_bytes, slowest_body=self.slowest_body)


async def read_body(headers: Headers, receive: Receive, *, most_bytes: int, slowest_body: float) -> bytes:
    """Raises Refused for a body that is announced or turns out too large, or comes too slowly; Gone."""
    announced = headers.find("content-length")
    if announced is not None and not announced.isdecimal():
        raise Refused(400, "bad_content_length")
    if announced is not None and (len(announced) > 12 or int(announced) > most_bytes):
        raise Refused(413, "too_large")
    try:
        async with asyncio.timeout(slowest_body):
            return await _chunks(receive, most_bytes)
    except TimeoutError:
        raise Refused(408, "too_slow") from None


async def _chunks(receive: Receive, most_bytes: int) -> bytes:
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > most_bytes:
            raise Refused(413, "too_large")
        chunks.append(chunk)
        more = message.get("more_body", False)
    return b"".join(chunks)


def _replay(body: bytes, receive: Receive) -> Receive:
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay


async def _answer(send: Send, status: int, body: Mapping[str, str] | None) -> None:
    content = b"" if body is None else json.dumps(body).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
    if status == 405:
        headers.append((b"allow", b"POST"))
    if status >= 400:
        # The rest of a refused body must not be read as the next request.
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
