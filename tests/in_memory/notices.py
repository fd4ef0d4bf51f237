from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tasks.errors import NotFound
from tasks.identifiers import NoticeId, TaskId
from tasks.notices import Notice, NoticeState, OwedNotice, SentMessage
from tests.in_memory.state import State

UNKNOWN = "There is no such notice in this workspace."


@dataclass(frozen=True)
class InMemoryNotices:
    state: State

    def owe(self, notices: Sequence[OwedNotice]) -> int:
        return sum(self._owe(notice) for notice in notices)

    def get(self, notice_id: NoticeId) -> Notice:
        if notice := self.state.notices.get(notice_id):
            return notice
        raise NotFound(UNKNOWN)

    def of_task(self, task_id: TaskId) -> Sequence[Notice]:
        return sorted((one for one in self.state.notices.values() if one.task_id == task_id), key=_oldest)

    def skip(self, task_id: TaskId) -> None:
        for notice in list(self.state.notices.values()):
            if notice.key.about == f"task:{task_id}" and notice.state is NoticeState.OWED:
                self.save(replace(notice, state=NoticeState.SKIPPED))

    def claim(self, *, now: datetime, limit: int) -> Sequence[Notice]:
        due = [one for one in self.state.notices.values() if _is_due(one, now) and not self._climbs(one, now)]
        owed = sorted(due, key=_oldest)
        claimed = [
            replace(one, state=NoticeState.SENDING, attempts=one.attempts + 1, claimed_at=now) for one in owed[:limit]
        ]
        for notice in claimed:
            self.save(notice)
        return claimed

    def claimed_before(self, moment: datetime) -> Sequence[Notice]:
        sending = (one for one in self.state.notices.values() if one.state is NoticeState.SENDING)
        return [one for one in sending if one.claimed_at and one.claimed_at < moment]

    def save(self, notice: Notice) -> None:
        kept = self.get(notice.id)
        self.state.notices[notice.id] = replace(notice, key=kept.key, task_id=kept.task_id)

    def add_message(self, message: SentMessage) -> None:
        self.get(message.notice_id)
        self.state.messages[_place(message)] = message

    def task_of_message(self, platform: str, conversation: str, message: str) -> TaskId | None:
        sent = self.state.messages.get((platform, conversation, message))
        return self.get(sent.notice_id).task_id if sent else None

    def messages_of(self, task_id: TaskId) -> Sequence[SentMessage]:
        return [one for one in self._messages() if self.get(one.notice_id).task_id == task_id]

    def touch(self, task_id: TaskId) -> None:
        for message in self.messages_of(task_id):
            self.state.messages[_place(message)] = replace(message, desired_version=message.desired_version + 1)

    def claim_edits(self, *, limit: int) -> Sequence[tuple[SentMessage, Notice]]:
        behind = [one for one in self._messages() if one.delivered_version < one.desired_version]
        return [(one, self.get(one.notice_id)) for one in behind[:limit]]

    def edited(self, message: SentMessage, version: int) -> None:
        kept = self.state.messages.get(_place(message))
        if kept and kept.delivered_version < version:
            self.state.messages[_place(message)] = replace(kept, delivered_version=version)

    def _owe(self, owed: OwedNotice) -> bool:
        if any(one.key == owed.key for one in self.state.notices.values()):
            return False
        notice_id = NoticeId(len(self.state.notices) + 1)
        self.state.notices[notice_id] = Notice(id=notice_id, **vars(owed))
        return True

    def _climbs(self, notice: Notice, now: datetime) -> bool:
        task = self.state.tasks.get(notice.task_id) if notice.task_id else None
        return task is not None and task.next_rung_at is not None and task.next_rung_at <= now

    def _messages(self) -> Sequence[SentMessage]:
        return sorted(self.state.messages.values(), key=lambda one: (one.notice_id, *_place(one)))


def _is_due(notice: Notice, now: datetime) -> bool:
    waiting = notice.next_attempt_at is not None and notice.next_attempt_at > now
    return notice.state is NoticeState.OWED and notice.owed_at <= now and not waiting


def _oldest(notice: Notice) -> tuple[datetime, NoticeId]:
    return notice.owed_at, notice.id


def _place(message: SentMessage) -> tuple[str, str, str]:
    return message.platform, message.conversation, message.message
