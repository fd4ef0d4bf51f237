"""Keeps a conversation from being written to faster than its platform likes."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping
from time import monotonic

MOST_REMEMBERED = 1000
SECONDS_BETWEEN = {"slack": 1.0}
"""Per platform, between two messages in one conversation; 0 where nothing is said."""


class Pace:
    def __init__(
        self,
        between: Mapping[str, float] = SECONDS_BETWEEN,
        *,
        now: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._between = between
        self._now = now
        self._sleep = sleep
        self._free_at: dict[Hashable, float] = {}

    async def wait(self, platform: str, conversation: Hashable) -> None:
        between = self._between.get(platform, 0.0)
        if not between:
            return
        now = self._now()
        turn = max(now, self._free_at.get((platform, conversation), now))
        self._forget_free(now)
        self._free_at[platform, conversation] = turn + between  # taken before waiting: the next in line comes after
        if turn > now:
            await self._sleep(turn - now)

    def _forget_free(self, now: float) -> None:
        if len(self._free_at) > MOST_REMEMBERED:
            self._free_at = {key: at for key, at in self._free_at.items() if at > now}
