"""A list of accounts is handed in by chat: a job fetches and reads it; whoever sent it is told what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tasks import audit
from tasks.access.exports import Export
from tasks.access.model import AccessColumn, Unreadable
from tasks.access.stored import Asked, Body, Tally, read_body, write_body
from tasks.errors import Invalid, NotFound, Stale
from tasks.evidence import FileReference
from tasks.identifiers import ImportId
from tasks.imports import Import, ImportKind, ImportState
from tasks.operations.acting import person_of, the_clock
from tasks.operations.import_access import require_asked
from tasks.operations.import_matrix import record_import, tell_about_import
from tasks.people import Actor
from tasks.ports import UnitOfWork

LIST = ImportKind.ACCESS_EXPORT
NOT_WAITING = "This list is not waiting for its columns any more. Type /soc2 access to see what became of it."


def hand_in_access(uow: UnitOfWork, actor: Actor, file: FileReference, asked: Asked) -> Import:
    """The reference is saved; a job fetches and reads the file."""
    require_asked(uow, actor, asked)
    item = Import(
        id=ImportId(uow.new_id()),
        kind=LIST,
        person_id=person_of(actor).id,
        platform=file.platform,
        reference=file.reference,
        name=file.name,
        declared_size=file.size,
        body=write_body(Body(asked=asked)),
        created_at=uow.now,
    )
    uow.imports.add(item)
    record_import(uow, "import:start", actor, item, detail=f"{asked.source.system}: {item.name}")
    return item


def look_at_list(uow: UnitOfWork, actor: Actor, import_id: ImportId) -> tuple[Import, Body]:
    """For whoever handed it in; to others it is not there."""
    item = uow.imports.get(import_id)
    if item.kind is not LIST or item.person_id != person_of(actor).id:
        raise NotFound(NOT_WAITING)
    return item, read_body(item.body)


def ask_for_columns(uow: UnitOfWork, import_id: ImportId, *, sha256: str, columns: Sequence[str]) -> Import:
    """A person has to say which column holds what."""
    item = uow.imports.get(import_id)
    body = replace(read_body(item.body), columns=tuple(columns))
    read = uow.imports.save(
        replace(item, state=ImportState.READ, sha256=sha256, body=write_body(body), error="", next_attempt_at=None)
    )
    tell_about_import(uow, read, round_=item.version)
    record_import(uow, "import:ask-columns", the_clock(uow), read, facts={"columns": list(columns)})
    return read


def match_columns(
    uow: UnitOfWork, actor: Actor, import_id: ImportId, version: int, mapping: Mapping[AccessColumn, str]
) -> Import:
    """The job reads the kept file again, by these columns."""
    item, body = look_at_list(uow, actor, import_id)
    if item.state is not ImportState.READ or item.version != version:
        raise Stale(NOT_WAITING)
    _require_columns(body, mapping)
    asked = replace(body.asked, mapping=mapping)
    matched = uow.imports.save(
        replace(item, state=ImportState.FETCHING, body=write_body(replace(body, asked=asked)), attempts=0)
    )
    facts: audit.Fields = {"columns": [f"{column}: {name}" for column, name in mapping.items()]}
    record_import(uow, "import:match-columns", actor, matched, facts=facts)
    return matched


def _require_columns(body: Body, mapping: Mapping[AccessColumn, str]) -> None:
    problems = {
        column.value: "Choose one of the file's columns."
        for column, name in mapping.items()
        if name not in body.columns
    }
    if AccessColumn.ACCOUNT not in mapping:
        problems[AccessColumn.ACCOUNT.value] = "Choose the column that names the account."
    if problems:
        raise Invalid("Not read yet.", fields=problems)


def record_list(uow: UnitOfWork, import_id: ImportId, export: Export, tally: Tally) -> Import:
    item = uow.imports.get(import_id)
    body = replace(
        read_body(item.body), tally=tally, system_id=export.system_id, export_id=export.id, digest=export.digest
    )
    taken = uow.imports.save(
        replace(item, state=ImportState.CONFIRMED, sha256=export.sha256, body=write_body(body), next_attempt_at=None)
    )
    tell_about_import(uow, taken, round_=item.version)
    record_import(uow, "import:confirm", the_clock(uow), taken, facts={"export": export.id})
    return taken


def refuse_list(uow: UnitOfWork, import_id: ImportId, problem: str, unreadable: Sequence[Unreadable] = ()) -> Import:
    item = uow.imports.get(import_id)
    body = replace(read_body(item.body), unreadable=tuple(unreadable))
    refused = uow.imports.save(
        replace(item, state=ImportState.REFUSED, error=problem, body=write_body(body), next_attempt_at=None)
    )
    tell_about_import(uow, refused, round_=item.version)
    record_import(uow, "import:refuse", the_clock(uow), refused, detail=problem)
    return refused
