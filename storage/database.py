"""The database as the rest of the program sees it: write in one line, read beside it."""

import asyncio
import logging
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

from sqlalchemy import Connection

from storage.connections import (
    BUSY_SECONDS,
    Line,
    TransactionMisused,
    UnsupportedDatabase,
    guarded_engine,
    plain_engine,
)
from storage.readers import Readers
from storage.writer import Busy, NotSaved, Writer

__all__ = ["Busy", "Database", "NotSaved", "TransactionMisused", "UnsupportedDatabase", "plain_engine"]

T = TypeVar("T")
log = logging.getLogger(__name__)


class Database:
    """Runs work: a plain function over a Connection, which neither commits nor rolls back.

    Work fetches its rows before it returns and keeps no state of its own: a write may be run again, alone, when the
    group it was in failed.
    """

    def __init__(
        self,
        url: str,
        *,
        readers: int = 3,
        group_limit: int = 64,
        queue_limit: int = 1_000,
        busy_seconds: float = BUSY_SECONDS,
    ) -> None:
        # Called in the writer's thread, once for each commit, before its callers are answered.
        self.after_commit: Callable[[], None] | None = None
        engine = guarded_engine(url, busy_seconds)
        self._readers = Readers(engine, threads=readers)
        self._writer = Writer(Line(engine), committed=self._committed, group_limit=group_limit, queue_limit=queue_limit)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run work in a transaction; return once it is on disk.

        Raises what work raises (its changes undone), NotSaved if the database could not keep it, or Busy if the queue
        is full. Cancelled before its turn it never runs; cancelled later it is saved all the same.
        """
        return await self._writer.write(work)

    def write_now(self, work: Callable[[Connection], T]) -> T:
        """The blocking form of write, for the command line."""
        return self._writer.write_now(work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run work over one snapshot, read-only, without waiting for writers."""
        return await self._readers.read(work)

    def read_now(self, work: Callable[[Connection], T]) -> T:
        return self._readers.read_now(work)

    def close(self) -> None:
        """Save what is queued, then stop the threads and close the file. May be called twice."""
        self._readers.close()
        self._writer.close()

    async def aclose(self) -> None:
        await asyncio.to_thread(self.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        await self.aclose()

    def _committed(self) -> None:
        if self.after_commit is None:
            return
        try:
            self.after_commit()
        except Exception:  # what listens must not stop what writes
            log.exception("the listener after a commit failed")
