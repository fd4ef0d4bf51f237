"""A file somebody handed in to be taken over: fetched, read, looked through and confirmed, or given up."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tasks.identifiers import ImportId, PersonId


class ImportKind(StrEnum):
    CONTROL_MATRIX = "control-matrix"
    ACCESS_EXPORT = "access-export"


class ImportState(StrEnum):
    FETCHING = "fetching"
    """The reference is saved; the bytes are on their way."""
    READ = "read"
    """A proposal waits for a person."""
    REFUSED = "refused"
    INSTALLING = "installing"
    """Confirmed; a job takes over the rest, chunk by chunk."""
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class Import:
    id: ImportId
    kind: ImportKind
    person_id: PersonId
    """Who handed it in, and is told what was read."""
    platform: str
    reference: str
    """How the platform finds the bytes: opaque to us."""
    name: str
    """The file's own name: data, never a path."""
    declared_size: int | None = None
    sha256: str = ""
    state: ImportState = ImportState.FETCHING
    error: str = ""
    body: str = ""
    """JSON of the kind's own: what was asked for, then what was read and decided."""
    attempts: int = 0
    next_attempt_at: datetime | None = None
    created_at: datetime
    version: int = 1
    """Compare and set."""
