"""A View as the Home tab of one person, and the call that shows it."""

import json
from collections.abc import Iterator

from bot.home import ANYTHING, Overtaken
from bot.platform import Undeliverable
from bot.slack.api import SlackApi
from bot.slack.block_kit import fit, render_elements
from bot.slack.mrkdwn import Json, plain
from bot.slack.payloads import text_at
from handlers.views.elements import View

MOST_BYTES = 240_000
"""Of the whole view; Slack takes 250 kB."""
ROOM = ((99, 60_000), (60, 30_000), (30, 15_000), (12, 8_000))
"""Blocks beside the title, and letters of text: the first that stays within the bytes."""
CONFLICT = "views.publish: hash_conflict"


class SlackHomes:
    """A bot.home.HomePlatform."""

    def __init__(self, api: SlackApi) -> None:
        self._api = api

    async def publish(self, external_id: str, view: View, *, over: str) -> str:
        seen = {} if over == ANYTHING else {"hash": over}
        try:
            answer = await self._api.call("views.publish", user_id=external_id, view=render_home(view), **seen)
        except Undeliverable as refusal:
            if str(refusal) == CONFLICT:
                raise Overtaken(str(refusal)) from None
            raise
        return text_at(answer, "view", "hash")


def render_home(view: View) -> Json:
    """What is left out is said in a note, as in a message."""
    home: Json = {}
    for home in _ever_shorter(view):
        if len(json.dumps(home)) <= MOST_BYTES:
            break
    return home


def _ever_shorter(view: View) -> Iterator[Json]:
    title: Json = {"type": "header", "text": plain(view.title, 150)}
    parts = render_elements(view.body)
    for blocks, text in ROOM:
        yield {"type": "home", "callback_id": "home", "blocks": [title, *fit(parts, blocks=blocks, text=text)]}
