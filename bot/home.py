"""Start pages are shown when they are opened, and again when what they say has changed.

Look, publish, record: no transaction is open while a page is published. A page is published over what is known to stand
there; where something else stands, another process was quicker, and everything is looked at anew: an older page never
takes the place of a newer one. Nothing here is owed to anybody: what can't be shown now is shown by a later pass.
"""

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from time import monotonic
from typing import Protocol
from weakref import WeakValueDictionary

import structlog

from bot.pacing import Bucket, Rate
from bot.platform import PlatformError, RetryLater, TokenRevoked, Undeliverable
from handlers.views.elements import View
from tasks.errors import Stale
from tasks.homes import Home
from tasks.identifiers import WorkspaceId
from tasks.operations.show_homes import doubt_home, forget_home, homes_due, record_same, record_shown
from tasks.people import Person
from tasks.ports import UnitOfWork, UnitsOfWork

MOST_IN_A_PASS = 50
TRIES = 5
PAUSE = 0.1
"""Seconds, more each time, in which another process records what it has shown."""
RATE = Rate(a_minute=80, burst=20)
"""Slack allows views.publish, of tier 4, a hundred times a minute and more in a workspace."""
LONGEST_WAIT = 900.0
DRAIN = 5.0
ANYTHING = ""
log = structlog.get_logger(__name__)

Describe = Callable[[UnitOfWork, Person, str], View]
"""For whom, on which platform."""


class Overtaken(Exception):
    """Something else stands there than what the page was to replace."""


class HomePlatform(Protocol):
    async def publish(self, external_id: str, view: View, *, over: str) -> str:
        """`over`: the mark of what it replaces, or ANYTHING. Returns the mark of what stands there now.

        Raises Overtaken, RetryLater, Undeliverable or TokenRevoked.
        """
        ...


HomePlatforms = Callable[[WorkspaceId], Mapping[str, HomePlatform]]
"""Where a workspace's people have start pages now, by the platform's name."""


@dataclass(frozen=True, kw_only=True)
class Page:
    workspace: WorkspaceId
    platform: str
    external_id: str


@dataclass(frozen=True, kw_only=True)
class Look:
    """A page as it is on record, and as it would be now. `view` is None when it is nobody's any more."""

    home: Home
    view: View | None
    position: int
    at: datetime

    @property
    def digest(self) -> str:
        return hashlib.sha256(repr(self.view).encode()).hexdigest()


class Homes:
    def __init__(
        self,
        *,
        units: UnitsOfWork,
        platforms: HomePlatforms,
        describe: Describe,
        seconds: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """units: such as do not wake the jobs."""
        self._units = units
        self._platforms = platforms
        self._describe = describe
        self._seconds = seconds
        self._sleep = sleep
        self._allowance: defaultdict[WorkspaceId, Bucket] = defaultdict(lambda: Bucket(RATE))
        self._not_before: dict[WorkspaceId, float] = {}
        self._passes: defaultdict[WorkspaceId, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._turns: WeakValueDictionary[Page, asyncio.Lock] = WeakValueDictionary()
        self._under_way: set[asyncio.Task[None]] = set()

    async def refresh(self, workspace: WorkspaceId) -> int:
        """One pass over some of the pages that may say something else by now; returns how many were shown anew."""
        if not self._reachable(workspace):
            return 0
        async with self._passes[workspace]:
            due = await self._units.read(workspace, partial(homes_due, limit=MOST_IN_A_PASS))
            pages = [Page(workspace=workspace, platform=one.platform, external_id=one.external_id) for one in due]
            return sum(await asyncio.gather(*map(self._show, pages)))

    def soon(self, workspace: WorkspaceId, platform: str, external_id: str) -> None:
        """Right after this, without anybody waiting for it: what is lost with the process is due all the same."""
        self._start(self._show_soon(Page(workspace=workspace, platform=platform, external_id=external_id)))

    def tell(self, workspace: WorkspaceId, platform: str, external_id: str, view: View) -> None:
        """To somebody who has no start page here: why."""
        self._start(self._tell(Page(workspace=workspace, platform=platform, external_id=external_id), view))

    async def close(self) -> None:
        """Finish what is under way; what is cut off is due when the next process starts."""
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=DRAIN)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _show_soon(self, page: Page) -> None:
        if self._reachable(page.workspace):
            await self._show(page)

    async def _tell(self, page: Page, view: View) -> None:
        platform = self._platforms(page.workspace).get(page.platform)
        if platform is None or not self._may_publish(page.workspace):
            return
        try:
            await platform.publish(page.external_id, view, over="")
        except PlatformError as error:
            log.info("start page not shown", workspace=page.workspace, error=str(error))

    def _reachable(self, workspace: WorkspaceId) -> bool:
        waits = self._not_before.get(workspace, 0.0) > self._seconds()
        return bool(self._platforms(workspace)) and not waits

    def _may_publish(self, workspace: WorkspaceId) -> bool:
        """Asked anew before each call: another may have been told to wait meanwhile."""
        return self._reachable(workspace) and self._allowance[workspace].take_now(self._seconds())

    # one page

    async def _show(self, page: Page) -> bool:
        """Whether something new was shown."""
        turn = self._turns.setdefault(page, asyncio.Lock())
        try:
            async with turn:
                return await self._brought_up_to_date(page)
        except (RetryLater, TokenRevoked) as error:
            wait = error.after if isinstance(error, RetryLater) else LONGEST_WAIT
            log.warning("start pages delayed", workspace=page.workspace, seconds=round(wait), error=str(error))
            self._not_before[page.workspace] = self._seconds() + wait
        except Exception:  # one page never stops the others; this one is shown again when it is opened again
            log.exception("start page not shown", workspace=page.workspace)
            await self._forget(page, "it could not be made")
        return False

    async def _brought_up_to_date(self, page: Page) -> bool:
        shown = ""  # the mark of what was shown just now and could not be recorded
        for number in range(1, TRIES + 1):
            look = await self._units.read(page.workspace, partial(self._look, page))
            if look is None or look.view is None or (not shown and look.digest == look.home.digest):
                await self._let_be(page, look)
                return False
            if not self._may_publish(page.workspace):
                return False
            # What stands there can't be asked for, and after a crash between showing and recording it isn't what is on
            # record. A process that is alive has recorded by the last try, and was looked at anew since.
            over = ANYTHING if number == TRIES else shown or look.home.hash
            try:
                shown = await self._publish(page, look, look.view, over)
            except Overtaken:
                shown = ""
                await self._sleep(PAUSE * number)
                continue
            if not shown or await self._recorded(page, look, shown):
                return bool(shown)
        await self._doubt(page)
        return False

    def _look(self, page: Page, uow: UnitOfWork) -> Look | None:
        home = uow.homes.find(page.platform, page.external_id)
        if home is None:
            return None
        person = uow.people.by_identity(page.platform, page.external_id)
        known = person if person and person.active and not person.guest else None
        view = self._describe(uow, known, page.platform) if known else None
        return Look(home=home, view=view, position=uow.audit.position(), at=uow.now)

    async def _let_be(self, page: Page, look: Look | None) -> None:
        if look and look.view:
            same = partial(record_same, home=look.home, seen=look.position, at=look.at)
            await self._units.write(page.workspace, same)
        elif look:
            await self._forget(page, "nobody is there any more")

    async def _publish(self, page: Page, look: Look, view: View, over: str) -> str:
        """The mark of what was shown; empty when nothing can be shown there any more."""
        platform = self._platforms(page.workspace)[page.platform]
        try:
            return await platform.publish(page.external_id, view, over=over)
        except Undeliverable as error:
            await self._forget(page, str(error))
            return ""
        except RetryLater as error:
            if error.in_doubt:
                await self._doubt(page)
            raise

    async def _recorded(self, page: Page, look: Look, shown: str) -> bool:
        """False when somebody else has recorded theirs, or its owner has opened it, since it was looked at."""
        record = partial(record_shown, home=look.home, hash=shown, digest=look.digest, seen=look.position, at=look.at)
        try:
            await self._units.write(page.workspace, record)
        except Stale:
            return False
        log.info("start page shown", workspace=page.workspace, platform=page.platform)
        return True

    async def _doubt(self, page: Page) -> None:
        doubt = partial(doubt_home, platform=page.platform, external_id=page.external_id)
        await self._units.write(page.workspace, doubt)

    async def _forget(self, page: Page, reason: str) -> None:
        log.info("start page forgotten until it is opened again", workspace=page.workspace, reason=reason)
        forget = partial(forget_home, platform=page.platform, external_id=page.external_id)
        await self._units.write(page.workspace, forget)
