"""What was said in the browser chat: the one platform whose messages are ours to keep."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from storage.columns import reader
from storage.repository import Repository, mine
from storage.tables import chat_messages
from tasks.errors import NotFound
from tasks.identifiers import NoticeId

BOT = "bot"
UNKNOWN = "There is no such message in this workspace."

C = chat_messages.c
NAMES = ("id", "conversation", "author", "html", "at", "edited_at", "notice_id", "revision")
MESSAGES = select(*(C[name] for name in NAMES)).where(mine(chat_messages))
LATEST = (
    MESSAGES.where(C.conversation == bindparam("conversation"), C.id < bindparam("before"))
    .order_by(C.id.desc())
    .limit(bindparam("limit"))
)
BY_ID = MESSAGES.where(C.id == bindparam("message_id"))
BY_NOTICE = MESSAGES.where(C.notice_id == bindparam("notice_id"))
LATEST_CHANGE = select(func.coalesce(func.max(C.revision), 0).label("revision")).where(
    mine(chat_messages), C.conversation == bindparam("conversation")
)
ADD = insert(chat_messages).returning(C.id)
EDIT = update(chat_messages).where(mine(chat_messages), C.id == bindparam("w_id"))
NEWEST = 2**62


@dataclass(frozen=True, kw_only=True)
class ChatMessage:
    id: int
    conversation: str
    author: str
    """The bot, or a person's id."""
    html: str
    at: datetime
    edited_at: datetime | None
    notice_id: NoticeId | None
    revision: int
    """Rises in a conversation with each new or edited message."""


_read = reader(ChatMessage, NAMES)


class ChatMessages(Repository):
    def add(self, conversation: str, author: str, html: str, at: datetime, *, notice_id: NoticeId | None = None) -> int:
        """Returns the message's id. A notice is said once: the second time its message is left as it is."""
        if notice_id is not None and (said := self.find_by_notice(notice_id)):
            return said.id
        values: dict[str, Any] = {"conversation": conversation, "author": author, "html": html, "at": at}
        values |= {"notice_id": notice_id, "revision": self.latest_change(conversation) + 1}
        row = self._connection.execute(ADD, {**values, "workspace_id": self._workspace_id}).one()
        return int(row.id)

    def edit(self, message_id: int, html: str, at: datetime) -> None:
        revision = self.latest_change(self.get(message_id).conversation) + 1
        self._change(EDIT, w_id=message_id, html=html, edited_at=at, revision=revision)

    def get(self, message_id: int) -> ChatMessage:
        row = self._row(BY_ID, message_id=message_id)
        if row is None:
            raise NotFound(UNKNOWN)
        return _read(row)

    def of(self, conversation: str, *, limit: int, before: int | None = None) -> Sequence[ChatMessage]:
        """The latest `limit` messages (older than message `before`), oldest of them first."""
        found = self._rows(LATEST, conversation=conversation, limit=limit, before=before or NEWEST)
        return [_read(row) for row in reversed(found)]

    def find_by_notice(self, notice_id: NoticeId) -> ChatMessage | None:
        row = self._row(BY_NOTICE, notice_id=notice_id)
        return None if row is None else _read(row)

    def latest_change(self, conversation: str) -> int:
        """0 while nothing was said; it never falls."""
        return sum(row.revision for row in self._rows(LATEST_CHANGE, conversation=conversation))
