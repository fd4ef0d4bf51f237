"""Every query of a busy workspace goes through an index: no table is scanned, and the board never reads the tasks."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

import storage.access_tables  # noqa: F401 - its tables belong to the metadata too
from storage.prepared import driver_of
from storage.tables import metadata
from storage.unit_of_work import SqlUnitOfWork
from tasks.api_answers import RequestKey
from tasks.identifiers import ControlId, PersonId, TaskId
from tasks.imports import ImportKind
from tasks.people import Role
from tasks.status import StatusScope
from tests.builders import a_task, utc
from tests.storage.migrated import in_workspace, migrated

NOW = utc(2026, 11, 3)
A_KEY = RequestKey(token_id="t1", key="ab", request="cd")


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    with migrated(tmp_path) as connection:
        yield connection


def plans(connection: Connection, query: Callable[[SqlUnitOfWork], object]) -> list[str]:
    sent: list[str] = []
    driver = driver_of(connection)
    driver.set_trace_callback(sent.append)
    query(in_workspace(connection))
    driver.set_trace_callback(None)
    return [step[3] for statement in sent for step in driver.execute(f"EXPLAIN QUERY PLAN {statement}")]


@pytest.mark.parametrize("scope", [StatusScope(), StatusScope(owners=(PersonId("olga"),), departments=("it",))])
def test_the_board_is_counted_from_the_index_alone(connection: Connection, scope: StatusScope) -> None:
    steps = plans(connection, lambda uow: uow.status.tally(scope, now=NOW))
    assert {step for step in steps if "tasks" in step} == {
        "SEARCH tasks USING COVERING INDEX ix_tasks_standing (workspace_id=? AND state=?)"
    }


@pytest.mark.parametrize(
    "query",
    [
        lambda uow: uow.tasks.open_of([PersonId("olga")]),
        lambda uow: uow.tasks.open_count(PersonId("olga")),
        lambda uow: uow.tasks.open_of_control(ControlId("c")),
        lambda uow: uow.tasks.rungs_due(now=NOW, limit=9),
        lambda uow: uow.tasks.answered_by(PersonId("olga"), limit=9),
        lambda uow: uow.tasks.previous(a_task()),
        lambda uow: uow.tasks.submitted(),
        lambda uow: uow.tasks.open_due(now=NOW, limit=9),
        lambda uow: uow.notices.claim(now=NOW, limit=9),
        lambda uow: uow.notices.claim_edits(limit=9),
        lambda uow: uow.notices.of_task(TaskId("t")),
        lambda uow: uow.notices.skip(TaskId("t")),
        lambda uow: uow.notices.touch(TaskId("t")),
        lambda uow: uow.evidence.to_fetch(now=NOW, limit=9),
        lambda uow: uow.evidence.with_hash("ab", other_than=TaskId("t")),
        lambda uow: uow.evidence.last_card(ControlId("c"), "list"),
        lambda uow: uow.evidence.of_message("slack", "C1", "1.0"),
        lambda uow: uow.evidence.of_reference("slack", "F1"),
        lambda uow: uow.evidence.permalinks_due(now=NOW, limit=9),
        lambda uow: uow.shared_messages.of_message("slack", "C1", "1.0"),
        lambda uow: uow.shared_messages.set_aside_by(PersonId("olga"), since=NOW),
        lambda uow: uow.shared_messages.forget_before(NOW),
        lambda uow: uow.imports.to_fetch(now=NOW, limit=9),
        lambda uow: uow.imports.installing(limit=9),
        lambda uow: uow.imports.waiting(ImportKind.CONTROL_MATRIX),
        lambda uow: uow.people.by_email("o@example.com"),
        lambda uow: uow.people.by_identity("slack", "U1"),
        lambda uow: uow.people.identities(PersonId("olga")),
        lambda uow: uow.link_codes.waiting(PersonId("olga")),
        lambda uow: uow.link_codes.by_digest("ab12"),
        lambda uow: uow.link_codes.wrong("teams", "29:1"),
        lambda uow: uow.api_tokens.named("monitoring"),
        lambda uow: uow.api_answers.find(A_KEY, since=NOW),
        lambda uow: uow.api_answers.forget_before(NOW),
        lambda uow: uow.people.holders(Role.ADMIN),
        lambda uow: uow.people.reports_of(PersonId("max")),
        lambda uow: uow.audit.of("task:1", limit=9),
        lambda uow: uow.status.overdue(StatusScope(), now=NOW, limit=9),
        lambda uow: uow.status.workload((PersonId("olga"), PersonId("max")), now=NOW),
        lambda uow: uow.homes.find("slack", "U1"),
        lambda uow: uow.homes.due(opened_after=NOW, position=1, changed_before=NOW, checked_before=NOW, limit=9),
        lambda uow: uow.audit.position(),
        lambda uow: uow.chat.latest_change("D1"),
    ],
)
def test_nothing_is_scanned(connection: Connection, query: Callable[[SqlUnitOfWork], object]) -> None:
    steps = plans(connection, query)
    scanned = {step.split()[1] for step in steps if step.startswith("SCAN")}
    assert steps
    assert scanned & set(metadata.tables) == set()


def test_a_chunk_of_due_tasks_is_one_range_of_the_plan(connection: Connection) -> None:
    from_plan = [step for step in plans(connection, lambda uow: uow.tasks.planned(until=NOW)) if "planned" in step]
    assert from_plan == ["SEARCH planned USING PRIMARY KEY (workspace_id=? AND opens_at<?)"]
