"""What /readyz asks of the database, the evidence files and the jobs."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.server import Check
from bot.store import Store


@dataclass(frozen=True, kw_only=True)
class Readiness:
    store: Store
    scheduler_alive: Callable[[], bool]

    def checks(self) -> Mapping[str, Check]:
        return {"database": self._database, "evidence": self._evidence, "scheduler": self._scheduler}

    async def _database(self) -> str:
        return "" if await self.store.is_current() else "not up to date: run soc2 migrate"

    async def _evidence(self) -> str:
        return await asyncio.to_thread(self.store.why_not_writable)

    async def _scheduler(self) -> str:
        return "" if self.scheduler_alive() else "the scheduler stands still"
