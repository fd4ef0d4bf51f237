from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.platform import (
    CannotTell,
    OurFault,
    OutgoingFile,
    Platform,
    RetryLater,
    ToChannel,
    TokenRevoked,
    ToPerson,
    Undeliverable,
)
from bot.slack.api import SlackApi
from bot.slack.client import SlackClient
from bot.slack.directory import SlackDirectory, identify
from handlers.views.elements import Text, View
from tests.fake_slack import FakeSlack
from tests.fake_slack.faults import Fault

VIEW = View(title="Access review", summary="Due today", body=(Text(text="Hello"),))
OTHER = View(title="Access review", summary="Answered", body=(Text(text="Thanks"),))


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as fake:
        yield fake
        assert fake.violations == []


@pytest.fixture
async def client(slack: FakeSlack) -> AsyncIterator[SlackClient]:
    api = SlackApi(token=slack.token, url=slack.url)
    yield SlackClient(api)
    await api.close()


def a_file(name: str) -> OutgoingFile:
    async def content() -> bytes:
        return b"a,b\n1,2\n"

    return OutgoingFile(evidence_id="e1", name=name, media_type="text/csv", content=content)


def an_hour_ago() -> datetime:
    return datetime.now(UTC) - timedelta(hours=1)


def test_it_is_a_platform(slack: FakeSlack) -> None:
    platform: Platform = SlackClient(SlackApi(token="t", url=slack.url))

    assert platform.name == "slack"


@pytest.mark.anyio
async def test_a_post_reaches_the_persons_direct_messages_and_carries_its_notice(
    slack: FakeSlack, client: SlackClient
) -> None:
    ann = slack.add_user("Ann")
    posted = await client.post(ToPerson(external_id=ann.id), VIEW, notice_id=7)

    message = slack.messages_to(ann.id)[0]
    assert (posted.conversation, posted.message) == (message.channel, message.ts)
    assert message.metadata == {"event_type": "soc2_notice", "event_payload": {"notice_id": 7}}


@pytest.mark.anyio
async def test_a_conversation_is_opened_once(slack: FakeSlack, client: SlackClient) -> None:
    ann = slack.add_user("Ann")
    for number in (1, 2):
        await client.post(ToPerson(external_id=ann.id), VIEW, notice_id=number)

    assert [call.method for call in slack.calls].count("conversations.open") == 1


@pytest.mark.anyio
async def test_an_edit_changes_the_message_in_place(slack: FakeSlack, client: SlackClient) -> None:
    ann = slack.add_user("Ann")
    await client.edit(await client.post(ToPerson(external_id=ann.id), VIEW, notice_id=7), OTHER)

    assert [each.text for each in slack.messages_to(ann.id)] == ["Answered"]


@pytest.mark.anyio
async def test_a_message_that_went_out_before_the_connection_died_is_found(
    slack: FakeSlack, client: SlackClient
) -> None:
    ann = ToPerson(external_id=slack.add_user("Ann").id)
    slack.drop_after_accepting("chat.postMessage")
    with pytest.raises(RetryLater) as lost:
        await client.post(ann, VIEW, notice_id=7)

    found = await client.find(ann, 7, since=an_hour_ago())
    assert lost.value.in_doubt
    assert found is not None
    assert found.message == slack.messages[0].ts
    assert await client.find(ann, 8, since=an_hour_ago()) is None


@pytest.mark.anyio
@pytest.mark.parametrize("accepted", [True, False])
@pytest.mark.parametrize("way", ["hang", "drop"])
async def test_no_answer_leaves_a_doubt_that_looking_settles(slack: FakeSlack, way: str, accepted: bool) -> None:
    ann = ToPerson(external_id=slack.add_user("Ann").id)
    slack.faults.add("chat.postMessage", Fault(hang=way == "hang", drop=way == "drop", accepted=accepted), times=1)
    client = SlackClient(SlackApi(token=slack.token, url=slack.url, timeout=0.3))
    with pytest.raises(RetryLater) as lost:
        await client.post(ann, VIEW, notice_id=7)

    found = await client.find(ann, 7, since=an_hour_ago())
    await client.api.close()
    assert lost.value.in_doubt
    assert (found is not None) == (len(slack.messages) == 1) == accepted


@pytest.mark.anyio
async def test_a_file_that_was_shared_before_the_connection_died_is_found(
    slack: FakeSlack, client: SlackClient
) -> None:
    ann = ToPerson(external_id=slack.add_user("Ann").id)
    slack.drop_after_accepting("files.completeUploadExternal")
    with pytest.raises(RetryLater):
        await client.send_file(ann, VIEW, a_file("one.csv"), notice_id=7)
    other = await client.send_file(ann, VIEW, a_file("two.csv"), notice_id=8)

    found = await client.find(ann, 7, since=an_hour_ago())
    assert found is not None
    assert found.message == f"file:{slack.messages[0].files[0]['id']}"
    assert found.message != other.message


@pytest.mark.anyio
async def test_a_file_that_was_never_shared_is_not_found(slack: FakeSlack, client: SlackClient) -> None:
    ann = ToPerson(external_id=slack.add_user("Ann").id)
    slack.drop_before_accepting("files.completeUploadExternal")
    with pytest.raises(RetryLater):
        await client.send_file(ann, VIEW, a_file("one.csv"), notice_id=7)

    assert await client.find(ann, 7, since=an_hour_ago()) is None


@pytest.mark.anyio
@pytest.mark.parametrize("status", [400, 413])
async def test_bytes_that_slack_refuses_are_not_offered_for_ever(
    slack: FakeSlack, client: SlackClient, status: int
) -> None:
    slack.http_status("upload", status)
    with pytest.raises(OurFault):
        await client.send_file(ToPerson(external_id=slack.add_user("Ann").id), VIEW, a_file("x.csv"), notice_id=7)


@pytest.mark.anyio
@pytest.mark.parametrize("method", ["conversations.open", "conversations.history"])
async def test_where_looking_is_not_permitted_nobody_can_tell(
    slack: FakeSlack, client: SlackClient, method: str
) -> None:
    slack.fail(method, "missing_scope")
    with pytest.raises(CannotTell):
        await client.find(ToPerson(external_id=slack.add_user("Ann").id), 7, since=an_hour_ago())


@pytest.mark.anyio
async def test_a_message_is_found_on_a_later_page(slack: FakeSlack, client: SlackClient) -> None:
    ann = ToPerson(external_id=slack.add_user("Ann").id)
    for number in range(250):
        await client.post(ann, VIEW, notice_id=number)

    assert await client.find(ann, 0, since=an_hour_ago()) is not None


@pytest.mark.anyio
async def test_a_channel_is_not_looked_into_so_nobody_can_tell(slack: FakeSlack, client: SlackClient) -> None:
    channel = slack.add_channel("compliance")
    await client.post(ToChannel(id=channel.id), VIEW, notice_id=7)

    with pytest.raises(CannotTell):
        await client.find(ToChannel(id=channel.id), 7, since=an_hour_ago())
    assert slack.violations == []


@pytest.mark.anyio
async def test_a_rate_limit_is_waited_out_by_nobody_here(slack: FakeSlack, client: SlackClient) -> None:
    slack.rate_limit("chat.postMessage", retry_after=17)
    with pytest.raises(RetryLater) as limited:
        await client.post(ToPerson(external_id=slack.add_user("Ann").id), VIEW, notice_id=7)

    assert (limited.value.after, limited.value.in_doubt, slack.messages) == (17, False, [])


@pytest.mark.anyio
@pytest.mark.parametrize("error", ["internal_error", "fatal_error", "request_timeout"])
async def test_an_error_inside_slack_leaves_a_doubt(slack: FakeSlack, client: SlackClient, error: str) -> None:
    slack.fail("chat.postMessage", error)
    with pytest.raises(RetryLater) as failed:
        await client.post(ToPerson(external_id=slack.add_user("Ann").id), VIEW, notice_id=7)

    assert failed.value.in_doubt


@pytest.mark.anyio
async def test_a_server_error_leaves_a_doubt(slack: FakeSlack, client: SlackClient) -> None:
    slack.http_status("chat.postMessage", 503)
    with pytest.raises(RetryLater) as failed:
        await client.post(ToPerson(external_id=slack.add_user("Ann").id), VIEW, notice_id=7)

    assert failed.value.in_doubt


@pytest.mark.anyio
async def test_a_slack_that_cannot_be_reached_leaves_none(client: SlackClient) -> None:
    nowhere = SlackClient(SlackApi(token="t", url="http://127.0.0.1:9/api/"))
    with pytest.raises(RetryLater) as failed:
        await nowhere.post(ToChannel(id="C1"), VIEW, notice_id=7)

    assert not failed.value.in_doubt
    await nowhere.api.close()


@pytest.mark.anyio
async def test_a_deactivated_person_is_undeliverable(slack: FakeSlack, client: SlackClient) -> None:
    with pytest.raises(Undeliverable, match="user_disabled"):
        await client.post(ToPerson(external_id=slack.add_user("Ann", deleted=True).id), VIEW, notice_id=7)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "error",
    ["channel_not_found", "not_in_channel", "is_archived", "cannot_dm_bot", "messages_tab_disabled", "invalid_blocks"],
)
async def test_what_no_repetition_mends_is_undeliverable(slack: FakeSlack, client: SlackClient, error: str) -> None:
    slack.fail("chat.postMessage", error)
    with pytest.raises(Undeliverable, match=error):
        await client.post(ToChannel(id=slack.add_channel("x").id), VIEW, notice_id=7)


@pytest.mark.anyio
@pytest.mark.parametrize("error", ["token_revoked", "invalid_auth", "account_inactive", "not_authed"])
async def test_a_dead_token_is_told_apart(slack: FakeSlack, client: SlackClient, error: str) -> None:
    slack.fail("chat.postMessage", error)
    with pytest.raises(TokenRevoked, match=error):
        await client.post(ToChannel(id=slack.add_channel("x").id), VIEW, notice_id=7)


@pytest.mark.anyio
async def test_an_answer_goes_through_slacks_own_url_only(client: SlackClient) -> None:
    with pytest.raises(Undeliverable):
        await client.respond("https://hooks.slack.com.evil.example/x", VIEW)


@pytest.mark.anyio
async def test_the_token_says_which_team_it_belongs_to(slack: FakeSlack, client: SlackClient) -> None:
    team = await identify(client.api)

    assert (team.id, team.name, team.bot_user_id) == ("T0ACME", "Acme", slack.bot_user_id)


@pytest.mark.anyio
async def test_everybody_is_listed_page_by_page_with_guests_bots_and_leavers_marked(
    slack: FakeSlack, client: SlackClient
) -> None:
    for number in range(250):
        slack.add_user(f"Person{number}")
    slack.add_user("Gone", deleted=True)
    slack.add_user("Guest", is_restricted=True)
    directory = SlackDirectory(client.api)
    pages = [await directory.page("")]
    while pages[-1].following:
        pages.append(await directory.page(pages[-1].following))
    members = {each.name: each for page in pages for each in page.members}

    assert (len(pages), len(members)) == (2, 253)
    assert (members["Gone"].deleted, members["Guest"].is_guest, members["soc2bot"].is_bot) == (True, True, True)
    assert (members["Person7"].email, members["Person7"].time_zone) == ("person7@acme.example", "Europe/London")
