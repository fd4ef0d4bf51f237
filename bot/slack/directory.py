"""Who is in the Slack team, and which team a token belongs to."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from bot.platform import RetryLater
from bot.slack.api import SlackApi
from bot.slack.payloads import Json, at, member, text_at
from tasks.operations.sync_people import Member

PAGE = 200
PATIENCE = 20
"""Rate limits waited out in one sync; users.list allows some twenty calls a minute."""


@dataclass(frozen=True, kw_only=True)
class Team:
    id: str
    name: str
    bot_user_id: str


async def identify(api: SlackApi) -> Team:
    """Raises TokenRevoked, RetryLater."""
    answer = await api.call("auth.test")
    return Team(id=text_at(answer, "team_id"), name=text_at(answer, "team"), bot_user_id=text_at(answer, "user_id"))


async def list_members(
    api: SlackApi, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> AsyncIterator[Member]:
    """Everybody, deactivated people, bots and guests too. For a job: it waits out rate limits, as no request may."""
    cursor, waits = "", 0
    while True:
        try:
            page = await _page(api, cursor)
        except RetryLater as limited:
            if waits == PATIENCE:
                raise
            waits += 1
            await sleep(limited.after)
            continue
        for each in _members(page):
            yield each
        cursor = text_at(page, "response_metadata", "next_cursor")
        if not cursor:
            return


async def _page(api: SlackApi, cursor: str) -> Json:
    return await api.read("users.list", limit=str(PAGE), **({"cursor": cursor} if cursor else {}))


def _members(page: Json) -> list[Member]:
    rows = at(page, "members")
    found = [member(row) for row in rows] if isinstance(rows, list) else []
    return [each for each in found if each is not None]
