"""Microsoft's key server, token endpoint and a machine's identity endpoint, on a loopback socket."""

import json
import threading
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from tests.teams_keys.signing import KeyPair

METADATA = "/v1/.well-known/openidconfiguration"
KEYS = "/v1/.well-known/keys"
IDENTITY = "/msi/token"


@dataclass(kw_only=True)
class Answer:
    """What a path answers instead of the good answer."""

    status: int = 200
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)


class KeyServer:
    """`asked` counts requests by path; `instead` puts faults in; `hold` keeps answers back until it is set."""

    def __init__(self, *keys: KeyPair) -> None:
        self.keys = list(keys or [KeyPair()])
        self.asked: Counter[str] = Counter()
        self.forms: list[dict[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.instead: dict[str, Answer] = {}
        self.token_lasts: int | str = 3600
        self.go_on = threading.Event()
        self.go_on.set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def openid_url(self) -> str:
        return self.url + METADATA

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.go_on.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, path: str) -> Answer:
        if path == METADATA:
            found: Any = {"issuer": "https://api.botframework.com", "jwks_uri": self.url + KEYS}
        elif path == KEYS:
            found = {"keys": [key.jwk() for key in self.keys]}
        elif path.endswith("/oauth2/v2.0/token"):
            found = {"token_type": "Bearer", "expires_in": self.token_lasts, "access_token": self._new_token(path)}
        elif path == IDENTITY:
            found = {"token_type": "Bearer", "expires_on": "9999999999", "access_token": self._new_token(path)}
        else:
            return Answer(status=404)
        return Answer(body=json.dumps(found).encode())

    def _new_token(self, path: str) -> str:
        return f"token-{self.asked[path]}"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = urlsplit(self.path).path
                server.asked[path] += 1
                server.headers.append({name.lower(): value for name, value in self.headers.items()})
                server.go_on.wait(20)
                answer = server.instead.get(path) or server.answer(path)
                body = server.answer(path).body if answer.body is None and answer.status == 200 else answer.body
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def do_POST(self) -> None:
                form = self.rfile.read(int(self.headers["content-length"])).decode()
                server.forms.append({name: values[0] for name, values in parse_qs(form).items()})
                self.do_GET()

            def log_message(self, *_: object) -> None:
                """Quietly."""

        return Handler
