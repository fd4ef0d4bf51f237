"""Slack as delivery sees it, and the few calls with which a request is answered."""

import logging
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import aiohttp
from yarl import URL

from bot.platform import (
    Address,
    CannotTell,
    NotPermitted,
    OurFault,
    OutgoingFile,
    Posted,
    RetryLater,
    ToChannel,
    ToPerson,
    Undeliverable,
)
from bot.slack.api import SlackApi
from bot.slack.block_kit import Rendered, render_message
from bot.slack.files import fetch_file, is_slacks, share_file, upload_file
from bot.slack.payloads import Json, at, text_at
from handlers.views.elements import View

NOTICE = "soc2_notice"
CLOCKS_DIFFER = timedelta(minutes=2)
PAGE, PAGES = 200, 10

log = logging.getLogger(__name__)


class SlackClient:
    """A bot.platform.Platform."""

    name = "slack"

    def __init__(self, api: SlackApi) -> None:
        self.api = api
        self._conversations: dict[str, str] = {}
        """By user: as many as the company has people."""
        self._uploaded: dict[int, str] = {}
        """By notice: files whose sharing is not known to have worked. Such a message carries no notice's id."""

    async def post(self, address: Address, view: View, *, notice_id: int) -> Posted:
        conversation = await self.conversation_with(address)
        metadata = {"event_type": NOTICE, "event_payload": {"notice_id": notice_id}}
        return await self._post(conversation, render_message(view), metadata=metadata)

    async def send_file(self, address: Address, view: View, file: OutgoingFile, *, notice_id: int) -> Posted:
        conversation = await self.conversation_with(address)
        words = render_message(view).text
        uploaded = self._uploaded[notice_id] = await upload_file(self.api, file, await file.content())
        await share_file(self.api, uploaded, file, conversation=conversation, words=words)
        del self._uploaded[notice_id]
        return Posted(conversation=conversation, message=f"file:{uploaded}")

    async def edit(self, posted: Posted, view: View) -> None:
        shown = _shown(render_message(view))
        await self.api.call("chat.update", channel=posted.conversation, ts=posted.message, **shown)

    async def find(self, address: Address, notice_id: int, *, since: datetime) -> Posted | None:
        """Only in direct messages: looking into channels takes a scope that we don't ask for."""
        if isinstance(address, ToChannel):
            raise CannotTell("channels are not looked into")
        oldest = f"{(since - CLOCKS_DIFFER).timestamp():.6f}"
        try:
            conversation = await self.conversation_with(address)
        except (NotPermitted, OurFault) as refusal:
            raise CannotTell(str(refusal)) from None
        try:
            return await self._found(conversation, notice_id, oldest)
        except Undeliverable as refusal:
            raise CannotTell(str(refusal)) from None

    def fetch(self, reference: str, *, limit: int) -> AsyncIterator[bytes]:
        return fetch_file(self.api, reference, limit=limit)

    async def permalink(self, conversation: str, message: str) -> str:
        answer = await self.api.read("chat.getPermalink", channel=conversation, message_ts=message)
        return text_at(answer, "permalink")

    async def conversation_with(self, address: Address) -> str:
        if isinstance(address, ToChannel):
            return address.id
        if address.external_id not in self._conversations:
            opened = await self.api.call("conversations.open", users=address.external_id)
            self._conversations[address.external_id] = text_at(opened, "channel", "id")
        return self._conversations[address.external_id]

    async def open_modal(self, trigger: str, modal: Json, *, on_top: bool = False) -> None:
        """`on_top` of the modal whose button was pressed."""
        await self.api.call("views.push" if on_top else "views.open", trigger_id=trigger, view=modal)

    async def whisper(self, conversation: str, user: str, view: View) -> None:
        """For this person's eyes: in the conversation, or in a direct message where the bot has no seat in it."""
        rendered = render_message(view)
        if conversation:
            try:
                await self.api.call("chat.postEphemeral", channel=conversation, user=user, **_shown(rendered))
            except Undeliverable as refusal:
                log.info("answering in a direct message instead: %s", refusal)
            else:
                return
        await self._post(await self.conversation_with(ToPerson(external_id=user)), rendered)

    async def say(self, conversation: str, view: View, *, thread: str = "") -> None:
        await self._post(conversation, render_message(view), **({"thread_ts": thread} if thread else {}))

    async def respond(self, url: str, view: View, *, replace: bool = False) -> None:
        """Through a response_url, which works wherever the button stands."""
        if not is_slacks(URL(url), URL(self.api.url)):
            raise Undeliverable("response_url: not Slack's")
        body = {**_shown(render_message(view)), "response_type": "ephemeral", "replace_original": replace}
        try:
            async with self.api.session().post(url, json=body, allow_redirects=False) as response:
                if response.status != 200:
                    raise Undeliverable(f"response_url: http {response.status}")
        except (aiohttp.ClientError, TimeoutError) as error:
            raise RetryLater(f"response_url: {type(error).__name__}", in_doubt=True) from None

    async def _post(self, conversation: str, rendered: Rendered, **more: object) -> Posted:
        shown = _shown(rendered) | {"unfurl_links": False, "unfurl_media": False}
        answer = await self.api.call("chat.postMessage", channel=conversation, **shown, **more)
        return Posted(conversation=text_at(answer, "channel") or conversation, message=text_at(answer, "ts"))

    async def _found(self, conversation: str, notice_id: int, oldest: str) -> Posted | None:
        cursor = ""
        for _ in range(PAGES):
            page = await self._history(conversation, oldest, cursor)
            found = _carrier(page, notice_id, self._uploaded.get(notice_id, ""))
            cursor = text_at(page, "response_metadata", "next_cursor")
            if found or not cursor:
                return Posted(conversation=conversation, message=found) if found else None
        raise CannotTell(f"not among the last {PAGES * PAGE} messages")

    async def _history(self, conversation: str, oldest: str, cursor: str) -> Json:
        asked: Json = {"channel": conversation, "oldest": oldest, "limit": str(PAGE), "include_all_metadata": "true"}
        return await self.api.read("conversations.history", **asked, **({"cursor": cursor} if cursor else {}))


def _shown(rendered: Rendered) -> Json:
    return {"text": rendered.text, "blocks": rendered.blocks}


def _carrier(page: Json, notice_id: int, upload: str) -> str:
    """What of the page's messages carries the notice: a message's ts, or the file that was uploaded for it."""
    messages = at(page, "messages")
    for message in messages if isinstance(messages, list) else []:
        ours = text_at(message, "metadata", "event_type") == NOTICE
        if ours and at(message, "metadata", "event_payload", "notice_id") == notice_id:
            return text_at(message, "ts")
        if upload and upload in _files_of(message):
            return f"file:{upload}"
    return ""


def _files_of(message: object) -> list[str]:
    files = at(message, "files")
    return [text_at(file, "id") for file in files] if isinstance(files, list) else []
