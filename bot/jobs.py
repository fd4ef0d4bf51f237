"""What the clock drives: one table of jobs. Each claims, does and records, one workspace at a time."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import perf_counter
from typing import Protocol

import structlog

from bot.delivery import Delivery
from bot.evidence_check import EvidenceCheck
from bot.home import Homes
from bot.imports import ImportReading
from bot.member_sync import MemberLists, find_unlinked, resume_sync, sync_members
from bot.message_links import MessageLinks
from bot.reviews import open_reviews, recheck_open
from bot.tracing import span
from tasks.identifiers import WorkspaceId
from tasks.operations.answer_once import forget_answers
from tasks.operations.attach_message import forget_messages
from tasks.operations.link_identity import forget_codes
from tasks.operations.prepare_review import prepare_scheduled
from tasks.operations.schedule import climb_ladders, hand_over_absences, open_due, plan_ahead, weekly_notices
from tasks.operations.take_over_controls import install_more
from tasks.ports import UnitOfWork, UnitsOfWork

MOST_ROUNDS = 200
UPLOADS_KEPT = timedelta(days=7)
"""An upload nobody sent, or one whose file was bound long ago."""
DELIVERIES_KEPT = timedelta(days=7)
"""Platforms stop redelivering after an hour."""
log = structlog.get_logger(__name__)


class Uploads(Protocol):
    def discard_staged_before(self, moment: datetime) -> int: ...


@dataclass(frozen=True, kw_only=True)
class Tools:
    """What jobs work with."""

    units: UnitsOfWork
    delivery: Delivery
    evidence_check: EvidenceCheck
    import_reading: ImportReading
    message_links: MessageLinks
    homes: Homes
    member_lists: Callable[[WorkspaceId], MemberLists]
    uploads: Uploads
    workspaces: Callable[[], Awaitable[Sequence[WorkspaceId]]]
    real_now: Callable[[], datetime]
    ran: Callable[[str, str, float], None] = lambda job, outcome, seconds: None
    """Told of every run in a workspace: the job's name, how it ended, seconds."""
    syncing: defaultdict[WorkspaceId, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))
    """Two passes side by side would each begin where the other is."""


Work = Callable[[Tools, WorkspaceId], Awaitable[int]]
"""Returns how much was done; 0 when nothing was left to do."""


@dataclass(frozen=True, kw_only=True)
class Job:
    name: str
    every: timedelta
    work: Work
    once: bool = False
    """Does all there is in one go; otherwise it is called until it returns 0."""
    at_start: bool = True
    """False where something else does it then: people are synced once a platform is connected."""


def in_one_write(operation: Callable[[UnitOfWork], int]) -> Work:
    async def work(tools: Tools, workspace: WorkspaceId) -> int:
        return await tools.units.write(workspace, operation)

    return work


async def deliver(tools: Tools, workspace: WorkspaceId) -> int:
    return await tools.delivery.deliver(workspace)


async def edit(tools: Tools, workspace: WorkspaceId) -> int:
    return await tools.delivery.edit(workspace)


async def find_links(tools: Tools, workspace: WorkspaceId) -> int:
    return await tools.message_links.find(workspace)


async def check_files(tools: Tools, workspace: WorkspaceId) -> int:
    return await tools.evidence_check.check(workspace)


async def read_imports(tools: Tools, workspace: WorkspaceId) -> int:
    return await tools.import_reading.read(workspace)


async def recheck_reviews(tools: Tools, workspace: WorkspaceId) -> int:
    return await recheck_open(tools.units, workspace)


async def open_confirmed(tools: Tools, workspace: WorkspaceId) -> int:
    return await open_reviews(tools.units, workspace)


async def show_homes(tools: Tools, workspace: WorkspaceId) -> int:
    return await tools.homes.refresh(workspace)


def over_member_lists(sync: Callable[[UnitsOfWork, WorkspaceId, MemberLists], Awaitable[None]]) -> Work:
    async def work(tools: Tools, workspace: WorkspaceId) -> int:
        async with tools.syncing[workspace]:
            await sync(tools.units, workspace, tools.member_lists(workspace))
        return 0

    return work


async def tidy_uploads(tools: Tools, workspace: WorkspaceId) -> int:
    return await asyncio.to_thread(tools.uploads.discard_staged_before, tools.real_now() - UPLOADS_KEPT)


def tidy_inbox(uow: UnitOfWork) -> int:
    return uow.inbox.forget_before(uow.now - DELIVERIES_KEPT)


SYNC = Job(
    name="sync-people", every=timedelta(hours=6), work=over_member_lists(sync_members), once=True, at_start=False
)
JOBS = (
    Job(name="plan", every=timedelta(hours=1), work=in_one_write(plan_ahead), once=True),
    Job(name="absences", every=timedelta(minutes=5), work=in_one_write(hand_over_absences), once=True),
    SYNC,
    Job(name="resume-sync", every=timedelta(minutes=1), work=over_member_lists(resume_sync), once=True),
    Job(name="find-people", every=timedelta(minutes=1), work=over_member_lists(find_unlinked), once=True),
    Job(name="tidy-uploads", every=timedelta(hours=12), work=tidy_uploads, once=True),
    Job(name="tidy-inbox", every=timedelta(hours=12), work=in_one_write(tidy_inbox), once=True),
    Job(name="tidy-messages", every=timedelta(hours=12), work=in_one_write(forget_messages), once=True),
    Job(name="tidy-api-answers", every=timedelta(hours=12), work=in_one_write(forget_answers), once=True),
    Job(name="tidy-links", every=timedelta(hours=12), work=in_one_write(forget_codes), once=True),
    Job(name="open", every=timedelta(seconds=15), work=in_one_write(open_due)),
    Job(name="prepare-reviews", every=timedelta(minutes=1), work=in_one_write(prepare_scheduled), once=True),
    Job(name="open-reviews", every=timedelta(seconds=5), work=open_confirmed),
    Job(name="recheck-reviews", every=timedelta(seconds=30), work=recheck_reviews, once=True),
    Job(name="climb", every=timedelta(seconds=30), work=in_one_write(climb_ladders)),
    Job(name="weekly", every=timedelta(minutes=1), work=in_one_write(weekly_notices)),
    Job(name="check-files", every=timedelta(seconds=5), work=check_files),
    Job(name="read-imports", every=timedelta(seconds=5), work=read_imports),
    Job(name="take-over", every=timedelta(seconds=5), work=in_one_write(install_more)),
    Job(name="find-links", every=timedelta(seconds=30), work=find_links),
    Job(name="deliver", every=timedelta(seconds=5), work=deliver),
    Job(name="edit", every=timedelta(seconds=5), work=edit),
    Job(name="homes", every=timedelta(seconds=5), work=show_homes, once=True),
)
SPEAKING = tuple(
    job
    for job in JOBS
    if job.name
    in {
        *("check-files", "read-imports", "take-over", "find-links", "deliver", "edit", "homes"),
        *("open-reviews", "recheck-reviews"),
    }
)
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
    began = perf_counter()
    done, outcome = await _run_in_workspace(job, tools, workspace)
    tools.ran(job.name, outcome, perf_counter() - began)
    return done


async def _run_in_workspace(job: Job, tools: Tools, workspace: WorkspaceId) -> tuple[int, str]:
    done = 0
    try:
        with span("job", job=job.name):
            for _ in range(MOST_ROUNDS):
                step = await job.work(tools, workspace)
                done += step
                if job.once or not step:
                    return done, "ok"
    except Exception:
        log.exception("job failed", job=job.name, workspace=workspace)
        return done, "failed"
    log.warning("job left the rest for its next turn", job=job.name, workspace=workspace, done=done)
    return done, "unfinished"


async def run_all(tools: Tools, jobs: Sequence[Job] = JOBS) -> dict[str, int]:
    """Every job; then those that can make work for one another, until none has anything left."""
    done = {job.name: await run_job(job, tools) for job in jobs}
    for _ in range(MOST_ROUNDS):
        steps = {job.name: await run_job(job, tools) for job in jobs if not job.once}
        if not any(steps.values()):
            break
        done = {name: count + steps.get(name, 0) for name, count in done.items()}
    return done
