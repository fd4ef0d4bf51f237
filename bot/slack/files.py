"""A shared file's bytes. The token goes to Slack's own hosts and nowhere else."""

import logging
from collections.abc import AsyncIterator

import aiohttp
from yarl import URL

from bot.platform import FetchRefused, NotPermitted, OurFault, OutgoingFile, RetryLater, TokenRevoked, Undeliverable
from bot.slack.api import SlackApi, retry_after
from bot.slack.payloads import at, text_at

CHUNK = 64 * 1024
LONGEST = 120.0
"""Seconds for a whole file."""

GONE = "Slack no longer has this file. Please upload it again."
ELSEWHERE = "This file is kept outside Slack, so I can't take it from there. Download it and upload the file itself."
WEB_PAGE = "Slack sent a web page instead of the file. Please upload the file again."

log = logging.getLogger(__name__)


async def fetch_file(api: SlackApi, reference: str, *, limit: int) -> AsyncIterator[bytes]:
    """`reference` is Slack's id of the file. Raises FetchRefused, RetryLater, NotPermitted or TokenRevoked."""
    try:
        answer = await api.read("files.info", file=reference)
    except NotPermitted:
        raise
    except Undeliverable:
        raise FetchRefused(GONE) from None
    file = answer.get("file")
    size = at(file, "size")
    if at(file, "is_external") is True or text_at(file, "mode") == "external":
        raise FetchRefused(ELSEWHERE)
    if isinstance(size, int) and size > limit:
        raise FetchRefused(too_large(limit))
    url = _trusted(text_at(file, "url_private_download") or text_at(file, "url_private"), api.url)
    async for chunk in _download(api, url, declared=text_at(file, "mimetype"), size=size, limit=limit):
        yield chunk


async def upload_file(api: SlackApi, file: OutgoingFile, content: bytes) -> str:
    """Nobody sees it yet. Returns Slack's id of the file."""
    asked = {"filename": file.name, "length": str(len(content))}
    place = await api.read("files.getUploadURLExternal", **asked)
    url = URL(text_at(place, "upload_url"))
    if not is_slacks(url, URL(api.url)):
        raise Undeliverable("upload: not Slack's")
    timeout = aiohttp.ClientTimeout(total=LONGEST)
    try:
        async with api.session().post(url, data=content, allow_redirects=False, timeout=timeout) as response:
            _check_upload(response)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise RetryLater(f"upload: {type(error).__name__}") from None
    return text_at(place, "file_id")


async def share_file(api: SlackApi, identity: str, file: OutgoingFile, *, conversation: str, words: str) -> None:
    files = [{"id": identity, "title": file.name}]
    await api.call("files.completeUploadExternal", files=files, channel_id=conversation, initial_comment=words)


def too_large(limit: int) -> str:
    return f"This file is larger than {limit // (1024 * 1024)} MB. Please upload a smaller one, or send a link to it."


def _trusted(text: str, api_url: str) -> URL:
    """Parsed once, and used as parsed: two parsers that differ would be a way out. Raises FetchRefused."""
    try:
        url = URL(text)
    except ValueError:
        raise FetchRefused(GONE) from None
    if not url.host:
        raise FetchRefused(GONE)
    if not is_slacks(url, URL(api_url)):
        raise FetchRefused(ELSEWHERE)
    return url


def is_slacks(url: URL, api: URL) -> bool:
    """https on slack.com and below it, or exactly where the configured API lives."""
    host = url.host or ""
    if url.user is not None or url.password is not None:
        return False
    if (url.scheme, host, url.port) == (api.scheme, api.host, api.port):
        return True
    return url.scheme == "https" and url.port == 443 and (host == "slack.com" or host.endswith(".slack.com"))


async def _download(api: SlackApi, url: URL, *, declared: str, size: object, limit: int) -> AsyncIterator[bytes]:
    headers = {"Authorization": f"Bearer {api.token}"}
    timeout = aiohttp.ClientTimeout(total=LONGEST, sock_read=api.timeout)
    try:
        async with api.session().get(url, headers=headers, allow_redirects=False, timeout=timeout) as response:
            _check_answer(response, declared)
            received = 0
            async for chunk in response.content.iter_chunked(CHUNK):
                received += len(chunk)
                if received > limit:
                    raise FetchRefused(too_large(limit))
                yield chunk
            _check_size(received, size, response)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise RetryLater(f"download: {type(error).__name__}") from None


def _check_upload(response: aiohttp.ClientResponse) -> None:
    if response.status == 429 or response.status >= 500:
        raise RetryLater(f"upload: http {response.status}", after=retry_after(response.headers))
    if response.status != 200:
        log.error("Slack refuses an upload: http %s", response.status)
        raise OurFault(f"upload: http {response.status}")


def _check_answer(response: aiohttp.ClientResponse, declared: str) -> None:
    if response.status == 429:
        raise RetryLater("download: rate limited", after=retry_after(response.headers))
    if response.status >= 500:
        raise RetryLater(f"download: http {response.status}")
    if response.status == 401:
        raise TokenRevoked("download: http 401")
    if response.status != 200:
        raise FetchRefused(GONE)
    if _is_web_page(response) and declared != "text/html":
        raise FetchRefused(WEB_PAGE)


def _check_size(received: int, size: object, response: aiohttp.ClientResponse) -> None:
    """A sign-in page passes for a file that is a web page itself, but not at the same length."""
    if not isinstance(size, int) or received == size:
        return
    if _is_web_page(response):
        raise FetchRefused(WEB_PAGE)
    raise RetryLater(f"download: {received} of {size} bytes")


def _is_web_page(response: aiohttp.ClientResponse) -> bool:
    return response.content_type in ("text/html", "application/xhtml+xml")
