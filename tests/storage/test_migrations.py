from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, text

import storage.access_tables  # noqa: F401 - its tables belong to the metadata too
from storage.database import plain_engine
from storage.migrate import head, is_current, upgrade
from storage.tables import metadata


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'soc2.db'}"


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = plain_engine(url)
    yield engine
    engine.dispose()


def schema(connection: Connection) -> dict[str, list[str]]:
    """Each table's, index's and trigger's parts, whatever their order."""
    rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
    return {name: parts(sql) for name, sql in rows}


def parts(sql: str) -> list[str]:
    separated = " ".join(sql.split()).replace(" WITHOUT ROWID", ", WITHOUT ROWID")
    return sorted(part.strip(' ",)') for part in separated.split(", "))


def test_migrations_end_where_the_tables_stand(url: str, engine: Engine) -> None:
    upgrade(url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_migrations_make_the_very_tables_and_indices_that_are_declared(
    url: str, engine: Engine, tmp_path: Path
) -> None:
    """Beyond what Alembic compares: partial indices, tables without rowid."""
    upgrade(url)
    declared = plain_engine(f"sqlite:///{tmp_path / 'declared.db'}")
    with engine.connect() as connection, declared.begin() as other:
        metadata.create_all(other)
        ours, theirs = schema(connection), schema(other)
    extra = {name for name in ours if name not in theirs}
    assert {name: sql for name, sql in ours.items() if name not in extra} == theirs
    assert {name for name in extra if "_refuses_" not in name} == {"alembic_version"}
    declared.dispose()


def test_upgrading_twice_is_no_different_from_once(url: str, engine: Engine) -> None:
    upgrade(url)
    with engine.connect() as connection:
        once = schema(connection)
    upgrade(url)
    with engine.connect() as connection:
        assert schema(connection) == once


def test_an_upgraded_database_is_current(url: str, engine: Engine) -> None:
    upgrade(url)
    with engine.connect() as connection:
        assert is_current(connection)


def test_an_empty_database_is_not_current(engine: Engine) -> None:
    with engine.connect() as connection:
        assert not is_current(connection)


def test_a_database_of_another_version_is_not_current(url: str, engine: Engine) -> None:
    upgrade(url)
    with engine.connect() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'other'"))
        assert not is_current(connection)


def test_the_newest_version_is_known_without_a_database() -> None:
    assert head() == "0002"


def test_foreign_keys_are_on_after_an_upgrade(url: str, engine: Engine) -> None:
    upgrade(url)
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
