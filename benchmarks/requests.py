"""Slack's side: really signed requests, as the bytes that go over the wire."""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from tasks.identifiers import WorkspaceId

SECRET = "a-signing-secret-of-the-benchmarks"
TEAM = "T0ACME"
ACME = WorkspaceId("acme")
"""The workspace it is connected to."""
PATH = "/slack/events"


def signed(body: bytes) -> bytes:
    timestamp = str(int(time.time()))
    digest = hmac.new(SECRET.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
    head = (
        f"POST {PATH} HTTP/1.1\r\n"
        "Host: 127.0.0.1\r\n"
        "User-Agent: Slackbot 1.0 (+https://api.slack.com/robots)\r\n"
        "Accept-Encoding: gzip,deflate\r\n"
        "Accept: application/json,*/*\r\n"
        f"X-Slack-Signature: v0={digest}\r\n"
        f"X-Slack-Request-Timestamp: {timestamp}\r\n"
        f"Content-Length: {len(body)}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    )
    return head.encode() + body


def command(user: str, text: str, number: int) -> bytes:
    form = {
        "token": "verification",
        "team_id": TEAM,
        "team_domain": "acme",
        "channel_id": f"D{user}",
        "channel_name": "directmessage",
        "user_id": user,
        "user_name": user.lower(),
        "command": "/soc2",
        "text": text,
        "api_app_id": "A0SOC2",
        "is_enterprise_install": "false",
        "response_url": f"https://hooks.slack.com/commands/{TEAM}/{number}/secret",
        "trigger_id": f"{number}.command.trigger",
    }
    return signed(urlencode(form).encode())


def click(user: str, *, value: str, message: str, blocks: Sequence[Mapping[str, Any]], number: int) -> bytes:
    """The press of the first button under the bot's message, which Slack sends along."""
    channel = f"D{user}"
    payload: dict[str, Any] = {
        "type": "block_actions",
        "user": {"id": user, "username": user.lower(), "name": user.lower(), "team_id": TEAM},
        "api_app_id": "A0SOC2",
        "token": "verification",
        "container": {"type": "message", "message_ts": message, "channel_id": channel, "is_ephemeral": False},
        "trigger_id": f"{number}.click.trigger",
        "team": {"id": TEAM, "domain": "acme"},
        "enterprise": None,
        "is_enterprise_install": False,
        "channel": {"id": channel, "name": "directmessage"},
        "message": {"type": "message", "user": "U0BOT", "bot_id": "B0BOT", "ts": message, "blocks": blocks},
        "state": {"values": {}},
        "response_url": f"https://hooks.slack.com/actions/{TEAM}/{number}/secret",
        "actions": [
            {
                "action_id": "answer_task.1",
                "block_id": "buttons",
                "type": "button",
                "text": {"type": "plain_text", "text": "Done"},
                "value": value,
                "action_ts": message,
            }
        ],
    }
    return signed(urlencode({"payload": json.dumps(payload)}).encode())
