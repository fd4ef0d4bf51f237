"""Slack, connected: who we are there, where its requests come in, and how its people are reached."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from time import monotonic

import structlog
from pydantic import SecretStr
from starlette.types import ASGIApp

from bot.home import HomePlatform
from bot.member_sync import MemberLists
from bot.platform import Platform, PlatformError, TokenRevoked
from bot.settings import Settings
from bot.slack.answers import SECONDS
from bot.slack.bolt import Acknowledged, build_bolt, slack_endpoint
from bot.slack.client import SlackClient
from bot.slack.directory import SlackDirectory, identify
from bot.slack.home import SlackHomes
from bot.slack.listeners import SlackListeners, StartPages
from bot.slack.pausing import PausableApi
from bot.slack.socket_mode import SocketMode, Timing
from bot.slack.verification import SlackVerification, TeamWorkspaces
from handlers.replies import Reply
from handlers.requests import Request
from tasks.identifiers import PersonId, WorkspaceId
from tasks.operations.report_disconnection import report_disconnection
from tasks.operations.sync_people import Member, sync_people
from tasks.ports import Clock, UnitOfWork, UnitsOfWork

NOT_YET = "not connected yet"
REFUSED = "Slack refuses SLACK_BOT_TOKEN"
Adopt = Callable[[str, str], Awaitable[WorkspaceId]]
"""Team id and name to its workspace, made where there is none yet."""
TELL = (
    "Slack no longer accepts soc2bot's token ({reason}). Nothing reaches people there until the app is installed again "
    "and its token given as SLACK_BOT_TOKEN. What is owed is kept until then."
)
log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class SlackWaits:
    """Seconds."""

    retry: float = 30.0
    """Until Slack is asked again whether the token is good; doubling, up to …"""
    longest: float = 300.0
    answering: float = SECONDS
    """That Slack has to show an answer."""
    socket: Timing = field(default_factory=Timing)


async def _nowhere() -> Sequence[WorkspaceId]:
    return ()


class SlackConnection:
    """Requests are served from the start; what we send waits until Slack has said which team the token belongs to, and
    again as soon as Slack refuses the token, wherever that shows."""

    def __init__(
        self,
        settings: Settings,
        *,
        units: UnitsOfWork,
        adopt: Adopt,
        router: Callable[[Request], Awaitable[Reply]],
        clock: Clock,
        homes: StartPages,
        acknowledged: Acknowledged = lambda kind, outcome, seconds: None,
        workspaces: Callable[[], Awaitable[Sequence[WorkspaceId]]] = _nowhere,
        waits: SlackWaits | None = None,
    ) -> None:
        """clock: the real one, since signatures carry the time. workspaces: all there are."""
        self._settings = settings
        self._units = units
        self._adopt = adopt
        self._workspaces = workspaces
        self._waits = waits or SlackWaits()
        self._doubted = asyncio.Event()
        self._last_doubt = -self._waits.retry
        self._api = PausableApi(
            token=_revealed(settings.slack_bot_token), url=settings.slack_api_url, on_pause=self._doubted.set
        )
        self._client = SlackClient(self._api)
        self._homes = SlackHomes(self._api)
        teams = TeamWorkspaces(units.workspace_for)
        listeners = SlackListeners(
            router=router,
            workspace_for=teams,
            client=self._client,
            people=LinkedPeople(units),
            member_changed=self._member_changed,
            token_doubted=self._doubted.set,
            homes=homes,
            answering=self._waits.answering,
        )
        self._bolt = build_bolt(listeners, api_url=settings.slack_api_url, acknowledged=acknowledged)
        self.workspace: WorkspaceId | None = None
        self._socket: SocketMode | None = None
        self._trouble = NOT_YET
        self._is_told = False
        self.endpoint: ASGIApp | None = None
        if secret := _revealed(settings.slack_signing_secret):
            verification = SlackVerification(signing_secret=secret, clock=clock, workspace_for=teams)
            self.endpoint = slack_endpoint(self._bolt, verification)

    @property
    def problem(self) -> str:
        return self._trouble or (self._socket.problem if self._socket else "")

    def platforms(self, workspace: WorkspaceId) -> Mapping[str, Platform]:
        return {"slack": self._client} if self._reaches(workspace) else {}

    def homes(self, workspace: WorkspaceId) -> Mapping[str, HomePlatform]:
        return {"slack": self._homes} if self._reaches(workspace) else {}

    def member_lists(self, workspace: WorkspaceId) -> MemberLists:
        return {"slack": SlackDirectory(self._api)} if self._reaches(workspace) else {}

    def _reaches(self, workspace: WorkspaceId) -> bool:
        return workspace == self.workspace and not self._api.is_paused

    async def check(self) -> str:
        return self.problem

    async def identify(self) -> bool:
        """Ask Slack once which team the token belongs to, and whether it is good at all."""
        try:
            team = await identify(self._api)
        except TokenRevoked as error:
            await self._refused(str(error))
        except PlatformError as error:
            self._not_connected(f"Slack does not answer ({error})")
        else:
            self.workspace = await self._adopt(team.id, team.name)
            self._api.resume()
            self._trouble, self._is_told = "", False
            log.info("connected to Slack", team=team.name, workspace=self.workspace)
            return True
        return False

    async def _refused(self, reason: str) -> None:
        """Told once, and not again before the token has been good in between."""
        self._trouble = f"{REFUSED} ({reason}); give the one of your app's OAuth page"
        if self._is_told:
            return
        self._is_told = True
        log.error("Slack refuses our token: nothing is sent there until it is good again", problem=self._trouble)
        workspaces = [self.workspace] if self.workspace else await self._workspaces()
        if len(workspaces) == 1:  # otherwise nobody knows whose token it was
            tell = partial(report_disconnection, platform="slack", sentence=TELL.format(reason=reason))
            await self._units.write(workspaces[0], tell)

    def _not_connected(self, problem: str) -> None:
        """Said once for each problem, not for each attempt."""
        if problem != self._trouble:
            log.warning("not connected to Slack", problem=problem)
        self._trouble = problem

    @asynccontextmanager
    async def running(self, on_connected: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._api.close)
            connecting = asyncio.create_task(self._keep_connected(stack, on_connected))
            try:
                yield
            finally:
                connecting.cancel()
                with suppress(asyncio.CancelledError):
                    await connecting

    async def close(self) -> None:
        await self._api.close()

    async def _keep_connected(self, stack: AsyncExitStack, on_connected: Callable[[], Awaitable[None]]) -> None:
        failures = 0
        while True:
            self._doubted.clear()
            if await self._connected(stack):
                failures = 0
                await on_connected()
                await self._doubted.wait()
                await self._calm_down()
            else:
                await asyncio.sleep(min(self._waits.retry * 2.0 ** min(failures, 16), self._waits.longest))
                failures += 1

    async def _calm_down(self) -> None:
        """The first doubt is settled at once; should Slack contradict itself, we don't go round and round with it."""
        now = monotonic()
        await asyncio.sleep(max(self._last_doubt + self._waits.retry - now, 0.0))
        self._last_doubt = monotonic()

    async def _connected(self, stack: AsyncExitStack) -> bool:
        try:
            if await self.identify():
                self._listen(stack)
                return True
        except Exception:  # such as a full disk: told by the log and /readyz, and tried again
            log.exception("connecting to Slack failed")
            self._trouble = "connecting failed; the log says why"
        return False

    def _listen(self, stack: AsyncExitStack) -> None:
        token = _revealed(self._settings.slack_app_token)
        if token and self._socket is None:
            self._socket = SocketMode(
                self._bolt,
                app_token=token,
                api_url=self._settings.slack_api_url,
                jitter=random.SystemRandom().random,
                timing=self._waits.socket,
            )
            self._socket.start()
            stack.push_async_callback(self._socket.stop)

    async def _member_changed(self, workspace: WorkspaceId, member: Member) -> None:
        await self._units.write(workspace, partial(sync_people, platform="slack", members=(member,)))


class LinkedPeople:
    """Slack's users and our people, by the identities that are linked."""

    def __init__(self, units: UnitsOfWork) -> None:
        self._units = units

    async def people(self, workspace: WorkspaceId, slack_users: Sequence[str]) -> Mapping[str, str]:
        def work(uow: UnitOfWork) -> dict[str, str]:
            found = ((user, uow.people.by_identity("slack", user)) for user in slack_users)
            return {user: person.id for user, person in found if person}

        return await self._units.read(workspace, work)

    async def slack_users(self, workspace: WorkspaceId, people: Sequence[str]) -> Mapping[str, str]:
        def work(uow: UnitOfWork) -> dict[str, str]:
            links = (link for person in people for link in uow.people.identities(PersonId(person)))
            return {link.person_id: link.external_id for link in links if link.platform == "slack"}

        return await self._units.read(workspace, work)


def _revealed(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""
