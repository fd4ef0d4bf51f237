"""The embedded clock: in-memory ticks that hold no business state, and the loop that a commit wakes."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from time import monotonic

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.jobs import JOBS, SPEAKING, Job, Tools, run_in_workspace, run_job
from bot.waking import Wake
from tasks.identifiers import WorkspaceId

HEARTBEAT = 2.0
DEAD_AFTER = 30.0
"""Seconds without a beat."""
BREATH = 0.05
"""Seconds between two rounds of the woken loop: a burst of commits is one round's work."""
DRAIN = 10.0
"""Seconds that running jobs have to finish; what is cut off is settled by the next start."""
log = structlog.get_logger(__name__)


class Scheduler:
    def __init__(
        self, tools: Tools, wake: Wake, *, jobs: Sequence[Job] = JOBS, seconds: Callable[[], float] = monotonic
    ) -> None:
        self._tools = tools
        self._wake = wake
        self._jobs = jobs
        self._seconds = seconds
        self._ticks = AsyncIOScheduler(timezone="UTC")
        self._under_way: set[asyncio.Task[None]] = set()
        self._last_beat: float | None = None
        self._stopping = False

    @property
    def alive(self) -> bool:
        return self._last_beat is not None and self._seconds() - self._last_beat < DEAD_AFTER

    def start(self) -> None:
        self._last_beat = self._seconds()
        self._every(HEARTBEAT, self._beat, "heartbeat")
        for job in self._jobs:
            self._every(job.every.total_seconds(), partial(self._tick, job), job.name, at_start=job.at_start)
        self._ticks.start()
        self._track(self._run_woken())

    async def stop(self) -> None:
        """No new work, then wait for what runs: the scheduler's own shutdown would cancel it."""
        self._stopping = True
        log.info("stopping: finishing what is under way", tasks=len(self._under_way))
        self._ticks.pause()
        self._wake.call(WorkspaceId(""))
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=DRAIN)
            for task in late:
                log.warning("cut off by the stop; the next start settles it")
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        self._ticks.shutdown(wait=False)
        self._last_beat = None

    def _every(self, seconds: float, work: Callable[[], Awaitable[None]], name: str, *, at_start: bool = True) -> None:
        """First at once: what came due while nothing ran does not wait another hour."""
        first = datetime.now(UTC) + timedelta(seconds=0 if at_start else seconds)
        self._ticks.add_job(
            work,
            IntervalTrigger(seconds=seconds),
            id=name,
            next_run_time=first,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )

    async def _beat(self) -> None:
        self._last_beat = self._seconds()

    async def _tick(self, job: Job) -> None:
        if not self._stopping:
            await self._track(_run(job, self._tools))

    async def _run_woken(self) -> None:
        """Speaks as soon as something was committed."""
        while True:
            changed = await self._wake.wait()
            if self._stopping:
                return
            for workspace in changed:
                for job in SPEAKING:
                    await run_in_workspace(job, self._tools, workspace)
            await asyncio.sleep(BREATH)

    def _track(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task


async def _run(job: Job, tools: Tools) -> None:
    await run_job(job, tools)
