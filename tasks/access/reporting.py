"""Makes a campaign's report from what is on record about it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from tasks.access.deciding import Row
from tasks.access.model import Campaign, CampaignState, Extension, ExtensionState, Verdict
from tasks.access.report import (
    Departure,
    ExportFacts,
    Report,
    ReviewerFacts,
    Revocation,
    completeness,
    counts,
    discrepancies,
)
from tasks.access.report_lines import NO_PASSES, NOBODY, NOT_DECIDED, Names, Passes, lines, name_of
from tasks.access.signals import rubber_stamps
from tasks.identifiers import PersonId
from tasks.wording import counted, day

SIGNED = (CampaignState.SIGNED_OFF, CampaignState.CLOSED_EARLY)


def report_of(
    campaign: Campaign,
    rows: Sequence[Row],
    *,
    names: Names,
    exports: Sequence[ExportFacts],
    passes: Passes = NO_PASSES,
    extensions: Sequence[Extension] = (),
    revocations: Sequence[Revocation] = (),
    made_at: datetime,
) -> Report:
    """`rows`: every item of the campaign. `exports`: of every system in it."""
    found = counts(rows)
    expected = {one.source.system: one.in_scope for one in exports}
    signed = campaign.state in SIGNED
    return Report(
        name=campaign.name,
        kind=campaign.kind,
        state=campaign.state,
        span_start=campaign.span_start,
        span_end=campaign.span_end,
        due_on=campaign.due_on,
        owner=name_of(campaign.owner_id, names),
        signed_by=name_of(campaign.closed_by, names) if signed else "",
        signed_at=campaign.closed_at if signed else None,
        statement=campaign.statement,
        made_at=made_at,
        exports=tuple(exports),
        reviewers=tuple(_reviewers(rows, names, passes)),
        counts=found,
        discrepancies=discrepancies(found, expected),
        completeness=completeness(campaign, found, expected),
        departures=tuple(_departures(campaign, rows, names, exports, extensions)),
        revocations=tuple(revocations),
        signals=_signals(rows, names),
        lines=tuple(lines(rows, names, passes)),
    )


def _signals(rows: Iterable[Row], names: Names) -> tuple[tuple[str, tuple[str, ...]], ...]:
    final = (row.decision for row in rows if row.decision and row.submitted_at)
    found = rubber_stamps(final)
    return tuple(sorted((name_of(who, names), signs) for who, signs in found.items()))


# --- reviewers


def _reviewers(rows: Iterable[Row], names: Names, passes: Passes) -> Iterator[ReviewerFacts]:
    """By name; an item is theirs who decided it, or else who is asked. Their items add up to the campaign's."""
    tallies: defaultdict[PersonId | None, Counter[str]] = defaultdict(Counter)
    capacities: defaultdict[PersonId | None, set[str]] = defaultdict(set)
    for row in rows:
        who, kinds = _tallied(row)
        tallies[who].update(kinds)
        if row.item.capacity and who == row.item.reviewer_id:
            capacities[who].add(row.item.capacity.value)
    for one in (one for each in passes.values() for one in each):
        tallies[one.by]["passed"] += 1
    for who in sorted(tallies, key=lambda who: (name_of(who, names), who or "")):
        yield _facts(name_of(who, names) or NOBODY, tallies[who], sorted(capacities[who]))


def _tallied(row: Row) -> tuple[PersonId | None, list[str]]:
    if row.decision is None or row.submitted_at is None:
        return row.item.reviewer_id, ["items", NOT_DECIDED]
    return row.decision.decided_by, ["items", row.decision.verdict, *(["bulk"] if row.decision.in_bulk else [])]


def _facts(name: str, tally: Counter[str], capacities: Sequence[str]) -> ReviewerFacts:
    return ReviewerFacts(
        name=name,
        capacities=tuple(capacities),
        items=tally["items"],
        keep=tally[Verdict.KEEP],
        revoke=tally[Verdict.REVOKE],
        change=tally[Verdict.CHANGE],
        undecided=tally[NOT_DECIDED],
        bulk=tally["bulk"],
        passed=tally["passed"],
    )


# --- what did not go as planned


def _departures(
    campaign: Campaign,
    rows: Iterable[Row],
    names: Names,
    exports: Iterable[ExportFacts],
    extensions: Iterable[Extension],
) -> Iterator[Departure]:
    yield from _of_the_end(campaign, names)
    for extension in extensions:
        if extension.state is ExtensionState.APPROVED:
            yield _extended(extension, names)
    for export in exports:
        if export.amendments:
            about = f"{export.source.system}: {counted(export.amendments, 'amendment')} since its import"
            yield Departure(what="Export amended", about=about)
    for row in rows:
        if row.decision is None or row.submitted_at is None:
            yield _undecided(row, names)


def _of_the_end(campaign: Campaign, names: Names) -> Iterator[Departure]:
    words = {CampaignState.CLOSED_EARLY: "Closed early", CampaignState.CANCELLED: "Cancelled"}
    if campaign.state in words:
        yield Departure(
            what=words[campaign.state],
            about=f"{campaign.name}, due {day(campaign.due_on)}",
            reason=campaign.close_reason,
            by=name_of(campaign.closed_by, names),
            at=campaign.closed_at,
        )


def _extended(extension: Extension, names: Names) -> Departure:
    asked = f"asked for by {name_of(extension.asked_by, names)}"
    return Departure(
        what="Extended",
        about=f"Due {day(extension.due_to)} instead of {day(extension.due_from)}, {asked}",
        reason=extension.reason,
        by=name_of(extension.decided_by, names),
        at=extension.decided_at,
    )


def _undecided(row: Row, names: Names) -> Departure:
    access = row.item.access
    about = " · ".join(filter(None, (row.item.system, access.account, access.entitlement)))
    who = name_of(row.item.reviewer_id, names)
    if not who:
        return Departure(what="Nobody to ask", about=about)
    return Departure(what="Decided, not submitted" if row.decision else "Not decided", about=about, by=who)
