"""Slack's Web API with a stop: once the token is refused nothing more goes out until it is known to be good again."""

from collections.abc import Callable

from bot.platform import TokenRevoked
from bot.slack.api import SlackApi
from bot.slack.payloads import Json

THE_QUESTION = "auth.test"
"""Whether the token is good: asked all the same."""


class PausableApi(SlackApi):
    def __init__(self, *, token: str, url: str, on_pause: Callable[[], None]) -> None:
        super().__init__(token=token, url=url)
        self.is_paused = False
        self._on_pause = on_pause

    async def call(self, method: str, **arguments: object) -> Json:
        self._require_trust(method)
        try:
            return await super().call(method, **arguments)
        except TokenRevoked:
            self._pause()
            raise

    async def read(self, method: str, **arguments: str) -> Json:
        self._require_trust(method)
        try:
            return await super().read(method, **arguments)
        except TokenRevoked:
            self._pause()
            raise

    def resume(self) -> None:
        self.is_paused = False

    def _require_trust(self, method: str) -> None:
        if self.is_paused and method != THE_QUESTION:
            raise TokenRevoked(f"{method}: not asked, Slack refused the token")

    def _pause(self) -> None:
        if not self.is_paused:
            self.is_paused = True
            self._on_pause()
