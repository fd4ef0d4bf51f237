"""soc2 controls: a company's own controls, from its matrix or from a file kept beside its code."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
import yaml

from bot.commands.company import WorkspaceOption, chosen_workspace, opened, settings_for_command, the_command_line
from bot.commands.output import AsJson, Failed, say, show_json, show_table, warn
from bot.spreadsheets import CONTROL_LIST, read_sheets
from tasks.catalogue.loader import parse_documents
from tasks.errors import Invalid
from tasks.matrix.layouts import LayoutName
from tasks.matrix.model import Choice, Doubt, Proposal, Proposed, Sheet
from tasks.matrix.own_file import Document, documents_of, read_own
from tasks.matrix.reading import propose
from tasks.matrix.writing import cadence_words
from tasks.operations.apply_controls import Change, allowed_here, apply_controls
from tasks.operations.import_matrix import known_here, with_suggestion
from tasks.operations.take_over_controls import Taken, take_over_all
from tasks.ports import UnitOfWork
from tasks.wording import counted

controls = typer.Typer(help="The company's own controls.", no_args_is_help=True)
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check everything, change nothing.")]
RARE_BREAKS = re.compile("[\r\x85\u2028\u2029\ufeff]")
"""PyYAML writes them as they are, and reads them as a plain line break or not at all."""
SIGNS = {"added": "+", "changed": "~", "retired": "-", "brought back": "+"}


class Layout(StrEnum):
    AUTO = "auto"
    SPREADSHEET = "spreadsheet"
    VANTA = "vanta"
    DRATA = "drata"


class Format(StrEnum):
    YAML = "yaml"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    layout: LayoutName | None
    sheet: str
    suggestions: bool
    update: bool


# --- import


@controls.command("import")
def import_file(
    file: Path,
    layout: Annotated[
        Layout, typer.Option(help="Where the file is from; told from its columns if auto.")
    ] = Layout.AUTO,
    sheet: Annotated[str, typer.Option(help="Of a workbook with several lists.")] = "",
    dry_run: DryRun = False,
    accept_suggestions: Annotated[
        bool, typer.Option("--accept-suggestions", help="Every suggested criterion, cadence and department is right.")
    ] = False,
    update: Annotated[
        bool, typer.Option("--update", help="Controls that stand here in other words become a new version.")
    ] = False,
    as_json: AsJson = False,
    workspace: WorkspaceOption = "",
) -> None:
    """Take over a control matrix (CSV or .xlsx): all of it, or nothing with every row that wants a word."""
    content = _bytes_of(file)
    sheets, sha256 = read_sheets(content, file.name, CONTROL_LIST), hashlib.sha256(content).hexdigest()
    wanted = Wanted(
        layout=None if layout is Layout.AUTO else LayoutName(layout),
        sheet=sheet,
        suggestions=accept_suggestions,
        update=update,
    )
    with opened(settings_for_command()) as store:
        place = chosen_workspace(store, workspace)
        proposal = store.units.read_now(place.id, partial(_proposed, sheets=sheets, wanted=wanted))
        _show_proposal(proposal, as_json=as_json)
        if proposal.unreadable or proposal.undecided:
            raise Failed(_what_is_open(proposal))
        work = partial(_take_over, proposal=proposal, sha256=sha256)
        taken = None if dry_run else store.units.write_now(place.id, work)
    if not as_json:
        say(_what_happened(proposal, taken))


def _proposed(uow: UnitOfWork, *, sheets: Sequence[Sheet], wanted: Wanted) -> Proposal:
    read = propose(sheets, known_here(uow), layout=wanted.layout, sheet=wanted.sheet)
    return replace(read, rows=tuple(_decided(row, wanted) for row in read.rows))


def _decided(row: Proposed, wanted: Wanted) -> Proposed:
    """What the options say about it."""
    if Doubt.EXISTING in row.doubts and not wanted.update:
        return replace(row, choice=Choice.SKIP, doubts=())
    row = replace(row, doubts=tuple(doubt for doubt in row.doubts if doubt is not Doubt.EXISTING))
    return with_suggestion(row) if wanted.suggestions else row


def _take_over(uow: UnitOfWork, *, proposal: Proposal, sha256: str) -> Taken:
    return take_over_all(uow, the_command_line(uow), proposal, sha256=sha256)


def _show_proposal(proposal: Proposal, *, as_json: bool) -> None:
    if as_json:
        show_json(
            {
                "layout": proposal.layout,
                "sheet": proposal.sheet,
                "controls": [_facts(row) for row in proposal.rows],
                "unreadable": [vars(row) for row in proposal.unreadable],
                "unused_columns": list(proposal.unused),
            }
        )
        return
    rows = [
        (str(row.row), row.code, row.choice, ", ".join(row.criteria), _cadence(row), row.department, _open(row))
        for row in proposal.rows
    ]
    show_table(("row", "id", "choice", "criteria", "cadence", "department", "to confirm"), rows)
    for one in proposal.unreadable:
        warn(f"row {one.row}{f' ({one.code})' if one.code else ''}: {one.reason}")
    for row in proposal.rows:
        for note in row.notes:
            warn(f"row {row.row} ({row.code}): {note}")
    if proposal.unused:
        warn(f"Columns not used: {', '.join(proposal.unused)}.")


def _facts(row: Proposed) -> dict[str, object]:
    return {
        "row": row.row,
        "code": row.code,
        "title": row.title,
        "choice": row.choice,
        "criteria": list(row.criteria),
        "suggested": list(row.suggestion.criteria) if row.suggestion else [],
        "because": row.suggestion.because if row.suggestion else "",
        "cadence": row.cadence,
        "event_driven": row.event_driven,
        "department": row.department,
        "owner": row.owner_id,
        "to_confirm": list(row.doubts) if row.undecided else [],
        "notes": list(row.notes),
    }


def _cadence(row: Proposed) -> str:
    return cadence_words(row.cadence, event_driven=row.event_driven)


def _open(row: Proposed) -> str:
    return ", ".join(row.doubts) if row.undecided else ""


def _what_is_open(proposal: Proposal) -> str:
    parts = []
    if proposal.unreadable:
        parts.append(f"{counted(len(proposal.unreadable), 'row')} can't be read")
    if proposal.undecided:
        parts.append(
            f"{counted(len(proposal.undecided), 'row')} to confirm: mend the file, look through it in chat, or say "
            "--accept-suggestions (a row without any suggestion needs its criteria in the file)"
        )
    return f"Nothing was imported. {'; '.join(parts)}."


def _what_happened(proposal: Proposal, taken: Taken | None) -> str:
    skipped = sum(row.choice is Choice.SKIP for row in proposal.rows)
    rest = f" {counted(skipped, 'row')} skipped: they stand here already." if skipped else ""
    if taken is None:
        return f"{counted(len(proposal.chosen), 'control')} would be taken over.{rest}"
    return f"{counted(taken.added, 'control')} added, {taken.updated} changed.{rest}"


def _bytes_of(file: Path) -> bytes:
    try:
        if file.stat().st_size > CONTROL_LIST.bytes:
            raise Failed(CONTROL_LIST.too_large(str(file)))
        return file.read_bytes()
    except OSError as error:
        raise Failed(f"{file} can't be read: {error.strerror}.") from error


# --- export and apply


@controls.command("export")
def export(
    form: Annotated[Format, typer.Option("--format", help="The only one so far.")] = Format.YAML,
    workspace: WorkspaceOption = "",
) -> None:
    """Every control as it stands, as YAML: one document for each area, to edit and apply."""
    with opened(settings_for_command()) as store:
        place = chosen_workspace(store, workspace)
        documents = store.units.read_now(place.id, _documents)
    if form is Format.YAML:
        typer.echo(as_yaml(documents), nl=False)


@controls.command("apply")
def apply_file(file: Path, dry_run: DryRun = False, as_json: AsJson = False, workspace: WorkspaceOption = "") -> None:
    """Make the controls of a YAML file the workspace's: adds, changes as a new version, retires. All or nothing."""
    documents = parse_documents(file)
    with opened(settings_for_command()) as store:
        place = chosen_workspace(store, workspace)
        work = partial(_apply, documents=documents, file=file.name, dry_run=dry_run)
        try:
            changes = store.units.write_now(place.id, work)
        except Invalid as error:
            for where, sentence in error.fields.items():
                warn(f"{where}: {sentence}")
            raise
    if as_json:
        show_json([{**vars(one), "fields": list(one.fields)} for one in changes])
        return
    for one in changes:
        said = f": {', '.join(one.fields)}" if one.fields else ""
        say(f"{SIGNS[one.what]} {one.code} {one.title} ({one.what}{said})")
    say(_summary(changes, dry_run=dry_run))


def _apply(uow: UnitOfWork, *, documents: Sequence[object], file: str, dry_run: bool) -> list[Change]:
    departments, criteria = allowed_here(uow)
    own = read_own(documents, file=file, departments=departments, criteria=criteria)
    return apply_controls(uow, the_command_line(uow), own, dry_run=dry_run)


def _summary(changes: Sequence[Change], *, dry_run: bool) -> str:
    if not changes:
        return "Nothing to change."
    return f"{counted(len(changes), 'change')} {'would be made' if dry_run else 'made'}."


def _documents(uow: UnitOfWork) -> list[Document]:
    emails = {person.id: person.email for person in uow.people.everyone()}
    return documents_of(uow.controls.every(), emails)


class ExactDumper(yaml.SafeDumper):
    """Writes so that every text comes back letter by letter, rare line breaks too."""


def _exactly(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"' if RARE_BREAKS.search(text) else None)


ExactDumper.add_representer(str, _exactly)


def as_yaml(documents: Sequence[Document]) -> str:
    return yaml.dump_all(documents, Dumper=ExactDumper, allow_unicode=True, sort_keys=False, width=110)
