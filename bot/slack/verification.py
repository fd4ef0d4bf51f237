"""Is this request Slack's, well formed, and from a workspace we serve? The guard's check for /slack/events."""

import hmac
import re
from collections.abc import Awaitable, Callable
from urllib.parse import unquote

from bot.guard import Answered, Headers, Refused
from bot.json_body import Json, json_object, text_at
from bot.slack.payloads import is_well_shaped, kind_of, team_of
from tasks.identifiers import WorkspaceId
from tasks.ports import Clock

OLDEST = 300
"""Seconds a signature lives, both ways."""
MOST_FORM_FIELDS = 100
CONTENT_TYPES = ("application/x-www-form-urlencoded", "application/json")
SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")

WorkspaceFor = Callable[[str], Awaitable[WorkspaceId | None]]


class TeamWorkspaces:
    """Slack team → workspace, remembered once found: a request must not cost a query for it."""

    def __init__(self, find: Callable[[str, str], Awaitable[WorkspaceId | None]]) -> None:
        self._find = find
        self._known: dict[str, WorkspaceId] = {}

    async def __call__(self, team: str) -> WorkspaceId | None:
        if team not in self._known:
            found = await self._find("slack", team) if team else None
            if found is None:
                return None
            self._known[team] = found
        return self._known[team]


class SlackVerification:
    """Returns the parsed payload."""

    def __init__(self, *, signing_secret: str, clock: Clock, workspace_for: WorkspaceFor) -> None:
        self._secret = signing_secret.encode()
        self._clock = clock
        self._workspace_for = workspace_for

    async def __call__(self, headers: Headers, body: bytes) -> Json | Answered:
        self._check_signature(headers, body)
        content_type = headers.single("content-type", status=400).partition(";")[0].strip().lower()
        if content_type not in CONTENT_TYPES:
            raise Refused(400, "bad_content_type")
        payload = parse(body, content_type)
        if "ssl_check" in payload:
            return Answered()
        if payload.get("type") == "url_verification":
            return Answered(body={"challenge": text_at(payload, "challenge")[:1000]})
        if not is_well_shaped(payload):
            raise Refused(400, "bad_payload")
        if await self._workspace_for(team_of(payload)) is None:
            raise Refused(403, "unknown_workspace")
        return Answered() if kind_of(payload) is None else payload

    def _check_signature(self, headers: Headers, body: bytes) -> None:
        timestamp = headers.single("x-slack-request-timestamp", status=401)
        signature = headers.single("x-slack-signature", status=401)
        if not timestamp.isdecimal() or len(timestamp) > 12 or SIGNATURE.fullmatch(signature) is None:
            raise Refused(401, "bad_signature")
        if abs(self._clock.now().timestamp() - int(timestamp)) > OLDEST:
            raise Refused(401, "stale_timestamp")
        expected = hmac.digest(self._secret, b"v0:" + timestamp.encode() + b":" + body, "sha256").hex()
        if not hmac.compare_digest(f"v0={expected}", signature):
            raise Refused(401, "bad_signature")


def parse(body: bytes, content_type: str) -> Json:
    """A JSON object, a form's `payload` object, or the fields of a slash command. Raises Refused."""
    try:
        text = body.decode("utf-8")
        if content_type == "application/json":
            return json_object(text)
        fields = _form(text)
    except (ValueError, RecursionError):
        raise Refused(400, "bad_body") from None
    if "payload" in fields:
        return _payload(fields["payload"])
    if any("\0" in value for value in fields.values()):
        raise Refused(400, "bad_body")
    return dict(fields)


def _form(text: str) -> dict[str, str]:
    """As urllib's parse_qsl, which takes four times as long. Raises ValueError."""
    if text.count("&") >= MOST_FORM_FIELDS:
        raise ValueError("too many fields")
    pairs = [pair.partition("=") for pair in text.replace("+", " ").split("&") if pair]
    return {_unquoted(name): _unquoted(value) if "%" in value else value for name, _, value in pairs}


def _unquoted(text: str) -> str:
    return unquote(text, errors="strict")


def _payload(text: str) -> Json:
    try:
        return json_object(text)
    except (ValueError, RecursionError):
        raise Refused(400, "bad_body") from None
