"""The keys that Microsoft signs its requests to bots with, published at an OpenID metadata address."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Protocol
from urllib.parse import urlsplit

import aiohttp
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm
from jwt.exceptions import InvalidKeyError

from bot.json_body import Json, at, json_object, text_at

FRESH = 24 * 3600.0
"""Seconds after which the keys are asked for again; the old ones serve until the new ones have come."""
BETWEEN_REFRESHES = 60.0
PATIENCE = 5.0
"""Seconds for the metadata and the keys together."""
MOST_BYTES = 1024 * 1024
MOST_KEYS = 200
SHORTEST_KEY = 2048
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

log = logging.getLogger(__name__)


class NoKeys(Exception):
    """The keys can't be had, or what came is not a list of keys."""


@dataclass(frozen=True, kw_only=True)
class SigningKey:
    key: RSAPublicKey
    endorsements: frozenset[str]
    """The channels whose requests the key may sign."""


class Keys(Protocol):
    async def find(self, kid: str) -> SigningKey | None: ...


class PublishedKeys:
    """A known key is found without waiting for anybody. All who need an unknown one wait for the same refresh, and
    there is none within a minute of the last: whoever invents key ids makes us ask no more often than that."""

    def __init__(
        self,
        openid_url: str,
        *,
        seconds: Callable[[], float] = monotonic,
        patience: float = PATIENCE,
        between_refreshes: float = BETWEEN_REFRESHES,
    ) -> None:
        self._url = openid_url
        self._seconds = seconds
        self._patience = patience
        self._between = between_refreshes
        self._keys: Mapping[str, SigningKey] = {}
        self._fetched_at: float | None = None
        self._tried_at: float | None = None
        self._refreshing: asyncio.Task[None] | None = None

    async def find(self, kid: str) -> SigningKey | None:
        found = self._keys.get(kid)
        if found is None:
            await self.refresh()
            return self._keys.get(kid)
        if self._fetched_at is None or self._seconds() - self._fetched_at > FRESH:
            self._begin()
        return found

    async def refresh(self) -> None:
        """Unless it was tried less than a minute ago. A failure is logged, and the keys stay as they were."""
        self._begin()
        if self._refreshing is not None:
            await asyncio.shield(self._refreshing)

    def _begin(self) -> None:
        if self._refreshing is not None and not self._refreshing.done():
            return
        now = self._seconds()
        if self._tried_at is not None and now - self._tried_at < self._between:
            self._refreshing = None
            return
        self._tried_at = now
        self._refreshing = asyncio.create_task(self._refresh())

    async def _refresh(self) -> None:
        try:
            async with asyncio.timeout(self._patience):
                self._keys = await fetch_keys(self._url)
        except (NoKeys, aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("Microsoft's signing keys can't be had: %s %s", type(error).__name__, error)
        else:
            self._fetched_at = self._seconds()


async def fetch_keys(openid_url: str) -> Mapping[str, SigningKey]:
    """Raises NoKeys, aiohttp.ClientError or OSError."""
    async with aiohttp.ClientSession(trust_env=True) as session:
        metadata = await _read(session, openid_url)
        keys_url = text_at(metadata, "jwks_uri")
        if not is_trustworthy(keys_url, like=openid_url):
            raise NoKeys("the metadata names no good address of keys")
        return keys_of(await _read(session, keys_url))


def is_trustworthy(url: str, *, like: str) -> bool:
    """Over TLS; or on this machine, where the metadata came from this machine as well."""
    try:
        given, ours = urlsplit(url), urlsplit(like)
    except ValueError:
        return False
    if given.scheme == "http":
        return given.hostname in LOOPBACK and ours.hostname in LOOPBACK
    return given.scheme == "https" and bool(given.hostname)


async def _read(session: aiohttp.ClientSession, url: str) -> Json:
    async with session.get(url, allow_redirects=False) as response:
        if response.status != 200:
            raise NoKeys(f"{url} answered {response.status}")
        body = await _capped(response)
    try:
        return json_object(body.decode())
    except (ValueError, RecursionError):
        raise NoKeys(f"{url} answered no JSON object") from None


async def _capped(response: aiohttp.ClientResponse) -> bytes:
    body = b""
    async for chunk in response.content.iter_chunked(65536):
        body += chunk
        if len(body) > MOST_BYTES:
            raise NoKeys("the answer is too long")
    return body


def keys_of(published: Json) -> Mapping[str, SigningKey]:
    """Those that can be used; raises NoKeys where there are none, rather than forget the ones we have."""
    listed = at(published, "keys")
    found = {}
    for entry in listed[:MOST_KEYS] if isinstance(listed, list) else ():
        key = _key_of(entry)
        if key is not None:
            found[text_at(entry, "kid")] = key
    if not found:
        raise NoKeys("no usable key is published")
    return found


def _key_of(entry: object) -> SigningKey | None:
    is_for_signing = text_at(entry, "kty") == "RSA" and at(entry, "use") in (None, "sig")
    if not isinstance(entry, dict) or not is_for_signing or not text_at(entry, "kid"):
        return None
    try:
        key = RSAAlgorithm.from_jwk({name: text_at(entry, name) for name in ("kty", "n", "e")})
    except (InvalidKeyError, ValueError):
        return None
    if not isinstance(key, RSAPublicKey) or key.key_size < SHORTEST_KEY:
        return None
    endorsements = at(entry, "endorsements")
    named = [each for each in endorsements if isinstance(each, str)] if isinstance(endorsements, list) else []
    return SigningKey(key=key, endorsements=frozenset(named))
