import asyncio
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from contextvars import ContextVar
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError, OperationalError

from storage.database import Busy, Database, TransactionMisused, UnsupportedDatabase, plain_engine

ADD = text("INSERT INTO item (name) VALUES (:name)")
COUNT = text("SELECT count(*) FROM item")
REQUEST: ContextVar[str] = ContextVar("REQUEST", default="none")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "soc2.db"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    with Database(f"sqlite:///{path}") as opened:
        opened.write_now(create_tables)
        yield opened


def create_tables(connection: Connection) -> None:
    connection.exec_driver_sql("CREATE TABLE item (name TEXT PRIMARY KEY)")
    connection.exec_driver_sql("CREATE TABLE part (item TEXT NOT NULL REFERENCES item (name))")


def add(connection: Connection, name: str = "one") -> str:
    connection.execute(ADD, {"name": name})
    return name


def add_twice(connection: Connection) -> None:
    add(connection)
    add(connection)


def count(connection: Connection) -> int:
    return int(connection.execute(COUNT).scalar_one())


def settings(connection: Connection) -> list[object]:
    names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "query_only")
    return [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in names]


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://alice:hunter2@db/soc2",
        "sqlite+aiosqlite:///soc2.db",
        "mysql:///soc2",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:soc2.db?uri=true",
        "not a url",
        "",
    ],
)
def test_other_urls_are_refused_in_one_sentence_without_their_secrets(url: str) -> None:
    with pytest.raises(UnsupportedDatabase) as refused:
        Database(url)
    assert "sqlite:///" in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
    path.write_bytes(b"This is a letter to my aunt. " * 100)
    with pytest.raises(UnsupportedDatabase, match="not a database"):
        Database(f"sqlite:///{path}")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedDatabase, match="cannot be opened"):
        Database(f"sqlite:///{tmp_path}")


def test_the_files_and_their_folder_are_for_their_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with Database(f"sqlite:///{folder}/soc2.db") as database:
        database.write_now(create_tables)
        modes = {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}
    assert (modes, stat.S_IMODE(folder.stat().st_mode)) == ({0o600}, 0o700)


def test_every_commit_reaches_the_disk_and_keys_are_enforced(database: Database) -> None:
    assert database.write_now(settings) == ["wal", 2, 1, 5000, 0]


def test_readers_have_the_same_settings_and_cannot_write(database: Database) -> None:
    assert database.read_now(settings) == ["wal", 2, 1, 5000, 1]
    with pytest.raises(OperationalError, match="readonly"):
        database.read_now(add)


@pytest.mark.anyio
async def test_write_and_read_return_what_the_work_returns(database: Database) -> None:
    assert await database.write(add) == "one"
    assert await database.read(count) == 1


@pytest.mark.anyio
async def test_what_the_work_raises_reaches_the_caller_unchanged_and_undoes_its_changes(database: Database) -> None:
    mine = LookupError("mine")

    def add_and_fail(connection: Connection) -> None:
        add(connection)
        raise mine

    with pytest.raises(LookupError) as raised:
        await database.write(add_and_fail)
    assert raised.value is mine
    assert await database.read(count) == 0


def test_a_missing_parent_row_is_an_integrity_error(database: Database) -> None:
    with pytest.raises(IntegrityError):
        database.write_now(lambda connection: connection.exec_driver_sql("INSERT INTO part VALUES ('none')").rowcount)


@pytest.mark.anyio
async def test_an_error_no_future_can_carry_does_not_leave_the_caller_waiting(database: Database) -> None:
    for run in (database.write, database.read):
        with pytest.raises(RuntimeError, match="StopIteration"):
            await run(lambda _: next(iter(())))


@pytest.mark.parametrize("ending", ["commit", "rollback", "close"])
def test_work_cannot_end_the_transaction_it_runs_in(database: Database, ending: str) -> None:
    def misbehave(connection: Connection) -> None:
        add(connection, "misbehaved")
        getattr(connection, ending)()

    with pytest.raises(TransactionMisused):
        database.write_now(misbehave)
    database.write_now(add)
    assert database.read_now(count) == 1


def test_a_swallowed_attempt_to_commit_changes_nothing(database: Database) -> None:
    def misbehave(connection: Connection) -> None:
        add(connection)
        with pytest.raises(TransactionMisused):
            connection.commit()

    database.write_now(misbehave)
    database.write_now(partial(add, name="two"))
    assert database.read_now(count) == 2


def leave_a_savepoint_and_commit(connection: Connection) -> None:
    connection.begin_nested()
    connection.commit()


def test_a_reader_recovers_from_work_that_misbehaved(path: Path) -> None:
    with Database(f"sqlite:///{path}", readers=1) as database:
        database.write_now(create_tables)
        with pytest.raises(TransactionMisused):
            database.read_now(leave_a_savepoint_and_commit)
        assert database.read_now(count) == 0


def test_a_savepoint_of_the_works_own_can_be_rolled_back(database: Database) -> None:
    def add_once_and_try_again(connection: Connection) -> None:
        add(connection)
        with pytest.raises(IntegrityError), connection.begin_nested():
            add(connection)

    database.write_now(add_once_and_try_again)
    assert database.read_now(count) == 1


def test_a_savepoint_left_open_fails_that_work_alone(database: Database) -> None:
    def leave_open(connection: Connection) -> None:
        connection.begin_nested()
        add(connection, "left open")

    with pytest.raises(RuntimeError, match="savepoint"):
        database.write_now(leave_open)
    database.write_now(add)
    assert database.read_now(count) == 1


def test_one_read_sees_one_snapshot(database: Database) -> None:
    def count_around_a_write(connection: Connection) -> tuple[int, int]:
        before = count(connection)
        database.write_now(add)
        return before, count(connection)

    assert database.read_now(count_around_a_write) == (0, 0)
    assert database.read_now(count) == 1


def test_a_reader_does_not_wait_for_the_writer_and_sees_nothing_uncommitted(database: Database) -> None:
    def add_and_look(connection: Connection) -> int:
        add(connection)
        return database.read_now(count)

    assert database.write_now(add_and_look) == 0


def test_work_that_is_being_written_cannot_wait_for_another_write(database: Database) -> None:
    with pytest.raises(RuntimeError, match="cannot wait"):
        database.write_now(lambda _: database.write_now(add))


@pytest.mark.anyio
async def test_work_runs_in_the_context_of_its_caller(database: Database) -> None:
    REQUEST.set("r-17")
    assert await database.write(lambda _: REQUEST.get()) == "r-17"
    assert await database.read(lambda _: REQUEST.get()) == "r-17"


def test_a_full_queue_refuses_at_once(path: Path) -> None:
    gate, started = threading.Event(), threading.Event()

    def hold(_: Connection) -> None:
        started.set()
        gate.wait()

    async def overfill(database: Database) -> list[object]:
        held = asyncio.create_task(database.write(hold))
        await asyncio.to_thread(started.wait)
        writes = [database.write(lambda _: "written") for _ in range(3)]

        async def open_the_gate() -> None:
            gate.set()

        results = await asyncio.gather(*writes, open_the_gate(), return_exceptions=True)
        await held
        return list(results)

    with Database(f"sqlite:///{path}", queue_limit=2) as database:
        first, second, third, _ = asyncio.run(overfill(database))
    assert (first, second) == ("written", "written")
    assert isinstance(third, Busy)


@pytest.mark.anyio
async def test_closing_writes_what_is_queued_first(path: Path) -> None:
    database = Database(f"sqlite:///{path}")
    await database.write(create_tables)
    writes = [asyncio.create_task(database.write(partial(add, name=f"item {n}"))) for n in range(100)]
    closing_too = asyncio.create_task(database.aclose())
    assert await asyncio.gather(*writes) == [f"item {n}" for n in range(100)]
    await closing_too
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT count(*) FROM item").fetchone() == (100,)


def test_closing_leaves_no_thread_and_no_side_file(path: Path) -> None:
    before = set(threading.enumerate())
    database = Database(f"sqlite:///{path}")
    database.write_now(create_tables)
    database.read_now(count)
    database.close()
    database.close()
    assert set(threading.enumerate()) == before
    assert list(path.parent.iterdir()) == [path]


def test_a_closed_database_refuses(path: Path) -> None:
    with Database(f"sqlite:///{path}") as database:
        database.write_now(create_tables)
    for run in (database.write_now, database.read_now):
        with pytest.raises(RuntimeError):
            run(count)


def test_a_commit_calls_the_listener_and_a_failed_write_does_not(database: Database) -> None:
    calls: list[str] = []
    database.after_commit = lambda: calls.append("committed")
    with pytest.raises(ZeroDivisionError):
        database.write_now(lambda _: 1 / 0)
    database.write_now(add)
    assert calls == ["committed"]


def test_a_failing_listener_is_logged_and_stops_nothing(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise OSError("no bell")

    database.after_commit = fail
    database.write_now(add)
    database.write_now(lambda connection: add(connection, "two"))
    assert [record.exc_text and "no bell" in record.exc_text for record in caplog.records] == [True, True]


def test_many_processes_may_open_a_new_file_at_once(path: Path) -> None:
    script = "import sys; from storage.database import Database; Database(sys.argv[1]).close()"
    starts = [subprocess.Popen([sys.executable, "-c", script, f"sqlite:///{path}"]) for _ in range(4)]
    assert [process.wait(60) for process in starts] == [0, 0, 0, 0]


def test_a_plain_engine_commits_and_rolls_back_as_usual(path: Path) -> None:
    engine = plain_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        create_tables(connection)
        assert settings(connection) == ["wal", 2, 1, 5000, 0]
    with pytest.raises(IntegrityError), engine.begin() as connection:
        add_twice(connection)
    with engine.connect() as connection:
        assert count(connection) == 0
