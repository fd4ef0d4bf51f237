"""Each rule of a port runs on the fake and on SQLite, migrated as it is in production."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection, Engine, insert

from storage.database import plain_engine
from storage.migrate import upgrade
from storage.tables import workspaces
from storage.unit_of_work import SqlUnitOfWork
from tasks.identifiers import WorkspaceId
from tasks.ports import UnitOfWork
from tests.builders import a_workspace
from tests.fakes import MONDAY, FakeUnitOfWork

OpenWorkspace = Callable[[str], UnitOfWork]


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path_factory.mktemp('contracts') / 'soc2.db'}"
    upgrade(url)
    engine = plain_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
def connection(migrated: Engine) -> Iterator[Connection]:
    """Whatever the test writes is rolled back."""
    with migrated.connect() as connection:
        yield connection
        connection.rollback()


@pytest.fixture(params=["memory", "sqlite"])
def open_workspace(request: pytest.FixtureRequest) -> OpenWorkspace:
    if request.param == "memory":
        return lambda name: FakeUnitOfWork(workspace=a_workspace(id=WorkspaceId(name)))
    connection: Connection = request.getfixturevalue("connection")

    def open_workspace(name: str) -> UnitOfWork:
        workspace = {**vars(a_workspace(id=WorkspaceId(name)))}
        connection.execute(insert(workspaces), workspace)
        return SqlUnitOfWork(connection, WorkspaceId(name), MONDAY)

    return open_workspace


@pytest.fixture
def uow(open_workspace: OpenWorkspace) -> UnitOfWork:
    return open_workspace("acme")


@pytest.fixture
def elsewhere(open_workspace: OpenWorkspace) -> UnitOfWork:
    """Another workspace of the same database."""
    return open_workspace("globex")
