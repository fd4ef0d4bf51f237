"""What the browser chat asks of storage, over memory."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from bot.web.conversations import ChatUnit
from storage.evidence_files import EvidenceMissing
from tasks.errors import NotFound
from tasks.identifiers import NoticeId, PersonId, WorkspaceId
from tasks.people import Person, Role
from tests.builders import a_person, utc

T = TypeVar("T")

MONDAY = utc(2026, 11, 16, 8, 30)
WORKSPACE = WorkspaceId("acme")
PEOPLE = (
    a_person("olga", name="Olga Petrova", time_zone="Europe/Berlin", manager_id="max"),
    a_person("max", Role.DEPARTMENT_LEAD, name="Max Adeyemi"),
    a_person("lee", Role.COMPLIANCE_LEAD, Role.ADMIN, name="Lee Nakamura", department="security"),
    a_person("ines", name="Inês Carvalho", department="hr"),
    a_person("ruth", Role.EXECUTIVE_SPONSOR, name="Ruth Okafor", department="finance"),
)


@dataclass(frozen=True, kw_only=True)
class MemoryMessage:
    id: int
    conversation: str
    author: str
    html: str
    at: datetime
    edited_at: datetime | None = None
    notice_id: NoticeId | None = None
    revision: int


class MemoryMessages:
    def __init__(self) -> None:
        self.kept: dict[int, MemoryMessage] = {}

    def add(self, conversation: str, author: str, html: str, at: datetime, *, notice_id: NoticeId | None = None) -> int:
        if notice_id is not None and (said := self.find_by_notice(notice_id)):
            return said.id
        number = len(self.kept) + 1
        self.kept[number] = MemoryMessage(
            id=number,
            conversation=conversation,
            author=author,
            html=str(html),
            at=at,
            notice_id=notice_id,
            revision=self.latest_change(conversation) + 1,
        )
        return number

    def edit(self, message_id: int, html: str, at: datetime) -> None:
        old = self.get(message_id)
        revision = self.latest_change(old.conversation) + 1
        self.kept[message_id] = replace(old, html=str(html), edited_at=at, revision=revision)

    def get(self, message_id: int) -> MemoryMessage:
        if message_id not in self.kept:
            message = "There is no such message."
            raise NotFound(message)
        return self.kept[message_id]

    def find_by_notice(self, notice_id: NoticeId) -> MemoryMessage | None:
        return next((item for item in self.kept.values() if item.notice_id == notice_id), None)

    def of(self, conversation: str, *, limit: int) -> Sequence[MemoryMessage]:
        return [item for item in self.kept.values() if item.conversation == conversation][-limit:]

    def latest_change(self, conversation: str) -> int:
        return max((item.revision for item in self.kept.values() if item.conversation == conversation), default=0)


@dataclass(kw_only=True)
class SteppedClock:
    at: datetime = MONDAY

    def now(self) -> datetime:
        return self.at

    async def move(self, by: timedelta) -> None:
        self.at += by


@dataclass(kw_only=True)
class MemoryInbox:
    seen: set[str] = field(default_factory=set)

    def first_time(self, delivery: str, at: datetime) -> bool:
        fresh = delivery not in self.seen
        self.seen.add(delivery)
        return fresh


class MemoryPeople:
    def __init__(self, people: Sequence[Person]) -> None:
        self.kept = {person.id: person for person in people}

    def find(self, person_id: PersonId | None) -> Person | None:
        return self.kept.get(person_id) if person_id else None


@dataclass(kw_only=True)
class MemoryUnit:
    clock: SteppedClock
    chat: MemoryMessages = field(default_factory=MemoryMessages)
    inbox: MemoryInbox = field(default_factory=MemoryInbox)
    people: MemoryPeople = field(default_factory=lambda: MemoryPeople(PEOPLE))

    @property
    def now(self) -> datetime:
        return self.clock.now()


class MemoryUnits:
    """Only what the browser chat reads and writes."""

    def __init__(self, unit: MemoryUnit) -> None:
        self.unit = unit

    async def write(self, workspace_id: WorkspaceId, work: Callable[[ChatUnit], T]) -> T:
        assert workspace_id == WORKSPACE
        return work(self.unit)

    read = write


class MemoryFiles:
    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def stage(self, staged_id: str, data: Iterator[bytes], *, limit: int | None = None) -> object:
        self.kept[staged_id] = b"".join(data)
        return None

    def open_staged(self, staged_id: str) -> Iterator[bytes]:
        if staged_id not in self.kept:
            raise EvidenceMissing
        return iter((self.kept[staged_id],))
