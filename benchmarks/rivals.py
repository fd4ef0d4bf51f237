"""What soc2bot is held against on Slack's side; the Bolt app stands in bolt_rival.py, so that these start without it.

bare   a Starlette route that checks the signature and nothing else
click  a Starlette route that checks the signature and records the answer in raw SQL, in a writer thread
slack  no rival: Slack's Web API, as quick as it can be, and always content
"""

import hashlib
import hmac
import json
import time
from pathlib import Path
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from benchmarks.raw_clicks import RawClicks
from benchmarks.requests import PATH, SECRET, TEAM
from benchmarks.serving import serve_one_of

OLDEST = 300
TEAM_FACTS = {
    "ok": True,
    "team_id": TEAM,
    "team": "Acme",
    "user_id": "U0BOT",
    "bot_id": "B0BOT",
    "url": "https://acme.slack.com/",
}


def is_signed(request: Request, body: bytes) -> bool:
    timestamp = request.headers.get("x-slack-request-timestamp", "0")
    signed = b"v0:" + timestamp.encode() + b":" + body
    wanted = "v0=" + hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    is_fresh = abs(time.time() - int(timestamp)) <= OLDEST
    return is_fresh and hmac.compare_digest(wanted, request.headers.get("x-slack-signature", ""))


def bare(_: str) -> ASGIApp:
    async def answer(request: Request) -> Response:
        return Response() if is_signed(request, await request.body()) else Response(status_code=401)

    return Starlette(routes=[Route(PATH, answer, methods=["POST"])])


def click(database: str) -> ASGIApp:
    clicks = RawClicks(Path(database))

    async def answer(request: Request) -> Response:
        body = await request.body()
        if not is_signed(request, body):
            return Response(status_code=401)
        payload = json.loads(parse_qs(body.decode())["payload"][0])
        return Response(status_code=200 if await clicks.record(payload) else 409)

    return Starlette(routes=[Route(PATH, answer, methods=["POST"])])


def slack(_: str) -> ASGIApp:
    async def answer(request: Request) -> Response:
        return JSONResponse(TEAM_FACTS | {"members": [], "ts": "1.0", "channel": "D0", "messages": []})

    return Starlette(routes=[Route("/api/{method}", answer, methods=["GET", "POST"])])


if __name__ == "__main__":
    serve_one_of({"bare": bare, "click": click, "slack": slack})
