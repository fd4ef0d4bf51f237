"""`soc2 serve` on an empty, migrated database: seconds until it is ready, and its memory once it idles."""

import json
import time
import urllib.error
import urllib.request
from pathlib import Path
from statistics import median

import psutil

from benchmarks.figures import Figure, Outcome, Scale, Target
from benchmarks.processes import rival, soc2_serve, soc2_settings
from storage import migrate

MEBIBYTE = 1024 * 1024
PATIENCE = 30.0


class NotReady(Exception):
    """With what /readyz said."""


def measure(scale: Scale, folder: Path) -> Outcome:
    migrate.upgrade(f"sqlite:///{folder / 'soc2.db'}")
    with rival("slack", folder) as slack:
        url = f"http://127.0.0.1:{slack.port}/api/"
        starts = [_start(scale, folder, soc2_settings(folder, slack=url)) for _ in range(scale.rounds)]
    plain = [_start(scale, folder, soc2_settings(folder)) for _ in range(scale.rounds)]
    seconds, memory = (median(values) for values in zip(*starts, strict=True))
    plain_seconds, plain_memory = (median(values) for values in zip(*plain, strict=True))
    return Outcome(
        targets=(
            Target(name="ready, with Slack", value=seconds, limit=2.0, unit="s"),
            Target(name="ready, without Slack", value=plain_seconds, limit=2.0, unit="s"),
            Target(name="resident when idle, with Slack", value=memory, limit=150, unit="MiB"),
            Target(name="resident when idle, without Slack", value=plain_memory, limit=150, unit="MiB"),
        ),
        figures=(Figure(name="slowest start", value=max(one for one, _ in [*starts, *plain]), unit="s"),),
    )


def _start(scale: Scale, folder: Path, settings: dict[str, str]) -> tuple[float, float]:
    began = time.perf_counter()
    with soc2_serve(folder, settings) as server:
        _wait_until_ready(server.port)
        seconds = time.perf_counter() - began
        time.sleep(scale.idle)
        return seconds, psutil.Process(server.pid).memory_info().rss / MEBIBYTE


def _wait_until_ready(port: int) -> None:
    ends = time.monotonic() + PATIENCE
    while problems := _problems(port):
        if time.monotonic() > ends:
            raise NotReady(problems)
        time.sleep(0.02)


def _problems(port: int) -> str:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=PATIENCE).close()
    except urllib.error.HTTPError as error:
        return str(json.load(error))
    return ""
