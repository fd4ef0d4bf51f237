"""What a benchmark found: figures to look at, and ratios or limits that must hold."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True, kw_only=True)
class Figure:
    name: str
    value: float
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class Target:
    """A figure that must be at least or at most `limit`."""

    name: str
    value: float
    limit: float
    at_least: bool = False
    unit: str = "×"

    @property
    def ok(self) -> bool:
        return self.value >= self.limit if self.at_least else self.value <= self.limit


@dataclass(frozen=True, kw_only=True)
class Outcome:
    targets: tuple[Target, ...]
    figures: tuple[Figure, ...] = ()

    @property
    def ok(self) -> bool:
        return all(target.ok for target in self.targets)


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How much of everything: the whole of it for figures, less to look, a little to see that it runs."""

    rounds: int
    bursts: int
    """In a round of requests."""
    requests: int
    """A round, of each server."""
    people: int
    tasks: int
    seconds: float
    """Of the steady load."""
    clicks: int
    """A round, of each server."""
    due: int
    entries: int
    standing: int
    workspaces: int
    reports: int
    """Of one manager."""
    idle: float
    """Seconds of doing nothing before the memory is read."""
    notices: int
    """Owed at once."""
    accesses: int
    """Of one system's list."""


FULL = Scale(
    rounds=7,
    bursts=8,
    requests=2_000,
    people=200,
    tasks=2_000,
    seconds=20,
    clicks=600,
    due=100_000,
    entries=100_000,
    standing=1_000_000,
    workspaces=50,
    reports=500,
    idle=5,
    notices=10_000,
    accesses=50_000,
)
QUICK = Scale(
    rounds=3,
    bursts=8,
    requests=600,
    people=100,
    tasks=1_000,
    seconds=5,
    clicks=200,
    due=20_000,
    entries=20_000,
    standing=200_000,
    workspaces=20,
    reports=200,
    idle=2,
    notices=1_000,
    accesses=5_000,
)
TINY = Scale(
    rounds=1,
    bursts=1,
    requests=20,
    people=4,
    tasks=12,
    seconds=0.1,
    clicks=8,
    due=60,
    entries=60,
    standing=400,
    workspaces=4,
    reports=4,
    idle=0,
    notices=20,
    accesses=200,
)

Benchmark = Callable[[Scale, Path], Outcome]
"""Works in a folder of its own, which is empty."""


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the rounds' ratios: what disturbs the machine for a while disturbs both of a round."""
    return median(one / other for one, other in zip(ours, theirs, strict=True))


def percentile(values: Sequence[float], part: float) -> float:
    """The smallest value that at least `part` of them do not exceed."""
    return sorted(values)[max(math.ceil(part * len(values)) - 1, 0)]
