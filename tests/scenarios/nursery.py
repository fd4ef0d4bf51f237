"""A process that has imported everything and forks a server on request: twenty starts then cost no twenty imports."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

WARM = """
import os, signal, sys
import bot.commands.running
from bot.cli import app
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for line in sys.stdin:
    child = os.fork()
    if not child:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        os.dup2(2, 1)
        app(["serve"])
        os._exit(0)
    print(child, flush=True)
"""


@dataclass(frozen=True)
class Server:
    pid: int

    @property
    def alive(self) -> bool:
        return psutil.pid_exists(self.pid)

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> None:
        with suppress(psutil.NoSuchProcess):
            psutil.Process(self.pid).wait(30)


@dataclass(frozen=True)
class Nursery:
    process: subprocess.Popen[str]

    def serve(self) -> Server:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write("serve\n")
        self.process.stdin.flush()
        return Server(int(self.process.stdout.readline()))


@contextmanager
def a_nursery(folder: Path, settings: Mapping[str, str]) -> Iterator[Nursery]:
    with (
        (folder / "log").open("ab") as log,
        subprocess.Popen(
            [sys.executable, "-c", WARM],
            cwd=folder,
            env=dict(settings),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        yield Nursery(process)
