"""A system, the exports of its accounts, and what was amended about one: recorded beside it, never in it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tasks.access.model import Access, AccessColumn, Capacity, Source
from tasks.identifiers import PersonId


@dataclass(frozen=True, kw_only=True)
class System:
    """Something people have accounts in."""

    id: str
    name: str
    owner_id: PersonId | None = None
    """Answers for it: is asked where nobody else can be, and makes the changes that reviews decide."""
    first_asked: Capacity = Capacity.MANAGER
    """NAMED, MANAGER or SYSTEM_OWNER."""
    named_id: PersonId | None = None
    retired: bool = False
    """Left out of reviews from now on."""
    version: int = 1
    """Compare and set."""


class ExportState(StrEnum):
    STAGING = "staging"
    """Its rows are being written; nobody sees them."""
    FROZEN = "frozen"
    """Whole, and never changed again."""


@dataclass(frozen=True, kw_only=True)
class Export:
    """The accounts of one system at one moment, as the system itself listed them."""

    id: str
    system_id: str
    source: Source
    sha256: str
    """Of the file's bytes, by which it is kept."""
    file_name: str
    digest: str = ""
    """Of its rows, as in tasks/access/digests.py; empty while staging."""
    accesses: int = 0
    """How many rows it became: more than the file has where one names several roles."""
    state: ExportState = ExportState.STAGING
    imported_by: PersonId | None = None
    """None: by the command line."""
    imported_at: datetime


@dataclass(frozen=True, kw_only=True)
class Amendment:
    """What somebody put right about one row, with a reason. The row itself stays; the amended one stands beside it."""

    export_id: str
    seq: int
    """Which access of the export."""
    revision: int
    """1 for the first amendment of that row."""
    column: AccessColumn
    before: str
    after: str
    reason: str
    by: PersonId
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A row where it stands in its export, as it is after every amendment."""

    seq: int
    revision: int
    access: Access
