"""The program as an operator starts it: a real process on a real socket."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from storage.database import Database
from storage.unit_of_work import SqlUnitsOfWork
from tests.bot.a_company import StepClock
from tests.fake_slack.server import FakeSlack
from tests.slack_requests import SlackSender

SOC2 = (sys.executable, "-c", "from bot.cli import app; app()")
ROOT = Path(__file__).parents[2]
PATIENCE = 30.0


def a_free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def running(folder: Path, command: str, settings: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("SOC2_", "SLACK_", "TEAMS_"))}
    environment = {**clean, "PYTHONPATH": str(ROOT), **settings}
    process = subprocess.Popen(
        [*SOC2, *command.split()],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def ready(port: int) -> httpx.Response:
    ends = time.monotonic() + PATIENCE
    while True:
        try:
            return httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=5)
        except httpx.TransportError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.05)


@pytest.fixture
def port() -> int:
    return a_free_port()


def test_serve_becomes_ready_says_where_and_ends_when_asked(tmp_path: Path, port: int) -> None:
    with running(tmp_path, "serve", {"SOC2_PORT": str(port)}) as process:
        assert ready(port).json() == {"status": "ready", "problems": {}}
        assert httpx.get(f"http://127.0.0.1:{port}/web").status_code == 200
        process.send_signal(signal.SIGTERM)
        printed, _ = process.communicate(timeout=PATIENCE)
    assert f"soc2bot is ready at http://127.0.0.1:{port}" in printed
    assert "Traceback" not in printed


def test_a_second_one_on_the_same_port_is_refused_in_a_sentence(tmp_path: Path, port: int) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with running(tmp_path, "demo", {"SOC2_PORT": str(port)}) as process:
            printed, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert printed == f"Port {port} is taken by another program: stop that one, or set SOC2_PORT to another port.\n"
    assert not (tmp_path / "var").exists()


def test_production_serves_no_browser_chat(tmp_path: Path, port: int) -> None:
    settings = {
        "SOC2_PORT": str(port),
        "SOC2_ENVIRONMENT": "production",
        "SOC2_SECRET_KEY": "k" * 40,
        "SOC2_PUBLIC_URL": "https://soc2.example.com",
    }
    with running(tmp_path, "migrate", settings) as process:
        process.communicate(timeout=PATIENCE)
    with running(tmp_path, "serve", settings):
        assert ready(port).status_code == 200
        assert httpx.get(f"http://127.0.0.1:{port}/web").status_code == 404


def test_no_secret_is_ever_printed(tmp_path: Path, port: int) -> None:
    secrets = {
        "SOC2_SECRET_KEY": "secret-key-" + "k" * 30,
        "SLACK_SIGNING_SECRET": "signing-secret-" + "s" * 30,
        "SLACK_BOT_TOKEN": "xoxb-hush-hush-hush",
    }
    api = f"http://127.0.0.1:{a_free_port()}/api/"  # nobody listens there
    with running(tmp_path, "serve", {"SOC2_PORT": str(port), "SLACK_API_URL": api, **secrets}) as process:
        response = ready(port)
        httpx.post(
            f"http://127.0.0.1:{port}/slack/events", content=b"private words", headers={"X-Slack-Signature": "v0="}
        )
        process.send_signal(signal.SIGTERM)
        printed, _ = process.communicate(timeout=PATIENCE)
    assert "slack" in response.json()["problems"]
    assert "not connected to Slack" in printed
    assert not [secret for secret in (*secrets.values(), "private words") if secret in printed]


def test_slack_connects_its_people_are_known_and_a_signed_command_is_answered(tmp_path: Path, port: int) -> None:
    with FakeSlack(team_name="Acme") as slack:
        olga = slack.add_user("olga", email="olga@example.com")
        settings = {
            "SOC2_PORT": str(port),
            "SLACK_API_URL": slack.url,
            "SLACK_BOT_TOKEN": slack.token,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
        }
        with running(tmp_path, "serve", settings):
            wait_for(lambda: ready(port).status_code == 200)
            wait_for(lambda: "olga@example.com" in people_known(tmp_path))
            assert "olga" in people_listed(tmp_path)
            answer = SlackSender(f"http://127.0.0.1:{port}", slack.signing_secret, slack).command(olga.id, "help")
            assert answer.status_code == 200
            assert "/soc2 tasks" in answer.text
        with running(tmp_path, "serve", settings):
            wait_for(lambda: ready(port).status_code == 200)
    with Database(f"sqlite:///{tmp_path / 'var/soc2.db'}") as database:
        workspaces = SqlUnitsOfWork(database, StepClock()).workspaces()
    assert [one.name for one in workspaces] == ["Acme"], "a second start makes no second workspace"


def wait_for(happened: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < ends, "it never happened"
        time.sleep(0.1)


def people_known(folder: Path) -> list[str]:
    """By e-mail. Waited for here, and not by one process after the other."""
    with closing(sqlite3.connect(f"file:{folder / 'var/soc2.db'}?mode=ro", uri=True)) as connection:
        return [email for (email,) in connection.execute("SELECT email FROM people")]


def people_listed(folder: Path) -> str:
    with running(folder, "people list", {}) as process:
        return process.communicate(timeout=PATIENCE)[0]
