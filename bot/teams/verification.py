"""Is this request Microsoft's, well formed, and from the tenant we serve? The guard's check for /api/messages.

The token is verified before the body is looked at. It says who signed, for which bot, until when, and at which address
the bot may answer; the body must agree with it.
"""

import json
from urllib.parse import SplitResult, urlsplit

from jwt import PyJWS
from jwt.exceptions import InvalidTokenError
from jwt.utils import base64url_decode

from bot.guard import Answered, Headers, Refused
from bot.json_body import Json, at, json_object, text_at
from bot.teams.activity_shape import KINDS, is_well_shaped
from bot.teams.keys import LOOPBACK, Keys, SigningKey
from tasks.ports import Clock

ISSUER = "https://api.botframework.com"
CHANNEL = "msteams"
EMULATOR = "emulator"
LEEWAY = 300
"""Seconds that our clock and Microsoft's may differ."""
LONGEST_TOKEN = 8_192
ALGORITHMS = ["RS256"]
SERVICE_HOSTS = ("smba.trafficmanager.net",)
SERVICE_DOMAINS = (".botframework.com",)

SIGNATURES = PyJWS(algorithms=ALGORITHMS)


class TeamsVerification:
    """Returns the parsed activity."""

    def __init__(self, *, app_id: str, tenant_id: str, keys: Keys, clock: Clock, service_url: str = "") -> None:
        """service_url: one more address that answers may go to, beside Microsoft's own."""
        self._app_id = app_id
        self._tenant_id = tenant_id
        self._keys = keys
        self._clock = clock
        self._service_url = service_url

    async def __call__(self, headers: Headers, body: bytes) -> Json | Answered:
        token = bearer_of(headers)
        key = await self._key_of(token)
        service_url = self._check_claims(verified_claims(token, key))
        activity = parse(headers, body)
        self._check_origin(activity, key, service_url)
        return accepted(activity)

    async def _key_of(self, token: str) -> SigningKey:
        key = await self._keys.find(kid_of(token))
        if key is None:
            raise Refused(401, "unknown_key")
        return key

    def _check_claims(self, claims: Json) -> str:
        """The service URL they vouch for."""
        if claims.get("iss") != ISSUER:
            raise Refused(401, "wrong_issuer")
        if claims.get("aud") != self._app_id:
            raise Refused(401, "wrong_audience")
        now = self._clock.now().timestamp()
        if moment_at(claims, "exp") + LEEWAY <= now:
            raise Refused(401, "expired_token")
        if moment_at(claims, "nbf") - LEEWAY > now:
            raise Refused(401, "early_token")
        return text_at(claims, "serviceurl")

    def _check_origin(self, activity: Json, key: SigningKey, vouched: str) -> None:
        service_url = text_at(activity, "serviceUrl")
        if not service_url or service_url.rstrip("/") != vouched.rstrip("/"):
            raise Refused(403, "wrong_service_url")
        if not is_service(service_url) and not has_origin(service_url, self._service_url):
            raise Refused(403, "unknown_service_url")
        if text_at(activity, "channelId") != CHANNEL:
            raise Refused(403, "unknown_channel")
        if CHANNEL not in key.endorsements:
            raise Refused(403, "unendorsed_channel")
        if tenants_of(activity) != {self._tenant_id}:
            raise Refused(403, "unknown_tenant")


class LoopbackVerification:
    """For the Bot Framework Emulator: nobody is asked who they are, so both ends must be this machine.

    A page in a browser can send to this machine as well, though neither as JSON nor, under a name of its own, with our
    name as the host.
    """

    async def __call__(self, headers: Headers, body: bytes) -> Json | Answered:
        if urlsplit(f"//{headers.single('host', status=400)}").hostname not in LOOPBACK:
            raise Refused(403, "not_this_machine")
        activity = parse(headers, body)
        if (split := split_url(text_at(activity, "serviceUrl"))) is None or split.hostname not in LOOPBACK:
            raise Refused(403, "unknown_service_url")
        if text_at(activity, "channelId") not in (CHANNEL, EMULATOR):
            raise Refused(403, "unknown_channel")
        return accepted(activity)


def bearer_of(headers: Headers) -> str:
    scheme, _, token = headers.single("authorization", status=401).partition(" ")
    if scheme.lower() != "bearer" or not token or len(token) > LONGEST_TOKEN:
        raise Refused(401, "bad_authorization")
    return token


def kid_of(token: str) -> str:
    """Nothing else of the header is believed: no key that it brings, no address of keys."""
    try:
        header = json.loads(base64url_decode(token.partition(".")[0]))
    except (ValueError, RecursionError):
        raise Refused(401, "bad_token") from None
    if text_at(header, "alg") not in ALGORITHMS:
        raise Refused(401, "bad_algorithm")
    return text_at(header, "kid")


def verified_claims(token: str, key: SigningKey) -> Json:
    try:
        return json_object(SIGNATURES.decode(token, key.key, algorithms=ALGORITHMS).decode())
    except (InvalidTokenError, ValueError, RecursionError):
        raise Refused(401, "bad_token") from None


def moment_at(claims: Json, name: str) -> float:
    """Seconds since 1970."""
    found = claims.get(name)
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found < 1e11:
        raise Refused(401, f"bad_{name}")
    return found


def parse(headers: Headers, body: bytes) -> Json:
    content_type = headers.single("content-type", status=400).partition(";")[0].strip().lower()
    if content_type != "application/json":
        raise Refused(400, "bad_content_type")
    try:
        return json_object(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Refused(400, "bad_body") from None


def accepted(activity: Json) -> Json | Answered:
    if not is_well_shaped(activity):
        raise Refused(400, "bad_activity")
    return activity if activity["type"] in KINDS else Answered()


def is_service(url: str) -> bool:
    """Where Microsoft's connector answers."""
    split = split_url(url)
    if split is None or split.scheme != "https" or split.username is not None or split.port not in (None, 443):
        return False
    host = split.hostname or ""
    return host in SERVICE_HOSTS or host.endswith(SERVICE_DOMAINS)


def has_origin(url: str, wanted: str) -> bool:
    """Scheme, host and port are those of `wanted`, which may be empty."""
    given, other = split_url(url), split_url(wanted)
    if given is None or other is None or given.username is not None:
        return False
    return (given.scheme, given.hostname, given.port) == (other.scheme, other.hostname, other.port)


def split_url(url: str) -> SplitResult | None:
    """None for what is no address of the web."""
    try:
        split = urlsplit(url)
        _ = split.port  # read now: a bad one raises
    except ValueError:
        return None
    return split if split.scheme in ("http", "https") and split.hostname else None


def tenants_of(activity: Json) -> set[str]:
    named = (at(activity, "conversation", "tenantId"), at(activity, "channelData", "tenant", "id"))
    return {str(tenant).lower() for tenant in named if tenant is not None}
