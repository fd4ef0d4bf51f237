"""build(settings) → App: the only place where concrete classes meet."""

import asyncio
import random
import secrets
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic

from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from bot.clock import MovableClock, SystemClock, real_now
from bot.delivery import Delivery, Lock, Platforms
from bot.evidence_check import EvidenceCheck
from bot.jobs import SYNC, MemberList, Tools, run_all, run_in_workspace
from bot.lock import ProcessLock
from bot.pacing import Pace
from bot.platform import Platform
from bot.scheduler import Scheduler
from bot.server import Check, build_asgi
from bot.settings import Settings
from bot.slack_connection import NOT_YET, SlackConnection
from bot.store import Store, make_clock, open_store
from bot.waking import Wake, WakingUnits
from bot.web.chat import routes
from bot.web.client import WebPlatform
from bot.web.collaborators import Chat, Download, Somebody
from handlers.describe_notice import describe
from handlers.router import Router
from handlers.routes import usages
from storage.unit_of_work import SqlUnitOfWork
from tasks.errors import DomainError
from tasks.evidence import Evidence
from tasks.identifiers import EvidenceId, PersonId, WorkspaceId
from tasks.operations.open_evidence import open_evidence
from tasks.people import Actor, Workspace
from tasks.ports import Clock, UnitsOfWork
from tasks.status import StatusScope

DELIVERY_LOCK = "delivery.lock"
MOST_LATE = 50
"""Overdue tasks looked through for the choice of a person: enough to say whose they are."""


@dataclass(frozen=True, kw_only=True)
class Waits:
    """How delivery measures its waits, which are in real time whatever the clock says. A test has its own."""

    pace: Pace = field(default_factory=Pace)
    seconds: Callable[[], float] = monotonic


class App:
    """Everything, put together and not running yet."""

    def __init__(self, settings: Settings, store: Store, clock: Clock, lock: Lock, waits: Waits) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._wake = Wake()
        self._units = WakingUnits[SqlUnitOfWork](store.units, self._wake)
        self._router = Router(self._units)
        self._slack = self._connection() if settings.slack_bot_token else None
        self.tools = make_tools(
            store,
            units=self._units,
            platforms=self._platforms,
            member_lists=self._member_lists,
            clock=clock,
            lock=lock,
            waits=waits,
        )
        self._scheduler = Scheduler(self.tools, self._wake)

    def asgi(self, on_ready: Callable[[], None] = lambda: None) -> ASGIApp:
        return build_asgi(
            slack=self._slack.endpoint if self._slack else None,
            chat=self._chat_routes(),
            checks=self._checks(),
            running=lambda: self.running(on_ready),
        )

    @asynccontextmanager
    async def running(self, on_ready: Callable[[], None] = lambda: None) -> AsyncIterator[None]:
        """Jobs run and, where it is set up, Slack is connected. On the way out what is under way is finished."""
        async with self._slack_running():
            self._scheduler.start()
            on_ready()
            try:
                yield
            finally:
                await self._scheduler.stop()

    async def tick(self) -> dict[str, int]:
        """Every due job once, and until nothing is left of it."""
        try:
            if self._slack:
                await self._slack.identify()
            return await run_all(self.tools)
        finally:
            if self._slack:
                await self._slack.close()

    # Slack

    def _connection(self) -> SlackConnection:
        return SlackConnection(
            self._settings, units=self._units, adopt=self._adopt, router=self._router, clock=SystemClock()
        )

    def _slack_running(self) -> AbstractAsyncContextManager[None]:
        return self._slack.running(self._sync_people) if self._slack else _nothing()

    async def _sync_people(self) -> None:
        if self._slack and self._slack.workspace:
            await run_in_workspace(SYNC, self.tools, self._slack.workspace)

    async def _adopt(self, team: str, name: str) -> WorkspaceId:
        known = await self._store.units.workspace_for("slack", team)
        return known if known else await asyncio.to_thread(adopt_team, self._store, team, name)

    # platforms

    def _platforms(self, workspace: WorkspaceId) -> Mapping[str, Platform]:
        """None at all while Slack is being asked who we are: what is for Slack must not be put off for that."""
        if self._slack and self._slack.problem == NOT_YET:
            return {}
        slack = self._slack.platforms(workspace) if self._slack else {}
        return {**slack, **(web_platforms(self._store)(workspace) if self._settings.browser_chat else {})}

    def _member_lists(self, workspace: WorkspaceId) -> Mapping[str, MemberList]:
        return self._slack.member_lists(workspace) if self._slack else {}

    # the browser chat

    def _chat_routes(self) -> Sequence[BaseRoute]:
        if not self._settings.browser_chat:
            return ()
        chat = Chat(
            router=self._router,
            units=self._units,
            files=self._store.files,
            secret=self._settings.secret_key.get_secret_value(),
            clock=self._clock,
            list_people=self._people,
            commands=usages(),
            free_choice=True,
            public_url=self._settings.public_url,
            move_clock=self._move_clock if isinstance(self._clock, MovableClock) else None,
            find_evidence=self._find_evidence,
        )
        return routes(chat)

    async def _people(self) -> Sequence[Somebody]:
        workspaces = await self.tools.workspaces()
        return [one for workspace in workspaces for one in await self._units.read(workspace, people_to_choose)]

    async def _move_clock(self, by: timedelta) -> None:
        """Forward, and whatever has become due is done before the page comes back."""
        if isinstance(self._clock, MovableClock):
            self._clock.move(by)
            await run_all(self.tools)

    async def _find_evidence(self, workspace: WorkspaceId, person: PersonId, wanted: EvidenceId) -> Download | None:
        def work(uow: SqlUnitOfWork) -> Evidence:
            actor = Actor(person=uow.people.get(person), platform="web", at=uow.now)
            return open_evidence(uow, actor, wanted)

        try:
            evidence = await self._units.write(workspace, work)
        except DomainError:
            return None
        content = evidence.text.encode() or await asyncio.to_thread(self._store.files.get, evidence.sha256)
        return Download(name=evidence.name, chunks=_whole(content))

    # readiness

    def _checks(self) -> dict[str, Check]:
        checks: dict[str, Check] = {
            "database": self._check_database,
            "evidence": self._check_evidence,
            "scheduler": self._check_scheduler,
        }
        return {**checks, "slack": self._slack.check} if self._slack else checks

    async def _check_database(self) -> str:
        return "" if await self._store.is_current() else "not up to date: run soc2 migrate"

    async def _check_evidence(self) -> str:
        return await asyncio.to_thread(self._store.why_not_writable)

    async def _check_scheduler(self) -> str:
        return "" if self._scheduler.alive else "the scheduler stands still"


@contextmanager
def build(settings: Settings, clock: Clock | None = None, waits: Waits | None = None) -> Iterator[App]:
    clock = clock or make_clock(settings)
    with open_store(settings, clock) as store, closing(ProcessLock(store.folder / DELIVERY_LOCK)) as lock:
        yield App(settings, store, clock, lock, waits or Waits())


def make_tools(
    store: Store,
    *,
    units: UnitsOfWork,
    platforms: Platforms,
    clock: Clock,
    lock: Lock,
    member_lists: Callable[[WorkspaceId], Mapping[str, MemberList]] = lambda _: {},
    waits: Waits | None = None,
) -> Tools:
    """units: those that wake delivery. Delivery itself gets the store's own."""
    waits = waits or Waits()
    chance = random.SystemRandom()
    delivery = Delivery(
        units=store.units,
        platforms=platforms,
        describe=describe,
        read_file=lambda sha256: asyncio.to_thread(store.files.get, sha256),
        lock=lock,
        pace=waits.pace,
        jitter=chance.random,
        seconds=waits.seconds,
        moved_by=lambda: clock.offset if isinstance(clock, MovableClock) else timedelta(),
    )
    check = EvidenceCheck(units=units, platforms=platforms, files=store.files, jitter=chance.random)
    return Tools(
        units=units,
        delivery=delivery,
        evidence_check=check,
        member_lists=member_lists,
        uploads=store.files,
        workspaces=store.workspace_ids,
        real_now=real_now,
    )


def web_platforms(store: Store) -> Platforms:
    def platforms(workspace: WorkspaceId) -> Mapping[str, Platform]:
        return {"web": WebPlatform(workspace=workspace, units=store.units, files=store.files)}

    return platforms


def adopt_team(store: Store, team: str, name: str) -> WorkspaceId:
    """A team we don't know gets a workspace of its own: it must never see another's."""
    workspace = Workspace(id=WorkspaceId(secrets.token_hex(10)), name=name)
    store.units.create_workspace(workspace)
    store.units.link_workspace("slack", team, workspace.id)
    return workspace.id


def people_to_choose(uow: SqlUnitOfWork) -> list[Somebody]:
    counts = uow.tasks.open_counts()
    late = {task.owner_id for task in uow.status.overdue(StatusScope(), now=uow.now, limit=MOST_LATE)}
    return [
        Somebody(
            workspace=uow.workspace.id,
            person=person,
            open_tasks=counts.get(person.id, 0),
            overdue=person.id in late,
            away=person.is_away(uow.now.date()),
        )
        for person in uow.people.everyone()
        if person.active and not person.guest
    ]


@asynccontextmanager
async def _nothing() -> AsyncIterator[None]:
    yield


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content
