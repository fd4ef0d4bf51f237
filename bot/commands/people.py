"""soc2 people: who works here, and who may do what."""

import csv
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.company import WorkspaceOption, chosen_workspace, opened, settings_for_command, the_command_line
from bot.commands.output import AsJson, Failed, say, show_json, show_table, warn
from tasks.errors import Invalid
from tasks.operations.grant_role import grant_role
from tasks.operations.import_people import COLUMNS, Imported, import_people
from tasks.people import Person, Role
from tasks.ports import UnitOfWork

people = typer.Typer(help="Who works here, and who may do what.", no_args_is_help=True)
LARGEST_FILE = 20 * 1024 * 1024


@people.command("grant")
def grant(email: str, role: Role, workspace: WorkspaceOption = "") -> None:
    """Give somebody a role; the first admin is made this way."""
    with opened(settings_for_command()) as store:
        place = chosen_workspace(store, workspace)
        person = store.units.write_now(place.id, lambda uow: grant_role(uow, the_command_line(uow), email, role))
    say(f"{person.name} ({person.email}) is {role} now.")


@people.command("import")
def import_file(
    file: Path,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, change nothing.")] = False,
    workspace: WorkspaceOption = "",
) -> None:
    """Add and update people from a CSV file: all of it, or nothing with every problem's row."""
    rows = read_rows(file)
    with opened(settings_for_command()) as store:
        place = chosen_workspace(store, workspace)
        try:
            result = store.units.write_now(place.id, partial(_import, rows=rows, dry_run=dry_run))
        except Invalid as error:
            for row, problem in error.fields.items():
                warn(f"row {row}: {problem}")
            raise
    would = "would be " if dry_run else ""
    say(f"{result.added} {would}added, {result.changed} {would}changed, {result.unchanged} unchanged.")


@people.command("list")
def list_people(as_json: AsJson = False, workspace: WorkspaceOption = "") -> None:
    """Everybody known, by name."""
    with opened(settings_for_command()) as store:
        place = chosen_workspace(store, workspace)
        found = store.units.read_now(place.id, _everyone)
    if as_json:
        show_json(found)
    else:
        columns = ("name", "email", "department", "manager", "roles", "active")
        show_table(columns, [[_text(row[column]) for column in columns] for row in found])


def read_rows(file: Path) -> Sequence[Mapping[str, str]]:
    """Raises Failed with a sentence that names the file."""
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise Failed(f"{file} is larger than 20 MB; split it.")
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, restkey="", restval="")
            header = [name.strip().lower() for name in reader.fieldnames or ()]
            _require_columns(file, header)
            reader.fieldnames = header
            return [{key: value for key, value in row.items() if key} for row in reader]
    except OSError as error:
        raise Failed(f"{file} can't be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise Failed(f"{file} is not UTF-8 text; save it as CSV UTF-8.") from error
    except csv.Error as error:
        raise Failed(f"{file} is not a CSV file: {error}.") from error


def _require_columns(file: Path, header: Sequence[str]) -> None:
    missing = [name for name in ("email", "name") if name not in header]
    unknown = [name for name in header if name and name not in COLUMNS]
    known = ", ".join(COLUMNS)
    if missing:
        raise Failed(f"{file} has no column {missing[0]}; the first row must name the columns: {known}.")
    if unknown:
        raise Failed(f"{file} has a column {unknown[0]} that is not known; known are {known}.")


def _import(uow: UnitOfWork, *, rows: Sequence[Mapping[str, str]], dry_run: bool) -> Imported:
    return import_people(uow, the_command_line(uow), rows, dry_run=dry_run)


def _everyone(uow: UnitOfWork) -> list[dict[str, str | bool | list[str]]]:
    everyone = uow.people.everyone()
    names = {person.id: person.name for person in everyone}
    return [_row(person, names.get(person.manager_id, "") if person.manager_id else "") for person in everyone]


def _row(person: Person, manager: str) -> dict[str, str | bool | list[str]]:
    return {
        "id": person.id,
        "name": person.name,
        "email": person.email,
        "department": person.department,
        "manager": manager,
        "time_zone": person.time_zone,
        "country": person.country,
        "roles": sorted(person.roles),
        "active": person.active,
    }


def _text(value: str | bool | list[str]) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else ", ".join(value)
