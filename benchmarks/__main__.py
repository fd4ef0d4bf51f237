"""`python -m benchmarks`: runs every benchmark, or some, and says whether each target was met."""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import (
    access_opening,
    audit_verify,
    home,
    slack_answer,
    slack_delivery,
    slack_help,
    slack_tasks,
    start_up,
    status_tally,
    task_opening,
    teams_answer,
    teams_turn,
)
from benchmarks.figures import FULL, QUICK, Benchmark, Outcome

BENCHMARKS: dict[str, Benchmark] = {
    "help": slack_help.measure,
    "tasks": slack_tasks.measure,
    "answer": slack_answer.measure,
    "deliver": slack_delivery.measure,
    "open": task_opening.measure,
    "verify": audit_verify.measure,
    "status": status_tally.measure,
    "home": home.measure,
    "access": access_opening.measure,
    "teams": teams_turn.measure,
    "teams-answer": teams_answer.measure,
    "serve": start_up.measure,
}

BUSY = 0.5
"""Load average before anything is measured."""


def main() -> int:
    wanted = _arguments()
    scale = QUICK if wanted.quick else FULL
    if os.getloadavg()[0] > BUSY:
        sys.stderr.write("This machine is busy with something else: what follows says little.\n")
    outcomes = {}
    for name in wanted.only or BENCHMARKS:
        with tempfile.TemporaryDirectory(prefix="soc2-bench-") as folder:
            outcomes[name] = BENCHMARKS[name](scale, Path(folder))
        if not wanted.json:
            show(name, outcomes[name])
    if wanted.json:
        sys.stdout.write(json.dumps(as_json(outcomes), indent=2) + "\n")
    return 0 if all(outcome.ok for outcome in outcomes.values()) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", metavar="NAME", action="append", choices=BENCHMARKS, help="may be given repeatedly")
    parser.add_argument("--json", action="store_true", help="print JSON for a script")
    parser.add_argument("--quick", action="store_true", help="less of everything: to look, not to quote")
    return parser.parse_args()


def show(name: str, outcome: Outcome) -> None:
    table = Table(title=name, title_justify="left", title_style="bold", box=None, show_header=False, pad_edge=False)
    table.add_column(width=46)
    table.add_column(justify="right", width=14)
    table.add_column(no_wrap=True)
    for figure in outcome.figures:
        table.add_row(figure.name, f"{figure.value:,.4g} {figure.unit}")
    for target in outcome.targets:
        bound = f"{'≥' if target.at_least else '≤'} {target.limit:g} {target.unit}"
        said = "ok" if target.ok else "missed"
        table.add_row(target.name, f"{target.value:.3g} {target.unit}", bound, said)
    console = Console()
    console.print(table, highlight=False)
    console.print()


def as_json(outcomes: dict[str, Outcome]) -> dict[str, object]:
    return {
        name: {
            "ok": outcome.ok,
            "targets": [vars(target) | {"ok": target.ok} for target in outcome.targets],
            "figures": [vars(figure) for figure in outcome.figures],
        }
        for name, outcome in outcomes.items()
    }


if __name__ == "__main__":
    sys.exit(main())
