"""Whoever speaks to us, or puts us somewhere: who that is, and where they can be reached from now on."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from bot.json_body import Json, at, text_at
from bot.platform import PlatformError
from bot.teams.activities import PLATFORM, conversation_of, is_personal, tenant_of, user_of
from bot.teams.api import TeamsApi
from bot.teams.directory import find_member
from tasks.conversations import Conversation
from tasks.identifiers import WorkspaceId
from tasks.operations.report_disconnection import report_disconnection
from tasks.operations.sync_people import Member, note_time_zone, sync_people
from tasks.ports import UnitOfWork, UnitsOfWork

SECONDS = 2.0
"""An invoke has five in all."""
MOST_REMEMBERED = 10_000
GONE = (
    "soc2bot was removed from Teams, from the last place where it was. Nothing reaches people there until the app is "
    "installed again. What is owed is kept until then."
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Known:
    person: bool
    time_zone: str
    reached: Conversation | None


class Contacts:
    """What is on record already costs a request nothing: each place is remembered while the process lives."""

    def __init__(
        self, api: TeamsApi, units: UnitsOfWork, *, installed: Callable[[bool], None] = lambda anywhere: None
    ) -> None:
        """installed: told whether there is any place left where we are, whenever that may have changed."""
        self._api = api
        self._units = units
        self._installed = installed
        self._met: dict[tuple[WorkspaceId, str, str], tuple[str, str]] = {}

    async def meet(self, activity: Json, workspace: WorkspaceId) -> None:
        """The sender, before they are answered."""
        user = user_of(activity.get("from"))
        key = (workspace, user, _reached_by(activity))
        told = (text_at(activity, "serviceUrl"), text_at(activity, "localTimezone"))
        if self._met.get(key) == told or not user:
            return
        known = await self._units.read(workspace, partial(_known, user=user, reached_by=_reached_by(activity)))
        member = await self._member(activity, activity.get("from")) if not known.person else None
        moved = known.person and told[1] not in ("", known.time_zone)
        linked = known.person
        if member or moved or not _is_same(known.reached, activity):
            linked = await self._units.write(workspace, partial(_note, activity=activity, member=member))
            self._installed(True)
        if linked:  # strangers are looked at each time: somebody may have written them down since
            self._remember(key, told)

    async def welcome(self, activity: Json, workspace: WorkspaceId) -> None:
        """Whoever has joined a team that we are part of."""
        for account in activity.get("membersAdded") or ():
            if text_at(account, "id") != text_at(activity, "recipient", "id"):
                member = await self._member(activity, account)
                if member:
                    sync = partial(sync_people, platform=PLATFORM, members=(member,))
                    await self._units.write(workspace, sync)

    async def part(self, activity: Json, workspace: WorkspaceId) -> None:
        """We were removed: nothing reaches them until we are put there again."""
        name = _reached_by(activity)
        self._installed(await self._units.write(workspace, partial(_leave, name=name)))
        self._met = {key: told for key, told in self._met.items() if key[2] != name}

    async def keep(self, activity: Json, workspace: WorkspaceId) -> None:
        """Where this was said, without asking who said it."""
        await self._units.write(workspace, partial(_note, activity=activity, member=None))
        self._installed(True)

    async def _member(self, activity: Json, account: object) -> Member | None:
        """Nobody where Teams doesn't say in time: then they are asked to try again, like any stranger."""
        try:
            async with asyncio.timeout(SECONDS):
                return await find_member(self._api, activity, account, tenant_of(activity))
        except PlatformError as error:
            log.warning("who wrote to us is not known: %s", error)
        except TimeoutError:
            log.warning("who wrote to us is not known: Teams took longer than %s seconds", SECONDS)
        return None

    def _remember(self, key: tuple[WorkspaceId, str, str], told: tuple[str, str]) -> None:
        if len(self._met) >= MOST_REMEMBERED:
            self._met.clear()
        self._met[key] = told


def _reached_by(activity: Json) -> str:
    """The person, in their own chat with us; else the team, or the group, whose members can be asked for."""
    if is_personal(activity):
        return user_of(activity.get("from"))
    return text_at(activity, "channelData", "team", "id") or conversation_of(activity)


def _known(uow: UnitOfWork, user: str, reached_by: str) -> Known:
    person = uow.people.by_identity(PLATFORM, user)
    reached = uow.conversations.find(PLATFORM, reached_by)
    return Known(person=person is not None, time_zone=person.time_zone if person else "", reached=reached)


def _is_same(known: Conversation | None, activity: Json) -> bool:
    told = (_place_of(activity), text_at(activity, "serviceUrl"))
    return known is not None and (known.conversation, known.service_url) == told


def _place_of(activity: Json) -> str:
    return conversation_of(activity) if is_personal(activity) else _reached_by(activity)


def _note(uow: UnitOfWork, activity: Json, member: Member | None) -> bool:
    """Whether the sender is somebody we know."""
    reached = Conversation(
        platform=PLATFORM,
        external_id=_reached_by(activity),
        conversation=_place_of(activity),
        service_url=text_at(activity, "serviceUrl"),
        tenant=tenant_of(activity),
        group=not is_personal(activity),
        seen_at=uow.now,
    )
    uow.conversations.save(reached)
    user, time_zone = user_of(activity.get("from")), text_at(activity, "localTimezone")
    if member:
        sync_people(uow, PLATFORM, (replace(member, time_zone=time_zone),))
    else:
        note_time_zone(uow, PLATFORM, user, time_zone)
    return uow.people.by_identity(PLATFORM, user) is not None


def _leave(uow: UnitOfWork, name: str) -> bool:
    """Whether we are anywhere still. Whoever runs this is told when it was the last place, and once."""
    was_somewhere = uow.conversations.latest(PLATFORM) is not None
    uow.conversations.forget(PLATFORM, name)
    is_somewhere = uow.conversations.latest(PLATFORM) is not None
    if was_somewhere and not is_somewhere:
        report_disconnection(uow, PLATFORM, GONE)
    return is_somewhere


def bot_was(activity: Json, what: str) -> bool:
    """Ourselves among membersAdded or membersRemoved."""
    ours = text_at(activity, "recipient", "id")
    rows = at(activity, what)
    return isinstance(rows, list) and any(text_at(row, "id") == ours for row in rows)
