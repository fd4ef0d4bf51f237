"""How often a token may call: a bucket that fills steadily, of which every request takes one measure."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from bot.api.problems import Problem

MOST_BUCKETS = 10_000


@dataclass(frozen=True, kw_only=True)
class Allowance:
    burst: int = 100
    """At once, after a rest."""
    per_second: float = 2.0
    """For as long as one likes."""


class Rates:
    """In this process's memory: several processes allow several times as much."""

    def __init__(self, allowance: Allowance, *, seconds: Callable[[], float] = monotonic) -> None:
        self._allowance = allowance
        self._seconds = seconds
        self._buckets: dict[str, tuple[float, float]] = {}
        """Measures left, and when they were counted."""

    def take(self, token_id: str) -> None:
        """Raises Problem 429."""
        now = self._seconds()
        left = self._left(token_id, now)
        if left < 1:
            wait = math.ceil((1 - left) / self._allowance.per_second)
            said = f"This token has sent too many requests. Wait {wait} s, then send this one again."
            raise Problem(429, said, headers={"Retry-After": str(wait)})
        if len(self._buckets) >= MOST_BUCKETS:
            self._forget_full(now)
        self._buckets[token_id] = left - 1, now

    def _left(self, token_id: str, now: float) -> float:
        left, at = self._buckets.get(token_id, (float(self._allowance.burst), now))
        return min(self._allowance.burst, left + (now - at) * self._allowance.per_second)

    def _forget_full(self, now: float) -> None:
        """What is full again is as good as new."""
        full = [name for name in self._buckets if self._left(name, now) >= self._allowance.burst]
        for name in full:
            del self._buckets[name]
