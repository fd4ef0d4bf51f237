"""Switches that make the next calls of a method go wrong the way a real platform does."""

from collections import defaultdict, deque
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Fault:
    error: str = ""
    status: int = 200
    retry_after: int | None = None
    drop: bool = False


class Faults:
    """Per method, a queue with one entry per coming call; None lets that call through."""

    def __init__(self) -> None:
        self._coming: defaultdict[str, deque[Fault | None]] = defaultdict(deque)

    def add(self, method: str, fault: Fault, *, times: int, after: int = 0) -> None:
        self._coming[method].extend([None] * after + [fault] * times)

    def next(self, method: str) -> Fault | None:
        coming = self._coming[method]
        return coming.popleft() if coming else None

    def clear(self) -> None:
        self._coming.clear()
