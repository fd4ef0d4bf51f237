"""Notices owed, being sent and sent; and the messages that show something which may change."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, exists, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.engine import Row

from storage.repository import Repository, mine
from storage.tables import messages, notices, tasks
from tasks.errors import NotFound
from tasks.identifiers import NoticeId, TaskId
from tasks.notices import Notice, NoticeKey, NoticeState, OwedNotice, SentMessage

UNKNOWN = "There is no such notice in this workspace."

N = notices.c
KEY: Final = ("about", "recipient", "occasion", "round")
REST: Final = tuple(column.name for column in N if column.name not in (*KEY, "workspace_id"))
CHANGING: Final = tuple(name for name in REST if name not in ("id", "task_id"))
COLUMNS = tuple(N[name] for name in (*KEY, *REST))
NOTICES = select(*COLUMNS).where(mine(notices))

BY_ID = NOTICES.where(N.id == bindparam("notice_id"))
OF_TASK = NOTICES.where(N.task_id == bindparam("task_id")).order_by(N.owed_at, N.id)
CLAIMED_BEFORE = NOTICES.where(N.state == NoticeState.SENDING, N.claimed_at < bindparam("moment")).order_by(N.id)
OWE = upsert(notices).on_conflict_do_nothing()
SAVE = update(notices).where(mine(notices), N.id == bindparam("w_id"))
SKIP = (
    update(notices)
    .where(mine(notices), N.about == bindparam("w_about"), N.state == NoticeState.OWED)
    .values(state=NoticeState.SKIPPED)
)
TASK_CLIMBS = exists().where(mine(tasks), tasks.c.id == N.task_id, tasks.c.next_rung_at <= bindparam("now"))
DUE = (
    select(N.id)
    .where(
        mine(notices),
        N.state == NoticeState.OWED,
        N.owed_at <= bindparam("now"),
        ~TASK_CLIMBS,
        or_(N.next_attempt_at.is_(None), N.next_attempt_at <= bindparam("now")),
    )
    .order_by(N.owed_at, N.id)
    .limit(bindparam("limit"))
)
CLAIM = (
    update(notices)
    .where(mine(notices), N.id.in_(DUE))
    .values(state=NoticeState.SENDING, attempts=N.attempts + 1, claimed_at=bindparam("now"))
    .returning(*COLUMNS)
)

M = messages.c
MESSAGE: Final = ("notice_id", "platform", "conversation", "message", "desired_version", "delivered_version")
MESSAGES_OF = (
    select(*(M[name] for name in MESSAGE))
    .where(mine(messages), M.task_id == bindparam("task_id"))
    .order_by(M.notice_id, M.platform, M.conversation, M.message)
)
NEW_MESSAGE = upsert(messages)
ADD_MESSAGE = NEW_MESSAGE.on_conflict_do_update(
    index_elements=["workspace_id", "platform", "conversation", "message"],
    set_={
        name: NEW_MESSAGE.excluded[name] for name in ("notice_id", "task_id", "desired_version", "delivered_version")
    },
)
TASK_OF_MESSAGE = select(M.task_id).where(
    mine(messages),
    M.platform == bindparam("platform"),
    M.conversation == bindparam("conversation"),
    M.message == bindparam("message"),
)
TOUCH = (
    update(messages)
    .where(mine(messages), M.task_id == bindparam("w_task_id"))
    .values(desired_version=M.desired_version + 1)
)
BEHIND = (
    select(*COLUMNS, *(M[name].label(f"m_{name}") for name in MESSAGE))
    .join(messages, M.notice_id == N.id)
    .where(mine(messages), M.delivered_version < M.desired_version)
    .order_by(M.notice_id, M.platform, M.conversation, M.message)
    .limit(bindparam("limit"))
)
EDITED = (
    update(messages)
    .where(
        mine(messages),
        M.platform == bindparam("w_platform"),
        M.conversation == bindparam("w_conversation"),
        M.message == bindparam("w_message"),
        M.delivered_version < bindparam("shown"),
    )
    .values(delivered_version=bindparam("shown"))
)


class SqlNotices(Repository):
    def owe(self, notices: Sequence[OwedNotice]) -> int:
        return self._insert(OWE, [_owed_values(notice) for notice in notices])

    def get(self, notice_id: NoticeId) -> Notice:
        row = self._row(BY_ID, notice_id=notice_id)
        if row is None:
            raise NotFound(UNKNOWN)
        return _read(row)

    def of_task(self, task_id: TaskId) -> Sequence[Notice]:
        return [_read(row) for row in self._rows(OF_TASK, task_id=task_id)]

    def skip(self, task_id: TaskId) -> None:
        self._change(SKIP, w_about=f"task:{task_id}")

    def claim(self, *, now: datetime, limit: int) -> Sequence[Notice]:
        claimed = [_read(row) for row in self._rows(CLAIM, now=now, limit=limit)]
        return sorted(claimed, key=lambda notice: (notice.owed_at, notice.id))

    def claimed_before(self, moment: datetime) -> Sequence[Notice]:
        return [_read(row) for row in self._rows(CLAIMED_BEFORE, moment=moment)]

    def save(self, notice: Notice) -> None:
        values = {name: getattr(notice, name) for name in CHANGING}
        if not self._change(SAVE, **values, w_id=notice.id):
            raise NotFound(UNKNOWN)

    def add_message(self, message: SentMessage) -> None:
        task_id = self.get(message.notice_id).task_id
        self._insert(ADD_MESSAGE, [{**vars(message), "task_id": task_id}])

    def task_of_message(self, platform: str, conversation: str, message: str) -> TaskId | None:
        row = self._row(TASK_OF_MESSAGE, platform=platform, conversation=conversation, message=message)
        return None if row is None else row.task_id

    def messages_of(self, task_id: TaskId) -> Sequence[SentMessage]:
        return [_read_message(row) for row in self._rows(MESSAGES_OF, task_id=task_id)]

    def touch(self, task_id: TaskId) -> None:
        self._change(TOUCH, w_task_id=task_id)

    def claim_edits(self, *, limit: int) -> Sequence[tuple[SentMessage, Notice]]:
        width = len(COLUMNS)
        return [(_read_message(row[width:]), _read(row[:width])) for row in self._rows(BEHIND, limit=limit)]

    def edited(self, message: SentMessage, version: int) -> None:
        where = {f"w_{name}": getattr(message, name) for name in ("platform", "conversation", "message")}
        self._change(EDITED, shown=version, **where)


def _owed_values(notice: OwedNotice) -> dict[str, Any]:
    sent = {"attempts": 0, "platform": "", "conversation": "", "message": "", "error": ""}
    owed = {"task_id": notice.task_id, "owed_at": notice.owed_at, "state": notice.state, "detail": notice.detail}
    return {**vars(notice.key), **owed, **sent}


def _read(row: Row[Any] | Sequence[Any]) -> Notice:
    key = NoticeKey(**dict(zip(KEY, row[: len(KEY)], strict=True)))
    return Notice(key=key, **dict(zip(REST, row[len(KEY) :], strict=True)))


def _read_message(row: Row[Any] | Sequence[Any]) -> SentMessage:
    return SentMessage(**dict(zip(MESSAGE, row, strict=True)))
