"""soc2 workspace: which Slack team and Teams tenant belong together."""

import re
from enum import StrEnum
from typing import Annotated

import typer

from bot.commands.company import WorkspaceOption, chosen_workspace, opened, settings_for_command, the_command_line
from bot.commands.output import USAGE, Failed, say
from bot.store import Store
from tasks.identifiers import WorkspaceId
from tasks.operations.link_workspace import link_workspace
from tasks.wording import platform_name

workspace = typer.Typer(help="Which Slack team and Teams tenant belong together.", no_args_is_help=True)


class Linkable(StrEnum):
    SLACK = "slack"
    TEAMS = "teams"


SHAPES = {
    Linkable.SLACK: (re.compile(r"[TE][A-Z0-9]{2,20}"), "a team's id, such as T0123ABCD"),
    Linkable.TEAMS: (
        re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        "a tenant's id, such as 11111111-2222-3333-4444-555555555555",
    ),
}


@workspace.callback()
def _workspace() -> None:
    """Keeps `link` a command of its own."""


@workspace.command("link")
def link(
    platform: Linkable,
    team: Annotated[str, typer.Argument(metavar="TEAM_OR_TENANT_ID")],
    workspace: WorkspaceOption = "",
) -> None:
    """Say that a Slack team or Teams tenant is the same company. Nothing is ever linked by itself."""
    shape, expected = SHAPES[platform]
    wanted = team.lower() if platform is Linkable.TEAMS else team.upper()
    if shape.fullmatch(wanted) is None:
        raise Failed(f"{team} is no {platform_name(platform)} id: give {expected}.", code=USAGE)
    with opened(settings_for_command()) as store:
        place = chosen_workspace(store, workspace)
        _free(store, place.id, platform, wanted)
        store.units.write_now(place.id, lambda uow: link_workspace(uow, the_command_line(uow), platform, wanted))
    say(f"{platform_name(platform)} {wanted} belongs to {place.name} now. Restart soc2 serve if it runs.")


def _free(store: Store, ours: WorkspaceId, platform: str, team: str) -> None:
    """Whoever wrote to us there before it was linked got a workspace of their own. Where no control was set up in it,
    nothing is on record there, and it gives way."""
    owner = store.units.write_now(ours, lambda uow: uow.bind(platform, team))
    if owner != ours and not store.units.read_now(owner, lambda uow: uow.controls.every()):
        store.units.link_workspace(platform, team, ours)
