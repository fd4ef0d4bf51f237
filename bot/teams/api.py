"""One call of the connector, through which Teams takes what we say, and what its failures mean to us."""

import logging
from collections.abc import Callable, Mapping
from urllib.parse import quote, urlencode

import aiohttp

from bot.json_body import Json, text_at
from bot.platform import OurFault, PlatformError, RetryLater, TokenRevoked, Undeliverable
from bot.teams.auth import Tokens, waiting_time
from bot.tracing import span

LONGEST_ANSWER = 4 * 1024 * 1024
PATIENCE = 10.0
BUSY = frozenset({412, 429})
"""The connector did nothing, and asks for patience."""
BRIEFLY = 5.0
"""Where it doesn't say how long. Whoever is answered is still waiting then; notices wait longer with each attempt."""
CLOSED_TO_US = frozenset(
    {
        "MessageWritesBlocked",
        "ConversationBlockedByUser",
        "BotNotInConversationRoster",
        "BotDisabledByAdmin",
        "BotDisabledByUser",
        "ForbiddenOperationException",
        "ConversationNotFound",
        "BotNotInstalled",
        "MemberNotFoundInConversation",
    }
)
"""What 403 and 404 say of a person or a channel that we can't write to any more; anything else they say is news."""

log = logging.getLogger(__name__)


class TeamsApi:
    """Calls go out once. `close` ends the connections."""

    def __init__(
        self,
        *,
        tokens: Tokens,
        trusted: Callable[[str], bool],
        bot: str = "",
        timeout: float = PATIENCE,
        doubted: Callable[[], None] = lambda: None,
    ) -> None:
        """trusted: whether our token may go to this service address. bot: our own account in Teams. doubted: called
        when a token is refused, by Microsoft or by Teams."""
        self.bot = bot
        self._doubted = doubted
        self._tokens = tokens
        self._trusted = trusted
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None
        self._refused_bearer = ""
        self.refusal = ""
        """Why nothing can be said: the connector has refused a token that Microsoft had only just given us. Empty again
        as soon as one is taken."""

    def session(self) -> aiohttp.ClientSession:
        """Made at first use, so that it belongs to the running loop. It honours the proxy settings of the machine."""
        if self._session is None or self._session.closed:
            timeout = aiohttp.ClientTimeout(total=self._timeout)
            self._session = aiohttp.ClientSession(timeout=timeout, trust_env=True)
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def send(self, service_url: str, *path: str, body: Json) -> Json:
        """Something new. Raises RetryLater, Undeliverable or TokenRevoked."""
        return await self._call("POST", service_url, path, body=body)

    async def change(self, service_url: str, *path: str, body: Json) -> Json:
        return await self._call("PUT", service_url, path, body=body)

    async def remove(self, service_url: str, *path: str) -> None:
        await self._call("DELETE", service_url, path)

    async def read(self, service_url: str, *path: str, **query: str) -> Json:
        return await self._call("GET", service_url, path, query=query)

    async def _call(
        self,
        method: str,
        service_url: str,
        path: tuple[str, ...],
        *,
        body: Json | None = None,
        query: Json | None = None,
    ) -> Json:
        what = f"{method} {path[-1] if path[-1] in ('activities', 'conversations', 'pagedmembers') else path[-2]}"
        if not self._trusted(service_url):
            log.error("nothing is sent to a service address that isn't Microsoft's")
            raise OurFault(f"{what}: not a service address of Teams")
        url = f"{service_url.rstrip('/')}/v3/{'/'.join(quote(step, safe='') for step in path)}"
        bearer = await self._bearer()
        try:
            with span("platform call", platform="teams", method=what):
                return await self._asked(what, method, url + (f"?{urlencode(query)}" if query else ""), bearer, body)
        except aiohttp.ClientConnectorError as error:
            raise RetryLater(f"{what}: no connection ({type(error).__name__})") from None
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            in_doubt = method == "POST"
            raise RetryLater(f"{what}: no answer ({type(error).__name__})", in_doubt=in_doubt) from None

    async def _asked(self, what: str, method: str, url: str, bearer: str, body: Json | None) -> Json:
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        asking = self.session().request(method, url, json=body, headers=headers, allow_redirects=False)
        async with asking as response:
            taken = response.status in (200, 201, 202, 204)
            said: object = await _body_of(response, strictly=taken)
            if response.status == 401:
                self._token_refused(bearer, f"{what}: http 401")
            elif response.status < 500:
                self._refused_bearer = self.refusal = ""
            if taken:
                return said if isinstance(said, dict) else {}
            raise meaning(what, response.status, said, response.headers, wrote=method == "POST")

    async def _bearer(self) -> str:
        try:
            return await self._tokens.bearer()
        except TokenRevoked:
            self._doubted()
            raise

    def _token_refused(self, bearer: str, reason: str) -> None:
        """One that has run out is replaced; only when the new one is refused as well is something wrong."""
        self._tokens.forget(bearer)
        if self._refused_bearer not in ("", bearer) and not self.refusal:
            self.refusal = reason
            log.info("Teams refuses a fresh token: %s", reason)
        self._refused_bearer = bearer
        self._doubted()


async def _body_of(response: aiohttp.ClientResponse, *, strictly: bool) -> object:
    """None for what is no JSON. Raises ValueError instead where it says that all is well: a proxy's page may do so."""
    if (response.content_length or 0) > LONGEST_ANSWER:
        return None
    try:
        return await response.json(content_type=None)
    except ValueError:
        if strictly:
            raise
        return None


def meaning(what: str, status: int, said: object, headers: Mapping[str, str], *, wrote: bool = False) -> PlatformError:
    """`wrote`: something new was to be sent, so that an unclear answer leaves a doubt."""
    word = text_at(said, "error", "code")[:60]
    reason = f"{what}: http {status}" + (f" {word}" if word else "")
    if status in BUSY:
        asked = headers.get("Retry-After", "")
        return RetryLater(reason, after=waiting_time(asked) if asked else BRIEFLY)
    if status >= 500:
        return RetryLater(reason, after=waiting_time(headers.get("Retry-After", "")), in_doubt=wrote)
    if status == 401:
        return TokenRevoked(reason)
    if status in (403, 404) and (not word or word in CLOSED_TO_US):
        return Undeliverable(reason)
    log.error("Teams refuses a call: %s", reason)
    return OurFault(reason)
