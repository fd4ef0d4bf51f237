"""Proving an audit log from the database, against hashing the same bytes in memory."""

import hashlib
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.company import found_workspaces
from benchmarks.figures import Figure, Outcome, Scale, Target, percentile, ratio
from benchmarks.requests import ACME
from storage.audit_proof import verify
from storage.database import Database
from tasks.audit import GENESIS, LEAF, Entry, canonical, digest_of, link

DETAILED = 4
"""Answers have words beside their entries, which are proven too; what the clock does has none."""
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
ADD_ENTRY = "INSERT INTO audit_entries (workspace_id, seq, about, canonical, hash) VALUES (?, ?, ?, ?, ?)"
ADD_DETAIL = "INSERT INTO audit_details (workspace_id, seq, salt, body) VALUES (?, ?, ?, ?)"

Written = tuple[int, Entry, bytes, bytes]
"""Number, entry, salt of its detail, canonical bytes."""


class NotProven(Exception):
    """A benchmark of a broken chain would end early."""


def measure(scale: Scale, folder: Path) -> Outcome:
    plain, worded = folder / "plain.db", folder / "worded.db"
    ours, bare, size = _rounds(scale, plain, every=0)
    ours_worded, bare_worded, _ = _rounds(scale, worded, every=DETAILED)
    return Outcome(
        targets=(Target(name="verifying against bare hashing", value=ratio(ours, bare), limit=0.5, at_least=True),),
        figures=(
            Figure(name=f"verified, of {scale.entries:,}", value=percentile(ours, 0.5), unit="/s"),
            Figure(name="hashed", value=percentile(bare, 0.5), unit="/s"),
            Figure(name="bytes an entry", value=size),
            Figure(name="ratio with words beside every fourth", value=ratio(ours_worded, bare_worded), unit="×"),
        ),
    )


def _rounds(scale: Scale, database: Path, *, every: int) -> tuple[list[float], list[float], float]:
    """Entries a second, proven and only hashed, and the bytes of one."""
    found_workspaces(database, [ACME])
    bodies, details = _written(database, scale.entries, every)
    ours, bare = [], []
    for _ in range(scale.rounds):
        ours.append(scale.entries / _verify(f"sqlite:///{database}", scale.entries))
        bare.append(scale.entries / _chain(bodies, details))
    return ours, bare, sum(map(len, bodies)) / len(bodies)


def _written(database: Path, count: int, every: int) -> tuple[list[bytes], list[tuple[bytes, bytes]]]:
    """The bytes of the entries, and of the words beside them with their salts."""
    written = list(_entries(count, every))
    _store(database, written)
    details = [(entry.detail.encode(), salt) for _, entry, salt, _ in written if entry.detail]
    return [body for _, _, _, body in written], details


def _verify(url: str, entries: int) -> float:
    """As `soc2 audit verify` does it."""
    with closing(Database(url)) as database:
        began = time.perf_counter()
        verdict = database.read_now(lambda connection: verify(connection, ACME))
        seconds = time.perf_counter() - began
    if verdict.broken or verdict.entries != entries:
        raise NotProven(str(verdict))
    return seconds


def _chain(bodies: list[bytes], details: list[tuple[bytes, bytes]]) -> float:
    """Every byte that the proof hashes, and nothing else."""
    sha256, leaf, head = hashlib.sha256, LEAF, GENESIS
    began = time.perf_counter()
    for body in bodies:
        head = sha256(leaf + head + body).digest()
    for detail, salt in details:
        sha256(salt + detail).hexdigest()
    return time.perf_counter() - began


def _entries(count: int, every: int) -> Iterator[Written]:
    for number in range(1, count + 1):
        entry, salt = _entry(number, worded=bool(every) and number % every == 0), number.to_bytes(16, "big")
        digest = digest_of(entry.detail, salt)
        yield number, entry, salt, canonical(entry, sequence=number, workspace=ACME, detail_digest=digest)


def _entry(number: int, *, worded: bool) -> Entry:
    """As large as that of an answer."""
    statement = "I confirm that the access of everybody who left was removed for October 2026, checked on 5 Nov 2026."
    return Entry(
        what="task:answer",
        about=f"task:task{number:016d}",
        who=f"person{number % 200:014d}",
        at=BEGAN + timedelta(seconds=number),
        platform="slack",
        message="D0123456789/1790000000.000100",
        before={"state": "open", "version": 1},
        after={
            "state": "recorded",
            "version": 2,
            "answer": "done",
            "attestation": 1,
            "control_version": 1,
            "on_behalf_of": None,
            "evidence": [f"evidence{number:012d}"],
        },
        detail=statement if worded else "",
    )


def _store(database: Path, written: list[Written]) -> None:
    with closing(sqlite3.connect(database)) as driver, driver:
        driver.executemany(ADD_ENTRY, _chained(written))
        driver.executemany(ADD_DETAIL, [(ACME, seq, salt, one.detail) for seq, one, salt, _ in written if one.detail])


def _chained(written: list[Written]) -> Iterator[tuple[str, int, str, bytes, bytes]]:
    head = GENESIS
    for seq, entry, _, body in written:
        head = link(head, body)
        yield ACME, seq, entry.about, body, head
