"""Servers in processes of their own, started and stopped."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.requests import SECRET

ROOT = Path(__file__).parents[1]
SOC2 = ("-c", "from bot.cli import app; app()")
PATIENCE = 30.0


class NotStarted(Exception):
    """With what the server printed."""


@dataclass(frozen=True, kw_only=True)
class Server:
    port: int
    pid: int


def soc2_settings(folder: Path, *, slack: str = "") -> dict[str, str]:
    """A production's. slack: the address of its Web API; without one Slack is not connected."""
    settings = {
        "SOC2_ENVIRONMENT": "production",
        "SOC2_PUBLIC_URL": "https://soc2.example.com",
        "SOC2_SECRET_KEY": "k" * 40,
        "SOC2_DATABASE_URL": f"sqlite:///{folder / 'soc2.db'}",
        "SOC2_EVIDENCE_URL": str(folder / "evidence"),
    }
    connected = {"SLACK_BOT_TOKEN": "xoxb-benchmark", "SLACK_SIGNING_SECRET": SECRET, "SLACK_API_URL": slack}
    return settings | (connected if slack else {})


@contextmanager
def soc2_serve(folder: Path, settings: Mapping[str, str]) -> Iterator[Server]:
    port = free_port()
    with _running([*SOC2, "serve"], port, folder, {**settings, "SOC2_PORT": str(port)}) as server:
        yield server


@contextmanager
def rival(name: str, folder: Path, *arguments: str, module: str = "benchmarks.rivals") -> Iterator[Server]:
    port = free_port()
    with _running(["-m", module, name, str(port), *arguments], port, folder, {}) as server:
        yield server


@contextmanager
def together(*servers: AbstractContextManager[Server]) -> Iterator[tuple[Server, ...]]:
    """All started at once: each needs some seconds by itself."""
    with ExitStack() as stopping:
        with ThreadPoolExecutor(len(servers)) as starting:
            started = tuple(starting.map(stopping.enter_context, servers))
        yield started


@contextmanager
def _running(command: list[str], port: int, folder: Path, settings: Mapping[str, str]) -> Iterator[Server]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("SOC2_", "SLACK_", "TEAMS_"))}
    with (folder / f"{port}.log").open("w+b") as printed:
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=folder,
            env={**clean, "PYTHONPATH": str(ROOT), **settings},
            stdout=printed,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_for(port, process, Path(printed.name))
            yield Server(port=port, pid=process.pid)
        finally:
            process.kill()
            process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes], printed: Path) -> None:
    ends = time.monotonic() + PATIENCE
    while not is_listening(port):
        if process.poll() is not None or time.monotonic() > ends:
            raise NotStarted(printed.read_text())
        time.sleep(0.005)


def is_listening(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
