"""The ASGI app: what answers at which path, and what runs while it serves."""

import asyncio
import errno
import gc
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from types import FrameType

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.log import RequestIds
from bot.metrics import Measured, Metrics

Check = Callable[[], Awaitable[str]]
"""Returns what is wrong, or nothing."""
Running = Callable[[], AbstractAsyncContextManager[None]]
CHECK_SECONDS = 5.0
SHUTDOWN_SECONDS = 10
"""For the requests under way; running jobs have as long again."""
SERVICE = "soc2bot"
SLACK_PATH = "/slack/events"
TEAMS_PATH = "/api/messages"
API_PATH = "/v1"
BACKLOG = 512
PLAIN_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>soc2bot</title>
<meta name="viewport" content="width=device-width"></head><body><h1>soc2bot</h1>
<p>Nothing to see here: talk to soc2bot in your chat. Type <code>/soc2 help</code>.</p></body></html>
"""
SLACK_IS_OFF = "Slack is off: set SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET, then start again."
TEAMS_IS_OFF = "Teams is off: set TEAMS_APP_ID, TEAMS_APP_PASSWORD and TEAMS_TENANT_ID, then start again."
log = structlog.get_logger(__name__)


def build_asgi(
    *,
    slack: ASGIApp | None,
    teams: ASGIApp | None = None,
    api: ASGIApp | None = None,
    chat: Sequence[BaseRoute],
    checks: Mapping[str, Check],
    running: Running,
    metrics: Metrics | None = None,
    metrics_page: Callable[[Request], Awaitable[Response]] | None = None,
) -> ASGIApp:
    """slack, teams: None where it is not connected. chat: none where the browser chat is off. running: entered on
    start."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with running():
            yield

    app = Starlette(
        routes=[
            *([] if slack else [Route(SLACK_PATH, _off(SLACK_IS_OFF), methods=["GET", "POST"])]),
            *([] if teams else [Route(TEAMS_PATH, _off(TEAMS_IS_OFF), methods=["GET", "POST"])]),
            Route("/", _to_chat if chat else _plain_page),
            Route("/healthz", _healthz),
            Route("/readyz", _readyz(checks)),
            *([Route("/metrics", metrics_page)] if metrics_page else []),
            *([Mount(API_PATH, app=api)] if api else []),
            *chat,
        ],
        exception_handlers={HTTPException: _refused, Exception: _failed},
        lifespan=lifespan,
    )
    guarded = {path: guard for path, guard in ((SLACK_PATH, slack), (TEAMS_PATH, teams)) if guard}
    with_ids = RequestIds(PlatformsFirst(guarded, app) if guarded else app)
    return Measured(with_ids, metrics) if metrics else with_ids


class PlatformsFirst:
    """The platforms' requests go straight to their guards, which answer every refusal themselves: routing them among
    the pages would cost a fifth of their time."""

    def __init__(self, guarded: Mapping[str, ASGIApp], others: ASGIApp) -> None:
        self._guarded = guarded
        self._others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        guard = self._guarded.get(scope["path"]) if scope["type"] == "http" else None
        await (guard or self._others)(scope, receive, send)


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
    """Until SIGINT or SIGTERM; requests under way are answered and running jobs finished first."""
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
    Server(config).run(sockets=[listener])


class Server(uvicorn.Server):
    """The first signal drains and ends with code 0, a second one ends at once.

    uvicorn itself would raise the first one again once it is done, which kills the process before the database is
    closed, and pass over a second SIGTERM.
    """

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self.should_exit:
            signal.signal(sig, signal.SIG_DFL)
            signal.raise_signal(sig)
        self.should_exit = True


async def _to_chat(request: Request) -> Response:
    return RedirectResponse("/web", status_code=303)


async def _plain_page(request: Request) -> Response:
    return HTMLResponse(PLAIN_PAGE)


async def _healthz(request: Request) -> Response:
    """The process answers; nothing else is asked. By its name soc2 doctor knows that it is us who answer there."""
    return JSONResponse({"status": "ok", "service": SERVICE})


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


def _off(sentence: str) -> Callable[[Request], Awaitable[Response]]:
    async def off(request: Request) -> Response:
        return JSONResponse({"error": sentence}, status_code=404)

    return off


async def _refused(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = error.headers if isinstance(error, HTTPException) else None
    sentence = "There is nothing at this address." if status == 404 else "That can't be done here."
    return JSONResponse({"error": sentence}, status_code=status, headers=headers)


async def _failed(request: Request, error: Exception) -> Response:
    """The server logs the traceback with the same id."""
    return JSONResponse({"error": "Something went wrong here; it has been logged."}, status_code=500)
