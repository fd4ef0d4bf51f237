"""Each benchmark runs at a tiny size, so that it can't rot. What it measures there means nothing."""

from pathlib import Path

import pytest

from benchmarks import serving
from benchmarks.__main__ import BENCHMARKS, as_json, show
from benchmarks.figures import TINY, Figure, Outcome, Target, percentile, ratio
from benchmarks.load import BadAnswer, closed_loop, open_loop
from benchmarks.processes import rival
from benchmarks.requests import command
from bot import server


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_runs_and_finds_figures(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outcome = BENCHMARKS[name](TINY, tmp_path)
    assert all(target.value > 0 for target in outcome.targets)
    show(name, outcome)
    assert all(target.name in capsys.readouterr().out for target in outcome.targets[:1])


def test_the_load_driver_tells_answers_from_refusals(tmp_path: Path) -> None:
    with rival("bare", tmp_path) as server:
        requests = [command("U00001", "help", number) for number in range(30)]
        assert len(closed_loop(server.port, requests, callers=4).latencies) == 30
        assert len(open_loop(server.port, requests, per_second=1_000, connections=2).latencies) == 30
        with pytest.raises(BadAnswer, match="401"):
            closed_loop(server.port, [requests[0].replace(b"v0=", b"v0=0")], callers=1)
        with pytest.raises(BadAnswer):
            closed_loop(server.port, requests, callers=1, expected=b"what a bare route never says")


def test_every_server_lets_as_many_wait_as_the_program_does() -> None:
    assert serving.BACKLOG == server.BACKLOG


def test_a_target_is_missed_on_its_wrong_side_only() -> None:
    assert [Target(name="rate", value=value, limit=0.5, at_least=True).ok for value in (0.4, 0.5, 0.6)] == [0, 1, 1]
    assert [Target(name="time", value=value, limit=2.0).ok for value in (1.9, 2.0, 2.1)] == [1, 1, 0]


def test_one_missed_target_makes_an_outcome_missed() -> None:
    outcome = Outcome(
        targets=(Target(name="met", value=1, limit=2), Target(name="missed", value=3, limit=2)),
        figures=(Figure(name="seen", value=1, unit="/s"),),
    )
    assert not outcome.ok
    assert as_json({"one": outcome})["one"]["ok"] is False  # type: ignore[index]  # it is JSON


def test_a_ratio_is_the_median_of_the_rounds_and_a_percentile_one_of_the_values() -> None:
    assert ratio([1, 9, 4], [2, 3, 4]) == 1
    assert [percentile([3, 1, 2, 4], part) for part in (0.0, 0.5, 0.51, 0.99)] == [1, 2, 3, 4]
