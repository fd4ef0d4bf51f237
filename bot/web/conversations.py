"""Where the browser chat's messages stand: what it asks of storage, and how a conversation is named."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from tasks.identifiers import NoticeId, PersonId, WorkspaceId
from tasks.people import Person

T = TypeVar("T")

BOT = "bot"
"""The author of what the bot wrote; anybody else's is their person id."""

DIRECT = "dm:"
CHANNEL = "channel:"


class ChatMessage(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def conversation(self) -> str: ...
    @property
    def author(self) -> str: ...
    @property
    def html(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def edited_at(self) -> datetime | None: ...
    @property
    def revision(self) -> int:
        """Rises in a conversation with each new or edited message."""
        ...


class ChatMessages(Protocol):
    def add(self, conversation: str, author: str, html: str, at: datetime, *, notice_id: NoticeId | None = None) -> int:
        """The message's id. A notice is said once: the second time its message is left as it is."""
        ...

    def edit(self, message_id: int, html: str, at: datetime) -> None:
        """Raises NotFound."""
        ...

    def get(self, message_id: int) -> ChatMessage:
        """Raises NotFound."""
        ...

    def find_by_notice(self, notice_id: NoticeId) -> ChatMessage | None: ...
    def of(self, conversation: str, *, limit: int) -> Sequence[ChatMessage]:
        """The latest `limit` messages, oldest first."""
        ...

    def latest_change(self, conversation: str) -> int:
        """The highest revision in the conversation; 0 for an empty one."""
        ...


class FindPeople(Protocol):
    def find(self, person_id: PersonId | None) -> Person | None: ...


class FirstTime(Protocol):
    def first_time(self, delivery: str, at: datetime) -> bool: ...


class ChatUnit(Protocol):
    """What the browser chat needs of a unit of work."""

    @property
    def now(self) -> datetime: ...
    @property
    def people(self) -> FindPeople: ...
    @property
    def inbox(self) -> FirstTime: ...
    @property
    def chat(self) -> ChatMessages: ...


class ChatUnits(Protocol):
    async def write(self, workspace_id: WorkspaceId, work: Callable[[ChatUnit], T]) -> T: ...
    async def read(self, workspace_id: WorkspaceId, work: Callable[[ChatUnit], T]) -> T: ...


def direct(person_id: PersonId) -> str:
    return f"{DIRECT}{person_id}"


def channel(name: str) -> str:
    return f"{CHANNEL}{name}"


def aside(conversation: str, person_id: PersonId) -> str:
    """Where what only this person sees of a conversation stands; direct messages are theirs alone already."""
    return conversation if conversation == direct(person_id) else f"{conversation}/only/{person_id}"


@dataclass(frozen=True, kw_only=True)
class Revision:
    """How far somebody has read: in what everybody sees of a conversation, and in what only they do."""

    shared: int = 0
    own: int = 0

    def __str__(self) -> str:
        return f"{self.shared}-{self.own}"


UNREAD = Revision()


def read_revision(text: str) -> Revision:
    """UNREAD for anything that no page of ours says."""
    shared, _, own = text.partition("-")
    both = (shared, own)
    if not all(part.isascii() and part.isdigit() and len(part) < 16 for part in both):
        return UNREAD
    return Revision(shared=int(shared), own=int(own))


def latest_change(chat: ChatMessages, conversation: str, person_id: PersonId) -> Revision:
    place = aside(conversation, person_id)
    own = 0 if place == conversation else chat.latest_change(place)
    return Revision(shared=chat.latest_change(conversation), own=own)


def visible(
    chat: ChatMessages, conversation: str, person_id: PersonId, *, since: Revision, limit: int
) -> list[ChatMessage]:
    """What changed since, oldest first: everybody's, and what only this person sees."""
    places = {conversation: since.shared}
    places.setdefault(aside(conversation, person_id), since.own)
    latest = [message for place in places for message in chat.of(place, limit=limit)]
    newest = sorted(latest, key=lambda message: message.id)[-limit:]
    return [message for message in newest if message.revision > places[message.conversation]]


def path_of(conversation: str) -> str:
    """The page that shows it, to somebody who may see it."""
    if conversation.startswith(CHANNEL):
        return f"/web/channel/{conversation.removeprefix(CHANNEL)}"
    return "/web/chat"
