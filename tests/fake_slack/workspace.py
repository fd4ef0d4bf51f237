"""The fake team: its people, channels, messages, modals, files, and the rules that keep them straight."""

import itertools
import re
import threading
import time
from collections.abc import Callable, Collection, Sequence
from typing import Any

from tests.fake_slack.blocks import ALL_MESSAGE_TEXT, check_message, check_view, is_too_large, with_ids
from tests.fake_slack.checks import Report
from tests.fake_slack.records import (
    Call,
    Channel,
    File,
    Json,
    Message,
    Refusal,
    ResponseUrl,
    Trigger,
    User,
    View,
    Violation,
)
from tests.fake_slack.scopes import OUR_SCOPES
from tests.fake_slack.socket_side import Sockets

HOSTILE = ("<!channel>", "<!here>", "<!everyone>", "<http://evil.example|click>", "<script>")
TRIGGER_SECONDS = 3.0
MODALS_STACKED = 3


class Workspace:
    """Everything Slack would remember. Its lock is `changed`, notified after every call."""

    def __init__(
        self,
        *,
        team: str = "T0ACME",
        team_name: str = "Acme",
        bot_scopes: Collection[str] = OUR_SCOPES,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.team, self.team_name = team, team_name
        self.bot_scopes = frozenset(bot_scopes)
        self.clock = clock
        self.app_id, self.bot_id, self.bot_user_id = "A0SOC2BOT", "B0SOC2BOT", "U0SOC2BOT"
        self.token, self.signing_secret = f"xoxb-fake-{team}", f"fake-signing-secret-{team}"
        self.verification_token = "fake-verification-token"
        self.host = ""
        self.changed = threading.Condition(threading.RLock())
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.everything: list[Message] = []
        self.modals: dict[str, View] = {}
        self.homes: dict[str, View] = {}
        self.stored_files: dict[str, File] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.watched: tuple[str, ...] = HOSTILE
        self.violations: list[Violation] = []
        self.refusals: list[Violation] = []
        self.calls: list[Call] = []
        self.sockets = Sockets(self)
        self._numbers = itertools.count(1)
        self._last_ts = 0
        self.users[self.bot_user_id] = User(
            id=self.bot_user_id, team_id=team, name="soc2bot", real_name="soc2bot", email=None, is_bot=True
        )

    # what tests read

    @property
    def messages(self) -> list[Message]:
        """What the bot posted and has not deleted, oldest first, without ephemeral ones."""
        return [m for m in self.everything if m.bot_id and not m.deleted and m.ephemeral_to is None]

    @property
    def ephemerals(self) -> list[Message]:
        return [m for m in self.everything if m.ephemeral_to is not None and not m.deleted]

    @property
    def views(self) -> list[View]:
        """Every modal ever opened, oldest first, as it stands now."""
        return list(self.modals.values())

    @property
    def files(self) -> list[File]:
        return list(self.stored_files.values())

    def messages_to(self, user: str) -> list[Message]:
        """The bot's messages in its conversation with this person."""
        return [m for m in self.messages if self.channels[m.channel].user == user]

    def open_view(self, user: str) -> View:
        """The modal on top of this person's screen."""
        return self.stack(user)[-1]

    def stack(self, user: str) -> list[View]:
        return [view for view in self.views if view.user == user and not view.closed]

    def wait_until(self, happened: Callable[[], Any], seconds: float = 10.0) -> None:
        """Block until `happened()` is true; it is asked again after every call the fake answers."""
        with self.changed:
            if not self.changed.wait_for(happened, seconds):
                raise AssertionError(f"still not true after {seconds} s; violations: {self.violations}")

    # what tests arrange

    def add_user(self, name: str, email: str | None = None, **attributes: Any) -> User:
        """`attributes` are fields of User: id, tz, deleted, is_restricted, team_id, real_name …"""
        with self.changed:
            known = {"id": self.new_id("U"), "team_id": self.team, "real_name": name.title(), **attributes}
            address = f"{name.lower().replace(' ', '.')}@acme.example" if email is None else email
            user = User(name=name, email=address or None, **known)
            self.users[user.id] = user
            return user

    def add_channel(self, name: str, *, kind: str = "public", bot_is_member: bool = True) -> Channel:
        with self.changed:
            channel = Channel(id=self.new_id("C"), name=name, kind=kind, bot_is_member=bot_is_member)
            self.channels[channel.id] = channel
            return channel

    def write(self, channel: Channel, user: str, text: str, *files: File, **more: Any) -> Message:
        """Somebody writes where the bot may not be reading along."""
        with self.changed:
            message = Message(channel=channel.id, ts=self.new_ts(), user=user, text=text, **more)
            message.files = [file.as_json() for file in files]
            self.everything.append(message)
            return message

    def add_file(
        self,
        name: str,
        content: bytes,
        mimetype: str = "application/octet-stream",
        user: str = "",
        *,
        declared_size: int | None = None,
        url: str | None = None,
        html_login_page_without_token: bool = True,
    ) -> File:
        with self.changed:
            identity = self.new_id("F")
            size = len(content) if declared_size is None else declared_size
            file = File(id=identity, name=name, content=content, mimetype=mimetype, user=user, size=size, url=url or "")
            file.url = url or f"{self.host}/files-pri/{self.team}-{identity}/download/{_slug(name)}"
            file.login_page_without_token = html_login_page_without_token
            self.stored_files[identity] = file
            return file

    def watch(self, *hostile: str) -> None:
        """From now on a message or view that shows one of these strings as markup is refused."""
        self.watched += hostile

    def trigger(self, user: str = "") -> str:
        """A fresh trigger id: good once, for three seconds."""
        with self.changed:
            identity = f"{next(self._numbers)}.{self.team}.trigger"
            self.triggers[identity] = Trigger(user=user, issued_at=self.clock())
            return identity

    def response_url(self, channel: str = "", user: str = "", message: Message | None = None) -> str:
        """A url that takes five answers in half an hour."""
        with self.changed:
            identity = f"{next(self._numbers)}"
            self.response_urls[identity] = ResponseUrl(
                channel=channel, user=user, issued_at=self.clock(), message=message
            )
            return f"{self.host}/actions/{self.team}/{identity}"

    # what the methods share

    def new_id(self, letter: str) -> str:
        return f"{letter}0{next(self._numbers):07d}"

    def new_ts(self) -> str:
        self._last_ts = max(self._last_ts + 1, int(self.clock() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def report(self) -> Report:
        return Report(watched=self.watched, known_users=frozenset(self.users))

    def dm_of(self, user_id: str) -> Channel:
        """The conversation of this person and the bot, whoever the person is."""
        with self.changed:
            known = next((channel for channel in self.channels.values() if channel.user == user_id), None)
            channel = known or Channel(id=self.new_id("D"), name="directmessage", kind="im", user=user_id)
            return self.channels.setdefault(channel.id, channel)

    def dm_with(self, user_id: str) -> Channel:
        """The same, as far as Slack lets a bot write to them."""
        user = self.users.get(user_id)
        if user is None or user.is_stranger:
            raise Refusal("user_not_found", fault=False)
        if user.deleted:
            raise Refusal("user_disabled", fault=False)
        if user.is_bot:
            raise Refusal("cannot_dm_bot", fault=False)
        return self.dm_of(user_id)

    def find_message(self, channel: str, ts: str) -> Message:
        for message in reversed(self.everything):
            if (message.channel, message.ts) == (channel, ts) and not message.deleted:
                return message
        raise Refusal("message_not_found", fault=False)

    def keep_message(self, message: Message) -> Message:
        message.blocks = with_ids(message.blocks)
        self.everything.append(message)
        return message

    def take_trigger(self, identity: object) -> Trigger:
        trigger = self.triggers.get(str(identity))
        if trigger is None:
            raise Refusal("invalid_trigger_id")
        if trigger.used:
            raise Refusal("exchanged_trigger_id")
        if self.clock() - trigger.issued_at > TRIGGER_SECONDS:
            raise Refusal("expired_trigger_id")
        trigger.used = True
        return trigger

    def check_message(self, text: str, blocks: Sequence[Json], attachments: Sequence[Json]) -> None:
        report = self.report()
        check_message(text, blocks, attachments, report)
        self._judge(report, "invalid_blocks")

    def check_view(self, view: Json) -> None:
        if is_too_large(view):
            raise Refusal("view_too_large")
        report = self.report()
        check_view(view, report)
        self._judge(report, "invalid_arguments")

    def _judge(self, report: Report, error: str) -> None:
        if report.errors:
            raise Refusal(error, *report.errors, errors=[each.removeprefix("[ERROR] ") for each in report.errors])
        if error == "invalid_blocks" and report.text_length >= ALL_MESSAGE_TEXT:
            raise Refusal("msg_blocks_too_long", f"{report.text_length} characters")
        if report.unescaped:
            raise Refusal("unescaped_text", *report.unescaped)

    def put_view(self, user: str, content: Json, previous: View | None = None) -> View:
        identity = self.new_id("V")
        root = previous.root_view_id if previous else identity
        view = View(
            id=identity,
            team_id=self.team,
            app_id=self.app_id,
            bot_id=self.bot_id,
            user=user,
            hash=self._new_hash(),
            content=content,
            blocks=with_ids(content["blocks"]),
            root_view_id=root,
            previous_view_id=previous.id if previous else None,
        )
        if content["type"] == "modal":
            self.modals[identity] = view
        return view

    def replace_view(self, view: View, content: Json) -> View:
        view.history.append(view.content)
        view.content, view.blocks = content, with_ids(content["blocks"])
        view.hash = self._new_hash()
        return view

    def _new_hash(self) -> str:
        return f"{next(self._numbers)}.hash"

    def note(self, method: str, refusal: Refusal) -> None:
        noted = Violation(method=method, error=refusal.error, details=refusal.details)
        self.refusals.append(noted)
        if refusal.fault:
            self.violations.append(noted)


def _slug(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9.-]+", "_", name).strip(".") or "file"
