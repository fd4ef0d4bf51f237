import asyncio

import pytest

from bot.pacing import SLACK, TEAMS, Bucket, Limits, Pace, Rate
from tests.fake_slack.rates import CALLS_A_MINUTE, POSTS_A_MINUTE

pytestmark = pytest.mark.anyio
FREE = Rate(a_minute=60_000, burst=1000)


class Seconds:
    def __init__(self) -> None:
        self.passed = 0.0

    def __call__(self) -> float:
        return self.passed

    async def sleep(self, seconds: float) -> None:
        self.passed += seconds


def a_pace(
    seconds: Seconds, *, between: float = 0.0, posts: Rate = FREE, edits: Rate = FREE, meet: Rate = FREE
) -> Pace:
    limits = Limits(between=between, posts=posts, edits=edits, looks=FREE, introductions=meet)
    return Pace({"slack": limits}, now=seconds, sleep=seconds.sleep)


async def test_messages_in_one_conversation_are_spaced() -> None:
    seconds = Seconds()
    pace = a_pace(seconds, between=1.0)
    moments = []
    for conversation in ("ann", "bob", "ann", "ann"):
        await pace.to_post("slack", "acme", conversation)
        moments.append(seconds.passed)
    assert moments == [0, 0, 1, 2]


async def test_what_is_not_waited_for_takes_its_turn_only_when_it_is_free() -> None:
    bucket = Bucket(Rate(a_minute=60, burst=2))
    assert [bucket.take_now(0.0) for _ in range(3)] == [True, True, False]
    assert [bucket.take_now(1.0) for _ in range(2)] == [True, False]
    assert [bucket.take_now(60.0) for _ in range(3)] == [True, True, False]


async def test_a_message_that_waited_for_the_workspace_holds_up_the_next_in_its_conversation() -> None:
    seconds = Seconds()
    pace = a_pace(seconds, between=1.0, posts=Rate(a_minute=6, burst=1))
    moments = []
    for conversation in ("ann", "bob", "bob"):
        await pace.to_post("slack", "acme", conversation)
        moments.append(seconds.passed)
    assert moments == [0, 10, 20]


async def test_a_workspace_gets_a_burst_and_then_its_rate_whatever_the_conversations() -> None:
    seconds = Seconds()
    pace = a_pace(seconds, posts=Rate(a_minute=60, burst=3))
    moments = []
    for number in range(6):
        await pace.to_post("slack", "acme", number)
        moments.append(seconds.passed)
    assert moments == [0, 0, 0, 1, 2, 3]


async def test_workspaces_and_kinds_of_call_do_not_wait_for_one_another() -> None:
    seconds = Seconds()
    once = Rate(a_minute=1, burst=1)
    pace = a_pace(seconds, posts=once, edits=once)
    await pace.to_post("slack", "acme", "ann")
    await pace.to_post("slack", "other", "ann")
    await pace.to_edit("slack", "acme")
    assert seconds.passed == 0


async def test_a_conversation_is_introduced_once() -> None:
    seconds = Seconds()
    pace = a_pace(seconds, meet=Rate(a_minute=6, burst=1))
    moments = []
    for conversation in ("ann", "bob", "ann", "bob"):
        await pace.to_post("slack", "acme", conversation)
        moments.append(seconds.passed)
    assert moments == [0, 10, 10, 10]


async def test_a_platform_without_limits_never_waits() -> None:
    seconds = Seconds()
    pace = Pace({}, now=seconds, sleep=seconds.sleep)
    for _ in range(100):
        await pace.to_post("web", "acme", "ann")
        await pace.to_edit("web", "acme")
        await pace.to_look("web", "acme")
    assert seconds.passed == 0


async def test_where_a_platform_can_t_be_looked_at_nobody_waits_to_look_and_every_other_call_is_paced() -> None:
    seconds = Seconds()
    pace = Pace(now=seconds, sleep=seconds.sleep)
    for _ in range(100):
        await pace.to_look("teams", "acme")
    assert seconds.passed == 0
    for _ in range(100):
        await pace.to_edit("teams", "acme")
    assert seconds.passed > 10
    for _ in range(100):
        await pace.to_look("slack", "acme")
    assert seconds.passed > 180


def test_teams_is_called_no_more_often_than_it_allows_with_room_for_answers() -> None:
    paced = [rate for rate in (TEAMS.posts, TEAMS.edits, TEAMS.looks, TEAMS.introductions) if rate]
    assert sum(rate.a_minute for rate in paced) / 60 <= 20
    assert 1 / TEAMS.between < 7


def test_in_no_minute_is_slack_called_more_often_than_it_allows() -> None:
    allowed = {"posts": POSTS_A_MINUTE, "edits": CALLS_A_MINUTE["chat.update"]}
    allowed |= {"looks": CALLS_A_MINUTE["conversations.history"]}
    allowed |= {"introductions": CALLS_A_MINUTE["conversations.open"]}

    for name, most in allowed.items():
        rate: Rate = getattr(SLACK, name)
        assert rate.a_minute + rate.burst < most
    assert SLACK.posts.a_minute >= 0.9 * POSTS_A_MINUTE, "and not much less often either"


async def test_turns_are_taken_by_many_at_once() -> None:
    seconds = Seconds()
    turns: list[float] = []

    async def sleep(wait: float) -> None:
        turns.append(round(wait, 3))

    pace = Pace({"slack": SLACK}, now=seconds, sleep=sleep)
    pace_all = [pace.to_post("slack", "acme", "ann") for _ in range(3)]
    await asyncio.gather(*pace_all)
    assert turns == [1.0, 2.0]
