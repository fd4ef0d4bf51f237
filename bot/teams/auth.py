"""Who we are to Microsoft: the token that goes with everything we send."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any, Protocol

import aiohttp
import msal
import requests

from bot.json_body import at, text_at
from bot.platform import RetryLater, TokenRevoked
from bot.settings import Settings, TeamsAppType

CONNECTOR = "https://api.botframework.com"
EARLY = 300.0
"""Seconds before its end a token is replaced."""
PATIENCE = 10.0
LONGEST_WAIT = 3600.0
PASSING = frozenset({"temporarily_unavailable", "server_error", "slow_down"})
IDENTITY_PASSING = frozenset({404, 408, 410, 429})
"""What Microsoft says to try again with at a machine's identity endpoint, beside every 5xx."""


@dataclass(frozen=True, kw_only=True)
class Token:
    value: str
    lasts: float
    """Seconds from now."""


class Tokens(Protocol):
    async def bearer(self) -> str:
        """Empty where nobody asks for one. Raises RetryLater or TokenRevoked."""
        ...

    def forget(self, bearer: str) -> None:
        """It was refused: the next one is a new one."""
        ...


class NoTokens:
    """For the Emulator on this machine."""

    async def bearer(self) -> str:
        return ""

    def forget(self, bearer: str) -> None:
        """There is none."""


class CachedTokens:
    """All who need a token at once wait for the same one."""

    def __init__(self, fetch: Callable[[], Awaitable[Token]], *, seconds: Callable[[], float] = monotonic) -> None:
        self._fetch = fetch
        self._seconds = seconds
        self._value = ""
        self._good_until = 0.0
        self._fetching: asyncio.Task[str] | None = None

    async def bearer(self) -> str:
        if self._value and self._seconds() < self._good_until:
            return self._value
        if self._fetching is None or self._fetching.done():
            self._fetching = asyncio.create_task(self._renew())
            self._fetching.add_done_callback(_looked_at)
        return await asyncio.shield(self._fetching)

    def forget(self, bearer: str) -> None:
        if bearer == self._value:
            self._value = ""

    async def _renew(self) -> str:
        asked_at = self._seconds()
        token = await self._fetch()
        self._value = token.value
        self._good_until = asked_at + max(token.lasts - EARLY, token.lasts / 2)
        return token.value


def _looked_at(task: asyncio.Task[str]) -> None:
    """Whoever waited may have gone away: then nobody is told of the error, and asyncio needn't complain of that."""
    if not task.cancelled():
        task.exception()


class ClientSecret:
    """The app's password for a token. One form, posted: MSAL would do it without a time-out, in a thread."""

    def __init__(
        self, *, authority_url: str, tenant_id: str, app_id: str, password: str, patience: float = PATIENCE
    ) -> None:
        self._url = f"{authority_url.rstrip('/')}/{tenant_id}/oauth2/v2.0/token"
        self._form = {
            "grant_type": "client_credentials",
            "client_id": app_id,
            "client_secret": password,
            "scope": f"{CONNECTOR}/.default",
        }
        self._patience = aiohttp.ClientTimeout(total=patience)

    async def __call__(self) -> Token:
        try:
            async with (
                aiohttp.ClientSession(timeout=self._patience, trust_env=True) as session,
                session.post(self._url, data=self._form, allow_redirects=False) as response,
            ):
                said: object = await response.json(content_type=None) if response.status < 500 else None
                return token_of(said, status=response.status, retry_after=response.headers.get("retry-after", ""))
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise RetryLater(f"token: no answer ({type(error).__name__})") from None


class ManagedIdentity:
    """The machine's own identity for a token. Where to ask depends on the kind of machine; MSAL knows them all."""

    def __init__(self, *, app_id: str, patience: float = PATIENCE) -> None:
        identity = msal.UserAssignedManagedIdentity(client_id=app_id)
        self._client = msal.ManagedIdentityClient(identity, http_client=Impatient(patience))

    async def __call__(self) -> Token:
        return await asyncio.to_thread(self._ask)

    def _ask(self) -> Token:
        try:
            said = self._client.acquire_token_for_client(resource=CONNECTOR)
        except (requests.RequestException, ValueError) as error:
            raise RetryLater(f"token: no answer ({type(error).__name__})") from None
        return token_of(said, status=200 if text_at(said, "access_token") else 400)


class Impatient(requests.Session):
    """MSAL passes neither a time-out nor the status on."""

    def __init__(self, patience: float) -> None:
        super().__init__()
        self._patience = patience

    def request(self, method: str, url: str | bytes, *args: Any, **options: Any) -> requests.Response:
        response = super().request(method, url, *args, **{"timeout": self._patience, **options})
        if response.status_code >= 500 or response.status_code in IDENTITY_PASSING:
            raise RetryLater(f"token: http {response.status_code}")
        return response


def token_source(settings: Settings, patience: float = PATIENCE) -> Callable[[], Awaitable[Token]]:
    app_id, password = settings.teams_app_id or "", settings.teams_app_password
    if settings.teams_app_type is TeamsAppType.MANAGED_IDENTITY:
        return ManagedIdentity(app_id=app_id, patience=patience)
    return ClientSecret(
        authority_url=settings.teams_authority_url,
        tenant_id=settings.teams_tenant_id or "",
        app_id=app_id,
        password=password.get_secret_value() if password else "",
        patience=patience,
    )


def token_of(said: object, *, status: int, retry_after: str = "") -> Token:
    """Raises RetryLater or TokenRevoked; neither says more than Microsoft's error code."""
    value, lasts = text_at(said, "access_token"), seconds_of(at(said, "expires_in"))
    if status == 200 and value and lasts > 0:
        return Token(value=value, lasts=lasts)
    if status == 429 or status >= 500:
        raise RetryLater(f"token: http {status}", after=waiting_time(retry_after))
    word = text_at(said, "error")
    if not word or word in PASSING:
        raise RetryLater(f"token: {word or f'http {status}'}")
    code = text_at(said, "error_description").partition(":")[0]
    raise TokenRevoked(f"token: {word}" + (f" ({code})" if code.startswith("AADSTS") and code.isalnum() else ""))


def seconds_of(value: object) -> float:
    """A number, or the digits of one; 0 for anything else."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return float(value)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0


def waiting_time(retry_after: str) -> float:
    return min(seconds_of(retry_after) or 30.0, LONGEST_WAIT)
