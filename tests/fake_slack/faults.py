"""Switches that make calls go wrong the way a real platform does."""

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Fault:
    error: str = ""
    status: int = 200
    retry_after: int | None = None
    drop: bool = False
    """The connection closes without an answer …"""
    hang: bool = False
    """… or stays open without one, until the client gives up."""
    accepted: bool = True
    """Of those two: whether the call is done all the same."""

    @property
    def silent(self) -> bool:
        return self.drop or self.hang


class Faults:
    """Per method, a queue with one entry per coming call; None lets that call through.

    `by_chance`: asked about every call for which nothing is queued.
    """

    def __init__(self) -> None:
        self._coming: defaultdict[str, deque[Fault | None]] = defaultdict(deque)
        self.by_chance: Callable[[str], Fault | None] = _never

    def add(self, method: str, fault: Fault, *, times: int, after: int = 0) -> None:
        self._coming[method].extend([None] * after + [fault] * times)

    def next(self, method: str) -> Fault | None:
        coming = self._coming[method]
        return coming.popleft() if coming else self.by_chance(method)

    def clear(self) -> None:
        self._coming.clear()
        self.by_chance = _never


def _never(method: str) -> None:
    return None
