"""What Slack says of a message somebody points at, and of one that changed."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.slack.message_payloads import file_changed, message_changed, shortcut_used, time_of
from tasks.identifiers import WorkspaceId

ACME = WorkspaceId("acme")
TS = "1793714520.000200"
WHEN = datetime.fromtimestamp(1793714520.0002, UTC)
SAID = {"type": "message", "user": "U1", "ts": TS, "text": "Bo &amp; <https://a.example|a link>"}


def pointing(channel: str = "it-help", **said: Any) -> dict[str, Any]:
    return {
        "type": "message_action",
        "callback_id": "attach_message",
        "trigger_id": "13.37",
        "api_app_id": "A0US",
        "user": {"id": "U0OLGA"},
        "channel": {"id": "C1", "name": channel},
        "message_ts": TS,
        "message": {**SAID, **said},
    }


def changing(subtype: str = "message_changed", **event: Any) -> dict[str, Any]:
    said = {"type": "message", "subtype": subtype, "channel": "D1", "ts": "1793714600.000000"}
    return {"event_id": "Ev1", "event": {**said, "event_ts": "1793714600.000000", **event}}


def test_the_message_comes_as_it_was_with_its_place_author_and_time() -> None:
    request = shortcut_used(pointing(), ACME)
    assert request
    message = request.message
    assert (message.conversation, message.message, message.place) == ("C1", TS, "#it-help")
    assert (message.author_id, message.text, message.at) == ("U1", "Bo & https://a.example", WHEN)
    assert (request.name, request.source.user, request.source.delivery) == (
        "attach_message",
        "U0OLGA",
        "shortcut:13.37",
    )
    assert (request.source.conversation, request.source.message) == ("C1", "")


@pytest.mark.parametrize(
    ("channel", "place"),
    [
        ("directmessage", "a direct message"),
        ("privategroup", "a private channel"),
        ("mpdm-ann--bo-1", "a group message"),
        ("", "a conversation"),
    ],
)
def test_a_conversation_without_a_name_is_called_what_it_is(channel: str, place: str) -> None:
    request = shortcut_used(pointing(channel), ACME)
    assert request
    assert request.message.place == place


@pytest.mark.parametrize(
    ("said", "author"),
    [
        ({"bot_profile": {"name": "Jira", "app_id": "A0JIRA"}}, "Jira"),
        ({"username": "backup-bot"}, "backup-bot"),
        ({"user_profile": {"real_name": "Ann of Partner"}}, "Ann of Partner"),
        ({}, ""),
    ],
)
def test_bots_and_strangers_bring_their_names(said: dict[str, Any], author: str) -> None:
    request = shortcut_used(pointing(**said), ACME)
    assert request
    assert (request.message.author, request.message.ours) == (author, False)


@pytest.mark.parametrize("said", [{"app_id": "A0US"}, {"bot_profile": {"app_id": "A0US"}}])
def test_our_own_message_is_known(said: dict[str, Any]) -> None:
    request = shortcut_used(pointing(**said), ACME)
    assert request
    assert request.message.ours


def test_what_a_bot_says_in_attachments_alone_counts_as_its_words() -> None:
    request = shortcut_used(pointing(text="", attachments=[{"fallback": "Ticket 42"}, {"text": "is closed"}, 7]), ACME)
    assert request
    assert request.message.text == "Ticket 42\nis closed"


@pytest.mark.parametrize(
    "broken",
    [{"message": None}, {"message": {"ts": "soon"}}, {"message": {}, "message_ts": "9" * 30}, {"channel": None}],
)
def test_a_message_that_can_not_be_told_apart_is_none(broken: dict[str, Any]) -> None:
    payload = {**pointing(), **broken}
    if broken.get("message", {}) is None:
        payload["message_ts"] = ""
    assert shortcut_used(payload, ACME) is None


# changes


def test_an_edit_says_which_message_and_when() -> None:
    now = {**SAID, "text": "New", "edited": {"user": "U1", "ts": "1793714599.000000"}}
    change = message_changed(changing(message=now, previous_message=SAID), ACME)
    assert change
    assert (change.source.conversation, change.source.message, change.deleted) == ("D1", TS, False)
    assert change.at == datetime.fromtimestamp(1793714599, UTC)
    assert change.source.user == ""


def test_a_deletion_says_which_message_and_when() -> None:
    change = message_changed(changing("message_deleted", deleted_ts=TS, previous_message=SAID), ACME)
    assert change
    assert (change.source.message, change.deleted) == (TS, True)
    assert change.at == datetime.fromtimestamp(1793714600, UTC)


def test_a_message_whose_thread_keeps_it_standing_empty_is_deleted() -> None:
    change = message_changed(changing(message={"ts": TS, "subtype": "tombstone"}, previous_message=SAID), ACME)
    assert change
    assert change.deleted


@pytest.mark.parametrize(
    "event",
    [
        {"message": {**SAID, "attachments": [{"fallback": "A page"}]}, "previous_message": SAID},
        {"message": {**SAID, "reply_count": 1}, "previous_message": SAID},
        {"message": SAID},
        {"message": {**SAID, "text": "New", "bot_id": "B0US"}, "previous_message": {**SAID, "bot_id": "B0US"}},
        {"message": {"text": "New"}, "previous_message": {"text": "Old"}},
        {"message": {**SAID, "text": "New"}, "previous_message": SAID, "channel": None},
        {"message": {**SAID, "text": "New"}, "previous_message": SAID, "event_ts": "x", "ts": []},
        {"message": "x", "previous_message": 7},
    ],
)
def test_what_leaves_a_persons_words_as_they_were_is_no_change(event: dict[str, Any]) -> None:
    assert message_changed(changing(**event), ACME) is None


def test_an_edit_without_what_stood_there_before_counts_when_slack_marks_it() -> None:
    assert message_changed(changing(message={**SAID, "edited": {"ts": TS}}), ACME)


@pytest.mark.parametrize(("kind", "deleted"), [("file_change", False), ("file_deleted", True)])
def test_a_file_that_changed_is_named_by_its_id(kind: str, deleted: bool) -> None:
    change = file_changed({"event": {"type": kind, "file_id": "F1", "event_ts": TS}}, ACME)
    assert change
    assert (change.file, change.deleted, change.at) == ("F1", deleted, WHEN)
    assert file_changed({"event": {"type": kind, "event_ts": TS}}, ACME) is None
    assert file_changed({"event": {"type": kind, "file_id": "F1"}}, ACME) is None


@pytest.mark.parametrize("ts", ["", "x", "-1", "1e9", "99999999999", "1.1234567", " 1", "١٧٩", "nan"])
def test_a_time_that_slack_never_writes_is_none(ts: str) -> None:
    assert time_of(ts) is None
