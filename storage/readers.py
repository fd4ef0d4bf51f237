"""A few threads read, each with a connection and a snapshot of its own; they never wait for the writer."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from sqlalchemy import Connection, Engine

from storage.connections import Line

T = TypeVar("T")


class Readers:
    def __init__(self, engine: Engine, *, threads: int) -> None:
        self._engine = engine
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="database-reader")
        self._lock = threading.Lock()
        self._idle: list[Line] = []

    async def read(self, work: Callable[[Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, copy_context().run, self._run, work)

    def read_now(self, work: Callable[[Connection], T]) -> T:
        return self._pool.submit(copy_context().run, self._run, work).result()

    def close(self) -> None:
        self._pool.shutdown(wait=True)
        while self._idle:
            self._idle.pop().close()

    def _run(self, work: Callable[[Connection], T]) -> T:
        line = self._take()
        try:
            return self._in_one_snapshot(line, work)
        except StopIteration as error:  # a future cannot carry it
            raise RuntimeError("Work raised StopIteration.") from error
        finally:
            with self._lock:
                self._idle.append(line)

    def _in_one_snapshot(self, line: Line, work: Callable[[Connection], T]) -> T:
        line.send("BEGIN")
        try:
            return work(line.connection)
        finally:
            line.tidy()
            line.abandon()

    def _take(self) -> Line:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return Line(self._engine, "PRAGMA query_only=ON")
