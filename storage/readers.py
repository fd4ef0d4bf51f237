"""A few threads read, each with a connection and a snapshot of its own; they never wait for the writer.

One of them serves alone while it keeps up: threads that take turns cost more than the small reads of most requests.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from concurrent import futures
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine

from storage.connections import Line

T = TypeVar("T")

SETTINGS = ("PRAGMA query_only=ON", "PRAGMA cache_size=-16000")
"""16 MB of pages, as they come to be needed: the standing of 100,000 tasks. Of SQLite's own 2 MB, one board of 20,000
pushes out what the next needs."""
LONG = 0.01
"""Seconds that a read waits for its turn before another thread helps."""


@dataclass(slots=True, kw_only=True, eq=False)
class _Read(Generic[T]):
    work: Callable[[Connection], T]
    future: asyncio.Future[T] | futures.Future[T]
    loop: asyncio.AbstractEventLoop | None
    context: Context = field(default_factory=copy_context)

    def run(self, line: Line) -> None:
        try:
            result = self.context.run(_in_one_snapshot, line, self.work)
        except StopIteration as error:  # a future cannot carry it
            self._tell(self._fail, _caused(RuntimeError("Work raised StopIteration."), error))
        except BaseException as error:  # the waiter gets it, whatever it is; the thread lives on
            self._tell(self._fail, error)
        else:
            self._tell(self._succeed, result)

    def _tell(self, how: Callable[[Any], None], what: object) -> None:
        if self.loop is None:
            how(what)
        elif not self.loop.is_closed():
            try:
                self.loop.call_soon_threadsafe(how, what)
            except RuntimeError:  # closed this instant: nobody is left to tell
                return

    def _succeed(self, result: T) -> None:
        if not self.future.done():  # the waiter was cancelled
            self.future.set_result(result)

    def _fail(self, error: BaseException) -> None:
        if not self.future.done():
            self.future.set_exception(error)


class Readers:
    def __init__(self, engine: Engine, *, threads: int) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._waiting: deque[_Read[Any]] = deque()
        self._resting = threads
        self._closed = False
        self._bell: SimpleQueue[None] = SimpleQueue()
        self._threads = [
            threading.Thread(target=self._serve, name=f"database-reader-{number}", daemon=True)
            for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    async def read(self, work: Callable[[Connection], T]) -> T:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        if self._submit(_Read(work=work, future=future, loop=loop)):
            return await future
        help_is_due = loop.call_later(LONG, self._help)
        try:
            return await future
        finally:
            help_is_due.cancel()

    def read_now(self, work: Callable[[Connection], T]) -> T:
        future: futures.Future[T] = futures.Future()
        if not self._submit(_Read(work=work, future=future, loop=None)):
            self._help()
        return future.result()

    def close(self) -> None:
        """Finish what waits, then stop."""
        with self._lock:
            self._closed = True
        for _ in self._threads:
            self._bell.put(None)
        for thread in self._threads:
            thread.join()

    def _submit(self, read: _Read[Any]) -> bool:
        """Whether a thread was woken for it; else it waits behind others."""
        with self._lock:
            self._refuse_if_closed()
            self._waiting.append(read)
            return self._wake() if self._resting == len(self._threads) else False

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise RuntimeError("The database is closed.")

    def _help(self) -> None:
        with self._lock:
            if self._waiting and self._resting:
                self._wake()

    def _wake(self) -> bool:
        self._resting -= 1
        self._bell.put(None)
        return True

    def _serve(self) -> None:
        line: Line | None = None
        stopped = False
        while not stopped:
            self._bell.get()
            while (read := self._next()) is not None:
                line = line or Line(self._engine, *SETTINGS)
                read.run(line)
            stopped = self._closed
        if line:
            line.close()

    def _next(self) -> _Read[Any] | None:
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            self._resting += 1
            return None


def _in_one_snapshot(line: Line, work: Callable[[Connection], T]) -> T:
    line.send("BEGIN")
    try:
        return work(line.connection)
    finally:
        line.tidy()
        line.abandon()


def _caused(error: BaseException, cause: BaseException) -> BaseException:
    error.__cause__ = cause
    return error
