"""Asks a platform for the address of a message that was attached, once the evidence itself is safe."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

import structlog

from bot.platform import Platform, PlatformError, RetryLater, TokenRevoked
from tasks.evidence import Evidence
from tasks.identifiers import WorkspaceId
from tasks.operations.attach_message import ask_again, links_to_find, record_link
from tasks.ports import UnitsOfWork

SOONEST_AGAIN = timedelta(minutes=1)
NOT_CONNECTED = timedelta(minutes=15)
log = structlog.get_logger(__name__)


class MessageLinks:
    def __init__(self, *, units: UnitsOfWork, platforms: Callable[[WorkspaceId], Mapping[str, Platform]]) -> None:
        self._units = units
        self._platforms = platforms
        self._passes: defaultdict[WorkspaceId, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def find(self, workspace: WorkspaceId) -> int:
        """One at a time: a message with many files needs one link. Returns how many were asked for."""
        if not self._platforms(workspace):
            return 0
        async with self._passes[workspace]:
            waiting = await self._units.read(workspace, partial(links_to_find, limit=1))
            for evidence in waiting:
                await self._find_one(workspace, evidence)
        return len(waiting)

    async def _find_one(self, workspace: WorkspaceId, evidence: Evidence) -> None:
        platform = self._platforms(workspace).get(evidence.platform)
        try:
            if platform is None:
                raise TokenRevoked(f"{evidence.platform} is not connected")
            link = await platform.permalink(evidence.conversation, evidence.message)
        except RetryLater as error:
            await self._again(workspace, evidence, max(timedelta(seconds=error.after), SOONEST_AGAIN), str(error))
        except TokenRevoked as error:
            await self._again(workspace, evidence, NOT_CONNECTED, str(error))
        except PlatformError as error:
            log.info("no link to the message", evidence=evidence.id, error=str(error))
            await self._units.write(workspace, partial(record_link, evidence_id=evidence.id, problem=str(error)))
        else:
            await self._units.write(workspace, partial(record_link, evidence_id=evidence.id, permalink=link))

    async def _again(self, workspace: WorkspaceId, evidence: Evidence, after: timedelta, problem: str) -> None:
        log.info("no link to the message yet", evidence=evidence.id, error=problem)
        again = partial(ask_again, evidence_id=evidence.id, after=after, problem=problem)
        await self._units.write(workspace, again)
