"""The audit log: each change is linked to its workspace's chain. storage/audit_proof.py proves the chain."""

import json
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.engine import Row

from storage.audit_proof import Broken, Head, Verdict, verify
from storage.repository import Repository, mine
from storage.tables import audit_details, audit_entries
from tasks.audit import GENESIS, Entry, canonical, digest_of, link
from tasks.identifiers import WorkspaceId

__all__ = ["Broken", "Head", "SqlAuditLog", "Verdict", "verify"]

SALT_BYTES = 16

E = audit_entries.c
D = audit_details.c
HEAD = select(E.seq, E.hash).where(mine(audit_entries)).order_by(E.seq.desc()).limit(1)
ADD_ENTRY = insert(audit_entries)
ADD_DETAIL = insert(audit_details)
ABOUT = (
    select(E.canonical, D.body)
    .outerjoin(audit_details, (D.workspace_id == E.workspace_id) & (D.seq == E.seq))
    .where(mine(audit_entries), E.about == bindparam("about"))
    .order_by(E.seq.desc())
    .limit(bindparam("limit"))
)


class SqlAuditLog(Repository):
    def __init__(self, connection: Connection, workspace_id: WorkspaceId) -> None:
        super().__init__(connection, workspace_id)
        self._head: Head | None = None

    def append(self, entry: Entry) -> None:
        head = self._head or self._stored_head()
        seq = head.seq + 1
        salt = secrets.token_bytes(SALT_BYTES) if entry.detail else b""
        body = canonical(entry, sequence=seq, workspace=self._workspace_id, detail_digest=digest_of(entry.detail, salt))
        new = Head(seq=seq, hash=link(head.hash, body))
        self._insert(ADD_ENTRY, [{"seq": seq, "about": entry.about, "canonical": body, "hash": new.hash}])
        if entry.detail:
            self._insert(ADD_DETAIL, [{"seq": seq, "salt": salt, "body": entry.detail}])
        self._head = new

    def of(self, about: str, *, limit: int) -> Sequence[Entry]:
        return [_read(row) for row in self._rows(ABOUT, about=about, limit=limit)]

    def position(self) -> int:
        return (self._head or self._stored_head()).seq

    def _stored_head(self) -> Head:
        """Read in each transaction: the command line appends too."""
        row = self._row(HEAD)
        return Head(seq=0, hash=GENESIS) if row is None else Head(seq=row.seq, hash=row.hash)


def _read(row: Row[Any]) -> Entry:
    values = json.loads(row.canonical)
    return Entry(
        what=values["what"],
        about=values["about"],
        who=values["who"],
        at=datetime.fromisoformat(values["at"]),
        platform=values["platform"],
        message=values["message"],
        before=values["before"],
        after=values["after"],
        detail=row.body or "",
    )
