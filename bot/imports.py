"""Fetches a file that was handed in to be taken over, keeps it, and reads it as its kind wants."""

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Protocol

import structlog

from bot.access_imports import take_list
from bot.delivery import Platforms
from bot.platform import FetchRefused, RetryLater, TokenRevoked
from bot.spreadsheets import ACCESS_EXPORT, CONTROL_LIST, Limits, read_sheets
from tasks.errors import DomainError
from tasks.identifiers import WorkspaceId
from tasks.imports import Import, ImportKind
from tasks.matrix.model import Proposal
from tasks.matrix.reading import Known, propose
from tasks.matrix.stored import read_asked
from tasks.operations.import_matrix import imports_to_fetch, known_here, record_read, refuse_import, retry_import
from tasks.ports import UnitsOfWork

MOST_ATTEMPTS = 6
LONGEST_WAIT = 900.0
BATCH = 5
log = structlog.get_logger(__name__)


class Files(Protocol):
    """Blocking: run off the event loop."""

    def put(self, sha256: str, data: bytes | Path) -> None: ...
    def get(self, sha256: str) -> bytes: ...


class ImportReading:
    def __init__(self, *, units: UnitsOfWork, platforms: Platforms, files: Files, jitter: Callable[[], float]) -> None:
        """jitter: between 0 and 1, so that retries after an outage do not come all at once."""
        self._units = units
        self._platforms = platforms
        self._files = files
        self._jitter = jitter
        self._passes: defaultdict[WorkspaceId, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def read(self, workspace: WorkspaceId) -> int:
        """Returns how many files were looked at."""
        if not self._platforms(workspace):
            return 0
        async with self._passes[workspace]:  # a tick and a commit may both ask for it
            waiting = await self._units.read(workspace, partial(imports_to_fetch, limit=BATCH))
            for item in waiting:
                await self._read_one(workspace, item)
        return len(waiting)

    async def _read_one(self, workspace: WorkspaceId, item: Import) -> None:
        kind = KINDS[item.kind]
        try:
            content = await self._kept(item) if item.sha256 else await self._fetched(workspace, item)
            await asyncio.to_thread(self._files.put, hashlib.sha256(content).hexdigest(), content)
            rows = await kind.take(self._units, workspace, item, content)
        except (DomainError, FetchRefused) as problem:
            await self._refuse(workspace, item, str(problem))
        except RetryLater as error:
            await self._try_again(workspace, item, error.after, str(error))
        except TokenRevoked as error:
            await self._retry(workspace, item, LONGEST_WAIT, str(error))
        except Exception as error:  # one file never stops the others; it is tried again, and refused in the end
            log.exception("import not read", item=item.id, workspace=workspace)
            await self._try_again(workspace, item, 30.0, type(error).__name__)
        else:
            log.info("import read", item=item.id, rows=rows)

    async def _kept(self, item: Import) -> bytes:
        """It was fetched before; somebody has said since how to read it."""
        return await asyncio.to_thread(self._files.get, item.sha256)

    async def _fetched(self, workspace: WorkspaceId, item: Import) -> bytes:
        platform = self._platforms(workspace).get(item.platform)
        if platform is None:
            raise TokenRevoked(f"{item.platform} is not connected")
        limits = KINDS[item.kind].limits
        if item.declared_size is not None and item.declared_size > limits.bytes:
            raise FetchRefused(limits.too_large(item.name))
        content = bytearray()
        async for chunk in platform.fetch(item.reference, limit=limits.bytes):
            content += chunk
            if len(content) > limits.bytes:
                raise FetchRefused(limits.too_large(item.name))
        return bytes(content)

    async def _try_again(self, workspace: WorkspaceId, item: Import, after: float, error: str) -> None:
        if item.attempts + 1 >= MOST_ATTEMPTS:
            sentence = f"{item.name} could not be fetched in {MOST_ATTEMPTS} attempts. Please send it again."
            await self._refuse(workspace, item, sentence)
        else:
            wait = min(max(after, 5.0) * 2**item.attempts, LONGEST_WAIT)
            await self._retry(workspace, item, max(wait, after) * (1 + self._jitter() / 10), error)

    async def _retry(self, workspace: WorkspaceId, item: Import, after: float, error: str) -> None:
        log.warning("import not fetched yet", item=item.id, error=error, attempts=item.attempts + 1)
        again = partial(retry_import, import_id=item.id, after=timedelta(seconds=after), error=error)
        await self._units.write(workspace, again)

    async def _refuse(self, workspace: WorkspaceId, item: Import, problem: str) -> None:
        log.info("import refused", item=item.id)
        await self._units.write(workspace, partial(refuse_import, import_id=item.id, problem=problem))


# --- by kind


async def take_matrix(units: UnitsOfWork, workspace: WorkspaceId, item: Import, content: bytes) -> int:
    """What it says is left for a person to confirm; returns how many rows it has."""
    known = await units.read(workspace, known_here)
    proposal = await asyncio.to_thread(_proposal, item, content, known)
    sha256 = hashlib.sha256(content).hexdigest()
    await units.write(workspace, partial(record_read, import_id=item.id, sha256=sha256, proposal=proposal))
    return len(proposal.rows)


def _proposal(item: Import, content: bytes, known: Known) -> Proposal:
    asked = read_asked(item.body)
    return propose(read_sheets(content, item.name, CONTROL_LIST), known, layout=asked.layout, sheet=asked.sheet)


@dataclass(frozen=True, kw_only=True)
class Kind:
    limits: Limits
    take: Callable[[UnitsOfWork, WorkspaceId, Import, bytes], Awaitable[int]]
    """Raises DomainError for a file that can't be taken over."""


KINDS: Mapping[ImportKind, Kind] = {
    ImportKind.CONTROL_MATRIX: Kind(limits=CONTROL_LIST, take=take_matrix),
    ImportKind.ACCESS_EXPORT: Kind(limits=ACCESS_EXPORT, take=take_list),
}
