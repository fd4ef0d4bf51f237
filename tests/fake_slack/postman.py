"""Events the way Slack brings them on a bad day: late, twice, and in whatever order."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

Delivery = Callable[[], int]
"""Brings one event; returns the status of the answer."""


@dataclass
class Postman:
    """Holds what is posted, then brings it."""

    held: list[Delivery] = field(default_factory=list)

    def post(self, delivery: Delivery, *, times: int = 1) -> None:
        self.held += [delivery] * times

    def bring(self) -> list[int]:
        return self._bring(list(self.held))

    def bring_backwards(self) -> list[int]:
        return self._bring(self.held[::-1])

    def bring_shuffled(self, seed: int) -> list[int]:
        return self._bring(random.Random(seed).sample(self.held, len(self.held)))

    def _bring(self, order: list[Delivery]) -> list[int]:
        self.held.clear()
        return [deliver() for deliver in order]
