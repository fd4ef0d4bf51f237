"""A commit wakes delivery at once; the scheduler's ticks are only the net."""

import asyncio
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from tasks.api_tokens import FoundToken
from tasks.identifiers import WorkspaceId
from tasks.ports import UnitOfWork

T = TypeVar("T")
U = TypeVar("U", bound=UnitOfWork)
U_co = TypeVar("U_co", bound=UnitOfWork, covariant=True)


class Wake:
    """Remembers which workspaces changed since it was last asked. Belongs to one event loop."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self._changed: set[WorkspaceId] = set()

    def call(self, workspace: WorkspaceId) -> None:
        self._changed.add(workspace)
        self._event.set()

    async def wait(self) -> frozenset[WorkspaceId]:
        await self._event.wait()
        self._event.clear()
        changed, self._changed = frozenset(self._changed), set()
        return changed


class Units(Protocol[U_co]):
    async def write(self, workspace_id: WorkspaceId, work: Callable[[U_co], T]) -> T: ...
    async def read(self, workspace_id: WorkspaceId, work: Callable[[U_co], T]) -> T: ...
    async def workspace_for(self, platform: str, external_id: str) -> WorkspaceId | None: ...
    async def token_for(self, digest: str) -> FoundToken | None: ...


class WakingUnits(Generic[U]):
    """Units of work for all who change something, delivery apart: its own records must not wake it."""

    def __init__(self, units: Units[U], wake: Wake) -> None:
        self._units = units
        self._wake = wake

    async def write(self, workspace_id: WorkspaceId, work: Callable[[U], T]) -> T:
        result = await self._units.write(workspace_id, work)
        self._wake.call(workspace_id)
        return result

    async def read(self, workspace_id: WorkspaceId, work: Callable[[U], T]) -> T:
        return await self._units.read(workspace_id, work)

    async def workspace_for(self, platform: str, external_id: str) -> WorkspaceId | None:
        return await self._units.workspace_for(platform, external_id)

    async def token_for(self, digest: str) -> FoundToken | None:
        return await self._units.token_for(digest)
