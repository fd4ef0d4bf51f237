"""What every repository shares: a connection inside a transaction, and the workspace it never leaves."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Executable, Insert, Table, bindparam

from storage.prepared import driver_of, prepared
from tasks.identifiers import WorkspaceId

WORKSPACE: BindParameter[str] = bindparam("ws")

CHANGED = "Somebody else changed this a moment ago. Open it again and repeat your change."


def mine(table: Table) -> ColumnElement[bool]:
    """Limits a statement to the repository's workspace."""
    return table.c.workspace_id == WORKSPACE


class Repository:
    """Statements are a module's own, built once: each is prepared at its first use."""

    def __init__(self, connection: Connection, workspace_id: WorkspaceId) -> None:
        self._connection = connection
        self._workspace_id = workspace_id
        self._driver = driver_of(connection)

    def _rows(self, statement: Executable, /, **parameters: object) -> Sequence[Any]:
        parameters["ws"] = self._workspace_id
        ready = prepared(statement, self._connection.dialect)
        return ready.rows(self._driver, parameters) if ready else self._connection.execute(statement, parameters).all()

    def _row(self, statement: Executable, /, **parameters: object) -> Any | None:
        return next(iter(self._rows(statement, **parameters)), None)

    def _change(self, statement: Executable, /, **parameters: object) -> int:
        """How many rows it touched."""
        parameters["ws"] = self._workspace_id
        ready = prepared(statement, self._connection.dialect, tuple(parameters))
        if ready:
            return ready.change(self._driver, parameters)
        return self._connection.execute(statement, parameters).rowcount

    def _change_many(self, statement: Executable, rows: Sequence[dict[str, Any]]) -> int:
        """How many rows it touched in all."""
        if not rows:
            return 0
        values = [{**row, "ws": self._workspace_id} for row in rows]
        ready = prepared(statement, self._connection.dialect, tuple(values[0]))
        if ready:
            return ready.change_many(self._driver, values)
        return sum(self._connection.execute(statement, row).rowcount for row in values)

    def _insert(self, statement: Insert, rows: Sequence[dict[str, Any]]) -> int:
        """How many rows were new; each is put into the workspace."""
        if not rows:
            return 0
        values = [{**row, "workspace_id": self._workspace_id} for row in rows]
        ready = prepared(statement, self._connection.dialect, tuple(values[0]))
        return (
            ready.change_many(self._driver, values) if ready else self._connection.execute(statement, values).rowcount
        )
