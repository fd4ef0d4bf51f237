"""Who is in the Slack team, and which team a token belongs to."""

from dataclasses import dataclass

from bot.platform import StalePlace, Undeliverable
from bot.slack.api import SlackApi
from bot.slack.payloads import Json, at, member, text_at
from tasks.operations.sync_people import Member, MemberPage

PAGE = 200


@dataclass(frozen=True, kw_only=True)
class Team:
    id: str
    name: str
    bot_user_id: str


async def identify(api: SlackApi) -> Team:
    """Raises TokenRevoked, RetryLater."""
    answer = await api.call("auth.test")
    return Team(id=text_at(answer, "team_id"), name=text_at(answer, "team"), bot_user_id=text_at(answer, "user_id"))


class SlackDirectory:
    """A bot.member_sync.MemberList."""

    def __init__(self, api: SlackApi) -> None:
        self._api = api

    async def page(self, cursor: str) -> MemberPage:
        asked = {"limit": str(PAGE), **({"cursor": cursor} if cursor else {})}
        try:
            found = await self._api.read("users.list", **asked)
        except Undeliverable as refusal:
            if str(refusal).endswith("invalid_cursor"):
                raise StalePlace(str(refusal)) from None
            raise
        return MemberPage(members=_members(found), following=text_at(found, "response_metadata", "next_cursor"))

    async def find(self, email: str) -> Member | None:
        try:
            found = await self._api.read("users.lookupByEmail", email=email)
        except Undeliverable as refusal:
            if str(refusal).endswith("users_not_found"):
                return None
            raise
        return member(at(found, "user"))


def _members(page: Json) -> tuple[Member, ...]:
    rows = at(page, "members")
    found = [member(row) for row in rows] if isinstance(rows, list) else []
    return tuple(each for each in found if each is not None)
