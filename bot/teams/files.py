"""Files' bytes, in and out. An address lets in whoever holds it: our token never goes there, no log names it."""

import logging
from collections.abc import AsyncIterator, Callable, Collection
from io import BytesIO

import aiohttp
from yarl import URL

from bot.platform import FetchRefused, OurFault, RetryLater, Undeliverable
from bot.teams.auth import waiting_time

CHUNK = 64 * 1024
LONGEST = 120.0
"""Seconds for a whole file."""
STALLED = 10.0
"""Seconds without a byte."""
TAKEN_IN = 30.0
"""Seconds until a file that was sent is answered for."""
BRIEFLY = 5.0
BUSY = frozenset({408, 412, 423, 429})
USED_UP = frozenset({401, 404, 409, 410, 416})
PAGES = ("text/html", "application/xhtml+xml")
FILE_DOMAINS = (".sharepoint.com", ".sharepoint.us", ".sharepoint.cn", ".sharepoint-mil.us", ".svc.ms", ".1drv.com")
"""Where Teams keeps what is shared in chats."""

GONE = "Teams no longer lets me have this file. Please send it again."
ELSEWHERE = "This file is kept outside Teams, so I can't take it from there. Download it and send the file itself."
WEB_PAGE = "Teams sent a web page instead of the file. Please send the file again."

log = logging.getLogger(__name__)


class UploadEnded(Undeliverable):
    """The place takes nothing any more: the file is there, or the consent has run out."""


Sessions = Callable[[], aiohttp.ClientSession]


async def fetch_file(
    sessions: Sessions, address: str, *, limit: int, origins: Collection[URL] = ()
) -> AsyncIterator[bytes]:
    """origins: trusted beside Microsoft's. Raises FetchRefused or RetryLater."""
    url = parsed(address)
    if url is None or not url.host:
        raise FetchRefused(GONE)
    if not is_trusted(url, origins):
        raise FetchRefused(ELSEWHERE)
    timeout = aiohttp.ClientTimeout(total=LONGEST, sock_read=STALLED)
    try:
        async with sessions().get(url, allow_redirects=False, timeout=timeout) as response:
            _check_answer(response, limit=limit)
            received = 0
            async for chunk in response.content.iter_chunked(CHUNK):
                received += len(chunk)
                if received > limit:
                    raise FetchRefused(too_large(limit))
                yield chunk
    except (aiohttp.ClientError, TimeoutError) as error:
        raise RetryLater(f"download: {type(error).__name__}") from None


async def upload_file(sessions: Sessions, address: str, content: bytes, *, origins: Collection[URL] = ()) -> None:
    """Whole, at the place that the person's consent has opened, where twice is as good as once. Raises RetryLater,
    UploadEnded or Undeliverable."""
    url = parsed(address)
    if url is None or not is_trusted(url, origins):
        raise Undeliverable("upload: not Microsoft's")
    headers = {
        "Content-Range": f"bytes 0-{len(content) - 1}/{len(content)}",
        "Content-Type": "application/octet-stream",
    }
    timeout = aiohttp.ClientTimeout(total=LONGEST, sock_read=TAKEN_IN)
    try:
        async with sessions().put(
            url, data=BytesIO(content), headers=headers, allow_redirects=False, timeout=timeout
        ) as response:
            _check_upload(response)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise RetryLater(f"upload: {type(error).__name__}", after=BRIEFLY) from None


def too_large(limit: int) -> str:
    return f"This file is larger than {limit // (1024 * 1024)} MB. Please send a smaller one, or a link to it."


def parsed(address: str) -> URL | None:
    """Once, and used as parsed: two parsers that differ would be a way out."""
    try:
        return URL(address)
    except ValueError:
        return None


def is_trusted(url: URL, origins: Collection[URL] = ()) -> bool:
    """https below one of Microsoft's own file domains, or exactly one of the configured places."""
    if url.user is not None or url.password is not None:
        return False
    if any(url.host and url.origin() == one.origin() for one in origins):
        return True
    return url.scheme == "https" and url.port == 443 and (url.host or "").endswith(FILE_DOMAINS)


def _check_answer(response: aiohttp.ClientResponse, *, limit: int) -> None:
    if response.status == 429:
        raise RetryLater("download: rate limited", after=waiting_time(response.headers.get("Retry-After", "")))
    if response.status >= 500:
        raise RetryLater(f"download: http {response.status}")
    if response.status != 200:
        raise FetchRefused(GONE)
    if (response.content_length or 0) > limit:
        raise FetchRefused(too_large(limit))
    is_sent_so = response.content_disposition is not None  # a page that somebody shared comes as a download
    if response.content_type in PAGES and not is_sent_so:
        raise FetchRefused(WEB_PAGE)


def _check_upload(response: aiohttp.ClientResponse) -> None:
    if response.status in BUSY or response.status >= 500:
        asked = response.headers.get("Retry-After", "")
        raise RetryLater(f"upload: http {response.status}", after=waiting_time(asked) if asked else BRIEFLY)
    if response.status in USED_UP:
        raise UploadEnded(f"upload: http {response.status}")
    if response.status not in (200, 201, 202, 204):
        log.error("Teams refuses an upload: http %s", response.status)
        raise OurFault(f"upload: http {response.status}")
    if response.content_type in PAGES:  # some proxy's: what takes files says nothing, or tells about the file
        raise RetryLater("upload: a page instead of an answer", after=BRIEFLY)
