"""Evidence: a file, link or text bound to a task by SHA-256, and the IPE card of a population."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from tasks.identifiers import EvidenceId, PersonId, TaskId


class EvidenceKind(StrEnum):
    FILE = "file"
    LINK = "link"
    TEXT = "text"


class EvidenceState(StrEnum):
    CHECKING = "checking"
    """The reference is saved; the bytes are on their way. Counts as present."""
    BOUND = "bound"
    REJECTED = "rejected"
    REMOVED = "removed"
    """Taken off before the answer was accepted; the bytes stay."""


@dataclass(frozen=True, kw_only=True)
class IpeCard:
    """Information produced by the entity: what makes a list believable."""

    source: str
    query: str
    span_start: date
    span_end: date
    row_count: int | None
    """Rows counted in the file; None where we can't read the format."""
    run_by: PersonId
    run_at: datetime
    changed_after: bool
    changes: str = ""


@dataclass(frozen=True, kw_only=True)
class FileReference:
    """Bytes that a platform still holds."""

    platform: str
    reference: str
    """Empty: the platform names the file and hands it to no bot."""
    name: str
    declared_type: str = ""
    size: int | None = None


@dataclass(frozen=True, kw_only=True)
class Said:
    """Who wrote a message that was attached, where and when, as it was then."""

    author: str
    """The name that was shown."""
    author_id: str
    """The platform's own id."""
    place: str
    """As people call it: #it-help, or a direct message."""
    at: datetime
    note: str = ""
    """Why it is evidence, in the words of whoever attached it."""
    permalink: str = ""
    permalink_problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Origin:
    """The message that evidence came with."""

    conversation: str = ""
    message: str = ""
    said: Said | None = None
    changed_at: datetime | None = None
    deleted_at: datetime | None = None


SENT_BY_FORM = Origin()


@dataclass(frozen=True, kw_only=True)
class SharedMessage:
    """A message as it stood when somebody chose to attach it; set aside until they have said to what."""

    id: str
    person_id: PersonId
    platform: str
    conversation: str
    message: str
    place: str
    author: str
    author_id: str
    at: datetime
    text: str
    files: tuple[FileReference, ...] = ()
    shared_at: datetime
    changed_at: datetime | None = None
    deleted_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Evidence:
    id: EvidenceId
    task_id: TaskId
    item: str
    """Key of the control's evidence item; empty: not assigned to one."""
    kind: EvidenceKind
    name: str
    """A file's own name, a link's address or a text's first words: data, never a path."""
    text: str = ""
    """The whole text, or the link."""
    platform: str = ""
    reference: str = ""
    """How the platform finds the bytes: opaque to us."""
    declared_type: str = ""
    declared_size: int | None = None
    state: EvidenceState = EvidenceState.CHECKING
    problem: str = ""
    sha256: str = ""
    media_type: str = ""
    size: int | None = None
    row_count: int | None = None
    attempts: int = 0
    next_attempt_at: datetime | None = None
    added_by: PersonId
    added_at: datetime
    card: IpeCard | None = None
    conversation: str = ""
    """Where the message it came with stands, in the platform's own ids."""
    message: str = ""
    said: Said | None = None
    """Set where a message of somebody's was attached, rather than sent as evidence."""
    permalink_due_at: datetime | None = None
    """When the platform is asked for a link to the message; None: it was, or there is nothing to ask for."""
    source_changed_at: datetime | None = None
    """The message or file was edited on its platform afterwards. What is kept here stays as it was."""
    source_deleted_at: datetime | None = None

    @property
    def present(self) -> bool:
        return self.state in (EvidenceState.CHECKING, EvidenceState.BOUND)
