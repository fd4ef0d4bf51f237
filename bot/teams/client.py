"""Teams as delivery sees it, and the few calls with which a person is answered."""

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from urllib.parse import quote, urlencode

from yarl import URL

from bot.json_body import Json, text_at
from bot.platform import (
    Address,
    CannotTell,
    FetchRefused,
    OutgoingFile,
    Posted,
    RetryLater,
    ToChannel,
    ToPerson,
    Undeliverable,
)
from bot.teams.activities import PLATFORM
from bot.teams.adaptive_cards import attachment, render_card
from bot.teams.api import TeamsApi
from bot.teams.files import GONE, fetch_file, upload_file
from bot.teams.markdown import shorten
from handlers.views.elements import View
from tasks.conversations import Conversation
from tasks.identifiers import WorkspaceId
from tasks.ports import UnitOfWork, UnitsOfWork

CONSENT = "application/vnd.microsoft.teams.card.file.consent"
FILE_INFO = "application/vnd.microsoft.teams.card.file.info"
CHANNELS = ("@thread.tacv2", "@thread.skype")
BOTS_OWN = "a:"
"""How a chat of one person and a bot begins: no address leads into it."""
NOT_INSTALLED = "nobody in this tenant has installed the app yet"


@dataclass(frozen=True, kw_only=True)
class Place:
    """A conversation, and where Teams takes what is said in it."""

    conversation: str
    service_url: str
    tenant: str


class TeamsClient:
    """A bot.platform.Platform, of one workspace."""

    name = PLATFORM

    def __init__(
        self, api: TeamsApi, units: UnitsOfWork, workspace: WorkspaceId, *, file_origins: Collection[URL] = ()
    ) -> None:
        """units: such as do not wake delivery. file_origins: where files may lie beside Microsoft's own places."""
        self.api = api
        self._units = units
        self._workspace = workspace
        self._file_origins = file_origins

    async def post(self, address: Address, view: View, *, notice_id: int) -> Posted:
        return await self.say(await self.conversation_with(address), view)

    async def send_file(self, address: Address, view: View, file: OutgoingFile, *, notice_id: int) -> Posted:
        """Teams puts it among the person's own files, so it asks them first: the bytes follow their consent."""
        if isinstance(address, ToChannel):
            raise Undeliverable("files go to persons only")
        where = await self.conversation_with(address)
        content = {
            "description": shorten(view.summary, 300),
            "sizeInBytes": len(await file.content()),
            "acceptContext": {"evidence": file.evidence_id},
            "declineContext": {"evidence": file.evidence_id},
        }
        card: Json = {"contentType": CONSENT, "name": file.name, "content": content}
        return await self._send(where, {"type": "message", "attachments": [card]})

    async def edit(self, posted: Posted, view: View) -> None:
        where = await self._named(posted.conversation)
        if not posted.message:
            raise Undeliverable("the message has no id")
        path = ("conversations", posted.conversation, "activities", posted.message)
        await self.api.change(where.service_url, *path, body={**_message(view), "id": posted.message})

    async def find(self, address: Address, notice_id: int, *, since: datetime) -> Posted | None:
        raise CannotTell("Teams lets no bot look")

    async def permalink(self, conversation: str, message: str) -> str:
        if conversation.startswith(BOTS_OWN):
            return ""
        where = await self._named(conversation)
        chat = {} if conversation.endswith(CHANNELS) else {"context": '{"contextType":"chat"}'}
        query = urlencode({"tenantId": where.tenant, **chat})
        return f"https://teams.microsoft.com/l/message/{quote(conversation, safe='')}/{quote(message, safe='')}?{query}"

    async def fetch(self, reference: str, *, limit: int) -> AsyncIterator[bytes]:
        link = await self._units.read(self._workspace, lambda uow: uow.file_links.find(PLATFORM, reference))
        if link is None:
            raise FetchRefused(GONE)
        async for chunk in fetch_file(self.api.session, link.url, limit=limit, origins=self._file_origins):
            yield chunk

    # answers

    async def say(self, where: Place, view: View) -> Posted:
        return await self._send(where, _message(view))

    async def say_words(self, where: Place, words: str, *, thread: str = "") -> None:
        """thread: the message of a channel under which it is said."""
        conversation = f"{where.conversation};messageid={thread}" if thread else where.conversation
        await self._send(replace(where, conversation=conversation), {"type": "message", "text": words})

    async def upload(self, address: str, content: bytes) -> None:
        await upload_file(self.api.session, address, content, origins=self._file_origins)

    async def show_file(self, where: Place, info: Json) -> None:
        """The file that stands among the person's own now, as Teams told where."""
        content = {"uniqueId": text_at(info, "uniqueId"), "fileType": text_at(info, "fileType")}
        named = {"contentUrl": text_at(info, "contentUrl"), "name": text_at(info, "name")}
        await self._send(
            where, {"type": "message", "attachments": [{"contentType": FILE_INFO, **named, "content": content}]}
        )

    async def take_back(self, posted: Posted) -> None:
        where = await self._named(posted.conversation)
        await self.api.remove(where.service_url, "conversations", posted.conversation, "activities", posted.message)

    async def conversation_with(self, address: Address) -> Place:
        if isinstance(address, ToChannel):
            return await self._named(address.id)
        known = await self._units.read(
            self._workspace, lambda uow: uow.conversations.find(PLATFORM, address.external_id)
        )
        return place_of(known) if known else await self._begun(address)

    # where things stand

    async def _begun(self, address: ToPerson) -> Place:
        """With somebody who has never written; Teams gives the same conversation each time it is asked for."""
        near = await self._latest()
        body: Json = {
            "bot": {"id": self.api.bot},
            "isGroup": False,
            "members": [{"id": address.external_id}],
            "tenantId": near.tenant,
            "channelData": {"tenant": {"id": near.tenant}},
        }
        try:
            answer = await self.api.send(near.service_url, "conversations", body=body)
        except RetryLater as error:
            raise RetryLater(str(error), after=error.after) from None
        identity = text_at(answer, "id")
        if not identity:
            raise RetryLater("conversations: no id")
        begun = replace(near, conversation=identity)
        await self._units.write(self._workspace, partial(_keep, place=begun, external_id=address.external_id))
        return begun

    async def _named(self, conversation: str) -> Place:
        named = await self._units.read(self._workspace, lambda uow: uow.conversations.named(PLATFORM, conversation))
        return place_of(named) if named else replace(await self._latest(), conversation=conversation)

    async def _latest(self) -> Place:
        """Teams takes a tenant's messages at one place, whichever conversation told us of it."""
        latest = await self._units.read(self._workspace, lambda uow: uow.conversations.latest(PLATFORM))
        if latest is None:
            raise Undeliverable(NOT_INSTALLED)
        return place_of(latest)

    async def _send(self, where: Place, activity: Json) -> Posted:
        path = ("conversations", where.conversation, "activities")
        answer = await self.api.send(where.service_url, *path, body=activity)
        return Posted(conversation=where.conversation.partition(";")[0], message=text_at(answer, "id"))


def _message(view: View) -> Json:
    """Never text beside a card: Teams would make two messages of it and tell the id of neither."""
    card = attachment(render_card(view))
    return {"type": "message", "summary": shorten(view.summary or view.title, 500), "attachments": [card]}


def place_of(known: Conversation) -> Place:
    return Place(conversation=known.conversation, service_url=known.service_url, tenant=known.tenant)


def _keep(uow: UnitOfWork, place: Place, external_id: str) -> None:
    begun = Conversation(platform=PLATFORM, external_id=external_id, **vars(place), seen_at=uow.now)
    uow.conversations.save(begun)
