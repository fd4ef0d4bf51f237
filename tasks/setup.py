"""What a company has chosen while it sets soc2bot up: kept apart until all of it is there and somebody says Start."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from tasks.catalogue.model import Pack
from tasks.identifiers import PersonId


class Step(StrEnum):
    """In the order in which they are asked."""

    CONTROLS = "controls"
    PLACE = "place"
    PEOPLE = "people"
    OWNERS = "owners"
    LADDER = "ladder"
    CHANNEL = "channel"
    PERIOD = "period"
    RHYTHM = "rhythm"


OPTIONAL_PACKS = tuple(pack for pack in Pack if pack is not Pack.SECURITY_CORE)


@dataclass(frozen=True, kw_only=True)
class Setup:
    """One of each workspace. Settings of the workspace itself, and roles, are saved where they belong at once."""

    packs: tuple[Pack, ...] = (Pack.SECURITY_CORE,)
    own_controls: bool = False
    """The company brings its own control matrix: nothing of the catalogue is installed."""
    lead_id: PersonId | None = None
    """The compliance lead, of perhaps several, whom the second acceptor and the sponsor must differ from."""
    owners: Mapping[str, PersonId] = field(default_factory=dict)
    """By department."""
    starts_on: date | None = None
    level: bool = True
    """Spreads what opens every quarter or less over the months."""
    starter: bool = False
    """Begins with twelve controls and adds more each month."""
    confirmed: frozenset[Step] = frozenset()
    """Steps that somebody has answered, if only by leaving things as they are."""
    finished_at: datetime | None = None
    version: int = 0
    """Compare and set; 0 before the first save."""

    @property
    def under_way(self) -> bool:
        """Begun and not started yet: until then nothing is planned, so nothing opens."""
        return self.version > 0 and self.finished_at is None


@dataclass(frozen=True, kw_only=True)
class StepProgress:
    step: Step
    title: str
    done: bool
    sentence: str
    """What was chosen, or what is missing."""
    needed: bool = True
    """Nothing starts without it. The others have a default that works."""


@dataclass(frozen=True, kw_only=True)
class SetupProgress:
    steps: tuple[StepProgress, ...]
    finished: bool
    """Started once: controls open by themselves. Settings may still be changed."""

    @property
    def done(self) -> int:
        return sum(step.done for step in self.steps)

    @property
    def missing(self) -> tuple[StepProgress, ...]:
        return tuple(step for step in self.steps if not step.done)
