"""Teams, connected: where its activities come in, and how its people are reached."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from time import monotonic

import structlog
from starlette.types import ASGIApp
from yarl import URL

from bot.member_sync import MemberLists
from bot.platform import Platform, PlatformError, TokenRevoked
from bot.settings import Settings
from bot.teams.activities import PLATFORM
from bot.teams.api import TeamsApi
from bot.teams.auth import Tokens
from bot.teams.client import TeamsClient
from bot.teams.contacts import Contacts
from bot.teams.directory import TeamsDirectory
from bot.teams.endpoint import teams_endpoint, teams_tokens
from bot.teams.errands import Errands
from bot.teams.files_out import FilesOut, SentFile
from bot.teams.keys import Keys
from bot.teams.listeners import Acknowledged, TeamsListeners
from bot.teams.verification import has_origin, is_service
from handlers.replies import Reply
from handlers.requests import Request
from tasks.errors import DomainError
from tasks.evidence import Evidence
from tasks.identifiers import EvidenceId, WorkspaceId
from tasks.operations.open_evidence import open_evidence
from tasks.operations.report_disconnection import report_disconnection
from tasks.people import Actor
from tasks.ports import Clock, UnitOfWork, UnitsOfWork

NOT_YET = "not connected yet"
REFUSED = "Teams refuses our token ({reason}); check that TEAMS_APP_ID and TEAMS_TENANT_ID are those of the Azure bot"
ON_THIS_MACHINE = "emulator"
"""The tenant of the Emulator, which names none."""
TENANT_NAME = "Microsoft Teams"
"""Of a workspace that Teams alone is connected to; an admin gives it the company's."""
RETRY, LONGEST = 30.0, 300.0
"""Seconds until Microsoft is asked again; doubling."""
NO_TOKEN_GIVEN = "Microsoft gives us no token: nothing is sent to Teams until it does"  # noqa: S105 (a line of the log)
NO_TOKEN_TAKEN = "Teams refuses our token: nothing is sent there until it takes one"  # noqa: S105
TELL_NONE_GIVEN = (
    "Microsoft no longer gives soc2bot a token ({reason}). Nothing reaches people in Teams until the app's client "
    "secret is renewed and given as TEAMS_APP_PASSWORD. What is owed is kept until then."
)
TELL_NONE_TAKEN = (
    "Teams no longer takes soc2bot's token ({reason}). Nothing reaches people there until TEAMS_APP_ID and "
    "TEAMS_TENANT_ID are those of the Azure bot, and that bot is there. What is owed is kept until then."
)
Adopt = Callable[[str, str], Awaitable[WorkspaceId]]
"""Tenant and name to its workspace, made where there is none yet."""
ReadFile = Callable[[str], Awaitable[bytes]]
log = structlog.get_logger(__name__)


class TeamsConnection:
    """The tenant is named by the settings, so its activities are served from the start. What delivery sends waits until
    Microsoft has given us a token; again while Teams takes none, wherever that shows; and while we are installed
    nowhere."""

    def __init__(
        self,
        settings: Settings,
        *,
        units: UnitsOfWork,
        quiet_units: UnitsOfWork,
        adopt: Adopt,
        router: Callable[[Request], Awaitable[Reply]],
        clock: Clock,
        read_file: ReadFile,
        acknowledged: Acknowledged = lambda kind, outcome, seconds: None,
        tokens: Tokens | None = None,
        keys: Keys | None = None,
        retry: float = RETRY,
    ) -> None:
        """clock: the real one, since tokens carry the time. quiet_units: such as do not wake delivery."""
        self._units, self._quiet_units = units, quiet_units
        self._adopt = adopt
        self._retry = retry
        self._tenant = (settings.teams_tenant_id or ON_THIS_MACHINE).lower()
        self._tokens = tokens or teams_tokens(settings)
        self._file_origins = (URL(settings.teams_service_url),) if settings.teams_service_url else ()
        self._doubted = asyncio.Event()
        self._last_doubt = -retry
        self._api = TeamsApi(
            tokens=self._tokens,
            trusted=partial(is_trusted, settings),
            bot=bot_account(settings),
            doubted=self._doubted.set,
        )
        self._errands = Errands()
        self._adopting = asyncio.Lock()
        self._sync_people: Callable[[], Awaitable[None]] = _nothing
        self._trouble = NOT_YET
        self._is_told = False
        self._is_installed = False
        self.workspace: WorkspaceId | None = None
        listeners = TeamsListeners(
            router=router,
            units=units,
            workspace_for=self._workspace_of,
            clients=self.client,
            contacts=Contacts(self._api, units, installed=self._installed),
            errands=self._errands,
            files_out=FilesOut(self.client, self._errands, partial(read_evidence, units, read_file)),
            joined_team=self._joined_team,
            acknowledged=acknowledged,
        )
        self.endpoint: ASGIApp = teams_endpoint(settings, listeners, clock=clock, tokens=self._tokens, keys=keys)

    @property
    def problem(self) -> str:
        if not self._trouble and self._api.refusal:
            return REFUSED.format(reason=self._api.refusal)
        return self._trouble

    def client(self, workspace: WorkspaceId) -> TeamsClient:
        return TeamsClient(self._api, self._quiet_units, workspace, file_origins=self._file_origins)

    def platforms(self, workspace: WorkspaceId) -> Mapping[str, Platform]:
        return {PLATFORM: self.client(workspace)} if self._reaches(workspace) else {}

    def member_lists(self, workspace: WorkspaceId) -> MemberLists:
        members = TeamsDirectory(self._api, self._quiet_units, workspace, self._tenant)
        return {PLATFORM: members} if self._reaches(workspace) else {}

    def _reaches(self, workspace: WorkspaceId) -> bool:
        return workspace == self.workspace and self._is_installed and not self.problem

    async def check(self) -> str:
        return self.problem

    async def identify(self) -> bool:
        """Ask Microsoft for a token, unless the one we have still lasts, and Teams whether it takes it, where it has
        refused one."""
        try:
            await self._find_workspace()
            await self._tokens.bearer()
        except TokenRevoked as error:
            self._trouble = f"Microsoft gives no token ({error}); check TEAMS_APP_ID and TEAMS_APP_PASSWORD"
            await self._lost(NO_TOKEN_GIVEN, TELL_NONE_GIVEN.format(reason=error))
        except PlatformError as error:
            self._not_connected(f"Microsoft does not answer ({error})")
        else:
            if await self._is_taken():
                self._connected_again()
                return True
        return False

    async def _find_workspace(self) -> None:
        self.workspace = self.workspace or await self._units.workspace_for(PLATFORM, self._tenant)
        if self.workspace and not self._is_installed:
            latest = await self._units.read(self.workspace, lambda uow: uow.conversations.latest(PLATFORM))
            self._installed(latest is not None)

    async def _is_taken(self) -> bool:
        """Where we are nowhere nobody can be asked."""
        if not self._api.refusal or not self.workspace:
            return True
        latest = await self._units.read(self.workspace, lambda uow: uow.conversations.latest(PLATFORM))
        try:
            if latest:
                await self._api.read(latest.service_url, "conversations", latest.conversation, "pagedmembers")
        except TokenRevoked as error:
            self._trouble = ""
            await self._lost(NO_TOKEN_TAKEN, TELL_NONE_TAKEN.format(reason=error))
        except PlatformError as error:
            log.info("whether Teams takes our token is not known", reason=str(error))
        return not self._api.refusal

    def _connected_again(self) -> None:
        if self._trouble or self._is_told:
            log.info("connected to Teams", workspace=self.workspace)
        self._trouble, self._is_told = "", False

    def _installed(self, anywhere: bool) -> None:
        self._is_installed = anywhere

    @asynccontextmanager
    async def running(self, on_connected: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
        """on_connected: also called when a team has got the app."""
        self._sync_people = on_connected
        connecting = asyncio.create_task(self._keep_connected(on_connected))
        try:
            yield
        finally:
            connecting.cancel()
            with suppress(asyncio.CancelledError):
                await connecting
            await self.close()

    async def idle(self) -> None:
        """Until everything that was begun after an answer is done."""
        await self._errands.idle()

    async def close(self) -> None:
        await self._errands.close()
        await self._api.close()

    async def _keep_connected(self, on_connected: Callable[[], Awaitable[None]]) -> None:
        failures, was_connected = 0, False
        while True:
            self._doubted.clear()
            connected = await self._connected()
            if connected and not was_connected:
                await on_connected()
            was_connected = connected
            if connected:
                failures = 0
                await self._until_doubted()
            else:
                await asyncio.sleep(min(self._retry * 2.0 ** min(failures, 16), LONGEST))
                failures += 1

    async def _until_doubted(self) -> None:
        """The first doubt is settled at once; should Microsoft contradict itself, we don't go round and round with
        it."""
        try:
            async with asyncio.timeout(LONGEST):
                await self._doubted.wait()
        except TimeoutError:
            return
        await asyncio.sleep(max(self._last_doubt + self._retry - monotonic(), 0.0))
        self._last_doubt = monotonic()

    async def _connected(self) -> bool:
        try:
            return await self.identify()
        except Exception:  # such as a full disk: told by the log and /readyz, and tried again
            log.exception("connecting to Teams failed")
            self._trouble = "connecting failed; the log says why"
        return False

    async def _lost(self, line: str, sentence: str) -> None:
        """Told once, and not again before a token was taken in between."""
        if self._is_told:
            return
        self._is_told = True
        log.error(line, problem=self.problem)
        if self.workspace:
            await self._units.write(self.workspace, partial(report_disconnection, platform=PLATFORM, sentence=sentence))

    def _not_connected(self, problem: str) -> None:
        """Said once for each problem, not for each attempt."""
        if problem != self._trouble:
            log.warning("not connected to Teams", problem=problem)
        self._trouble = problem

    async def _adopted(self) -> WorkspaceId:
        """With the first activity, not before: until then an admin may say to which workspace the tenant belongs."""
        async with self._adopting:
            if self.workspace is None:
                self.workspace = await self._adopt(self._tenant, TENANT_NAME)
        return self.workspace

    async def _workspace_of(self, tenant: str) -> WorkspaceId | None:
        """The guard lets in the one tenant of the settings; the Emulator names none."""
        is_ours = self._tenant in (tenant, ON_THIS_MACHINE)
        return await self._adopted() if is_ours else None

    async def _joined_team(self) -> None:
        await self._sync_people()


def is_trusted(settings: Settings, service_url: str) -> bool:
    """Whether what we say may go there. In anonymous mode no token goes with it, and the guard sees to the address."""
    configured = settings.teams_service_url or ""
    return settings.teams_app_id is None or is_service(service_url) or has_origin(service_url, configured)


def bot_account(settings: Settings) -> str:
    return f"28:{settings.teams_app_id}" if settings.teams_app_id else "bot"


async def read_evidence(
    units: UnitsOfWork, read_file: ReadFile, workspace: WorkspaceId, user: str, evidence_id: EvidenceId
) -> SentFile | None:
    """Asked anew whether they may: their consent may come days after the question."""

    def work(uow: UnitOfWork) -> Evidence:
        person = uow.people.by_identity(PLATFORM, user)
        return open_evidence(uow, Actor(person=person, platform=PLATFORM, at=uow.now), evidence_id)

    try:
        evidence = await units.write(workspace, work)
    except DomainError:
        return None
    return SentFile(name=evidence.name, content=await read_file(evidence.sha256))


async def _nothing() -> None:
    """Before it runs nobody is synced."""
