"""The job that opens confirmed reviews, stopped after every step."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from bot import reviews
from bot.reviews import open_reviews, recheck_open
from tasks.access.model import Campaign, CampaignState
from tasks.api_tokens import FoundToken
from tasks.identifiers import WorkspaceId
from tasks.model import Work, origin_of
from tasks.operations.open_review import open_more
from tasks.operations.start_review import confirm_start, seen_now
from tasks.people import Person
from tasks.ports import UnitOfWork
from tests.access_company import LEE, MAX, OWEN, SAM, VERA, act, found, hand_in, opened, prepared
from tests.builders import a_workspace
from tests.fakes import FakeUnitOfWork, FakeUnitsOfWork, FixedClock

T = TypeVar("T")
ACME = a_workspace().id
STEPS = 6
"""Two portions of places, then three of items, the last of which opens it; and one after the end."""


class Stopped(Exception):
    pass


class Stopping:
    """Dies after so many commits."""

    def __init__(self, units: FakeUnitsOfWork, after: int) -> None:
        self.units = units
        self.left = after

    async def write(self, workspace_id: WorkspaceId, work: Callable[[UnitOfWork], T]) -> T:
        result = await self.units.write(workspace_id, work)
        self.left -= 1
        if not self.left:
            raise Stopped
        return result

    async def read(self, workspace_id: WorkspaceId, work: Callable[[UnitOfWork], T]) -> T:
        return await self.units.read(workspace_id, work)

    def workspace_for(self, platform: str, external_id: str) -> Awaitable[WorkspaceId | None]:
        return self.units.workspace_for(platform, external_id)

    def token_for(self, digest: str) -> Awaitable[FoundToken | None]:
        return self.units.token_for(digest)


@pytest.fixture
def units(monkeypatch: pytest.MonkeyPatch) -> FakeUnitsOfWork:
    """In portions of two."""

    def two(uow: UnitOfWork, campaign_id: str) -> int:
        return open_more(uow, campaign_id, limit=2)

    monkeypatch.setattr(reviews, "PLACES_AT_ONCE", 2)
    monkeypatch.setattr(reviews, "open_more", two)
    return FakeUnitsOfWork(FixedClock(), a_workspace())


def confirmed(uow: UnitOfWork) -> Campaign:
    found(uow)
    hand_in(uow)
    campaign = prepared(uow)
    return confirm_start(uow, act(uow, LEE), campaign.id, seen=seen_now(uow, campaign))


def require_whole(units: FakeUnitsOfWork, campaign: Campaign) -> None:
    uow = FakeUnitOfWork(now=units.clock.now(), state=units.states[ACME])
    assert uow.campaigns.get(campaign.id).state is CampaignState.OPEN
    assert {part.reviewer_id: part.items for part in uow.access_items.parts(campaign.id)} == {
        MAX.id: 3,
        VERA.id: 1,
        OWEN.id: 1,
    }
    tasks = uow.tasks.of_origin(origin_of(Work.ACCESS_REVIEW, campaign.id))
    assert sorted(task.subject for task in tasks) == sorted([MAX.id, OWEN.id, VERA.id])
    [entry] = [one for one in uow.state.entries if one.what == "campaign:open"]
    assert entry.after["items"] == 5


@pytest.mark.anyio
@pytest.mark.parametrize("steps", range(1, STEPS + 1))
async def test_stopped_after_any_step_it_is_opened_whole_by_the_next_run(units: FakeUnitsOfWork, steps: int) -> None:
    campaign = units.write_now(ACME, confirmed)
    with pytest.raises(Stopped):
        await open_reviews(Stopping(units, steps), ACME)
    await open_reviews(units, ACME)
    require_whole(units, campaign)


@pytest.mark.anyio
async def test_opened_once_nothing_is_left_to_open(units: FakeUnitsOfWork) -> None:
    campaign = units.write_now(ACME, confirmed)
    assert await open_reviews(units, ACME) == 1
    assert await open_reviews(units, ACME) == 0
    require_whole(units, campaign)


@pytest.mark.anyio
async def test_one_that_waits_to_be_confirmed_is_left_alone(units: FakeUnitsOfWork) -> None:
    def waiting(uow: UnitOfWork) -> Campaign:
        found(uow)
        hand_in(uow)
        return prepared(uow)

    campaign = units.write_now(ACME, waiting)
    assert await open_reviews(units, ACME) == 0
    assert units.states[ACME].campaigns[campaign.id].state is CampaignState.PREPARING


@pytest.mark.anyio
async def test_whoever_changed_is_looked_at_aside_and_moved_in_one_step(units: FakeUnitsOfWork) -> None:
    def begun(uow: UnitOfWork) -> Campaign:
        found(uow)
        hand_in(uow)
        return opened(uow)

    def moves_to(manager: Person) -> None:
        sam = units.states[ACME].people[SAM.id]
        units.write_now(ACME, lambda uow: uow.people.save(_with_manager(sam, manager)))

    campaign = units.write_now(ACME, begun)
    assert await recheck_open(units, ACME) == 1
    assert await recheck_open(units, ACME) == 0
    moves_to(VERA)
    assert await recheck_open(units, ACME) == 1
    parts = units.read_now(ACME, lambda uow: uow.access_items.parts(campaign.id))
    assert {part.reviewer_id: part.items for part in parts} == {MAX.id: 1, VERA.id: 3, OWEN.id: 1}


def _with_manager(person: Person, manager: Person) -> Person:
    return Person(**{**vars(person), "manager_id": manager.id})
