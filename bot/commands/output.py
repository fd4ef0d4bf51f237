"""How the command line speaks: results on stdout, everything else on stderr, one exit code per kind of end."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

OK = 0
PROBLEM = 1
"""The command ran and found, or met, a problem."""
USAGE = 2
"""Nothing was tried: a wrong option, a missing or malformed setting."""

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a script.")]


class Failed(Exception):
    """Ends the command with one sentence on stderr."""

    def __init__(self, sentence: str, *, code: int = PROBLEM) -> None:
        super().__init__(sentence)
        self.code = code


def say(sentence: str) -> None:
    _out().print(sentence, highlight=False, markup=False, soft_wrap=True)


def warn(sentence: str) -> None:
    """Beside the result, not in it."""
    Console(stderr=True).print(sentence, highlight=False, markup=False, soft_wrap=True)


def show_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def show_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(_plain(cell) for cell in row))
    _out().print(table)


def end(code: int) -> NoReturn:
    raise typer.Exit(code)


@contextmanager
def progress_bar(label: str, total: int | None) -> Iterator["Bar"]:
    """On stderr, and only for somebody who watches."""
    columns = (TextColumn(label), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield Bar(progress, total)


class Bar:
    def __init__(self, progress: Progress, total: int | None) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=total)

    def at(self, done: int) -> None:
        self._progress.update(self._task, completed=done)


def titled(values: Mapping[str, str]) -> None:
    """Name and value, a line each."""
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in values.items():
        table.add_row(_plain(name), _plain(value))
    _out().print(table)


def _out() -> Console:
    return Console()


def _plain(text: str) -> str:
    """What people wrote is never taken for markup."""
    return text.replace("[", r"\[")
