"""A statement compiled once for the driver. SQLAlchemy's own execution costs several times what SQLite takes for it."""

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import Connection, Executable
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

Parameters = Mapping[str, object]
SQLITE = SQLiteDialect_pysqlite()


class Prepared:
    """Binds and reads by the columns' types, as SQLAlchemy would; errors are SQLAlchemy's too."""

    def __init__(self, compiled: SQLCompiler, dialect: Dialect) -> None:
        self.sql = compiled.string
        self._dialect = dialect
        # A compiler shows what it knows of types to its own package only.
        processors = cast("Mapping[str, Callable[[object], object]]", compiled._bind_processors)  # noqa: SLF001
        defaults = compiled.construct_params(_check=False)
        self._binds = [(name, defaults.get(name), processors.get(name)) for name in compiled.positiontup or ()]
        columns = compiled._result_columns  # noqa: SLF001
        readers = [entry.type._cached_result_processor(dialect, None) for entry in columns]  # noqa: SLF001
        self._readers = [(number, reader) for number, reader in enumerate(readers) if reader]
        self._row = cast("Any", namedtuple("Row", [entry.keyname for entry in columns], rename=True))._make

    def rows(self, driver: sqlite3.Connection, parameters: Parameters) -> list[Any]:
        found = self._execute(driver, parameters).fetchall()
        if not self._readers:
            return [self._row(row) for row in found]
        return [self._read(row) for row in found]

    def change(self, driver: sqlite3.Connection, parameters: Parameters) -> int:
        return self._execute(driver, parameters).rowcount

    def change_many(self, driver: sqlite3.Connection, rows: Sequence[Parameters]) -> int:
        values = self._values_of_many(rows)
        try:
            return driver.cursor().executemany(self.sql, values).rowcount
        except sqlite3.Error as error:
            raise self._named(error, values) from error

    def _execute(self, driver: sqlite3.Connection, parameters: Parameters) -> sqlite3.Cursor:
        values = self._values(parameters)
        try:
            return driver.cursor().execute(self.sql, values)
        except sqlite3.Error as error:
            raise self._named(error, values) from error

    def _values(self, parameters: Parameters) -> list[Any]:
        values = []
        for name, default, processor in self._binds:
            value = parameters.get(name, default)
            values.append(processor(value) if processor else value)
        return values

    def _values_of_many(self, rows: Sequence[Parameters]) -> Sequence[Sequence[Any]]:
        """All of one shape. Where the rows say everything, only what has to be converted is looked at one by one."""
        names = [name for name, _, _ in self._binds]
        if len(names) < 2 or not all(name in rows[0] for name in names):
            return [self._values(row) for row in rows]
        columns = list(zip(*map(itemgetter(*names), rows), strict=True))
        for number, (_, _, processor) in enumerate(self._binds):
            if processor:
                columns[number] = tuple(map(processor, columns[number]))
        return list(zip(*columns, strict=True))

    def _read(self, row: Sequence[Any]) -> Any:
        values = list(row)
        for number, reader in self._readers:
            values[number] = reader(values[number])
        return self._row(values)

    def _named(self, error: sqlite3.Error, values: Sequence[Any]) -> BaseException:
        """The error that SQLAlchemy raises for it: whoever catches one need not know how the statement ran."""
        return DBAPIError.instance(
            self.sql, tuple(values), error, sqlite3.Error, hide_parameters=True, dialect=self._dialect
        )


def prepared(statement: Executable, dialect: Dialect, columns: tuple[str, ...] = ()) -> Prepared | None:
    """None where it has to be compiled for each call: lists of unknown length, defaults made in Python, other
    databases than SQLite. `statement` must be one of a module's own, built once; `columns` are the names of the values
    it is given."""
    return _for_sqlite(statement, columns) if dialect.name == SQLITE.name else None


@cache
def _for_sqlite(statement: Executable, columns: tuple[str, ...]) -> Prepared | None:
    """Once in a process, however many databases are opened."""
    compiled = cast("Any", statement).compile(dialect=SQLITE, column_keys=list(columns) or None, for_executemany=True)
    each_time = compiled.post_compile_params or compiled.insert_prefetch or compiled.update_prefetch
    return None if each_time else Prepared(compiled, SQLITE)


def driver_of(connection: Connection) -> sqlite3.Connection:
    return cast("sqlite3.Connection", connection.connection.driver_connection)
