"""soc2 access: lists of a system's accounts, for access reviews."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from bot.access_imports import read_listing, take_over
from bot.commands.company import WorkspaceOption, chosen_workspace, opened, settings_for_command, the_command_line
from bot.commands.output import AsJson, Failed, say, show_json, show_table, warn
from bot.spreadsheets import ACCESS_EXPORT, UnreadableSpreadsheet
from tasks.access.layouts import UnknownColumns
from tasks.access.model import AccessColumn, Source
from tasks.access.stored import Asked
from tasks.operations.import_access import Listing, NotWhole, owner_named, require_asked
from tasks.ports import UnitOfWork
from tasks.wording import counted

access = typer.Typer(help="Lists of accounts, for access reviews.", no_args_is_help=True)


@access.command("import")
def import_list(
    file: Path,
    system: Annotated[str, typer.Option("--system", help="As people here call it.")],
    source: Annotated[str, typer.Option("--source", help="The system and environment it was taken from.")],
    query: Annotated[str, typer.Option("--query", help="The report, filter or query, exactly.")],
    extracted_at: Annotated[str, typer.Option("--extracted-at", help="When it was taken: 2026-11-23T09:30+01:00.")],
    rows: Annotated[int, typer.Option("--rows", help="Rows at the source, without the header.")],
    owner: Annotated[str, typer.Option("--owner", help="E-mail of the system's owner, for a new system.")] = "",
    column: Annotated[list[str] | None, typer.Option("--column", help='As in account="User name"; repeatable.')] = None,
    sheet: Annotated[str, typer.Option("--sheet", help="Of a workbook with several.")] = "",
    workspace: WorkspaceOption = "",
) -> None:
    """Freeze a list of accounts: all of it, or nothing with every problem's row."""
    told = Source(system=system, source=source, query=query, extracted_at=_moment(extracted_at), row_count=rows)
    content = _bytes_of(file)
    with opened(settings_for_command()) as store:
        place = chosen_workspace(store, workspace)
        asked = Asked(
            source=told,
            owner_id=store.units.read_now(place.id, lambda uow: owner_named(owner, uow)),
            mapping=_mapping(column or []),
            sheet=sheet,
        )
        store.units.read_now(place.id, lambda uow: require_asked(uow, the_command_line(uow), asked))
        listing = _read(content, file.name, asked)
        with Progress(transient=True) as progress:
            bar = progress.add_task(f"Importing {file.name}", total=len(listing.read.rows))
            taken = asyncio.run(
                take_over(
                    store.units,
                    place.id,
                    the_command_line,
                    listing,
                    staged=lambda done: progress.advance(bar, done),
                )
            )
    held = counted(taken.tally.accesses, "access", "accesses")
    say(f"{taken.export.source.system}: {held}, {taken.tally.privileged:,} privileged.")
    say(f"Digest of the rows: {taken.export.digest}")


@access.command("systems")
def list_systems(as_json: AsJson = False, workspace: WorkspaceOption = "") -> None:
    """Every system, with its owner and its last list."""
    with opened(settings_for_command()) as store:
        place = chosen_workspace(store, workspace)
        found = store.units.read_now(place.id, _systems)
    if as_json:
        show_json(found)
    else:
        columns = ("system", "owner", "accesses", "taken")
        show_table(columns, [[str(row[column]) for column in columns] for row in found])


def _systems(uow: UnitOfWork) -> list[dict[str, str | int]]:
    latest = uow.access_exports.latest()
    found: list[dict[str, str | int]] = []
    for system in uow.access_systems.every():
        owner, last = uow.people.find(system.owner_id), latest.get(system.id)
        found.append(
            {
                "system": system.name,
                "owner": owner.email if owner else "",
                "accesses": last.accesses if last else 0,
                "taken": last.source.extracted_at.isoformat() if last else "",
            }
        )
    return found


def _read(content: bytes, name: str, asked: Asked) -> Listing:
    try:
        return read_listing(content, name, asked)
    except NotWhole as problem:
        for one in problem.unreadable:
            warn(f"row {one.row}: {one.reason}")
        raise
    except UnknownColumns as unknown:
        raise Failed(f'{unknown} Use --column account="…" and so on.') from unknown
    except UnreadableSpreadsheet as problem:
        raise Failed(str(problem)) from problem


def _bytes_of(file: Path) -> bytes:
    try:
        if file.stat().st_size > ACCESS_EXPORT.bytes:
            raise Failed(ACCESS_EXPORT.too_large(str(file)))
        return file.read_bytes()
    except OSError as error:
        raise Failed(f"{file} can't be read: {error.strerror}.") from error


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise Failed(f"“{text}” is no time; write it as 2026-11-23T09:30+01:00.") from error
    if found.tzinfo is None:
        raise Failed(f"“{text}” lacks its offset from UTC; write it as 2026-11-23T09:30+01:00.")
    return found


def _mapping(columns: list[str]) -> dict[AccessColumn, str]:
    found = {}
    for one in columns:
        name, mark, column = one.partition("=")
        if not mark or name not in set(AccessColumn):
            known = ", ".join(AccessColumn)
            raise Failed(f"“{one}” is not of the form account=…; there are {known}.")
        found[AccessColumn(name)] = column
    return found
