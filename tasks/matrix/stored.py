"""A proposal as JSON text and back, as it rests between two messages."""

import json
from dataclasses import asdict, dataclass, replace
from typing import TypedDict, cast

from tasks.controls import Cadence, EvidenceItem
from tasks.matrix.layouts import LayoutName
from tasks.matrix.model import Choice, Doubt, Proposal, Proposed, Suggestion, Unreadable


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the person said about the file when handing it in."""

    layout: LayoutName | None = None
    """None: told from its columns."""
    sheet: str = ""


def write_asked(asked: Asked) -> str:
    return json.dumps(asdict(asked))


def read_asked(body: str) -> Asked:
    values = json.loads(body)
    return Asked(layout=LayoutName(values["layout"]) if values["layout"] else None, sheet=values["sheet"])


def write_proposal(proposal: Proposal) -> str:
    return json.dumps(asdict(proposal), ensure_ascii=False)


def read_proposal(body: str) -> Proposal:
    values = json.loads(body)
    return Proposal(
        layout=values["layout"],
        sheet=values["sheet"],
        rows=tuple(_row(row) for row in values["rows"]),
        unreadable=tuple(Unreadable(**one) for one in values["unreadable"]),
        unused=tuple(values["unused"]),
    )


def _row(values: dict[str, object]) -> Proposed:
    """Of text written by `write_proposal`: the fields have the types that it gave them."""
    row = cast("_Row", values)
    suggestion = row["suggestion"]
    return replace(
        Proposed(**row),  # type: ignore[arg-type]
        cadence=Cadence(row["cadence"]),
        evidence=tuple(EvidenceItem(**item) for item in row["evidence"]),
        tests=tuple(row["tests"]),
        criteria=tuple(row["criteria"]),
        doubts=tuple(Doubt(one) for one in row["doubts"]),
        notes=tuple(row["notes"]),
        choice=Choice(row["choice"]),
        suggestion=_suggestion(suggestion) if suggestion else None,
    )


def _suggestion(values: "_Suggestion") -> Suggestion:
    return Suggestion(criteria=tuple(values["criteria"]), because=values["because"])


class _Item(TypedDict):
    key: str
    text: str
    required: bool
    population: bool
    restricted: bool


class _Suggestion(TypedDict):
    criteria: list[str]
    because: str


class _Row(TypedDict):
    row: int
    code: str
    title: str
    description: str
    area: str
    department: str
    owner_id: str | None
    cadence: str
    event_driven: bool
    evidence: list[_Item]
    population: str
    tests: list[str]
    criteria: list[str]
    suggestion: _Suggestion | None
    doubts: list[str]
    notes: list[str]
    existing: str | None
    existing_version: int
    choice: str
