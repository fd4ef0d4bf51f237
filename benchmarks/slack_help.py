"""Signed `/soc2 help` through guard and Bolt, against a Bolt app that only acks and a route that only checks."""

from collections.abc import Sequence
from pathlib import Path

import psutil

from benchmarks import company
from benchmarks.figures import Figure, Outcome, Scale, Target, percentile, ratio
from benchmarks.load import Load, closed_loop
from benchmarks.processes import Server, rival, soc2_serve, soc2_settings, together
from benchmarks.requests import command

CALLERS = 50
ANSWER = b"/soc2 tasks"
"""Stands in the help text."""


def measure(scale: Scale, folder: Path) -> Outcome:
    company.found(folder / "soc2.db", people=scale.people, tasks=scale.tasks)
    with rival("slack", folder) as slack:
        url = f"http://127.0.0.1:{slack.port}/api/"
        with together(
            soc2_serve(folder, soc2_settings(folder, slack=url)),
            rival("bolt", folder, url, module="benchmarks.bolt_rival"),
            rival("bare", folder),
        ) as (ours, bolt, bare):
            company.wait_until_quiet(folder / "soc2.db")
            servers = (ours, ANSWER), (bolt, b""), (bare, b"")
            _bursts(servers, scale, callers=CALLERS, rounds=1)
            before = [_cpu(server) for server, _ in servers]
            crowd = _bursts(servers, scale, callers=CALLERS, rounds=scale.rounds)
            cpu = [_cpu(server) - spent for (server, _), spent in zip(servers, before, strict=True)]
            alone = _bursts(servers, scale, callers=1, rounds=scale.rounds)
    return _outcome(crowd, alone, [spent / sum(len(one.latencies) for one in crowd[0]) for spent in cpu])


def _cpu(server: Server) -> float:
    """Seconds that the process has worked."""
    spent = psutil.Process(server.pid).cpu_times()
    return spent.user + spent.system


def _bursts(
    servers: Sequence[tuple[Server, bytes]], scale: Scale, *, callers: int, rounds: int
) -> Sequence[Sequence[Load]]:
    """Short ones, of each server in turn, so that they see the same machine."""
    count = max((scale.requests if callers > 1 else scale.requests // 4) // scale.bursts, callers)
    loads: list[list[Load]] = [[] for _ in servers]
    for number in range(rounds * scale.bursts):
        requests = [command(company.slack_user(each % scale.people), "help", each) for each in range(count)]
        for index in range(len(servers)):
            turn = (index + number) % len(servers)
            server, expected = servers[turn]
            loads[turn].append(closed_loop(server.port, requests, callers=callers, expected=expected))
    return loads


def _outcome(crowd: Sequence[Sequence[Load]], alone: Sequence[Sequence[Load]], cpu: Sequence[float]) -> Outcome:
    ours, bolt, bare = ([load.rate for load in loads] for loads in crowd)
    waits, bolt_waits, bare_waits = ([percentile(load.latencies, 0.5) for load in loads] for loads in alone)
    tail = percentile([each for load in crowd[0] for each in load.latencies], 0.99)
    return Outcome(
        targets=(
            Target(name="help against a Bolt app that acks", value=ratio(ours, bolt), limit=0.75, at_least=True),
            Target(name="help against a bare signed route", value=ratio(ours, bare), limit=0.33, at_least=True),
            Target(name="one caller's p50 against the bare route's", value=ratio(waits, bare_waits), limit=3.0),
        ),
        figures=(
            Figure(name=f"help, {CALLERS} callers", value=percentile(ours, 0.5), unit="/s"),
            Figure(name=f"help, {CALLERS} callers, p99", value=tail * 1000, unit="ms"),
            Figure(name="Bolt app that acks", value=percentile(bolt, 0.5), unit="/s"),
            Figure(name="bare signed route", value=percentile(bare, 0.5), unit="/s"),
            Figure(name="help, processor time", value=cpu[0] * 1e6, unit="µs"),
            Figure(name="Bolt app, processor time", value=cpu[1] * 1e6, unit="µs"),
            Figure(name="bare route, processor time", value=cpu[2] * 1e6, unit="µs"),
            Figure(name="help, one caller, p50", value=percentile(waits, 0.5) * 1000, unit="ms"),
            Figure(name="Bolt app, one caller, p50", value=percentile(bolt_waits, 0.5) * 1000, unit="ms"),
            Figure(name="bare route, one caller, p50", value=percentile(bare_waits, 0.5) * 1000, unit="ms"),
        ),
    )
