"""Microsoft's side: what comes from Teams with really signed tokens, as the bytes that go over the wire."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

APP_ID = "11111111-2222-3333-4444-555555555555"
TENANT = "99999999-8888-7777-6666-555555555555"
ISSUER = "https://api.botframework.com"
SERVICE_URL = "https://smba.trafficmanager.net/emea/"
PATH = "/api/messages"
KID = "key-of-the-benchmarks"
ACCOUNT = "29:1b6F8Xg0wPzVmU-2x7dQnS0jT5kN4rE9aLhYcOqIuWvZsBtGfDpKlMjHnXy3C2R1"


@dataclass(frozen=True, kw_only=True)
class Sender:
    id: str
    chat: str
    """With the bot."""


OLGA = Sender(id="aaaaaaaa-0000-0000-0000-000000000001", chat="a:1pL6i0oY9nRz8kQ2vXwB7mT3sCjU5dEfG")


def publish_key(keys: Path) -> RSAPrivateKey:
    """The key that tokens are signed with, its public half in the file as Microsoft publishes it."""
    private = generate_private_key(public_exponent=65537, key_size=2048)
    public = RSAAlgorithm.to_jwk(private.public_key(), as_dict=True)
    published = {
        "kty": "RSA",
        "use": "sig",
        "kid": KID,
        "n": public["n"],
        "e": public["e"],
        "endorsements": ["msteams"],
    }
    keys.write_text(json.dumps({"keys": [published]}))
    return private


def make_token(key: RSAPrivateKey, service_url: str = SERVICE_URL) -> str:
    """As Microsoft does, good for many requests."""
    now = int(time.time())
    claims = {"serviceurl": service_url, "nbf": now, "exp": now + 3600, "iss": ISSUER, "aud": APP_ID}
    return jwt.encode(claims, key, "RS256", headers={"kid": KID})


def message(token: str, number: int) -> bytes:
    said = {"type": "message", "id": f"17000000{number:05}", "text": "help", "textFormat": "plain"}
    return _signed(token, _activity(OLGA, SERVICE_URL) | said)


def press(
    token: str, sender: Sender, button: Mapping[str, Any], *, service_url: str, message: str, number: int
) -> bytes:
    """Of a button on the bot's card."""
    pressed = {
        "type": "invoke",
        "name": "adaptiveCard/action",
        "id": f"f:{number:08}-0000-0000-0000-000000000000",
        "replyToId": message,
        "value": {
            "action": {
                "type": "Action.Execute",
                "title": button["title"],
                "verb": button["verb"],
                "data": button["data"],
            },
            "trigger": "manual",
        },
    }
    return _signed(token, _activity(sender, service_url) | pressed)


def _activity(sender: Sender, service_url: str) -> dict[str, Any]:
    return {
        "timestamp": "2026-11-23T09:00:00.0000000Z",
        "localTimestamp": "2026-11-23T10:00:00.0000000+01:00",
        "channelId": "msteams",
        "serviceUrl": service_url,
        "from": {"id": ACCOUNT, "name": "Olga Owner", "aadObjectId": sender.id},
        "conversation": {"conversationType": "personal", "tenantId": TENANT, "id": sender.chat},
        "recipient": {"id": f"28:{APP_ID}", "name": "soc2bot"},
        "entities": [
            {"locale": "en-GB", "country": "GB", "platform": "Web", "timezone": "Europe/Berlin", "type": "clientInfo"}
        ],
        "channelData": {"tenant": {"id": TENANT}},
        "locale": "en-GB",
        "localTimezone": "Europe/Berlin",
    }


def _signed(token: str, activity: Mapping[str, Any]) -> bytes:
    body = json.dumps(activity).encode()
    head = (
        f"POST {PATH} HTTP/1.1\r\n"
        "Host: 127.0.0.1\r\n"
        "User-Agent: Microsoft-SkypeBotApi (Microsoft-BotFramework/3.0)\r\n"
        "Accept: */*\r\n"
        f"Authorization: Bearer {token}\r\n"
        f"Content-Length: {len(body)}\r\n"
        "Content-Type: application/json; charset=utf-8\r\n\r\n"
    )
    return head.encode() + body
