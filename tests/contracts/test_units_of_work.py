from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Protocol, TypeVar

import pytest

from storage.database import Database
from storage.migrate import upgrade
from storage.unit_of_work import SqlUnitsOfWork
from tasks.errors import NotFound
from tasks.identifiers import PersonId, WorkspaceId
from tasks.people import Workspace
from tasks.ports import UnitOfWork, UnitsOfWork
from tests.builders import a_person, a_workspace
from tests.fakes import MONDAY, FakeUnitsOfWork, FixedClock

T = TypeVar("T")
ACME, GLOBEX = WorkspaceId("acme"), WorkspaceId("globex")
pytestmark = pytest.mark.anyio


class Administered(UnitsOfWork, Protocol):
    """What the command line uses beside the port."""

    def create_workspace(self, workspace: Workspace) -> None: ...
    def workspaces(self) -> Sequence[Workspace]: ...
    def link_workspace(self, platform: str, external_id: str, workspace_id: WorkspaceId) -> None: ...
    def write_now(self, workspace_id: WorkspaceId, work: Callable[[UnitOfWork], T]) -> T: ...
    def read_now(self, workspace_id: WorkspaceId, work: Callable[[UnitOfWork], T]) -> T: ...


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture(params=["memory", "sqlite"])
def units(request: pytest.FixtureRequest, tmp_path: Path, clock: FixedClock) -> Iterator[Administered]:
    if request.param == "memory":
        fake = FakeUnitsOfWork(clock)
        fake.create_workspace(a_workspace())
        yield fake
        return
    url = f"sqlite:///{tmp_path / 'soc2.db'}"
    upgrade(url)
    with Database(url) as database:
        real = SqlUnitsOfWork(database, clock)
        real.create_workspace(a_workspace())
        yield real


async def test_what_was_written_is_read(units: Administered) -> None:
    await units.write(ACME, lambda uow: uow.people.add(a_person("olga")))
    assert await units.read(ACME, lambda uow: uow.people.get(PersonId("olga"))) == a_person("olga")


async def test_a_failed_unit_of_work_leaves_nothing(units: Administered) -> None:
    def fail(uow: UnitOfWork) -> None:
        uow.people.add(a_person("olga"))
        uow.save_workspace(a_workspace(name="Other"))
        raise NotFound("Gone.")

    with pytest.raises(NotFound):
        await units.write(ACME, fail)
    assert await units.read(ACME, lambda uow: uow.people.everyone()) == []
    assert await units.read(ACME, lambda uow: uow.workspace.name) == "Acme"


async def test_a_unit_of_work_stands_at_one_moment_of_the_clock(units: Administered, clock: FixedClock) -> None:
    assert await units.read(ACME, lambda uow: uow.now) == MONDAY
    clock.advance(hours=1)
    assert await units.write(ACME, lambda uow: uow.now) == MONDAY + timedelta(hours=1)


async def test_ids_are_twenty_characters_and_never_the_same(units: Administered) -> None:
    ids = await units.read(ACME, lambda uow: {uow.new_id() for _ in range(100)})
    assert {len(one) for one in ids} == {20}
    assert len(ids) == 100


async def test_a_workspace_comes_back_whole_and_can_be_changed(units: Administered) -> None:
    changed = a_workspace(
        name="Acme Ltd",
        time_zone="Europe/Berlin",
        country="DE",
        shutdown_days=(date(2026, 12, 24), date(2026, 12, 31)),
        compliance_channel="slack:C1",
        period_start=date(2026, 1, 1),
        period_end=date(2026, 12, 31),
    )

    def change(uow: UnitOfWork) -> Workspace:
        assert uow.workspace == a_workspace()
        uow.save_workspace(changed)
        return uow.workspace

    assert await units.write(ACME, change) == changed
    assert await units.read(ACME, lambda uow: uow.workspace) == changed


async def test_another_workspace_cannot_be_saved_from_here(units: Administered) -> None:
    units.create_workspace(a_workspace(id=GLOBEX, name="Globex"))
    with pytest.raises(NotFound):
        await units.write(ACME, lambda uow: uow.save_workspace(a_workspace(id=GLOBEX)))
    assert [workspace.name for workspace in units.workspaces()] == ["Acme", "Globex"]


async def test_an_unknown_workspace_is_not_found(units: Administered) -> None:
    with pytest.raises(NotFound):
        await units.read(GLOBEX, lambda uow: uow.workspace)


async def test_a_platform_id_leads_to_its_workspace(units: Administered) -> None:
    units.link_workspace("slack", "T1", ACME)
    assert await units.workspace_for("slack", "T1") == ACME
    assert await units.workspace_for("teams", "T1") is None


async def test_a_second_link_moves_the_platform_id(units: Administered) -> None:
    units.create_workspace(a_workspace(id=GLOBEX))
    units.link_workspace("slack", "T1", ACME)
    units.link_workspace("slack", "T1", GLOBEX)
    assert await units.workspace_for("slack", "T1") == GLOBEX


async def test_the_command_line_writes_and_reads_without_an_event_loop(units: Administered) -> None:
    units.write_now(ACME, lambda uow: uow.people.add(a_person("olga")))
    assert units.read_now(ACME, lambda uow: uow.people.everyone()) == [a_person("olga")]
