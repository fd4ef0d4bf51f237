"""Socket Mode over a real WebSocket: envelopes in, acks with the answer out, whatever happens to the connection."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, cast

import pytest
from structlog.testing import capture_logs

from bot.slack.api import SlackApi
from bot.slack.bolt import build_bolt
from bot.slack.client import SlackClient
from bot.slack.listeners import SlackListeners
from bot.slack.socket_mode import SocketMode, Timing
from handlers.replies import Nothing, Reply, Show
from handlers.requests import CommandTyped, Request, TextSent
from handlers.views.elements import Text, View
from tasks.identifiers import WorkspaceId
from tasks.operations.sync_people import Member
from tests.fake_slack import FakeSlack
from tests.fake_slack.socket_side import HALF_A_FRAME

pytestmark = pytest.mark.anyio

R = TypeVar("R")
ACME = WorkspaceId("acme")
COMMAND = {
    "command": "/soc2",
    "text": "help",
    "team_id": "T0ACME",
    "user_id": "U1",
    "channel_id": "D1",
    "trigger_id": "t1",
}
QUICK = Timing(silence=0.2, opening=1.0, first_wait=0.01, longest_wait=0.05, steady=0.0, drain=2.0)
REASONS = ("refresh_requested", "warning", "link_disabled", "too_many_websockets", "something_new")


class Nobody:
    async def people(self, workspace: WorkspaceId, slack_users: Sequence[str]) -> Mapping[str, str]:
        return {}

    async def slack_users(self, workspace: WorkspaceId, people: Sequence[str]) -> Mapping[str, str]:
        return {}


@dataclass
class Bot:
    slack: FakeSlack
    socket: SocketMode = field(init=False)
    seen: list[Request] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    now: float = 0.0
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    """Cleared, the router waits for it."""
    breaks: bool = False

    async def router(self, request: Request) -> Reply:
        self.seen.append(request)
        if self.breaks:
            raise ZeroDivisionError("a bug")
        await self.answered.wait()
        if not isinstance(request, CommandTyped):
            return Nothing()
        return Show(view=View(title="Help", summary="What I understand", body=(Text(text="tasks"),)))

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        await asyncio.sleep(min(seconds, 0.05))

    async def off(self, work: Callable[..., R], *args: Any, **keywords: Any) -> R:
        """The fake is arranged from another thread than ours."""
        return await asyncio.to_thread(work, *args, **keywords)

    async def asks(self, **where: Any) -> dict[str, Any]:
        """A command, answered."""
        envelope = await self.off(self.slack.sockets.deliver, "slash_commands", COMMAND, **where)
        return await self.off(self.slack.sockets.ack_of, envelope)

    async def is_connected(self, *, made: int = 0) -> None:
        await self.off(self.slack.sockets.wait_for, 1, made=made)
        await until(lambda: not self.socket.problem)


async def until(happened: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not happened():  # noqa: ASYNC110 (it happens in the fake's thread)
            await asyncio.sleep(0.005)


async def workspace_for(team: str) -> WorkspaceId | None:
    return ACME if team == "T0ACME" else None


async def member_changed(workspace: WorkspaceId, member: Member) -> None:
    raise AssertionError(member)


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as slack:
        yield slack
        assert slack.violations == []


class NoHomes:
    """Start pages are no business of these tests."""


@asynccontextmanager
async def a_bot(slack: FakeSlack, timing: Timing = QUICK, *, token: str = "xapp-1") -> AsyncIterator[Bot]:
    bot = Bot(slack)
    bot.answered.set()
    client = SlackClient(SlackApi(token="xoxb-1", url=slack.url))
    listeners = SlackListeners(
        router=bot.router,
        workspace_for=workspace_for,
        client=client,
        people=Nobody(),
        member_changed=member_changed,
        homes=cast("Any", NoHomes()),
    )
    bot.socket = SocketMode(
        build_bolt(listeners, api_url=slack.url),
        app_token=token,
        api_url=slack.url,
        jitter=lambda: 0.0,
        timing=timing,
        seconds=lambda: bot.now,
        sleep=bot.sleep,
    )
    bot.socket.start()
    try:
        yield bot
    finally:
        bot.answered.set()
        await bot.socket.stop()
        await client.api.close()


@asynccontextmanager
async def connected(slack: FakeSlack, timing: Timing = QUICK) -> AsyncIterator[Bot]:
    async with a_bot(slack, timing) as bot:
        await bot.is_connected()
        yield bot


# answering


async def test_a_command_is_answered_in_its_ack(slack: FakeSlack) -> None:
    async with connected(slack) as bot:
        words = await bot.asks()
    assert words["response_type"] == "ephemeral"
    [request] = bot.seen
    assert isinstance(request, CommandTyped)
    assert (request.text, request.source.workspace, request.source.user) == ("help", ACME, "U1")


async def test_every_request_says_which_envelope_it_came_in(slack: FakeSlack) -> None:
    async with connected(slack) as bot:
        await bot.asks(envelope="env-7")
    assert bot.seen[0].source.envelope == "env-7"


async def test_another_team_is_acked_and_never_heard(slack: FakeSlack) -> None:
    async with connected(slack) as bot:
        envelope = await bot.off(slack.sockets.deliver, "slash_commands", {**COMMAND, "team_id": "T0OTHER"})
        assert await bot.off(slack.sockets.ack_of, envelope) == {}
    assert bot.seen == []


async def test_where_slack_takes_no_words_the_ack_has_none(slack: FakeSlack) -> None:
    async with connected(slack) as bot:
        assert await bot.asks(takes_words=False) == {}


async def test_what_broke_here_is_not_acked_so_that_slack_delivers_it_again(slack: FakeSlack) -> None:
    async with connected(slack) as bot:
        bot.breaks = True
        with capture_logs() as logged:
            envelope = await bot.off(slack.sockets.deliver, "slash_commands", COMMAND)
            await until(lambda: [one for one in logged if one["log_level"] in ("error", "warning")])
        bot.breaks = False
        assert slack.sockets.acks == []
        assert await bot.asks(envelope=envelope)


async def test_several_are_answered_side_by_side(slack: FakeSlack) -> None:
    async with connected(slack) as bot:
        bot.answered.clear()
        sent = [await bot.off(slack.sockets.deliver, "slash_commands", COMMAND) for _ in range(5)]
        await until(lambda: len(bot.seen) == 5)
        bot.answered.set()
        assert all([await bot.off(slack.sockets.ack_of, envelope) for envelope in sent])


async def test_a_command_s_fields_of_other_kinds_are_no_obstacle(slack: FakeSlack) -> None:
    async with connected(slack) as bot:
        odd = {**COMMAND, "enterprise_id": None, "is_enterprise_install": False, "channel": {"id": "D1"}}
        envelope = await bot.off(slack.sockets.deliver, "slash_commands", odd)
        assert await bot.off(slack.sockets.ack_of, envelope)


@pytest.mark.parametrize(
    "garbage",
    [
        *("", "no json", "[]", "null", "7", "{}", "[" * 100_000, '{"type":"disconn'),
        *('{"type": 7}', '{"type": ["hello"]}', '{"type":"x"}', '{"type":"events_api","envelope_id":7,"payload":{}}'),
    ],
)
async def test_garbage_is_passed_over_and_the_connection_stays(slack: FakeSlack, garbage: str) -> None:
    async with connected(slack) as bot:
        await bot.off(slack.sockets.say, garbage)
        assert await bot.asks()
    assert slack.sockets.made == 1


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("something_new", {"a": 1}),
        ("events_api", "words"),
        ("events_api", None),
        ("events_api", {"type": "event_callback"}),
        ("interactive", {"type": "block_actions", "actions": [7]}),
        ("interactive", {"type": "view_submission", "view": []}),
        ("slash_commands", {}),
    ],
)
async def test_an_envelope_that_is_not_understood_is_acked_and_not_heard(
    slack: FakeSlack, kind: str, payload: Any
) -> None:
    async with connected(slack) as bot:
        envelope = await bot.off(slack.sockets.deliver, kind, payload)
        assert await bot.off(slack.sockets.ack_of, envelope) == {}
    assert bot.seen == []


# connecting again


@pytest.mark.parametrize("reason", REASONS)
async def test_slack_s_wish_that_we_connect_again_is_met_and_the_old_connection_left(
    slack: FakeSlack, reason: str
) -> None:
    async with connected(slack) as bot:
        await bot.off(slack.sockets.disconnect, reason)
        await bot.is_connected(made=2)
        assert await bot.asks()
    assert slack.sockets.made == 2


async def test_what_is_in_hand_when_slack_wants_another_connection_is_answered_on_the_old_one(slack: FakeSlack) -> None:
    async with connected(slack) as bot:
        bot.answered.clear()
        old = slack.sockets.open[0]
        envelope = await bot.off(slack.sockets.deliver, "slash_commands", COMMAND)
        await until(lambda: bot.seen)
        await bot.off(slack.sockets.disconnect, "refresh_requested")
        await until(lambda: slack.sockets.made == 2)
        bot.answered.set()
        assert await bot.off(slack.sockets.ack_of, envelope, socket=old)


async def test_a_closed_connection_is_made_again(slack: FakeSlack) -> None:
    async with connected(slack) as bot:
        await bot.off(slack.sockets.close)
        await bot.is_connected(made=2)
        assert await bot.asks()


@pytest.mark.parametrize("after", [b"", HALF_A_FRAME, b"\xff\xff\xff"])
async def test_a_connection_that_breaks_even_within_a_frame_is_made_again(slack: FakeSlack, after: bytes) -> None:
    async with connected(slack) as bot:
        await bot.off(slack.sockets.drop, after=after)
        await bot.is_connected(made=2)
        assert await bot.asks()


async def test_a_connection_that_went_silent_is_noticed_and_made_again(slack: FakeSlack) -> None:
    async with connected(slack) as bot:
        await bot.off(slack.sockets.silence)
        async with asyncio.timeout(2):
            await bot.is_connected(made=2)
        assert await bot.asks()


async def test_a_quiet_connection_that_answers_our_pings_is_left_alone(slack: FakeSlack) -> None:
    async with connected(slack) as bot:
        await asyncio.sleep(4 * QUICK.silence)
        assert await bot.asks()
    assert slack.sockets.made == 1


async def test_a_connection_without_a_hello_is_given_up(slack: FakeSlack) -> None:
    slack.sockets.says_hello = False
    async with a_bot(slack, replace(QUICK, opening=0.1)) as bot:
        await until(lambda: slack.sockets.made >= 2)
        assert "no hello from Slack" in bot.socket.problem
        slack.sockets.says_hello = True
        await until(lambda: not bot.socket.problem)


@pytest.mark.parametrize("status", [403, 429, 503])
async def test_a_refused_handshake_is_tried_again_with_a_new_ticket(slack: FakeSlack, status: int) -> None:
    slack.sockets.refuse(status, times=2)
    async with connected(slack) as bot:
        assert await bot.asks()
    assert len([call for call in slack.calls if call.method == "apps.connections.open"]) == 3


@pytest.mark.parametrize("error", ["internal_error", "request_timeout", "nobody_knows"])
async def test_an_error_when_asking_for_a_connection_is_tried_again(slack: FakeSlack, error: str) -> None:
    slack.fail("apps.connections.open", error, times=2)
    async with connected(slack) as bot:
        assert await bot.asks()


async def test_a_rate_limit_is_waited_out_as_long_as_slack_says(slack: FakeSlack) -> None:
    slack.rate_limit("apps.connections.open", retry_after=7)
    async with connected(slack) as bot:
        assert bot.waits == [0.0, 7]


async def test_a_server_that_fails_or_hangs_up_is_tried_again(slack: FakeSlack) -> None:
    slack.http_status("apps.connections.open", 502, times=2)
    slack.drop_after_accepting("apps.connections.open")
    async with connected(slack) as bot:
        assert await bot.asks()


async def test_a_network_that_was_down_is_tried_until_it_is_there(slack: FakeSlack) -> None:
    async with connected(slack) as bot:
        await bot.off(slack.stop)
        await until(lambda: "no answer" in bot.socket.problem)
        slack.sockets.open.clear()
        await bot.off(slack.start)
        await bot.is_connected(made=2)
        assert await bot.asks()


async def test_a_connection_that_never_holds_is_made_more_and_more_calmly(slack: FakeSlack) -> None:
    timing = replace(QUICK, first_wait=1.0, longest_wait=6.0, steady=10.0)
    async with a_bot(slack, timing) as bot:
        for number in range(1, 6):
            await bot.is_connected(made=number)
            await bot.off(slack.sockets.close)
        await bot.is_connected(made=6)
    assert bot.waits[:6] == [0.0, 0.5, 1.0, 2.0, 3.0, 3.0], "half of it at least, whatever the jitter"


async def test_after_a_connection_that_held_the_next_one_comes_at_once(slack: FakeSlack) -> None:
    async with connected(slack, replace(QUICK, steady=10.0)) as bot:
        bot.now += 11
        await bot.off(slack.sockets.close)
        await bot.is_connected(made=2)
    assert bot.waits == [0.0, 0.0]


async def test_two_processes_do_not_come_back_at_the_same_moment(slack: FakeSlack) -> None:
    async with connected(slack) as bot:
        early, late = (replace_jitter(bot.socket, share)._wait(3) for share in (0.0, 1.0))
    assert early < late


def replace_jitter(socket: SocketMode, share: float) -> SocketMode:
    socket._jitter = lambda: share
    return socket


# what is said about it


async def test_the_problem_says_for_how_long_and_why(slack: FakeSlack) -> None:
    async with connected(slack, replace(QUICK, longest_wait=60.0, first_wait=60.0)) as bot:
        slack.fail("apps.connections.open", "internal_error", times=1000)
        await bot.off(slack.sockets.close)
        await until(lambda: "internal_error" in bot.socket.problem)
        bot.now += 42
        assert bot.socket.problem == (
            "Socket Mode is not connected, for 42 seconds: apps.connections.open: internal_error"
        )


async def test_a_token_that_is_not_one_for_socket_mode_is_named(slack: FakeSlack) -> None:
    slack.fail("apps.connections.open", "not_allowed_token_type", times=1000)
    async with a_bot(slack) as bot:
        await until(lambda: "SLACK_APP_TOKEN" in bot.socket.problem)


async def test_each_reason_is_logged_once_however_often_it_is_tried(slack: FakeSlack) -> None:
    slack.fail("apps.connections.open", "internal_error", times=5)
    with capture_logs() as logged:
        async with connected(slack):
            pass
    assert [(one["event"], one.get("reason", "")) for one in logged] == [
        ("not connected to Slack in Socket Mode", "apps.connections.open: internal_error"),
        ("connected to Slack in Socket Mode", ""),
    ]


async def test_no_log_line_holds_a_ticket_or_what_somebody_wrote(
    slack: FakeSlack, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    with capture_logs() as logged:
        async with connected(slack) as bot:
            slack.sockets.refuse(503)
            await bot.off(slack.sockets.say, '{"type": "a secret", "text": "a secret"')
            await bot.off(slack.sockets.deliver, "events_api", {"type": "event_callback", "text": "a secret"})
            await bot.asks()
            await bot.off(slack.sockets.close)
            await bot.is_connected(made=2)
    told = json.dumps(logged) + " ".join(
        one.getMessage() for one in caplog.records if one.name.startswith(("bot", "soc2"))
    )
    assert "a secret" not in told
    assert "ticket" not in told


# ending


async def test_at_the_end_what_is_in_hand_is_answered_and_nothing_new_is_taken(slack: FakeSlack) -> None:
    async with a_bot(slack) as bot:
        await bot.is_connected()
        bot.answered.clear()
        envelope = await bot.off(slack.sockets.deliver, "slash_commands", COMMAND)
        await until(lambda: bot.seen)
        stopping = asyncio.create_task(bot.socket.stop())
        await asyncio.sleep(0.05)
        late = await bot.off(slack.sockets.deliver, "slash_commands", COMMAND)
        await asyncio.sleep(0.05)
        bot.answered.set()
        await stopping
    await asyncio.to_thread(slack.sockets.ack_of, envelope)
    assert [ack.envelope for ack in slack.sockets.acks] == [envelope] != [late]
    await until(lambda: not slack.sockets.open)


async def test_the_end_does_not_wait_for_ever_for_an_answer(slack: FakeSlack) -> None:
    async with a_bot(slack, replace(QUICK, drain=0.05)) as bot:
        await bot.is_connected()
        bot.answered.clear()
        await bot.off(slack.sockets.deliver, "slash_commands", COMMAND)
        await until(lambda: bot.seen)
        async with asyncio.timeout(2):
            await bot.socket.stop()


async def test_it_can_be_ended_while_it_is_not_connected(slack: FakeSlack) -> None:
    slack.fail("apps.connections.open", "internal_error", times=1000)
    async with a_bot(slack) as bot:
        await until(lambda: "internal_error" in bot.socket.problem)
        async with asyncio.timeout(2):
            await bot.socket.stop()


async def test_a_message_reaches_the_listeners_too(slack: FakeSlack) -> None:
    said = {"type": "message", "channel_type": "im", "channel": "D1", "user": "U1", "ts": "1.000001", "text": "tasks"}
    body = {"type": "event_callback", "team_id": "T0ACME", "event_id": "Ev1", "event": said}
    async with connected(slack) as bot:
        envelope = await bot.off(slack.sockets.deliver, "events_api", body, takes_words=False)
        await bot.off(slack.sockets.ack_of, envelope)
    [request] = bot.seen
    assert isinstance(request, TextSent)
    assert (request.source.delivery, request.source.envelope) == ("Ev1", envelope)
