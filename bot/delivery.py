"""A notice becomes a message on the person's platform, and a message is edited when what it shows has changed.

Claim, send, record: no transaction is open while something is sent. One process delivers at a time, and one pass per
workspace, so a notice that is SENDING when a pass begins was left by a crash or an unclear answer: it is looked up on
the platform before it is sent again.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from time import monotonic
from typing import Protocol

import structlog

from bot.addressing import Describe, Plan, ReadFile, addresses_of, plan
from bot.pacing import Pace
from bot.platform import (
    Address,
    CannotTell,
    OutgoingFile,
    Platform,
    PlatformError,
    Posted,
    RetryLater,
    TokenRevoked,
    Undeliverable,
)
from handlers.views.elements import View
from tasks.identifiers import NoticeId, WorkspaceId
from tasks.notices import Notice, SentMessage
from tasks.operations.deliver_notices import (
    MAY_BE_DOUBLED,
    claim_notices,
    edits_owed,
    in_doubt,
    record_edited,
    record_failed,
    record_retry,
    record_sent,
    record_skipped,
)
from tasks.ports import UnitOfWork, UnitsOfWork

BATCH = 50
MOST_AT_ONCE = 8
EDITS_AT_ONCE = 200
LONGEST_WAIT = 900.0
SHORTEST_WAIT = 5.0
DOUBT_LEASE = 60.0
"""Seconds of real time after an unclear failure until the platform is asked whether it went out after all."""
CLOCK_SKEW = timedelta(minutes=10)
Step = Callable[[], Awaitable[None]]
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
        self._edit_later: dict[NoticeId, float] = {}
        self._passes: defaultdict[WorkspaceId, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._edit_passes: defaultdict[WorkspaceId, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def deliver(self, workspace: WorkspaceId) -> int:
        """One batch; returns how many notices were claimed. 0 while another process delivers."""
        if not self._platforms(workspace) or not self._lock.hold():
            return 0
        async with self._passes[workspace]:
            await self._settle_doubts(workspace)
            notices = await self._units.write(workspace, partial(claim_notices, limit=BATCH))
            await _side_by_side((one.key.recipient, partial(self._send, workspace, one)) for one in notices)
        return len(notices)

    async def edit(self, workspace: WorkspaceId) -> int:
        """Returns how many messages were tried; those that must wait are not among them."""
        if not self._platforms(workspace):
            return 0
        async with self._edit_passes[workspace]:
            owed = await self._units.read(workspace, partial(edits_owed, limit=EDITS_AT_ONCE))
            now = self._seconds()
            ready = [(message, notice) for message, notice in owed if self._edit_later.get(notice.id, now) <= now]
            await _side_by_side(
                ((message.platform, message.conversation), partial(self._edit, workspace, message, notice))
                for message, notice in ready
            )
        return len(ready)

    # sending

    async def _send(self, workspace: WorkspaceId, notice: Notice) -> None:
        try:
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

    def _planned(self, workspace: WorkspaceId, notice: Notice, uow: UnitOfWork) -> Plan:
        connected = self._platforms(workspace)
        return plan(uow, notice, connected=connected, describe=self._describe, read_file=self._read_file)

    async def _post(self, workspace: WorkspaceId, notice: Notice, plan: Plan, view: View) -> None:
        reasons = []
        for name, address in plan.addresses:
            await self._pace.wait(name, address)
            try:
                posted = await _say(self._platforms(workspace)[name], address, view, plan.file, notice.id)
            except Undeliverable as error:
                reasons.append(str(error))
            except RetryLater as error:
                return await self._later(workspace, notice, error)
            except TokenRevoked as error:
                return await self._retry(workspace, notice, LONGEST_WAIT, str(error))
            else:
                return await self._sent(workspace, notice, name, posted, shown=view)
        log.warning("notice undeliverable", notice=notice.id, reasons=reasons)
        return await self._record(workspace, record_failed, notice, "; ".join(reasons))

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
            await self._retry(workspace, notice, LONGEST_WAIT, f"{plan.unconnected[0]} is not connected")
        elif notice.person_id is None:
            await self._record(workspace, record_skipped, notice, "there is nobody to tell")
        else:
            await self._record(workspace, record_failed, notice, "no chat account is linked")

    async def _later(self, workspace: WorkspaceId, notice: Notice, error: RetryLater) -> None:
        if error.in_doubt:
            log.warning("notice in doubt", notice=notice.id, error=str(error))
            self._doubts[notice.id] = self._seconds() + max(error.after, DOUBT_LEASE)
        else:
            await self._retry(workspace, notice, self._wait(notice, error.after), str(error))

    async def _retry(self, workspace: WorkspaceId, notice: Notice, seconds: float, error: str) -> None:
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
        await _side_by_side((one.key.recipient, partial(self._settle, workspace, one)) for one in ready)

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
        return await self._retry(workspace, notice, wait, "it did not go out")

    async def _found(self, workspace: WorkspaceId, notice: Notice) -> tuple[str, Posted] | None:
        since = (notice.claimed_at or notice.owed_at) - self._moved_by() - CLOCK_SKEW
        connected = self._platforms(workspace)
        for name, address in await self._units.read(workspace, lambda uow: addresses_of(uow, notice)):
            if name not in connected:
                continue
            try:
                posted = await connected[name].find(address, notice.id, since=since)
            except Undeliverable:
                continue  # nobody can be reached there, so nothing was sent there
            if posted:
                return name, posted
        return None

    # editing

    async def _edit(self, workspace: WorkspaceId, message: SentMessage, notice: Notice) -> None:
        try:
            wait = await self._edited(workspace, message, notice)
        except Exception:
            log.exception("message not edited", notice=notice.id, workspace=workspace)
            wait = LONGEST_WAIT
        if wait is None:
            self._edit_later.pop(notice.id, None)
        else:
            self._edit_later[notice.id] = self._seconds() + wait

    async def _edited(self, workspace: WorkspaceId, message: SentMessage, notice: Notice) -> float | None:
        """None when the message is up to date, else the seconds to wait."""
        platform = self._platforms(workspace).get(message.platform)
        if platform is None:
            return LONGEST_WAIT
        view = await self._units.read(workspace, lambda uow: self._describe(uow, notice))
        try:
            if view is not None:
                await self._pace.wait(message.platform, message.conversation)
                await platform.edit(Posted(conversation=message.conversation, message=message.message), view)
        except Undeliverable as error:
            log.info("message can't be edited any more", notice=notice.id, error=str(error))
        except RetryLater as error:
            return max(error.after, SHORTEST_WAIT)
        except TokenRevoked:
            return LONGEST_WAIT
        await self._units.write(workspace, partial(record_edited, message=message))
        return None


async def _say(
    platform: Platform, address: Address, view: View, file: OutgoingFile | None, notice_id: NoticeId
) -> Posted:
    if file:
        return await platform.send_file(address, view, file, notice_id=notice_id)
    return await platform.post(address, view, notice_id=notice_id)


async def _side_by_side(steps: Iterable[tuple[Hashable, Step]]) -> None:
    """Steps of the same key one after the other, the keys beside one another. A step must not raise."""
    lines: defaultdict[Hashable, list[Step]] = defaultdict(list)
    for key, step in steps:
        lines[key].append(step)
    at_once = asyncio.Semaphore(MOST_AT_ONCE)

    async def run(line: list[Step]) -> None:
        async with at_once:
            for step in line:
                await step()

    await asyncio.gather(*(run(line) for line in lines.values()))
