"""What is done right after the answer, without anybody waiting for it: a reply in the chat, the upload of a file."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine

from bot.platform import PlatformError, RetryLater

TRIES = 3
LONGEST_PAUSE = 15.0
"""Seconds; an answer that comes later than that is none."""
DRAIN = 5.0

log = logging.getLogger(__name__)

Work = Callable[[], Coroutine[None, None, None]]
GivenUp = Callable[[Exception], None]


def _says_nothing(error: Exception) -> None:
    pass


class Errands:
    """Lost with the process: what must not be lost is a notice, and goes through delivery."""

    def __init__(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._sleep = sleep
        self._under_way: set[asyncio.Task[None]] = set()

    def run(
        self, what: str, work: Work, *, longest_pause: float = LONGEST_PAUSE, given_up: GivenUp = _says_nothing
    ) -> None:
        """`work` is begun anew where the platform did nothing and asks for patience, of no more than so many seconds.
        given_up: told why it failed."""
        task = asyncio.create_task(self._run(what, work, longest_pause, given_up))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def idle(self) -> None:
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def close(self) -> None:
        """Finish what is under way."""
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=DRAIN)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _run(self, what: str, work: Work, longest_pause: float, given_up: GivenUp) -> None:
        for left in reversed(range(TRIES)):
            try:
                await work()
            except RetryLater as error:
                if error.in_doubt or not left or error.after > longest_pause:
                    log.warning("%s: %s", what, error)
                    given_up(error)
                    return
                await self._sleep(error.after)
            except PlatformError as error:
                log.warning("%s: %s", what, error)
                given_up(error)
                return
            except Exception as error:  # nobody awaits this task: it must not end in silence
                log.exception("%s failed", what)
                given_up(error)
                return
            else:
                return
