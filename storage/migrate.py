"""Brings a database to the newest shape. Migrations are part of the package: they run from an installed wheel too."""

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from storage.connections import plain_engine

SCRIPTS = "storage:migrations"


class BrokenReferences(Exception):
    """A migration left rows that point nowhere; it was undone."""


def upgrade(database_url: str) -> None:
    """Runs what is missing, in one transaction; nothing if the database is current."""
    engine = plain_engine(database_url)
    try:
        with engine.connect() as connection:
            # Rebuilding a table drops the old one: with foreign keys on, what refers to it would go too. The setting
            # cannot be changed inside a transaction, so it goes past SQLAlchemy, which would begin one.
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
            with connection.begin():
                if not is_current(connection):
                    _upgrade(connection)
    finally:
        engine.dispose()


def is_current(connection: Connection) -> bool:
    if not inspect(connection).has_table("alembic_version"):
        return False
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == head()


def head() -> str:
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    if newest is None:
        raise LookupError("No migrations are installed.")
    return newest


def _upgrade(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    if connection.execute(text("PRAGMA foreign_key_check")).first():
        raise BrokenReferences("A migration left rows that point nowhere. Nothing was changed.")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    config.set_main_option("path_separator", "os")
    return config
