"""The final report of a campaign: counts that add up, what it says about its completeness, and all that it tells."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from tasks.access.comparing import Outcome
from tasks.access.deciding import Row
from tasks.access.model import Campaign, CampaignKind, CampaignState, Source, Verdict
from tasks.access.report_lines import NOT_DECIDED, Line
from tasks.wording import counted, day

# --- counts


@dataclass(frozen=True, kw_only=True)
class Counts:
    items: int
    keep: int
    revoke: int
    change: int
    undecided: int
    single: int
    bulk: int
    taken_over: int
    """Of an overlapping campaign; counted as single or bulk, too."""
    twice: int
    """Accesses of an export that are here more than once; one of its rows may hold several."""
    per_system: tuple[tuple[str, int], ...]

    @property
    def decided(self) -> int:
        return self.keep + self.revoke + self.change


def counts(rows: Iterable[Row]) -> Counts:
    tally: Counter[str] = Counter()
    systems: Counter[str] = Counter()
    seen: set[tuple[str, int, tuple[str, str]]] = set()
    for row in rows:
        seen.add((row.item.system, row.item.access.row, row.item.access.key))
        systems[row.item.system] += 1
        tally.update(_kinds(row))
    return Counts(
        items=systems.total(),
        keep=tally[Verdict.KEEP],
        revoke=tally[Verdict.REVOKE],
        change=tally[Verdict.CHANGE],
        undecided=tally[NOT_DECIDED],
        single=tally["single"],
        bulk=tally["bulk"],
        taken_over=tally["taken over"],
        twice=systems.total() - len(seen),
        per_system=tuple(sorted(systems.items())),
    )


def _kinds(row: Row) -> list[str]:
    if row.decision is None or row.submitted_at is None:
        return [NOT_DECIDED]
    how = "bulk" if row.decision.in_bulk else "single"
    return [row.decision.verdict, how, *(["taken over"] if row.decision.taken_over_from else [])]


def discrepancies(found: Counts, expected: Mapping[str, int]) -> tuple[str, ...]:
    """Why they don't add up; empty: they do. `expected`: per system, how many accesses of its export are in scope."""
    have = dict(found.per_system)
    wrong = [
        f"{system}: {counted(have.get(system, 0), 'item')} under review, {expected.get(system, 0):,} in the export."
        for system in sorted({*have, *expected})
        if have.get(system, 0) != expected.get(system, 0)
    ]
    if found.twice:
        wrong.append(f"{counted(found.twice, 'access is', 'accesses are')} here more than once.")
    if found.decided + found.undecided != found.items:
        wrong.append(f"{found.decided:,} decided and {found.undecided:,} undecided are not {found.items:,} items.")
    if found.single + found.bulk != found.decided:
        wrong.append(f"{found.single:,} single and {found.bulk:,} in bulk are not {found.decided:,} decisions.")
    return tuple(wrong)


# --- the statement


def completeness(campaign: Campaign, found: Counts, expected: Mapping[str, int]) -> str:
    """What the report says about itself, in plain words."""
    span = f"{day(campaign.span_start)} to {day(campaign.span_end)}"
    scope = f"{campaign.name} covers {counted(found.items, 'item')} of {counted(len(expected), 'system')}, {span}."
    decided = (
        f"{found.decided:,} were decided ({found.keep:,} keep, {found.revoke:,} revoke, {found.change:,} change), "
        f"{found.single:,} one by one and {found.bulk:,} in bulk."
    )
    return " ".join((scope, decided, _open_words(found), _match_words(found, expected)))


def _open_words(found: Counts) -> str:
    if not found.undecided:
        return "Every item is decided."
    return f"Not complete: {counted(found.undecided, 'item is', 'items are')} not decided."


def _match_words(found: Counts, expected: Mapping[str, int]) -> str:
    if wrong := discrepancies(found, expected):
        return " ".join(("The counts do not add up.", *wrong))
    return "Each access in scope of each system's export is here once, and the counts add up."


# --- the whole report


@dataclass(frozen=True, kw_only=True)
class ExportFacts:
    """What an auditor asks of a list before believing it."""

    source: Source
    in_scope: int
    """Accesses of it that are under review."""
    sha256: str
    """Of the file."""
    digest: str
    """Of its rows, as tasks/access/digests.py has it."""
    imported_by: str
    imported_at: datetime
    amendments: int = 0
    """Made since the import, each on record; the export itself stays as it is."""


@dataclass(frozen=True, kw_only=True)
class ReviewerFacts:
    name: str
    capacities: tuple[str, ...] = ()
    items: int = 0
    keep: int = 0
    revoke: int = 0
    change: int = 0
    undecided: int = 0
    bulk: int = 0
    passed: int = 0
    """Handed on: not among the items, unless they came back by another way."""


@dataclass(frozen=True, kw_only=True)
class Departure:
    """Something that did not go as planned, and who answers for it."""

    what: str
    about: str
    reason: str = ""
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Revocation:
    """What became of one revoke or change."""

    system: str
    account: str
    entitlement: str
    verdict: Verdict
    change_to: str = ""
    owner: str
    sla_days: int
    """Business days."""
    due_at: datetime
    closed_at: datetime | None = None
    outcome: Outcome | None = None
    """By the next export; None: it has not come yet."""
    as_decided: bool = False
    checked_at: datetime | None = None
    """When that export was extracted."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """All that its file is rendered from; people are names by now."""

    name: str
    kind: CampaignKind
    state: CampaignState
    span_start: date
    span_end: date
    due_on: date
    owner: str
    signed_by: str = ""
    signed_at: datetime | None = None
    """None: not signed off yet."""
    statement: str = ""
    """What was signed."""
    made_at: datetime
    exports: tuple[ExportFacts, ...]
    reviewers: tuple[ReviewerFacts, ...]
    counts: Counts
    discrepancies: tuple[str, ...]
    completeness: str
    departures: tuple[Departure, ...]
    revocations: tuple[Revocation, ...]
    signals: tuple[tuple[str, tuple[str, ...]], ...]
    """Of each reviewer who shows any: signs of deciding without looking."""
    lines: tuple[Line, ...]

    @property
    def stamp(self) -> str:
        """Empty: nothing but final."""
        if self.state is CampaignState.CANCELLED:
            return "Cancelled"
        if self.signed_at is None:
            return "Draft"
        return "Closed early" if self.state is CampaignState.CLOSED_EARLY else ""
