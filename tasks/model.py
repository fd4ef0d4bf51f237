"""A task and what becomes of it: answer, attestation, finding, deviation, acceptance."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from tasks.controls import Cadence
from tasks.identifiers import ControlId, EvidenceId, PersonId, TaskId


class TaskState(StrEnum):
    OPEN = "open"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RECORDED = "recorded"


class Work(StrEnum):
    """What a task is an occurrence of. Said by its origin, so that it holds for life."""

    CONTROL = "control"
    ACCESS_REVIEW = "access-review"
    """One reviewer's part of a campaign; the subject is the reviewer."""
    ACCESS_SIGN_OFF = "access-sign-off"
    """The sign-off of a campaign that no control's occurrence asked for."""
    ACCESS_CHANGE = "access-change"
    """One access that a campaign decided to revoke or to change; the subject is the item."""


class Answer(StrEnum):
    DONE = "done"
    DONE_FOUND_PROBLEMS = "done-found-problems"
    NOT_FULLY_DONE = "not-fully-done"
    NOT_DONE = "not-done"
    NOTHING_TO_REPORT = "nothing-to-report"

    @property
    def adverse(self) -> bool:
        """Opens a deviation, and is confirmed first."""
        return self in (Answer.NOT_DONE, Answer.NOT_FULLY_DONE)


@dataclass(frozen=True, kw_only=True)
class Task:
    """One occurrence. (origin, occurrence, subject) is its immutable key within the workspace; times are UTC."""

    id: TaskId
    origin: str
    """The control's, campaign's or incident's id."""
    occurrence: str
    """Names the span: 2026-W47, 2026-10, 2026-Q3, 2026-H1, 2026 or 2026-11-05."""
    subject: str = ""
    control_id: ControlId
    control_version: int
    code: str
    title: str
    department: str
    cadence: Cadence
    needs_acceptance: bool
    owner_id: PersonId
    span_start: date
    span_end: date
    opens_at: datetime
    due_at: datetime
    limit_at: datetime | None
    missed_at: datetime
    """When the next occurrence opens, or the grace of the last one ends: unanswered by then is missed."""
    state: TaskState = TaskState.OPEN
    answer: Answer | None = None
    answered_at: datetime | None = None
    """When the answer that counts was given; None while the task is open."""
    answered_by: PersonId | None = None
    first_answered_at: datetime | None = None
    """Of an answer sent back because a file failed its check: its time stands if the replacement beats the limit."""
    settled_at: datetime | None = None
    """Accepted or recorded at."""
    settled_by: PersonId | None = None
    return_reason: str = ""
    waiting_on: str = ""
    waiting_until: date | None = None
    next_rung_at: datetime | None = None
    """When the ladder looks at this task again; None: nothing more is owed."""
    chased_from: datetime | None = None
    """After a return or reopening the ladder counts from here instead of from due_at; once submitted, the acceptor's
    ladder counts from here."""
    round: int = 1
    """Rises on reopen, return and reassign, so that notices are owed afresh."""
    version: int = 1
    """Compare and set."""

    @property
    def is_open(self) -> bool:
        return self.state is TaskState.OPEN

    @property
    def work(self) -> Work:
        kind, _, campaign = self.origin.partition(":")
        return Work(kind) if campaign else Work.CONTROL

    @property
    def campaign_id(self) -> str:
        """Empty where the task is a control's own occurrence."""
        return self.origin.partition(":")[2]


def origin_of(work: Work, campaign_id: str) -> str:
    """Of a task that belongs to a campaign."""
    return f"{work}:{campaign_id}"


@dataclass(frozen=True, kw_only=True)
class Attestation:
    """A signed answer. Never changed: a correction is a new version with a reason."""

    task_id: TaskId
    version: int
    control_version: int
    statement: str
    """Exactly as shown."""
    answer: Answer
    person_id: PersonId
    role: str
    on_behalf_of: PersonId | None = None
    comment: str = ""
    correction_reason: str = ""
    evidence: tuple[EvidenceId, ...] = ()
    at: datetime
    platform: str
    message: str = ""

    @property
    def representation_only(self) -> bool:
        return not self.evidence


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something a working control found: it gets an owner and a date."""

    id: str
    task_id: TaskId
    attestation_version: int
    description: str
    owner_id: PersonId
    due_on: date
    withdrawn: bool = False


@dataclass(frozen=True, kw_only=True)
class Deviation:
    """An occurrence not performed, not fully performed, or past its limit."""

    id: str
    task_id: TaskId
    attestation_version: int
    answer: Answer
    cause: str
    look_back: str
    correction: str
    opened_at: datetime
    withdrawn: bool = False


class Decision(StrEnum):
    ACCEPT = "accept"
    RETURN = "return"


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """A second person's decision on a submission, and which of its files they had opened by then."""

    task_id: TaskId
    attestation_version: int
    person_id: PersonId
    decision: Decision
    reason: str = ""
    opened: tuple[EvidenceId, ...] = ()
    unopened: tuple[EvidenceId, ...] = ()
    at: datetime
    platform: str
    message: str = ""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What a person typed and has not sent; one per task and person, on every device."""

    task_id: TaskId
    person_id: PersonId
    values: dict[str, str]
    saved_at: datetime


@dataclass(frozen=True, kw_only=True)
class Contribution:
    """An evidence item of a task asked of somebody other than the owner."""

    task_id: TaskId
    item: str
    person_id: PersonId
    asked_by: PersonId
    asked_at: datetime
    note: str = ""
    answered_at: datetime | None = None
