"""A control: something the company does repeatedly, with versioned text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from tasks.access.model import CampaignKind
from tasks.identifiers import ControlId, PersonId
from tasks.ladder import Ladder


class Cadence(StrEnum):
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    SEMI_ANNUAL = "semi-annual"
    ANNUAL = "annual"


class SpanKind(StrEnum):
    """What an occurrence covers, seen from the day it opens."""

    PREVIOUS_WEEK = "previous-week"
    PREVIOUS_MONTH = "previous-month"
    PREVIOUS_QUARTER = "previous-quarter"
    PREVIOUS_HALF_YEAR = "previous-half-year"
    PREVIOUS_YEAR = "previous-year"
    THIS_YEAR = "this-year"
    AS_OF = "as-of"


@dataclass(frozen=True, kw_only=True)
class EvidenceItem:
    key: str
    text: str
    required: bool
    population: bool = False
    """A list, export or register an auditor samples from: it needs an IPE card."""
    restricted: bool = False
    reviewed: bool = False
    """A signed-off access review brings it along."""


@dataclass(frozen=True, kw_only=True)
class ControlText:
    """Everything about a control that is versioned. A task and an attestation keep the version they were made from."""

    title: str
    prompt: str
    statement: str
    """May hold the placeholders {period}, {as_of} and {date}."""
    rrule: str
    cadence: Cadence
    cadence_text: str
    span: SpanKind
    due_days: int
    """The target: calendar days after opening, rolled forward to a business day."""
    limit_days: int | None = None
    """What the text promises: calendar days after opening. None where it promises no time."""
    acceptance: bool = False
    evidence: tuple[EvidenceItem, ...] = ()
    population: str = ""
    tested_attributes: tuple[str, ...] = ()
    sampling_frequency: str = ""
    event_driven: bool = False
    access_review: CampaignKind | None = None
    """An occurrence is one access review of this kind, and its sign-off the answer."""
    refs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Framework ("tsc", "hipaa", …) to the ids this control supports."""

    def item(self, key: str) -> EvidenceItem | None:
        return next((item for item in self.evidence if item.key == key), None)


@dataclass(frozen=True, kw_only=True)
class Control:
    id: ControlId
    code: str
    area: str
    department: str
    """security, hr, it, finance, engineering or legal; a company may add its own."""
    owner_id: PersonId | None = None
    starts_on: date
    retired: bool = False
    ladder: Ladder | None = None
    """None: the workspace's."""
    version: int = 1
    """Of the text; rises with every edit."""
    text: ControlText
