import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fake_slack import FakeSlack

Json = dict[str, Any]


class MovableClock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def slack(clock: MovableClock) -> Iterator[FakeSlack]:
    with FakeSlack(clock=clock) as running:
        yield running


@pytest.fixture
def client(slack: FakeSlack) -> AsyncWebClient:
    return AsyncWebClient(token=slack.token, base_url=slack.url)


@dataclass
class Bot:
    """Keeps what it is sent and gives the answer it is told to give."""

    address: str = ""
    answer: bytes = b""
    content_type: str = "application/json"
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.bodies[-1].decode()).items()}

    @property
    def payload(self) -> Json:
        found: Json = json.loads(self.form["payload"])
        return found

    @property
    def event(self) -> Json:
        found: Json = json.loads(self.bodies[-1])
        return found


@pytest.fixture
def bot() -> Iterator[Bot]:
    known = Bot()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            known.headers.append({name.lower(): value for name, value in self.headers.items()})
            known.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", known.content_type)
            self.send_header("Content-Length", str(len(known.answer)))
            self.end_headers()
            self.wfile.write(known.answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        known.address = f"http://127.0.0.1:{server.server_port}"
        yield known
        server.shutdown()
        thread.join()
