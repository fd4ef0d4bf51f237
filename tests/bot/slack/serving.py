"""An ASGI app on a real loopback socket, served from a thread of its own."""

import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import uvicorn

from bot.guard import ASGIApp, Receive, Scope, Send
from tests.serving import serving


async def nothing() -> None:
    pass


@contextmanager
def served(app: ASGIApp, *, at_the_end: Callable[[], Awaitable[None]] = nothing) -> Iterator[str]:
    """Yields the address. `at_the_end` runs in the server's loop."""

    async def whole(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await app(scope, receive, send)
            return
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await at_the_end()
        await send({"type": "lifespan.shutdown.complete"})

    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(whole, log_level="critical", lifespan="on", access_log=False)
    with serving(config, listening):
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
