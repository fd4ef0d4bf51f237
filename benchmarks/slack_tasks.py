"""`/soc2 tasks` of everybody in turn, at a steady pace: what the slowest wait."""

from pathlib import Path

from benchmarks import company
from benchmarks.figures import Figure, Outcome, Scale, Target, percentile
from benchmarks.load import Load, closed_loop, open_loop
from benchmarks.processes import rival, soc2_serve, soc2_settings
from benchmarks.requests import command

PER_SECOND = 200
ANSWER = b"IAM-"
"""Every list names a task's control."""


def measure(scale: Scale, folder: Path) -> Outcome:
    company.found(folder / "soc2.db", people=scale.people, tasks=scale.tasks)
    with (
        rival("slack", folder) as slack,
        soc2_serve(folder, soc2_settings(folder, slack=f"http://127.0.0.1:{slack.port}/api/")) as ours,
    ):
        company.wait_until_quiet(folder / "soc2.db")
        closed_loop(ours.port, _requests(scale, scale.people), callers=4, expected=ANSWER)
        load = open_loop(
            ours.port,
            _requests(scale, max(int(PER_SECOND * scale.seconds), 1)),
            per_second=PER_SECOND,
            expected=ANSWER,
        )
    return _outcome(load)


def _requests(scale: Scale, count: int) -> list[bytes]:
    return [command(company.slack_user(number % scale.people), "tasks", number) for number in range(count)]


def _outcome(load: Load) -> Outcome:
    waits = [wait * 1000 for wait in load.latencies]
    p99 = percentile(waits, 0.99)
    return Outcome(
        targets=(Target(name=f"tasks at {PER_SECOND}/s, p99", value=p99, limit=100, unit="ms"),),
        figures=(
            Figure(name="p50", value=percentile(waits, 0.5), unit="ms"),
            Figure(name="p90", value=percentile(waits, 0.9), unit="ms"),
            Figure(name="longest", value=max(waits), unit="ms"),
        ),
    )
