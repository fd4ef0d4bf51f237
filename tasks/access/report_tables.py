"""The report as tables of texts and numbers, the same in each of its files."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tasks.access.comparing import Outcome
from tasks.access.model import Verdict
from tasks.access.report import Departure, ExportFacts, Report, ReviewerFacts, Revocation
from tasks.access.report_lines import in_utc
from tasks.wording import business_days, day, sentence

Cell = str | int
NOT_PLANNED = "What did not go as planned"
STAMPS = {
    "": "",
    "Draft": "Draft: not signed off yet. What it says may change.",
    "Closed early": f"Closed early: the reason stands under “{NOT_PLANNED}”.",
    "Cancelled": f"Cancelled, and no completed review: the reason stands under “{NOT_PLANNED}”.",
}


@dataclass(frozen=True, kw_only=True)
class Table:
    title: str
    empty: str
    """Said in place of a table without rows."""
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def facts(report: Report) -> tuple[tuple[str, str], ...]:
    signed = f"{report.signed_by}, {in_utc(report.signed_at)} UTC" if report.signed_at else "Not signed off yet"
    return (
        ("Campaign", report.name),
        ("Under review", sentence(report.kind.value)),
        ("Span", f"{day(report.span_start)} to {day(report.span_end)}"),
        ("Due", day(report.due_on)),
        ("Owner", report.owner),
        ("Signed off", signed),
        ("State", sentence(report.state.value.replace("-", " "))),
        ("Report made", f"{in_utc(report.made_at)} UTC"),
    )


def stamp_words(report: Report) -> str:
    """Empty: nothing to be said before anything else."""
    said = {"Draft": "Draft: not signed off yet. What it says may change.", "Cancelled": "Cancelled: not a review."}
    return said.get(
        report.stamp, f"{report.stamp}: the reason is under “What did not go as planned”." if report.stamp else ""
    )


def tables(report: Report) -> tuple[Table, ...]:
    """Of the summary."""
    return (counts_table(report), exports_table(report), reviewers_table(report), departures_table(report))


def counts_table(report: Report) -> Table:
    found = report.counts
    rows: tuple[tuple[Cell, ...], ...] = (
        ("Items", found.items),
        ("Keep", found.keep),
        ("Revoke", found.revoke),
        ("Change", found.change),
        ("Not decided", found.undecided),
        ("Decided one by one", found.single),
        ("Decided in bulk", found.bulk),
        ("Taken over from another campaign", found.taken_over),
    )
    return Table(title="Counts", empty="", header=("What", "Number"), rows=rows)


def exports_table(report: Report) -> Table:
    header = (
        *("System", "Source", "Query or report", "Extracted at (UTC)", "Rows at the source", "Accesses in scope"),
        *("SHA-256 of the file", "Digest of the rows", "Imported by", "Imported at (UTC)", "Amendments"),
    )
    rows = tuple(_export(one) for one in report.exports)
    return Table(title="Where the lists come from", empty="No export belongs to it.", header=header, rows=rows)


def _export(one: ExportFacts) -> tuple[Cell, ...]:
    card = one.source
    return (
        *(card.system, card.source, card.query, in_utc(card.extracted_at), card.row_count, one.in_scope),
        *(one.sha256, one.digest, one.imported_by, in_utc(one.imported_at), one.amendments),
    )


def reviewers_table(report: Report) -> Table:
    header = ("Reviewer", "Capacity", "Items", "Keep", "Revoke", "Change", "Not decided", "In bulk", "Passed on")
    rows = tuple(_reviewer(one) for one in report.reviewers)
    return Table(title="Reviewers", empty="Nobody was asked.", header=header, rows=rows)


def _reviewer(one: ReviewerFacts) -> tuple[Cell, ...]:
    told = (one.items, one.keep, one.revoke, one.change, one.undecided, one.bulk, one.passed)
    return (one.name, ", ".join(one.capacities), *told)


def departures_table(report: Report) -> Table:
    header = ("What", "About", "Reason", "By", "At (UTC)")
    rows = tuple(_departure(one) for one in report.departures)
    return Table(title=NOT_PLANNED, empty="Nothing.", header=header, rows=rows)


def _departure(one: Departure) -> tuple[Cell, ...]:
    return (one.what, one.about, one.reason, one.by, in_utc(one.at) if one.at else "")


# --- revocations


def revocations_table(report: Report) -> Table:
    header = (
        *("System", "Account", "Entitlement", "Decision", "Change to", "System owner", "Time given", "Due at (UTC)"),
        *("Closed at (UTC)", "In time", "Proof", "By the export of (UTC)"),
    )
    rows = tuple(_revocation(one, report.made_at) for one in report.revocations)
    return Table(title="Revocations and proof", empty="Nothing was to be revoked or changed.", header=header, rows=rows)


def _revocation(one: Revocation, now: datetime) -> tuple[Cell, ...]:
    return (
        *(one.system, one.account, one.entitlement, one.verdict.value, one.change_to, one.owner),
        *(business_days(one.sla_days), in_utc(one.due_at), in_utc(one.closed_at) if one.closed_at else "open"),
        *(in_time(one, now), proof(one), in_utc(one.checked_at) if one.checked_at else ""),
    )


def in_time(one: Revocation, now: datetime) -> str:
    if one.closed_at:
        return "yes" if one.closed_at <= one.due_at else "closed late"
    return "overdue" if now > one.due_at else "not due yet"


def proof(one: Revocation) -> str:
    if one.outcome is None:
        return "not proven yet"
    if one.as_decided:
        return "gone" if one.verdict is Verdict.REVOKE else "changed as decided"
    words = {
        Outcome.GONE: "gone, where a change was decided",
        Outcome.STILL_THERE: "still there: reopened, with a deviation",
        Outcome.CHANGED: "changed, not as decided",
    }
    return words[one.outcome]


# --- signals


def signals_table(report: Report) -> Table:
    rows = tuple((name, words) for name, signs in report.signals for words in signs)
    empty = "No reviewer shows any sign of deciding without looking."
    return Table(title="Signals about reviewers", empty=empty, header=("Reviewer", "Signal"), rows=rows)


def sentences(report: Report) -> Iterator[str]:
    """The sentences over the tables."""
    yield report.completeness
    if report.statement:
        yield f"Signed: {report.statement}"
