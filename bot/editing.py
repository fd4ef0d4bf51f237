"""A message that was delivered is edited when what it shows has changed."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import partial

import structlog

from bot.addressing import Describe
from bot.pacing import Pace
from bot.platform import NotPermitted, OurFault, Platform, Posted, RetryLater, TokenRevoked, Undeliverable
from bot.side_by_side import side_by_side
from tasks.identifiers import NoticeId, WorkspaceId
from tasks.notices import Notice, SentMessage
from tasks.operations.deliver_notices import edits_owed, record_edited
from tasks.ports import UnitsOfWork

EDITS_AT_ONCE = 200
LONGEST_WAIT = 900.0
SHORTEST_WAIT = 5.0
log = structlog.get_logger(__name__)


class Editing:
    """One pass at a time in a workspace."""

    def __init__(
        self,
        *,
        units: UnitsOfWork,
        platforms: Callable[[WorkspaceId], Mapping[str, Platform]],
        describe: Describe,
        pace: Pace,
        seconds: Callable[[], float],
    ) -> None:
        self._units = units
        self._platforms = platforms
        self._describe = describe
        self._pace = pace
        self._seconds = seconds
        self._later: dict[NoticeId, float] = {}
        self._passes: defaultdict[WorkspaceId, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def edit(self, workspace: WorkspaceId) -> int:
        """Returns how many messages were tried; those that must wait are not among them."""
        if not self._platforms(workspace):
            return 0
        async with self._passes[workspace]:
            owed = await self._units.read(workspace, partial(edits_owed, limit=EDITS_AT_ONCE))
            now = self._seconds()
            ready = [(message, notice) for message, notice in owed if self._later.get(notice.id, now) <= now]
            await side_by_side(
                ((message.platform, message.conversation), partial(self._edit, workspace, message, notice))
                for message, notice in ready
            )
        return len(ready)

    async def _edit(self, workspace: WorkspaceId, message: SentMessage, notice: Notice) -> None:
        try:
            wait = await self._edited(workspace, message, notice)
        except Exception:
            log.exception("message not edited", notice=notice.id, workspace=workspace)
            wait = LONGEST_WAIT
        if wait is None:
            self._later.pop(notice.id, None)
        else:
            self._later[notice.id] = self._seconds() + wait

    async def _edited(self, workspace: WorkspaceId, message: SentMessage, notice: Notice) -> float | None:
        """None when the message is up to date, else the seconds to wait."""
        if message.platform in self._platforms(workspace):
            await self._pace.to_edit(message.platform, workspace)
        platform = self._platforms(workspace).get(message.platform)
        if platform is None:
            return LONGEST_WAIT
        view = await self._units.read(workspace, lambda uow: self._describe(uow, notice))
        try:
            if view is not None:
                await platform.edit(Posted(conversation=message.conversation, message=message.message), view)
        except RetryLater as error:
            return max(error.after, SHORTEST_WAIT)
        except (TokenRevoked, NotPermitted):
            return LONGEST_WAIT
        except Undeliverable as error:
            tell = log.error if isinstance(error, OurFault) else log.info
            tell("message can't be edited any more", notice=notice.id, error=str(error))
        await self._units.write(workspace, partial(record_edited, message=message))
        return None
