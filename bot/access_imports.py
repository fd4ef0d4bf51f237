"""A list of accounts is read and taken over, in small transactions: by chat, by the command line, by a program."""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from bot.spreadsheets import ACCESS_EXPORT, read_sheets
from tasks.access.exports import Export
from tasks.access.layouts import UnknownColumns
from tasks.access.reading import AccessRead, read_access
from tasks.access.stored import Asked, Tally, read_body
from tasks.identifiers import WorkspaceId
from tasks.imports import Import
from tasks.operations.hand_in_access import ask_for_columns, record_list, refuse_list
from tasks.operations.import_access import (
    Listing,
    NotWhole,
    add_portion,
    freeze_export,
    listing_of,
    look_through,
    portions,
    stage_export,
)
from tasks.operations.prove_changes import prove_changes
from tasks.people import Actor
from tasks.ports import UnitOfWork, UnitsOfWork

Act = Callable[[UnitOfWork], Actor]


@dataclass(frozen=True, kw_only=True)
class Taken:
    export: Export
    tally: Tally


def read_listing(content: bytes, name: str, asked: Asked) -> Listing:
    """Slow for a long list: run off the event loop. Raises UnknownColumns, NotWhole, Invalid and
    UnreadableSpreadsheet."""
    read = read_list(content, name, asked)
    return listing_of(asked, read, sha256=hashlib.sha256(content).hexdigest(), file_name=name)


def read_list(content: bytes, name: str, asked: Asked) -> AccessRead:
    return read_access(
        read_sheets(content, name, ACCESS_EXPORT),
        source=asked.source,
        as_of=asked.source.extracted_at.date(),
        mapping=asked.mapping or None,
        sheet=asked.sheet,
    )


async def take_over(
    units: UnitsOfWork,
    workspace: WorkspaceId,
    act: Act,
    listing: Listing,
    *,
    staged: Callable[[int], None] = lambda rows: None,
) -> Taken:
    """`staged` is told of every portion."""
    taken = await stage(units, workspace, act, listing, staged=staged)
    frozen = await units.write(workspace, lambda uow: freeze(uow, act(uow), taken.export, listing))
    return Taken(export=frozen, tally=taken.tally)


async def stage(
    units: UnitsOfWork,
    workspace: WorkspaceId,
    act: Act,
    listing: Listing,
    *,
    staged: Callable[[int], None] = lambda rows: None,
) -> Taken:
    """All but the last step: nobody sees it yet."""
    tally = await units.read(workspace, lambda uow: look_through(uow, listing.read))
    export = await units.write(workspace, lambda uow: stage_export(uow, act(uow), listing))
    for first, rows in portions(listing):
        await units.write(workspace, partial(add_portion, export=export, first=first, rows=rows))
        staged(len(rows))
    return Taken(export=export, tally=tally)


def freeze(uow: UnitOfWork, actor: Actor, export: Export, listing: Listing) -> Export:
    """The last step: it is held against what earlier reviews decided, too."""
    frozen = freeze_export(uow, actor, export, listing)
    prove_changes(uow, frozen)
    return frozen


async def take_list(units: UnitsOfWork, workspace: WorkspaceId, item: Import, content: bytes) -> int:
    """What the job does with a file of this kind, once it is kept; returns how many accesses it holds."""
    asked = read_body(item.body).asked
    try:
        listing = await asyncio.to_thread(read_listing, content, item.name, asked)
    except UnknownColumns as unknown:
        sha256 = hashlib.sha256(content).hexdigest()
        ask = partial(ask_for_columns, import_id=item.id, sha256=sha256, columns=unknown.columns)
        await units.write(workspace, ask)
        return 0
    except NotWhole as problem:
        refuse = partial(refuse_list, import_id=item.id, problem=str(problem), unreadable=problem.unreadable)
        await units.write(workspace, refuse)
        return 0
    act = partial(_as_importer, item=item)
    taken = await stage(units, workspace, act, listing)

    def last_step(uow: UnitOfWork) -> int:
        frozen = freeze(uow, act(uow), taken.export, listing)
        record_list(uow, item.id, frozen, taken.tally)
        return frozen.accesses

    return await units.write(workspace, last_step)


def _as_importer(uow: UnitOfWork, item: Import) -> Actor:
    return Actor(person=uow.people.get(item.person_id), platform=item.platform, at=uow.now)
