"""What access reviews ask of storage. One contract suite runs on the fake and on every database."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from tasks.access.comparing import Outcome
from tasks.access.deciding import Passed, Row
from tasks.access.exports import Amendment, Export, Listed, System
from tasks.access.model import Access, Campaign, Capacity, Decision, Extension, Verdict
from tasks.access.reviewers import Place, Reviewer
from tasks.identifiers import PersonId


class AccessSystems(Protocol):
    """`get` raises NotFound."""

    def get(self, system_id: str) -> System: ...
    def by_name(self, name: str) -> System | None:
        """Whatever the case of the letters."""
        ...

    def every(self) -> Sequence[System]:
        """By name; retired ones too."""
        ...

    def add(self, system: System) -> None: ...
    def save(self, system: System) -> System:
        """Compare and set on `version`; returns the system with the next one. Raises Stale."""
        ...

    def describe(self, system_id: str, descriptions: Mapping[str, str]) -> None:
        """What entitlements mean, by their raw names; an empty text takes a description away."""
        ...

    def descriptions(self, system_id: str) -> Mapping[str, str]: ...


class AccessExports(Protocol):
    """`get` raises NotFound."""

    def add(self, export: Export) -> None:
        """Staging."""
        ...

    def add_rows(self, export_id: str, first_seq: int, rows: Sequence[Access]) -> None:
        """Of a staging export, numbered on from `first_seq`. Raises Stale for one that is frozen, or dropped."""
        ...

    def freeze(self, export: Export) -> None:
        """With its digest and its count: now everybody sees it. Raises Stale unless it was staging, and whole."""
        ...

    def forget_staged(self, system_id: str, sha256: str) -> int:
        """Drops what a stopped import of this file left behind for the system; returns how many rows are gone."""
        ...

    def get(self, export_id: str) -> Export: ...
    def with_file(self, system_id: str, sha256: str) -> Export | None:
        """The same file was imported for the system before."""
        ...

    def of_system(self, system_id: str) -> Sequence[Export]:
        """Frozen; the latest extraction first."""
        ...

    def latest(self) -> Mapping[str, Export]:
        """By system id: the frozen export that was extracted last."""
        ...

    def rows(self, export_id: str, *, after: int = 0, limit: int) -> Sequence[Listed]:
        """By seq, those beyond `after`; each as last amended."""
        ...

    def find(self, export_id: str, account: str, entitlement: str) -> Sequence[Listed]:
        """Whatever the case of the letters."""
        ...

    def of_accounts(self, export_id: str, accounts: Collection[str]) -> Sequence[Access]:
        """Every access of these accounts, whatever the case of the letters; each as last amended."""
        ...

    def amend(self, amendment: Amendment, amended: Access) -> None:
        """The delta and the row as it reads with it. Raises Stale where the row was amended meanwhile."""
        ...

    def amendments(self, export_id: str) -> Sequence[Amendment]:
        """Oldest first."""
        ...


@dataclass(frozen=True, kw_only=True)
class CampaignSystem:
    """One system's part of a campaign: which export is reviewed, and who is asked. Settled at the start, but for the
    owner and the named person, who may change."""

    campaign_id: str
    system_id: str
    system: str
    """Its name then."""
    export_id: str
    owner_id: PersonId | None
    first_asked: Capacity
    named_id: PersonId | None
    as_of: date


class Campaigns(Protocol):
    """`get` raises NotFound."""

    def add(self, campaign: Campaign) -> None: ...
    def get(self, campaign_id: str) -> Campaign: ...
    def save(self, campaign: Campaign) -> Campaign:
        """Compare and set on `version`; returns the campaign with the next one. Raises Stale."""
        ...

    def running(self) -> Sequence[Campaign]:
        """Preparing, opening or open; soonest due first."""
        ...

    def lately(self, *, limit: int) -> Sequence[Campaign]:
        """Over; latest first."""
        ...

    def of_task(self, task_id: str) -> Campaign | None:
        """Which the task's answer is the sign-off of; a cancelled one leaves it free for another."""
        ...

    def set_systems(self, campaign_id: str, systems: Sequence[CampaignSystem]) -> None:
        """Replaces them."""
        ...

    def systems(self, campaign_id: str) -> Sequence[CampaignSystem]:
        """By name."""
        ...

    def add_extension(self, extension: Extension) -> None: ...
    def save_extension(self, extension: Extension) -> None: ...
    def extensions(self, campaign_id: str) -> Sequence[Extension]:
        """Oldest first."""
        ...


class Order(StrEnum):
    PERSON = "person"
    SYSTEM = "system"


class Wanted(StrEnum):
    EVERY = "every"
    OPEN = "open"
    """Not decided."""
    DECIDED = "decided"
    OWN = "own"
    """Not decided, and to be decided one by one."""
    CHANGES = "changes"
    """Decided to be revoked or changed."""
    GAPS = "gaps"
    """Not submitted, and nobody's to decide."""


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Empty values: no limit of that kind."""

    reviewer_id: PersonId | None = None
    wanted: Wanted = Wanted.EVERY
    search: str = ""
    """In the account, the name, the e-mail address, the entitlement and its description, whatever the case."""
    system: str = ""
    person_id: PersonId | None = None
    unsubmitted: bool = False


class Page(NamedTuple):
    rows: Sequence[Row]
    total: int
    """Of all that the filter lets through."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One reviewer's part of a campaign, or of nobody: a gap."""

    reviewer_id: PersonId | None
    items: int
    decided: int
    submitted: int
    own_open: int
    """Not decided, and to be decided one by one."""
    changes: int
    """Decided to be revoked or changed."""


class Tally(NamedTuple):
    system: str
    verdict: Verdict | None
    """None: nothing final is decided."""
    in_bulk: bool
    taken_over: bool
    items: int


class Happened(StrEnum):
    DECIDED = "decided"
    UNDONE = "undone"
    PASSED = "passed"
    REASSIGNED = "reassigned"
    MOVED = "moved"
    """Away from whoever had it: leave, a delegation, somebody who left."""


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One line of an item's story, kept for ever."""

    item_id: str
    what: Happened
    by: PersonId | None
    """None: nobody in person."""
    on_behalf_of: PersonId | None = None
    to: PersonId | None = None
    reason: str = ""
    at: datetime
    decision: Decision | None = None


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What a later export says about one revoke or change."""

    campaign_id: str
    item_id: str
    export_id: str
    outcome: Outcome
    as_decided: bool
    at: datetime


class AccessItems(Protocol):
    """The items of campaigns, each with what became of it. `get` raises NotFound."""

    def places(self, campaign: Campaign) -> Mapping[Place, int]:
        """Before the start: whose accesses in which system of the campaign are under review, and how many each."""
        ...

    def add_places(self, campaign_id: str, found: Mapping[Place, Reviewer]) -> None:
        """What stands there already is left alone."""
        ...

    def open_chunk(self, campaign: Campaign, systems: Sequence[CampaignSystem], *, limit: int) -> int:
        """Makes items of the next rows under review, set-based; returns how many, 0 when all are there."""
        ...

    def standing_places(self, campaign_id: str) -> Mapping[Place, Reviewer]:
        """Of items that are not submitted, as they stand now."""
        ...

    def move_places(self, campaign_id: str, found: Mapping[Place, Reviewer]) -> None:
        """From now on these are asked there."""
        ...

    def get(self, campaign_id: str, item_id: str) -> Row: ...
    def page(self, campaign_id: str, wanted: Filter, *, order: Order, offset: int = 0, limit: int) -> Page:
        """The order holds whatever is decided meanwhile; items that leave the filter make the rest move up."""
        ...

    def systems_of(self, campaign_id: str, reviewer_id: PersonId) -> Mapping[str, int]:
        """How many of their items each system has, by its name."""
        ...

    def save(self, rows: Sequence[Row]) -> None:
        """Each as it is now: its item's version is one above the stored one, else Stale and nothing is saved. A new
        place is made where the item moved to one."""
        ...

    def parts(self, campaign_id: str) -> Sequence[Part]:
        """By reviewer; the gap, where there is one, first."""
        ...

    def tally(self, campaign_id: str) -> Sequence[Tally]:
        """How many items each system has of each kind."""
        ...

    def keep_reasons(self, campaign_id: str, decider: PersonId, *, but_system: str) -> Sequence[str]:
        """Which they gave for privileged keeps of other systems."""
        ...

    def decided_elsewhere(self, campaign: Campaign, *, limit: int) -> Sequence[tuple[Row, str, Row]]:
        """Undecided items of this campaign, each with another campaign over the same span in which the same reviewer
        has submitted a decision about the same row of the same export, and that row."""
        ...

    def remember(self, campaign: Campaign) -> int:
        """At the end: what was decided about each access, for the next review's “last time”; returns how many."""
        ...

    def unproven(self, system_id: str) -> Sequence[Row]:
        """Submitted revokes and changes of the system, of any campaign but a cancelled one, that no later export has
        proven yet."""
        ...


class AccessStories(Protocol):
    """What happened to items, and what later exports say about the changes: appended, never changed."""

    def record(self, campaign_id: str, happenings: Sequence[Happening]) -> None: ...
    def story(self, campaign_id: str, item_id: str) -> Sequence[Happening]:
        """Oldest first."""
        ...

    def passes(self, campaign_id: str) -> Sequence[Passed]:
        """Every time somebody was not sure or said it is not theirs; oldest first."""
        ...

    def add_proofs(self, proofs: Sequence[Proof]) -> None: ...
    def proofs(self, campaign_id: str) -> Sequence[Proof]:
        """Oldest first: an access still there may be gone in the export after."""
        ...
