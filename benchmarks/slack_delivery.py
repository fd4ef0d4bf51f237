"""Thousands of prompts owed at once, delivered to a Slack that enforces its rates, in a process of its own.

Time passes faster for the rates, on both sides alike, or this would take most of an hour. Held against the target is
the processor time of one notice at the rate of real time, and what the idle program takes besides. It is measured once
everybody has had a first message: conversations have to be opened, and Slack allows fewer of those calls.
"""

import asyncio
import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from benchmarks import company
from benchmarks.figures import Figure, Outcome, Scale, Target
from benchmarks.processes import ROOT
from benchmarks.requests import TEAM
from bot.pacing import SLACK, Pace
from bot.settings import Environment, Settings
from bot.wiring import App, Waits, build
from tests.fake_slack.rates import MINUTE, POSTS_A_MINUTE

SPEED = 30.0
"""Seconds of Slack's in one of ours."""
PATIENCE = 600.0
OWED_AGAIN = """
UPDATE notices SET state = CASE occasion WHEN 'opened' THEN 'owed' ELSE 'skipped' END,
    attempts = 0, sent_at = NULL, platform = '', conversation = '', message = ''
"""
Json = dict[str, Any]


class NotDelivered(Exception):
    """Something is missing, or came twice."""


def measure(scale: Scale, folder: Path) -> Outcome:
    kept = folder / "soc2.db"
    company.found(kept, people=scale.people, tasks=scale.notices)
    with closing(sqlite3.connect(kept)) as driver, driver:
        driver.execute("DELETE FROM messages")
        driver.execute(OWED_AGAIN)
    with _a_slack() as slack, build(_settings(folder, slack), waits=_waits()) as app:
        _introduce(slack, scale.people)
        with (folder / "log").open("w") as log, redirect_stdout(log):
            run = asyncio.run(_deliver(app, kept, scale))
        _check_delivered(slack, scale.notices)
        return _outcome(run, refused=len(_asked(slack, "limited")), notices=scale.notices)


@dataclass(frozen=True, kw_only=True)
class Run:
    introductions: float
    """Seconds until everybody had a first message."""
    notices: int
    """After those."""
    seconds: float
    used: float
    """Seconds of processor time."""
    idle: float
    """Of a core, once nothing is owed."""


async def _deliver(app: App, kept: Path, scale: Scale) -> Run:
    async with app.running():
        began = time.monotonic()
        notices = await _until(kept, scale.notices - scale.people)
        steady, used = time.monotonic(), time.process_time()
        await _until(kept, 0)
        seconds, used = time.monotonic() - steady, time.process_time() - used
        resting = time.process_time()
        await asyncio.sleep(scale.idle)
        idle = (time.process_time() - resting) / scale.idle if scale.idle else 0.0
    return Run(introductions=steady - began, notices=notices, seconds=seconds, used=used, idle=idle)


async def _until(kept: Path, most: int) -> int:
    """Until no more than these are owed; returns how many are."""
    ends = time.monotonic() + PATIENCE
    while (unsent := _unsent(kept)) > most:
        if time.monotonic() > ends:
            raise NotDelivered(f"{unsent} are still owed")
        await asyncio.sleep(0.1)
    return unsent


def _outcome(run: Run, *, refused: int, notices: int) -> Outcome:
    each, a_second = run.used / max(run.notices, 1), SLACK.posts.a_minute / MINUTE
    minutes = run.seconds * SPEED / MINUTE
    share, rate = 100 * (each * a_second + run.idle), run.notices / minutes / POSTS_A_MINUTE
    return Outcome(
        targets=(
            Target(name="calls that Slack let pass", value=notices / (notices + refused), limit=1, at_least=True),
            Target(name="of a core, at the real rate", value=share, limit=30, unit="%"),
            Target(name="rate, of what Slack allows", value=rate, limit=0.85, at_least=True),
        ),
        figures=(
            Figure(name="notices", value=notices),
            Figure(name="of those in the steady state", value=run.notices),
            Figure(name=f"which took, with time {SPEED:g} times faster", value=run.seconds, unit="s"),
            Figure(name="and take in real time", value=minutes, unit="min"),
            Figure(name="first messages, in real time", value=run.introductions * SPEED / MINUTE, unit="min"),
            Figure(name="processor time of a notice", value=1000 * each, unit="ms"),
            Figure(name="of a core, idle", value=100 * run.idle, unit="%"),
        ),
    )


def _waits() -> Waits:
    def now() -> float:
        return time.monotonic() * SPEED

    async def sleep(seconds: float) -> None:
        await asyncio.sleep(seconds / SPEED)

    return Waits(pace=Pace(now=now, sleep=sleep), seconds=now)


def _settings(folder: Path, slack: Json) -> Settings:
    return Settings(
        environment=Environment.LOCAL,
        database_url=f"sqlite:///{folder / 'soc2.db'}",
        evidence_url=str(folder / "evidence"),
        slack_signing_secret=SecretStr(slack["signing_secret"]),
        slack_bot_token=SecretStr(slack["token"]),
        slack_api_url=slack["url"],
        browser_chat=False,
    )


def _unsent(kept: Path) -> int:
    with closing(sqlite3.connect(f"file:{kept}?mode=ro", uri=True)) as driver:
        return int(driver.execute(company.UNSENT).fetchone()[0])


# the Slack


@contextmanager
def _a_slack() -> Iterator[Json]:
    command = [sys.executable, "-m", "tests.fake_slack", "--team", TEAM]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield json.loads(process.stdout.readline() if process.stdout else "")
        finally:
            process.terminate()


def _introduce(slack: Json, people: int) -> None:
    for number in range(people):
        person = company.slack_user(number)
        _tell(slack, "add_user", name=f"person {number}", email=f"{number:05d}@acme.example", id=person)
    _tell(slack, "enforce_rates", speed=SPEED)


def _check_delivered(slack: Json, notices: int) -> None:
    arrived = sum(_asked(slack, "carried").values())
    if (arrived, _asked(slack, "violations")) != (notices, []):
        raise NotDelivered(f"{arrived} of {notices} messages; violations: {_asked(slack, 'violations')[:3]}")


def _tell(slack: Json, action: str, **keywords: object) -> None:
    httpx.post(_test_url(slack, action), json=keywords, trust_env=False).raise_for_status()


def _asked(slack: Json, name: str) -> Any:
    return httpx.get(_test_url(slack, name), trust_env=False, timeout=60).raise_for_status().json()


def _test_url(slack: Json, name: str) -> str:
    return f"{slack['url'].removesuffix('/api/')}/_test/{name}"
