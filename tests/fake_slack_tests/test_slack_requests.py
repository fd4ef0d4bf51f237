"""The requests SlackSender makes, as a bot on a socket receives them."""

import json
from typing import Any
from urllib.parse import parse_qs

import pytest
from slack_sdk.signature import Clock, SignatureVerifier

from tests.fake_slack import FakeSlack, Message, View
from tests.fake_slack_tests.conftest import Bot, MovableClock
from tests.slack_requests import SlackSender, chosen, fill, find_button, find_element

Json = dict[str, Any]


@pytest.fixture
def sender(bot: Bot, slack: FakeSlack, clock: MovableClock) -> SlackSender:
    return SlackSender(bot.address, slack.signing_secret, slack, clock)


@pytest.fixture
def ada(slack: FakeSlack) -> str:
    return slack.add_user("ada").id


def a_message(slack: FakeSlack, ada: str) -> Message:
    buttons = [
        {"type": "button", "text": {"type": "plain_text", "text": "Done"}, "action_id": "done", "value": "t1"},
        {
            "type": "static_select",
            "action_id": "pick",
            "options": [{"text": {"type": "plain_text", "text": "One"}, "value": "1"}],
        },
    ]
    message = Message(channel=slack.dm_with(ada).id, ts=slack.new_ts(), user=slack.bot_user_id, text="Ready?")
    message.bot_id, message.blocks = slack.bot_id, [{"type": "actions", "elements": buttons}]
    return slack.keep_message(message)


def a_view(slack: FakeSlack, ada: str) -> View:
    fields = [
        (
            "Source",
            {"type": "plain_text_input", "action_id": "source", "initial_value": "Okta", "max_length": 20},
            False,
        ),
        ("Changed after export?", {"type": "radio_buttons", "options": options("No", "Yes")}, True),
        ("Systems", {"type": "checkboxes", "options": options("Git", "Cloud")}, True),
        ("From", {"type": "datepicker"}, True),
        ("Owner", {"type": "users_select"}, True),
        ("Files", {"type": "file_input", "action_id": "files"}, False),
    ]
    blocks = [
        {"type": "input", "block_id": name, "optional": optional, "label": plain(name), "element": element}
        for name, element, optional in fields
    ]
    content: Json = {"type": "modal", "callback_id": "answer", "private_metadata": "t1", "title": plain("Answer")}
    content |= {"submit": plain("Send"), "blocks": blocks}
    slack.check_view(content)
    return slack.put_view(ada, content)


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def options(*names: str) -> list[Json]:
    return [{"text": plain(name), "value": name.lower()} for name in names]


def test_every_request_is_really_signed(sender: SlackSender, bot: Bot, slack: FakeSlack, ada: str) -> None:
    sender.command(ada, "help")
    sender.press(ada, "done", message=a_message(slack, ada))
    sender.dm(ada, "hello")
    verifier = SignatureVerifier(slack.signing_secret, Frozen(sender.clock()))
    assert [
        verifier.is_valid_request(body, headers) for body, headers in zip(bot.bodies, bot.headers, strict=True)
    ] == [True] * 3
    assert not SignatureVerifier("other", Frozen(sender.clock())).is_valid_request(bot.bodies[0], bot.headers[0])


class Frozen(Clock):
    def __init__(self, now: float) -> None:
        self._now = now

    def now(self) -> float:
        return self._now


def test_a_command_carries_what_slack_sends(sender: SlackSender, bot: Bot, slack: FakeSlack, ada: str) -> None:
    sender.command(ada, "tasks <now> & later")
    assert (bot.form["command"], bot.form["text"], bot.form["user_id"]) == ("/soc2", "tasks <now> & later", ada)
    assert (bot.form["team_id"], bot.form["api_app_id"]) == (slack.team, slack.app_id)
    slack.take_trigger(bot.form["trigger_id"])


def test_a_commands_answer_becomes_an_ephemeral_message(
    sender: SlackSender, bot: Bot, slack: FakeSlack, ada: str
) -> None:
    bot.answer = b'{"text": "Hello"}'
    sender.command(ada, "help")
    bot.answer, bot.content_type = b"Plain", "text/plain"
    sender.command(ada, "help")
    assert [(message.text, message.ephemeral_to) for message in slack.ephemerals] == [("Hello", ada), ("Plain", ada)]


def test_a_commands_answer_is_judged(sender: SlackSender, bot: Bot, slack: FakeSlack, ada: str) -> None:
    bot.answer = b'{"text": "<!channel>"}'
    sender.command(ada, "help")
    assert [(violation.method, violation.error) for violation in slack.violations] == [("command", "unescaped_text")]


def test_a_press_names_button_message_channel_and_a_fresh_trigger(
    sender: SlackSender, bot: Bot, slack: FakeSlack, ada: str
) -> None:
    message = a_message(slack, ada)
    action_id, value = find_button(message, "Done")
    sender.press(ada, action_id, value, message=message)
    sent = bot.payload
    assert (sent["type"], sent["user"]["id"], sent["team"]["id"]) == ("block_actions", ada, slack.team)
    assert (sent["enterprise"], sent["is_enterprise_install"]) == (None, False)
    [action] = sent["actions"]
    assert (action["action_id"], action["value"], action["text"]) == ("done", "t1", plain("Done"))
    assert action["block_id"] == message.blocks[0]["block_id"]
    assert sent["container"] == {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": False,
    }
    assert sent["message"]["ts"] == message.ts
    assert sent["response_url"].startswith(slack.host)
    slack.take_trigger(sent["trigger_id"])


def test_a_press_may_be_forged(sender: SlackSender, bot: Bot, slack: FakeSlack, ada: str) -> None:
    sender.press(ada, "never_shown", "evil", message=a_message(slack, ada))
    assert (bot.payload["actions"][0]["action_id"], bot.payload["actions"][0]["value"]) == ("never_shown", "evil")


def test_a_choice_in_a_message_is_sent_as_an_option(sender: SlackSender, bot: Bot, slack: FakeSlack, ada: str) -> None:
    sender.select(ada, "pick", "One", on=a_message(slack, ada))
    assert bot.payload["actions"][0]["selected_option"]["value"] == "1"


def test_a_press_in_a_view_carries_the_view_and_what_is_filled_in(
    sender: SlackSender, bot: Bot, slack: FakeSlack, ada: str
) -> None:
    view = a_view(slack, ada)
    sender.press_in_view(ada, view, "remove", "f1")
    assert bot.payload["container"] == {"type": "view", "view_id": view.id}
    assert bot.payload["view"]["state"]["values"]["Source"]["source"]["value"] == "Okta"
    assert "message" not in bot.payload


def test_a_submission_carries_values_by_block_and_action(
    sender: SlackSender, bot: Bot, slack: FakeSlack, ada: str
) -> None:
    view, file = a_view(slack, ada), slack.add_file("users.csv", b"a,b", "text/csv", ada)
    answers = {"Changed after export?": "No", "Systems": ["Git", "cloud"], "From": "2026-01-01", "Owner": ada}
    sender.submit(ada, view, fill(view, {**answers, "Files": [file]}))
    values = bot.payload["view"]["state"]["values"]
    only = {block: next(iter(states.values())) for block, states in values.items()}
    assert only["Source"] == {"type": "plain_text_input", "value": "Okta"}
    assert only["Changed after export?"]["selected_option"]["value"] == "no"
    assert [option["value"] for option in only["Systems"]["selected_options"]] == ["git", "cloud"]
    assert (only["From"]["selected_date"], only["Owner"]["selected_user"]) == ("2026-01-01", ada)
    assert only["Files"]["files"][0]["url_private_download"] == file.url
    assert (bot.payload["view"]["callback_id"], bot.payload["view"]["private_metadata"]) == ("answer", "t1")
    assert view.closed


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({}, "'Files' is required"),
        ({"Colour": "red"}, "no field reads"),
        ({"Source": "x" * 21}, "0 to 20 characters"),
        ({"Systems": ["Fax"]}, "no option 'Fax'"),
    ],
)
def test_a_form_takes_only_what_slack_would_let_a_person_send(
    slack: FakeSlack, ada: str, answers: Json, reason: str
) -> None:
    with pytest.raises(AssertionError, match=reason):
        fill(a_view(slack, ada), answers)


def test_a_submissions_answer_is_judged_and_applied(sender: SlackSender, bot: Bot, slack: FakeSlack, ada: str) -> None:
    view = a_view(slack, ada)
    values = fill(view, {"Files": [slack.add_file("a.csv", b"a")]})
    bot.answer = b'{"response_action": "errors", "errors": {"Files": "That file is empty."}}'
    sender.submit(ada, view, values)
    assert not slack.violations
    assert not view.closed
    bot.answer = b'{"response_action": "errors", "errors": {"Other": "x"}}'
    sender.submit(ada, view, values)
    assert [violation.error for violation in slack.violations] == ["invalid_response_errors"]


def test_an_answer_after_the_deadline_is_a_violation(bot: Bot, slack: FakeSlack, ada: str) -> None:
    SlackSender(bot.address, slack.signing_secret, slack, ack_seconds=0).command(ada, "help")
    assert [violation.error for violation in slack.violations] == ["operation_timeout"]


def test_a_direct_message_is_an_event_that_history_remembers(
    sender: SlackSender, bot: Bot, slack: FakeSlack, ada: str
) -> None:
    file = slack.add_file("users.csv", b"a,b", "text/csv", ada)
    sender.dm(ada, "here", files=[file])
    envelope = bot.event
    assert (envelope["type"], envelope["team_id"]) == ("event_callback", slack.team)
    event = envelope["event"]
    assert (event["type"], event["subtype"], event["channel_type"]) == ("message", "file_share", "im")
    assert (event["user"], event["files"][0]["id"], event["channel"]) == (ada, file.id, slack.dm_with(ada).id)
    assert slack.messages == []
    assert [message.text for message in slack.everything] == ["here"]


def test_a_retried_event_keeps_its_id_and_says_so(sender: SlackSender, bot: Bot, ada: str) -> None:
    sender.event({"type": "team_join"}, event_id="Ev1")
    sender.event({"type": "team_join"}, event_id="Ev1", retry_num=1)
    assert [json.loads(body)["event_id"] for body in bot.bodies] == ["Ev1", "Ev1"]
    assert [headers.get("x-slack-retry-num") for headers in bot.headers] == [None, "1"]


def test_slack_would_not_send_what_the_app_has_no_scope_for(bot: Bot) -> None:
    slack = FakeSlack(bot_scopes={"chat:write"})
    sender = SlackSender(bot.address, slack.signing_secret, slack)
    with pytest.raises(AssertionError, match="commands"):
        sender.command("U1", "help")
    with pytest.raises(AssertionError, match="im:history"):
        sender.dm("U1", "hello")


def test_the_other_things_slack_sends(sender: SlackSender, bot: Bot, slack: FakeSlack, ada: str) -> None:
    view = a_view(slack, ada)
    bot.answer = b'{"options": []}'
    sender.options(ada, "owner", "ad", on=view)
    bot.answer = b""
    sender.shortcut(ada, "log_incident")
    sender.close(ada, view)
    kinds = [json.loads(parse_qs(body.decode())["payload"][0])["type"] for body in bot.bodies]
    assert kinds == ["block_suggestion", "shortcut", "view_closed"]
    sender.home_opened(ada)
    assert bot.event["event"]["type"] == "app_home_opened"
    sender.url_verification("abc")
    assert bot.event["challenge"] == "abc"


def test_raw_sends_exactly_these_bytes(sender: SlackSender, bot: Bot) -> None:
    sender.raw(b"\xff\xfe", {"Content-Type": "text/plain", "X-Slack-Signature": "v0=nonsense"})
    assert bot.bodies == [b"\xff\xfe"]
    assert bot.headers[0]["x-slack-signature"] == "v0=nonsense"


def test_a_button_that_is_not_there_is_named_with_those_that_are(slack: FakeSlack, ada: str) -> None:
    message = a_message(slack, ada)
    with pytest.raises(AssertionError, match=r"no button reads 'Nope'; there are \['Done'"):
        find_button(message, "Nope")
    assert chosen(find_element(message, ""), "One")["selected_option"]["value"] == "1"
