"""Messages that people chose to attach and have not said yet to what."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.engine import Row

from storage.columns import reader
from storage.repository import Repository, mine
from storage.tables import shared_messages
from tasks.errors import NO_SUCH_MESSAGE, NotFound
from tasks.evidence import FileReference, SharedMessage
from tasks.identifiers import PersonId

S = shared_messages.c
NAMES = tuple(column.name for column in S if column.name != "workspace_id")
MESSAGES = select(*(S[name] for name in NAMES)).where(mine(shared_messages))
BY_ID = MESSAGES.where(S.id == bindparam("message_id"))
OF_MESSAGE = MESSAGES.where(
    S.conversation == bindparam("conversation"),
    S.message == bindparam("message"),
    S.platform == bindparam("platform"),
).order_by(S.shared_at, S.id)
BY_PERSON = MESSAGES.where(
    S.person_id == bindparam("person_id"), S.shared_at >= bindparam("since", type_=S.shared_at.type)
).order_by(S.shared_at.desc(), S.id)
ADD = insert(shared_messages)
SAVE = update(shared_messages).where(mine(shared_messages), S.id == bindparam("w_id"))
FORGET = delete(shared_messages).where(mine(shared_messages), S.shared_at < bindparam("moment", type_=S.shared_at.type))

_read_bare = reader(SharedMessage, NAMES)


class SqlSharedMessages(Repository):
    def add(self, message: SharedMessage) -> None:
        self._insert(ADD, [_values(message)])

    def get(self, message_id: str) -> SharedMessage:
        row = self._row(BY_ID, message_id=message_id)
        if row is None:
            raise NotFound(NO_SUCH_MESSAGE)
        return _read(row)

    def save(self, message: SharedMessage) -> None:
        if not self._change(SAVE, **_values(message), w_id=message.id):
            raise NotFound(NO_SUCH_MESSAGE)

    def of_message(self, platform: str, conversation: str, message: str) -> Sequence[SharedMessage]:
        found = self._rows(OF_MESSAGE, platform=platform, conversation=conversation, message=message)
        return [_read(row) for row in found]

    def set_aside_by(self, person_id: PersonId, *, since: datetime) -> Sequence[SharedMessage]:
        return [_read(row) for row in self._rows(BY_PERSON, person_id=person_id, since=since)]

    def forget_before(self, moment: datetime) -> int:
        return self._change(FORGET, moment=moment)


def _values(message: SharedMessage) -> dict[str, Any]:
    files = json.dumps([asdict(one) for one in message.files], ensure_ascii=False)
    return vars(message) | {"files": files}


def _read(row: Row[Any]) -> SharedMessage:
    return replace(_read_bare(row), files=tuple(FileReference(**one) for one in json.loads(row.files)))
