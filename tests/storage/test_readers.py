import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from storage.database import Database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database(f"sqlite:///{tmp_path / 'soc2.db'}") as opened:
        opened.write_now(create)
        yield opened


def create(connection: Connection) -> None:
    connection.exec_driver_sql("CREATE TABLE item (name TEXT)")


def add(connection: Connection) -> None:
    connection.exec_driver_sql("INSERT INTO item VALUES ('one')")


def count(connection: Connection) -> int:
    return int(connection.exec_driver_sql("SELECT count(*) FROM item").scalar_one())


def in_which_thread(_: Connection) -> threading.Thread:
    return threading.current_thread()


@pytest.mark.anyio
async def test_a_read_behind_a_long_one_is_helped_by_another_thread(database: Database) -> None:
    let_go = threading.Event()
    long = asyncio.create_task(database.read(lambda _: let_go.wait(30)))
    try:
        assert await asyncio.wait_for(database.read(count), 20) == 0
    finally:
        let_go.set()
    assert await long


@pytest.mark.anyio
async def test_what_was_asked_before_closing_is_still_answered(database: Database) -> None:
    reads = [asyncio.create_task(database.read(count)) for _ in range(50)]
    await asyncio.sleep(0)
    database.close()
    assert await asyncio.gather(*reads) == [0] * 50


@pytest.mark.anyio
async def test_a_reader_lives_on_after_work_that_failed_or_nobody_waits_for(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        await database.read(lambda _: 1 / 0)
    forgotten = asyncio.create_task(database.read(count))
    await asyncio.sleep(0)
    forgotten.cancel()
    assert await database.read(count) == 0
