import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import cast

import pytest

from bot.jobs import Job, Tools
from bot.scheduler import DEAD_AFTER, Scheduler
from bot.waking import Wake
from tasks.identifiers import WorkspaceId

pytestmark = pytest.mark.anyio
ACME = WorkspaceId("acme")


class FakeTools:
    """Counts what the woken loop asks for."""

    def __init__(self) -> None:
        self.delivered = asyncio.Event()
        self.rounds = 0
        self.delivery = self
        self.evidence_check = self
        self.homes = self

    async def workspaces(self) -> tuple[WorkspaceId, ...]:
        return (ACME,)

    async def deliver(self, workspace: WorkspaceId) -> int:
        self.rounds += 1
        self.delivered.set()
        return 0

    async def edit(self, workspace: WorkspaceId) -> int:
        return 0

    async def check(self, workspace: WorkspaceId) -> int:
        return 0

    async def refresh(self, workspace: WorkspaceId) -> int:
        return 0

    def ran(self, job: str, outcome: str, seconds: float) -> None:
        pass


def a_scheduler(*jobs: Job, wake: Wake | None = None, seconds: Callable[[], float] = lambda: 0.0) -> Scheduler:
    return Scheduler(cast("Tools", FakeTools()), wake or Wake(), jobs=jobs, seconds=seconds)


def a_job(work: Callable[[Tools, WorkspaceId], Awaitable[int]]) -> Job:
    return Job(name="job", every=timedelta(hours=1), work=work, once=True)


async def test_every_job_runs_right_after_the_start() -> None:
    ran = asyncio.Event()

    async def work(tools: Tools, workspace: WorkspaceId) -> int:
        ran.set()
        return 0

    scheduler = a_scheduler(a_job(work))
    scheduler.start()
    await asyncio.wait_for(ran.wait(), 5)
    await scheduler.stop()


async def test_stopping_waits_for_what_is_under_way() -> None:
    begun, go_on, finished = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work(tools: Tools, workspace: WorkspaceId) -> int:
        begun.set()
        await go_on.wait()
        finished.set()
        return 0

    scheduler = a_scheduler(a_job(work))
    scheduler.start()
    await asyncio.wait_for(begun.wait(), 5)
    stopping = asyncio.create_task(scheduler.stop())
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.wait_for(stopping, 5)
    assert finished.is_set()


async def test_a_commit_wakes_delivery_at_once() -> None:
    tools, wake = FakeTools(), Wake()
    scheduler = Scheduler(cast("Tools", tools), wake, jobs=())
    scheduler.start()
    wake.call(ACME)
    await asyncio.wait_for(tools.delivered.wait(), 5)
    await scheduler.stop()


async def test_a_burst_of_commits_is_one_round() -> None:
    tools, wake = FakeTools(), Wake()
    for _ in range(100):
        wake.call(ACME)
    scheduler = Scheduler(cast("Tools", tools), wake, jobs=())
    scheduler.start()
    await asyncio.wait_for(tools.delivered.wait(), 5)
    await scheduler.stop()
    assert tools.rounds == 1


async def test_it_is_alive_from_its_start_until_its_heart_stands_still_or_it_is_stopped() -> None:
    now, seen = [0.0], []
    scheduler = a_scheduler(seconds=lambda: now[0])
    seen.append(scheduler.alive)
    scheduler.start()
    seen.append(scheduler.alive)
    now[0] = DEAD_AFTER + 1
    seen.append(scheduler.alive)
    await scheduler.stop()
    now[0] = 0.0
    seen.append(scheduler.alive)
    assert seen == [False, True, False, False]
