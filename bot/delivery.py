"""A notice becomes a message on the person's platform.

Claim, send, record: no transaction is open while something is sent. One process delivers at a time, and one pass per
workspace, so a notice that is SENDING when a pass begins was left by a crash or an unclear answer: it is looked up on
the platform before it is sent again.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from time import monotonic
from typing import Protocol

import structlog

from bot.addressing import Describe, Plan, ReadFile, addresses_of, plan
from bot.editing import Editing
from bot.pacing import Pace
from bot.platform import (
    Address,
    CannotTell,
    NotPermitted,
    OurFault,
    OutgoingFile,
    Platform,
    PlatformError,
    Posted,
    RetryLater,
    TokenRevoked,
    Undeliverable,
)
from bot.side_by_side import side_by_side
from handlers.views.elements import View
from tasks.identifiers import NoticeId, WorkspaceId
from tasks.notices import Notice, Occasion
from tasks.operations.deliver_notices import (
    MAY_BE_DOUBLED,
    claim_notices,
    doubt_about,
    in_doubt,
    record_failed,
    record_retry,
    record_sent,
    record_skipped,
)
from tasks.ports import UnitOfWork, UnitsOfWork

BATCH = 20
"""A crash leaves no more than these in doubt."""
LONGEST_WAIT = 900.0
SHORTEST_WAIT = 5.0
DOUBT_LEASE = 60.0
"""Seconds of real time after an unclear failure until the platform is asked whether it went out after all."""
CLOCK_SKEW = timedelta(minutes=10)
Platforms = Callable[[WorkspaceId], Mapping[str, Platform]]
"""What a workspace is connected to now, by name."""
log = structlog.get_logger(__name__)


class Lock(Protocol):
    def hold(self) -> bool: ...


class Delivery:
    def __init__(
        self,
        *,
        units: UnitsOfWork,
        platforms: Platforms,
        describe: Describe,
        read_file: ReadFile,
        lock: Lock,
        pace: Pace,
        jitter: Callable[[], float],
        seconds: Callable[[], float] = monotonic,
        moved_by: Callable[[], timedelta] = timedelta,
    ) -> None:
        """units: such as do not wake delivery. jitter: between 0 and 1. moved_by: how far the clock runs ahead."""
        self._units = units
        self._platforms = platforms
        self._describe = describe
        self._read_file = read_file
        self._lock = lock
        self._pace = pace
        self._jitter = jitter
        self._seconds = seconds
        self._moved_by = moved_by
        self._doubts: dict[NoticeId, float] = {}
        self._resting: dict[tuple[WorkspaceId, str], float] = {}
        """Until when a platform asked us to wait; nothing more is sent there meanwhile."""
        self._passes: defaultdict[WorkspaceId, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._editing = Editing(units=units, platforms=platforms, describe=describe, pace=pace, seconds=seconds)

    async def deliver(self, workspace: WorkspaceId) -> int:
        """One batch; returns how many notices were claimed. 0 while another process delivers, or a platform rests."""
        if not self._platforms(workspace) or not self._lock.hold():
            return 0
        async with self._passes[workspace]:
            await self._settle_doubts(workspace)
            if all(self._rest(workspace, name) for name in self._platforms(workspace)):
                return 0
            notices = await self._units.write(workspace, partial(claim_notices, limit=BATCH))
            await side_by_side((one.key.recipient, partial(self._send, workspace, one)) for one in notices)
        return len(notices)

    async def edit(self, workspace: WorkspaceId) -> int:
        """Returns how many messages were tried; those that must wait are not among them."""
        return await self._editing.edit(workspace)

    # sending

    async def _send(self, workspace: WorkspaceId, notice: Notice) -> None:
        try:
            await self._turn(workspace, notice)
            planned = await self._units.read(workspace, partial(self._planned, workspace, notice))
            if planned.view is None:
                await self._record(workspace, record_skipped, notice, "nothing is left to say")
            elif planned.addresses:
                await self._post(workspace, notice, planned, planned.view)
            else:
                await self._nowhere(workspace, notice, planned)
        except Exception:  # one notice never stops the others; this one is looked up and tried again
            log.exception("notice not delivered", notice=notice.id, workspace=workspace)
            self._doubts[notice.id] = self._seconds() + DOUBT_LEASE

    async def _turn(self, workspace: WorkspaceId, notice: Notice) -> None:
        """It is described only when its turn has come: much may have happened while it waited."""
        addresses = await self._units.read(workspace, partial(addresses_of, notice=notice))
        for name, address in addresses:
            if name in self._platforms(workspace):
                return await self._pace.to_post(name, workspace, address)
        return None

    def _planned(self, workspace: WorkspaceId, notice: Notice, uow: UnitOfWork) -> Plan:
        connected = self._platforms(workspace)
        return plan(uow, notice, connected=connected, describe=self._describe, read_file=self._read_file)

    async def _post(self, workspace: WorkspaceId, notice: Notice, plan: Plan, view: View) -> None:
        refusals = []
        for number, (name, address) in enumerate(plan.addresses):
            if number:
                await self._pace.to_post(name, workspace, address)
            if rest := self._rest(workspace, name):
                return await self._retry(workspace, notice, rest, f"{name} asked to wait")
            platform = self._platforms(workspace).get(name)
            if platform is None:
                return await self._until_connected(workspace, notice, f"{name} is not connected")
            try:
                posted = await _say(platform, address, view, plan.file, notice.id)
            except RetryLater as error:
                return await self._later(workspace, notice, name, error)
            except TokenRevoked as error:
                return await self._until_connected(workspace, notice, str(error))
            except NotPermitted as error:
                return await self._retry(workspace, notice, LONGEST_WAIT, str(error))
            except Undeliverable as error:
                refusals.append(error)
            else:
                return await self._sent(workspace, notice, name, posted, shown=view)
        return await self._failed(workspace, notice, refusals)

    async def _failed(self, workspace: WorkspaceId, notice: Notice, refusals: Sequence[Undeliverable]) -> None:
        reasons = "; ".join(str(each) for each in refusals)
        is_ours = any(isinstance(each, OurFault) for each in refusals)
        tell = log.error if is_ours else log.warning
        tell("notice undeliverable", notice=notice.id, reasons=reasons, our_fault=is_ours)
        await self._record(workspace, record_failed, notice, reasons)

    async def _sent(
        self, workspace: WorkspaceId, notice: Notice, platform: str, posted: Posted, *, shown: View | None = None
    ) -> None:
        """`shown`: what went out, where that is known. If it would read otherwise by now, the message is edited."""
        log.info("notice sent", notice=notice.id, occasion=notice.key.occasion, platform=platform)

        def record(uow: UnitOfWork) -> None:
            changed = notice.task_id is not None and self._describe(uow, replace(notice, sent_at=uow.now)) != shown
            record_sent(
                uow,
                notice,
                platform=platform,
                conversation=posted.conversation,
                message=posted.message,
                outdated=changed,
            )

        await self._units.write(workspace, record)

    async def _nowhere(self, workspace: WorkspaceId, notice: Notice, plan: Plan) -> None:
        if plan.unconnected:
            error = f"{plan.unconnected[0]} is not connected"
            await self._until_connected(workspace, notice, error, at_least=LONGEST_WAIT)
        elif notice.person_id is None:
            await self._record(workspace, record_skipped, notice, "there is nobody to tell")
        else:
            await self._record(workspace, record_failed, notice, "no chat account is linked")

    async def _until_connected(
        self, workspace: WorkspaceId, notice: Notice, error: str, *, at_least: float = SHORTEST_WAIT
    ) -> None:
        """Whoever lost the connection has told so, once; not every notice has to."""
        log.debug("notice waits for the connection", notice=notice.id, error=error)
        after = timedelta(seconds=max(self._wait(notice, SHORTEST_WAIT), at_least))
        standing = _standing(notice, error)
        await self._units.write(workspace, partial(record_retry, notice=notice, after=after, error=standing))

    async def _later(self, workspace: WorkspaceId, notice: Notice, platform: str, error: RetryLater) -> None:
        if error.in_doubt:
            log.warning("notice in doubt", notice=notice.id, error=str(error))
            self._doubts[notice.id] = self._seconds() + max(error.after, DOUBT_LEASE)
        else:
            self._resting[workspace, platform] = self._seconds() + error.after
            await self._retry(workspace, notice, self._wait(notice, error.after), str(error))

    def _rest(self, workspace: WorkspaceId, platform: str) -> float:
        """Seconds that are left of it."""
        return max(self._resting.get((workspace, platform), 0.0) - self._seconds(), 0.0)

    async def _retry(self, workspace: WorkspaceId, notice: Notice, seconds: float, error: str) -> None:
        error = _standing(notice, error)
        log.warning("notice delayed", notice=notice.id, seconds=round(seconds), error=error)
        after = timedelta(seconds=seconds)
        await self._units.write(workspace, partial(record_retry, notice=notice, after=after, error=error))

    def _wait(self, notice: Notice, asked: float) -> float:
        """Never less than the platform asked; doubling with every attempt up to a quarter of an hour."""
        doubled = min(asked * 2.0 ** min(max(notice.attempts - 1, 0), 10), LONGEST_WAIT)
        return max(asked, doubled) * (1 + self._jitter() / 10)

    async def _record(
        self, workspace: WorkspaceId, record: Callable[[UnitOfWork, Notice, str], None], notice: Notice, text: str
    ) -> None:
        await self._units.write(workspace, lambda uow: record(uow, notice, text))

    # doubts

    async def _settle_doubts(self, workspace: WorkspaceId) -> None:
        doubtful = await self._units.read(workspace, lambda uow: in_doubt(uow, before=uow.now + timedelta(seconds=1)))
        now = self._seconds()
        ready = [notice for notice in doubtful if self._doubts.get(notice.id, now) <= now]
        await side_by_side((one.key.recipient, partial(self._settle, workspace, one)) for one in ready)

    async def _settle(self, workspace: WorkspaceId, notice: Notice) -> None:
        try:
            await self._look_up(workspace, notice)
        except PlatformError as error:
            log.warning("doubt remains", notice=notice.id, error=str(error))
            wait = error.after if isinstance(error, RetryLater) else LONGEST_WAIT
            self._doubts[notice.id] = self._seconds() + max(wait, SHORTEST_WAIT)
        except Exception:
            log.exception("doubt remains", notice=notice.id, workspace=workspace)
            self._doubts[notice.id] = self._seconds() + DOUBT_LEASE
        else:
            self._doubts.pop(notice.id, None)

    async def _look_up(self, workspace: WorkspaceId, notice: Notice) -> None:
        wait = 0.0 if notice.attempts <= 1 else self._wait(notice, SHORTEST_WAIT)
        try:
            found = await self._found(workspace, notice)
        except CannotTell as error:  # docs/decisions/0008-channel-doubt.md
            return await self._retry(workspace, notice, wait, f"{MAY_BE_DOUBLED}: {error}")
        if found:
            return await self._sent(workspace, notice, *found)
        if notice.key.occasion is Occasion.FILE and notice.id not in self._doubts:
            return await self._retry(workspace, notice, wait, f"{MAY_BE_DOUBLED}: files are not known after a restart")
        return await self._retry(workspace, notice, wait, "it did not go out")

    async def _found(self, workspace: WorkspaceId, notice: Notice) -> tuple[str, Posted] | None:
        since = (notice.claimed_at or notice.owed_at) - self._moved_by() - CLOCK_SKEW
        connected = self._platforms(workspace)
        addresses = await self._units.read(workspace, lambda uow: addresses_of(uow, notice))
        for name, address in addresses:
            if name not in connected:
                continue
            await self._pace.to_look(name, workspace)
            try:
                posted = await connected[name].find(address, notice.id, since=since)
            except Undeliverable:
                continue  # nobody can be reached there, so nothing was sent there
            if posted:
                return name, posted
        missing = [name for name, _ in addresses if name not in connected]
        if missing and len(missing) == len(addresses):
            raise RetryLater(f"{missing[0]} is not connected", after=LONGEST_WAIT)
        if missing:
            raise CannotTell(f"{missing[0]} is not connected")
        return None


async def _say(
    platform: Platform, address: Address, view: View, file: OutgoingFile | None, notice_id: NoticeId
) -> Posted:
    if file:
        return await platform.send_file(address, view, file, notice_id=notice_id)
    return await platform.post(address, view, notice_id=notice_id)


def _standing(notice: Notice, error: str) -> str:
    """What goes on record: that a message may have gone out twice stays there."""
    return doubt_about(notice) or error
