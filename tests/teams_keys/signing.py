"""Microsoft's side of a request to a bot: keys as they are published, and tokens signed with them."""

import base64
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

APP_ID = "11111111-2222-3333-4444-555555555555"
TENANT = "99999999-8888-7777-6666-555555555555"
ISSUER = "https://api.botframework.com"
SERVICE_URL = "https://smba.trafficmanager.net/emea/"
Json = dict[str, Any]


@cache
def private_key(name: str, size: int = 2048) -> RSAPrivateKey:
    """The same for the same name: making one takes a while."""
    return generate_private_key(public_exponent=65537, key_size=size)


@dataclass(frozen=True, kw_only=True)
class KeyPair:
    kid: str = "key-1"
    endorsements: Sequence[str] | None = ("msteams", "skype")
    size: int = 2048

    @property
    def private(self) -> RSAPrivateKey:
        return private_key(self.kid, self.size)

    def jwk(self) -> Json:
        """As the key server publishes it."""
        public = RSAAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        published = {"kty": "RSA", "use": "sig", "kid": self.kid, "n": public["n"], "e": public["e"]}
        return published | ({"endorsements": list(self.endorsements)} if self.endorsements is not None else {})

    def token(self, *, header: Mapping[str, Any] | None = None, now: float | None = None, **changes: Any) -> str:
        """A good one, but for the claims and header parts that are given; None leaves one out."""
        head = {"typ": "JWT", "kid": self.kid, **(header or {})}
        return jwt.encode(claims(now=now, **changes), self.private, "RS256", headers=head)


def signed(payload: bytes, key: KeyPair | None = None) -> str:
    """Whatever it is, signed as Microsoft would."""
    pair = key or KeyPair()
    return jwt.PyJWS().encode(payload, pair.private, "RS256", headers={"kid": pair.kid})


def claims(*, now: float | None = None, **changes: Any) -> Json:
    begin = int(time.time() if now is None else now)
    good = {
        "serviceurl": SERVICE_URL,
        "nbf": begin - 10,
        "exp": begin + 3600,
        "iss": ISSUER,
        "aud": APP_ID,
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def by_hand(header: object, payload: object, signature: bytes = b"") -> str:
    """A token no library would make."""
    parts = [part if isinstance(part, bytes) else json.dumps(part).encode() for part in (header, payload)]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (*parts, signature))


def an_activity(kind: str = "message", **changes: Any) -> Json:
    """As Teams sends it in a personal chat; None leaves a part out."""
    good = {
        "type": kind,
        "id": "1700000000001",
        "timestamp": "2026-11-23T09:00:00.000Z",
        "localTimezone": "Europe/Berlin",
        "channelId": "msteams",
        "serviceUrl": SERVICE_URL,
        "from": {"id": "29:olga", "name": "Olga", "aadObjectId": "aaaaaaaa-0000-0000-0000-000000000001"},
        "recipient": {"id": f"28:{APP_ID}", "name": "soc2bot"},
        "conversation": {"id": "a:olga-and-the-bot", "conversationType": "personal", "tenantId": TENANT},
        "channelData": {"tenant": {"id": TENANT}},
        "entities": [{"type": "clientInfo", "locale": "en-GB", "country": "GB", "platform": "Web"}],
        "locale": "en-GB",
        **({"text": "help", "textFormat": "plain"} if kind == "message" else {}),
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not None}
