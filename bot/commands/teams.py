"""soc2 teams: what an admin of Microsoft Teams needs from us."""

from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.company import settings_for_command
from bot.commands.output import USAGE, Failed, say
from bot.settings import Settings
from bot.teams.app_package.package import AppFacts, build_package

teams = typer.Typer(help="Microsoft Teams.", no_args_is_help=True)
LONGEST_COMPANY = 32
OUT = Path("soc2bot-teams.zip")
Address = Annotated[str, typer.Option(help="Shown to admins; else the server's own address.")]


@teams.callback()
def _teams() -> None:
    """Keeps `package` a command of its own."""


@teams.command("package")
def package(
    out: Annotated[Path, typer.Option(help="Where to write it.")] = OUT,
    company: Annotated[str, typer.Option(help="Who publishes the app: your company's name.")] = "soc2bot",
    website: Address = "",
    privacy: Address = "",
    terms: Address = "",
) -> None:
    """Write the app package to upload to Teams: the manifest with your ids, and the icons."""
    facts = _facts(settings_for_command(), company, website, privacy, terms)
    try:
        out.write_bytes(build_package(facts))
    except OSError as error:
        raise Failed(f"{out} can't be written: {error.strerror}.") from error
    say(f"{out} is the app {facts.app_id}, version {facts.version}. Upload it in the Teams admin center.")


def _facts(settings: Settings, company: str, website: str, privacy: str, terms: str) -> AppFacts:
    if not settings.teams_app_id:
        raise Failed("TEAMS_APP_ID is missing: register the bot first, as docs/teams.md says.", code=USAGE)
    if not settings.public_url.startswith("https://"):
        raise Failed("SOC2_PUBLIC_URL must begin with https://: Teams reaches no other address.", code=USAGE)
    if not 0 < len(company) <= LONGEST_COMPANY:
        raise Failed(f"--company takes 1 to {LONGEST_COMPANY} characters.", code=USAGE)
    for name, address in (("--website", website), ("--privacy", privacy), ("--terms", terms)):
        if address and not address.startswith("https://"):
            raise Failed(f"{name} must begin with https:// (it is “{address}”).", code=USAGE)
    return AppFacts(
        app_id=settings.teams_app_id,
        version=version("soc2bot"),
        public_url=settings.public_url,
        company=company,
        website=website or settings.public_url,
        privacy=privacy or settings.public_url,
        terms=terms or settings.public_url,
    )
