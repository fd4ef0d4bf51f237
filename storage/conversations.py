"""Where platforms let us speak first, and from where the bytes of shared files can be had."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.sqlite import insert as upsert

from storage.columns import reader
from storage.repository import Repository, mine
from storage.tables import conversations, file_links
from tasks.conversations import Conversation, FileLink

C = conversations.c
NAMES: Final = tuple(column.name for column in C if column.name != "workspace_id")
HERE = (mine(conversations), C.platform == bindparam("platform"))
ONE = (*HERE, C.external_id == bindparam("external_id"))
WHOLE = select(*(C[name] for name in NAMES))
FIND = WHOLE.where(*ONE)
NAMED = WHOLE.where(*HERE, C.conversation == bindparam("conversation")).limit(1)
LATEST = WHOLE.where(*HERE).order_by(C.seen_at.desc(), C.external_id).limit(1)
GROUPS = WHOLE.where(*HERE, C.group).order_by(C.external_id)
NEW = upsert(conversations)
SAVE = NEW.on_conflict_do_update(
    index_elements=["workspace_id", "platform", "external_id"],
    set_={name: NEW.excluded[name] for name in NAMES if name not in ("platform", "external_id")},
)
FORGET = delete(conversations).where(*ONE)

L = file_links.c
LINK_NAMES: Final = tuple(column.name for column in L if column.name != "workspace_id")
FIND_LINK = select(*(L[name] for name in LINK_NAMES)).where(
    mine(file_links), L.platform == bindparam("platform"), L.reference == bindparam("reference")
)
NEW_LINK = upsert(file_links)
SAVE_LINK = NEW_LINK.on_conflict_do_update(
    index_elements=["workspace_id", "platform", "reference"],
    set_={"url": NEW_LINK.excluded.url, "at": NEW_LINK.excluded.at},
)
FORGET_LINKS = delete(file_links).where(mine(file_links), L.at < bindparam("moment", type_=L.at.type))

_read = reader(Conversation, NAMES)
_read_link = reader(FileLink, LINK_NAMES)


class SqlConversations(Repository):
    def find(self, platform: str, external_id: str) -> Conversation | None:
        row = self._row(FIND, platform=platform, external_id=external_id)
        return None if row is None else _read(row)

    def named(self, platform: str, conversation: str) -> Conversation | None:
        row = self._row(NAMED, platform=platform, conversation=conversation)
        return None if row is None else _read(row)

    def latest(self, platform: str) -> Conversation | None:
        row = self._row(LATEST, platform=platform)
        return None if row is None else _read(row)

    def groups(self, platform: str) -> Sequence[Conversation]:
        return [_read(row) for row in self._rows(GROUPS, platform=platform)]

    def save(self, conversation: Conversation) -> None:
        self._insert(SAVE, [vars(conversation)])

    def forget(self, platform: str, external_id: str) -> None:
        self._change(FORGET, platform=platform, external_id=external_id)


class SqlFileLinks(Repository):
    def find(self, platform: str, reference: str) -> FileLink | None:
        row = self._row(FIND_LINK, platform=platform, reference=reference)
        return None if row is None else _read_link(row)

    def save(self, link: FileLink) -> None:
        self._insert(SAVE_LINK, [vars(link)])

    def forget_before(self, moment: datetime) -> int:
        return self._change(FORGET_LINKS, moment=moment)
