"""One message owed to one person or channel, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tasks.identifiers import NoticeId, PersonId, TaskId


class Occasion(StrEnum):
    """Why a notice is owed. The first nine are the rungs of the ladder, lowest first."""

    OPENED = "opened"
    REMINDER_5 = "reminder-5"
    REMINDER_1 = "reminder-1"
    LAST_CALL = "last-call"
    OVERDUE = "overdue"
    MANAGER = "manager"
    COMPLIANCE_LEAD = "compliance-lead"
    SPONSOR = "sponsor"
    CHANNEL = "channel"
    ACCEPTANCE_ASKED = "acceptance-asked"
    ACCEPTANCE_REMINDER = "acceptance-reminder"
    ACCEPTANCE_OVERDUE = "acceptance-overdue"
    ACCEPTANCE_LEAD = "acceptance-lead"
    RETURNED = "returned"
    REOPEN_ASKED = "reopen-asked"
    FILE_PROBLEM = "file-problem"
    FILE = "file"
    """Carries a file that somebody asked to open."""
    FINDING = "finding"
    CONTRIBUTION = "contribution"
    DELEGATED = "delegated"
    REASSIGNED = "reassigned"
    OWNER_LEFT = "owner-left"
    NUDGE = "nudge"
    UNDELIVERED = "undelivered"
    DISCONNECTED = "disconnected"
    """A platform refuses us; said on another one."""
    IMPORT_READ = "import-read"
    """A file handed in was read, or can't be: somebody looks through it."""
    LINK_ASKED = "link-asked"
    """An account asks to be theirs."""
    ACCOUNTS_CHANGED = "accounts-changed"
    REVIEW_GAP = "review-gap"
    """Accesses under review that nobody may decide about; the detail is the campaign."""
    REVIEW_READY = "review-ready"
    """A campaign waits for its owner: to be started, or to be signed off. The detail is the campaign."""
    EXTENSION_ASKED = "extension-asked"
    """More time for a campaign; the detail is the extension."""
    ACCESS_CHANGES = "access-changes"
    """A digest of several accesses to revoke or change, in place of a prompt for each."""
    LIST_ASKED = "list-asked"
    """A new list of a system's accounts, to prove what was changed; the detail is the system."""
    DIGEST = "digest"
    WEEK_CLOSED = "week-closed"


@dataclass(frozen=True, kw_only=True)
class NoticeKey:
    """Unique per workspace: what makes a second message impossible."""

    about: str
    """task:<id>, or digest:<person>:<date> and the like."""
    recipient: str
    """person:<id> or channel:compliance."""
    occasion: Occasion
    round: int = 1


class NoticeState(StrEnum):
    OWED = "owed"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    """For good: recorded, and it climbs the ladder."""
    SKIPPED = "skipped"
    """Owed during an outage, overtaken by a later rung; or overtaken by the answer."""


@dataclass(frozen=True, kw_only=True)
class OwedNotice:
    """What a rule asks for, before it has an id."""

    key: NoticeKey
    task_id: TaskId | None = None
    owed_at: datetime
    state: NoticeState = NoticeState.OWED
    detail: str = ""
    """Shown in the message: the nudger's name, skipped rungs, the file's problem."""


@dataclass(frozen=True, kw_only=True)
class Notice:
    id: NoticeId
    key: NoticeKey
    task_id: TaskId | None
    owed_at: datetime
    state: NoticeState
    detail: str = ""
    attempts: int = 0
    next_attempt_at: datetime | None = None
    claimed_at: datetime | None = None
    sent_at: datetime | None = None
    platform: str = ""
    conversation: str = ""
    message: str = ""
    error: str = ""

    @property
    def person_id(self) -> PersonId | None:
        kind, _, value = self.key.recipient.partition(":")
        return PersonId(value) if kind == "person" else None


@dataclass(frozen=True, kw_only=True)
class SentMessage:
    """A message on a platform that shows something which may change: it is edited in place."""

    notice_id: NoticeId
    platform: str
    conversation: str
    message: str
    desired_version: int
    delivered_version: int
