"""build(settings) → App: the only place where concrete classes meet."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from importlib import import_module
from importlib.metadata import version
from shutil import disk_usage
from time import monotonic
from typing import TYPE_CHECKING, cast

from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from bot.api.access_exports import ACCESS_EXPORTS
from bot.api.app import build_api
from bot.api.token import TOKEN
from bot.clock import MovableClock, SystemClock, real_now
from bot.delivery import Delivery, Lock, Platforms
from bot.evidence_check import EvidenceCheck, Fetching
from bot.home import HomePlatform, HomePlatforms, Homes
from bot.imports import ImportReading
from bot.jobs import SYNC, Tools, run_all, run_in_workspace
from bot.lock import DELIVERY_LOCK, ProcessLock
from bot.member_sync import MemberLists
from bot.message_links import MessageLinks
from bot.metrics import Metrics, Watched, metrics_page
from bot.pacing import Pace
from bot.platform import Platform
from bot.readiness import Readiness
from bot.records import Records
from bot.scheduler import Scheduler
from bot.server import Check, build_asgi
from bot.settings import Settings
from bot.slack_connection import NOT_YET, SlackConnection, SlackWaits
from bot.store import Store, adopt, make_clock, open_store
from bot.tracing import Tracer, open_tracer, traced, traced_units, tracing
from bot.waking import Wake, WakingUnits
from bot.web.chat import routes
from bot.web.client import WebPlatform
from bot.web.collaborators import Chat, Somebody
from bot.web.downloads import Downloads
from bot.web.people import people_to_choose
from handlers.describe_notice import describe
from handlers.router import Router
from handlers.routes import usages
from handlers.show_home import describe_home
from storage.gauges import read_gauges
from storage.unit_of_work import SqlUnitOfWork
from tasks.access.records import PLATFORM as RECORDS
from tasks.identifiers import WorkspaceId
from tasks.ports import Clock, UnitsOfWork

if TYPE_CHECKING:
    from bot.teams_connection import TeamsConnection

VERSION = version("soc2bot")
ENDPOINTS = (TOKEN, ACCESS_EXPORTS)
"""What programs may ask, under /v1."""


@dataclass(frozen=True, kw_only=True)
class Waits:
    """How delivery measures its waits, which are in real time whatever the clock says. A test has its own."""

    pace: Pace = field(default_factory=Pace)
    seconds: Callable[[], float] = monotonic
    slack: SlackWaits = field(default_factory=SlackWaits)
    teams_retry: float = 30.0
    """Seconds until Microsoft is asked again; doubling, up to five minutes."""


class App:
    """Everything, put together and not running yet."""

    def __init__(self, settings: Settings, store: Store, clock: Clock, lock: Lock, waits: Waits) -> None:
        self.metrics = Metrics(VERSION)
        self._settings = settings
        self._store = store
        self._clock = clock
        self._wake = Wake()
        self._units = WakingUnits[SqlUnitOfWork](traced_units(store.units), self._wake)
        self._router = traced(Router(self._units))
        self._homes = make_homes(store, self._home_platforms, waits)
        self._slack = self._connection(waits.slack) if settings.slack_bot_token else None
        self.teams = self._teams_connection(waits.teams_retry) if settings.teams_is_on else None
        self.tools = make_tools(
            store,
            units=self._units,
            platforms=self._platforms,
            homes=self._homes,
            member_lists=self._member_lists,
            clock=clock,
            lock=lock,
            waits=waits,
            ran=self.metrics.ran,
        )
        self._scheduler = Scheduler(self.tools, self._wake)

    def asgi(self, on_ready: Callable[[], None] = lambda: None) -> ASGIApp:
        return build_asgi(
            slack=self._slack.endpoint if self._slack else None,
            teams=self.teams.endpoint if self.teams else None,
            api=self._api(),
            chat=self._chat_routes(),
            checks=self._checks(),
            running=lambda: self.running(on_ready),
            metrics=self.metrics if self._settings.metrics else None,
            metrics_page=self._metrics_page() if self._settings.metrics else None,
        )

    @asynccontextmanager
    async def running(self, on_ready: Callable[[], None] = lambda: None) -> AsyncIterator[None]:
        """Jobs run, and what is set up is connected. On the way out what is under way is finished."""
        async with AsyncExitStack() as connections:
            await connections.enter_async_context(self._slack_running())
            await connections.enter_async_context(self._teams_running())
            self._scheduler.start()
            on_ready()
            try:
                yield
            finally:
                await self._scheduler.stop()
                await self._homes.close()

    async def tick(self) -> dict[str, int]:
        """Every due job once, and until nothing is left of it."""
        try:
            if self._slack:
                await self._slack.identify()
            if self.teams:
                await self.teams.identify()
            return await run_all(self.tools)
        finally:
            if self._slack:
                await self._slack.close()
            if self.teams:
                await self.teams.close()

    # Slack

    def _connection(self, waits: SlackWaits) -> SlackConnection:
        return SlackConnection(
            self._settings,
            units=self._units,
            adopt=self._adopt,
            router=self._router,
            clock=SystemClock(),
            homes=self._homes,
            acknowledged=self.metrics.acknowledged,
            workspaces=self._store.workspace_ids,
            waits=waits,
        )

    def _slack_running(self) -> AbstractAsyncContextManager[None]:
        return self._slack.running(self._sync_people) if self._slack else _nothing()

    async def _sync_people(self) -> None:
        if self._slack and self._slack.workspace:
            await run_in_workspace(SYNC, self.tools, self._slack.workspace)

    async def _adopt(self, team: str, name: str) -> WorkspaceId:
        return await adopt(self._store, "slack", team, name)

    # Teams

    def _teams_connection(self, retry: float) -> "TeamsConnection":
        """Loaded only where it is set up: the SDK behind it takes half a second."""
        connection = cast("type[TeamsConnection]", import_module("bot.teams_connection").TeamsConnection)
        return connection(
            self._settings,
            units=self._units,
            quiet_units=traced_units(self._store.units),
            adopt=partial(adopt, self._store, "teams"),
            router=self._router,
            clock=SystemClock(),
            read_file=lambda sha256: asyncio.to_thread(self._store.files.get, sha256),
            acknowledged=self.metrics.acknowledged,
            retry=retry,
        )

    def _teams_running(self) -> AbstractAsyncContextManager[None]:
        return self.teams.running(self._sync_teams) if self.teams else _nothing()

    async def _sync_teams(self) -> None:
        if self.teams and self.teams.workspace:
            await run_in_workspace(SYNC, self.tools, self.teams.workspace)

    # platforms

    def _platforms(self, workspace: WorkspaceId) -> Mapping[str, Platform]:
        """None at all while one is being asked who we are there: what is for it must not be put off for that."""
        if any(one.problem == NOT_YET for one in (self._slack, self.teams) if one):
            return {}
        slack = self._slack.platforms(workspace) if self._slack else {}
        teams = self.teams.platforms(workspace) if self.teams else {}
        return {**slack, **teams, **(web_platforms(self._store)(workspace) if self._settings.browser_chat else {})}

    def _home_platforms(self, workspace: WorkspaceId) -> Mapping[str, HomePlatform]:
        return self._slack.homes(workspace) if self._slack else {}

    def _member_lists(self, workspace: WorkspaceId) -> MemberLists:
        slack = self._slack.member_lists(workspace) if self._slack else {}
        return {**slack, **(self.teams.member_lists(workspace) if self.teams else {})}

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
            find_evidence=Downloads(units=self._units, read_file=self._store.files.get).find,
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

    # programs

    def _api(self) -> ASGIApp:
        return build_api(units=self._units, clock=self._clock, endpoints=ENDPOINTS, version=VERSION)

    # metrics and readiness

    def _metrics_page(self) -> Callable[[HttpRequest], Awaitable[Response]]:
        token, folder = self._settings.metrics_token, self._store.folder
        watched = Watched(
            gauges=lambda: self._store.database.read(partial(read_gauges, now=self._clock.now())),
            now=self._clock.now,
            disk_free=lambda: disk_usage(folder).free,
            scheduler_alive=lambda: self._scheduler.alive,
            slack_problem=lambda: self._slack.problem if self._slack else None,
        )
        return metrics_page(self.metrics, self.metrics.watch(watched), token.get_secret_value() if token else "")

    def _checks(self) -> dict[str, Check]:
        ours = Readiness(store=self._store, scheduler_alive=lambda: self._scheduler.alive).checks()
        connected = {"slack": self._slack, "teams": self.teams}
        return {**ours, **{name: connection.check for name, connection in connected.items() if connection}}


@contextmanager
def build(
    settings: Settings, clock: Clock | None = None, waits: Waits | None = None, tracer: Tracer | None = None
) -> Iterator[App]:
    clock = clock or make_clock(settings)
    with (
        open_store(settings, clock) as store,
        closing(ProcessLock(store.folder / DELIVERY_LOCK)) as lock,
        tracing(tracer or open_tracer(settings.traces_url, VERSION)),
    ):
        yield App(settings, store, clock, lock, waits or Waits())


def make_tools(
    store: Store,
    *,
    units: UnitsOfWork,
    platforms: Platforms,
    clock: Clock,
    lock: Lock,
    homes: Homes | None = None,
    member_lists: Callable[[WorkspaceId], MemberLists] = lambda _: {},
    waits: Waits | None = None,
    ran: Callable[[str, str, float], None] = lambda job, outcome, seconds: None,
) -> Tools:
    """units: those that wake delivery. Delivery itself gets the store's own."""
    waits = waits or Waits()
    chance = random.SystemRandom()
    delivery = Delivery(
        units=traced_units(store.units),
        platforms=platforms,
        describe=describe,
        read_file=lambda sha256: asyncio.to_thread(store.files.get, sha256),
        lock=lock,
        pace=waits.pace,
        jitter=chance.random,
        seconds=waits.seconds,
        moved_by=lambda: clock.offset if isinstance(clock, MovableClock) else timedelta(),
    )
    check = EvidenceCheck(
        units=units, platforms=with_records(platforms, store), files=store.files, jitter=chance.random
    )
    return Tools(
        units=units,
        delivery=delivery,
        evidence_check=check,
        import_reading=ImportReading(units=units, platforms=platforms, files=store.files, jitter=chance.random),
        message_links=MessageLinks(units=units, platforms=platforms),
        homes=homes or make_homes(store, lambda _: {}, waits),
        member_lists=member_lists,
        uploads=store.files,
        workspaces=store.workspace_ids,
        real_now=real_now,
        ran=ran,
    )


def make_homes(store: Store, platforms: HomePlatforms, waits: Waits) -> Homes:
    return Homes(units=traced_units(store.units), platforms=platforms, describe=describe_home, seconds=waits.seconds)


def with_records(platforms: Platforms, store: Store) -> Callable[[WorkspaceId], Mapping[str, Fetching]]:
    """Whatever is connected, and what stands here itself. While nothing is: nothing, so that no file is put off."""

    def fetching(workspace: WorkspaceId) -> Mapping[str, Fetching]:
        records = Records(workspace=workspace, units=store.units, read_bytes=store.files.get)
        connected = platforms(workspace)
        return {**connected, RECORDS: records} if connected else {}

    return fetching


def web_platforms(store: Store) -> Platforms:
    def platforms(workspace: WorkspaceId) -> Mapping[str, Platform]:
        return {"web": WebPlatform(workspace=workspace, units=store.units, files=store.files)}

    return platforms


@asynccontextmanager
async def _nothing() -> AsyncIterator[None]:
    yield
