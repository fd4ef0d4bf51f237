"""Files handed in to be taken over."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, insert, or_, select, update

from storage.columns import reader
from storage.repository import CHANGED, Repository, mine
from storage.tables import imports
from tasks.errors import NO_SUCH_IMPORT, NotFound, Stale
from tasks.identifiers import ImportId
from tasks.imports import Import, ImportKind, ImportState

NAMES = tuple(column.name for column in imports.c if column.name != "workspace_id")
I = imports.c  # noqa: E741 (as T, N and M elsewhere: the table's columns)
IMPORTS = select(*(I[name] for name in NAMES)).where(mine(imports))
BY_ID = IMPORTS.where(I.id == bindparam("import_id"))
TO_FETCH = (
    IMPORTS.where(
        I.state == ImportState.FETCHING,
        or_(I.next_attempt_at.is_(None), I.next_attempt_at <= bindparam("now")),
    )
    .order_by(I.next_attempt_at.nulls_first(), I.created_at, I.id)
    .limit(bindparam("limit"))
)
INSTALLING = IMPORTS.where(I.state == ImportState.INSTALLING).order_by(I.created_at, I.id).limit(bindparam("limit"))
WAITING = IMPORTS.where(I.state == ImportState.READ, I.kind == bindparam("kind", type_=I.kind.type)).order_by(
    I.created_at.desc(), I.id
)
ADD = insert(imports)
SAVE = update(imports).where(mine(imports), I.id == bindparam("w_id"), I.version == bindparam("w_version"))

_read = reader(Import, NAMES)


class SqlImports(Repository):
    def add(self, item: Import) -> None:
        self._insert(ADD, [vars(item)])

    def get(self, import_id: ImportId) -> Import:
        row = self._row(BY_ID, import_id=import_id)
        if row is None:
            raise NotFound(NO_SUCH_IMPORT)
        return _read(row)

    def save(self, item: Import) -> Import:
        values = {**vars(item), "version": item.version + 1}
        if not self._change(SAVE, **values, w_id=item.id, w_version=item.version):
            self.get(item.id)
            raise Stale(CHANGED)
        return self.get(item.id)

    def to_fetch(self, *, now: datetime, limit: int) -> Sequence[Import]:
        return [_read(row) for row in self._rows(TO_FETCH, now=now, limit=limit)]

    def installing(self, *, limit: int) -> Sequence[Import]:
        return [_read(row) for row in self._rows(INSTALLING, limit=limit)]

    def waiting(self, kind: ImportKind) -> Sequence[Import]:
        return [_read(row) for row in self._rows(WAITING, kind=kind)]
