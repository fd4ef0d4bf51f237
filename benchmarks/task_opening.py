"""Opening due tasks with their prompts in chunks, against plain INSERT … SELECT of the same rows."""

import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from benchmarks.company import CONTROLS, StillClock, found_workspaces, hire
from benchmarks.figures import Figure, Outcome, Scale, Target, percentile, ratio
from benchmarks.requests import ACME
from storage.connections import SETTINGS
from storage.database import Database
from storage.unit_of_work import SqlUnitsOfWork
from tasks.operations.schedule import open_due

MOST_ROUNDS = 5
HOUR = 3_600_000_000
"""Microseconds."""
COMMON = """workspace_id, id, origin, occurrence, subject, control_id, control_version, code, title, department,
    cadence, needs_acceptance, owner_id, span_start, span_end, opens_at, due_at, limit_at, missed_at, next_rung_at"""
PLAN = f"""
WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < :count)
INSERT INTO planned ({COMMON}, prompt_at, prompt_on)
SELECT :workspace, printf('task%016d', n * 7919 % 1000003), printf('iam-%02d', n % :controls),
    printf('occurrence-%06d', n), '', printf('iam-%02d', n % :controls), 1, printf('IAM-%02d', n % :controls),
    'Leaver access removal', 'it', 'monthly', 0, printf('%05d', n % :people), '2026-10-01', '2026-10-31',
    :opens_at - n % 240 * :hour, :opens_at + 400 * :hour, NULL, :opens_at + 900 * :hour, :opens_at + 100 * :hour,
    :opens_at, '2026-11-02'
FROM numbers
"""
OPEN = f"""
INSERT INTO tasks ({COMMON}, state, return_reason, waiting_on, round, version)
SELECT {COMMON}, 'open', '', '', 1, 1 FROM planned WHERE workspace_id = :workspace AND opens_at <= :now
"""
ASK = """
INSERT INTO notices (workspace_id, about, recipient, occasion, round, task_id, owed_at, state, detail, attempts,
    platform, conversation, message, error)
SELECT workspace_id, 'task:' || id, 'person:' || owner_id, 'opened', 1, id, prompt_at, 'owed', '', 0, '', '', '', ''
FROM planned WHERE workspace_id = :workspace AND opens_at <= :now
"""
COUNTED = ("planned", "tasks", "notices", "audit_entries")


class NotTheSame(Exception):
    """What was opened is not what was due, or a second run changed something."""


def measure(scale: Scale, folder: Path) -> Outcome:
    due = folder / "due.db"
    found_workspaces(due, [ACME])
    hire(due, ACME, scale.people)
    now = StillClock()
    _plan(due, scale, int(now.moment.timestamp() * 1_000_000))
    ours, plain, chunks = [], [], []
    for number in range(min(scale.rounds, MOST_ROUNDS)):
        copies = folder / f"ours-{number}.db", folder / f"plain-{number}.db"
        for copy in copies:
            shutil.copyfile(due, copy)
        took = _open(copies[0], scale.due, now)
        ours.append(sum(took))
        chunks += took
        plain.append(_insert(copies[1], int(now.moment.timestamp() * 1_000_000)))
        _compare(*copies)
        for copy in copies:
            copy.unlink()
    return Outcome(
        targets=(Target(name="opening against plain INSERT … SELECT", value=ratio(ours, plain), limit=2.5),),
        figures=(
            Figure(name=f"opening {scale.due:,} tasks", value=percentile(ours, 0.5), unit="s"),
            Figure(name="plain INSERT … SELECT", value=percentile(plain, 0.5), unit="s"),
            Figure(name="longest transaction", value=max(chunks) * 1000, unit="ms"),
        ),
    )


def _plan(database: Path, scale: Scale, now: int) -> None:
    values = {"count": scale.due, "people": scale.people, "controls": CONTROLS, "opens_at": now, "hour": HOUR}
    with closing(sqlite3.connect(database)) as driver, driver:
        driver.execute(PLAN, {**values, "workspace": ACME})
    with closing(sqlite3.connect(database)) as driver:
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _open(database: Path, due: int, clock: StillClock) -> list[float]:
    """Seconds of each chunk. Run again, it changes nothing."""
    with Database(f"sqlite:///{database}") as opened:
        units = SqlUnitsOfWork(opened, clock)
        seconds, count = [], 1
        while count:
            began = time.perf_counter()
            count = units.write_now(ACME, open_due)
            seconds.append(time.perf_counter() - began)
        before = _counts(database)
        units.write_now(ACME, open_due)
        after = _counts(database)
    if before != after or after["tasks"] != due or after["notices"] != due or after["planned"]:
        raise NotTheSame(f"{due} due, then {before}, run again {after}")
    return seconds


def _insert(database: Path, now: int) -> float:
    with closing(sqlite3.connect(database, isolation_level=None)) as driver:
        for setting in SETTINGS:
            driver.execute(setting)
        began = time.perf_counter()
        driver.execute("BEGIN IMMEDIATE")
        driver.execute(OPEN, {"workspace": ACME, "now": now})
        driver.execute(ASK, {"workspace": ACME, "now": now})
        driver.execute("COMMIT")
        return time.perf_counter() - began


def _compare(ours: Path, plain: Path) -> None:
    for table, order in (("tasks", "id"), ("notices", "about")):
        if _digest(ours, table, order) != _digest(plain, table, order):
            raise NotTheSame(f"{table} differ")


def _digest(database: Path, table: str, order: str) -> int:
    with closing(sqlite3.connect(database)) as driver:
        columns = ", ".join(
            row[1] for row in driver.execute(f"PRAGMA table_info({table})") if row[1] != "id" or order == "id"
        )
        return hash(tuple(driver.execute(f"SELECT {columns} FROM {table} ORDER BY {order}")))


def _counts(database: Path) -> dict[str, int]:
    with closing(sqlite3.connect(database)) as driver:
        return {table: driver.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in COUNTED}
