from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from bot.platform import TokenRevoked, Undeliverable
from bot.slack.pausing import PausableApi
from tests.fake_slack import FakeSlack

pytestmark = pytest.mark.anyio


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as slack:
        yield slack


@asynccontextmanager
async def an_api(slack: FakeSlack) -> AsyncIterator[tuple[PausableApi, list[str]]]:
    pauses: list[str] = []
    api = PausableApi(token=slack.token, url=slack.url, on_pause=lambda: pauses.append("paused"))
    yield api, pauses
    await api.close()


@pytest.mark.parametrize("reading", [True, False])
async def test_after_a_refused_token_nothing_goes_out_and_it_is_said_once(slack: FakeSlack, reading: bool) -> None:
    slack.fail("users.info", "token_revoked")
    async with an_api(slack) as (api, pauses):
        for method in ("users.info", "users.info", "conversations.open"):
            with pytest.raises(TokenRevoked):
                await (api.read(method, user="U1") if reading else api.call(method, user="U1"))
    assert [call.method for call in slack.calls] == []
    assert pauses == ["paused"]


async def test_whether_the_token_is_good_may_be_asked_all_the_same(slack: FakeSlack) -> None:
    slack.fail("users.info", "token_revoked")
    async with an_api(slack) as (api, _):
        with pytest.raises(TokenRevoked):
            await api.call("users.info", user="U1")
        assert (await api.call("auth.test"))["ok"]
        assert api.is_paused


async def test_resumed_everything_goes_out_again(slack: FakeSlack) -> None:
    slack.fail("users.info", "token_revoked")
    async with an_api(slack) as (api, _):
        with pytest.raises(TokenRevoked):
            await api.call("users.info", user="U1")
        api.resume()
        with pytest.raises(Undeliverable):
            await api.call("users.info", user="U1")


async def test_any_other_refusal_pauses_nothing(slack: FakeSlack) -> None:
    async with an_api(slack) as (api, pauses):
        with pytest.raises(Undeliverable):
            await api.call("users.info", user="U1")
    assert (api.is_paused, pauses) == (False, [])
