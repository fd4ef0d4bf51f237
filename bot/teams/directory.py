"""Who is in the tenant, as far as the connector tells: the members of the conversations that we are part of."""

from bot.json_body import Json, at, text_at
from bot.platform import StalePlace, Undeliverable
from bot.teams.activities import PLATFORM, user_of
from bot.teams.api import TeamsApi
from tasks.conversations import Conversation
from tasks.identifiers import WorkspaceId
from tasks.operations.sync_people import Member, MemberPage
from tasks.ports import UnitsOfWork

PAGE = 200
EXTERNAL = "#EXT#"
"""In the sign-in name of whoever belongs to another organisation."""


class TeamsDirectory:
    """A bot.member_sync.MemberList: everybody in a team that has the app. A cursor is the team's id and Teams' own
    place in it, with a line's end between."""

    def __init__(self, api: TeamsApi, units: UnitsOfWork, workspace: WorkspaceId, tenant: str) -> None:
        self._api = api
        self._units = units
        self._workspace = workspace
        self._tenant = tenant

    async def page(self, cursor: str) -> MemberPage:
        groups = await self._units.read(self._workspace, lambda uow: uow.conversations.groups(PLATFORM))
        name, _, place = cursor.partition("\n")
        left = [group for group in groups if group.external_id >= name]
        if not left:
            return MemberPage(members=())
        group, *others = left
        if place and group.external_id != name:
            raise StalePlace("the team is gone")
        found = await self._members(group, place)
        following = text_at(found, "continuationToken")
        after = f"{group.external_id}\n{following}" if following else others[0].external_id + "\n" if others else ""
        rows = at(found, "members")
        members = [member_of(row, self._tenant) for row in rows] if isinstance(rows, list) else []
        return MemberPage(members=tuple(one for one in members if one), following=after)

    async def find(self, email: str) -> Member | None:
        """The connector finds nobody by an e-mail address."""
        return None

    async def _members(self, group: Conversation, place: str) -> Json:
        asked = {"pageSize": str(PAGE), **({"continuationToken": place} if place else {})}
        path = ("conversations", group.conversation, "pagedmembers")
        try:
            return await self._api.read(group.service_url, *path, **asked)
        except Undeliverable:
            if place:
                raise StalePlace("Teams no longer knows the place") from None
            return {}  # the app has left the team: the others still have members


async def find_member(api: TeamsApi, activity: Json, account: object, tenant: str) -> Member | None:
    """Whoever this account of the activity is; None where Teams doesn't say. Raises PlatformError."""
    conversation = text_at(activity, "conversation", "id").partition(";")[0]
    path = ("conversations", conversation, "members", text_at(account, "id"))
    return member_of(await api.read(text_at(activity, "serviceUrl"), *path), tenant)


def member_of(row: object, tenant: str) -> Member | None:
    """None without an id of Entra's. Whoever has another tenant, or a guest's account, is a guest."""
    identity = text_at(row, "aadObjectId") or text_at(row, "objectId")
    if not identity:
        return None
    sign_in, theirs = text_at(row, "userPrincipalName"), text_at(row, "tenantId")
    elsewhere = bool(theirs) and theirs.lower() != tenant.lower()
    guest = text_at(row, "userRole").lower() in ("guest", "anonymous") or EXTERNAL in sign_in.upper() or elsewhere
    email = text_at(row, "email") or ("" if guest else sign_in)
    return Member(external_id=identity, email=email, name=_name(row), is_guest=guest)


def _name(row: object) -> str:
    whole = f"{text_at(row, 'givenName')} {text_at(row, 'surname')}".strip()
    return text_at(row, "name") or whole or user_of(row)
