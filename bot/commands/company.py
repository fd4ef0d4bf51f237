"""Opening the database for a command, and finding the workspace it is about."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from bot.commands.output import Failed, warn
from bot.log import configure_logging
from bot.settings import Settings, load_settings, unknown_settings
from bot.store import Store, is_current, make_clock, open_store
from tasks.people import Actor, Workspace
from tasks.ports import UnitOfWork

WorkspaceOption = Annotated[str, typer.Option("--workspace", help="Its id or name, where there are several.")]
NO_WORKSPACE = "There is no workspace yet: start soc2 serve with SLACK_BOT_TOKEN set, or try the bot with soc2 demo."
NOT_CURRENT = "The database is not up to date: run soc2 migrate first."


def settings_for_command() -> Settings:
    """With a word on stderr about every variable that is most likely misspelt."""
    settings = load_settings()
    configure_logging(json=not settings.is_local, secrets=settings.secret_values, level=logging.WARNING)
    for sentence in unknown_settings():
        warn(sentence)
    return settings


@contextmanager
def opened(settings: Settings) -> Iterator[Store]:
    if not is_current(settings):
        raise Failed(NOT_CURRENT)
    with open_store(settings, make_clock(settings)) as store:
        yield store


def chosen_workspace(store: Store, wanted: str) -> Workspace:
    workspaces = store.units.workspaces()
    found = [one for one in workspaces if not wanted or wanted in (one.id, one.name)]
    if len(found) == 1:
        return found[0]
    if not workspaces:
        raise Failed(NO_WORKSPACE)
    names = ", ".join(f"{one.name} ({one.id})" for one in workspaces)
    if wanted:
        raise Failed(f"There is no workspace {wanted}; there is {names}.")
    raise Failed(f"Say which workspace with --workspace: {names}.")


def the_command_line(uow: UnitOfWork) -> Actor:
    return Actor(person=None, platform="cli", at=uow.now)
