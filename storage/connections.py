"""SQLite connections: how they are opened, and the guard that keeps a statement inside its transaction."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import cast

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

BUSY_SECONDS = 5.0  # the command line is a second process that writes
PAGE_BYTES = 8_192  # a tenth faster through the audit log than 4,096
SETTINGS = ("PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON")


class UnsupportedDatabase(ValueError):
    """The database URL is malformed, or names something this program does not run on."""


class TransactionLost(Exception):
    """SQLite rolled the whole transaction back; nothing more may run as though it still stood."""


class TransactionMisused(RuntimeError):
    """Work tried to commit, roll back or close: that belongs to whoever runs it."""


class GuardedConnection(sqlite3.Connection):
    """While guarded, a statement needs a transaction, and only the owner of the control cursor ends one.

    SQLite drops the whole transaction on a full disk or RAISE(ROLLBACK). Work that catches the error and goes on would
    otherwise have each further statement committed by itself.
    """

    guarded = False

    def cursor(self, factory: Callable[[sqlite3.Connection], sqlite3.Cursor] = sqlite3.Cursor) -> sqlite3.Cursor:  # type: ignore[override]
        if self.guarded and not self.in_transaction:
            raise TransactionLost("The transaction was rolled back by the database.")
        return super().cursor(factory)

    def commit(self) -> None:
        self._refuse()
        super().commit()

    def rollback(self) -> None:
        self._refuse()
        super().rollback()

    def _refuse(self) -> None:
        if self.guarded:
            raise TransactionMisused("Work handed to the database neither commits, rolls back nor closes.")


class Line:
    """One guarded connection kept open for its thread's life, with the statements only the owner may send."""

    def __init__(self, engine: Engine, *settings: str) -> None:
        self.connection: Connection = engine.connect()
        self._driver = cast("GuardedConnection", self.connection.connection.driver_connection)
        self._control = self._driver.cursor()
        for setting in settings:
            self._control.execute(setting)
        self._driver.guarded = True

    @property
    def in_transaction(self) -> bool:
        return self._driver.in_transaction

    def send(self, statement: str) -> None:
        self._control.execute(statement)

    def abandon(self) -> None:
        if self._driver.in_transaction:
            self._control.execute("ROLLBACK")

    def tidy(self) -> bool:
        """Undo savepoints that work left open, and clear a refused commit or rollback; whether any were left open.

        SQLAlchemy would otherwise remember them and refuse the next work on this connection.
        """
        left_open = self.connection.in_nested_transaction()
        while (nested := self.connection.get_nested_transaction()) is not None:
            with suppress(TransactionLost):
                nested.close()
        root = self.connection.get_transaction()
        if root is not None and not root.is_active:
            root.close()
        return left_open

    def close(self) -> None:
        self._driver.guarded = False
        self._control.close()
        self.connection.close()


def guarded_engine(url: str, busy_seconds: float) -> Engine:
    """The engine behind lines: driver autocommit, every transaction begun and ended by explicit statements."""
    path = prepared_file(url)
    return create_engine(
        "sqlite://",
        creator=lambda: connect(path, busy_seconds, GuardedConnection),
        isolation_level="AUTOCOMMIT",
        poolclass=NullPool,
        pool_reset_on_return=None,
    )


def plain_engine(url: str, busy_seconds: float = BUSY_SECONDS) -> Engine:
    """Ordinary SQLAlchemy transactions, begun with BEGIN IMMEDIATE, and the same settings: for migrations and tools."""
    path = prepared_file(url)
    engine = create_engine("sqlite://", creator=lambda: connect(path, busy_seconds), poolclass=NullPool)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def connect(
    path: Path, busy_seconds: float, factory: type[sqlite3.Connection] = sqlite3.Connection
) -> sqlite3.Connection:
    driver = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None, check_same_thread=False, factory=factory)
    for setting in SETTINGS:
        driver.execute(setting)
    return driver


def prepared_file(url: str) -> Path:
    """The file an SQLite URL names, made if it is not there (readable by its owner only), in WAL mode."""
    path = sqlite_path(url)
    try:
        _make_private(path)
        _use_write_ahead_log(path)
    except (OSError, sqlite3.Error) as error:
        raise UnsupportedDatabase(f"{path} cannot be opened as a database: {error}.") from error
    return path


def sqlite_path(url: str) -> Path:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise UnsupportedDatabase("The database URL must look like sqlite:///path/to/file.db.") from error
    if parsed.drivername != "sqlite":
        raise UnsupportedDatabase(
            f"The database URL must begin with sqlite:/// (a file); {parsed.drivername} is not supported."
        )
    if not parsed.database or parsed.database.startswith((":memory:", "file:")) or parsed.query:
        raise UnsupportedDatabase("The database URL must name one file, such as sqlite:///var/soc2.db.")
    return Path(parsed.database).absolute()


def _make_private(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Opened only when new: closing any descriptor of a file drops the locks this process already holds on it.
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _use_write_ahead_log(path: Path) -> None:
    with closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as driver:
        if driver.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
            return
        driver.execute(f"PRAGMA page_size={PAGE_BYTES}")  # takes hold in a new file only
        mode = driver.execute("PRAGMA journal_mode=WAL").fetchone()[0]
    if mode != "wal":
        raise UnsupportedDatabase(f"{path} lies on a file system without shared memory; use a local disk.")
