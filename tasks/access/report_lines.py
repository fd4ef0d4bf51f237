"""The report line by line: what became of each item.

A cell that a spreadsheet would take for a formula (it starts with =, +, -, @, a tab or a carriage return) gets an
apostrophe before it: shown as text, computed by nobody. No other cell is touched.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import NamedTuple

from tasks.access.deciding import Passed, Row
from tasks.access.model import Access
from tasks.identifiers import PersonId


class Line(NamedTuple):
    """What the report says of one item, in the order of the header."""

    system: str
    account: str
    person: str
    entitlement: str
    privileged: str
    kind: str
    last_login: str
    reviewer: str
    capacity: str
    decision: str
    change_to: str = ""
    reason: str = ""
    decided_by: str = ""
    on_behalf_of: str = ""
    decided_at: str = ""
    seconds: str = ""
    how: str = ""
    taken_over_from: str = ""
    passed: str = ""


HEADER = (
    "System",
    "Account",
    "Whose account",
    "Entitlement",
    "Privileged",
    "Account type",
    "Last login",
    "Reviewer",
    "Reviewer capacity",
    "Decision",
    "Change to",
    "Reason",
    "Decided by",
    "On behalf of",
    "Decided at (UTC)",
    "Seconds taken",
    "Bulk or single",
    "Taken over from",
    "Passed on before",
)
NOT_DECIDED = "not decided"
UNKNOWN = "somebody no longer on record"
NOBODY = "nobody"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
Names = Mapping[PersonId, str]
Passes = Mapping[str, Sequence[Passed]]
"""By item: each "not sure" and "not mine", the earliest first."""
NO_PASSES: Passes = MappingProxyType({})


# --- rows


def lines(rows: Iterable[Row], names: Names, passes: Passes = NO_PASSES) -> Iterator[Line]:
    """Only what was submitted is a decision."""
    for row in rows:
        item = row.item
        line = Line(
            system=item.system,
            account=item.access.account,
            person=_whose(row, names),
            entitlement=item.access.entitlement,
            privileged="yes" if item.access.privileged else "no",
            kind=item.access.kind.value,
            last_login=_last_login(item.access),
            reviewer=name_of(item.reviewer_id, names) or NOBODY,
            capacity=item.capacity.value if item.capacity else "",
            decision=NOT_DECIDED,
            passed="; ".join(_passed(one, names) for one in passes.get(item.id, ())),
        )
        yield _with_decision(line, row, names)


def _with_decision(line: Line, row: Row, names: Names) -> Line:
    decision = row.decision
    if decision is None or row.submitted_at is None:
        return line
    return line._replace(
        decision=decision.verdict.value,
        change_to=decision.change_to,
        reason=decision.reason,
        decided_by=name_of(decision.decided_by, names),
        on_behalf_of=name_of(decision.on_behalf_of, names),
        decided_at=in_utc(decision.decided_at),
        seconds=f"{decision.seconds_taken:.0f}",
        how="bulk" if decision.in_bulk else "single",
        taken_over_from=decision.taken_over_from,
    )


def _whose(row: Row, names: Names) -> str:
    known = name_of(row.item.person_id, names)
    told = row.item.access.name or row.item.access.email
    return known or (f"{told} (matches nobody here)" if told else "matches nobody here")


def _last_login(access: Access) -> str:
    if access.last_login:
        return access.last_login.isoformat()
    return "never" if access.login_told else "not told"


def _passed(one: Passed, names: Names) -> str:
    behalf = f" for {name_of(one.on_behalf_of, names)}" if one.on_behalf_of else ""
    return f"{name_of(one.by, names)}{behalf}, {in_utc(one.at)}: {one.reason}"


def name_of(who: PersonId | None, names: Names) -> str:
    return names.get(who, UNKNOWN) if who else ""


def in_utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def safe_cell(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def csv_text(rows: Iterable[Row], names: Names, passes: Passes = NO_PASSES) -> str:
    return csv_of(lines(rows, names, passes))


def csv_of(found: Iterable[Line]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADER)
    writer.writerows([safe_cell(cell) for cell in line] for line in found)
    return text.getvalue()
