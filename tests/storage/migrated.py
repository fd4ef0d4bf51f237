"""A migrated database with workspaces in it, for tests of what only SQL can get wrong."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, insert

from storage.database import plain_engine
from storage.migrate import upgrade
from storage.tables import workspaces
from storage.unit_of_work import SqlUnitOfWork
from tasks.identifiers import WorkspaceId
from tests.builders import a_workspace
from tests.fakes import MONDAY

ACME, GLOBEX = WorkspaceId("acme"), WorkspaceId("globex")


@contextmanager
def migrated(folder: Path) -> Iterator[Connection]:
    url = f"sqlite:///{folder / 'soc2.db'}"
    upgrade(url)
    engine = plain_engine(url)
    with engine.connect() as connection:
        for workspace_id in (ACME, GLOBEX):
            connection.execute(insert(workspaces), vars(a_workspace(id=workspace_id)))
        yield connection
    engine.dispose()


def in_workspace(connection: Connection, workspace_id: WorkspaceId = ACME) -> SqlUnitOfWork:
    return SqlUnitOfWork(connection, workspace_id, MONDAY)
