"""A real server on a free port of this machine, and Debian's chromium.

Starting a page and stopping a server take longer than most tests, so both stay for a whole file: the server plays
another application for each test, and the page is emptied as if it were new."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from playwright.sync_api import BrowserContext, Page
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.serving import serving

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-renderer-backgrounding",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
)


class Stage:
    """One address for many applications, one after the other."""

    plays: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.plays(scope, receive, send)


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """The address while the server runs."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="error", lifespan="off", ws="none")
    with serving(config, listener):
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def watched_page(context: BrowserContext, problems: list[str]) -> Page:
    """A page that writes down what goes wrong in the browser's own eyes."""
    page = context.new_page()
    page.set_default_timeout(8000)
    page.on("console", lambda said: problems.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    return page


def emptied(page: Page, address: str) -> None:
    """Nothing open and nothing remembered; the first page stands there, which never asks for news."""
    for other in page.context.pages:
        if other is not page:
            other.close()
    page.context.set_offline(False)
    page.unroute_all()
    page.goto(f"{address}/web")
    page.evaluate("localStorage.clear(); sessionStorage.clear()")
    page.context.clear_cookies()
