"""The final report of a campaign: its rows, counts that add up, and what it says about its completeness.

A cell that a spreadsheet would take for a formula (it starts with =, +, -, @, a tab or a carriage return) gets an
apostrophe before it: shown as text, computed by nobody. No other cell is touched.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC

from tasks.access.deciding import Row
from tasks.access.model import Campaign, Verdict
from tasks.identifiers import PersonId
from tasks.wording import counted, day

HEADER = (
    "System",
    "Account",
    "Entitlement",
    "Decision",
    "Change to",
    "Reason",
    "Decided by",
    "On behalf of",
    "Decided at (UTC)",
    "Seconds taken",
    "Bulk or single",
    "Taken over from",
)
NOT_DECIDED = "not decided"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


# --- rows


def lines(rows: Iterable[Row], names: Mapping[PersonId, str]) -> Iterator[tuple[str, ...]]:
    """In the order of the header. Only what was submitted is a decision."""
    for row in rows:
        access = row.item.access
        yield (row.item.system, access.account, access.entitlement, *_decision_cells(row, names))


def _decision_cells(row: Row, names: Mapping[PersonId, str]) -> tuple[str, ...]:
    decision = row.decision
    if decision is None or row.submitted_at is None:
        return (NOT_DECIDED, *[""] * 8)
    return (
        decision.verdict.value,
        decision.change_to,
        decision.reason,
        names[decision.decided_by],
        names[decision.on_behalf_of] if decision.on_behalf_of else "",
        f"{decision.decided_at.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
        f"{decision.seconds_taken:.0f}",
        "bulk" if decision.in_bulk else "single",
        decision.taken_over_from,
    )


def safe_cell(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def csv_text(rows: Iterable[Row], names: Mapping[PersonId, str]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADER)
    writer.writerows([safe_cell(cell) for cell in line] for line in lines(rows, names))
    return text.getvalue()


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
    """Rows of an export that are here more than once."""
    per_system: tuple[tuple[str, int], ...]

    @property
    def decided(self) -> int:
        return self.keep + self.revoke + self.change


def counts(rows: Iterable[Row]) -> Counts:
    tally: Counter[str] = Counter()
    systems: Counter[str] = Counter()
    seen: set[tuple[str, int]] = set()
    for row in rows:
        seen.add((row.item.system, row.item.access.row))
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
    """Why the counts don't add up; empty: they do. `expected`: per system, how many rows of its export are in scope."""
    have = dict(found.per_system)
    wrong = [
        f"{system}: {counted(have.get(system, 0), 'item')} under review, {expected.get(system, 0):,} in the export."
        for system in sorted({*have, *expected})
        if have.get(system, 0) != expected.get(system, 0)
    ]
    if found.twice:
        wrong.append(f"{counted(found.twice, 'row is', 'rows are')} here more than once.")
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
    return "Each row in scope of each system's export is here once, and the counts add up."
