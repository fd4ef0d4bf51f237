"""A workspace's standing among very many tasks of many workspaces, against the same query without its index."""

import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from benchmarks.company import CONTROLS, StillClock, found_workspaces, hire
from benchmarks.figures import Figure, Outcome, Scale, Target, percentile
from storage.database import Database
from storage.unit_of_work import SqlUnitOfWork, SqlUnitsOfWork
from tasks.identifiers import WorkspaceId
from tasks.status import ControlTally, StatusScope

INDEX = "ix_tasks_standing"
ASKED = 5
"""Workspaces."""
PEOPLE = 10
DAY = 86_400_000_000
"""Microseconds."""
# In the order in which time brings them: the workspaces' rows lie among one another.
FILL = """
WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < :count)
INSERT INTO tasks (workspace_id, id, origin, occurrence, subject, control_id, control_version, code, title, department,
    cadence, needs_acceptance, owner_id, span_start, span_end, opens_at, due_at, limit_at, missed_at, state, answer,
    answered_at, answered_by, settled_at, settled_by, return_reason, waiting_on, round, version)
SELECT printf('workspace-%03d', n % :workspaces), lower(hex(randomblob(10))), printf('iam-%02d', n % :controls),
    printf('occurrence-%07d', n), '', printf('iam-%02d', n % :controls), 1, printf('IAM-%02d', n % :controls),
    'Leaver access removal', CASE n % 3 WHEN 0 THEN 'it' WHEN 1 THEN 'hr' ELSE 'finance' END, 'monthly', 0,
    printf('%05d', n % :people), '2026-10-01', '2026-10-31', moment, moment + 14 * :day,
    CASE WHEN n % 10 = 0 THEN moment + 20 * :day END, moment + 30 * :day,
    CASE WHEN is_open THEN 'open' ELSE 'recorded' END, CASE WHEN NOT is_open THEN 'done' END,
    CASE WHEN NOT is_open THEN moment + n % 16 * :day END,
    CASE WHEN NOT is_open THEN printf('%05d', n % :people) END,
    CASE WHEN NOT is_open THEN moment + n % 16 * :day END,
    CASE WHEN NOT is_open THEN printf('%05d', n % :people) END, '', '', 1, 1
FROM (SELECT n, n * 7919 % 20 = 0 AS is_open, :now - 700 * :day + n * 690 / :count * :day AS moment FROM numbers)
"""
INDICES = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'tasks' AND sql IS NOT NULL"


class NotTheSame(Exception):
    """The index changed what is counted."""


def measure(scale: Scale, folder: Path) -> Outcome:
    database, clock = folder / "soc2.db", StillClock()
    workspaces = [WorkspaceId(f"workspace-{number:03d}") for number in range(scale.workspaces)]
    found_workspaces(database, workspaces)
    for one in workspaces:
        hire(database, one, PEOPLE)
    _fill(database, scale, int(clock.moment.timestamp() * 1_000_000))
    asked = workspaces[:ASKED]
    with_index, counted = _tallies(database, clock, asked, scale.rounds)
    with closing(sqlite3.connect(database)) as driver:
        driver.execute(f"DROP INDEX {INDEX}")
    without, counted_without = _tallies(database, clock, asked, scale.rounds)
    if counted != counted_without:
        raise NotTheSame(f"{counted} and {counted_without}")
    quick, slow = percentile(with_index, 0.5), percentile(without, 0.5)
    return Outcome(
        targets=(Target(name="status against the query without its index", value=quick / slow, limit=0.1),),
        figures=(
            Figure(name=f"status among {scale.standing:,} tasks", value=quick * 1000, unit="ms"),
            Figure(name="without its index", value=slow * 1000, unit="ms"),
            Figure(name="tasks of a workspace", value=scale.standing / scale.workspaces),
        ),
    )


def _fill(database: Path, scale: Scale, now: int) -> None:
    """Indices are made afterwards: quicker, and they end up the same."""
    values = {"count": scale.standing, "workspaces": scale.workspaces, "controls": CONTROLS, "people": PEOPLE}
    with closing(sqlite3.connect(database)) as driver, driver:
        indices = driver.execute(INDICES).fetchall()
        for name, _ in indices:
            driver.execute(f"DROP INDEX {name}")
        driver.execute(FILL, {**values, "day": DAY, "now": now})
        for _, statement in indices:
            driver.execute(statement)


def _tallies(
    database: Path, clock: StillClock, asked: Sequence[WorkspaceId], rounds: int
) -> tuple[list[float], list[Sequence[ControlTally]]]:
    """Seconds of each; the first round, which finds nothing in memory, is left out."""
    seconds: list[float] = []
    with Database(f"sqlite:///{database}", readers=1) as opened:
        units = SqlUnitsOfWork(opened, clock)
        counted = [units.read_now(one, _tally) for one in asked]
        for one in [*asked] * rounds:
            began = time.perf_counter()
            units.read_now(one, _tally)
            seconds.append(time.perf_counter() - began)
    return seconds, counted


def _tally(uow: SqlUnitOfWork) -> Sequence[ControlTally]:
    return uow.status.tally(StatusScope(), now=uow.now)
