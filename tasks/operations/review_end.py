"""Where a campaign stands at its end: whether every item is decided, the counts add up, and what went otherwise."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tasks.access.model import Campaign, ExtensionState, Verdict
from tasks.access.ports import Tally
from tasks.access.report import Counts, completeness, discrepancies
from tasks.model import Work, origin_of
from tasks.ports import UnitOfWork
from tasks.wording import counted


@dataclass(frozen=True, kw_only=True)
class Ending:
    """What whoever signs looks through first."""

    campaign: Campaign
    counts: Counts
    expected: Mapping[str, int]
    """Per system, how many rows of its export are under review, counted from the export anew."""
    waiting_for: tuple[str, ...]
    """Reviewers who have not submitted, by name; "nobody" for a gap."""
    discrepancies: tuple[str, ...]
    departures: tuple[str, ...]
    open_changes: int
    changes: int

    @property
    def statement(self) -> str:
        said = completeness(self.campaign, self.counts, self.expected)
        return " ".join(filter(None, (said, _changes_words(self), " ".join(self.departures))))


def look_at_end(uow: UnitOfWork, campaign: Campaign) -> Ending:
    found = counts_of(uow.access_items.tally(campaign.id))
    expected = _expected(uow, campaign)
    tasks = uow.tasks.of_origin(origin_of(Work.ACCESS_CHANGE, campaign.id))
    return Ending(
        campaign=campaign,
        counts=found,
        expected=expected,
        waiting_for=_waiting_for(uow, campaign),
        discrepancies=discrepancies(found, expected),
        departures=tuple(_departures(uow, campaign)),
        open_changes=sum(task.is_open for task in tasks),
        changes=len(tasks),
    )


def _waiting_for(uow: UnitOfWork, campaign: Campaign) -> tuple[str, ...]:
    parts = [part for part in uow.access_items.parts(campaign.id) if part.submitted < part.items]
    people = [uow.people.find(part.reviewer_id) for part in parts]
    return tuple(sorted(person.name if person else "nobody" for person in people))


def _expected(uow: UnitOfWork, campaign: Campaign) -> Mapping[str, int]:
    rows: Counter[str] = Counter({one.system: 0 for one in uow.campaigns.systems(campaign.id)})
    for place, held in uow.access_items.places(campaign).items():
        rows[place.system] += held
    return rows


def counts_of(tally: Sequence[Tally]) -> Counts:
    verdicts: Counter[Verdict | None] = Counter()
    systems: Counter[str] = Counter()
    bulk = taken_over = 0
    for one in tally:
        verdicts[one.verdict] += one.items
        systems[one.system] += one.items
        bulk += one.items if one.verdict and one.in_bulk else 0
        taken_over += one.items if one.verdict and one.taken_over else 0
    decided = systems.total() - verdicts[None]
    return Counts(
        items=systems.total(),
        keep=verdicts[Verdict.KEEP],
        revoke=verdicts[Verdict.REVOKE],
        change=verdicts[Verdict.CHANGE],
        undecided=verdicts[None],
        single=decided - bulk,
        bulk=bulk,
        taken_over=taken_over,
        twice=0,  # a campaign holds each row of an export once: its key says so
        per_system=tuple(sorted(systems.items())),
    )


# --- what did not go as planned


def _departures(uow: UnitOfWork, campaign: Campaign) -> Sequence[str]:
    amended = sum(len(uow.access_exports.amendments(one.export_id)) for one in uow.campaigns.systems(campaign.id))
    said = [f"{counted(amended, 'row')} of the lists {'was' if amended == 1 else 'were'} amended."] if amended else []
    approved = [one for one in uow.campaigns.extensions(campaign.id) if one.state is ExtensionState.APPROVED]
    return [*said, *(f"More time until {one.due_to.isoformat()} was approved: {one.reason}" for one in approved)]


def _changes_words(ending: Ending) -> str:
    if not ending.changes:
        return ""
    done = ending.changes - ending.open_changes
    return (
        f"{counted(ending.changes, 'change')} followed, {done:,} of them done and {ending.open_changes:,} still open."
    )
