"""The ASGI app: what answers at which path, and what runs while it serves."""

import asyncio
import contextlib
import errno
import gc
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from bot.log import RequestIds

Check = Callable[[], Awaitable[str]]
"""Returns what is wrong, or nothing."""
Running = Callable[[], AbstractAsyncContextManager[None]]
CHECK_SECONDS = 5.0
SHUTDOWN_SECONDS = 10
BACKLOG = 512
PLAIN_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>soc2bot</title>
<meta name="viewport" content="width=device-width"></head><body><h1>soc2bot</h1>
<p>Nothing to see here: talk to soc2bot in your chat. Type <code>/soc2 help</code>.</p></body></html>
"""
SLACK_IS_OFF = "Slack is off: set SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET, then start again."
log = structlog.get_logger(__name__)


def build_asgi(
    *, slack: ASGIApp | None, chat: Sequence[BaseRoute], checks: Mapping[str, Check], running: Running
) -> ASGIApp:
    """slack: None where it is not connected. chat: none where the browser chat is off. running: entered on start."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with running():
            yield

    app = Starlette(
        routes=[
            Route("/slack/events", slack) if slack else Route("/slack/events", _slack_is_off, methods=["GET", "POST"]),
            Route("/", _to_chat if chat else _plain_page),
            Route("/healthz", _healthz),
            Route("/readyz", _readyz(checks)),
            *chat,
        ],
        exception_handlers={HTTPException: _refused, Exception: _failed},
        lifespan=lifespan,
    )
    return RequestIds(app)


class CannotListen(Exception):
    """The message is a sentence that names the setting to change."""


def listen(host: str, port: int) -> socket.socket:
    """Connections queue from now on, so that nobody who reads the address is turned away."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise CannotListen(_why_not(host, port, error)) from error
    return listener


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken by another program: stop that one, or set SOC2_PORT to another port."
    if error.errno == errno.EACCES:
        return f"Port {port} needs more rights than this program has: set SOC2_PORT to one above 1023."
    return f"This machine can't listen on {host}: set SOC2_HOST to one of its own addresses, such as 127.0.0.1."


def run_server(app: ASGIApp, listener: socket.socket) -> None:
    """Until SIGINT or SIGTERM; requests under way are answered first."""
    config = uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        ws="none",
        backlog=BACKLOG,
    )
    # What was imported stays, and a request leaves few cycles behind: looking for them every 700 objects, through all
    # that was ever imported, would cost a tenth of every request.
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    with contextlib.suppress(KeyboardInterrupt):  # uvicorn raises it again once everything is closed
        uvicorn.Server(config).run(sockets=[listener])


async def _to_chat(request: Request) -> Response:
    return RedirectResponse("/web", status_code=303)


async def _plain_page(request: Request) -> Response:
    return HTMLResponse(PLAIN_PAGE)


async def _healthz(request: Request) -> Response:
    """The process answers; nothing else is asked."""
    return JSONResponse({"status": "ok"})


def _readyz(checks: Mapping[str, Check]) -> Callable[[Request], Awaitable[Response]]:
    async def readyz(request: Request) -> Response:
        found = await asyncio.gather(*(_checked(name, check) for name, check in checks.items()))
        problems = {name: problem for name, problem in zip(checks, found, strict=True) if problem}
        body = {"status": "not ready" if problems else "ready", "problems": problems}
        return JSONResponse(body, status_code=503 if problems else 200)

    return readyz


async def _checked(name: str, check: Check) -> str:
    """A check that breaks or hangs is a problem of its own, and no reason to say nothing about the others."""
    try:
        return await asyncio.wait_for(check(), CHECK_SECONDS)
    except TimeoutError:
        return f"no answer within {CHECK_SECONDS:.0f} seconds"
    except Exception:
        log.exception("readiness check failed", check=name)
        return "the check failed; the log says why"


async def _slack_is_off(request: Request) -> Response:
    return JSONResponse({"error": SLACK_IS_OFF}, status_code=404)


async def _refused(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = error.headers if isinstance(error, HTTPException) else None
    sentence = "There is nothing at this address." if status == 404 else "That can't be done here."
    return JSONResponse({"error": sentence}, status_code=status, headers=headers)


async def _failed(request: Request, error: Exception) -> Response:
    """The server logs the traceback with the same id."""
    return JSONResponse({"error": "Something went wrong here; it has been logged."}, status_code=500)
