import pytest

from tasks.errors import Invalid
from tasks.identifiers import WorkspaceId
from tasks.operations.link_workspace import link_workspace
from tasks.people import Actor
from tasks.ports import UnitOfWork
from tests.builders import a_workspace
from tests.fakes import FakeUnitsOfWork
from tests.tasks.operations.company import ACME

TENANT = "8e1b0c1e-0000-4000-8000-0123456789ab"
GLOBEX = WorkspaceId("globex")


def links(units: FakeUnitsOfWork, workspace: WorkspaceId = ACME) -> None:
    def work(uow: UnitOfWork) -> None:
        link_workspace(uow, Actor(person=None, platform="cli", at=uow.now), "teams", TENANT)

    units.write_now(workspace, work)


@pytest.fixture
def units() -> FakeUnitsOfWork:
    return FakeUnitsOfWork(None, a_workspace(), a_workspace(id=GLOBEX))


def test_a_tenant_becomes_the_workspaces_and_that_is_on_record(units: FakeUnitsOfWork) -> None:
    links(units)
    assert units.links == {("teams", TENANT): ACME}
    (entry,) = units.states[ACME].entries
    assert (entry.what, entry.about, entry.who, entry.after, entry.detail) == (
        "workspace:link",
        "workspace:acme",
        "cli",
        {"platform": "teams"},
        TENANT,
    )


def test_a_tenant_of_another_workspace_never_moves(units: FakeUnitsOfWork) -> None:
    links(units, GLOBEX)
    with pytest.raises(Invalid, match="never made one"):
        links(units)
    assert units.links == {("teams", TENANT): GLOBEX}
    assert units.states[ACME].entries == []
