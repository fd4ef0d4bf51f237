"""What the clock drives: one table of jobs. Each claims, does and records, one workspace at a time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import structlog

from bot.delivery import Delivery
from bot.evidence_check import EvidenceCheck
from bot.platform import PlatformError
from tasks.identifiers import WorkspaceId
from tasks.operations.schedule import climb_ladders, hand_over_absences, open_due, plan_ahead, weekly_notices
from tasks.operations.sync_people import Member, sync_people
from tasks.ports import UnitOfWork, UnitsOfWork

MOST_ROUNDS = 200
MEMBERS_AT_ONCE = 100
UPLOADS_KEPT = timedelta(days=7)
"""An upload nobody sent, or one whose file was bound long ago."""
DELIVERIES_KEPT = timedelta(days=7)
"""Platforms stop redelivering after an hour."""
log = structlog.get_logger(__name__)


MemberList = Callable[[], AsyncIterator[Member]]
"""Everybody a platform knows in the workspace, deactivated people too. May raise PlatformError halfway."""


class Uploads(Protocol):
    def discard_staged_before(self, moment: datetime) -> int: ...


@dataclass(frozen=True, kw_only=True)
class Tools:
    """What jobs work with."""

    units: UnitsOfWork
    delivery: Delivery
    evidence_check: EvidenceCheck
    member_lists: Callable[[WorkspaceId], Mapping[str, MemberList]]
    uploads: Uploads
    workspaces: Callable[[], Awaitable[Sequence[WorkspaceId]]]
    real_now: Callable[[], datetime]


Work = Callable[[Tools, WorkspaceId], Awaitable[int]]
"""Returns how much was done; 0 when nothing was left to do."""


@dataclass(frozen=True, kw_only=True)
class Job:
    name: str
    every: timedelta
    work: Work
    once: bool = False
    """Does all there is in one go; otherwise it is called until it returns 0."""


def in_one_write(operation: Callable[[UnitOfWork], int]) -> Work:
    async def work(tools: Tools, workspace: WorkspaceId) -> int:
        return await tools.units.write(workspace, operation)

    return work


async def deliver(tools: Tools, workspace: WorkspaceId) -> int:
    return await tools.delivery.deliver(workspace)


async def edit(tools: Tools, workspace: WorkspaceId) -> int:
    return await tools.delivery.edit(workspace)


async def check_files(tools: Tools, workspace: WorkspaceId) -> int:
    return await tools.evidence_check.check(workspace)


async def sync_members(tools: Tools, workspace: WorkspaceId) -> int:
    for platform, members in tools.member_lists(workspace).items():
        try:
            await _sync(tools, workspace, platform, members)
        except PlatformError as error:
            log.warning("people not synced to the end", workspace=workspace, platform=platform, error=str(error))
    return 0


async def _sync(tools: Tools, workspace: WorkspaceId, platform: str, members: MemberList) -> None:
    page: list[Member] = []
    async for member in members():
        page.append(member)
        if len(page) == MEMBERS_AT_ONCE:
            await tools.units.write(workspace, partial(sync_people, platform=platform, members=tuple(page)))
            page.clear()
    await tools.units.write(workspace, partial(sync_people, platform=platform, members=tuple(page)))


async def tidy_uploads(tools: Tools, workspace: WorkspaceId) -> int:
    return await asyncio.to_thread(tools.uploads.discard_staged_before, tools.real_now() - UPLOADS_KEPT)


def tidy_inbox(uow: UnitOfWork) -> int:
    return uow.inbox.forget_before(uow.now - DELIVERIES_KEPT)


SYNC = Job(name="sync-people", every=timedelta(hours=6), work=sync_members, once=True)
JOBS = (
    Job(name="plan", every=timedelta(hours=1), work=in_one_write(plan_ahead), once=True),
    Job(name="absences", every=timedelta(minutes=5), work=in_one_write(hand_over_absences), once=True),
    SYNC,
    Job(name="tidy-uploads", every=timedelta(hours=12), work=tidy_uploads, once=True),
    Job(name="tidy-inbox", every=timedelta(hours=12), work=in_one_write(tidy_inbox), once=True),
    Job(name="open", every=timedelta(seconds=15), work=in_one_write(open_due)),
    Job(name="climb", every=timedelta(seconds=30), work=in_one_write(climb_ladders)),
    Job(name="weekly", every=timedelta(minutes=1), work=in_one_write(weekly_notices)),
    Job(name="check-files", every=timedelta(seconds=5), work=check_files),
    Job(name="deliver", every=timedelta(seconds=5), work=deliver),
    Job(name="edit", every=timedelta(seconds=5), work=edit),
)
SPEAKING = tuple(job for job in JOBS if job.name in {"check-files", "deliver", "edit"})
"""What a commit wakes."""


async def run_job(job: Job, tools: Tools) -> int:
    """In every workspace, until it has nothing left. A failure is logged and stops neither the rest nor the clock."""
    try:
        workspaces = await tools.workspaces()
    except Exception:
        log.exception("job failed", job=job.name)
        return 0
    return sum([await run_in_workspace(job, tools, workspace) for workspace in workspaces])


async def run_in_workspace(job: Job, tools: Tools, workspace: WorkspaceId) -> int:
    done = 0
    try:
        for _ in range(MOST_ROUNDS):
            step = await job.work(tools, workspace)
            done += step
            if job.once or not step:
                return done
    except Exception:
        log.exception("job failed", job=job.name, workspace=workspace)
        return done
    log.warning("job left the rest for its next turn", job=job.name, workspace=workspace, done=done)
    return done


async def run_all(tools: Tools, jobs: Sequence[Job] = JOBS) -> dict[str, int]:
    """Every job; then those that can make work for one another, until none has anything left."""
    done = {job.name: await run_job(job, tools) for job in jobs}
    for _ in range(MOST_ROUNDS):
        steps = {job.name: await run_job(job, tools) for job in jobs if not job.once}
        if not any(steps.values()):
            break
        done = {name: count + steps.get(name, 0) for name, count in done.items()}
    return done
