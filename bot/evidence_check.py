"""Fetches the bytes of shared files, looks at them, keeps them under their hash; the domain binds or refuses them."""

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Protocol

import structlog

from bot.file_types import WrongType, file_type, row_count
from bot.platform import FetchRefused, NotPermitted, RetryLater, TokenRevoked
from bot.records import PAGE_TYPE, is_own_page
from tasks.evidence import Evidence
from tasks.identifiers import WorkspaceId
from tasks.operations.check_files import bind_file, files_to_check, refuse_file, retry_file
from tasks.ports import UnitsOfWork

LARGEST = 25 * 1024 * 1024
MOST_ATTEMPTS = 6
LONGEST_WAIT = 900.0
BATCH = 20
log = structlog.get_logger(__name__)


class Files(Protocol):
    """Blocking: run off the event loop."""

    def put(self, sha256: str, data: bytes | Path) -> None: ...


class Fetching(Protocol):
    """A platform, as far as files go."""

    def fetch(self, reference: str, *, limit: int) -> AsyncIterator[bytes]: ...


@dataclass(frozen=True, kw_only=True)
class Checked:
    sha256: str
    media_type: str
    size: int
    row_count: int | None


class EvidenceCheck:
    def __init__(
        self,
        *,
        units: UnitsOfWork,
        platforms: Callable[[WorkspaceId], Mapping[str, Fetching]],
        files: Files,
        jitter: Callable[[], float],
        largest: int = LARGEST,
    ) -> None:
        """jitter: between 0 and 1, so that retries after an outage do not come all at once."""
        self._units = units
        self._platforms = platforms
        self._files = files
        self._jitter = jitter
        self._largest = largest
        self._passes: defaultdict[WorkspaceId, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def check(self, workspace: WorkspaceId) -> int:
        """One file at a time: memory stays flat whatever people send. Returns how many were looked at."""
        if not self._platforms(workspace):
            return 0
        async with self._passes[workspace]:  # a tick and a commit may both ask for it
            waiting = await self._units.read(workspace, partial(files_to_check, limit=BATCH))
            for evidence in waiting:
                await self._check_one(workspace, evidence)
        return len(waiting)

    async def _check_one(self, workspace: WorkspaceId, evidence: Evidence) -> None:
        try:
            checked = await self._fetched(workspace, evidence)
        except (WrongType, FetchRefused) as problem:
            await self._refuse(workspace, evidence, str(problem))
        except RetryLater as error:
            await self._try_again(workspace, evidence, error.after, str(error))
        except (TokenRevoked, NotPermitted) as error:
            await self._retry(workspace, evidence, LONGEST_WAIT, str(error))
        except Exception as error:
            log.exception("file check failed", evidence=evidence.id, workspace=workspace)
            await self._try_again(workspace, evidence, 30.0, type(error).__name__)
        else:
            await self._units.write(workspace, partial(bind_file, evidence_id=evidence.id, **asdict(checked)))
            log.info("file bound", evidence=evidence.id, sha256=checked.sha256, size=checked.size)

    async def _fetched(self, workspace: WorkspaceId, evidence: Evidence) -> Checked:
        platform = self._platforms(workspace).get(evidence.platform)
        if platform is None:
            raise TokenRevoked(f"{evidence.platform} is not connected")
        if evidence.declared_size is not None and evidence.declared_size > self._largest:
            raise FetchRefused(self._too_large(evidence))
        with NamedTemporaryFile(prefix="soc2-check-") as content:
            digest = hashlib.sha256()
            async for chunk in platform.fetch(evidence.reference, limit=self._largest):
                digest.update(chunk)
                content.write(chunk)
                if content.tell() > self._largest:
                    raise FetchRefused(self._too_large(evidence))
            return await asyncio.to_thread(self._kept, content, Path(content.name), digest.hexdigest(), evidence)

    def _kept(self, content: IO[bytes], path: Path, sha256: str, evidence: Evidence) -> Checked:
        content.flush()
        size = content.seek(0, 2)
        if size == 0:
            raise WrongType(f"{evidence.name} is empty. Export it again and look inside before you send it.")
        kind = PAGE_TYPE if is_own_page(evidence) else file_type(content, evidence.name)
        rows = row_count(content, kind)
        self._files.put(sha256, path)
        return Checked(sha256=sha256, media_type=kind.media_type, size=size, row_count=rows)

    def _too_large(self, evidence: Evidence) -> str:
        most = self._largest // (1024 * 1024)
        return f"{evidence.name} is larger than {most} MB. Send only the part that shows it, or split it."

    async def _try_again(self, workspace: WorkspaceId, evidence: Evidence, after: float, error: str) -> None:
        if evidence.attempts + 1 >= MOST_ATTEMPTS:
            sentence = f"{evidence.name} could not be fetched in {MOST_ATTEMPTS} attempts. Please send it again."
            await self._refuse(workspace, evidence, sentence)
        else:
            wait = min(max(after, 5.0) * 2**evidence.attempts, LONGEST_WAIT)
            await self._retry(workspace, evidence, max(wait, after) * (1 + self._jitter() / 10), error)

    async def _retry(self, workspace: WorkspaceId, evidence: Evidence, after: float, error: str) -> None:
        log.warning("file not fetched yet", evidence=evidence.id, error=error, attempts=evidence.attempts + 1)
        again = partial(retry_file, evidence_id=evidence.id, after=timedelta(seconds=after), error=error)
        await self._units.write(workspace, again)

    async def _refuse(self, workspace: WorkspaceId, evidence: Evidence, problem: str) -> None:
        log.info("file refused", evidence=evidence.id)
        await self._units.write(workspace, partial(refuse_file, evidence_id=evidence.id, problem=problem))
