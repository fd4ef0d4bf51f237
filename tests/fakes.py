"""The domain's ports in memory. The contract suites hold them equal to the real ones."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import count
from typing import TypeVar

from tasks.api_tokens import FoundToken
from tasks.audit import Entry
from tasks.errors import NotFound
from tasks.identifiers import WorkspaceId
from tasks.people import Workspace
from tests.builders import a_workspace
from tests.in_memory.access_campaigns import InMemoryCampaigns
from tests.in_memory.access_exports import InMemoryAccessExports, InMemoryAccessSystems
from tests.in_memory.access_items import InMemoryAccessItems
from tests.in_memory.access_stories import InMemoryAccessStories
from tests.in_memory.answers import InMemoryAnswers
from tests.in_memory.api_answers import InMemoryApiAnswers
from tests.in_memory.api_tokens import InMemoryApiTokens, token_in
from tests.in_memory.controls import InMemoryControls
from tests.in_memory.conversations import InMemoryConversations, InMemoryFileLinks
from tests.in_memory.evidence import InMemoryEvidence
from tests.in_memory.homes import InMemoryHomes
from tests.in_memory.imports import InMemoryImports
from tests.in_memory.link_codes import InMemoryLinkCodes
from tests.in_memory.notices import InMemoryNotices
from tests.in_memory.people import InMemoryPeople
from tests.in_memory.setups import InMemorySetups
from tests.in_memory.shared_messages import InMemorySharedMessages
from tests.in_memory.state import State
from tests.in_memory.status import InMemoryStatus
from tests.in_memory.sync_places import InMemorySyncPlaces
from tests.in_memory.tasks import InMemoryTasks

T = TypeVar("T")

MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)
"""When the builders' task opens."""
UNKNOWN = "This workspace is not set up here. Ask the person who runs soc2bot to connect it."

_ids = count(1)


@dataclass
class FixedClock:
    """Stands still until it is moved."""

    moment: datetime = MONDAY

    def now(self) -> datetime:
        return self.moment

    def advance(self, **by: float) -> None:
        """`clock.advance(days=1, hours=2)`."""
        self.moment += timedelta(**by)


@dataclass(frozen=True)
class InMemoryAuditLog:
    state: State

    def append(self, entry: Entry) -> None:
        self.state.entries.append(entry)

    def of(self, about: str, *, limit: int) -> Sequence[Entry]:
        return [entry for entry in reversed(self.state.entries) if entry.about == about][:limit]

    def position(self) -> int:
        return len(self.state.entries)


@dataclass(frozen=True)
class InMemoryInbox:
    state: State

    def first_time(self, delivery: str, at: datetime) -> bool:
        new = delivery not in self.state.deliveries
        self.state.deliveries.setdefault(delivery, at)
        return new

    def forget_before(self, moment: datetime) -> int:
        old = [delivery for delivery, at in self.state.deliveries.items() if at < moment]
        for delivery in old:
            del self.state.deliveries[delivery]
        return len(old)


class FakeUnitOfWork:
    """One workspace in memory. `uow.at(later)` is the same one at another time."""

    def __init__(
        self,
        *,
        now: datetime = MONDAY,
        workspace: Workspace | None = None,
        state: State | None = None,
        links: dict[tuple[str, str], WorkspaceId] | None = None,
    ) -> None:
        """`links`: the Slack teams and Teams tenants of every workspace."""
        self.state = state or State(workspace=workspace or a_workspace())
        self.now = now
        self.links = {} if links is None else links

    def at(self, now: datetime) -> "FakeUnitOfWork":
        return FakeUnitOfWork(now=now, state=self.state, links=self.links)

    @property
    def workspace(self) -> Workspace:
        return self.state.workspace

    def save_workspace(self, workspace: Workspace) -> None:
        if workspace.id != self.state.workspace.id:
            raise NotFound(UNKNOWN)
        self.state.workspace = workspace

    def bind(self, platform: str, external_id: str) -> WorkspaceId:
        return self.links.setdefault((platform, external_id), self.state.workspace.id)

    def new_id(self) -> str:
        """Of the right length, and readable in a failing test."""
        return f"id-{next(_ids):017}"

    @cached_property
    def people(self) -> InMemoryPeople:
        return InMemoryPeople(self.state)

    @cached_property
    def controls(self) -> InMemoryControls:
        return InMemoryControls(self.state)

    @cached_property
    def tasks(self) -> InMemoryTasks:
        return InMemoryTasks(self.state)

    @cached_property
    def answers(self) -> InMemoryAnswers:
        return InMemoryAnswers(self.state)

    @cached_property
    def evidence(self) -> InMemoryEvidence:
        return InMemoryEvidence(self.state)

    @cached_property
    def shared_messages(self) -> InMemorySharedMessages:
        return InMemorySharedMessages(self.state)

    @cached_property
    def notices(self) -> InMemoryNotices:
        return InMemoryNotices(self.state)

    @cached_property
    def status(self) -> InMemoryStatus:
        return InMemoryStatus(self.state)

    @cached_property
    def audit(self) -> InMemoryAuditLog:
        return InMemoryAuditLog(self.state)

    @cached_property
    def imports(self) -> InMemoryImports:
        return InMemoryImports(self.state)

    @cached_property
    def link_codes(self) -> InMemoryLinkCodes:
        return InMemoryLinkCodes(self.state)

    @cached_property
    def api_tokens(self) -> InMemoryApiTokens:
        return InMemoryApiTokens(self.state)

    @cached_property
    def api_answers(self) -> InMemoryApiAnswers:
        return InMemoryApiAnswers(self.state)

    @cached_property
    def access_systems(self) -> InMemoryAccessSystems:
        return InMemoryAccessSystems(self.state)

    @cached_property
    def access_exports(self) -> InMemoryAccessExports:
        return InMemoryAccessExports(self.state)

    @cached_property
    def campaigns(self) -> InMemoryCampaigns:
        return InMemoryCampaigns(self.state)

    @cached_property
    def access_items(self) -> InMemoryAccessItems:
        return InMemoryAccessItems(self.state)

    @cached_property
    def access_stories(self) -> InMemoryAccessStories:
        return InMemoryAccessStories(self.state)

    @cached_property
    def inbox(self) -> InMemoryInbox:
        return InMemoryInbox(self.state)

    @cached_property
    def sync_places(self) -> InMemorySyncPlaces:
        return InMemorySyncPlaces(self.state)

    @cached_property
    def conversations(self) -> InMemoryConversations:
        return InMemoryConversations(self.state)

    @cached_property
    def file_links(self) -> InMemoryFileLinks:
        return InMemoryFileLinks(self.state)

    @cached_property
    def homes(self) -> InMemoryHomes:
        return InMemoryHomes(self.state)

    @cached_property
    def setups(self) -> InMemorySetups:
        return InMemorySetups(self.state)


class FakeUnitsOfWork:
    """Several workspaces under one clock; a unit of work that fails leaves nothing behind."""

    def __init__(self, clock: FixedClock | None = None, *workspaces: Workspace) -> None:
        self.clock = clock or FixedClock()
        self.states: dict[WorkspaceId, State] = {}
        self.links: dict[tuple[str, str], WorkspaceId] = {}
        for workspace in workspaces:
            self.create_workspace(workspace)

    async def write(self, workspace_id: WorkspaceId, work: Callable[[FakeUnitOfWork], T]) -> T:
        return self.write_now(workspace_id, work)

    async def read(self, workspace_id: WorkspaceId, work: Callable[[FakeUnitOfWork], T]) -> T:
        return self.read_now(workspace_id, work)

    async def workspace_for(self, platform: str, external_id: str) -> WorkspaceId | None:
        return self.links.get((platform, external_id))

    async def token_for(self, digest: str) -> FoundToken | None:
        found = (token_in(state, digest) for state in self.states.values())
        return next((one for one in found if one), None)

    def write_now(self, workspace_id: WorkspaceId, work: Callable[[FakeUnitOfWork], T]) -> T:
        state = self._state(workspace_id)
        with state.undone_on_failure():
            return work(FakeUnitOfWork(now=self.clock.now(), state=state, links=self.links))

    def read_now(self, workspace_id: WorkspaceId, work: Callable[[FakeUnitOfWork], T]) -> T:
        return work(FakeUnitOfWork(now=self.clock.now(), state=self._state(workspace_id), links=self.links))

    def create_workspace(self, workspace: Workspace) -> None:
        self.states[workspace.id] = State(workspace=workspace)

    def workspaces(self) -> Sequence[Workspace]:
        return [state.workspace for _, state in sorted(self.states.items())]

    def link_workspace(self, platform: str, external_id: str, workspace_id: WorkspaceId) -> None:
        self.links[platform, external_id] = workspace_id

    def _state(self, workspace_id: WorkspaceId) -> State:
        if workspace_id not in self.states:
            raise NotFound(UNKNOWN)
        return self.states[workspace_id]
