"""What was signed or logged stays as it is, even for somebody with a database shell."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from tasks.identifiers import EvidenceId
from tasks.model import Decision
from tests.contracts.steps import staffed_with_task
from tests.contracts.test_answers import an_acceptance, an_attestation
from tests.contracts.test_audit_log import an_entry
from tests.storage.migrated import in_workspace, migrated

APPEND_ONLY = ("audit_entries", "audit_details", "attestations", "acceptances", "control_versions")


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    with migrated(tmp_path) as connection:
        uow = in_workspace(connection)
        staffed_with_task(uow)
        uow.answers.attest(an_attestation())
        uow.answers.decide(an_acceptance(Decision.ACCEPT))
        for _ in range(2):
            uow.audit.append(an_entry())
        yield connection


def count(connection: Connection, table: str) -> int:
    return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_a_row_cannot_be_changed(connection: Connection, table: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"):
        connection.execute(text(f"UPDATE {table} SET workspace_id = workspace_id"))


@pytest.mark.parametrize("table", [table for table in APPEND_ONLY if table != "audit_details"])
def test_a_row_cannot_be_deleted(connection: Connection, table: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"):
        connection.execute(text(f"DELETE FROM {table}"))


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_a_row_cannot_be_replaced(connection: Connection, table: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"):
        connection.execute(text(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"))


def test_an_entry_cannot_be_put_in_between(connection: Connection) -> None:
    insertion = "INSERT INTO audit_entries SELECT workspace_id, 0, about, canonical, hash FROM audit_entries LIMIT 1"
    with pytest.raises(IntegrityError, match="append-only"):
        connection.execute(text(insertion))


def test_a_detail_can_be_erased(connection: Connection) -> None:
    connection.execute(text("DELETE FROM audit_details"))
    assert count(connection, "audit_details") == 0


def test_a_refusal_leaves_the_transaction_standing(connection: Connection) -> None:
    uow = in_workspace(connection)
    with pytest.raises(IntegrityError):
        connection.execute(text("DELETE FROM audit_entries"))
    uow.audit.append(an_entry())
    assert count(connection, "audit_entries") == 3


def test_the_signed_evidence_stays_in_its_order(connection: Connection) -> None:
    (signed,) = in_workspace(connection).answers.attestations(an_attestation().task_id)
    assert signed.evidence == (EvidenceId("b"), EvidenceId("a"))
