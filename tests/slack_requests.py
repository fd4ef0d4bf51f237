"""Slack's side of the conversation: really signed HTTP requests to a bot, with the payloads Slack sends."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import httpx

from tests.fake_slack.blocks import check_options
from tests.fake_slack.chat_methods import keep_answer
from tests.fake_slack.forms import Json, chosen, element_of, fill, find_button, find_element, initial_values
from tests.fake_slack.records import Edit, File, Message, Refusal, View
from tests.fake_slack.server import FakeSlack
from tests.fake_slack.view_methods import apply_submission_answer

__all__ = ["SlackSender", "chosen", "fill", "find_button", "find_element", "sign"]

FORM = "application/x-www-form-urlencoded"


def sign(secret: str, timestamp: str, body: bytes) -> str:
    return "v0=" + hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()


class SlackSender:
    """Sends what a person does in Slack to the bot at `base_url`, and shows Slack the bot's answer.

    The answer to a submission is applied to the person's modals and judged like any other view; a command answered
    in the response body becomes an ephemeral message. An answer slower than `ack_seconds` is a violation.
    """

    def __init__(
        self,
        base_url: str,
        signing_secret: str,
        slack: FakeSlack,
        clock: Callable[[], float] = time.time,
        *,
        team: str | None = None,
        path: str = "/slack/events",
        ack_seconds: float = 3.0,
    ) -> None:
        self.address = base_url.rstrip("/") + path
        self.secret = signing_secret
        self.slack = slack
        self.clock = clock
        self.team = team or slack.team
        self.ack_seconds = ack_seconds

    # what people type

    def command(
        self, user: str, text: str, command: str = "/soc2", *, channel: str | None = None, trigger: str | None = None
    ) -> httpx.Response:
        self._needs("commands")
        where = channel or self.slack.dm_of(user).id
        form = {
            "token": self.slack.verification_token,
            "team_id": self.team,
            "team_domain": self.slack.team_name.lower(),
            "channel_id": where,
            "channel_name": self.slack.channels[where].name,
            "user_id": user,
            "user_name": self._name(user),
            "command": command,
            "text": text,
            "api_app_id": self.slack.app_id,
            "is_enterprise_install": "false",
            "response_url": self.slack.response_url(where, user),
            "trigger_id": trigger or self.slack.trigger(user),
        }
        response = self._post(urlencode(form).encode(), FORM, "command")
        self._keep_command_answer(response, where, user)
        return response

    def dm(self, user: str, text: str, files: Sequence[File] = (), thread_ts: str | None = None) -> httpx.Response:
        """A message, perhaps with files, in the person's conversation with the bot."""
        self._needs("im:history")
        return self._say(self.slack.dm_of(user).id, user, text, files, thread_ts)

    def _say(self, channel: str, user: str, text: str, files: Sequence[File], thread_ts: str | None) -> httpx.Response:
        shown = [file.as_json() for file in files]
        with self.slack.changed:
            message = Message(channel=channel, ts=self.slack.new_ts(), user=user, text=text, thread_ts=thread_ts)
            message.files = shown
            self.slack.everything.append(message)
        said: Json = {**message.as_json(), "channel": channel, "channel_type": "im", "event_ts": message.ts}
        said |= {"team": self.team, "client_msg_id": f"client-{message.ts}"}
        return self.event(said | ({"subtype": "file_share"} if files else {}))

    # what people press

    def press(
        self, user: str, action_id: str, value: str | None = None, *, message: Message, trigger: str | None = None
    ) -> httpx.Response:
        """A button under a message. With a `value` of its own the press may be a forgery."""
        element, block = element_of(message.blocks, action_id)
        return self._act(
            user, element, block, {"value": element.get("value") if value is None else value}, message, trigger
        )

    def press_in_view(
        self, user: str, view: View, action_id: str, value: str | None = None, *, values: Json | None = None
    ) -> httpx.Response:
        element, block = element_of(view.blocks, action_id)
        return self._act(
            user, element, block, {"value": element.get("value") if value is None else value}, view, None, values
        )

    def select(
        self, user: str, action_id: str, choice: Any, *, on: Message | View, trigger: str | None = None
    ) -> httpx.Response:
        """A choice in a select, date picker, checkboxes … of a message or view; `choice` as in fill()."""
        element, block = element_of(on.blocks, action_id)
        return self._act(user, element, block, chosen(element, choice), on, trigger)

    def _act(
        self,
        user: str,
        element: Json,
        block: str,
        answer: Mapping[str, Any],
        on: Message | View,
        trigger: str | None,
        values: Json | None = None,
    ) -> httpx.Response:
        action = {
            "type": element["type"],
            "action_id": element["action_id"],
            "block_id": block,
            "action_ts": f"{self.clock():.6f}",
        }
        action |= {name: element[name] for name in ("text", "style", "confirm") if name in element}
        action |= {name: given for name, given in answer.items() if given is not None}
        payload = {**self._who("block_actions", user), "trigger_id": trigger or self.slack.trigger(user)}
        payload |= self._where(on, user, values)
        return self._interact({**payload, "actions": [action]})

    def _where(self, on: Message | View, user: str, values: Json | None) -> Json:
        if isinstance(on, View):
            shown = on.as_json(initial_values(on.blocks) if values is None else values)
            return {"container": {"type": "view", "view_id": on.id}, "view": shown}
        ephemeral = on.ephemeral_to is not None
        return {
            "container": {
                "type": "message",
                "message_ts": on.ts,
                "channel_id": on.channel,
                "is_ephemeral": ephemeral,
                **({"thread_ts": on.thread_ts} if on.thread_ts else {}),
            },
            "channel": {"id": on.channel, "name": self.slack.channels[on.channel].name},
            "message": on.as_json(),
            "state": {"values": initial_values(on.blocks)},
            "response_url": self.slack.response_url(on.channel, user, on),
        }

    # modals and Home

    def submit(self, user: str, view: View, values: Json, *, trigger: str | None = None) -> httpx.Response:
        """`values` as fill() builds them: {block_id: {action_id: state}}."""
        payload = {**self._who("view_submission", user), "trigger_id": trigger or self.slack.trigger(user)}
        payload |= {"view": view.as_json(values), "response_urls": []}
        response = self._interact(payload)
        self._judge("view_submission", response, lambda answer: apply_submission_answer(self.slack, view, answer))
        return response

    def close(self, user: str, view: View) -> httpx.Response:
        view.closed = True
        payload = self._who("view_closed", user)
        return self._interact({**payload, "view": view.as_json(), "is_cleared": False})

    def options(self, user: str, action_id: str, query: str, *, on: Message | View) -> httpx.Response:
        """What an external_select asks while the person types."""
        element, block = element_of(on.blocks, action_id)
        asked = {"action_id": element["action_id"], "block_id": block, "value": query}
        response = self._interact({**self._who("block_suggestion", user), **self._where(on, user, None), **asked})
        self._judge("block_suggestion", response, self._check_options)
        return response

    def shortcut(self, user: str, callback_id: str, *, trigger: str | None = None) -> httpx.Response:
        payload = {**self._who("shortcut", user), "trigger_id": trigger or self.slack.trigger(user)}
        return self._interact({**payload, "callback_id": callback_id, "action_ts": f"{self.clock():.6f}"})

    def point_at(
        self,
        user: str,
        message: Message,
        callback_id: str = "attach_message",
        *,
        trigger: str | None = None,
        **more: Any,
    ) -> httpx.Response:
        """A shortcut in a message's own menu. `more`: what the message's payload says besides."""
        channel = self.slack.channels[message.channel]
        names = {"im": "directmessage", "private": "privategroup"}
        payload = {**self._who("message_action", user), "trigger_id": trigger or self.slack.trigger(user)}
        payload |= {
            "callback_id": callback_id,
            "action_ts": f"{self.clock():.6f}",
            "message_ts": message.ts,
            "channel": {"id": channel.id, "name": names.get(channel.kind, channel.name)},
            "message": {**message.as_json(), **({"app_id": self.slack.app_id} if message.bot_id else {}), **more},
            "response_url": self.slack.response_url(channel.id, user),
        }
        return self._interact(payload)

    def edit(
        self, message: Message, text: str, *, at: float | None = None, event_id: str | None = None
    ) -> httpx.Response:
        """The author edits what they wrote; Slack tells whoever reads the conversation."""
        moment = self.slack.clock() if at is None else at
        with self.slack.changed:
            before = message.as_json()
            message.edits.append(Edit(at=moment, text=message.text, blocks=message.blocks, metadata=None))
            message.text = text
            now = message.as_json()
        changed = {"type": "message", "subtype": "message_changed", "hidden": True, "message": now}
        return self.event({**changed, "previous_message": before, **self._told_in(message, moment)}, event_id)

    def unfold(self, message: Message) -> httpx.Response:
        """Slack shows what stands behind a link, and says that the message changed."""
        with_preview = {**message.as_json(), "attachments": [{"fallback": "A page", "from_url": "https://a.example"}]}
        changed = {"type": "message", "subtype": "message_changed", "hidden": True, "message": with_preview}
        before = message.as_json()
        return self.event({**changed, "previous_message": before, **self._told_in(message, self.slack.clock())})

    def delete(self, message: Message, *, at: float | None = None, event_id: str | None = None) -> httpx.Response:
        with self.slack.changed:
            message.deleted = True
            before = message.as_json()
        deleted = {"type": "message", "subtype": "message_deleted", "hidden": True, "deleted_ts": message.ts}
        told = self._told_in(message, self.slack.clock() if at is None else at)
        return self.event({**deleted, "previous_message": before, **told}, event_id)

    def _told_in(self, message: Message, moment: float) -> Json:
        kind = self.slack.channels[message.channel].kind
        return {"channel": message.channel, "channel_type": kind, "ts": f"{moment:.6f}", "event_ts": f"{moment:.6f}"}

    def change_file(self, file: File, *, deleted: bool = False, at: float | None = None) -> httpx.Response:
        moment = self.slack.clock() if at is None else at
        told = {"file_id": file.id, "event_ts": f"{moment:.6f}"}
        kind = "file_deleted" if deleted else "file_change"
        return self.event({"type": kind, **told, **({} if deleted else {"file": {"id": file.id}})})

    def home_opened(self, user: str) -> httpx.Response:
        opened = {"type": "app_home_opened", "user": user, "tab": "home", "event_ts": f"{self.clock():.6f}"}
        return self.event({**opened, "channel": self.slack.dm_of(user).id})

    # events

    def event(
        self,
        event: Json,
        event_id: str | None = None,
        retry_num: int | None = None,
        retry_reason: str = "http_timeout",
    ) -> httpx.Response:
        authorization = {"team_id": self.team, "user_id": self.slack.bot_user_id, "is_bot": True}
        envelope = {
            "token": self.slack.verification_token,
            "team_id": self.team,
            "context_team_id": self.team,
            "context_enterprise_id": None,
            "api_app_id": self.slack.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": event_id or self.slack.new_id("Ev"),
            "event_time": int(self.clock()),
            "authorizations": [{"enterprise_id": None, **authorization, "is_enterprise_install": False}],
            "is_ext_shared_channel": False,
            "event_context": "4-fake-event-context",
        }
        retry = {"X-Slack-Retry-Num": str(retry_num), "X-Slack-Retry-Reason": retry_reason}
        body = json.dumps(envelope).encode()
        return self._post(body, "application/json", "event", {} if retry_num is None else retry)

    def url_verification(self, challenge: str = "a-challenge") -> httpx.Response:
        asked = {"type": "url_verification", "token": self.slack.verification_token, "challenge": challenge}
        return self._post(json.dumps(asked).encode(), "application/json", "url_verification")

    # the wire

    def signed_headers(self, body: bytes, content_type: str) -> dict[str, str]:
        timestamp = str(int(self.clock()))
        return {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": sign(self.secret, timestamp, body),
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        }

    def raw(self, body: bytes, headers: Mapping[str, str] | Sequence[tuple[bytes, bytes]]) -> httpx.Response:
        """Exactly these bytes under exactly these headers: for malformed and forged requests."""
        with httpx.Client(verify=False, trust_env=False, timeout=30) as client:
            return client.post(self.address, content=body, headers=headers)

    def _post(
        self, body: bytes, content_type: str, what: str, extra: Mapping[str, str] | None = None
    ) -> httpx.Response:
        began = time.monotonic()
        response = self.raw(body, {**self.signed_headers(body, content_type), **(extra or {})})
        if time.monotonic() - began > self.ack_seconds:
            self.slack.note(what, Refusal("operation_timeout", f"no answer within {self.ack_seconds} s"))
        return response

    def _interact(self, payload: Json) -> httpx.Response:
        body = urlencode({"payload": json.dumps(payload)}).encode()
        return self._post(body, FORM, str(payload["type"]))

    def _who(self, kind: str, user: str) -> Json:
        name = self._name(user)
        return {
            "type": kind,
            "team": {"id": self.team, "domain": self.slack.team_name.lower()},
            "user": {"id": user, "username": name, "name": name, "team_id": self.team},
            "api_app_id": self.slack.app_id,
            "token": self.slack.verification_token,
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _name(self, user: str) -> str:
        known = self.slack.users.get(user)
        return known.name if known else "stranger"

    def _needs(self, scope: str) -> None:
        if scope not in self.slack.bot_scopes:
            raise AssertionError(f"Slack would not send this: the app lacks the scope {scope}")

    def _judge(self, what: str, response: httpx.Response, look: Callable[[Json], object]) -> None:
        """Hold a 200's JSON body against Slack's rules, noting a refusal as Slack would show an error."""
        if response.status_code != 200:
            return
        is_json = response.headers.get("content-type", "").startswith("application/json")
        with self.slack.changed:
            try:
                look(response.json() if is_json and response.content else {})
            except Refusal as refusal:
                self.slack.note(what, refusal)
            self.slack.changed.notify_all()

    def _keep_command_answer(self, response: httpx.Response, channel: str, user: str) -> None:
        if not response.content:
            return
        plain = (
            {} if response.headers.get("content-type", "").startswith("application/json") else {"text": response.text}
        )
        self._judge("command", response, lambda answer: keep_answer(self.slack, channel, user, {**answer, **plain}))

    def _check_options(self, answer: Json) -> None:
        report = self.slack.report()
        check_options(answer, report)
        if report.errors:
            raise Refusal("invalid_options", *report.errors)
