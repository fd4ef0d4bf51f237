"""Proving a workspace's audit log from the stored bytes alone; nothing is encoded anew.

It reads through the driver's own cursor, in one sweep, with as little Python per row as can be: fetching a row costs as
much as hashing it. What does not fit is read a second time, slowly, to name its first broken entry.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from tasks.audit import GENESIS, LEAF, digest_of
from tasks.identifiers import WorkspaceId

BLOCK = 128
NEAR = "PRAGMA cache_size=-200"
"""Every page is read once: with a small cache they pass through the same memory, near the processor."""

CHAIN = "SELECT canonical, hash FROM audit_entries WHERE workspace_id = ? AND seq > ? ORDER BY seq"
ENDS = """
    SELECT (SELECT seq FROM audit_entries WHERE workspace_id = ?1 ORDER BY seq LIMIT 1),
           (SELECT seq FROM audit_entries WHERE workspace_id = ?1 ORDER BY seq DESC LIMIT 1)
"""
SLOWLY = """
    SELECT seq, CAST(canonical AS BLOB), hash FROM audit_entries
    WHERE workspace_id = ? AND (seq >= ? OR seq < 1) ORDER BY seq
"""
DETAILS = """
    SELECT d.seq, CAST(d.salt AS BLOB), CAST(d.body AS TEXT), CAST(coalesce(e.canonical, '') AS BLOB)
    FROM audit_details d
    LEFT JOIN audit_entries e ON e.workspace_id = d.workspace_id AND e.seq = d.seq
    WHERE d.workspace_id = ? ORDER BY d.seq
"""
ENTRY = "SELECT hash FROM audit_entries WHERE workspace_id = ? AND seq = ?"

MISSING = "This entry is missing, or stands in the wrong place."
CHANGED = "This entry, or its hash, was changed after it was written."
FOREIGN = "This entry was written for another workspace."
RENUMBERED = "This entry was written under another number."
DETAIL_CHANGED = "The text beside this entry was changed after it was written."
CUT_OFF = "The log ends before this entry, which an earlier head proves to have existed."
REWRITTEN = "The log was rewritten: an earlier head has another hash for this entry."


@dataclass(frozen=True, kw_only=True)
class Head:
    """The last entry of a chain; the entry before the first is 0."""

    seq: int
    hash: bytes


START = Head(seq=0, hash=GENESIS)


@dataclass(frozen=True, kw_only=True)
class Broken:
    seq: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class Verdict:
    entries: int
    """How many fit their chain: all, or those before the first that does not."""
    broken: Broken | None
    """The first entry that does not fit, or whose detail does not."""
    head: Head
    """The last entry that fits the chain."""


def verify(
    connection: Connection,
    workspace_id: WorkspaceId,
    on_progress: Callable[[int], None] | None = None,
    *,
    expected: tuple[int, bytes] | None = None,
) -> Verdict:
    """Within one snapshot of the caller's. `on_progress` hears how many entries were proven. `expected` is an earlier
    head, kept outside the database: without one, entries cut off at the end leave no trace.
    """
    cursor = connection.connection.cursor()
    size = cursor.execute("PRAGMA cache_size").fetchone()[0]
    cursor.execute(NEAR)
    try:
        head, broken = _prove_chain(cursor, workspace_id, on_progress or (lambda entries: None))
        found = [broken, _prove_details(cursor, workspace_id), _prove_head(cursor, workspace_id, expected)]
    finally:
        cursor.execute(f"PRAGMA cache_size={size}")
        cursor.close()
    first = min((one for one in found if one), key=lambda one: one.seq, default=None)
    return Verdict(entries=head.seq, broken=first, head=head)


def _prove_chain(
    cursor: Any, workspace_id: WorkspaceId, on_progress: Callable[[int], None]
) -> tuple[Head, Broken | None]:
    ends = cursor.execute(ENDS, (workspace_id,)).fetchone()
    head = START
    cursor.execute(CHAIN, (workspace_id, START.seq))
    while rows := cursor.fetchmany(BLOCK):
        linked = _link_block(rows, head.hash)
        if linked is None or not _belongs(rows[-1][0], head.seq + len(rows), workspace_id):
            return _name_first_broken(cursor, workspace_id, head)
        head = Head(seq=head.seq + len(rows), hash=linked)
        on_progress(head.seq)
    if ends != ((1, head.seq) if head.seq else (None, None)):  # from one to as many as there are: none is missing
        return _name_first_broken(cursor, workspace_id, START)
    return head, None


def _link_block(rows: list[tuple[bytes, bytes]], head: bytes) -> bytes | None:
    """The last hash, or None if one does not fit. tasks.audit.link, written out: a call costs a tenth of the hash, and
    copying one that has taken in what every entry begins with is quicker than beginning anew."""
    begun = hashlib.sha256(LEAF).copy
    try:
        for body, stored in rows:
            entry = begun()
            entry.update(head + body)
            head = entry.digest()
            if head != stored:
                return None
    except TypeError:  # no longer bytes
        return None
    return head


def _belongs(body: bytes, seq: int, workspace_id: WorkspaceId) -> bool:
    """Asked of one entry a block: its hash vouches for everything before it."""
    return _is_numbered(body, seq) and _is_of(body, workspace_id)


def _is_numbered(body: bytes, seq: int) -> bool:
    return b'"seq":%d,"what":' % seq in body


def _is_of(body: bytes, workspace_id: WorkspaceId) -> bool:
    """The workspace is the last key of the canonical form."""
    return body.endswith(f'"workspace":{json.dumps(workspace_id, ensure_ascii=False)}}}'.encode())


def _name_first_broken(cursor: Any, workspace_id: WorkspaceId, head: Head) -> tuple[Head, Broken]:
    """Reads on from the last entry that fits."""
    for seq, body, stored in cursor.execute(SLOWLY, (workspace_id, head.seq + 1)):
        wanted = head.seq + 1
        linked = hashlib.sha256(LEAF + head.hash + body).digest()
        if seq != wanted:
            return head, Broken(seq=min(seq, wanted), reason=MISSING)
        if linked != stored:
            return head, Broken(seq=seq, reason=CHANGED)
        if not _is_of(body, workspace_id):
            return head, Broken(seq=seq, reason=FOREIGN)
        if not _is_numbered(body, seq):
            return head, Broken(seq=seq, reason=RENUMBERED)
        head = Head(seq=seq, hash=linked)
    return head, Broken(seq=head.seq + 1, reason=MISSING)


def _prove_details(cursor: Any, workspace_id: WorkspaceId) -> Broken | None:
    """An erased detail is no fault; one that does not fit its digest is."""
    for seq, salt, detail, body in cursor.execute(DETAILS, (workspace_id,)):
        if f'"detail":"{digest_of(detail, salt)}"'.encode() not in body:
            return Broken(seq=seq, reason=DETAIL_CHANGED)
    return None


def _prove_head(cursor: Any, workspace_id: WorkspaceId, expected: tuple[int, bytes] | None) -> Broken | None:
    if expected is None or expected[0] == 0:
        return None
    seq, wanted = expected
    row = cursor.execute(ENTRY, (workspace_id, seq)).fetchone()
    if row is None:
        last = cursor.execute(ENDS, (workspace_id,)).fetchone()[1] or 0
        return Broken(seq=min(last + 1, seq), reason=CUT_OFF)
    return None if row[0] == wanted else Broken(seq=seq, reason=REWRITTEN)


def verify_tail(connection: Connection, workspace_id: WorkspaceId, entries: int) -> Verdict:
    """The last entries alone, for a quick look: that each still links to the one before it."""
    cursor = connection.connection.cursor()
    try:
        last = cursor.execute(ENDS, (workspace_id,)).fetchone()[1] or 0
        before = max(last - entries, 0)
        known = cursor.execute(ENTRY, (workspace_id, before)).fetchone()
        if before and known is None:
            broken = Broken(seq=before, reason=MISSING)
            return Verdict(entries=0, broken=broken, head=START)
        start = Head(seq=before, hash=known[0] if known else GENESIS)
        rows = cursor.execute(CHAIN, (workspace_id, before)).fetchall()
        linked = _link_block(rows, start.hash)
        if linked is not None and len(rows) == last - before:
            return Verdict(entries=len(rows), broken=None, head=Head(seq=last, hash=linked))
        head, first = _name_first_broken(cursor, workspace_id, start)
        return Verdict(entries=head.seq - before, broken=first, head=head)
    finally:
        cursor.close()
