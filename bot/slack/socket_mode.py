"""Slack's events over a WebSocket that we open: the easiest start behind a firewall. The same listeners answer.

Why the SDK's own client isn't used: docs/decisions/0009-socket-mode.md.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from time import monotonic

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.api import retry_after
from bot.slack.envelopes import Envelopes
from bot.slack.payloads import text_at
from bot.slack.web_socket import Link

NOT_YET = "not connected yet"
TURNED_OFF = "Socket Mode was turned off in the Slack app's settings"
PLAIN_REASONS = {"link_disabled": TURNED_OFF}
BAD_TOKEN = frozenset({"invalid_auth", "not_authed", "account_inactive", "token_revoked", "not_allowed_token_type"})
QUIET = logging.getLogger("soc2bot.socket_mode")
"""At debug level the SDK logs whole answers, and one holds the connection's ticket."""
QUIET.setLevel(logging.WARNING)
log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Timing:
    """Seconds."""

    silence: float = 20.0
    """Without a frame until we ping; half as long again without an answer, and the connection is dead."""
    opening: float = 10.0
    """For each step until Slack says hello."""
    first_wait: float = 1.0
    longest_wait: float = 60.0
    steady: float = 10.0
    """A connection that lived shorter counts as one that failed, or a moody Slack would keep us busy."""
    drain: float = 5.0
    """For the answers in hand when a connection is given up."""


class NotOpened(Exception):
    """`str(error)` is for the log and /readyz; it never holds the address, whose ticket is a secret."""

    def __init__(self, reason: str, *, after: float = 0.0) -> None:
        super().__init__(reason)
        self.after = after


class SocketMode:
    """Connected, and connecting again whatever happens, from `start` to `stop`."""

    def __init__(
        self,
        app: AsyncApp,
        *,
        app_token: str,
        api_url: str,
        jitter: Callable[[], float],
        timing: Timing | None = None,
        seconds: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """jitter: between 0 and 1."""
        self._envelopes = Envelopes(app)
        self._app_token = app_token
        self._api_url = api_url
        self._jitter = jitter
        self._timing = timing or Timing()
        self._seconds = seconds
        self._sleep = sleep
        self._session: aiohttp.ClientSession | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._links: dict[Link, asyncio.Task[None]] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._down_since: float | None = seconds()
        self._reason = NOT_YET

    @property
    def problem(self) -> str:
        """Empty while connected."""
        if self._down_since is None:
            return ""
        return f"Socket Mode is not connected, for {self._seconds() - self._down_since:.0f} seconds: {self._reason}"

    def start(self) -> None:
        self._keeping = asyncio.create_task(self._keep_connected())

    async def stop(self) -> None:
        """No envelope is taken any more, those in hand are answered, then the connection is closed."""
        if self._keeping:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        await asyncio.gather(*(link.finish(self._timing.drain) for link in self._links), *self._closing)
        for reading in [*self._links.values()]:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
        if self._session:
            await self._session.close()

    async def _keep_connected(self) -> None:
        failures, asked = 0, 0.0
        while True:
            await self._sleep(max(asked, self._wait(failures)))
            try:
                link = await self._open()
            except NotOpened as error:
                failures, asked = failures + 1, error.after
                self._is_down(str(error))
                continue
            self._is_up(link)
            began = self._seconds()
            await link.over.wait()
            failures, asked = (0 if self._seconds() - began >= self._timing.steady else failures + 1), 0.0
            self._is_over(link)

    def _wait(self, failures: int) -> float:
        """Nothing after a connection that held; then doubling, and never the same for two processes."""
        if not failures:
            return 0.0
        longest = min(self._timing.first_wait * 2.0 ** min(failures - 1, 16), self._timing.longest_wait)
        return longest * (1 + self._jitter()) / 2

    # one connection

    async def _open(self) -> Link:
        """Raises NotOpened."""
        session = self._web_session()
        address = await self._address(session)
        waits = aiohttp.ClientWSTimeout(ws_close=1.0)
        try:
            async with asyncio.timeout(self._timing.opening):
                socket = await session.ws_connect(address, heartbeat=self._timing.silence, timeout=waits)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise NotOpened(f"the WebSocket was refused ({_name(error)})") from None
        link = Link(socket, self._envelopes.answer)
        self._links[link] = asyncio.create_task(self._read(link))
        if not await link.is_greeted(within=self._timing.opening):
            await link.finish(0.0)
            raise NotOpened(f"no hello from Slack ({link.reason or 'silence'})")
        return link

    async def _read(self, link: Link) -> None:
        try:
            await link.run()
        finally:
            self._links.pop(link, None)

    async def _address(self, session: aiohttp.ClientSession) -> str:
        client = AsyncWebClient(base_url=self._api_url, session=session, retry_handlers=[], logger=QUIET)
        client.proxy = None  # the session knows the machine's proxy, and its exceptions too
        try:
            answer = await client.apps_connections_open(app_token=self._app_token)
        except SlackApiError as error:
            raise _refusal(error) from None
        except (aiohttp.ClientError, OSError, SlackClientError, TimeoutError) as error:
            raise NotOpened(f"apps.connections.open: no answer ({_name(error)})") from None
        return text_at(answer.data, "url")

    def _web_session(self) -> aiohttp.ClientSession:
        """Made in the loop that uses it."""
        if self._session is None:
            whole = aiohttp.ClientTimeout(total=self._timing.opening)
            self._session = aiohttp.ClientSession(timeout=whole, trust_env=True)
        return self._session

    # how it stands

    def _is_up(self, link: Link) -> None:
        """What the new connection replaces has had its time: Slack sends nothing there any more."""
        for old in [one for one in self._links if one is not link]:
            self._close(old.finish(self._timing.drain))
        away = 0.0 if self._down_since is None else self._seconds() - self._down_since
        self._down_since, self._reason = None, ""
        log.info("connected to Slack in Socket Mode", after_seconds=round(away, 1))

    def _is_over(self, link: Link) -> None:
        reason = PLAIN_REASONS.get(link.reason, link.reason)
        if link.is_closed:
            self._is_down(reason)
        else:
            log.info("Slack asks us to connect again", reason=reason)

    def _is_down(self, reason: str) -> None:
        """Said once for each reason, not for each attempt."""
        if self._down_since is None or reason != self._reason:
            log.warning("not connected to Slack in Socket Mode", reason=reason)
        self._down_since = self._seconds() if self._down_since is None else self._down_since
        self._reason = reason

    def _close(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


def _refusal(error: SlackApiError) -> NotOpened:
    response = error.response
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
    word = text_at(getattr(response, "data", None), "error") or f"http {status}"
    if word in BAD_TOKEN:
        return NotOpened(f"Slack refuses SLACK_APP_TOKEN ({word}); give the app-level one with connections:write")
    asked = retry_after(getattr(response, "headers", {})) if status == 429 else 0.0
    return NotOpened(f"apps.connections.open: {word}", after=asked)


def _name(error: BaseException) -> str:
    status = getattr(error, "status", None)
    return f"http {status}" if status else type(error).__name__
