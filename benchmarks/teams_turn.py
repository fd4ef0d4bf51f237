"""A message from Teams with a signed token, through our layer to a listener that does nothing, against the same through
stock botbuilder-core and against a route that only checks the token."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.figures import Figure, Outcome, Scale, Target, percentile, ratio
from benchmarks.load import Load, closed_loop
from benchmarks.processes import Server, rival, together
from benchmarks.teams_requests import make_token, message, publish_key

CALLERS = 16
SLOW = 10
"""The stock adapter gets so many times fewer requests: its answers take so much longer."""
RIVALS = "benchmarks.teams_rivals"


def measure(scale: Scale, folder: Path) -> Outcome:
    published = folder / "keys.json"
    token = make_token(publish_key(published))
    with rival("microsoft", folder, str(published), module=RIVALS) as microsoft:
        openid = f"http://127.0.0.1:{microsoft.port}/openid"
        with together(
            rival("ours", folder, openid, module="benchmarks.teams_ours"),
            rival("stock", folder, openid, module="benchmarks.teams_stock"),
            rival("bare", folder, str(published), module=RIVALS),
        ) as (ours, stock, bare):
            servers = (ours, 1), (stock, SLOW), (bare, 1)
            _bursts(servers, token, scale, rounds=1)
            return _outcome(_bursts(servers, token, scale, rounds=scale.rounds))


def _bursts(
    servers: Sequence[tuple[Server, int]], token: str, scale: Scale, *, rounds: int
) -> Sequence[Sequence[Load]]:
    """Short ones, of each server in turn, so that they see the same machine."""
    count = max(scale.requests // scale.bursts, CALLERS)
    requests = [message(token, number) for number in range(count)]
    loads: list[list[Load]] = [[] for _ in servers]
    for number in range(rounds * scale.bursts):
        for index in range(len(servers)):
            turn = (index + number) % len(servers)
            server, slow = servers[turn]
            loads[turn].append(closed_loop(server.port, requests[: max(count // slow, CALLERS)], callers=CALLERS))
    return loads


def _outcome(loads: Sequence[Sequence[Load]]) -> Outcome:
    ours, stock, bare = ([load.rate for load in some] for some in loads)
    tail = percentile([each for load in loads[0] for each in load.latencies], 0.99)
    return Outcome(
        targets=(
            Target(name="a turn against stock botbuilder-core", value=ratio(ours, stock), limit=10, at_least=True),
            Target(name="a turn against a bare checked route", value=ratio(ours, bare), limit=0.2, at_least=True),
        ),
        figures=(
            Figure(name=f"turns, {CALLERS} callers", value=percentile(ours, 0.5), unit="/s"),
            Figure(name=f"turns, {CALLERS} callers, p99", value=tail * 1000, unit="ms"),
            Figure(name="stock botbuilder-core", value=percentile(stock, 0.5), unit="/s"),
            Figure(name="bare route that checks the token", value=percentile(bare, 0.5), unit="/s"),
        ),
    )
