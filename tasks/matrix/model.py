"""What was read from a control matrix, and what a person still has to say about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tasks.controls import Cadence, EvidenceItem
from tasks.identifiers import ControlId, PersonId


class Column(StrEnum):
    """What a column of the file can hold for us."""

    CODE = "id"
    TITLE = "title"
    DESCRIPTION = "description"
    OWNER = "owner"
    FREQUENCY = "frequency"
    CRITERIA = "criteria"
    EVIDENCE = "evidence"
    DEPARTMENT = "department"
    AREA = "area"
    TESTS = "tests"
    POPULATION = "population"


class Doubt(StrEnum):
    """What we took from elsewhere than the file's own words: a person says whether it is right."""

    CRITERIA = "criteria"
    CADENCE = "cadence"
    DEPARTMENT = "department"
    EXISTING = "existing"
    """A control of this id stands here with other words."""


class Choice(StrEnum):
    ADD = "add"
    UPDATE = "update"
    SKIP = "skip"
    DONE = "done"
    """Taken over."""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Cells as text; the first row is row 1."""

    name: str
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    criteria: tuple[str, ...]
    because: str


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """One control as the file has it. `code`, `title` and `description` are the file's own letters."""

    row: int
    code: str
    title: str
    description: str
    area: str = ""
    department: str = ""
    owner_id: PersonId | None = None
    cadence: Cadence
    event_driven: bool = False
    evidence: tuple[EvidenceItem, ...] = ()
    population: str = ""
    tests: tuple[str, ...] = ()
    criteria: tuple[str, ...] = ()
    suggestion: Suggestion | None = None
    doubts: tuple[Doubt, ...] = ()
    notes: tuple[str, ...] = ()
    """What a person should know: why something is in doubt, and what stood in columns that we have no use for."""
    existing: ControlId | None = None
    existing_version: int = 0
    choice: Choice = Choice.ADD

    @property
    def chosen(self) -> bool:
        """To be taken over."""
        return self.choice in (Choice.ADD, Choice.UPDATE)

    @property
    def undecided(self) -> bool:
        return self.chosen and bool(self.doubts)


@dataclass(frozen=True, kw_only=True)
class Unreadable:
    row: int
    code: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Proposal:
    layout: str
    sheet: str
    rows: tuple[Proposed, ...]
    unreadable: tuple[Unreadable, ...] = ()
    unused: tuple[str, ...] = ()
    """Columns we have no use for; what stood in them is in the rows' notes."""

    def row(self, number: int) -> Proposed | None:
        return next((one for one in self.rows if one.row == number), None)

    def with_doubt(self, doubt: Doubt) -> tuple[Proposed, ...]:
        return tuple(one for one in self.rows if one.undecided and doubt in one.doubts)

    @property
    def undecided(self) -> tuple[Proposed, ...]:
        return tuple(one for one in self.rows if one.undecided)

    @property
    def chosen(self) -> tuple[Proposed, ...]:
        return tuple(one for one in self.rows if one.chosen)
