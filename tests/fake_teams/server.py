"""The HTTP side: a real socket on the loopback address, served from a thread of its own."""

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable
from typing import Self

from aiohttp import web

from tests.fake_slack.faults import Fault, Faults
from tests.fake_teams.records import Call, Json, Refusal
from tests.fake_teams.tenant import Tenant

LARGEST_BODY = 64 * 1024 * 1024
METADATA = "/v1/.well-known/openidconfiguration"
KEYS = "/v1/.well-known/keys"
GARBAGE = "<html>Welcome</html>"
CUT_SHORT = "cut short"


Answerer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class FakeTeams(Tenant):
    """`with FakeTeams() as teams:` and give the app `teams.host` as TEAMS_SERVICE_URL and TEAMS_AUTHORITY_URL, and
    `teams.openid_url`. Calls are named begin, post, change, remove, member, members, token, keys, download, upload."""

    def __init__(self, *, port: int = 0) -> None:
        super().__init__()
        self.port = port
        self.faults = Faults()
        self.bare_answer = 0
        """The status with which an upload is taken, without a body; 0: as Teams does."""
        self._ready = threading.Event()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None

    @property
    def openid_url(self) -> str:
        return self.host + METADATA

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def start(self) -> None:
        """Serve; after a stop() on the same port, with everything remembered."""
        self._ready.clear()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="fake-teams", daemon=True)
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("the fake Teams did not start")

    def stop(self) -> None:
        if self._thread and self._loop and self._stop:
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(10)

    # what can go wrong

    def fail(self, call: str, status: int, code: str = "", *, times: int = 1, after: int = 0) -> None:
        """The next `times` calls (once `after` more have passed) answer with this status and error code."""
        self.faults.add(call, Fault(error=code, status=status), times=times, after=after)

    def rate_limit(self, call: str, *, after: int = 0, retry_after: int = 1, times: int = 1) -> None:
        self.faults.add(call, Fault(error="Throttled", status=429, retry_after=retry_after), times=times, after=after)

    def drop_after_accepting(self, call: str, *, times: int = 1, after: int = 0) -> None:
        """The call is done, but the connection closes without an answer."""
        self.faults.add(call, Fault(drop=True), times=times, after=after)

    def drop_before_accepting(self, call: str, *, times: int = 1, after: int = 0) -> None:
        self.faults.add(call, Fault(drop=True, accepted=False), times=times, after=after)

    def hang(self, call: str, *, accepted: bool = True, times: int = 1, after: int = 0) -> None:
        """No answer for as long as the client cares to wait. `accepted`: the call is done all the same."""
        self.faults.add(call, Fault(hang=True, accepted=accepted), times=times, after=after)

    def garble(self, call: str, *, times: int = 1, after: int = 0) -> None:
        """A page of some proxy's, which says that all is well. The call is not done."""
        self.faults.add(call, Fault(error=GARBAGE, status=200), times=times, after=after)

    def cut_short(self, call: str, *, times: int = 1, after: int = 0) -> None:
        """The connection closes while the body is being sent. The call is not done."""
        self.faults.add(call, Fault(error=CUT_SHORT), times=times, after=after)

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
        base, one = "/emea/v3/conversations", "/emea/v3/conversations/{chat}"
        add = app.router.add_route
        add("POST", base, self._connector("begin", lambda r, body: self.begin(body)))
        add("POST", f"{one}/activities", self._connector("post", lambda r, body: self.post(_chat(r), body)))
        activity = f"{one}/activities/{{id}}"
        add("PUT", activity, self._connector("change", lambda r, body: self.change(_chat(r), _id(r), body)))
        add("DELETE", activity, self._connector("remove", lambda r, _: self.remove(_chat(r), _id(r))))
        add("GET", f"{one}/members/{{id}}", self._connector("member", lambda r, _: self.member(_chat(r), _id(r))))
        add("GET", f"{one}/pagedmembers", self._connector("members", lambda r, _: self._members(r)))
        add("POST", "/{tenant}/oauth2/v2.0/token", self._guarded("token", self._give_token))
        add("GET", METADATA, self._guarded("keys", self._give_metadata))
        add("GET", KEYS, self._guarded("keys", self._give_keys))
        add("GET", "/personal/download/{id}", self._guarded("download", self._give_file))
        add("PUT", "/personal/upload/{id}", self._guarded("upload", self._take_file))
        return app

    def _connector(self, name: str, work: Callable[[web.Request, Json], Json]) -> Answerer:
        async def answer(request: web.Request) -> web.StreamResponse:
            text = await request.text()
            body = json.loads(text) if text else {}
            self.calls.append(Call(name=name, path=request.path, body=body))
            if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
                return self._refused(name, Refusal(401, "Unauthorized"))
            return self._noted(name, lambda: web.json_response(work(request, body), status=201))

        return self._guarded(name, answer)

    def _guarded(self, name: str, answer: Answerer) -> Answerer:
        async def guarded(request: web.Request) -> web.StreamResponse:
            fault = self.faults.next(name)
            if fault and not (fault.silent and fault.accepted):
                return await _faulty(fault, request)
            with self.changed:
                answered = await answer(request)
                self.changed.notify_all()
            return await _faulty(fault, request) if fault else answered

        return guarded

    def _noted(self, name: str, work: Callable[[], web.Response]) -> web.Response:
        try:
            return work()
        except Refusal as refusal:
            return self._refused(name, refusal)

    def _refused(self, name: str, refusal: Refusal) -> web.Response:
        self.note(name, refusal)
        return web.json_response(refusal.as_json(), status=refusal.status)

    def _members(self, request: web.Request) -> Json:
        if not 1 <= int(request.query.get("pageSize", "200")) <= 500:
            raise Refusal(400, "BadArgument", "pageSize")
        return self.members(_chat(request), request.query.get("continuationToken", ""))

    # who we are, and who they are

    async def _give_token(self, request: web.Request) -> web.Response:
        form = await request.post()
        if (form.get("client_id"), form.get("client_secret")) != (self.app_id, self.password):
            return web.json_response({"error": "invalid_client", "error_description": "AADSTS7000215: no"}, status=401)
        token = f"teams-token-{len(self.tokens) + 1}"
        self.tokens.add(token)
        return web.json_response({"token_type": "Bearer", "expires_in": 3600, "access_token": token})

    async def _give_metadata(self, request: web.Request) -> web.Response:
        return web.json_response({"issuer": "https://api.botframework.com", "jwks_uri": self.host + KEYS})

    async def _give_keys(self, request: web.Request) -> web.Response:
        return web.json_response({"keys": [self.key.jwk()]})

    # files

    async def _give_file(self, request: web.Request) -> web.Response:
        file = self.files.get(_id(request))
        if file is None or request.query.get("tempauth") != f"secret-{_id(request)}":
            return web.Response(status=404)
        if "Authorization" in request.headers:
            return self._refused("download", Refusal(400, "TokenSentAway"))
        return web.Response(body=file.content, headers={"Content-Type": file.media_type})

    async def _take_file(self, request: web.Request) -> web.Response:
        content = await request.read()
        if "Authorization" in request.headers:
            return self._refused("upload", Refusal(400, "TokenSentAway"))
        if self.uploads.get(_id(request), b"") is not None:
            return web.Response(status=404)
        if request.headers.get("Content-Range") != f"bytes 0-{len(content) - 1}/{len(content)}":
            return self._refused("upload", Refusal(400, "BadRange"))
        self.uploads[_id(request)] = content
        return web.Response(status=self.bare_answer) if self.bare_answer else web.json_response({}, status=201)


def _chat(request: web.Request) -> str:
    return request.match_info["chat"]


def _id(request: web.Request) -> str:
    return request.match_info["id"]


async def _faulty(fault: Fault, request: web.Request) -> web.StreamResponse:
    if fault.error == CUT_SHORT:
        await request.content.read(1)
    if fault.silent or fault.error == CUT_SHORT:
        while fault.hang and request.transport and not request.transport.is_closing():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        if request.transport:
            request.transport.abort()
        return web.Response()
    if fault.error == GARBAGE:
        return web.Response(text=GARBAGE, content_type="text/html")
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    body = {"error": {"code": fault.error or "ServiceError", "message": "a fault"}}
    return web.json_response(body, status=fault.status, headers=headers)
