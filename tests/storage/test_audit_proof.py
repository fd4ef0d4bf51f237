from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from storage import audit_proof
from storage.audit_log import Head, verify
from storage.audit_proof import verify_tail
from tasks.audit import GENESIS
from tests.contracts.test_audit_log import an_entry
from tests.storage.migrated import ACME, GLOBEX, in_workspace, migrated

LENGTH = 25


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_proof, "BLOCK", 10)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    """Two chains, and nothing that would refuse to tamper with them."""
    with migrated(tmp_path) as connection:
        for workspace_id in (ACME, GLOBEX):
            audit = in_workspace(connection, workspace_id).audit
            for number in range(LENGTH):
                audit.append(an_entry(about=f"task:{number}", detail="Said so" if number % 2 else ""))
        for name in ("update", "delete", "insert"):
            connection.execute(text(f"DROP TRIGGER audit_entries_refuses_{name}"))
        connection.execute(text("DROP TRIGGER audit_details_refuses_update"))
        connection.execute(text("PRAGMA defer_foreign_keys=ON"))
        yield connection


def tamper(connection: Connection, statement: str) -> None:
    connection.execute(text(statement))


def broken_at(connection: Connection) -> int | None:
    broken = verify(connection, ACME).broken
    return broken.seq if broken else None


def test_a_whole_chain_is_proven(connection: Connection) -> None:
    verdict = verify(connection, ACME)
    stored = connection.execute(text("SELECT hash FROM audit_entries WHERE workspace_id='acme' AND seq=25")).scalar()
    assert verdict.broken is None
    assert verdict.entries == LENGTH
    assert verdict.head == Head(seq=LENGTH, hash=stored or b"")


def test_an_empty_chain_is_whole(tmp_path: Path) -> None:
    with migrated(tmp_path) as connection:
        verdict = verify(connection, ACME)
    assert (verdict.broken, verdict.head) == (None, Head(seq=0, hash=GENESIS))


def test_progress_is_told(connection: Connection) -> None:
    told: list[int] = []
    verify(connection, ACME, told.append)
    assert told == [10, 20, 25]


@pytest.mark.parametrize("seq", [1, 10, 11, 20, 25])
@pytest.mark.parametrize(
    "change",
    [
        "canonical = CAST(replace(canonical, 'olga', 'vera') AS BLOB)",
        "canonical = CAST(canonical || ' ' AS BLOB)",
        "hash = zeroblob(32)",
        "hash = 'text'",
        "canonical = 7",
    ],
)
def test_a_changed_entry_is_named(connection: Connection, seq: int, change: str) -> None:
    tamper(connection, f"UPDATE audit_entries SET {change} WHERE workspace_id = 'acme' AND seq = {seq}")
    assert broken_at(connection) == seq


@pytest.mark.parametrize("seq", [1, 10, 11, 24])
def test_a_missing_entry_is_named(connection: Connection, seq: int) -> None:
    tamper(connection, f"DELETE FROM audit_details WHERE workspace_id = 'acme' AND seq = {seq}")
    tamper(connection, f"DELETE FROM audit_entries WHERE workspace_id = 'acme' AND seq = {seq}")
    assert broken_at(connection) == seq


def test_a_gap_in_the_numbers_is_named(connection: Connection) -> None:
    tamper(connection, "DELETE FROM audit_details")
    tamper(connection, "UPDATE audit_entries SET seq = seq + 100 WHERE workspace_id = 'acme' AND seq > 15")
    assert broken_at(connection) == 16


def test_a_chain_that_does_not_begin_at_one_is_broken_there(connection: Connection) -> None:
    tamper(connection, "DELETE FROM audit_details")
    tamper(connection, "UPDATE audit_entries SET seq = seq + 100 WHERE workspace_id = 'acme'")
    assert broken_at(connection) == 1


def test_an_entry_before_the_first_is_named(connection: Connection) -> None:
    tamper(
        connection,
        "INSERT INTO audit_entries SELECT workspace_id, 0, about, canonical, hash FROM audit_entries"
        " WHERE workspace_id = 'acme' AND seq = 1",
    )
    assert broken_at(connection) == 0


def test_an_entry_that_stands_alone_before_the_first_is_named(connection: Connection) -> None:
    tamper(connection, "DELETE FROM audit_details")
    tamper(connection, "DELETE FROM audit_entries WHERE workspace_id = 'acme' AND seq > 1")
    tamper(connection, "UPDATE audit_entries SET seq = 0 WHERE workspace_id = 'acme'")
    assert broken_at(connection) == 0


def test_swapped_entries_are_named_at_the_first(connection: Connection) -> None:
    tamper(connection, "DELETE FROM audit_details")
    for before, after in ((12, 99), (13, 12), (99, 13)):
        tamper(connection, f"UPDATE audit_entries SET seq = {after} WHERE workspace_id = 'acme' AND seq = {before}")
    assert broken_at(connection) == 12


def test_another_workspaces_chain_is_no_proof(connection: Connection) -> None:
    tamper(connection, "DELETE FROM audit_details")
    tamper(connection, "DELETE FROM audit_entries WHERE workspace_id = 'acme'")
    tamper(connection, "UPDATE audit_entries SET workspace_id = 'acme'")
    broken = verify(connection, ACME).broken
    assert broken is not None
    assert (broken.seq, broken.reason) == (1, audit_proof.FOREIGN)


def test_the_other_workspace_is_not_blamed(connection: Connection) -> None:
    tamper(connection, "UPDATE audit_entries SET hash = zeroblob(32) WHERE workspace_id = 'acme' AND seq = 3")
    assert verify(connection, GLOBEX).broken is None


def test_what_comes_before_the_first_broken_entry_is_proven(connection: Connection) -> None:
    tamper(connection, "UPDATE audit_entries SET hash = zeroblob(32) WHERE workspace_id = 'acme' AND seq = 17")
    verdict = verify(connection, ACME)
    assert (verdict.entries, verdict.head.seq) == (16, 16)


def test_a_changed_detail_is_named(connection: Connection) -> None:
    tamper(connection, "UPDATE audit_details SET body = 'Never' WHERE workspace_id = 'acme' AND seq = 14")
    verdict = verify(connection, ACME)
    assert verdict.broken is not None
    assert (verdict.broken.seq, verdict.broken.reason) == (14, audit_proof.DETAIL_CHANGED)


def test_a_detail_put_beside_an_entry_that_had_none_is_named(connection: Connection) -> None:
    tamper(connection, "INSERT INTO audit_details VALUES ('acme', 3, x'00', 'Invented')")
    assert broken_at(connection) == 3


def test_an_erased_detail_breaks_nothing(connection: Connection) -> None:
    tamper(connection, "DELETE FROM audit_details")
    assert broken_at(connection) is None


def test_a_chain_cut_off_at_its_end_is_found_with_an_earlier_head(connection: Connection) -> None:
    head = verify(connection, ACME).head
    tamper(connection, "DELETE FROM audit_details")
    tamper(connection, "DELETE FROM audit_entries WHERE workspace_id = 'acme' AND seq > 20")
    assert broken_at(connection) is None
    verdict = verify(connection, ACME, expected=(head.seq, head.hash))
    assert verdict.broken is not None
    assert (verdict.broken.seq, verdict.broken.reason) == (21, audit_proof.CUT_OFF)


def test_a_chain_emptied_is_found_with_an_earlier_head(connection: Connection) -> None:
    head = verify(connection, ACME).head
    tamper(connection, "DELETE FROM audit_details")
    tamper(connection, "DELETE FROM audit_entries WHERE workspace_id = 'acme'")
    broken = verify(connection, ACME, expected=(head.seq, head.hash)).broken
    assert broken is not None
    assert broken.seq == 1


def test_a_rewritten_chain_is_found_with_an_earlier_head(connection: Connection) -> None:
    broken = verify(connection, ACME, expected=(12, bytes(32))).broken
    assert broken is not None
    assert (broken.seq, broken.reason) == (12, audit_proof.REWRITTEN)


def test_a_chain_that_went_on_since_the_earlier_head_is_whole(connection: Connection) -> None:
    head = verify(connection, ACME).head
    in_workspace(connection).audit.append(an_entry())
    assert verify(connection, ACME, expected=(head.seq, head.hash)).broken is None


def test_each_transaction_reads_the_head_anew(connection: Connection) -> None:
    first, second = in_workspace(connection), in_workspace(connection)
    first.audit.append(an_entry())
    second.audit.append(an_entry())
    assert verify(connection, ACME).broken is None


def test_the_tail_of_a_whole_chain_links_to_what_stands_before_it(connection: Connection) -> None:
    whole = verify(connection, ACME).head
    for entries in (1, 5, LENGTH, LENGTH + 5):
        verdict = verify_tail(connection, ACME, entries)
        assert (verdict.broken, verdict.entries, verdict.head) == (None, min(entries, LENGTH), whole)


@pytest.mark.parametrize("seq", [21, 23, 25])
def test_a_changed_entry_of_the_tail_is_named(connection: Connection, seq: int) -> None:
    tamper(connection, f"UPDATE audit_entries SET hash = zeroblob(32) WHERE workspace_id = 'acme' AND seq = {seq}")
    broken = verify_tail(connection, ACME, 5).broken
    assert broken
    assert broken.seq == seq


@pytest.mark.parametrize("seq", [20, 22])
def test_a_missing_entry_of_the_tail_is_named(connection: Connection, seq: int) -> None:
    tamper(connection, f"DELETE FROM audit_entries WHERE workspace_id = 'acme' AND seq = {seq}")
    broken = verify_tail(connection, ACME, 5).broken
    assert broken
    assert broken.seq == seq


def test_an_empty_tail_is_whole(tmp_path: Path) -> None:
    with migrated(tmp_path) as connection:
        assert verify_tail(connection, ACME, 5).broken is None
