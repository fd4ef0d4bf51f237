"""soc2 catalogue: the controls as they are shipped, checked, and taken over by a company."""

from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.company import WorkspaceOption, chosen_workspace, opened, settings_for_command, the_command_line
from bot.commands.output import PROBLEM, AsJson, Failed, end, say, show_json, show_table, titled
from tasks.catalogue.loader import SHIPPED, lint, load
from tasks.catalogue.model import Catalogue, CatalogueControl, Pack
from tasks.controls import Control
from tasks.operations.install_controls import install_controls
from tasks.ports import UnitOfWork

catalogue = typer.Typer(help="The controls: check, look at, install.", no_args_is_help=True)
Folder = Annotated[Path, typer.Argument(help="A folder of YAML files; the shipped catalogue if not given.")]
FolderOption = Annotated[Path, typer.Option("--dir", help="A folder of YAML files in place of the shipped catalogue.")]
Packs = Annotated[list[Pack], typer.Option("--pack", help="Repeat it for several.")]


@catalogue.command("lint")
def lint_catalogue(directory: Folder = SHIPPED, as_json: AsJson = False) -> None:
    """Name every problem with its file, control and field."""
    problems = lint(directory)
    if as_json:
        fields = ("file", "control", "field", "message")
        show_json([{name: getattr(problem, name) for name in fields} for problem in problems])
    else:
        for problem in problems:
            say(str(problem))
        say(f"{len(problems)} problems found." if problems else f"No problems: {_size(load(directory))}.")
    if problems:
        end(PROBLEM)


@catalogue.command("install")
def install(
    packs: Packs = [Pack.SECURITY_CORE],  # noqa: B006 (typer reads it, nobody changes it)
    directory: FolderOption = SHIPPED,
    starts_on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Nothing opens before it; today if not given.")
    ] = None,
    workspace: WorkspaceOption = "",
) -> None:
    """Make the controls of some packs the workspace's own; again adds what is new and edits nothing."""
    controls = load(directory).in_packs(*packs)
    with opened(settings_for_command()) as store:
        place = chosen_workspace(store, workspace)
        day = starts_on.date() if starts_on else None
        added = store.units.write_now(place.id, partial(_install, controls=controls, starts_on=day))
    kept = len(controls) - len(added)
    say(f"{len(added)} controls installed." + (f" {kept} were there already." if kept else ""))


@catalogue.command("show")
def show(
    code: Annotated[str, typer.Argument(help="A control such as IAM-01; all of them if not given.")] = "",
    directory: FolderOption = SHIPPED,
    as_json: AsJson = False,
) -> None:
    """One control in full, or all of them in a list."""
    loaded = load(directory)
    control = loaded.control(code.upper())
    if code and control is None:
        raise Failed(f"There is no control {code}; soc2 catalogue show lists them.")
    if control:
        facts = _facts(control)
        show_json(facts) if as_json else titled({name: _text(value) for name, value in facts.items()})
    elif as_json:
        show_json([_facts(one) for one in loaded.controls])
    else:
        rows = [(one.code, one.department, one.text.cadence_text, one.text.title) for one in loaded.controls]
        show_table(("code", "department", "cadence", "title"), rows)


def _install(uow: UnitOfWork, *, controls: tuple[CatalogueControl, ...], starts_on: date | None) -> list[Control]:
    return install_controls(uow, the_command_line(uow), controls, starts_on=starts_on or uow.now.date())


def _size(loaded: Catalogue) -> str:
    return f"{len(loaded.controls)} controls, {len(loaded.criteria)} criteria"


def _facts(control: CatalogueControl) -> dict[str, str | list[str]]:
    text = control.text
    return {
        "code": control.code,
        "title": text.title,
        "area": control.area,
        "department": control.department,
        "cadence": text.cadence_text,
        "due": f"{text.due_days} days after opening",
        "limit": f"{text.limit_days} days after opening" if text.limit_days else "none promised",
        "acceptance": "by a second person" if text.acceptance else "not needed",
        "prompt": text.prompt,
        "statement": text.statement,
        "evidence": [f"{item.text} ({'required' if item.required else 'optional'})" for item in text.evidence],
        "auditors test": list(text.tested_attributes),
        "supports": [f"{framework}: {', '.join(ids)}" for framework, ids in text.refs.items()],
        "packs": sorted(control.packs),
    }


def _text(value: str | list[str]) -> str:
    return value if isinstance(value, str) else "\n".join(value)
