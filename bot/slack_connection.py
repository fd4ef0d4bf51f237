"""Slack, connected: who we are there, where its requests come in, and how its people are reached."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial

import structlog
from pydantic import SecretStr
from starlette.types import ASGIApp

from bot.jobs import MemberList
from bot.platform import Platform, PlatformError, TokenRevoked
from bot.settings import Settings
from bot.slack.api import SlackApi
from bot.slack.client import SlackClient
from bot.slack.directory import identify, list_members
from bot.slack.listeners import SlackListeners, build_bolt, slack_endpoint
from bot.slack.socket_mode import start_socket_mode, stop_socket_mode
from bot.slack.verification import SlackVerification, TeamWorkspaces
from handlers.replies import Reply
from handlers.requests import Request
from tasks.identifiers import PersonId, WorkspaceId
from tasks.operations.sync_people import Member, sync_people
from tasks.ports import Clock, UnitOfWork, UnitsOfWork

RETRY_SECONDS = 30.0
NOT_YET = "not connected yet"
REFUSED = "Slack refuses SLACK_BOT_TOKEN"
Adopt = Callable[[str, str], Awaitable[WorkspaceId]]
"""Team id and name to its workspace, made where there is none yet."""
log = structlog.get_logger(__name__)


class SlackConnection:
    """Requests are served from the start; what we send waits until Slack has said which team the token belongs to."""

    def __init__(
        self,
        settings: Settings,
        *,
        units: UnitsOfWork,
        adopt: Adopt,
        router: Callable[[Request], Awaitable[Reply]],
        clock: Clock,
    ) -> None:
        """clock: the real one, since signatures carry the time."""
        self._settings = settings
        self._units = units
        self._adopt = adopt
        self._api = SlackApi(token=_revealed(settings.slack_bot_token), url=settings.slack_api_url)
        self._client = SlackClient(self._api)
        teams = TeamWorkspaces(units.workspace_for)
        listeners = SlackListeners(
            router=router,
            workspace_for=teams,
            client=self._client,
            people=LinkedPeople(units),
            member_changed=self._member_changed,
        )
        self._bolt = build_bolt(listeners, api_url=settings.slack_api_url)
        self.workspace: WorkspaceId | None = None
        self.problem = NOT_YET
        self.endpoint: ASGIApp | None = None
        if secret := _revealed(settings.slack_signing_secret):
            verification = SlackVerification(signing_secret=secret, clock=clock, workspace_for=teams)
            self.endpoint = slack_endpoint(self._bolt, verification)

    def platforms(self, workspace: WorkspaceId) -> Mapping[str, Platform]:
        return {"slack": self._client} if workspace == self.workspace else {}

    def member_lists(self, workspace: WorkspaceId) -> Mapping[str, MemberList]:
        return {"slack": partial(list_members, self._api)} if workspace == self.workspace else {}

    async def check(self) -> str:
        return self.problem

    async def identify(self) -> bool:
        """Ask Slack once which team the token belongs to."""
        try:
            team = await identify(self._api)
        except TokenRevoked as error:
            self.problem = f"{REFUSED} ({error}); give the one of your app's OAuth page"
        except PlatformError as error:
            self.problem = f"Slack does not answer ({error})"
        else:
            self.workspace = await self._adopt(team.id, team.name)
            self.problem = ""
            log.info("connected to Slack", team=team.name, workspace=self.workspace)
            return True
        log.warning("not connected to Slack", problem=self.problem)
        return False

    @asynccontextmanager
    async def running(self, on_connected: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._api.close)
            connecting = asyncio.create_task(self._keep_connecting(stack, on_connected))
            try:
                yield
            finally:
                connecting.cancel()
                with suppress(asyncio.CancelledError):
                    await connecting

    async def close(self) -> None:
        await self._api.close()

    async def _keep_connecting(self, stack: AsyncExitStack, on_connected: Callable[[], Awaitable[None]]) -> None:
        while True:
            if await self._connected(stack):
                await on_connected()
                return
            await asyncio.sleep(RETRY_SECONDS)

    async def _connected(self, stack: AsyncExitStack) -> bool:
        try:
            return await self.identify() and await self._listen(stack)
        except Exception:  # a wrong app token, a network that is down: told by the log and /readyz, and tried again
            log.exception("connecting to Slack failed")
            self.problem = "connecting failed; the log says why"
            return False

    async def _listen(self, stack: AsyncExitStack) -> bool:
        token = _revealed(self._settings.slack_app_token)
        if token:
            handler = await start_socket_mode(self._bolt, app_token=token, api_url=self._settings.slack_api_url)
            stack.push_async_callback(stop_socket_mode, handler)
        return True

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
