"""soc2 serve, demo, migrate and tick."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree
from typing import Annotated

import typer

from bot.clock import MovableClock, real_now
from bot.commands.company import NOT_CURRENT, opened, settings_for_command
from bot.commands.output import USAGE, AsJson, Failed, progress_bar, say, show_json, show_table
from bot.demo import SampleClock, load_sample_company
from bot.log import configure_logging
from bot.server import listen, run_server
from bot.settings import Settings
from bot.store import is_current, make_clock, open_store, upgrade
from bot.wiring import build

DEMO = Path("var/demo")
LOADING = Path("var/demo-loading")
DATABASE = "soc2.db"


def serve() -> None:
    """Serve Slack and, in local, the browser chat; run the jobs. Ends with Ctrl-C."""
    settings = settings_for_command()
    if settings.is_local:
        upgrade(settings)
    elif not is_current(settings):
        raise Failed(NOT_CURRENT)
    configure_logging(json=not settings.is_local, secrets=settings.secret_values)
    _serve(settings, f"soc2bot is ready at {settings.public_url}")


def demo() -> None:
    """Try it: a sample company in your browser, no account needed."""
    given = settings_for_command()
    if not given.is_local:
        raise Failed("The demo runs in local only: set SOC2_ENVIRONMENT to local, or leave it out.", code=USAGE)
    listen(given.host, given.port).close()  # said before anything is loaded
    if not (DEMO / DATABASE).exists():
        _load_demo(given)
    settings = demo_settings(given, DEMO)
    upgrade(settings)
    _serve(settings, f"Open {settings.public_url} and choose who you are. Ctrl-C ends the demo; its data stays.")


def migrate() -> None:
    """Bring the database up to date; does nothing where it already is."""
    settings = settings_for_command()
    current = is_current(settings)
    upgrade(settings)
    say("The database was up to date." if current else "The database is up to date now.")


def tick(
    at: Annotated[
        str, typer.Option("--at", metavar="TIME", help="First move the clock forward to then (local only).")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Run every due job once, as a timer or a test would."""
    settings = settings_for_command()
    if at:
        _move_clock(settings, at)
    with opened(settings):
        pass  # says so where the database is not up to date
    done = asyncio.run(_tick(settings))
    if as_json:
        show_json(done)
    else:
        show_table(("job", "done"), [(name, str(count)) for name, count in done.items()])


def demo_settings(given: Settings, folder: Path) -> Settings:
    """The demo's own database and files, whatever else is set."""
    change = {
        "database_url": f"sqlite:///{folder / DATABASE}",
        "evidence_url": str(folder / "evidence"),
        "browser_chat": True,
        "movable_clock": True,
    }
    return given.model_copy(update=change)


def _load_demo(given: Settings) -> None:
    """Loaded aside and then moved, so that a demo cut short is never taken for a whole one."""
    rmtree(LOADING, ignore_errors=True)
    settings, clock = demo_settings(given, LOADING), SampleClock(real_now())
    upgrade(settings)
    with open_store(settings, clock) as store, progress_bar("Loading Acme Robotics", 100) as bar:
        load_sample_company(store, clock, bar.at)
    rmtree(DEMO, ignore_errors=True)
    LOADING.rename(DEMO)


def _serve(settings: Settings, ready: str) -> None:
    listener = listen(settings.host, settings.port)
    with build(settings) as app:
        run_server(app.asgi(on_ready=lambda: say(ready)), listener)


async def _tick(settings: Settings) -> dict[str, int]:
    with build(settings) as app:
        return await app.tick()


def _move_clock(settings: Settings, text: str) -> None:
    clock = make_clock(settings)
    if not isinstance(clock, MovableClock):
        raise Failed("--at works in local only: in production the clock can't be moved.", code=USAGE)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Failed(f"{text} is not a time; write it like 2026-11-30T09:00 (UTC).", code=USAGE) from None
    clock.move_to(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
