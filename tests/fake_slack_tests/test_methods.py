"""The Web API through the real client: what it gives, and what it refuses."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fake_slack import OUR_SCOPES, FakeSlack
from tests.fake_slack.methods import METHODS
from tests.fake_slack.scopes import SCOPES

pytestmark = pytest.mark.anyio

METADATA = {"event_type": "notice", "event_payload": {"key": "n1"}}


async def refused(client: AsyncWebClient, method: str, **args: Any) -> dict[str, Any]:
    with pytest.raises(SlackApiError) as refusal:
        await client.api_call(method, json=args)
    answer = refusal.value.response.data
    assert isinstance(answer, dict)
    return answer


def test_every_method_has_a_scope_rule() -> None:
    assert METHODS.keys() == SCOPES.keys()


async def test_auth_test_tells_the_team_and_the_scopes(slack: FakeSlack, client: AsyncWebClient) -> None:
    answer = await client.auth_test()
    assert (answer["team_id"], answer["user_id"]) == (slack.team, slack.bot_user_id)
    assert set(answer.headers["X-OAuth-Scopes"].split(",")) == OUR_SCOPES


async def test_an_unknown_method_is_refused_and_recorded(slack: FakeSlack, client: AsyncWebClient) -> None:
    assert (await refused(client, "files.upload"))["error"] == "unknown_method"
    assert [violation.method for violation in slack.violations] == ["files.upload"]


@pytest.mark.parametrize(("token", "error"), [("", "not_authed"), ("xoxb-other", "invalid_auth")])
async def test_a_call_needs_the_bots_token(slack: FakeSlack, token: str, error: str) -> None:
    stranger = AsyncWebClient(token=token, base_url=slack.url)
    assert (await refused(stranger, "auth.test"))["error"] == error


@pytest.mark.parametrize("method", [method for method, scopes in SCOPES.items() if scopes])
async def test_a_method_without_its_scope_is_refused_with_needed_and_provided(method: str) -> None:
    with FakeSlack(bot_scopes={"commands"}) as slack:
        answer = await refused(AsyncWebClient(token=slack.token, base_url=slack.url), method)
        assert (answer["error"], answer["provided"]) == ("missing_scope", "commands")
        assert answer["needed"] == ",".join(SCOPES[method])
        assert slack.violations


async def test_posting_to_a_person_opens_their_dm(slack: FakeSlack, client: AsyncWebClient) -> None:
    ada = slack.add_user("ada")
    answer = await client.chat_postMessage(channel=ada.id, text="Hello", metadata=METADATA)
    opened = await client.conversations_open(users=ada.id)
    assert answer["channel"] == opened["channel"]["id"]
    assert answer["channel"].startswith("D")
    assert [message.text for message in slack.messages_to(ada.id)] == ["Hello"]
    assert slack.violations == []


@pytest.mark.parametrize("method", ["chat.postMessage", "conversations.open"])
@pytest.mark.parametrize(("deleted", "error"), [(True, "user_disabled"), (False, "user_not_found")])
async def test_a_person_who_cannot_be_reached_is_not_the_bots_fault(
    slack: FakeSlack, client: AsyncWebClient, method: str, deleted: bool, error: str
) -> None:
    gone = slack.add_user("gone", deleted=deleted, is_stranger=not deleted)
    answer = await refused(client, method, channel=gone.id if "post" in method else None, users=gone.id, text="Hello")
    assert answer["error"] == error
    assert slack.violations == []
    assert [refusal.error for refusal in slack.refusals] == [error]


async def test_channels_the_bot_is_not_in_are_closed_to_it(slack: FakeSlack, client: AsyncWebClient) -> None:
    public = slack.add_channel("general", bot_is_member=False)
    secret = slack.add_channel("secret", kind="private", bot_is_member=False)
    errors = [
        (await refused(client, "chat.postMessage", channel=channel, text="Hi"))["error"]
        for channel in (public.id, secret.id, "C0NOWHERE")
    ]
    assert errors == ["not_in_channel", "channel_not_found", "channel_not_found"]


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({"blocks": [{"type": "divider"}]}, "no_text"),
        ({"text": "  "}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"text": "x", "blocks": [{"type": "section"}]}, "invalid_blocks"),
        ({"text": "x", "blocks": "[{"}, "invalid_blocks_format"),
        ({"text": "x", "blocks": {"type": "divider"}}, "invalid_blocks_format"),
        ({"text": "x", "attachments": [{}] * 101}, "too_many_attachments"),
        ({"text": "x", "metadata": {"event_type": "notice"}}, "invalid_metadata_format"),
        ({"text": "x", "metadata": {"event_type": "n", "event_payload": {"k": "x" * 16_000}}}, "metadata_too_large"),
        ({"text": "<!channel>"}, "unescaped_text"),
    ],
)
async def test_a_message_that_breaks_a_rule_is_a_violation_and_is_not_stored(
    slack: FakeSlack, client: AsyncWebClient, args: dict[str, Any], error: str
) -> None:
    ada = slack.add_user("ada")
    assert (await refused(client, "chat.postMessage", channel=ada.id, **args))["error"] == error
    assert [violation.error for violation in slack.violations] == [error]
    assert slack.messages == []


async def test_a_refusal_of_blocks_carries_slacks_messages(slack: FakeSlack, client: AsyncWebClient) -> None:
    ada = slack.add_user("ada")
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]
    answer = await refused(client, "chat.postMessage", channel=ada.id, text="x", blocks=blocks)
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    ]


async def test_an_update_keeps_what_the_message_said_before(slack: FakeSlack, client: AsyncWebClient) -> None:
    ada = slack.add_user("ada")
    sent = await client.chat_postMessage(channel=ada.id, text="Open", metadata=METADATA)
    await client.chat_update(channel=sent["channel"], ts=sent["ts"], text="Answered")
    [message] = slack.messages
    assert (message.text, [edit.text for edit in message.edits]) == ("Answered", ["Open"])
    assert message.metadata == METADATA


async def test_an_unknown_or_an_ephemeral_message_cannot_be_updated(slack: FakeSlack, client: AsyncWebClient) -> None:
    ada = slack.add_user("ada")
    where = slack.dm_with(ada.id).id
    whisper = await client.chat_postEphemeral(channel=where, user=ada.id, text="psst")
    for ts in (whisper["message_ts"], "1.000001"):
        answer = await refused(client, "chat.update", channel=where, ts=ts, text="x")
        assert answer["error"] == "message_not_found"
    assert [message.text for message in slack.ephemerals] == ["psst"]


async def test_a_persons_own_message_cannot_be_changed_by_the_bot(slack: FakeSlack, client: AsyncWebClient) -> None:
    sent = await client.chat_postMessage(channel=slack.add_user("ada").id, text="x")
    slack.messages[0].bot_id = None
    where = {"channel": sent["channel"], "ts": sent["ts"]}
    assert (await refused(client, "chat.update", text="y", **where))["error"] == "cant_update_message"
    assert (await refused(client, "chat.delete", **where))["error"] == "cant_delete_message"


async def test_a_deleted_message_is_gone(slack: FakeSlack, client: AsyncWebClient) -> None:
    sent = await client.chat_postMessage(channel=slack.add_user("ada").id, text="x")
    await client.chat_delete(channel=sent["channel"], ts=sent["ts"])
    assert slack.messages == []


async def test_history_shows_metadata_only_when_asked(slack: FakeSlack, client: AsyncWebClient) -> None:
    sent = await client.chat_postMessage(channel=slack.add_user("ada").id, text="x", metadata=METADATA)
    plain = await client.conversations_history(channel=sent["channel"])
    full = await client.conversations_history(channel=sent["channel"], include_all_metadata=True)
    assert "metadata" not in plain["messages"][0]
    assert full["messages"][0]["metadata"] == METADATA


async def test_history_is_paged_newest_first_and_leaves_out_replies(slack: FakeSlack, client: AsyncWebClient) -> None:
    ada = slack.add_user("ada")
    sent = [await client.chat_postMessage(channel=ada.id, text=f"m{n}") for n in range(5)]
    reply = await client.chat_postMessage(channel=ada.id, text="reply", thread_ts=sent[0]["ts"])
    history = await client.conversations_history(channel=reply["channel"], limit=2)
    assert [[m["text"] for m in page["messages"]] async for page in history] == [["m4", "m3"], ["m2", "m1"], ["m0"]]
    thread = await client.conversations_replies(channel=reply["channel"], ts=sent[0]["ts"])
    assert [m["text"] for m in thread["messages"]] == ["m0", "reply"]
    since = await client.conversations_history(channel=reply["channel"], oldest=sent[3]["ts"])
    assert [m["text"] for m in since["messages"]] == ["m4"]


async def test_history_of_a_public_channel_needs_its_own_scope(slack: FakeSlack, client: AsyncWebClient) -> None:
    answer = await refused(client, "conversations.history", channel=slack.add_channel("general").id)
    assert (answer["error"], answer["needed"]) == ("missing_scope", "channels:history")


async def test_users_list_is_paged_and_insists_on_a_limit(slack: FakeSlack, client: AsyncWebClient) -> None:
    names = [slack.add_user(f"person {n}").name for n in range(4)]
    people = await client.users_list(limit=2)
    assert [m["name"] async for page in people for m in page["members"]] == ["soc2bot", *names]
    assert (await refused(client, "users.list"))["error"] == "limit_required"
    assert (await refused(client, "users.list", limit=1001))["error"] == "invalid_limit"
    assert (await refused(client, "users.list", limit=5, cursor="?"))["error"] == "invalid_cursor"


async def test_email_is_shown_only_with_its_scope() -> None:
    with FakeSlack(bot_scopes={"users:read"}) as slack:
        ada = slack.add_user("ada")
        client = AsyncWebClient(token=slack.token, base_url=slack.url)
        assert "email" not in (await client.users_info(user=ada.id))["user"]["profile"]


async def test_people_are_found_by_email_unless_deactivated(slack: FakeSlack, client: AsyncWebClient) -> None:
    ada = slack.add_user("ada")
    assert (await client.users_lookupByEmail(email="ADA@acme.example"))["user"]["id"] == ada.id
    ada.deleted = True
    assert (await refused(client, "users.lookupByEmail", email=ada.email))["error"] == "users_not_found"


async def test_socket_mode_is_not_offered(client: AsyncWebClient) -> None:
    assert (await refused(client, "apps.connections.open"))["error"] == "not_allowed_token_type"
