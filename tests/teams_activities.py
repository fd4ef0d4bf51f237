"""Teams' side of the conversation: really signed activities to a bot, as Teams sends them, and what it does with the
answers."""

import ssl
import time
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

import httpx

from tests.fake_teams.cards import actions_of, check_card, inputs_of
from tests.fake_teams.records import CARD, Chat, Dialog, File, Json, Message, Person, Refusal
from tests.fake_teams.server import FakeTeams
from tests.fake_teams.tenant import personal

PATH = "/api/messages"
INVOKE_SECONDS = 5.0
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Never used on a loopback address; a new one for each request, with every authority in it, took most of the time."""
DROPPED = "application/vnd.microsoft.teams.file.download.info"


class TeamsSender:
    """Sends what a person does in Teams to the bot at `base_url`.

    The answer to an invoke is judged like any other card, and replaces the message or stands in the person's dialog.
    """

    def __init__(self, base_url: str, teams: FakeTeams) -> None:
        self.address = base_url.rstrip("/") + PATH
        self.teams = teams
        self.dialogs: list[Dialog] = []
        self.spoken: list[str] = []
        """What was said for a moment below a card."""

    def send(self, activity: Json, *, token: str | None = None) -> httpx.Response:
        signed = token or self.teams.key.token(serviceurl=self.teams.service_url)
        began = time.monotonic()
        response = httpx.post(
            self.address,
            json=activity,
            headers={"Authorization": f"Bearer {signed}"},
            timeout=30,
            trust_env=False,
            verify=NO_TLS,
        )
        if activity["type"] == "invoke" and time.monotonic() - began > INVOKE_SECONDS:
            self.teams.note("invoke", Refusal(504, "TooSlow"))
        return response

    def activity(self, kind: str, handle: str, *, chat: Chat | None = None, **parts: Any) -> Json:
        person = self.teams.people[handle]
        where = chat or self.teams.chat_with(handle)
        channel = {"team": {"id": where.team}, "channel": {"id": where.id}} if where.team else {}
        return {
            "type": kind,
            "id": self.teams.new_id() if kind == "message" else f"f:{uuid4()}",
            "timestamp": "2026-11-02T09:00:00.0000000Z",
            "localTimezone": person.time_zone,
            "channelId": "msteams",
            "serviceUrl": self.teams.service_url,
            "from": {"id": person.account, "name": person.name, "aadObjectId": person.id},
            "recipient": {"id": self.teams.bot, "name": "soc2bot"},
            "conversation": {"id": where.id, "conversationType": where.kind, "tenantId": self.teams.tenant},
            "channelData": {"tenant": {"id": self.teams.tenant}, **channel},
            **parts,
        }

    # where the app is

    def installs(self, handle: str) -> Json:
        self.teams.people[handle].installed = True
        return self.activity("installationUpdate", handle, action="add")

    def removes(self, handle: str) -> Json:
        self.teams.people[handle].installed = False
        return self.activity("installationUpdate", handle, action="remove")

    def adds_to_team(self, handle: str, team: Chat) -> Json:
        bot = [{"id": self.teams.bot}]
        return self.activity("conversationUpdate", handle, chat=team, membersAdded=bot)

    # what people write

    def says(self, handle: str, text: str, *, chat: Chat | None = None, **parts: Any) -> Json:
        if chat is None:
            return self.activity("message", handle, text=text, textFormat="plain", **parts)
        mention = {"type": "mention", "text": "<at>soc2bot</at>", "mentioned": {"id": self.teams.bot}}
        words = f"<at>soc2bot</at> {text}\n"
        return self.activity("message", handle, chat=chat, text=words, entities=[mention], **parts)

    def drops(self, handle: str, *files: File, text: str = "") -> Json:
        attachments = [
            {
                "contentType": DROPPED,
                "contentUrl": f"https://acme-my.sharepoint.com/personal/{file.name}",
                "name": file.name,
                "content": {"downloadUrl": file.url, "uniqueId": file.id, "fileType": file.name.rpartition(".")[2]},
            }
            for file in files
        ]
        return self.activity("message", handle, text=text, attachments=attachments)

    # what people press and send

    def press(self, handle: str, label: str, on: Message, nth: int = 0) -> Json:
        action = find_action(on.card, label, nth)
        chat = self.teams.chats[on.conversation.partition(";")[0]]
        if (action.get("data") or {}).get("msteams", {}).get("type") == "task/fetch":
            data = {"type": "task/fetch", **{key: each for key, each in action["data"].items() if key != "msteams"}}
            return self._invoke("task/fetch", handle, {"data": data}, chat=chat, replyToId=on.id)
        value = {"action": {"type": "Action.Execute", "verb": action["verb"], "data": action["data"]}}
        return self._invoke("adaptiveCard/action", handle, value, chat=chat, replyToId=on.id)

    def old_press(self, handle: str, label: str, on: Message) -> Json:
        """By a client that knows no Action.Execute: its fallback is sent as a message."""
        fallback = find_action(on.card, label)["fallback"]
        return self.activity("message", handle, value=fallback["data"], replyToId=on.id)

    def submit(self, handle: str, answers: Mapping[str, Any], dialog: Dialog | None = None) -> Json:
        dialog = dialog or self.open_dialog(handle)
        [send] = dialog.card["actions"]
        data = {**send["data"], **fill(dialog.card, answers)}
        return self._invoke("task/submit", handle, {"data": data})

    def point_at(self, handle: str, payload: Json, *, chat: Chat) -> Json:
        value = {"commandId": "attach_message", "commandContext": "message", "messagePayload": payload}
        return self._invoke("composeExtension/fetchTask", handle, value, chat=chat)

    def submit_pointed(self, handle: str, answers: Mapping[str, Any], *, chat: Chat) -> Json:
        dialog = self.open_dialog(handle)
        data = {**dialog.card["actions"][0]["data"], **fill(dialog.card, answers)}
        return self._invoke(
            "composeExtension/submitAction", handle, {"commandId": "attach_message", "data": data}, chat=chat
        )

    def consent(self, handle: str, on: Message, *, accept: bool = True) -> Json:
        [card] = on.attachments
        upload = {
            "contentUrl": f"https://acme-my.sharepoint.com/{card['name']}",
            "name": card["name"],
            "uploadUrl": self.teams.open_upload() if accept else "",
            "uniqueId": "unique",
            "fileType": card["name"].rpartition(".")[2],
        }
        value = {
            "type": "fileUpload",
            "action": "accept" if accept else "decline",
            "context": card["content"]["acceptContext" if accept else "declineContext"],
            **({"uploadInfo": upload} if accept else {}),
        }
        return self._invoke("fileConsent/invoke", handle, value, replyToId=on.id)

    def apply(self, activity: Json, answer: Json) -> None:
        """What Teams does with the answer to an invoke."""
        person = self._person(activity)
        task = answer.get("task")
        if activity["name"] == "adaptiveCard/action":
            self._apply_card(activity, answer)
        elif task and task["type"] == "continue":
            card = task["value"]["card"]["content"]
            self._check(activity["name"], card)
            self._close(person)
            self.dialogs.append(Dialog(person=person.handle, title=task["value"]["title"], card=card))
        elif task:
            self._close(person)
            self.dialogs.append(Dialog(person=person.handle, words=task["value"]))
        elif activity["name"] in ("task/submit", "composeExtension/submitAction"):
            self._close(person)

    def open_dialog(self, handle: str) -> Dialog:
        found = [one for one in self.dialogs if one.person == handle and not one.closed]
        assert found, f"{handle} has no dialog open"
        return found[-1]

    def _apply_card(self, activity: Json, answer: Json) -> None:
        if answer.get("statusCode") != 200:
            self.teams.note("invoke", Refusal(400, "BadInvokeResponse", str(answer)[:200]))
        elif answer["type"] == CARD:
            self._check(activity["name"], answer["value"])
            message = self.teams.find(activity["conversation"]["id"], activity["replyToId"])
            message.activity = {**message.activity, "attachments": [{"contentType": CARD, "content": answer["value"]}]}
        else:
            self.spoken.append(answer["value"])

    def _check(self, name: str, card: Json) -> None:
        try:
            check_card(card)
        except Refusal as refusal:
            self.teams.note(name, refusal)

    def _close(self, person: Person) -> None:
        for dialog in self.dialogs:
            if dialog.person == person.handle:
                dialog.closed = True

    def _person(self, activity: Json) -> Person:
        return self.teams.person_by(activity["from"]["aadObjectId"])

    def _invoke(self, name: str, handle: str, value: Json, *, chat: Chat | None = None, **parts: Any) -> Json:
        return self.activity("invoke", handle, chat=chat, name=name, value=value, **parts)


def find_action(card: Json, label: str, nth: int = 0) -> Json:
    found = [one for one in actions_of(card) if one.get("title") == label]
    assert len(found) > nth, f"no button {label!r} among {[one.get('title') for one in actions_of(card)]}"
    return found[nth]


def fill(card: Json, answers: Mapping[str, Any]) -> Json:
    """By label; what stands there already is sent along, what is empty is not."""
    left = dict(answers)
    filled: Json = {}
    for field in inputs_of(card):
        value = left.pop(field["label"], field.get("value", ""))
        if isinstance(value, Sequence) and not isinstance(value, str):
            value = ",".join(value)
        if value:
            filled[field["id"]] = value
    assert not left, f"no field {list(left)} among {[field['label'] for field in inputs_of(card)]}"
    return filled


__all__ = ["TeamsSender", "fill", "find_action", "personal"]
