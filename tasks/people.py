"""A person of the workspace, and the workspace itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from tasks.identifiers import PersonId, WorkspaceId
from tasks.ladder import DEFAULT_LADDER, Ladder


class Role(StrEnum):
    MEMBER = "member"
    MANAGER = "manager"
    CONTROL_OWNER = "control-owner"
    DEPARTMENT_LEAD = "department-lead"
    EXECUTIVE_SPONSOR = "executive-sponsor"
    COMPLIANCE_LEAD = "compliance-lead"
    ADMIN = "admin"
    AUDITOR = "auditor"


GRANTED_ROLES = (
    Role.DEPARTMENT_LEAD,
    Role.EXECUTIVE_SPONSOR,
    Role.COMPLIANCE_LEAD,
    Role.ADMIN,
    Role.AUDITOR,
)
"""Roles that are granted. Member, manager and control owner follow from the directory and the controls."""


@dataclass(frozen=True, kw_only=True)
class Person:
    id: PersonId
    email: str
    name: str
    department: str = ""
    manager_id: PersonId | None = None
    time_zone: str = "UTC"
    time_zone_by_hand: bool = False
    """Somebody here chose it: no member list changes it."""
    country: str = "US"
    """ISO 3166-1 alpha-2: chooses the holidays."""
    roles: frozenset[Role] = frozenset()
    active: bool = True
    deactivated_by: str = ""
    """The chat platform whose account ended; empty while active, and where somebody here said so."""
    guest: bool = False
    """Of the workspace, and named by nobody: takes no part."""
    named: bool = False
    """An admin wrote them down while no full account was theirs: as a guest they take part all the same."""
    away_from: date | None = None
    away_until: date | None = None
    """The last day away; set whenever away_from is."""
    delegate_id: PersonId | None = None
    write_to: str = ""
    """The platform they want to be written to on; empty: the one they used last."""
    version: int = 1

    def is_away(self, on: date) -> bool:
        return bool(self.away_from and self.away_until and self.away_from <= on <= self.away_until)

    def has(self, role: Role) -> bool:
        return role in self.roles


@dataclass(frozen=True, kw_only=True)
class Workspace:
    id: WorkspaceId
    name: str
    time_zone: str = "UTC"
    country: str = "US"
    shutdown_days: tuple[date, ...] = ()
    compliance_channel: str = ""
    """Platform and channel id, as in "slack:C0123"; empty: no channel line is sent."""
    period_start: date | None = None
    period_end: date | None = None
    """The same day as the start for a Type 1 report."""
    ladder: Ladder = DEFAULT_LADDER


class Directory(Protocol):
    """Who stands where. Small look-ups, so that the rules need not load a whole company."""

    def get(self, person_id: PersonId) -> Person: ...
    def find(self, person_id: PersonId | None) -> Person | None: ...
    def lead_of(self, department: str) -> Person | None: ...
    def holders(self, role: Role) -> Sequence[Person]:
        """Active people with the role, by name: of two, everybody can tell who is asked first."""
        ...


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who acts, through which message. `person` is None for the clock and the command line."""

    person: Person | None
    platform: str
    """slack, teams, web, api, cli or clock."""
    message: str = ""
    at: datetime

    @property
    def name(self) -> str:
        return self.person.id if self.person else self.platform
