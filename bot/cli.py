"""soc2: the command line. Exit codes: 0 all is well, 1 a problem was found or met, 2 wrong usage or settings."""

import sys
from collections.abc import Sequence

import typer

from bot.clock import ClockError
from bot.commands.access import access
from bot.commands.audit import audit
from bot.commands.catalogue import catalogue
from bot.commands.controls import controls
from bot.commands.doctor import doctor
from bot.commands.output import PROBLEM, USAGE, Failed, warn
from bot.commands.people import people
from bot.commands.running import demo, migrate, serve, tick
from bot.commands.teams import teams
from bot.commands.tokens import tokens
from bot.commands.workspace import workspace
from bot.server import CannotListen
from bot.settings import SettingsError
from bot.store import Busy, CannotOpen, NotSaved
from tasks.errors import DomainError

commands = typer.Typer(
    name="soc2",
    help="Keeps a company's SOC 2 compliance rhythm inside the chat tools its people already use.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (serve, demo, migrate, tick, doctor):
    commands.command()(command)
commands.add_typer(access, name="access")
commands.add_typer(people, name="people")
commands.add_typer(catalogue, name="catalogue")
commands.add_typer(controls, name="controls")
commands.add_typer(audit, name="audit")
commands.add_typer(teams, name="teams")
commands.add_typer(tokens, name="tokens")
commands.add_typer(workspace, name="workspace")


def app(arguments: Sequence[str] | None = None) -> None:
    """Every refusal is one sentence on stderr; a traceback is a bug."""
    try:
        commands(arguments)
    except (SettingsError, CannotOpen, CannotListen) as error:
        _fail(str(error), USAGE)
    except Failed as error:
        _fail(str(error), error.code)
    except (DomainError, ClockError, NotSaved, Busy) as error:
        _fail(str(error), PROBLEM)


def _fail(sentence: str, code: int) -> None:
    warn(sentence)
    sys.exit(code)
