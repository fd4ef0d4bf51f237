import pytest

from bot.json_body import Json
from bot.teams.activities import (
    button_pressed,
    delivery_of,
    dropped_files,
    form_submitted,
    message_changed,
    message_sent,
    pressed_on_card,
    shortcut_used,
    source_of,
    time_of,
    words_of,
)
from bot.teams.card_values import Remembered, remember
from handlers.actions import action, encode
from handlers.requests import ButtonPressed, FileShared, FormSubmitted, SharedFile, TextSent
from tasks.identifiers import WorkspaceId
from tests.builders import utc
from tests.teams_keys.signing import APP_ID, an_activity

ACME = WorkspaceId("acme")
BOT = f"28:{APP_ID}"
CHANNEL = {"id": "19:it@thread.tacv2;messageid=170001", "conversationType": "channel"}
REPLY = (
    '<blockquote itemscope itemtype="http://schema.skype.com/Reply" itemid="1699"><strong>soc2bot</strong>'
    "<p>A task</p></blockquote><p>https://tickets.example/1</p>"
)


def mention(text: str = "<at>soc2bot</at>") -> Json:
    return {"type": "mention", "text": text, "mentioned": {"id": BOT}}


def dropped(url: str = "https://acme-my.sharepoint.com/x?tempauth=1") -> Json:
    content = {"downloadUrl": url, "uniqueId": "u", "fileType": "pdf"}
    return {"contentType": "application/vnd.microsoft.teams.file.download.info", "name": "a.pdf", "content": content}


def an_invoke(name: str, value: Json, **more: object) -> Json:
    return an_activity("invoke", name=name, value=value, **more)


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("tasks", "tasks"),
        ("  tasks \n", "tasks"),
        ("<at>soc2bot</at> tasks\n", "tasks"),
        ("<at>soc2bot</at>&nbsp;incident a &lt; b", "incident a < b"),
        ("away\u00a0until Friday", "away until Friday"),
        ("two\nlines", "two\nlines"),
        ("<at>soc2bot</at> /tasks", "tasks"),
        ("/away until Friday", "away until Friday"),
        ("/soc2 tasks", "/soc2 tasks"),
        ("/etc/passwd was read", "/etc/passwd was read"),
    ],
)
def test_words_are_heard_without_the_bots_name(text: str, heard: str) -> None:
    assert words_of(an_activity(text=text, entities=[mention()])) == heard


def test_who_says_something_is_known_by_entras_id() -> None:
    source = source_of(an_activity(), ACME)
    assert (source.user, source.conversation) == ("aaaaaaaa-0000-0000-0000-000000000001", "a:olga-and-the-bot")


def test_a_message_in_a_channel_names_its_thread_apart() -> None:
    sent = message_sent(an_activity(conversation=CHANNEL), ACME)
    assert isinstance(sent, TextSent)
    assert (sent.source.conversation, sent.thread) == ("19:it@thread.tacv2", "170001")


def test_what_is_written_under_a_quoted_message_is_taken_without_the_quote() -> None:
    quoting = an_activity(
        text="A task https://tickets.example/1", attachments=[{"contentType": "text/html", "content": REPLY}]
    )
    sent = message_sent(quoting, ACME)
    assert isinstance(sent, TextSent)
    assert (sent.text, sent.thread) == ("https://tickets.example/1", "1699")


def test_a_dropped_file_has_the_same_reference_each_time_it_is_delivered_and_tells_no_address() -> None:
    activity = an_activity(text="", attachments=[dropped(), dropped()])
    sent = message_sent(activity, ACME)
    assert isinstance(sent, FileShared)
    assert sent == message_sent(activity, ACME)
    assert [file.name for file in sent.files] == ["a.pdf", "a.pdf"]
    assert len({file.reference for file in sent.files}) == 2
    assert "tempauth" not in repr(sent)
    assert [one.url for one in dropped_files(activity)] == ["https://acme-my.sharepoint.com/x?tempauth=1"] * 2


def test_a_file_without_an_address_is_none() -> None:
    assert dropped_files(an_activity(attachments=[dropped("")])) == ()


def test_a_button_names_the_message_it_stands_in() -> None:
    data = {"action": encode(action("answer_task", t="t1"))}
    value = {"action": {"type": "Action.Execute", "verb": "answer_task", "data": data}}
    pressed = pressed_on_card(an_invoke("adaptiveCard/action", value, replyToId="1700"), ACME)
    assert isinstance(pressed, ButtonPressed)
    assert (pressed.action, pressed.source.message) == (action("answer_task", t="t1"), "1700")


@pytest.mark.parametrize("typed", [{"t_who": "Ann"}, {}])
def test_a_form_on_a_card_is_one_even_with_every_field_left_empty(typed: Json) -> None:
    data = remember(Remembered(action=action("wait_on", t="t1"))) | typed
    pressed = pressed_on_card(an_activity(text="", value=data), ACME)
    assert isinstance(pressed, FormSubmitted)
    assert pressed.text("who") == typed.get("t_who", "")


@pytest.mark.parametrize("data", [None, {}, {"action": "nonsense"}, {"action": 3}])
def test_what_is_no_button_of_ours_is_nothing(data: object) -> None:
    assert button_pressed(an_invoke("task/fetch", {"data": data}), ACME) is None
    assert form_submitted(an_invoke("task/submit", {"data": data}), ACME) is None


def test_a_dialog_remembers_the_message_it_was_opened_from() -> None:
    data = {"action": encode(action("wait_on")), "conversation": "a:olga", "message": "1699"}
    submitted = form_submitted(an_invoke("task/submit", {"data": data}), ACME)
    assert submitted
    assert (submitted.source.conversation, submitted.source.message) == ("a:olga", "1699")


def test_an_edited_message_is_another_delivery_than_the_message_itself() -> None:
    edited = an_activity("messageUpdate", text="new")
    again = an_activity("messageUpdate", text="newer", timestamp="2026-11-23T09:01:00Z")
    assert len({delivery_of(one) for one in (an_activity(), edited, again)}) == 3
    assert delivery_of(edited) == delivery_of(dict(edited))


def test_a_deleted_message_is_noticed_without_a_name() -> None:
    changed = message_changed(an_activity("messageDelete"), ACME)
    assert changed
    assert (changed.deleted, changed.source.user, changed.at) == (True, "", utc(2026, 11, 23, 9))


@pytest.mark.parametrize("text", ["", "yesterday", "2026-11-02T09:00:00"])
def test_a_time_that_can_not_be_read_is_none(text: str) -> None:
    assert time_of(text) is None


def test_a_time_with_seven_places_is_read() -> None:
    found = time_of("2026-11-02T10:00:00.1234567+01:00")
    assert found
    assert found.replace(microsecond=0) == utc(2026, 11, 2, 9)


def test_a_message_pointed_at_is_read_as_plain_words_and_names_its_files() -> None:
    payload = {
        "id": "1699",
        "createdDateTime": "2026-11-02T08:30:00Z",
        "from": {"user": {"id": "aad-cora", "displayName": "Cora"}},
        "body": {"contentType": "html", "content": "<p>One &amp; two</p><script>x</script>"},
        "attachments": [{"name": "a.pdf", "contentUrl": "https://acme.sharepoint.com/a.pdf"}],
    }
    used = shortcut_used(
        an_invoke("composeExtension/fetchTask", {"commandId": "attach_message", "messagePayload": payload}), ACME
    )
    assert used
    assert (used.name, used.message.author, used.source.message) == ("attach_message", "Cora", "")
    assert used.message.text == "One & two\nx\nFile: a.pdf – https://acme.sharepoint.com/a.pdf"
    assert used.message.files == (SharedFile(reference="", name="a.pdf"),)


@pytest.mark.parametrize("payload", [None, {}, {"id": "1"}, {"createdDateTime": "2026-11-02T08:30:00Z"}])
def test_a_message_that_can_not_be_told_apart_is_none(payload: object) -> None:
    assert shortcut_used(an_invoke("composeExtension/fetchTask", {"messagePayload": payload}), ACME) is None
