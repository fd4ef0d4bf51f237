"""What a person does in Slack, handed to the bot over its WebSocket."""

import json
from collections.abc import Mapping
from urllib.parse import parse_qsl

import httpx

from tests.fake_slack.records import Json
from tests.fake_slack.server import FakeSlack
from tests.slack_requests import SlackSender

KINDS = {"command": "slash_commands", "event": "events_api"}


class SocketSender(SlackSender):
    """The ack comes back as the response that HTTP would have had."""

    def __init__(self, slack: FakeSlack) -> None:
        super().__init__("http://nowhere.invalid", slack.signing_secret, slack)
        self.envelopes: list[tuple[str, Json]] = []
        """Kind and payload of everything that was sent."""

    def _post(
        self, body: bytes, content_type: str, what: str, extra: Mapping[str, str] | None = None
    ) -> httpx.Response:
        kind, payload = KINDS.get(what, "interactive"), payload_of(body, content_type)
        self.envelopes.append((kind, payload))
        envelope = self.slack.sockets.deliver(kind, payload, takes_words=kind != "events_api")
        words = self.slack.sockets.ack_of(envelope)
        return httpx.Response(200, json=words) if words else httpx.Response(200)


def payload_of(body: bytes, content_type: str) -> Json:
    if content_type == "application/json":
        found: Json = json.loads(body)
        return found
    fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
    payload: Json = json.loads(fields["payload"]) if "payload" in fields else fields
    return payload
