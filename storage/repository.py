"""What every repository shares: a connection inside a transaction, and the workspace it never leaves."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Executable, Insert, Table, bindparam
from sqlalchemy.engine import Dialect, Row
from sqlalchemy.sql.compiler import SQLCompiler

from tasks.identifiers import WorkspaceId

WORKSPACE: BindParameter[str] = bindparam("ws")

CHANGED = "Somebody else changed this a moment ago. Open it again and repeat your change."


def mine(table: Table) -> ColumnElement[bool]:
    """Limits a statement to the repository's workspace."""
    return table.c.workspace_id == WORKSPACE


class Repository:
    def __init__(self, connection: Connection, workspace_id: WorkspaceId) -> None:
        self._connection = connection
        self._workspace_id = workspace_id

    def _rows(self, statement: Executable, **parameters: object) -> Sequence[Row[Any]]:
        return self._connection.execute(statement, {"ws": self._workspace_id, **parameters}).all()

    def _row(self, statement: Executable, **parameters: object) -> Row[Any] | None:
        return self._connection.execute(statement, {"ws": self._workspace_id, **parameters}).first()

    def _change(self, statement: Executable, **parameters: object) -> int:
        """How many rows it touched."""
        return self._connection.execute(statement, {"ws": self._workspace_id, **parameters}).rowcount

    def _insert(self, statement: Insert, rows: Sequence[dict[str, Any]]) -> int:
        """How many rows were new; each is put into the workspace."""
        if not rows:
            return 0
        prepared = compiled(statement, self._connection.dialect, (*rows[0], "workspace_id"))
        values = [{**row, "workspace_id": self._workspace_id} for row in rows]
        return self._connection.execute(prepared, values).rowcount  # type: ignore[call-overload, no-any-return]


@cache
def compiled(statement: Insert, dialect: Dialect, columns: tuple[str, ...]) -> SQLCompiler:
    """SQLAlchemy caches no INSERT … ON CONFLICT: it would be compiled anew for every call. `statement` must be one of
    a module's own, built once."""
    return statement.compile(dialect=dialect, column_keys=list(columns))
