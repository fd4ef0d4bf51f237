"""The database and the evidence files, opened from the settings. Storage's own errors become sentences here."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.clock import MovableClock, SystemClock
from bot.settings import Settings
from storage import migrate
from storage.audit_proof import verify
from storage.connections import plain_engine, sqlite_path
from storage.database import Busy as Busy
from storage.database import Database, UnsupportedDatabase
from storage.database import NotSaved as NotSaved
from storage.evidence_files import EvidenceFiles, EvidenceUnavailable, UnsupportedStore
from storage.unit_of_work import SqlUnitsOfWork
from tasks.identifiers import WorkspaceId
from tasks.ports import Clock


class CannotOpen(Exception):
    """The message is one sentence that names the setting."""


@dataclass(frozen=True, kw_only=True)
class Store:
    database: Database
    units: SqlUnitsOfWork
    files: EvidenceFiles
    folder: Path
    """Beside the database: for locks and the movable clock."""

    async def workspace_ids(self) -> Sequence[WorkspaceId]:
        return [workspace.id for workspace in await asyncio.to_thread(self.units.workspaces)]

    async def is_current(self) -> bool:
        return await self.database.read(migrate.is_current)

    def why_not_writable(self) -> str:
        """Blocking; empty where evidence can be kept."""
        try:
            self.files.check_writable()
        except EvidenceUnavailable as error:
            return str(error)
        return ""


@dataclass(frozen=True, kw_only=True)
class Proof:
    entries: int
    """Proven."""
    head: str
    """Number and hash of the last entry proven, as "12:ab…": whoever keeps it sees later if entries were cut off."""
    broken_at: int | None = None
    reason: str = ""


@contextmanager
def open_store(settings: Settings, clock: Clock) -> Iterator[Store]:
    with _named():
        database = Database(settings.database_url)
    with closing(database):
        with _named():
            files = EvidenceFiles.at(settings.evidence_url)
        folder = sqlite_path(settings.database_url).parent
        yield Store(database=database, units=SqlUnitsOfWork(database, clock), files=files, folder=folder)


def make_clock(settings: Settings) -> Clock:
    if not settings.movable_clock:
        return SystemClock()
    with _named():
        return MovableClock(sqlite_path(settings.database_url).with_suffix(".clock.json"))


def upgrade(settings: Settings) -> None:
    with _named():
        migrate.upgrade(settings.database_url)


def is_current(settings: Settings) -> bool:
    with _named():
        if not sqlite_path(settings.database_url).exists():
            return False
        engine = plain_engine(settings.database_url)
    try:
        with engine.connect() as connection:
            return migrate.is_current(connection)
    finally:
        engine.dispose()


def prove_audit_log(
    store: Store,
    workspace: WorkspaceId,
    on_progress: Callable[[int], None],
    *,
    expected: tuple[int, bytes] | None = None,
) -> Proof:
    """`expected`: number and hash of an entry that was kept outside; the chain must still run through it."""
    verdict = store.database.read_now(lambda connection: verify(connection, workspace, on_progress, expected=expected))
    return Proof(
        entries=verdict.entries,
        head=f"{verdict.head.seq}:{verdict.head.hash.hex()}",
        broken_at=verdict.broken.seq if verdict.broken else None,
        reason=verdict.broken.reason if verdict.broken else "",
    )


@contextmanager
def _named() -> Iterator[None]:
    try:
        yield
    except UnsupportedDatabase as error:
        raise CannotOpen(f"SOC2_DATABASE_URL can't be used. {error}") from error
    except (UnsupportedStore, EvidenceUnavailable) as error:
        raise CannotOpen(f"SOC2_EVIDENCE_URL can't be used. {error}") from error
