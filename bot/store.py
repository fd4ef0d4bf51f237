"""The database and the evidence files, opened from the settings. Storage's own errors become sentences here."""

import asyncio
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from bot.clock import MovableClock, SystemClock
from bot.settings import Settings
from storage import migrate
from storage.audit_proof import verify, verify_tail
from storage.connections import sqlite_path
from storage.database import Busy as Busy
from storage.database import Database, UnsupportedDatabase
from storage.database import NotSaved as NotSaved
from storage.evidence_files import EvidenceFiles, EvidenceUnavailable, UnsupportedStore
from storage.unit_of_work import SqlUnitsOfWork
from tasks.identifiers import WorkspaceId
from tasks.people import Workspace
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
    with open_database(settings) as database:
        with _named():
            files = EvidenceFiles.at(settings.evidence_url)
        units = SqlUnitsOfWork(database, clock)
        yield Store(database=database, units=units, files=files, folder=database_folder(settings))


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    with _named():
        database = Database(settings.database_url)
    with closing(database):
        yield database


def database_folder(settings: Settings) -> Path:
    with _named():
        return sqlite_path(settings.database_url).parent


def evidence_folder(settings: Settings) -> Path | None:
    """None where evidence is not kept on this machine."""
    parts = urlsplit(settings.evidence_url)
    return Path(parts.path).absolute() if parts.scheme in {"", "file"} else None


def probe_evidence(settings: Settings) -> None:
    """Write a file, read it and remove it; CannotOpen where that fails."""
    name, content = secrets.token_hex(16), b"soc2 doctor"
    with _named():
        files = EvidenceFiles.at(settings.evidence_url)
        files.stage(name, content)
        try:
            if b"".join(files.open_staged(name)) != content:
                raise EvidenceUnavailable("What was written came back changed.")
        finally:
            files.discard_staged(name)


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
    with open_database(settings) as database:
        return database.read_now(migrate.is_current)


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


def prove_latest_entries(database: Database, entries: int) -> str:
    """Of every workspace; a sentence about the first chain that is broken."""
    for workspace in SqlUnitsOfWork(database, SystemClock()).workspaces():
        prove = partial(verify_tail, workspace_id=workspace.id, entries=entries)
        broken = database.read_now(prove).broken
        if broken:
            return f"{workspace.name} is broken at entry {broken.seq}: {broken.reason}"
    return ""


async def adopt(store: Store, platform: str, external_id: str, name: str) -> WorkspaceId:
    known = await store.units.workspace_for(platform, external_id)
    return known if known else await asyncio.to_thread(adopt_now, store, platform, external_id, name)


def adopt_now(store: Store, platform: str, external_id: str, name: str) -> WorkspaceId:
    """A team we don't know gets a workspace of its own: it must never see another's."""
    workspace = Workspace(id=WorkspaceId(secrets.token_hex(10)), name=name)
    store.units.create_workspace(workspace)
    store.units.link_workspace(platform, external_id, workspace.id)
    return workspace.id


@contextmanager
def _named() -> Iterator[None]:
    try:
        yield
    except UnsupportedDatabase as error:
        raise CannotOpen(f"SOC2_DATABASE_URL can't be used. {error}") from error
    except (UnsupportedStore, EvidenceUnavailable) as error:
        raise CannotOpen(f"SOC2_EVIDENCE_URL can't be used. {error}") from error
