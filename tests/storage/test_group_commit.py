import asyncio
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from storage.database import Database, NotSaved

ADD = text("INSERT INTO item (name, data) VALUES (:name, :data)")
Work = Callable[[Connection], str]

SCHEMA = (
    "CREATE TABLE item (name TEXT NOT NULL, data BLOB NOT NULL)",
    "CREATE TRIGGER poison BEFORE INSERT ON item WHEN NEW.name = 'poison'"
    " BEGIN SELECT RAISE(ROLLBACK, 'poisoned'); END",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "soc2.db"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    with Database(f"sqlite:///{path}", busy_seconds=0.05) as opened:
        opened.write_now(create_tables)
        yield opened


def create_tables(connection: Connection) -> None:
    for statement in SCHEMA:
        connection.exec_driver_sql(statement)


def adding(name: str, data: bytes = b"") -> Work:
    def work(connection: Connection) -> str:
        connection.execute(ADD, {"name": name, "data": data})
        return name

    return work


def adding_then_failing(name: str) -> Work:
    def work(connection: Connection) -> str:
        adding(name)(connection)
        raise LookupError(name)

    return work


def adding_whatever_happens(*names: str) -> Work:
    def work(connection: Connection) -> str:
        for name in names:
            try:
                adding(name)(connection)
            except Exception:  # the careless work under test
                continue
        return "done"

    return work


def names_in(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as raw:
        return [str(name) for (name,) in raw.execute("SELECT name FROM item ORDER BY rowid")]


async def in_one_group(database: Database, *works: Work) -> list[str | BaseException]:
    """Queue every work behind one that waits, so that all of them share its commit."""
    gate = threading.Event()

    def wait(_: Connection) -> str:
        gate.wait()
        return "waited"

    async def open_the_gate() -> str:
        gate.set()
        return "opened"

    writes = [database.write(work) for work in (wait, *works)]
    _, *results, _ = await asyncio.gather(*writes, open_the_gate(), return_exceptions=True)
    return results


@pytest.mark.anyio
async def test_work_queued_together_shares_one_commit(database: Database, path: Path) -> None:
    commits: list[str] = []
    database.after_commit = lambda: commits.append("commit")
    await in_one_group(database, *[adding(f"{n}") for n in range(20)])
    assert len(commits) == 1
    assert names_in(path) == [f"{n}" for n in range(20)]


@pytest.mark.anyio
async def test_a_group_has_a_limit(path: Path) -> None:
    commits: list[str] = []
    async with Database(f"sqlite:///{path}", group_limit=5) as database:
        await database.write(create_tables)
        database.after_commit = lambda: commits.append("commit")
        await in_one_group(database, *[adding(f"{n}") for n in range(9)])
    assert len(commits) == 2


@pytest.mark.anyio
async def test_a_member_that_fails_is_undone_alone(database: Database, path: Path) -> None:
    before, failed, after = await in_one_group(
        database, adding("before"), adding_then_failing("failed"), adding("after")
    )
    assert (before, type(failed), after) == ("before", LookupError, "after")
    assert names_in(path) == ["before", "after"]


@pytest.mark.anyio
async def test_even_an_exit_inside_a_member_stops_neither_writer_nor_group(database: Database, path: Path) -> None:
    def cancel(_: Connection) -> str:
        raise asyncio.CancelledError

    _, cancelled, _ = await in_one_group(database, adding("before"), cancel, adding("after"))
    assert isinstance(cancelled, asyncio.CancelledError)
    assert names_in(path) == ["before", "after"]


def test_no_answer_is_given_before_the_commit(database: Database, path: Path) -> None:
    second_queued, answered = threading.Event(), threading.Event()
    names_when_answered: list[list[str]] = []

    def first(connection: Connection) -> str:
        second_queued.wait()
        return adding("first")(connection)

    def second(_: Connection) -> bool:
        return answered.wait(0.3)

    async def answer() -> None:
        await database.write(first)
        names_when_answered.append(names_in(path))
        answered.set()

    async def queue_second() -> bool:
        write = asyncio.ensure_future(database.write(second))
        asyncio.get_running_loop().call_soon(second_queued.set)
        return await write

    async def both() -> bool:
        _, answered_early = await asyncio.gather(answer(), queue_second())
        return answered_early

    assert asyncio.run(both()) is False
    assert names_when_answered == [["first"]]


@pytest.mark.anyio
async def test_members_of_a_transaction_that_was_rolled_back_run_again_alone(database: Database, path: Path) -> None:
    results = await in_one_group(database, adding("a"), adding("b"), adding("poison"), adding("c"))
    assert [result for result in results if isinstance(result, str)] == ["a", "b", "c"]
    assert isinstance(results[2], IntegrityError)
    assert names_in(path) == ["a", "b", "c"]


@pytest.mark.anyio
async def test_a_failing_member_of_a_lost_group_keeps_its_own_error(database: Database, path: Path) -> None:
    _, failed, _, _ = await in_one_group(database, adding("a"), adding_then_failing("b"), adding("poison"), adding("c"))
    assert isinstance(failed, LookupError)
    assert names_in(path) == ["a", "c"]


@pytest.mark.anyio
async def test_work_that_goes_on_after_a_rollback_saves_nothing_and_is_told_so(database: Database, path: Path) -> None:
    _, careless, _ = await in_one_group(database, adding("a"), adding_whatever_happens("x", "poison", "y"), adding("b"))
    assert isinstance(careless, NotSaved)
    assert names_in(path) == ["a", "b"]


def test_lone_work_that_goes_on_after_a_rollback_saves_nothing_and_is_told_so(database: Database, path: Path) -> None:
    with pytest.raises(NotSaved):
        database.write_now(adding_whatever_happens("x", "poison", "y"))
    assert names_in(path) == []


def test_lone_work_that_is_rolled_back_gets_its_own_error(database: Database) -> None:
    with pytest.raises(IntegrityError, match="poisoned"):
        database.write_now(adding("poison"))


@pytest.mark.anyio
async def test_on_a_full_file_only_what_does_not_fit_is_refused(database: Database, path: Path) -> None:
    database.write_now(lambda connection: connection.exec_driver_sql("PRAGMA max_page_count=20").scalar())
    results = await in_one_group(database, adding("a"), adding("large", bytes(500_000)), adding("b"))
    assert (results[0], type(results[1]), results[2]) == ("a", NotSaved, "b")
    assert names_in(path) == ["a", "b"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder, mount = tmp_path / "disk", shutil.which("mount")
    folder.mkdir()
    if mount is None:
        pytest.skip("there is no mount command here")
    mounted = subprocess.run([mount, "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.mark.anyio
async def test_on_a_full_disk_what_was_answered_is_there_and_what_was_refused_is_not(small_disk: Path) -> None:
    path, ballast = small_disk / "soc2.db", small_disk / "ballast"
    ballast.write_bytes(bytes(200_000))
    async with Database(f"sqlite:///{path}") as database:
        await database.write(create_tables)
        works = [adding(f"{n}", random.randbytes(n * 500)) for n in range(100)]
        results = await in_one_group(database, *works[:50]) + await in_one_group(database, *works[50:])
        saved = [result for result in results if isinstance(result, str)]
        assert {type(result) for result in results} == {str, NotSaved}
        assert names_in(path) == saved
        ballast.unlink()
        await database.write(adding("room again"))
    assert names_in(path) == [*saved, "room again"]


@pytest.fixture
def other_process(path: Path, database: Database) -> Iterator[subprocess.Popen[str]]:
    """Holds the write lock from the moment it has said so until it is sent a line."""
    script = (
        "import sqlite3, sys\n"
        "c = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "c.execute('BEGIN IMMEDIATE')\n"
        "print('held', flush=True)\n"
        "sys.stdin.readline()\n"
        "c.execute(\"INSERT INTO item VALUES ('theirs', '')\")\n"
        "c.execute('COMMIT')\n"
        "c.close()\n"
        "print('let go', flush=True)\n"
    )
    command = [sys.executable, "-c", script, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def let_go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("now\n")
    process.stdin.flush()


@pytest.mark.anyio
async def test_while_another_process_holds_the_database_each_caller_is_told(
    database: Database, path: Path, other_process: subprocess.Popen[str]
) -> None:
    results = await asyncio.gather(*[database.write(adding(f"{n}")) for n in range(3)], return_exceptions=True)
    assert [type(result) for result in results] == [NotSaved, NotSaved, NotSaved]
    assert len({id(result) for result in results}) == 3
    let_go(other_process)
    assert other_process.wait() == 0
    await database.write(adding("ours"))
    assert names_in(path) == ["theirs", "ours"]


@pytest.mark.anyio
async def test_a_write_waits_for_another_process_to_finish(
    path: Path, database: Database, other_process: subprocess.Popen[str]
) -> None:
    async with Database(f"sqlite:///{path}") as patient:
        write = asyncio.create_task(patient.write(adding("ours")))
        asyncio.get_running_loop().call_soon(let_go, other_process)
        await write
    assert names_in(path) == ["theirs", "ours"]


@pytest.mark.anyio
async def test_a_waiter_cancelled_before_its_turn_changes_nothing_for_the_others(
    database: Database, path: Path
) -> None:
    gate, started = threading.Event(), threading.Event()

    def wait(_: Connection) -> str:
        started.set()
        gate.wait()
        return "waited"

    waiting = asyncio.create_task(database.write(wait))
    await asyncio.to_thread(started.wait)
    first, dropped, last = (asyncio.create_task(database.write(adding(name))) for name in ("first", "dropped", "last"))
    asyncio.get_running_loop().call_soon(dropped.cancel)
    asyncio.get_running_loop().call_soon(gate.set)
    results = await asyncio.gather(waiting, first, dropped, last, return_exceptions=True)
    assert [type(result) for result in results] == [str, str, asyncio.CancelledError, str]
    assert names_in(path) == ["first", "last"]


@pytest.mark.anyio
async def test_a_waiter_cancelled_while_it_runs_is_saved_all_the_same(database: Database, path: Path) -> None:
    gate, started = threading.Event(), threading.Event()

    def slow(connection: Connection) -> str:
        started.set()
        gate.wait()
        return adding("slow")(connection)

    write = asyncio.create_task(database.write(slow))
    await asyncio.to_thread(started.wait)
    write.cancel()
    gate.set()
    await database.write(adding("next"))
    assert write.cancelled() or write.cancelling()
    assert names_in(path) == ["slow", "next"]


def test_a_loop_that_closed_while_its_write_ran_does_not_stop_the_writer(database: Database, path: Path) -> None:
    gate, started = threading.Event(), threading.Event()

    def slow(connection: Connection) -> str:
        started.set()
        gate.wait()
        return adding("slow")(connection)

    async def give_up() -> None:
        write = asyncio.create_task(database.write(slow))
        await asyncio.to_thread(started.wait)
        write.cancel()

    asyncio.run(give_up())
    gate.set()
    database.write_now(adding("next"))
    assert names_in(path) == ["slow", "next"]


@pytest.mark.anyio
async def test_sixteen_callers_have_each_write_saved_exactly_once(database: Database, path: Path) -> None:
    def work_of(caller: int, n: int) -> Work:
        kinds = (adding, adding, adding_then_failing)
        return kinds[n % 3](f"{caller}/{n}") if n % 10 else adding("poison")

    async def call(caller: int) -> list[str]:
        saved = []
        for n in range(50):
            try:
                saved.append(await database.write(work_of(caller, n)))
            except (LookupError, DBAPIError):
                continue
        return saved

    saved = await asyncio.gather(*[call(caller) for caller in range(16)])
    assert Counter(names_in(path)) == Counter(name for names in saved for name in names)
    assert sum(map(len, saved)) == 16 * sum(1 for n in range(50) if n % 10 and n % 3 != 2)


KILLED = """
import asyncio, os, sys
from sqlalchemy import text
from storage.database import Database

ADD = text("INSERT INTO item (name, data) VALUES (:name, '')")

async def call(database, caller):
    for n in range(1_000_000):
        name = f"{caller}/{n}"
        await database.write(lambda c: c.execute(ADD, {"name": name}).rowcount)
        os.write(1, f"{name}\\n".encode())

async def main():
    async with Database(sys.argv[1]) as database:
        await asyncio.gather(*[call(database, caller) for caller in range(8)])

asyncio.run(main())
"""


@pytest.mark.parametrize("answers", [1, 50, 400])
def test_what_was_answered_survives_a_kill_at_any_instant(path: Path, answers: int) -> None:
    with Database(f"sqlite:///{path}") as database:
        database.write_now(create_tables)
    with subprocess.Popen([sys.executable, "-c", KILLED, f"sqlite:///{path}"], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        answered = [process.stdout.readline() for _ in range(answers)]
        os.kill(process.pid, signal.SIGKILL)
        answered += process.stdout.readlines()
    names = names_in(path)
    assert {line.decode().rstrip("\n") for line in answered if line.endswith(b"\n")} <= set(names)
    assert len(names) == len(set(names))
