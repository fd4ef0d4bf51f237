"""What was said about a list of accounts that was handed in, and what came of it, as JSON text and back."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import TypedDict, cast

from tasks.access.model import AccessColumn, Source, Unreadable
from tasks.identifiers import PersonId


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What somebody said about the file when handing it in: its IPE card, and how to read it."""

    source: Source
    owner_id: PersonId | None = None
    """Of the system; has to be named for a new one."""
    mapping: Mapping[AccessColumn, str] = field(default_factory=dict)
    """Empty: told from the names of the columns."""
    sheet: str = ""


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What is worth knowing about a list that was read whole."""

    accesses: int
    privileged: int
    impersonal: int
    """Of service and shared accounts."""
    unmatched: int
    """People's accounts whose e-mail address is nobody's here."""
    unused: tuple[str, ...] = ()
    """Columns that nobody needed."""
    since: date | None = None
    """The day of the list before; None where this is the first."""
    new: int = 0
    vanished: int = 0


@dataclass(frozen=True, kw_only=True)
class Body:
    """Of an import of this kind, from beginning to end."""

    asked: Asked
    columns: tuple[str, ...] = ()
    """The file's, where a person has to say which is which."""
    unreadable: tuple[Unreadable, ...] = ()
    tally: Tally | None = None
    system_id: str = ""
    export_id: str = ""
    digest: str = ""


def write_body(body: Body) -> str:
    return json.dumps(asdict(body), ensure_ascii=False, default=_plain)


def read_body(text: str) -> Body:
    """Of text written by `write_body`: the fields have the types that it gave them."""
    values = cast("_Body", json.loads(text))
    asked, tally = values["asked"], values["tally"]
    return Body(
        asked=Asked(
            source=_source(asked["source"]),
            owner_id=PersonId(asked["owner_id"]) if asked["owner_id"] else None,
            mapping={AccessColumn(column): name for column, name in asked["mapping"].items()},
            sheet=asked["sheet"],
        ),
        columns=tuple(values["columns"]),
        unreadable=tuple(Unreadable(**one) for one in values["unreadable"]),
        tally=_tally(tally) if tally else None,
        system_id=values["system_id"],
        export_id=values["export_id"],
        digest=values["digest"],
    )


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in an import")


def _source(values: "_Source") -> Source:
    return Source(
        system=values["system"],
        source=values["source"],
        query=values["query"],
        extracted_at=datetime.fromisoformat(values["extracted_at"]),
        row_count=values["row_count"],
    )


def _tally(values: "_Tally") -> Tally:
    since = values["since"]
    return Tally(
        accesses=values["accesses"],
        privileged=values["privileged"],
        impersonal=values["impersonal"],
        unmatched=values["unmatched"],
        unused=tuple(values["unused"]),
        since=date.fromisoformat(since) if since else None,
        new=values["new"],
        vanished=values["vanished"],
    )


class _Source(TypedDict):
    system: str
    source: str
    query: str
    extracted_at: str
    row_count: int


class _Asked(TypedDict):
    source: _Source
    owner_id: str | None
    mapping: dict[str, str]
    sheet: str


class _Unreadable(TypedDict):
    row: int
    reason: str


class _Tally(TypedDict):
    accesses: int
    privileged: int
    impersonal: int
    unmatched: int
    unused: list[str]
    since: str | None
    new: int
    vanished: int


class _Body(TypedDict):
    asked: _Asked
    columns: list[str]
    unreadable: list[_Unreadable]
    tally: _Tally | None
    system_id: str
    export_id: str
    digest: str
