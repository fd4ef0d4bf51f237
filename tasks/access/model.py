"""The words of an access review: an export and its rows, a campaign and its items, decisions about them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from tasks.identifiers import ControlId, PersonId, TaskId

DORMANT_DAYS = 90
"""Not signed in for longer than this: dormant."""


CHANGE_DAYS = 5


class AccountKind(StrEnum):
    HUMAN = "human"
    SERVICE = "service"
    SHARED = "shared"


class AccessColumn(StrEnum):
    """What a column of an export can hold for us."""

    ACCOUNT = "account"
    EMAIL = "e-mail"
    NAME = "name"
    ENTITLEMENT = "entitlement"
    DESCRIPTION = "description"
    PRIVILEGED = "privileged"
    LAST_LOGIN = "last login"
    CREATED = "created"
    KIND = "type"
    ACTIVE = "active"


@dataclass(frozen=True, kw_only=True)
class Access:
    """One account's one entitlement, as the export has it. Never edited."""

    row: int
    """In the file, the header being row 1 where it stands first."""
    account: str
    email: str = ""
    name: str = ""
    entitlement: str = ""
    description: str = ""
    """What the entitlement means, in plain words."""
    privileged: bool = False
    last_login: date | None = None
    """None: never, or not told; `login_told` says which."""
    login_told: bool = False
    created: date | None = None
    kind: AccountKind = AccountKind.HUMAN
    active: bool = True
    """False: suspended in the system itself, and listed all the same."""

    @property
    def key(self) -> tuple[str, str]:
        """The same access in the next export."""
        return self.account.casefold(), self.entitlement.casefold()

    def is_under_review(self, kind: "CampaignKind") -> bool:
        """storage/access_items.py says the same to the database."""
        match kind:
            case CampaignKind.ALL_ACCESS:
                return True
            case CampaignKind.PRIVILEGED:
                return self.privileged
            case CampaignKind.SERVICE:
                return self.kind is not AccountKind.HUMAN


@dataclass(frozen=True, kw_only=True)
class Unreadable:
    row: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class Source:
    """The export's IPE card: without it no list is believed."""

    system: str
    source: str
    """The system and environment it comes from."""
    query: str
    """The report, filter or query, exactly."""
    extracted_at: datetime
    row_count: int
    """As counted at the source; must equal what the file holds."""


class Verdict(StrEnum):
    KEEP = "keep"
    REVOKE = "revoke"
    CHANGE = "change"


class Capacity(StrEnum):
    """Why somebody is asked about an item."""

    NAMED = "named reviewer"
    MANAGER = "manager"
    SYSTEM_OWNER = "system owner"
    MANAGERS_MANAGER = "manager's manager"
    COMPLIANCE_LEAD = "compliance lead"


@dataclass(frozen=True, kw_only=True)
class Item:
    """One access in one campaign."""

    id: str
    campaign_id: str
    system: str
    access: Access
    person_id: PersonId | None
    """Whose account it is, where their e-mail address is one of ours."""
    reviewer_id: PersonId | None
    """None: a gap, that the compliance lead is told of."""
    capacity: Capacity | None = None
    on_behalf_of: PersonId | None = None
    """Who would be asked, had they not gone away: the reviewer is their delegate."""
    assigned_id: PersonId | None = None
    """Named for this one item, by hand."""
    passed_by: tuple[PersonId, ...] = ()
    """Who said "not sure" or "not mine", and on whose behalf: it never comes back to them."""
    is_new: bool = False
    """Not in the export that was reviewed last."""
    last_verdict: Verdict | None = None
    """In the review before."""
    version: int = 1
    """Compare and set: two devices never overwrite one another unseen."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Kept for ever; a later one of the same item takes its place only until the reviewer has submitted."""

    item_id: str
    verdict: Verdict
    change_to: str = ""
    reason: str = ""
    decided_by: PersonId
    on_behalf_of: PersonId | None = None
    decided_at: datetime
    seconds_taken: float
    """Since the item was first shown to whoever decided."""
    in_bulk: bool = False
    taken_over_from: str = ""
    """The item of an overlapping campaign in which it was decided."""


class CampaignKind(StrEnum):
    """Which accesses are under review."""

    ALL_ACCESS = "all access"
    PRIVILEGED = "privileged access"
    SERVICE = "service accounts"
    """Whatever is no human's: service and shared accounts."""


class CampaignState(StrEnum):
    PREPARING = "preparing"
    """Waits for whoever owns it: the systems and their exports are chosen, the reviewers looked through."""
    OPENING = "opening"
    """Confirmed; a job makes the items, chunk by chunk."""
    OPEN = "open"
    SIGNED_OFF = "signed-off"
    CLOSED_EARLY = "closed-early"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        return self in (CampaignState.SIGNED_OFF, CampaignState.CLOSED_EARLY, CampaignState.CANCELLED)


@dataclass(frozen=True, kw_only=True)
class Campaign:
    id: str
    name: str
    kind: CampaignKind
    owner_id: PersonId
    """Signs it off in the end."""
    span_start: date
    span_end: date
    due_on: date
    state: CampaignState = CampaignState.PREPARING
    control_id: ControlId
    """What it is a part of: its tasks are counted there."""
    task_id: TaskId | None = None
    """The occurrence of a control which its sign-off answers."""
    change_days: int = CHANGE_DAYS
    """Business days that a system's owner has for a revoke or a change."""
    created_at: datetime
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: PersonId | None = None
    close_reason: str = ""
    """Of one closed early or cancelled."""
    statement: str = ""
    """What was signed."""
    checked: str = ""
    """The day and the directory's stamp at which the reviewers were found last."""
    version: int = 1
    """Compare and set."""


class ExtensionState(StrEnum):
    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Extension:
    """More time, asked for with a reason; somebody else approves it."""

    id: str
    campaign_id: str
    due_from: date
    due_to: date
    reason: str
    asked_by: PersonId
    asked_at: datetime
    state: ExtensionState = ExtensionState.ASKED
    decided_by: PersonId | None = None
    decided_at: datetime | None = None
