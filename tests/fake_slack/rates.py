"""How often Slack lets an app call each method in a workspace. Whoever calls more often gets 429 and Retry-After.

docs.slack.dev/apis/web-api/rate-limits and the method pages. A tier's number is the least that Slack promises, "several
hundred messages a minute" is taken for three hundred, and of the bursts it tolerates only a short one in a channel is.
"""

import math
from collections import defaultdict, deque
from collections.abc import Hashable, Mapping

MINUTE = 60.0
TIER_1, TIER_2, TIER_3, TIER_4 = 1, 20, 50, 100
POSTS_A_MINUTE = 300
CHANNEL_POSTS, CHANNEL_SECONDS = 3, 3.0
"""One a second in a channel."""

CALLS_A_MINUTE: Mapping[str, int] = {
    "apps.connections.open": TIER_1,
    "chat.delete": TIER_3,
    "chat.getPermalink": POSTS_A_MINUTE,
    "chat.postEphemeral": TIER_4,
    "chat.postMessage": POSTS_A_MINUTE,
    "chat.update": TIER_3,
    "conversations.history": TIER_3,
    "conversations.info": TIER_3,
    "conversations.open": TIER_3,
    "conversations.replies": TIER_3,
    "files.completeUploadExternal": TIER_4,
    "files.getUploadURLExternal": TIER_4,
    "files.info": TIER_4,
    "team.info": TIER_3,
    "users.info": TIER_4,
    "users.list": TIER_2,
    "users.lookupByEmail": TIER_3,
    "views.open": TIER_4,
    "views.publish": TIER_4,
    "views.push": TIER_4,
    "views.update": TIER_4,
}


class Rates:
    """`speed`: how many of Slack's seconds pass in one of the clock's."""

    def __init__(self, *, speed: float = 1.0) -> None:
        self.speed = speed
        self.refused: list[str] = []
        self._calls: defaultdict[Hashable, deque[float]] = defaultdict(deque)

    def retry_after(self, method: str, channel: str, now: float) -> int | None:
        """Slack's seconds to wait, None where the call is allowed: only then does it count."""
        moment = now * self.speed
        windows = [(method, CALLS_A_MINUTE[method], MINUTE)] if method in CALLS_A_MINUTE else []
        if method == "chat.postMessage":
            windows.append((f"{method} {channel}", CHANNEL_POSTS, CHANNEL_SECONDS))
        wait = max((self._full_for(key, most, seconds, moment) for key, most, seconds in windows), default=0.0)
        if wait > 0:
            self.refused.append(method)
            return max(math.ceil(wait), 1)
        for key, _, _ in windows:
            self._calls[key].append(moment)
        return None

    def _full_for(self, key: str, most: int, seconds: float, moment: float) -> float:
        calls = self._calls[key]
        while calls and calls[0] <= moment - seconds:
            calls.popleft()
        return calls[0] + seconds - moment if len(calls) >= most else 0.0
