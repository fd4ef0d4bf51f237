"""soc2 as a real process, beside a Slack in the test's own."""

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path

import httpx

from tests.fake_slack import FakeSlack
from tests.scenarios.company import STAFF, email, user_id

ROOT = Path(__file__).parents[2]
SOC2 = (sys.executable, "-c", "from bot.cli import app; app()")
PATIENCE = 30.0


def a_slack_of_today() -> FakeSlack:
    slack = FakeSlack()
    for handle, name, *_ in STAFF:
        slack.add_user(handle, email(handle), id=user_id(handle), real_name=name, tz="UTC")
    return slack


def environment(folder: Path, slack: FakeSlack, port: int, **more: str) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("SOC2_", "SLACK_", "TEAMS_"))}
    return {
        **clean,
        "PYTHONPATH": str(ROOT),
        "SOC2_PORT": str(port),
        "SOC2_BROWSER_CHAT": "off",
        "SOC2_DATABASE_URL": f"sqlite:///{folder / 'soc2.db'}",
        "SOC2_EVIDENCE_URL": str(folder / "evidence"),
        "SLACK_API_URL": slack.url,
        "SLACK_BOT_TOKEN": slack.token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        **more,
    }


def start(folder: Path, settings: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as lines:
        return subprocess.Popen(
            [*SOC2, "serve"], cwd=folder, env=dict(settings), stdin=subprocess.DEVNULL, stdout=lines, stderr=lines
        )


@contextmanager
def serve(folder: Path, settings: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = start(folder, settings, log)
    try:
        wait_until_ready(int(settings["SOC2_PORT"]))
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE)


def wait_until_ready(port: int) -> None:
    ends = time.monotonic() + PATIENCE
    while True:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=5, trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            pass
        assert time.monotonic() < ends, "the server did not become ready"
        time.sleep(0.02)  # a process of its own has nothing else to wait on


def digest_of_every_row(folder: Path) -> dict[str, str]:
    """Table → hash of its rows."""
    with closing(sqlite3.connect(f"file:{folder / 'soc2.db'}?mode=ro", uri=True)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: sha256(repr(sorted(map(repr, connection.execute(f'SELECT * FROM "{name}"')))).encode()).hexdigest()
            for name in tables
        }
