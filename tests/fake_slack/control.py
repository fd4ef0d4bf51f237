"""Looking into the fake, and arranging it, over HTTP: for tests that run it as a process of its own."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from tests.fake_slack.server import FakeSlack

READABLE = ("messages", "ephemerals", "views", "violations", "refusals", "calls")
ACTIONS = (
    *("add_user", "add_channel", "trigger", "response_url", "watch", "enforce_rates"),
    *("fail", "http_status", "rate_limit", "drop_after_accepting", "drop_before_accepting", "hang"),
)


def add_control_routes(app: web.Application, slack: "FakeSlack") -> None:
    """GET /_test/NAME reads; POST /_test/NAME with JSON keywords (or a list of positions) does."""
    for name in READABLE:
        app.router.add_get(f"/_test/{name}", _reader(slack, name))
    app.router.add_get("/_test/users", _shower(slack, lambda: [asdict(user) for user in slack.users.values()]))
    app.router.add_get("/_test/channels", _shower(slack, lambda: [asdict(c) for c in slack.channels.values()]))
    app.router.add_get("/_test/files", _shower(slack, lambda: [file.as_json() for file in slack.files]))
    app.router.add_get("/_test/limited", _shower(slack, lambda: slack.limited))
    app.router.add_get("/_test/carried", _shower(slack, lambda: carried(slack)))
    app.router.add_get("/_test/facts", _shower(slack, lambda: facts(slack)))
    for name in ACTIONS:
        app.router.add_post(f"/_test/{name}", _doer(slack, name))


Handler = Callable[[web.Request], Any]


def _reader(slack: "FakeSlack", name: str) -> Handler:
    return _shower(slack, lambda: [asdict(each) for each in getattr(slack, name)])


def _shower(slack: "FakeSlack", read: Callable[[], Any]) -> Handler:
    async def show(request: web.Request) -> web.Response:
        with slack.changed:
            return web.json_response(read())

    return show


def _doer(slack: "FakeSlack", name: str) -> Handler:
    async def do(request: web.Request) -> web.Response:
        wanted = json.loads(await request.text() or "{}")
        positions, keywords = (wanted, {}) if isinstance(wanted, list) else ((), wanted)
        done = getattr(slack, name)(*positions, **keywords)
        return web.json_response(done if isinstance(done, str | None) else asdict(done))

    return do


def facts(slack: "FakeSlack") -> dict[str, str]:
    names = ("url", "token", "signing_secret", "team", "app_id", "bot_id", "bot_user_id", "verification_token")
    return {name: getattr(slack, name) for name in names}


def carried(slack: "FakeSlack") -> dict[str, int]:
    """How many messages went to whom."""
    return dict(Counter(slack.channels[message.channel].user or message.channel for message in slack.messages))
