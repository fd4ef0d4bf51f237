"""soc2 tokens: the ways in for programs. A token's text is printed once, and kept nowhere."""

import secrets
from datetime import datetime, timedelta
from typing import Annotated

import typer

from bot.commands.company import WorkspaceOption, chosen_workspace, opened, settings_for_command, the_command_line
from bot.commands.output import AsJson, say, show_json, show_table, warn
from tasks.api_tokens import LONGEST_LIFE, LONGEST_OVERLAP, OVERLAP, RANDOM_BYTES, ApiToken, Scope, new_text, secret_of
from tasks.operations.create_token import create_token
from tasks.operations.revoke_token import revoke_token
from tasks.operations.rotate_token import rotate_token
from tasks.people import Person
from tasks.ports import UnitOfWork

tokens = typer.Typer(help="API tokens: the ways in for programs.", no_args_is_help=True)
COLUMNS = ("name", "begins", "scopes", "answers for it", "state", "expires", "last used")
HOURS = timedelta(hours=1)

Days = Annotated[
    int | None,
    typer.Option("--expires-days", min=1, max=LONGEST_LIFE.days, help="Works for that many days; else until revoked."),
]
For = Annotated[str, typer.Option("--for", metavar="EMAIL", help="Who answers for what it does.")]


@tokens.command("create")
def create(
    name: str,
    scope: Annotated[list[Scope], typer.Option("--scope", help="What it may do; repeat it.")],
    expires_days: Days = None,
    answers_for: For = "",
    workspace: WorkspaceOption = "",
) -> None:
    """Make a token and print it, once; without --for the only admin answers for it."""
    text = new_text(secrets.token_bytes(RANDOM_BYTES))

    def work(uow: UnitOfWork) -> tuple[ApiToken, Person]:
        token = create_token(
            uow,
            the_command_line(uow),
            name=name,
            scopes=scope,
            secret=secret_of(text),
            email=answers_for,
            life=_days(expires_days),
        )
        return token, uow.people.get(token.person_id)

    with opened(settings_for_command()) as store:
        token, person = store.units.write_now(chosen_workspace(store, workspace).id, work)
    say(text)
    warn(f"Keep it now, it is shown only this once. {token.name} {_ends(token)}; {person.name} answers for it.")


@tokens.command("list")
def list_tokens(as_json: AsJson = False, workspace: WorkspaceOption = "") -> None:
    """Every token, by name; revoked ones too."""
    with opened(settings_for_command()) as store:
        found = store.units.read_now(chosen_workspace(store, workspace).id, _every)
    if as_json:
        show_json(found)
    else:
        show_table(COLUMNS, [[row[column] for column in COLUMNS] for row in found])


@tokens.command("rotate")
def rotate(
    name: str,
    overlap_hours: Annotated[
        int,
        typer.Option(
            "--overlap-hours",
            min=0,
            max=LONGEST_OVERLAP // HOURS,
            help="How long the former secret works on; 0: not at all.",
        ),
    ] = OVERLAP // HOURS,
    expires_days: Days = None,
    answers_for: For = "",
    workspace: WorkspaceOption = "",
) -> None:
    """Make a new secret for a token and print it, once; it works as long as the former one was made for."""
    text = new_text(secrets.token_bytes(RANDOM_BYTES))

    def work(uow: UnitOfWork) -> ApiToken:
        return rotate_token(
            uow,
            the_command_line(uow),
            name,
            secret=secret_of(text),
            overlap=overlap_hours * HOURS,
            life=_days(expires_days),
            email=answers_for,
        )

    with opened(settings_for_command()) as store:
        token = store.units.write_now(chosen_workspace(store, workspace).id, work)
    say(text)
    warn(f"Keep it now, it is shown only this once. {token.name} {_ends(token)}; {_former(token)}")


@tokens.command("revoke")
def revoke(name: str, workspace: WorkspaceOption = "") -> None:
    """Make a token stop working at once, with the secret before its last rotation."""
    with opened(settings_for_command()) as store:
        place = chosen_workspace(store, workspace)
        token = store.units.write_now(place.id, lambda uow: revoke_token(uow, the_command_line(uow), name))
    say(f"{token.name} has stopped working.")


def _days(number: int | None) -> timedelta | None:
    return None if number is None else timedelta(days=number)


def _ends(token: ApiToken) -> str:
    return f"works until {_minute(token.expires_at)}" if token.expires_at else "works until it is revoked"


def _former(token: ApiToken) -> str:
    still = token.former_until and token.rotated_at and token.former_until > token.rotated_at
    return f"the former secret until {_minute(token.former_until)}." if still else "the former secret has stopped."


def _minute(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else ""


def _every(uow: UnitOfWork) -> list[dict[str, str]]:
    people = {person.id: person for person in uow.people.everyone()}
    return [_row(token, people[token.person_id], uow.now) for token in uow.api_tokens.every()]


def _row(token: ApiToken, person: Person, now: datetime) -> dict[str, str]:
    values = (
        token.name,
        f"{token.shown}…",
        ", ".join(sorted(token.scopes)),
        person.email,
        _state(token, person, now),
        _minute(token.expires_at),
        _minute(token.last_used_at),
    )
    return dict(zip(COLUMNS, values, strict=True))


def _state(token: ApiToken, person: Person, now: datetime) -> str:
    if token.revoked_at:
        return "revoked"
    if not token.admits(token.digest, now):
        return "expired"
    if not person.active:
        return "stopped: nobody answers for it"
    rotating = token.former_until and now < token.former_until
    return f"works; the former secret until {_minute(token.former_until)}" if rotating else "works"
