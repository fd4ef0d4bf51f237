"""Counts what a request asks of storage: every call is a query there."""

from collections import Counter
from collections.abc import Callable
from typing import Any, TypeVar

from tasks.api_tokens import FoundToken
from tasks.identifiers import WorkspaceId
from tests.fakes import FakeUnitsOfWork

T = TypeVar("T")
REPOSITORIES = ("people", "controls", "tasks", "answers", "evidence", "notices", "status")


class Counted:
    def __init__(self, counted: object, calls: Counter[str], path: str = "") -> None:
        self._counted, self._calls, self._path = counted, calls, path

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._counted, name)
        if name in REPOSITORIES:
            return Counted(found, self._calls, f"{name}.")
        if not self._path or not callable(found):
            return found

        def call(*args: object, **kwargs: object) -> Any:
            self._calls[self._path + name] += 1
            return found(*args, **kwargs)

        return call


class CountingUnits:
    """tasks.ports.UnitsOfWork."""

    def __init__(self, units: FakeUnitsOfWork) -> None:
        self.units = units
        self.calls: Counter[str] = Counter()

    async def write(self, workspace_id: WorkspaceId, work: Callable[[Any], T]) -> T:
        return await self.units.write(workspace_id, lambda uow: work(Counted(uow, self.calls)))

    async def read(self, workspace_id: WorkspaceId, work: Callable[[Any], T]) -> T:
        return await self.units.read(workspace_id, lambda uow: work(Counted(uow, self.calls)))

    async def workspace_for(self, platform: str, external_id: str) -> WorkspaceId | None:
        return await self.units.workspace_for(platform, external_id)

    async def token_for(self, digest: str) -> FoundToken | None:
        return await self.units.token_for(digest)
