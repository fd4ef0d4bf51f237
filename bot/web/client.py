"""The browser chat as a platform: delivery posts and edits here, the file job fetches uploads."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from anyio import to_thread

from bot.platform import Address, FetchRefused, OutgoingFile, Posted, RetryLater, ToChannel, ToPerson, Undeliverable
from bot.web.conversations import BOT, ChatUnits, channel, direct
from bot.web.forms import UploadFiles
from bot.web.html import render_view
from handlers.views.elements import Buttons, LinkButton, View
from storage.evidence_files import EvidenceMissing, EvidenceUnavailable
from tasks.errors import NotFound
from tasks.identifiers import NoticeId, PersonId, WorkspaceId

GONE = "The file you sent is no longer here. Send it again."


class WebPlatform:
    """One workspace's. `notice_id` is unique among messages, so that a second post of the same notice is none."""

    def __init__(self, *, workspace: WorkspaceId, units: ChatUnits, files: UploadFiles) -> None:
        self._workspace = workspace
        self._units = units
        self._files = files

    @property
    def name(self) -> str:
        return "web"

    async def post(self, address: Address, view: View, *, notice_id: int) -> Posted:
        conversation = _conversation(address)
        html = str(render_view(view, message_id=f"n{notice_id}"))
        added = await self._units.write(
            self._workspace,
            lambda unit: unit.chat.add(conversation, BOT, html, unit.now, notice_id=NoticeId(notice_id)),
        )
        return Posted(conversation=conversation, message=str(added))

    async def send_file(self, address: Address, view: View, file: OutgoingFile, *, notice_id: int) -> Posted:
        """A link: the file is served to whoever may see it, and looking is on record."""
        link = LinkButton(label=f"Download {file.name}", url=f"/web/evidence/{file.evidence_id}")
        return await self.post(address, replace(view, body=(*view.body, Buttons(buttons=(link,)))), notice_id=notice_id)

    async def edit(self, posted: Posted, view: View) -> None:
        html = str(render_view(view, message_id=f"e{posted.message}"))
        try:
            await self._units.write(self._workspace, lambda unit: unit.chat.edit(int(posted.message), html, unit.now))
        except NotFound as error:
            raise Undeliverable("The message is no longer there.") from error

    async def find(self, address: Address, notice_id: int, *, since: datetime) -> Posted | None:
        """`address` and `since` are for platforms that have to search: here the notice's id is the key."""
        found = await self._units.read(self._workspace, lambda unit: unit.chat.find_by_notice(NoticeId(notice_id)))
        return Posted(conversation=found.conversation, message=str(found.id)) if found else None

    async def permalink(self, conversation: str, message: str) -> str:
        return ""

    async def fetch(self, reference: str, *, limit: int) -> AsyncIterator[bytes]:
        size = 0
        chunks = await _opened(self._files, reference)
        while chunk := await to_thread.run_sync(_next, chunks):
            size += len(chunk)
            if size > limit:
                raise FetchRefused(f"The file is larger than {limit // 1024 // 1024} MB. Send a smaller one.")
            yield chunk


async def _opened(files: UploadFiles, reference: str) -> Iterator[bytes]:
    try:
        return await to_thread.run_sync(files.open_staged, reference)
    except (EvidenceMissing, ValueError) as error:
        raise FetchRefused(GONE) from error
    except EvidenceUnavailable as error:
        raise RetryLater("The evidence store does not answer.") from error


def _next(chunks: Iterator[bytes]) -> bytes:
    """Empty at the end: a StopIteration can't cross from a thread into a coroutine."""
    try:
        return next(chunks, b"")
    except EvidenceMissing as error:
        raise FetchRefused(GONE) from error
    except EvidenceUnavailable as error:
        raise RetryLater("The evidence store does not answer.") from error


def _conversation(address: Address) -> str:
    match address:
        case ToPerson(external_id=person):
            return direct(PersonId(person))
        case ToChannel(id=name):
            return channel(name)
        case _:
            assert_never(address)
