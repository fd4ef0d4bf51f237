"""Where a file keeps what: three layouts, each a table of column names. Case, spaces and signs make no difference."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tasks.errors import Invalid
from tasks.matrix.model import Column, Sheet

LAST_HEADER_ROW = 50
MANY = (Column.CRITERIA, Column.EVIDENCE, Column.TESTS)
"""Every column of these names is read; of the others the first."""
WANTED = "Name the columns in one row, such as Control ID, Title, Description, Owner, Frequency, Criteria, Evidence."


class LayoutName(StrEnum):
    SPREADSHEET = "spreadsheet"
    VANTA = "vanta"
    DRATA = "drata"


SPREADSHEET: Mapping[Column, tuple[str, ...]] = {
    Column.CODE: (
        *("control id", "id", "#", "control #", "control number", "control no", "control ref", "control reference"),
        *("control code", "code", "ref", "reference", "no", "number"),
    ),
    Column.TITLE: ("title", "control title", "control name", "name", "short description", "summary", "control"),
    Column.DESCRIPTION: (
        *("description", "control description", "control activity", "activity", "control wording", "wording"),
        *("control statement", "control text", "control details", "details", "control activities", "control"),
    ),
    Column.OWNER: (
        *("owner email", "control owner email", "owner e mail", "owner", "control owner", "responsible"),
        *("accountable", "assignee", "assigned to", "performed by", "performer"),
    ),
    Column.FREQUENCY: (
        *("frequency", "control frequency", "cadence", "how often", "periodicity", "schedule", "review frequency"),
        "frequency of control",
    ),
    Column.CRITERIA: (
        *("criteria", "tsc", "mapped criteria", "soc 2", "soc2", "trust services criteria", "criterion"),
        *("tsc reference", "tsc criteria", "soc 2 criteria", "soc2 criteria", "tsc mapping", "criteria mapping"),
        *("common criteria", "soc 2 requirements", "mapped requirements", "soc 2 mapping"),
    ),
    Column.EVIDENCE: (
        *("evidence", "evidence required", "required evidence", "evidence items", "evidence requests", "artifacts"),
        *("artefacts", "evidence needed", "expected evidence", "evidence description"),
    ),
    Column.DEPARTMENT: ("department", "owning department", "function", "team", "business unit", "business function"),
    Column.AREA: (
        *("area", "domain", "control domain", "control family", "family", "control area", "category"),
        *("control category", "process", "topic"),
    ),
    Column.TESTS: (
        *("test procedure", "test procedures", "testing procedure", "testing procedures", "test of control"),
        *("tests of controls", "test steps", "test", "tested attributes", "attributes tested"),
    ),
    Column.POPULATION: ("population", "test population"),
}
VANTA: Mapping[Column, tuple[str, ...]] = {
    Column.CODE: ("control id", "id"),
    Column.TITLE: ("name", "control name"),
    Column.DESCRIPTION: ("description", "control description"),
    Column.OWNER: ("owner email", "owner", "owners"),
    Column.FREQUENCY: ("frequency", "recurrence", "renewal cadence"),
    Column.CRITERIA: ("soc 2 criteria", "soc 2", "framework sections", "framework requirements", "sections"),
    Column.EVIDENCE: ("documents", "evidence", "document requests"),
    Column.DEPARTMENT: ("department", "team"),
    Column.AREA: ("domain", "domains", "category"),
    Column.TESTS: ("test procedure", "test procedures"),
}
DRATA: Mapping[Column, tuple[str, ...]] = {
    Column.CODE: ("control code", "code", "control id"),
    Column.TITLE: ("control name", "name"),
    Column.DESCRIPTION: ("description", "control description"),
    Column.OWNER: ("control owners", "control owner", "owners", "owner"),
    Column.FREQUENCY: ("frequency", "review frequency", "renewal frequency"),
    Column.CRITERIA: ("soc 2 requirements", "mapped requirements", "requirements", "soc 2"),
    Column.EVIDENCE: ("evidence", "linked evidence", "evidence library", "required evidence"),
    Column.DEPARTMENT: ("department", "group"),
    Column.AREA: ("domain", "category"),
    Column.TESTS: ("test procedure", "test procedures"),
}
LAYOUTS: Mapping[LayoutName, Mapping[Column, tuple[str, ...]]] = {
    LayoutName.SPREADSHEET: SPREADSHEET,
    LayoutName.VANTA: VANTA,
    LayoutName.DRATA: DRATA,
}
SIGNS: Mapping[LayoutName, tuple[frozenset[str], frozenset[str]]] = {
    LayoutName.VANTA: (
        frozenset({"name", "description"}),
        frozenset({"domain", "domains", "source", "framework sections"}),
    ),
    LayoutName.DRATA: (
        frozenset({"description", "activity"}),
        frozenset({"question", "is monitored", "mapped requirements"}),
    ),
}
"""Columns a product's own export always has, and columns of which it has at least one."""


@dataclass(frozen=True, kw_only=True)
class Header:
    layout: LayoutName
    row: int
    """Counted from 1."""
    places: Mapping[Column, tuple[int, ...]]
    unused: Mapping[int, str]
    """Columns of no use to us: place to name."""
    width: int
    """Cells further right stand in no column."""


def find_table(sheets: Sequence[Sheet], *, layout: LayoutName | None = None, sheet: str = "") -> tuple[Sheet, Header]:
    """The sheet of that name, or the first that names its columns. Raises Invalid."""
    wanted = [one for one in sheets if not sheet or normal(one.name) == normal(sheet)]
    if not wanted:
        names = ", ".join(f"“{one.name}”" for one in sheets[:10])
        raise Invalid(f"There is no sheet “{sheet[:60]}”; there is {names}.", fields={"sheet": "Name one of them."})
    for one in wanted:
        header = find_header(one.rows, layout)
        if header:
            return one, header
    raise Invalid(f"No row names the columns I need: an id, and a title or a description. {WANTED}")


def find_header(rows: Sequence[Sequence[str]], layout: LayoutName | None) -> Header | None:
    """The row that names most; titles, notes and empty rows above it are passed over."""
    found = [
        header
        for number, cells in enumerate(rows[:LAST_HEADER_ROW], start=1)
        if (header := _header(number, cells, layout)) is not None
    ]
    return max(found, key=lambda header: len(header.places), default=None)


def _header(number: int, cells: Sequence[str], layout: LayoutName | None) -> Header | None:
    names = [normal(cell) for cell in cells]
    chosen = layout or told_by(names)
    places = _places(names, LAYOUTS[chosen])
    if Column.CODE not in places or not {Column.TITLE, Column.DESCRIPTION} & places.keys():
        return None
    used = {place for taken in places.values() for place in taken}
    unused = {place: cell.strip() or f"Column {place + 1}" for place, cell in enumerate(cells) if place not in used}
    return Header(layout=chosen, row=number, places=places, unused=unused, width=len(cells))


def told_by(names: Sequence[str]) -> LayoutName:
    for layout, (always, some) in SIGNS.items():
        if always <= set(names) and some & set(names):
            return layout
    return LayoutName.SPREADSHEET


def _places(names: Sequence[str], columns: Mapping[Column, tuple[str, ...]]) -> dict[Column, tuple[int, ...]]:
    """A name that would do for two columns goes to the one that has no better."""
    places: dict[Column, tuple[int, ...]] = {}
    taken: set[int] = set()
    for column, known in columns.items():
        free = [(known.index(name), place) for place, name in enumerate(names) if name in known and place not in taken]
        best = [place for _, place in sorted(free)]
        chosen = tuple(sorted(best)) if column in MANY else tuple(best[:1])
        if chosen:
            places[column] = chosen
            taken.update(chosen)
    return places


def normal(name: str) -> str:
    return " ".join(re.sub(r"[^a-z0-9#]+", " ", name.casefold()).split())
