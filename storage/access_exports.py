"""Systems and the exports of their accounts: written once, frozen, read in portions."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.engine import Row
from sqlalchemy.orm import aliased

from storage.access_tables import amendments, descriptions, exports, rows, systems
from storage.columns import reader
from storage.repository import CHANGED, Repository, mine
from tasks.access.exports import Amendment, Export, ExportState, Listed, System
from tasks.access.model import Access, Source
from tasks.errors import NO_SUCH_EXPORT, NO_SUCH_SYSTEM, Invalid, NotFound, Stale

S, X, R, A, D = systems.c, exports.c, rows.c, amendments.c, descriptions.c

SYSTEM: Final = ("id", "name", "owner_id", "first_asked", "named_id", "retired", "version")
SYSTEMS = select(*(S[name] for name in SYSTEM)).where(mine(systems))
SYSTEM_BY_ID = SYSTEMS.where(S.id == bindparam("system_id"))
SYSTEM_BY_NAME = SYSTEMS.where(S.name_key == bindparam("name_key"))
EVERY_SYSTEM = SYSTEMS.order_by(S.name_key)
ADD_SYSTEM = upsert(systems).on_conflict_do_nothing()
SAVE_SYSTEM = update(systems).where(mine(systems), S.id == bindparam("w_id"), S.version == bindparam("w_version"))

NEW_DESCRIPTION = upsert(descriptions)
DESCRIBE = NEW_DESCRIPTION.on_conflict_do_update(
    index_elements=["workspace_id", "system_id", "entitlement"],
    set_={"description": NEW_DESCRIPTION.excluded.description},
)
UNDESCRIBE = delete(descriptions).where(
    mine(descriptions), D.system_id == bindparam("w_system_id"), D.entitlement == bindparam("w_entitlement")
)
DESCRIPTIONS = (
    select(D.entitlement, D.description)
    .where(mine(descriptions), D.system_id == bindparam("system_id"))
    .order_by(D.entitlement)
)

SOURCE: Final = ("system", "source", "query", "extracted_at", "row_count")
REST: Final = (
    *("id", "system_id", "sha256", "file_name", "digest", "accesses", "state", "imported_by", "imported_at"),
)
EXPORTS = select(*(X[name] for name in (*SOURCE, *REST))).where(mine(exports))
EXPORT_BY_ID = EXPORTS.where(X.id == bindparam("export_id"), X.state == ExportState.FROZEN)
WITH_FILE = EXPORTS.where(
    X.system_id == bindparam("system_id"), X.sha256 == bindparam("sha256"), X.state == ExportState.FROZEN
).limit(1)
LATEST_FIRST = (X.extracted_at.desc(), X.imported_at.desc(), X.id)
OF_SYSTEM = EXPORTS.where(X.system_id == bindparam("system_id"), X.state == ExportState.FROZEN).order_by(*LATEST_FIRST)
FROZEN_OLDEST_FIRST = EXPORTS.where(X.state == ExportState.FROZEN).order_by(X.extracted_at, X.imported_at, X.id.desc())
ADD_EXPORT = insert(exports)
FREEZE = (
    update(exports)
    .where(mine(exports), X.id == bindparam("w_id"), X.state == ExportState.STAGING)
    .values(state=ExportState.FROZEN)
)
COUNT_ROWS = select(func.count().label("held")).where(mine(rows), R.export_id == bindparam("export_id"))
STAGED = select(X.id).where(
    mine(exports),
    X.system_id == bindparam("system_id"),
    X.sha256 == bindparam("sha256"),
    X.state == ExportState.STAGING,
)
STAGING = select(X.id).where(mine(exports), X.id == bindparam("export_id"), X.state == ExportState.STAGING)
FORGET_ROWS = delete(rows).where(mine(rows), R.export_id.in_(STAGED))
FORGET_EXPORTS = delete(exports).where(mine(exports), X.id.in_(STAGED))

ACCESS: Final = (
    *("row", "account", "email", "name", "entitlement", "description", "privileged"),
    *("last_login", "login_told", "created", "kind", "active"),
)
ADD_ROWS = insert(rows)
later = aliased(rows)
AS_AMENDED = ~(
    select(later.c.seq)
    .where(
        later.c.workspace_id == R.workspace_id,
        later.c.export_id == R.export_id,
        later.c.seq == R.seq,
        later.c.revision > R.revision,
    )
    .exists()
)
"""The row as it reads after its last amendment."""
LISTED = select(R.seq, R.revision, *(R[name] for name in ACCESS)).where(
    mine(rows), R.export_id == bindparam("export_id"), AS_AMENDED
)
ROWS = LISTED.where(R.seq > bindparam("after")).order_by(R.seq).limit(bindparam("limit"))
FIND = LISTED.where(
    R.account_key == bindparam("account_key"), R.entitlement_key == bindparam("entitlement_key")
).order_by(R.seq)
# One text of JSON, so that the statement is the same for any number of accounts.
WANTED = func.json_each(bindparam("accounts")).table_valued("value")
OF_ACCOUNTS = LISTED.where(R.account_key.in_(select(WANTED.c.value))).order_by(R.seq)
LAST_REVISION = select(func.max(R.revision).label("last")).where(
    mine(rows), R.export_id == bindparam("export_id"), R.seq == bindparam("seq")
)

AMENDMENT: Final = ("export_id", "seq", "revision", "column", "before", "after", "reason", "by", "at")
ADD_AMENDMENT = insert(amendments)
AMENDMENTS = (
    select(*(A[name] for name in AMENDMENT))
    .where(mine(amendments), A.export_id == bindparam("export_id"))
    .order_by(A.at, A.seq, A.revision)
)

_system = reader(System, SYSTEM)
_amendment = reader(Amendment, AMENDMENT)


def read_export(row: Row[Any] | Sequence[Any]) -> Export:
    source = Source(**dict(zip(SOURCE, row[: len(SOURCE)], strict=True)))
    return Export(source=source, **dict(zip(REST, row[len(SOURCE) :], strict=True)))


def read_access(values: Sequence[Any]) -> Access:
    """Of the columns named in ACCESS."""
    return Access(**dict(zip(ACCESS, values, strict=True)))


class SqlAccessSystems(Repository):
    def get(self, system_id: str) -> System:
        row = self._row(SYSTEM_BY_ID, system_id=system_id)
        if row is None:
            raise NotFound(NO_SUCH_SYSTEM)
        return _system(row)

    def by_name(self, name: str) -> System | None:
        row = self._row(SYSTEM_BY_NAME, name_key=_key(name))
        return None if row is None else _system(row)

    def every(self) -> Sequence[System]:
        return [_system(row) for row in self._rows(EVERY_SYSTEM)]

    def add(self, system: System) -> None:
        if not self._insert(ADD_SYSTEM, [_system_values(system)]):
            raise Invalid(f"There is a system called {system.name} already.")

    def save(self, system: System) -> System:
        values = {**_system_values(system), "version": system.version + 1}
        if not self._change(SAVE_SYSTEM, **values, w_id=system.id, w_version=system.version):
            self.get(system.id)
            raise Stale(CHANGED)
        return self.get(system.id)

    def describe(self, system_id: str, descriptions: Mapping[str, str]) -> None:
        told = {name: text.strip() for name, text in descriptions.items()}
        self._insert(
            DESCRIBE,
            [{"system_id": system_id, "entitlement": name, "description": text} for name, text in told.items() if text],
        )
        for name in (name for name, text in told.items() if not text):
            self._change(UNDESCRIBE, w_system_id=system_id, w_entitlement=name)

    def descriptions(self, system_id: str) -> Mapping[str, str]:
        return {row.entitlement: row.description for row in self._rows(DESCRIPTIONS, system_id=system_id)}


class SqlAccessExports(Repository):
    def add(self, export: Export) -> None:
        self._insert(ADD_EXPORT, [_export_values(export)])

    def add_rows(self, export_id: str, first_seq: int, rows: Sequence[Access]) -> None:
        if self._row(STAGING, export_id=export_id) is None:
            raise Stale(CHANGED)
        self._insert(ADD_ROWS, [_row_values(export_id, seq, 0, access) for seq, access in enumerate(rows, first_seq)])

    def freeze(self, export: Export) -> None:
        held = self._row(COUNT_ROWS, export_id=export.id)
        values = {"digest": export.digest, "accesses": export.accesses}
        whole = held is not None and held.held == export.accesses
        if not whole or not self._change(FREEZE, **values, w_id=export.id):
            raise Stale(CHANGED)

    def forget_staged(self, system_id: str, sha256: str) -> int:
        gone = self._change(FORGET_ROWS, system_id=system_id, sha256=sha256)
        self._change(FORGET_EXPORTS, system_id=system_id, sha256=sha256)
        return gone

    def get(self, export_id: str) -> Export:
        row = self._row(EXPORT_BY_ID, export_id=export_id)
        if row is None:
            raise NotFound(NO_SUCH_EXPORT)
        return read_export(row)

    def with_file(self, system_id: str, sha256: str) -> Export | None:
        row = self._row(WITH_FILE, system_id=system_id, sha256=sha256)
        return None if row is None else read_export(row)

    def of_system(self, system_id: str) -> Sequence[Export]:
        return [read_export(row) for row in self._rows(OF_SYSTEM, system_id=system_id)]

    def latest(self) -> Mapping[str, Export]:
        return {export.system_id: export for export in map(read_export, self._rows(FROZEN_OLDEST_FIRST))}

    def rows(self, export_id: str, *, after: int = 0, limit: int) -> Sequence[Listed]:
        return [_listed(row) for row in self._rows(ROWS, export_id=export_id, after=after, limit=limit)]

    def find(self, export_id: str, account: str, entitlement: str) -> Sequence[Listed]:
        keys = {"account_key": account.casefold(), "entitlement_key": entitlement.casefold()}
        return [_listed(row) for row in self._rows(FIND, export_id=export_id, **keys)]

    def of_accounts(self, export_id: str, accounts: Collection[str]) -> Sequence[Access]:
        keys = sorted({account.casefold() for account in accounts})
        return [_listed(row).access for row in self._rows(OF_ACCOUNTS, export_id=export_id, accounts=json.dumps(keys))]

    def amend(self, amendment: Amendment, amended: Access) -> None:
        last = self._row(LAST_REVISION, export_id=amendment.export_id, seq=amendment.seq)
        if last is None or last.last != amendment.revision - 1:
            raise Stale(CHANGED)
        self._insert(ADD_AMENDMENT, [vars(amendment)])
        self._insert(ADD_ROWS, [_row_values(amendment.export_id, amendment.seq, amendment.revision, amended)])

    def amendments(self, export_id: str) -> Sequence[Amendment]:
        return [_amendment(row) for row in self._rows(AMENDMENTS, export_id=export_id)]


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()


def _system_values(system: System) -> dict[str, Any]:
    return {**vars(system), "name_key": _key(system.name)}


def _export_values(export: Export) -> dict[str, Any]:
    values = {**vars(export.source), **vars(export)}
    del values["source"]
    return {**values, "source": export.source.source}


def _row_values(export_id: str, seq: int, revision: int, access: Access) -> dict[str, Any]:
    account_key, entitlement_key = access.key
    return {
        **vars(access),
        "account_key": account_key,
        "entitlement_key": entitlement_key,
        "email_key": access.email.lower(),
        "name_key": access.name.casefold(),
        "export_id": export_id,
        "seq": seq,
        "revision": revision,
    }


def _listed(row: Row[Any]) -> Listed:
    return Listed(seq=row[0], revision=row[1], access=read_access(row[2:]))
