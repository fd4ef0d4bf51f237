"""Microsoft's side: messages from Teams with really signed tokens, as the bytes that go over the wire."""

import json
import time
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from jwt.algorithms import RSAAlgorithm

APP_ID = "11111111-2222-3333-4444-555555555555"
TENANT = "99999999-8888-7777-6666-555555555555"
ISSUER = "https://api.botframework.com"
SERVICE_URL = "https://smba.trafficmanager.net/emea/"
PATH = "/api/messages"
KID = "key-of-the-benchmarks"


def make_token(keys: Path) -> str:
    """As Microsoft does, good for many requests. The key it is signed with is published into the file."""
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
    now = int(time.time())
    claims = {"serviceurl": SERVICE_URL, "nbf": now, "exp": now + 3600, "iss": ISSUER, "aud": APP_ID}
    return jwt.encode(claims, private, "RS256", headers={"kid": KID})


def message(token: str, number: int) -> bytes:
    activity = {
        "text": "help",
        "textFormat": "plain",
        "type": "message",
        "timestamp": "2026-11-23T09:00:00.0000000Z",
        "localTimestamp": "2026-11-23T10:00:00.0000000+01:00",
        "id": f"17000000{number:05}",
        "channelId": "msteams",
        "serviceUrl": SERVICE_URL,
        "from": {
            "id": "29:1b6F8Xg0wPzVmU-2x7dQnS0jT5kN4rE9aLhYcOqIuWvZsBtGfDpKlMjHnXy3C2R1",
            "name": "Olga Owner",
            "aadObjectId": "aaaaaaaa-0000-0000-0000-000000000001",
        },
        "conversation": {
            "conversationType": "personal",
            "tenantId": TENANT,
            "id": "a:1pL6i0oY9nRz8kQ2vXwB7mT3sCjU5dEfG",
        },
        "recipient": {"id": f"28:{APP_ID}", "name": "soc2bot"},
        "entities": [
            {"locale": "en-GB", "country": "GB", "platform": "Web", "timezone": "Europe/Berlin", "type": "clientInfo"}
        ],
        "channelData": {"tenant": {"id": TENANT}},
        "locale": "en-GB",
        "localTimezone": "Europe/Berlin",
    }
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
