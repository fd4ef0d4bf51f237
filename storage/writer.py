"""One thread writes; everything that queued in the meantime shares its commit."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterable
from concurrent import futures
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from storage.connections import Line, TransactionLost

T = TypeVar("T")

STORAGE_FAILURES = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
    }
)


class NotSaved(Exception):
    """The database could not store it: disk full, held by another process, broken. Nothing of it was kept."""


class Busy(Exception):
    """Too much is queued already; nothing was tried."""


@dataclass(slots=True, kw_only=True, eq=False)
class _Write(Generic[T]):
    """One caller's work. It may run twice (again alone, after its group failed): it must keep nothing of its own."""

    work: Callable[[Connection], T]
    future: asyncio.Future[T] | futures.Future[T]
    loop: asyncio.AbstractEventLoop | None
    context: Context = field(default_factory=copy_context)
    result: list[T] = field(default_factory=list)
    error: BaseException | None = None
    committed: bool = False

    def run(self, connection: Connection) -> None:
        self.result.clear()
        self.error = asyncio.CancelledError() if self.future.cancelled() else None
        if self.error is not None:
            return
        try:
            self.result.append(self.context.run(self.work, connection))
        except BaseException as error:  # the waiter gets it, whatever it is; the writer lives on
            self.error = _told(error)

    def deliver(self) -> None:
        if self.future.done():  # the waiter was cancelled
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        elif self.committed:
            self.future.set_result(self.result[0])
        else:
            self.future.set_exception(NotSaved("The writer stopped before this was saved."))


Queued = _Write[Any]  # one queue, each member with a result type of its own


class Writer:
    """Runs work in one thread. Each member of a group has its own savepoint; answers are given only after COMMIT."""

    def __init__(
        self, line: Line, *, committed: Callable[[], None], group_limit: int = 64, queue_limit: int = 1_000
    ) -> None:
        self._line = line
        self._committed = committed
        self._group_limit = group_limit
        self._queue_limit = queue_limit
        self._queue: SimpleQueue[Queued | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._serve_all, name="database-writer", daemon=True)
        self._thread.start()

    async def write(self, work: Callable[[Connection], T]) -> T:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._submit(_Write(work=work, future=future, loop=loop))
        return await future

    def write_now(self, work: Callable[[Connection], T]) -> T:
        if threading.current_thread() is self._thread:
            raise RuntimeError("Work that is being written cannot wait for another write.")
        future: futures.Future[T] = futures.Future()
        self._submit(_Write(work=work, future=future, loop=None))
        return future.result()

    def close(self) -> None:
        """Write what is queued, then stop."""
        self._refuse_more()
        self._thread.join()

    def _submit(self, member: Queued) -> None:
        with self._lock:
            if self._closed:
                raise RuntimeError("The database is closed.")
            if self._queue.qsize() >= self._queue_limit:
                raise Busy("Too many changes are waiting to be saved; try again in a moment.")
            self._queue.put(member)

    def _refuse_more(self) -> None:
        with self._lock:
            if not self._closed:
                self._closed = True
                self._queue.put(None)  # behind everything queued

    def _serve_all(self) -> None:
        try:
            while (first := self._queue.get()) is not None:
                self._serve(first)
        finally:
            self._refuse_more()
            _release(self._arrivals())  # none, unless the thread is dying of an error: then nobody waits for ever
            self._line.close()

    def _serve(self, first: Queued) -> None:
        group = [first]
        try:
            self._commit_together(group)
            if any(member.committed for member in group):
                self._committed()
        finally:
            _release(group)

    def _commit_together(self, group: list[Queued]) -> None:
        try:
            self._line.send("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            group.extend(self._arrivals(self._group_limit - len(group)))
            return _fail(group, error)
        try:
            self._run_arrivals(group)
            self._line.send("COMMIT")
        except (sqlite3.Error, TransactionLost) as error:
            self._line.abandon()
            return self._rerun(group, error)
        return _mark_committed(group)

    def _run_arrivals(self, group: list[Queued]) -> None:
        """The first member, then whoever queued while it ran, and so on: later arrivals join the same commit."""
        self._run_in_savepoint(group[0])
        while len(group) < self._group_limit and (member := self._next()) is not None:
            group.append(member)
            self._run_in_savepoint(member)

    def _rerun(self, group: list[Queued], error: Exception) -> None:
        """The shared transaction is gone. Alone, in order, each gets the outcome that is its own."""
        if len(group) == 1:
            return _fail([member for member in group if member.error is None], error)
        for position, member in enumerate(group):
            try:
                self._line.send("BEGIN IMMEDIATE")
            except sqlite3.Error as unable:
                return _fail(group[position:], unable)
            self._finish_alone(member)
        return None

    def _finish_alone(self, member: Queued) -> None:
        try:
            self._run_in_savepoint(member)
            self._line.send("COMMIT")
        except (sqlite3.Error, TransactionLost) as error:
            self._line.abandon()
            if member.error is None:
                _fail([member], error)
        else:
            _mark_committed([member])

    def _run_in_savepoint(self, member: Queued) -> None:
        line = self._line
        line.send("SAVEPOINT member")
        member.run(line.connection)
        if line.tidy() and member.error is None:
            member.error = RuntimeError("Work left a savepoint of its own open.")
        if not line.in_transaction:
            raise TransactionLost("The database rolled the transaction back.")
        if member.error is not None:
            line.send("ROLLBACK TO member")
        line.send("RELEASE member")

    def _next(self) -> Queued | None:
        try:
            member = self._queue.get_nowait()
        except Empty:
            return None
        if member is None:
            self._queue.put(None)  # the stop sign is for _serve_all
        return member

    def _arrivals(self, limit: int | None = None) -> list[Queued]:
        arrivals: list[Queued] = []
        while (limit is None or len(arrivals) < limit) and (member := self._next()) is not None:
            arrivals.append(member)
        return arrivals


def _mark_committed(members: Iterable[Queued]) -> None:
    for member in members:
        member.committed = member.error is None


def _fail(members: Iterable[Queued], cause: Exception) -> None:
    for member in members:
        member.error = _not_saved(cause)


def _release(members: Iterable[Queued]) -> None:
    """Wake each event loop once, whatever the number of its members."""
    waiting: dict[asyncio.AbstractEventLoop | None, list[Queued]] = {}
    for member in members:
        waiting.setdefault(member.loop, []).append(member)
    for loop, its_members in waiting.items():
        if loop is None:
            _deliver(its_members)
        elif not loop.is_closed():
            try:
                loop.call_soon_threadsafe(_deliver, its_members)
            except RuntimeError:  # closed this instant: nobody is left to tell
                continue


def _deliver(members: Iterable[Queued]) -> None:
    for member in members:
        member.deliver()


def _told(error: BaseException) -> BaseException:
    """What the waiter is told: its own error, except that a failing disk is always NotSaved."""
    if isinstance(error, DBAPIError) and isinstance(error.orig, sqlite3.Error):
        code = getattr(error.orig, "sqlite_errorcode", None)
        if isinstance(code, int) and code & 0xFF in STORAGE_FAILURES:
            return _not_saved(error.orig)
    if isinstance(error, TransactionLost):
        return _not_saved(error)
    if isinstance(error, StopIteration):  # a future cannot carry it
        return _caused(RuntimeError("Work raised StopIteration."), error)
    return error


def _not_saved(cause: Exception) -> BaseException:
    return _caused(NotSaved(f"The database could not save this ({cause}). Nothing was changed."), cause)


def _caused(error: BaseException, cause: BaseException) -> BaseException:
    error.__cause__ = cause
    return error
