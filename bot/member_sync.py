"""Who a platform knows becomes who we know: page by page, from the place where the last pass stopped.

Nothing waits here. Where the platform wants patience the place is kept with the time until then, and a later turn goes
on, in this process or in another.
"""

from collections.abc import Mapping
from functools import partial
from typing import Protocol

import structlog

from bot.platform import PlatformError, RetryLater, StalePlace, TokenRevoked, Undeliverable
from tasks.identifiers import WorkspaceId
from tasks.operations.sync_people import (
    MEMBERS,
    UNLINKED,
    Member,
    MemberPage,
    begin_again,
    everybody_looked_for,
    is_unfinished,
    looked_for,
    people_to_find,
    place_to_go_on,
    sync_page,
    wait_with,
)
from tasks.ports import UnitsOfWork

UNTIL_SOMEBODY_MENDS_IT = 3600.0
"""Seconds after a refusal that time alone doesn't cure, such as a missing scope."""
log = structlog.get_logger(__name__)


class MemberList(Protocol):
    """Each call raises PlatformError."""

    async def page(self, cursor: str) -> MemberPage:
        """Deactivated people, bots and guests too. An empty cursor is the first page. Raises StalePlace."""
        ...

    async def find(self, email: str) -> Member | None: ...


MemberLists = Mapping[str, MemberList]
"""By platform: where the workspace is connected now."""


async def sync_members(units: UnitsOfWork, workspace: WorkspaceId, lists: MemberLists) -> None:
    """A whole pass, or the rest of one."""
    for platform, members in lists.items():
        try:
            await _to_the_end(units, workspace, platform, members)
        except PlatformError as error:
            await _put_off(units, workspace, platform, MEMBERS, error)


async def resume_sync(units: UnitsOfWork, workspace: WorkspaceId, lists: MemberLists) -> None:
    """What was broken off, as soon as it may go on."""
    left = [name for name in lists if await units.read(workspace, partial(is_unfinished, platform=name))]
    await sync_members(units, workspace, {name: lists[name] for name in left})


async def find_unlinked(units: UnitsOfWork, workspace: WorkspaceId, lists: MemberLists) -> None:
    """A few of the people who were imported and have no account yet, by their e-mail."""
    for platform, members in lists.items():
        try:
            await _find_some(units, workspace, platform, members)
        except PlatformError as error:
            await _put_off(units, workspace, platform, UNLINKED, error)


async def _to_the_end(units: UnitsOfWork, workspace: WorkspaceId, platform: str, members: MemberList) -> None:
    cursor = await units.read(workspace, partial(place_to_go_on, platform=platform))
    while cursor is not None:
        try:
            page = await members.page(cursor)
        except StalePlace:
            if not cursor:
                raise
            log.info("the place in the list of people is no longer known; beginning again", platform=platform)
            await units.write(workspace, partial(begin_again, platform=platform))
            cursor = ""
            continue
        await units.write(workspace, partial(sync_page, platform=platform, page=page))
        cursor = page.following or None


async def _find_some(units: UnitsOfWork, workspace: WorkspaceId, platform: str, members: MemberList) -> None:
    people = await units.read(workspace, partial(people_to_find, platform=platform))
    for person in people or ():
        note = partial(looked_for, platform=platform, person=person)
        try:
            found = await members.find(person.email)
        except Undeliverable:
            await units.write(workspace, partial(note, found=None))  # the next one may fare better
            raise
        await units.write(workspace, partial(note, found=found))
    if people is not None and not people:
        await units.write(workspace, partial(everybody_looked_for, platform=platform))


async def _put_off(
    units: UnitsOfWork, workspace: WorkspaceId, platform: str, purpose: str, error: PlatformError
) -> None:
    log.warning("people not synced to the end", workspace=workspace, platform=platform, error=str(error))
    if isinstance(error, TokenRevoked):
        return  # nothing is asked until the platform is connected again, and then everything
    seconds = error.after if isinstance(error, RetryLater) else UNTIL_SOMEBODY_MENDS_IT
    await units.write(workspace, partial(wait_with, platform=platform, purpose=purpose, seconds=seconds))
