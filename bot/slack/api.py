"""One call of Slack's Web API, and what its failures mean to us."""

import logging
from collections.abc import Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.platform import PlatformError, RetryLater
from bot.slack.errors import meaning
from bot.slack.payloads import Json, at, text_at
from bot.tracing import span

SLACK_API = "https://slack.com/api/"
LONGEST_WAIT = 3600.0
LONGEST_DETAIL = 300


class SlackApi:
    """Calls go out once: Slack's own retries could double a message. `close` ends the connections."""

    def __init__(self, *, token: str, url: str = SLACK_API, timeout: float = 10.0) -> None:
        self.url = url if url.endswith("/") else f"{url}/"
        self.token = token
        self.timeout = timeout
        self._session: aiohttp.ClientSession | None = None

    def session(self) -> aiohttp.ClientSession:
        """Made at first use, so that it belongs to the running loop. It honours the proxy settings of the machine."""
        if self._session is None or self._session.closed:
            timeout = aiohttp.ClientTimeout(total=self.timeout)
            self._session = aiohttp.ClientSession(timeout=timeout, trust_env=True)
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def call(self, method: str, **arguments: object) -> Json:
        """Raises RetryLater, Undeliverable or TokenRevoked."""
        try:
            with span("platform call", platform="slack", method=method):
                answer = await self._client().api_call(method, json=dict(arguments))
        except SlackApiError as error:
            raise _meaning(method, error) from None
        except aiohttp.ClientConnectorError as error:
            raise RetryLater(f"{method}: no connection ({type(error).__name__})") from None
        except (aiohttp.ClientError, SlackClientError, TimeoutError) as error:
            raise RetryLater(f"{method}: no answer ({type(error).__name__})", in_doubt=True) from None
        return answer.data if isinstance(answer.data, dict) else {}

    async def read(self, method: str, **arguments: str) -> Json:
        """As `call`, for the methods that take no JSON."""
        try:
            with span("platform call", platform="slack", method=method):
                answer = await self._client().api_call(method, http_verb="GET", params=dict(arguments))
        except SlackApiError as error:
            raise _meaning(method, error) from None
        except (aiohttp.ClientError, SlackClientError, TimeoutError) as error:
            raise RetryLater(f"{method}: no answer ({type(error).__name__})") from None
        return answer.data if isinstance(answer.data, dict) else {}

    def _client(self) -> AsyncWebClient:
        client = AsyncWebClient(self.token, base_url=self.url, session=self.session(), retry_handlers=[], logger=QUIET)
        # The SDK reads the proxy's address from the environment but not its exceptions; the session does both.
        client.proxy = None
        return client


QUIET = logging.getLogger("soc2bot.slack_sdk")
"""At debug level the SDK logs whole requests and answers."""
QUIET.setLevel(logging.WARNING)


def _meaning(method: str, error: SlackApiError) -> PlatformError:
    response: Any = error.response
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
    data = getattr(response, "data", None)
    details = at(data, "response_metadata", "messages")
    return meaning(
        method,
        text_at(data, "error"),
        status=status,
        after=retry_after(getattr(response, "headers", {})),
        details=[str(each)[:LONGEST_DETAIL] for each in details] if isinstance(details, list) else (),
    )


def retry_after(headers: Mapping[str, str]) -> float:
    """Seconds."""
    told = headers.get("Retry-After", "")
    return min(max(float(told), 1.0), LONGEST_WAIT) if told.isdecimal() else 30.0
