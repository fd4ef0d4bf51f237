"""One transaction in one workspace, with every repository over the same connection."""

import secrets
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from storage.access_campaigns import SqlCampaigns
from storage.access_exports import SqlAccessExports, SqlAccessSystems
from storage.access_items import SqlAccessItems
from storage.access_stories import SqlAccessStories
from storage.answers import SqlAnswers
from storage.api_answers import SqlApiAnswers
from storage.api_tokens import SqlApiTokens, find_token
from storage.audit_log import SqlAuditLog
from storage.chat_messages import ChatMessages
from storage.controls import SqlControls
from storage.conversations import SqlConversations, SqlFileLinks
from storage.database import Database
from storage.evidence import SqlEvidence
from storage.homes import SqlHomes
from storage.imports import SqlImports
from storage.inbox import SqlInbox
from storage.link_codes import SqlLinkCodes
from storage.notices import SqlNotices
from storage.people import SqlPeople
from storage.prepared import driver_of, prepared
from storage.setups import SqlSetups
from storage.shared_messages import SqlSharedMessages
from storage.status import SqlStatus
from storage.sync_places import SqlSyncPlaces
from storage.tables import workspace_links, workspaces
from storage.tasks import SqlTasks
from tasks.api_tokens import FoundToken
from tasks.errors import NotFound
from tasks.identifiers import WorkspaceId
from tasks.people import Workspace
from tasks.ports import Clock

T = TypeVar("T")

UNKNOWN = "This workspace is not set up here. Ask the person who runs soc2bot to connect it."

EVERY = select(workspaces).order_by(workspaces.c.id)
BY_ID = select(workspaces).where(workspaces.c.id == bindparam("workspace_id"))
ADD = insert(workspaces)
SAVE = update(workspaces).where(workspaces.c.id == bindparam("w_id"))
BY_LINK = select(workspace_links.c.workspace_id).where(
    workspace_links.c.platform == bindparam("platform"), workspace_links.c.external_id == bindparam("external_id")
)
NEW_LINK = upsert(workspace_links)
BIND = NEW_LINK.on_conflict_do_nothing()
LINK = NEW_LINK.on_conflict_do_update(
    index_elements=["platform", "external_id"], set_={"workspace_id": NEW_LINK.excluded.workspace_id}
)


class SqlUnitOfWork:
    def __init__(self, connection: Connection, workspace_id: WorkspaceId, now: datetime) -> None:
        self._connection = connection
        self._workspace_id = workspace_id
        self._now = now

    @property
    def now(self) -> datetime:
        return self._now

    @cached_property
    def workspace(self) -> Workspace:
        ready = prepared(BY_ID, self._connection.dialect)
        wanted = {"workspace_id": self._workspace_id}
        rows = (
            ready.rows(driver_of(self._connection), wanted) if ready else self._connection.execute(BY_ID, wanted).all()
        )
        if not rows:
            raise NotFound(UNKNOWN)
        return _read(rows[0])

    def save_workspace(self, workspace: Workspace) -> None:
        if workspace.id != self._workspace_id:
            raise NotFound(UNKNOWN)
        self._connection.execute(SAVE, {**_values(workspace), "w_id": self._workspace_id})
        self.__dict__.pop("workspace", None)

    def bind(self, platform: str, external_id: str) -> WorkspaceId:
        link = {"platform": platform, "external_id": external_id}
        self._connection.execute(BIND, {**link, "workspace_id": self._workspace_id})
        return WorkspaceId(self._connection.execute(BY_LINK, link).scalar_one())

    def new_id(self) -> str:
        return secrets.token_hex(10)

    @cached_property
    def people(self) -> SqlPeople:
        return SqlPeople(self._connection, self._workspace_id)

    @cached_property
    def controls(self) -> SqlControls:
        return SqlControls(self._connection, self._workspace_id)

    @cached_property
    def tasks(self) -> SqlTasks:
        return SqlTasks(self._connection, self._workspace_id)

    @cached_property
    def answers(self) -> SqlAnswers:
        return SqlAnswers(self._connection, self._workspace_id)

    @cached_property
    def evidence(self) -> SqlEvidence:
        return SqlEvidence(self._connection, self._workspace_id)

    @cached_property
    def shared_messages(self) -> SqlSharedMessages:
        return SqlSharedMessages(self._connection, self._workspace_id)

    @cached_property
    def notices(self) -> SqlNotices:
        return SqlNotices(self._connection, self._workspace_id)

    @cached_property
    def status(self) -> SqlStatus:
        return SqlStatus(self._connection, self._workspace_id)

    @cached_property
    def audit(self) -> SqlAuditLog:
        return SqlAuditLog(self._connection, self._workspace_id)

    @cached_property
    def imports(self) -> SqlImports:
        return SqlImports(self._connection, self._workspace_id)

    @cached_property
    def link_codes(self) -> SqlLinkCodes:
        return SqlLinkCodes(self._connection, self._workspace_id)

    @cached_property
    def access_systems(self) -> SqlAccessSystems:
        return SqlAccessSystems(self._connection, self._workspace_id)

    @cached_property
    def access_exports(self) -> SqlAccessExports:
        return SqlAccessExports(self._connection, self._workspace_id)

    @cached_property
    def campaigns(self) -> SqlCampaigns:
        return SqlCampaigns(self._connection, self._workspace_id)

    @cached_property
    def access_items(self) -> SqlAccessItems:
        return SqlAccessItems(self._connection, self._workspace_id)

    @cached_property
    def access_stories(self) -> SqlAccessStories:
        return SqlAccessStories(self._connection, self._workspace_id)

    @cached_property
    def inbox(self) -> SqlInbox:
        return SqlInbox(self._connection, self._workspace_id)

    @cached_property
    def sync_places(self) -> SqlSyncPlaces:
        return SqlSyncPlaces(self._connection, self._workspace_id)

    @cached_property
    def conversations(self) -> SqlConversations:
        return SqlConversations(self._connection, self._workspace_id)

    @cached_property
    def file_links(self) -> SqlFileLinks:
        return SqlFileLinks(self._connection, self._workspace_id)

    @cached_property
    def homes(self) -> SqlHomes:
        return SqlHomes(self._connection, self._workspace_id)

    @cached_property
    def setups(self) -> SqlSetups:
        return SqlSetups(self._connection, self._workspace_id)

    @cached_property
    def api_tokens(self) -> SqlApiTokens:
        return SqlApiTokens(self._connection, self._workspace_id)

    @cached_property
    def api_answers(self) -> SqlApiAnswers:
        return SqlApiAnswers(self._connection, self._workspace_id)

    @cached_property
    def chat(self) -> ChatMessages:
        """The browser chat's own store: no business of the domain."""
        return ChatMessages(self._connection, self._workspace_id)


class SqlUnitsOfWork:
    """Each unit reads the clock once, when its turn comes."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def write(self, workspace_id: WorkspaceId, work: Callable[[SqlUnitOfWork], T]) -> T:
        return await self._database.write(self._in_workspace(workspace_id, work))

    async def read(self, workspace_id: WorkspaceId, work: Callable[[SqlUnitOfWork], T]) -> T:
        return await self._database.read(self._in_workspace(workspace_id, work))

    def write_now(self, workspace_id: WorkspaceId, work: Callable[[SqlUnitOfWork], T]) -> T:
        return self._database.write_now(self._in_workspace(workspace_id, work))

    def read_now(self, workspace_id: WorkspaceId, work: Callable[[SqlUnitOfWork], T]) -> T:
        return self._database.read_now(self._in_workspace(workspace_id, work))

    async def workspace_for(self, platform: str, external_id: str) -> WorkspaceId | None:
        link = {"platform": platform, "external_id": external_id}
        return await self._database.read(lambda connection: connection.execute(BY_LINK, link).scalar())

    async def token_for(self, digest: str) -> FoundToken | None:
        return await self._database.read(lambda connection: find_token(connection, digest))

    def create_workspace(self, workspace: Workspace) -> None:
        self._database.write_now(lambda connection: _send(connection, ADD, _values(workspace)))

    def workspaces(self) -> Sequence[Workspace]:
        return self._database.read_now(lambda connection: [_read(row) for row in connection.execute(EVERY)])

    def link_workspace(self, platform: str, external_id: str, workspace_id: WorkspaceId) -> None:
        """A second link of the same platform id moves it."""
        link = {"platform": platform, "external_id": external_id, "workspace_id": workspace_id}
        self._database.write_now(lambda connection: _send(connection, LINK, link))

    def _in_workspace(self, workspace_id: WorkspaceId, work: Callable[[SqlUnitOfWork], T]) -> Callable[[Connection], T]:
        return lambda connection: work(SqlUnitOfWork(connection, workspace_id, self._clock.now()))


def _send(connection: Connection, statement: Any, values: dict[str, Any]) -> None:
    connection.execute(statement, values)


def _values(workspace: Workspace) -> dict[str, Any]:
    return vars(workspace) | {"shutdown_days": [day.isoformat() for day in workspace.shutdown_days]}


def _read(row: Sequence[Any]) -> Workspace:
    values = dict(zip(workspaces.c.keys(), row, strict=True))
    return Workspace(**values | {"shutdown_days": tuple(map(date.fromisoformat, values["shutdown_days"]))})
