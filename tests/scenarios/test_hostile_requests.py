"""Malformed and hostile requests against the whole program in a process of its own: none is answered 5xx, none changes
a row of any table, and together they don't make it grow."""

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from handlers.actions import action, encode
from tests.bot.test_cli_serve import a_free_port
from tests.scenarios.company import user_id
from tests.scenarios.hostile_target import JSON, Json, Target, a_target
from tests.slack_requests import FORM, sign

MEGABYTE = 1024 * 1024
MOST_GROWTH = 32 * MEGABYTE
HELP = urlencode({"command": "/soc2", "text": "help", "team_id": "T0ACME", "user_id": user_id("olga")}).encode()
BUTTON: Json = {"type": "button", "action_id": "x:1", "block_id": "b"}
NOBODY = "0" * 20
WORDS = {"type": "plain_text_input", "value": "words"}
Case = Callable[[Target], int]


@pytest.fixture(scope="module")
def target(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with a_target(founded, tmp_path_factory.mktemp("hostile"), a_free_port()) as target:
        yield target
        assert target.slack.violations == []


def nested(opening: str, closing: str, depth: int) -> bytes:
    return (opening * depth + closing * depth).encode()


def chunks(total: int) -> Iterator[bytes]:
    for _ in range(total // 65536):
        yield b"x" * 65536


def twice(target: Target, name: bytes) -> int:
    headers = [(key.encode(), value.encode()) for key, value in target.headers(HELP).items()]
    return target.raw(HELP, [*headers, *[pair for pair in headers if pair[0] == name]])


def head(target: Target, body: bytes, *more: str) -> bytes:
    signed = [f"{name}: {value}" for name, value in target.headers(body).items()]
    return "\r\n".join(["POST /slack/events HTTP/1.1", "Host: x", *signed, *more, "", ""]).encode()


def other_secret(target: Target) -> int:
    return target.raw(HELP, target.headers(HELP, secret="not-the-secret"))


def from_another_moment(target: Target) -> int:
    """A good signature, whose timestamp was moved forward to look fresh."""
    old, fresh = target.headers(HELP, age=200), target.headers(HELP)
    return target.raw(HELP, {**old, "X-Slack-Request-Timestamp": fresh["X-Slack-Request-Timestamp"]})


def stamped(stamp: str) -> Case:
    """Signed with whatever stands for the time."""

    def case(target: Target) -> int:
        signature = sign(target.slack.signing_secret, stamp, HELP)
        headers = {"Content-Type": FORM, "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature}
        return target.raw(HELP, [(name.encode(), value.encode()) for name, value in headers.items()])

    return case


SIGNATURES: dict[str, Case] = {
    "no signature": lambda t: t.sends(HELP, X_Slack_Signature=None),
    "an empty signature": lambda t: t.sends(HELP, X_Slack_Signature=""),
    "a wrong signature": lambda t: t.sends(HELP, X_Slack_Signature="v0=" + "0" * 64),
    "only the version": lambda t: t.sends(HELP, X_Slack_Signature="v0="),
    "another version": lambda t: t.sends(HELP, X_Slack_Signature="v1=" + "0" * 64),
    "a short signature": lambda t: t.sends(HELP, X_Slack_Signature="v0=" + "0" * 63),
    "a very long signature": lambda t: t.sends(HELP, X_Slack_Signature="v0=" + "0" * 30_000),
    "a signature that is no hex": lambda t: t.sends(HELP, X_Slack_Signature="v0=" + "z" * 64),
    "a signature that is not ASCII": lambda t: t.raw(
        HELP,
        [(k.encode(), v.encode()) for k, v in t.headers(HELP).items() if "Sig" not in k]
        + [(b"X-Slack-Signature", b"v0=" + bytes([0xFF]) * 64)],
    ),
    "two signatures": lambda t: twice(t, b"X-Slack-Signature"),
    "another body's signature": lambda t: t.raw(HELP + b"&x=1", t.headers(HELP)),
    "another secret": other_secret,
    "a replay after six minutes": lambda t: t.raw(HELP, t.headers(HELP, age=360)),
    "a request from the future": lambda t: t.raw(HELP, t.headers(HELP, age=-360)),
    "an old one made to look fresh": from_another_moment,
}
TIMESTAMPS: dict[str, Case] = {
    "no timestamp": lambda t: t.sends(HELP, X_Slack_Request_Timestamp=None),
    "an empty timestamp": stamped(""),
    "two timestamps": lambda t: twice(t, b"X-Slack-Request-Timestamp"),
    "a timestamp in words": stamped("yesterday"),
    "a negative timestamp": stamped("-1"),
    "a timestamp with a point": stamped("1793610000.5"),
    "a timestamp of a thousand digits": stamped("9" * 1000),
    "a timestamp in Arabic digits": stamped("١٧٩٣٦١٠٠٠٠"),
    "not a number": stamped("NaN"),
    "infinity": stamped("1e999"),
}
ENCODINGS: dict[str, Case] = {
    "a form that is not UTF-8": lambda t: t.sends(b"command=%2Fsoc2&text=\xff\xfe"),
    "escapes that are not UTF-8": lambda t: t.sends(b"command=%2Fsoc2&text=%ff%fe&team_id=T0ACME"),
    "JSON that is not UTF-8": lambda t: t.json(b'{"type": "\xff"}'),
    "JSON in UTF-16": lambda t: t.json('{"type": "event_callback"}'.encode("utf-16")),
    "JSON with a byte order mark": lambda t: t.json(b'\xef\xbb\xbf{"type": "event_callback"}'),
    "a zipped body": lambda t: t.sends(gzip.compress(HELP), Content_Encoding="gzip"),
    "a zip bomb": lambda t: t.sends(gzip.compress(bytes(50 * MEGABYTE)), Content_Encoding="gzip"),
    "NUL in a command": lambda t: t.types(text="assign \0 \0"),
    "NUL as a command's person": lambda t: t.types(user_id="\0"),
    "NUL in JSON": lambda t: t.tells({"type": "message", "user": "U\0", "text": "\0", "channel_type": "im"}),
    "half a surrogate pair": lambda t: t.json(b'{"type":"event_callback","team_id":"T0ACME","event_id":"\\ud800"}'),
}
TYPES: dict[str, Case] = {
    "no content type": lambda t: t.sends(HELP, Content_Type=None),
    "plain text": lambda t: t.sends(HELP, "text/plain"),
    "multipart": lambda t: t.sends(HELP, "multipart/form-data; boundary=x"),
    "JSON called a form": lambda t: t.sends(b'{"type": "event_callback"}', FORM),
    "a form called JSON": lambda t: t.sends(HELP, JSON),
    "an unknown charset": lambda t: t.sends(HELP, f"{FORM}; charset=klingon"),
    "two content types": lambda t: twice(t, b"Content-Type"),
}
BODIES: dict[str, Case] = {
    "nothing": lambda t: t.sends(b""),
    "nothing as JSON": lambda t: t.json(b""),
    "null": lambda t: t.json(None),
    "a list": lambda t: t.json([]),
    "a number": lambda t: t.json(1),
    "a text": lambda t: t.json("text"),
    "half an object": lambda t: t.json(b'{"type": "event_callback"'),
    "NaN": lambda t: t.json(b'{"type": NaN, "event_id": Infinity}'),
    "a number of a hundred thousand digits": lambda t: t.json(b'{"type":"event_callback","x":' + b"9" * 100_000 + b"}"),
    "a hundred thousand lists in lists": lambda t: t.json(nested("[", "]", 100_000)),
    "objects in objects": lambda t: t.payload(nested('{"a":', "}", 2_000).decode().replace(":}", ":1}", 1)),
    "lists in an event": lambda t: t.tells({"type": "message", "deep": json.loads(nested("[", "]", 200))}),
    "the same key twice": lambda t: t.json(b'{"type":"event_callback","type":"block_actions","team_id":"T0ACME"}'),
    "ten thousand fields": lambda t: t.sends("&".join(f"f{n}=1" for n in range(10_000)).encode()),
    "an empty payload": lambda t: t.payload(""),
    "a payload that is a list": lambda t: t.payload([1]),
    "percent signs": lambda t: t.sends(b"payload=%%%&command=%zz"),
    "a key of a megabyte": lambda t: t.json(json.dumps({"k" * 900_000: 1}).encode()),
}
SIZES: dict[str, Case] = {
    "one byte too many": lambda t: t.sends(b"x" * (MEGABYTE + 1)),
    "four megabytes in pieces": lambda t: t.raw(chunks(4 * MEGABYTE), {"Content-Type": FORM}),
    "sixty-four megabytes, unsigned": lambda t: t.raw(chunks(64 * MEGABYTE), {"Content-Type": FORM}),
    "a length of a thousand digits": lambda t: t.bytes_on_the_wire(
        head(t, HELP, f"Content-Length: {'9' * 1000}"), HELP
    ),
    "a negative length": lambda t: t.bytes_on_the_wire(head(t, HELP, "Content-Length: -1"), HELP),
    "more announced than sent": lambda t: t.bytes_on_the_wire(head(t, HELP, "Content-Length: 9000"), HELP),
    "less announced than sent": lambda t: t.bytes_on_the_wire(head(t, HELP, "Content-Length: 5"), HELP),
    "a length and pieces": lambda t: t.bytes_on_the_wire(
        head(t, HELP, "Content-Length: 3", "Transfer-Encoding: chunked"), b"3\r\nabc\r\n0\r\n\r\n"
    ),
    "a piece of negative length": lambda t: t.bytes_on_the_wire(
        head(t, HELP, "Transfer-Encoding: chunked"), b"-3\r\nabc"
    ),
    "a header of a megabyte": lambda t: t.bytes_on_the_wire(head(t, HELP, "X: " + "x" * MEGABYTE)),
    "not HTTP at all": lambda t: t.bytes_on_the_wire(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64)),
    "a GET": lambda t: t.raw(b"", {}, "GET"),
    "a PUT": lambda t: t.raw(HELP, t.headers(HELP), "PUT"),
    "a DELETE": lambda t: t.raw(b"", {}, "DELETE"),
    "an invented method": lambda t: t.raw(HELP, t.headers(HELP), "SUMMON"),
}
SHAPES: dict[str, Case] = {
    "no type": lambda t: t.payload({"team": {"id": "T0ACME"}}),
    "a type that is a number": lambda t: t.payload({"type": 7, "team": {"id": "T0ACME"}}),
    "a type that is a list": lambda t: t.payload({"type": [], "team": {"id": "T0ACME"}}),
    "an unknown type": lambda t: t.interacts("summoning"),
    "no actions": lambda t: t.interacts("block_actions"),
    "actions that are a text": lambda t: t.interacts("block_actions", actions="x"),
    "no action in the list": lambda t: t.interacts("block_actions", actions=[]),
    "an action that is a number": lambda t: t.interacts("block_actions", actions=[1]),
    "a value that is an object": lambda t: t.interacts("block_actions", actions=[{**BUTTON, "value": {"a": 1}}]),
    "a container that is a text": lambda t: t.clicks("show_tasks?", container="x"),
    "a channel that is a number": lambda t: t.clicks("show_tasks?", channel=7),
    "a message that is a list": lambda t: t.clicks("show_tasks?", message=[]),
    "no user": lambda t: t.clicks("show_tasks?", user=None),
    "a user that is a list": lambda t: t.clicks("show_tasks?", user=["U"]),
    "a user without an id": lambda t: t.clicks("show_tasks?", user={}),
    "a user whose id is an object": lambda t: t.clicks("show_tasks?", user={"id": {"a": 1}}),
    "a view that is a text": lambda t: t.interacts("view_submission", view="x"),
    "a view without an id": lambda t: t.interacts("view_submission", view={}),
    "a state that is a list": lambda t: t.interacts("view_submission", view={"callback_id": "x", "state": []}),
    "an event that is a text": lambda t: t.tells("x"),
    "an event without a type": lambda t: t.tells({}),
    "an event without an id": lambda t: t.tells({"type": "message"}, event_id=None),
    "an event id that is an object": lambda t: t.tells({"type": "message"}, event_id={}),
    "a message without anything": lambda t: t.tells({"type": "message", "channel_type": "im"}),
    "files that are numbers": lambda t: t.tells(
        {"type": "message", "channel_type": "im", "user": "U0NOBODY", "ts": "1.0", "files": [1, None, "x", {"id": 1}]}
    ),
    "a person without an id": lambda t: t.tells({"type": "user_change", "user": {}}),
    "a person that is a text": lambda t: t.tells({"type": "user_change", "user": "U0OLGA"}),
    "a newcomer without an e-mail": lambda t: t.tells({"type": "team_join", "user": {"id": "U9", "profile": 7}}),
    "authorizations that are a text": lambda t: t.tells({"type": "message"}, authorizations="x"),
    "another command": lambda t: t.types(command="/other"),
    "a command of half a megabyte": lambda t: t.types(text="x" * 500_000),
    "a command of nobody": lambda t: t.types(user_id=""),
    "a command of somebody unknown": lambda t: t.types(user_id="U0NOBODY"),
}
TEAMS: dict[str, Case] = {
    "a team that is not connected": lambda t: t.types(team_id="T0OTHER"),
    "no team": lambda t: t.types(team_id=""),
    "a team that is a list": lambda t: t.clicks("show_tasks?", team=["T0ACME"]),
    "a form of another team's installation": lambda t: t.interacts(
        "view_submission", view={"callback_id": "x", "app_installed_team_id": "T0OTHER"}
    ),
    "an event authorized for another team": lambda t: t.tells(
        {"type": "message"}, authorizations=[{"team_id": "T0OTHER"}]
    ),
    "a person of another team": lambda t: t.clicks(
        encode(action("answer_task", t=t.ours.task, v=1)), user={"id": user_id("olga"), "team_id": "T0OTHER"}
    ),
}
BUTTONS: dict[str, Case] = {
    "an unknown action": lambda t: t.acts("summon", t=t.ours.task),
    "a word of Python": lambda t: t.acts("__class__", t=t.ours.task),
    "a form's name in capitals": lambda t: t.acts("ANSWER_TASK", t=t.ours.task, v=1),
    "no action": lambda t: t.clicks(""),
    "a value nobody rendered": lambda t: t.clicks("answer_task?t=%41"),
    "a value of ten thousand letters": lambda t: t.clicks("answer_task?t=" + "x" * 10_000),
    "an unknown task": lambda t: t.acts("answer_task", t=NOBODY, v=1),
    "a task id of SQL": lambda t: t.acts("answer_task", t="' OR 1=1 --", v=1),
    "a task id that is a path": lambda t: t.acts("show_task", t="../../etc/passwd"),
    "a tampered version": lambda t: t.acts("answer_task", t=t.ours.task, v=t.ours.version + 1),
    "a version in words": lambda t: t.acts("answer_task", t=t.ours.task, v="latest"),
    "a negative version": lambda t: t.acts("answer_task", t=t.ours.task, v=-1),
    "a version of a hundred digits": lambda t: t.acts("answer_task", t=t.ours.task, v="9" * 100),
    "no version": lambda t: t.acts("answer_task", t=t.ours.task),
    "somebody else's task": lambda t: t.acts("answer_task", "cora", t=t.ours.task, v=t.ours.version),
    "accepting what is not sent": lambda t: t.acts("accept_submission", "lea", t=t.ours.task, v=t.ours.version),
    "an unknown answer": lambda t: t.acts("answer_with", t=t.ours.task, v=1, a="whatever"),
    "unknown evidence": lambda t: t.acts("remove_evidence", e=NOBODY),
    "opening evidence by a path": lambda t: t.acts("open_evidence", e="../../../soc2.db"),
    "a nudge about nothing": lambda t: t.acts("nudge", "lea", t=NOBODY),
    "a status of a strange scope": lambda t: t.acts("show_status", scope="%" * 300),
    "another workspace's task, answered": lambda t: t.acts("answer_task", t=t.theirs.task, v=t.theirs.version),
    "another workspace's task, shown": lambda t: t.acts("show_task", "lea", t=t.theirs.task),
    "another workspace's task, nudged": lambda t: t.acts("nudge", "lea", t=t.theirs.task),
    "another workspace's task, accepted": lambda t: t.acts("accept_submission", "lea", t=t.theirs.task, v=1),
    "another workspace's task, given a file": lambda t: t.acts("attach_shared", t=t.theirs.task, f="F1 x.pdf"),
    "another workspace's evidence, opened": lambda t: t.acts("open_evidence", "lea", e=t.theirs.evidence),
    "another workspace's evidence, removed": lambda t: t.acts("remove_evidence", e=t.theirs.evidence),
    "another workspace's evidence, sorted": lambda t: t.acts("sort_evidence", e=t.theirs.evidence),
}
FORMS: dict[str, Case] = {
    "metadata that is no JSON": lambda t: t.submits("{"),
    "metadata that is a list": lambda t: t.submits([]),
    "metadata of numbers": lambda t: t.submits({"a": 1, "c": 2, "m": 3}),
    "metadata nested deep": lambda t: t.submits(nested("[", "]", 5_000).decode()),
    "an action nobody knows": lambda t: t.fills("summon", {"t": t.ours.task}, reason=WORDS),
    "an unknown task in a form": lambda t: t.fills("answer_with", {"t": NOBODY, "v": 1, "a": "done"}, comment=WORDS),
    "another version in a form": lambda t: t.fills(
        "wait_on", {"t": t.ours.task, "v": 99}, whom=WORDS, until=a_day("2030-01-01")
    ),
    "a day that does not exist": lambda t: t.fills(
        "wait_on", {"t": t.ours.task, "v": 1}, whom=WORDS, until=a_day("2026-02-31")
    ),
    "a day that is a number": lambda t: t.fills(
        "wait_on", {"t": t.ours.task, "v": 1}, whom=WORDS, until={"type": "datepicker", "selected_date": 7}
    ),
    "fields of strange kinds": lambda t: t.fills(
        "wait_on", {"t": t.ours.task, "v": 1}, whom={"type": "checkboxes", "selected_options": 7}, until=7
    ),
    "files that are texts": lambda t: t.fills(
        "attach_evidence",
        {"t": t.ours.task},
        item={"type": "radio_buttons", "selected_option": "x"},
        files={"type": "file_input", "files": ["x", 7, None, {}]},
    ),
    "an item that is not asked for": lambda t: t.fills(
        "attach_evidence",
        {"t": t.ours.task},
        words=WORDS,
        item={"type": "radio_buttons", "selected_option": {"value": "../x"}},
    ),
    "a task handed to nobody": lambda t: t.fills(
        "reassign_task", {"t": t.ours.task, "v": t.ours.version}, person=chosen(NOBODY)
    ),
    "a task handed to another workspace's person": lambda t: t.fills(
        "reassign_task", {"t": t.ours.task, "v": t.ours.version}, person=chosen(t.theirs.person)
    ),
    "a task handed to a Slack user nobody knows": lambda t: t.fills(
        "reassign_task", {"t": t.ours.task, "v": t.ours.version}, person={"type": "users_select", "selected_user": "U9"}
    ),
    "another workspace's task handed over": lambda t: t.fills(
        "reassign_task", {"t": t.theirs.task, "v": t.theirs.version}, person=chosen(t.ours.person)
    ),
    "another workspace's control assigned": lambda t: t.fills(
        "assign_control", {}, "lea", control=chosen(t.theirs.control), person=chosen(t.ours.person)
    ),
    "a control assigned to another workspace's person": lambda t: t.fills(
        "assign_control", {}, "lea", control=chosen(t.ours.control), person=chosen(t.theirs.person)
    ),
    "another workspace's task answered by form": lambda t: t.fills(
        "answer_with",
        {"t": t.theirs.task, "v": t.theirs.version, "a": "not-done"},
        cause=WORDS,
        look_back=WORDS,
        correction=WORDS,
    ),
    "another workspace's evidence given a card": lambda t: t.fills(
        "fill_card",
        {"e": t.theirs.evidence},
        origin={"type": "plain_text_input", "value": "Okta: all"},
        covers=chosen("whole"),
        changed=chosen("no"),
    ),
    "another workspace's evidence in a task of ours": lambda t: t.fills(
        "sort_evidence", {"e": t.theirs.evidence, "t": t.ours.task}, item=chosen("removal-proof")
    ),
    "another workspace's task returned": lambda t: t.fills(
        "return_submission", {"t": t.theirs.task, "v": 1}, "lea", reason=WORDS
    ),
    "another workspace's person as delegate": lambda t: t.fills(
        "go_away", {}, first=a_day("2030-01-01"), last=a_day("2030-01-02"), delegate=chosen(t.theirs.person)
    ),
    "leave that ends before it begins": lambda t: t.fills(
        "go_away", {}, first=a_day("2030-01-02"), last=a_day("2030-01-01"), delegate=chosen(t.ours.person)
    ),
    "leave in the year 9999": lambda t: t.fills(
        "go_away", {}, first=a_day("9999-12-30"), last=a_day("9999-12-31"), delegate=chosen(NOBODY)
    ),
    "a reopening by the owner": lambda t: t.fills("reopen_task", {"t": t.ours.task, "v": 1}, reason=WORDS),
}


SAID: Json = {"type": "message", "user": "U0CORA", "ts": "1793714520.000200", "text": "words"}
CHANGED: Json = {"type": "message", "subtype": "message_changed", "channel": "D1", "event_ts": "1793714600.000000"}


def points(target: Target, **more: Any) -> int:
    pointed = {"callback_id": "attach_message", "channel": {"id": "C1", "name": "x"}, "message": SAID, **more}
    return target.interacts("message_action", pointed.pop("who", "olga"), **pointed)


MESSAGES: dict[str, Case] = {
    "a shortcut nobody has": lambda t: points(t, callback_id="summon"),
    "a shortcut without a name": lambda t: points(t, callback_id=""),
    "a shortcut whose name is a list": lambda t: points(t, callback_id=["attach_message"]),
    "a shortcut on no message": lambda t: points(t, message=None),
    "a shortcut on a message that is a text": lambda t: points(t, message="x"),
    "a shortcut on a message without a time": lambda t: points(t, message={"text": "words"}),
    "a shortcut on a message of the year 33658": lambda t: points(t, message={**SAID, "ts": "999999999999.0"}),
    "a shortcut on a message of no time": lambda t: points(t, message={**SAID, "ts": "nan"}),
    "a shortcut on a message in Arabic digits": lambda t: points(t, message={**SAID, "ts": "١٧٩٣٧١٤٥٢٠"}),
    "a shortcut on an empty message": lambda t: points(t, message={"ts": SAID["ts"]}),
    "a shortcut in no channel": lambda t: points(t, channel=None),
    "a shortcut in a channel without an id": lambda t: points(t, channel={}),
    "a shortcut of nobody": lambda t: points(t, user={}),
    "a shortcut of a person of another team": lambda t: points(t, user={"id": user_id("olga"), "team_id": "T0OTHER"}),
    "a shortcut of somebody unknown": lambda t: points(t, who="nobody"),
    "a shortcut of a team that is not connected": lambda t: points(t, team={"id": "T0OTHER"}),
    "a shortcut on files that are numbers": lambda t: points(t, message={**SAID, "text": "", "files": [1, None, "x"]}),
    "a shortcut on attachments that are a text": lambda t: points(t, message={**SAID, "text": "", "attachments": "x"}),
    "a message nobody set aside": lambda t: t.fills("attach_message", {"m": NOBODY}, place=chosen(f"{t.ours.task}.0")),
    "a message that is a path": lambda t: t.fills("attach_message", {"m": "../x"}, place=chosen(f"{t.ours.task}.0")),
    "no message at all": lambda t: t.fills("attach_message", {}, place=chosen(f"{t.ours.task}.0")),
    "a message for another workspace's task": lambda t: t.fills(
        "attach_message", {"m": NOBODY}, place=chosen(f"{t.theirs.task}.0")
    ),
    "a message for an item of a hundred digits": lambda t: t.fills(
        "attach_message", {"m": NOBODY}, place=chosen(f"{t.ours.task}.{'9' * 60}")
    ),
    "the form of a message nobody set aside": lambda t: t.acts("attach_message", m=NOBODY),
    "a change of nothing": lambda t: t.tells(CHANGED),
    "a change of a text": lambda t: t.tells({**CHANGED, "message": "x", "previous_message": ["y"]}),
    "a change of a message nobody kept": lambda t: t.tells(
        {**CHANGED, "message": {**SAID, "text": "new"}, "previous_message": SAID}
    ),
    "a change at no time": lambda t: t.tells({**CHANGED, "event_ts": {}, "message": {**SAID, "edited": {"ts": []}}}),
    "a deletion of nothing": lambda t: t.tells({**CHANGED, "subtype": "message_deleted"}),
    "a deletion of a message nobody kept": lambda t: t.tells(
        {**CHANGED, "subtype": "message_deleted", "deleted_ts": SAID["ts"]}
    ),
    "a subtype that is a list": lambda t: t.tells({**CHANGED, "subtype": ["message_changed"]}),
    "a file without an id": lambda t: t.tells({"type": "file_deleted", "event_ts": "1793714600.000000"}),
    "a file whose id is an object": lambda t: t.tells({"type": "file_change", "file_id": {}, "file": "F1"}),
    "a file nobody attached": lambda t: t.tells(
        {"type": "file_deleted", "file_id": "F0NOBODY", "event_ts": "1793714600.000000"}
    ),
    "another workspace's evidence, its words told deleted": lambda t: t.tells(
        {**CHANGED, "subtype": "message_deleted", "channel": "", "deleted_ts": ""}
    ),
    "words in place of days": lambda t: t.types(text="away until forever delegate lea@acme.example"),
    "leave handed to another workspace's person": lambda t: t.types(
        text="away until 2030-01-02 delegate olga@other.example"
    ),
    "a task of nobody handed over": lambda t: t.types(text="delegate IAM-99 lea@acme.example"),
    "an item asked of another workspace's person": lambda t: t.types(text="request IAM-03 olga@other.example"),
    "a correction of nothing": lambda t: t.types(text="correct ' OR 1=1 --"),
    "evidence for nothing": lambda t: t.types(text="evidence ../../etc/passwd"),
}


def chosen(value: str) -> Json:
    return {"type": "static_select", "selected_option": {"value": value}}


def a_day(text: str) -> Json:
    return {"type": "datepicker", "selected_date": text}


EVERYTHING: dict[str, Case] = {
    name: case
    for some in (SIGNATURES, TIMESTAMPS, ENCODINGS, TYPES, BODIES, SIZES, SHAPES, TEAMS, BUTTONS, FORMS, MESSAGES)
    for name, case in some.items()
}


@pytest.mark.parametrize("what", EVERYTHING)
def test_it_is_answered_without_an_error_of_ours_and_changes_no_row(target: Target, what: str) -> None:
    before = target.rows()

    status = EVERYTHING[what](target)

    assert status < 500, status
    assert changed(before, target.rows()) == []


@pytest.mark.parametrize("what", [*SIGNATURES, *TIMESTAMPS])
def test_what_is_not_signed_by_slack_just_now_is_refused(target: Target, what: str) -> None:
    assert EVERYTHING[what](target) in (400, 401)


def test_all_of_it_once_more_leaves_the_process_as_small_as_it_was_at_first(target: Target) -> None:
    assert [name for name, case in EVERYTHING.items() if case(target) >= 500] == []

    assert target.memory() - target.memory_at_first < MOST_GROWTH


def test_none_of_it_brought_back_a_byte_of_the_other_workspace(target: Target) -> None:
    assert len(target.answers) > len(EVERYTHING) / 2
    assert target.leaked() == []


def test_after_all_that_it_still_answers(target: Target) -> None:
    assert target.types() == 200


def changed(before: dict[str, str], after: dict[str, str]) -> list[Any]:
    return [name for name in after if before.get(name) != after[name]]
