"""What the browser chat is given: the only place that says what it depends on."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from secrets import token_urlsafe

from bot.web.conversations import ChatUnits, channel
from bot.web.forms import UploadFiles
from bot.web.sessions import Sessions
from handlers.replies import Reply
from handlers.requests import Request
from tasks.identifiers import EvidenceId, PersonId, WorkspaceId
from tasks.people import Person
from tasks.ports import Clock

LARGEST_FILE = 25 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Somebody:
    """A person to choose."""

    workspace: WorkspaceId
    person: Person
    open_tasks: int = 0
    overdue: bool = False
    """Whether one of those tasks is past its due time."""
    away: bool = False


@dataclass(frozen=True, kw_only=True)
class Download:
    name: str
    chunks: AsyncIterator[bytes]


Router = Callable[[Request], Awaitable[Reply]]
ListPeople = Callable[[], Awaitable[Sequence[Somebody]]]
MoveClock = Callable[[timedelta], Awaitable[None]]
FindEvidence = Callable[[WorkspaceId, PersonId, EvidenceId], Awaitable[Download | None]]
"""None also for what the person may not see."""


def random_id() -> str:
    return token_urlsafe(18)


@dataclass(frozen=True, kw_only=True)
class Chat:
    router: Router
    units: ChatUnits
    files: UploadFiles
    secret: str
    clock: Clock
    list_people: ListPeople
    """Everybody who may be chosen, active, by name."""
    commands: Sequence[tuple[str, str]]
    """How each is typed after /soc2, as in "status [team|hr]", and one line of help."""
    free_choice: bool
    """Whether anybody may become anybody. Without it there is no browser chat."""
    public_url: str = "http://127.0.0.1:3000"
    move_clock: MoveClock | None = None
    """Moves the clock and runs what has become due."""
    find_evidence: FindEvidence | None = None
    channels: tuple[str, ...] = ("compliance",)
    largest_file: int = LARGEST_FILE
    new_id: Callable[[], str] = random_id

    @cached_property
    def sessions(self) -> Sessions:
        secure = self.public_url.startswith("https://")
        return Sessions(secret=self.secret, secure=secure, new_id=self.new_id)

    def is_channel(self, conversation: str) -> bool:
        return conversation in {channel(name) for name in self.channels}
