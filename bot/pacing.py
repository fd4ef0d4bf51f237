"""Keeps us within what a platform allows, so that it never has to refuse a call."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass
from time import monotonic

MOST_REMEMBERED = 1000


@dataclass(frozen=True, kw_only=True)
class Rate:
    """`burst` at once, then `a_minute`: in no minute more than both together."""

    a_minute: float
    burst: int


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Of one workspace on one platform."""

    between: float
    """Seconds between two messages in one conversation."""
    posts: Rate
    edits: Rate
    looks: Rate | None
    """For a message that may have gone out; None where the platform offers no way to look, so that nothing is asked."""
    introductions: Rate
    """Conversations written to for the first time since this process began: they have to be opened."""


TIER_3 = Rate(a_minute=30, burst=15)
"""Slack allows 50 calls a minute and more. Others than delivery make some of these calls too."""
SLACK = Limits(
    between=1.0,
    posts=Rate(a_minute=270, burst=20),
    edits=TIER_3,
    looks=Rate(a_minute=25, burst=20),
    introductions=TIER_3,
)
"""chat.postMessage: a message a second in a channel, and several hundred a minute in a workspace, taken for 300.
docs.slack.dev/reference/methods/chat.postMessage and docs.slack.dev/apis/web-api/rate-limits"""
TEAMS_PART = Rate(a_minute=480, burst=8)
TEAMS = Limits(
    between=0.2,
    posts=TEAMS_PART,
    edits=TEAMS_PART,
    looks=None,
    introductions=Rate(a_minute=240, burst=4),
)
"""Seven messages a second in a conversation, and thirty calls a second of an app in a tenant, taken for twenty: answers
need some of them too. learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit"""
LIMITS = {"slack": SLACK, "teams": TEAMS}


class Bucket:
    def __init__(self, rate: Rate) -> None:
        self._interval = 60.0 / rate.a_minute
        self._ahead = (rate.burst - 1) * self._interval
        self._next = 0.0

    def take(self, now: float) -> float:
        """The moment at which this turn comes, which is now or later."""
        turn = max(self._next, now)
        self._next = turn + self._interval
        return max(turn - self._ahead, now)

    def take_now(self, now: float) -> bool:
        """Nothing is taken when the turn would have to be waited for."""
        free = self._next - self._ahead <= now
        if free:
            self.take(now)
        return free


class Pace:
    """Where a platform has no limits nobody waits."""

    def __init__(
        self,
        limits: Mapping[str, Limits] = LIMITS,
        *,
        now: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._limits = limits
        self._now = now
        self._sleep = sleep
        self._free_at: dict[Hashable, float] = {}
        self._met: set[Hashable] = set()
        self._buckets: dict[Hashable, Bucket] = {}

    async def to_post(self, platform: str, workspace: str, conversation: Hashable) -> None:
        limits = self._limits.get(platform)
        if limits is None:
            return
        key = (platform, workspace, conversation)
        await self._until(self._turn_in(key, limits.between))
        if key not in self._met:
            self._met.add(key)
            await self._take(limits.introductions, "introductions", platform, workspace)
        await self._take(limits.posts, "posts", platform, workspace)
        self._free_at[key] = max(self._free_at.get(key, 0.0), self._now() + limits.between)

    async def to_edit(self, platform: str, workspace: str) -> None:
        if limits := self._limits.get(platform):
            await self._take(limits.edits, "edits", platform, workspace)

    async def to_look(self, platform: str, workspace: str) -> None:
        limits = self._limits.get(platform)
        if limits and limits.looks:
            await self._take(limits.looks, "looks", platform, workspace)

    async def _take(self, rate: Rate, *key: str) -> None:
        bucket = self._buckets.setdefault(key, Bucket(rate))
        await self._until(bucket.take(self._now()))

    def _turn_in(self, key: Hashable, between: float) -> float:
        now = self._now()
        turn = max(now, self._free_at.get(key, now))
        self._forget_free(now)
        self._free_at[key] = turn + between  # taken before waiting: the next in line comes after
        return turn

    async def _until(self, moment: float) -> None:
        wait = moment - self._now()
        if wait > 0:
            await self._sleep(wait)

    def _forget_free(self, now: float) -> None:
        if len(self._free_at) > MOST_REMEMBERED:
            self._free_at = {key: at for key, at in self._free_at.items() if at > now}
