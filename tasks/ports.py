"""What the domain asks of the outside. Storage implements it; so does tests/fakes.py, held equal by tests/contracts."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, TypeVar

from tasks.access.ports import AccessExports, AccessItems, AccessStories, AccessSystems, Campaigns
from tasks.api_answers import KeptAnswer, RequestKey
from tasks.api_tokens import ApiToken, FoundToken
from tasks.audit import Entry
from tasks.controls import Control, ControlText
from tasks.conversations import Conversations, FileLinks
from tasks.evidence import Evidence, IpeCard, SharedMessage
from tasks.homes import Home
from tasks.identifiers import ControlId, EvidenceId, ImportId, NoticeId, PersonId, TaskId, WorkspaceId
from tasks.imports import Import, ImportKind
from tasks.link_codes import LinkCode, WrongCodes
from tasks.model import Acceptance, Attestation, Contribution, Deviation, Draft, Finding, Task
from tasks.notices import Notice, OwedNotice, SentMessage
from tasks.people import Directory, Person, Workspace
from tasks.setup import Setup
from tasks.status import StatusQueries

T = TypeVar("T")


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware, UTC."""
        ...


@dataclass(frozen=True, kw_only=True)
class Identity:
    platform: str
    external_id: str
    person_id: PersonId


class AccountState(StrEnum):
    """What an account is, as its platform's member list said last."""

    UNKNOWN = ""
    """No list has named it yet; the browser has none."""
    MEMBER = "member"
    GUEST = "guest"
    ENDED = "ended"


@dataclass(frozen=True, kw_only=True)
class SyncPlace:
    """How far one of a platform's rounds through people has come."""

    platform: str
    purpose: str
    """"members": everybody the platform lists; "unlinked": those of ours it may know by their e-mail."""
    cursor: str = ""
    """Where to go on; empty between two rounds."""
    retry_at: datetime | None = None
    """Not before: the platform asked for patience."""
    finished_at: datetime | None = None
    """The end of the last whole round."""


class People(Directory, Protocol):
    """`get` raises NotFound."""

    def add(self, person: Person) -> None: ...
    def save(self, person: Person) -> Person:
        """Compare and set on `version`; returns the person with the next one. Raises Stale."""
        ...

    def by_email(self, email: str) -> Person | None:
        """Whatever the case of the letters."""
        ...

    def by_identity(self, platform: str, external_id: str) -> Person | None: ...
    def link(self, identity: Identity) -> None:
        """A second link of the same platform id moves it."""
        ...

    def unlink(self, identity: Identity) -> None:
        """From then on the account is nobody's. One that is somebody else's meanwhile stays theirs."""
        ...

    def identities(self, person_id: PersonId) -> Sequence[Identity]:
        """Last used first."""
        ...

    def account_states(self, person_id: PersonId) -> Mapping[Identity, AccountState]:
        """Of every account that is linked to them."""
        ...

    def note_account(self, identity: Identity, state: AccountState) -> None: ...
    def has_history(self, person_id: PersonId) -> bool:
        """Whether anything is theirs or names them: a role, a control, a task, an answer, evidence, an acceptance,
        a report, somebody they stand in for, an API token."""
        ...

    def used(self, identity: Identity, at: datetime) -> None:
        """Remembers which platform the person spoke on last."""
        ...

    def everyone(self) -> Sequence[Person]:
        """By name; inactive people too."""
        ...

    def reports_of(self, manager_id: PersonId) -> Sequence[Person]:
        """Active direct reports."""
        ...

    def away_on(self, day: date) -> Sequence[Person]: ...
    def stamp(self) -> str:
        """Another one after every change to anybody: whoever remembers it knows whether to look again."""
        ...

    def unlinked(self, platform: str, *, after: str, limit: int) -> Sequence[Person]:
        """Active, with an e-mail and no identity there; by id, those that come after this one."""
        ...


class Controls(Protocol):
    def get(self, control_id: ControlId) -> Control: ...
    def by_code(self, code: str) -> Control | None:
        """Whatever the case of the letters."""
        ...

    def every(self) -> Sequence[Control]:
        """By code; retired ones too."""
        ...

    def add(self, control: Control) -> None: ...
    def save(self, control: Control) -> None:
        """A raised `version` stores the text as a new version; older ones stay readable."""
        ...

    def text(self, control_id: ControlId, version: int) -> ControlText: ...


@dataclass(frozen=True, kw_only=True)
class PlannedTask:
    """A task that has not opened yet, with everything already worked out."""

    task: Task
    """`next_rung_at` is the first rung after the prompt."""
    prompt_at: datetime
    """Opening, moved into business hours."""


@dataclass(frozen=True, kw_only=True)
class OpenedChunk:
    count: int
    digest: str
    """SHA-256 over the opened tasks' ids in order, one a line."""


class Tasks(Protocol):
    def get(self, task_id: TaskId) -> Task: ...
    def save(self, task: Task) -> Task:
        """Compare and set on `version`; returns the task with the next one. Raises Stale."""
        ...

    def plan(self, control_id: ControlId, planned: Sequence[PlannedTask]) -> None:
        """Replaces what is planned for the control. Occurrences that were opened already are left alone."""
        ...

    def planned_until(self) -> Mapping[ControlId, datetime]:
        """The last planned (or, without any, last opened) opening of each control that has one."""
        ...

    def planned(self, *, until: datetime) -> Sequence[Task]:
        """Opening before `until`, soonest first."""
        ...

    def open(self, tasks: Sequence[Task]) -> None:
        """At once, unplanned. A task whose key is taken is left out: whoever opens it twice changes nothing."""
        ...

    def of_origin(self, origin: str) -> Sequence[Task]:
        """Whatever their state, by subject."""
        ...

    def open_due(self, *, now: datetime, limit: int) -> OpenedChunk:
        """Moves due planned tasks to open ones with their prompts, set-based. A task whose owner is inactive or away
        is given no prompt but `next_rung_at` = `opens_at`, so that the ladder finds who should have it."""
        ...

    def rungs_due(self, *, now: datetime, limit: int) -> Sequence[Task]:
        """next_rung_at <= now, earliest first."""
        ...

    def set_next_rungs(self, rungs: Mapping[TaskId, datetime | None]) -> None:
        """Leaves `version` alone: the ladder never makes a person's button stale."""
        ...

    def open_of(self, owners: Iterable[PersonId]) -> Sequence[Task]:
        """Open tasks, soonest due first."""
        ...

    def open_of_control(self, control_id: ControlId) -> Sequence[Task]:
        """Open occurrences of the control itself, soonest due first; none of a campaign's."""
        ...

    def open_count(self, owner: PersonId) -> int: ...
    def open_counts(self) -> Mapping[PersonId, int]:
        """Open tasks by owner; people without any are absent."""
        ...

    def submitted(self) -> Sequence[Task]:
        """Waiting for acceptance, oldest answer first."""
        ...

    def answered_by(self, person_id: PersonId, *, limit: int) -> Sequence[Task]:
        """Latest answer first."""
        ...

    def previous(self, task: Task) -> Task | None:
        """The same control and subject, answered, with the latest span before this one's."""
        ...


class Answers(Protocol):
    """Attestations and what hangs on them; every list is oldest first."""

    def attest(self, attestation: Attestation) -> None: ...
    def attestations(self, task_id: TaskId) -> Sequence[Attestation]: ...
    def add_finding(self, finding: Finding) -> None: ...
    def findings(self, task_id: TaskId) -> Sequence[Finding]: ...
    def add_deviation(self, deviation: Deviation) -> None: ...
    def deviations(self, task_id: TaskId) -> Sequence[Deviation]: ...
    def withdraw(self, task_id: TaskId) -> None:
        """Marks the task's findings and deviations withdrawn: a correction took their place."""
        ...

    def decide(self, acceptance: Acceptance) -> None: ...
    def acceptances(self, task_id: TaskId) -> Sequence[Acceptance]: ...
    def draft(self, task_id: TaskId, person_id: PersonId) -> Draft | None: ...
    def save_draft(self, draft: Draft) -> None: ...
    def discard_drafts(self, task_id: TaskId) -> None: ...
    def add_contribution(self, contribution: Contribution) -> None:
        """Asking the same person for the same item again replaces the note."""
        ...

    def contributions(self, task_id: TaskId) -> Sequence[Contribution]: ...
    def contributions_of(self, person_id: PersonId) -> Sequence[Contribution]:
        """Unanswered ones."""
        ...


class EvidenceRecords(Protocol):
    def add(self, evidence: Evidence) -> None: ...
    def get(self, evidence_id: EvidenceId) -> Evidence: ...
    def save(self, evidence: Evidence) -> None: ...
    def of_task(self, task_id: TaskId) -> Sequence[Evidence]:
        """Oldest first, every state."""
        ...

    def with_hash(self, sha256: str, *, other_than: TaskId) -> Sequence[Evidence]:
        """Bound to other tasks."""
        ...

    def to_fetch(self, *, now: datetime, limit: int) -> Sequence[Evidence]:
        """Files being checked whose next attempt is due."""
        ...

    def last_card(self, control_id: ControlId, item: str) -> IpeCard | None: ...
    def note_opened(self, evidence_id: EvidenceId, person_id: PersonId, at: datetime) -> None: ...
    def opened_by(self, task_id: TaskId, person_id: PersonId) -> frozenset[EvidenceId]: ...
    def of_message(self, platform: str, conversation: str, message: str) -> Sequence[Evidence]:
        """What came with the message, oldest first, every state."""
        ...

    def of_reference(self, platform: str, reference: str) -> Sequence[Evidence]:
        """Every attachment of one shared file, oldest first, every state."""
        ...

    def permalinks_due(self, *, now: datetime, limit: int) -> Sequence[Evidence]:
        """Whose message's link is to be asked for by now, longest due first."""
        ...


class SharedMessages(Protocol):
    def add(self, message: SharedMessage) -> None: ...
    def get(self, message_id: str) -> SharedMessage: ...
    def save(self, message: SharedMessage) -> None: ...
    def of_message(self, platform: str, conversation: str, message: str) -> Sequence[SharedMessage]:
        """Every time the message was chosen, oldest first."""
        ...

    def set_aside_by(self, person_id: PersonId, *, since: datetime) -> Sequence[SharedMessage]:
        """Latest first."""
        ...

    def forget_before(self, moment: datetime) -> int:
        """Returns how many were set aside before it, and are gone now."""
        ...


class Notices(Protocol):
    def owe(self, notices: Sequence[OwedNotice]) -> int:
        """Inserts what is new by key, leaves the rest alone; returns how many were new."""
        ...

    def get(self, notice_id: NoticeId) -> Notice: ...
    def of_task(self, task_id: TaskId) -> Sequence[Notice]:
        """Oldest first."""
        ...

    def skip(self, task_id: TaskId) -> None:
        """Owed and unsent notices about the task become skipped: it was answered."""
        ...

    def claim(self, *, now: datetime, limit: int) -> Sequence[Notice]:
        """Owed, due and not claimed: now SENDING, with one more attempt. A task whose next rung is due climbs first:
        what that rung overtakes must not go out before it."""
        ...

    def claimed_before(self, moment: datetime) -> Sequence[Notice]:
        """SENDING since then: the process died; whether they went out must be looked up."""
        ...

    def save(self, notice: Notice) -> None: ...
    def add_message(self, message: SentMessage) -> None: ...
    def task_of_message(self, platform: str, conversation: str, message: str) -> TaskId | None:
        """The task a sent message is about."""
        ...

    def messages_of(self, task_id: TaskId) -> Sequence[SentMessage]: ...
    def touch(self, task_id: TaskId) -> None:
        """Every sent message about the task is to be edited."""
        ...

    def claim_edits(self, *, limit: int) -> Sequence[tuple[SentMessage, Notice]]:
        """Messages whose shown version is behind the desired one. Reading only: an edit twice over harms nobody."""
        ...

    def edited(self, message: SentMessage, version: int) -> None: ...


class AuditLog(Protocol):
    def append(self, entry: Entry) -> None:
        """In the same transaction as the change; links the entry to the chain."""
        ...

    def of(self, about: str, *, limit: int) -> Sequence[Entry]:
        """Latest first."""
        ...

    def position(self) -> int:
        """How many entries there are: it moves with every change."""
        ...


class Inbox(Protocol):
    def first_time(self, delivery: str, at: datetime) -> bool:
        """False when this platform delivery was handled before."""
        ...

    def forget_before(self, moment: datetime) -> int:
        """No platform delivers again after an hour; returns how many keys were dropped."""
        ...


class Homes(Protocol):
    def find(self, platform: str, external_id: str) -> Home | None: ...
    def open(self, platform: str, external_id: str, at: datetime) -> None:
        """To be shown at once, whatever it says. What is known of an earlier opening's `hash` is kept."""
        ...

    def save(self, home: Home) -> Home:
        """Compare and set on `version`; returns the home with the next one. Raises Stale."""
        ...

    def checked(self, home: Home, *, seen: int, at: datetime) -> None:
        """It says what it said before. Leaves `version` alone, and a page that was opened or shown meanwhile."""
        ...

    def due(
        self, *, opened_after: datetime, position: int, changed_before: datetime, checked_before: datetime, limit: int
    ) -> Sequence[Home]:
        """Opened since then, and: just opened; or behind `position` and not looked at since `changed_before`; or not
        looked at since `checked_before`. The just opened first, then what was looked at longest ago."""
        ...

    def forget(self, platform: str, external_id: str) -> None: ...


class Setups(Protocol):
    """What is chosen while the workspace is set up: it has one, from the beginning."""

    def get(self) -> Setup: ...
    def save(self, setup: Setup) -> Setup:
        """Compare and set on `version`; returns the setup with the next one. Raises Stale."""
        ...


class LinkCodes(Protocol):
    """Codes that link an account to a person; `get` raises NotFound."""

    def add(self, code: LinkCode) -> None: ...
    def get(self, code_id: str) -> LinkCode: ...
    def save(self, code: LinkCode) -> LinkCode:
        """Compare and set on `version`; returns the code with the next one. Raises Stale."""
        ...

    def by_digest(self, digest: str) -> LinkCode | None:
        """The latest, where chance made one twice."""
        ...

    def waiting(self, person_id: PersonId) -> Sequence[LinkCode]:
        """Not settled yet, expired or not."""
        ...

    def wrong(self, platform: str, external_id: str) -> WrongCodes | None: ...
    def save_wrong(self, wrong: WrongCodes) -> None: ...
    def forget_before(self, moment: datetime) -> int:
        """Codes that expired, and wrong ones first typed, before it; returns how many rows are gone."""
        ...


class Imports(Protocol):
    """Files handed in to be taken over; `get` raises NotFound."""

    def add(self, item: Import) -> None: ...
    def get(self, import_id: ImportId) -> Import: ...
    def save(self, item: Import) -> Import:
        """Compare and set on `version`; returns the import with the next one. Raises Stale."""
        ...

    def to_fetch(self, *, now: datetime, limit: int) -> Sequence[Import]:
        """Being fetched, and due for their next attempt."""
        ...

    def installing(self, *, limit: int) -> Sequence[Import]:
        """Confirmed, and not wholly taken over yet; oldest first."""
        ...

    def waiting(self, kind: ImportKind) -> Sequence[Import]:
        """Read, and neither confirmed nor given up; newest first."""
        ...


class ApiTokens(Protocol):
    """`get` raises NotFound."""

    def add(self, token: ApiToken) -> None: ...
    def get(self, token_id: str) -> ApiToken: ...
    def save(self, token: ApiToken) -> ApiToken:
        """Compare and set on `version`; returns the token with the next one. Raises Stale."""
        ...

    def named(self, name: str) -> ApiToken | None:
        """The one that is not revoked, expired or not."""
        ...

    def every(self) -> Sequence[ApiToken]:
        """By name, oldest first; revoked ones too."""
        ...

    def used(self, token_id: str, at: datetime) -> None:
        """Leaves `version` alone."""
        ...


class ApiAnswers(Protocol):
    """Answers that programs were given, by their keys; one that was kept up to `since` no longer counts."""

    def find(self, key: RequestKey, *, since: datetime) -> KeptAnswer | None: ...
    def claim(self, key: RequestKey, *, at: datetime, since: datetime) -> bool:
        """False where the key is taken. Whoever claims settles in the same transaction, so that nobody sees a key
        without its answer."""
        ...

    def settle(self, key: RequestKey, *, status: int, body: str) -> None: ...
    def forget_before(self, moment: datetime) -> int: ...


class SyncPlaces(Protocol):
    def get(self, platform: str, purpose: str) -> SyncPlace:
        """The beginning where nothing was saved."""
        ...

    def save(self, place: SyncPlace) -> None: ...


class UnitOfWork(Protocol):
    """One transaction in one workspace at one moment. Everything read or written is the workspace's own."""

    @property
    def workspace(self) -> Workspace: ...
    @property
    def now(self) -> datetime: ...
    @property
    def people(self) -> People: ...
    @property
    def controls(self) -> Controls: ...
    @property
    def tasks(self) -> Tasks: ...
    @property
    def answers(self) -> Answers: ...
    @property
    def evidence(self) -> EvidenceRecords: ...
    @property
    def shared_messages(self) -> SharedMessages: ...
    @property
    def notices(self) -> Notices: ...
    @property
    def status(self) -> StatusQueries: ...
    @property
    def audit(self) -> AuditLog: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def sync_places(self) -> SyncPlaces: ...
    @property
    def setups(self) -> Setups: ...
    @property
    def homes(self) -> Homes: ...
    @property
    def imports(self) -> Imports: ...
    @property
    def link_codes(self) -> LinkCodes: ...
    @property
    def access_systems(self) -> AccessSystems: ...
    @property
    def access_exports(self) -> AccessExports: ...
    @property
    def campaigns(self) -> Campaigns: ...
    @property
    def access_items(self) -> AccessItems: ...
    @property
    def access_stories(self) -> AccessStories: ...
    @property
    def api_tokens(self) -> ApiTokens: ...
    @property
    def api_answers(self) -> ApiAnswers: ...
    @property
    def conversations(self) -> Conversations: ...
    @property
    def file_links(self) -> FileLinks: ...
    def new_id(self) -> str:
        """Opaque, unguessable, 20 characters."""
        ...

    def save_workspace(self, workspace: Workspace) -> None: ...
    def bind(self, platform: str, external_id: str) -> WorkspaceId:
        """This Slack team or Teams tenant is ours, unless it is somebody's already; returns whose it is."""
        ...


class UnitsOfWork(Protocol):
    """Runs a whole unit of work off the event loop. The result is handed over only after the commit."""

    async def write(self, workspace_id: WorkspaceId, work: Callable[[UnitOfWork], T]) -> T: ...
    async def read(self, workspace_id: WorkspaceId, work: Callable[[UnitOfWork], T]) -> T: ...
    def workspace_for(self, platform: str, external_id: str) -> Awaitable[WorkspaceId | None]:
        """The workspace a verified Slack team or Teams tenant belongs to."""
        ...

    def token_for(self, digest: str) -> Awaitable[FoundToken | None]:
        """Whoever's secret, present or former, has this digest, in whichever workspace: still good or not."""
        ...
