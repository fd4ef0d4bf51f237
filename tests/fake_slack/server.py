"""The HTTP side: a real socket on the loopback address, served from a thread of its own."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Collection
from typing import Self

from aiohttp import web

from tests.fake_slack.chat_methods import answer_response_url
from tests.fake_slack.control import add_control_routes
from tests.fake_slack.faults import Fault, Faults
from tests.fake_slack.file_methods import find_file, take_upload
from tests.fake_slack.methods import call_method
from tests.fake_slack.rates import Rates
from tests.fake_slack.records import Json, Refusal
from tests.fake_slack.scopes import OUR_SCOPES
from tests.fake_slack.workspace import Workspace

LOGIN_PAGE = "<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body>Sign in to Acme</body></html>"
LARGEST_BODY = 64 * 1024 * 1024


class FakeSlack(Workspace):
    """`with FakeSlack(team="T0ACME") as slack:` and give the app `slack.url` as SLACK_API_URL."""

    def __init__(
        self,
        *,
        team: str = "T0ACME",
        team_name: str = "Acme",
        bot_scopes: Collection[str] = OUR_SCOPES,
        clock: Callable[[], float] = time.time,
        port: int = 0,
    ) -> None:
        super().__init__(team=team, team_name=team_name, bot_scopes=bot_scopes, clock=clock)
        self.port = port
        self.faults = Faults()
        self.rates: Rates | None = None
        self._ready = threading.Event()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None

    @property
    def url(self) -> str:
        return f"{self.host}/api/"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def start(self) -> None:
        """Serve; after a stop() on the same port, with everything remembered."""
        self._ready.clear()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="fake-slack", daemon=True)
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("the fake Slack did not start")

    def stop(self) -> None:
        if self._thread and self._loop and self._stop:
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(10)

    # what can go wrong

    def fail(self, method: str, error: str, *, times: int = 1, after: int = 0) -> None:
        """The next `times` calls (once `after` more have passed) answer `"ok": false` with this error."""
        self.faults.add(method, Fault(error=error), times=times, after=after)

    def http_status(self, method: str, status: int, *, times: int = 1, after: int = 0) -> None:
        """As fail(), with a bare HTTP status. `files-pri` and `upload` count as methods here."""
        self.faults.add(method, Fault(status=status), times=times, after=after)

    def rate_limit(self, method: str, *, after: int = 0, retry_after: int = 1, times: int = 1) -> None:
        """Once `after` more calls have passed, the next `times` answer 429 with Retry-After."""
        self.faults.add(
            method, Fault(error="ratelimited", status=429, retry_after=retry_after), times=times, after=after
        )

    def drop_after_accepting(self, method: str, *, times: int = 1, after: int = 0) -> None:
        """The call is done, but the connection closes without an answer."""
        self.faults.add(method, Fault(drop=True), times=times, after=after)

    def drop_before_accepting(self, method: str, *, times: int = 1, after: int = 0) -> None:
        """The connection closes, and the call was never heard."""
        self.faults.add(method, Fault(drop=True, accepted=False), times=times, after=after)

    def hang(self, method: str, *, accepted: bool = True, times: int = 1, after: int = 0) -> None:
        """No answer for as long as the client cares to wait. `accepted`: the call is done all the same."""
        self.faults.add(method, Fault(hang=True, accepted=accepted), times=times, after=after)

    def enforce_rates(self, speed: float = 1.0) -> None:
        """From now on who calls more often than Slack allows gets 429. `speed`: see Rates."""
        self.rates = Rates(speed=speed)

    @property
    def limited(self) -> list[str]:
        """The methods that were called too often, once for each such call."""
        return self.rates.refused if self.rates else []

    # the sockets

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port).start()
        self.port = runner.addresses[0][1]
        self.host = f"http://127.0.0.1:{self.port}"
        self._ready.set()
        await self._stop.wait()
        await runner.cleanup()

    def _app(self) -> web.Application:
        app = web.Application(client_max_size=LARGEST_BODY)
        app.router.add_route("*", "/api/{method}", self._answer_method)
        app.router.add_get("/files-pri/{file}/download/{name}", self._answer_download)
        app.router.add_post("/upload/v1/{file}", self._answer_upload)
        app.router.add_post("/actions/{team}/{url}", self._answer_response_url)
        app.router.add_get("/link", self.sockets.link)
        add_control_routes(app, self)
        return app

    async def _answer_method(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        fault = self.faults.next(method)
        if fault and not (fault.silent and fault.accepted):
            return await _faulty(fault, request)
        try:
            args = await _arguments(request)
        except ValueError:
            self.note(method, Refusal("invalid_json"))
            return web.json_response({"ok": False, "error": "invalid_json"})
        if limited := self._limited(method, args):
            return await _faulty(limited, request)
        token = _bearer(request) or args.pop("token", None)
        with self.changed:
            answer = call_method(self, method, token, args)
            self.changed.notify_all()
        if fault:
            return await _faulty(fault, request)
        headers = {"X-OAuth-Scopes": ",".join(sorted(self.bot_scopes))}
        return web.json_response(answer, headers=headers)

    async def _answer_download(self, request: web.Request) -> web.StreamResponse:
        fault = self.faults.next("files-pri")
        if fault:
            return await _faulty(fault, request)
        identity = request.match_info["file"].rsplit("-", 1)[-1]
        if identity not in self.stored_files:
            return web.Response(status=404)
        file = find_file(self, identity)
        allowed = _bearer(request) == self.token and "files:read" in self.bot_scopes
        if not allowed and file.login_page_without_token:
            return web.Response(text=LOGIN_PAGE, content_type="text/html")
        return web.Response(body=file.content, headers={"Content-Type": file.mimetype})

    async def _answer_upload(self, request: web.Request) -> web.StreamResponse:
        fault = self.faults.next("upload")
        if fault:
            return await _faulty(fault, request)
        content = await _uploaded(request)
        return self._noted("upload", lambda: take_upload(self, request.match_info["file"], content))

    async def _answer_response_url(self, request: web.Request) -> web.StreamResponse:
        url = self.response_urls.get(request.match_info["url"])
        if url is None:
            return web.json_response({"ok": False, "error": "no_such_url"}, status=404)
        fault = self.faults.next("response_url")
        if fault:
            return await _faulty(fault, request)
        try:
            answer = await _arguments(request)
        except ValueError:
            answer = {}
        return self._noted("response_url", lambda: answer_response_url(self, url, answer))

    def _limited(self, method: str, args: Json) -> Fault | None:
        wait = self.rates.retry_after(method, str(args.get("channel")), time.monotonic()) if self.rates else None
        return None if wait is None else Fault(error="ratelimited", status=429, retry_after=wait)

    def _noted(self, method: str, work: Callable[[], None]) -> web.Response:
        with self.changed:
            try:
                work()
            except Refusal as refusal:
                self.note(method, refusal)
                return web.json_response(refusal.as_json(), status=404)
            finally:
                self.changed.notify_all()
        return web.Response(text="ok")


async def _faulty(fault: Fault, request: web.Request) -> web.Response:
    if fault.silent:
        return await _stay_silent(fault, request)
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    body = {"ok": False, "error": fault.error or "internal_error"}
    return web.json_response(body, status=fault.status, headers=headers)


async def _stay_silent(fault: Fault, request: web.Request) -> web.Response:
    while fault.hang and request.transport and not request.transport.is_closing():  # noqa: ASYNC110 (nothing tells us)
        await asyncio.sleep(0.01)
    if request.transport:
        request.transport.abort()
    return web.Response()


def _bearer(request: web.Request) -> str | None:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if kind == "Bearer" else None


async def _arguments(request: web.Request) -> Json:
    query = dict(request.query)
    if request.content_type == "application/json":
        body = json.loads(await request.text() or "{}")
        return {**query, **body} if isinstance(body, dict) else query
    return {**query, **{name: value for name, value in (await request.post()).items() if isinstance(value, str)}}


async def _uploaded(request: web.Request) -> bytes:
    if not request.content_type.startswith("multipart/"):
        return await request.read()
    for part in (await request.post()).values():
        if isinstance(part, web.FileField):
            return part.file.read()
    return b""
