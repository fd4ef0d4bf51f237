import aiohttp
import httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.fake_slack import FakeSlack
from tests.fake_slack_tests.conftest import MovableClock

pytestmark = pytest.mark.anyio


def post(slack: FakeSlack, text: str) -> None:
    sent = {"channel": slack.add_user("grace").id, "text": text}
    httpx.post(f"{slack.url}chat.postMessage", json=sent, headers={"Authorization": f"Bearer {slack.token}"})


async def test_a_rate_limit_answers_429_with_retry_after_and_then_lets_through(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    ada = slack.add_user("ada")
    slack.rate_limit("chat.postMessage", after=1, retry_after=7)
    await client.chat_postMessage(channel=ada.id, text="1")
    with pytest.raises(SlackApiError) as limited:
        await client.chat_postMessage(channel=ada.id, text="2")
    assert (limited.value.response.status_code, limited.value.response.headers["Retry-After"]) == (429, "7")
    await client.chat_postMessage(channel=ada.id, text="3")
    assert [message.text for message in slack.messages] == ["1", "3"]
    assert slack.violations == []


async def test_the_sdks_rate_limit_handler_gets_through(slack: FakeSlack, client: AsyncWebClient) -> None:
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
    slack.rate_limit("auth.test", retry_after=0)
    assert (await client.auth_test())["ok"]


async def test_a_method_can_be_told_to_fail(slack: FakeSlack, client: AsyncWebClient) -> None:
    slack.fail("auth.test", "fatal_error", times=2)
    for _ in range(2):
        with pytest.raises(SlackApiError, match="fatal_error"):
            await client.auth_test()
    assert (await client.auth_test())["ok"]
    assert slack.violations == []


async def test_a_method_can_answer_a_bare_status(slack: FakeSlack, client: AsyncWebClient) -> None:
    slack.http_status("auth.test", 503)
    with pytest.raises(SlackApiError) as failed:
        await client.auth_test()
    assert failed.value.response.status_code == 503


async def test_a_dropped_call_was_still_done(slack: FakeSlack, client: AsyncWebClient) -> None:
    client.retry_handlers.clear()
    slack.drop_after_accepting("chat.postMessage")
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=slack.add_user("ada").id, text="once")
    assert [message.text for message in slack.messages] == ["once"]


def test_after_an_outage_everything_is_remembered(slack: FakeSlack) -> None:
    before = slack.url
    post(slack, "1")
    slack.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(before)
    slack.start()
    post(slack, "2")
    assert slack.url == before
    assert [message.text for message in slack.messages] == ["1", "2"]


def test_a_broken_body_is_refused(slack: FakeSlack) -> None:
    headers = {"Authorization": f"Bearer {slack.token}", "Content-Type": "application/json"}
    answer = httpx.post(f"{slack.url}auth.test", content=b"{", headers=headers)
    assert answer.json()["error"] == "invalid_json"
    assert slack.violations


def test_a_response_url_takes_five_answers(slack: FakeSlack) -> None:
    ada = slack.add_user("ada")
    url = slack.response_url(slack.dm_with(ada.id).id, ada.id)
    answers = [httpx.post(url, json={"text": f"{n}"}).status_code for n in range(6)]
    assert answers == [200] * 5 + [404]
    assert [message.text for message in slack.ephemerals] == ["0", "1", "2", "3", "4"]
    assert [violation.error for violation in slack.violations] == ["used_url"]


def test_a_response_url_expires_after_half_an_hour(slack: FakeSlack, clock: MovableClock) -> None:
    url = slack.response_url("D1", "U1")
    clock.now += 1801
    assert httpx.post(url, json={"text": "late"}).json()["error"] == "expired_url"


def test_a_response_url_can_replace_or_delete_its_message(slack: FakeSlack) -> None:
    post(slack, "old")
    [message] = slack.messages
    url = slack.response_url(message.channel, "U1", message)
    httpx.post(url, json={"text": "new", "replace_original": True})
    assert message.text == "new"
    httpx.post(url, json={"delete_original": True})
    assert slack.messages == []


def test_what_comes_through_a_response_url_is_judged_too(slack: FakeSlack) -> None:
    answer = httpx.post(slack.response_url("D1", "U1"), json={"text": "<!channel>"})
    assert answer.json()["error"] == "unescaped_text"
