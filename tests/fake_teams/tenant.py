"""The fake tenant: its people, chats, messages and files, and the rules that keep them straight."""

import itertools
import threading
from collections.abc import Callable
from typing import Any

from tests.fake_teams.cards import check_activity
from tests.fake_teams.records import Call, Chat, File, Json, Message, Person, Refusal, Violation
from tests.teams_keys.signing import APP_ID, TENANT, KeyPair

PAGE_OF_MEMBERS = 2


class Tenant:
    """Everything Teams would remember. Its lock is `changed`, notified after every call."""

    def __init__(self) -> None:
        self.tenant, self.app_id, self.key = TENANT, APP_ID, KeyPair()
        self.bot = f"28:{APP_ID}"
        self.password = "the app's client secret"
        self.host = ""
        self.changed = threading.Condition(threading.RLock())
        self.people: dict[str, Person] = {}
        self.chats: dict[str, Chat] = {}
        self.everything: list[Message] = []
        self.files: dict[str, File] = {}
        self.uploads: dict[str, bytes | None] = {}
        self.tokens: set[str] = set()
        self.calls: list[Call] = []
        self.violations: list[Violation] = []
        self.refusals: list[Violation] = []
        self._numbers = itertools.count(1)

    @property
    def service_url(self) -> str:
        return f"{self.host}/emea/"

    # what tests read

    @property
    def messages(self) -> list[Message]:
        return [message for message in self.everything if not message.deleted]

    def messages_to(self, handle: str) -> list[Message]:
        return [one for one in self.messages if one.conversation == personal(handle)]

    def wait_until(self, happened: Callable[[], Any], seconds: float = 10.0) -> None:
        with self.changed:
            if not self.changed.wait_for(happened, seconds):
                raise AssertionError(f"still not true after {seconds} s; violations: {self.violations}")

    # what tests arrange

    def add_person(self, handle: str, name: str, email: str, **more: Any) -> Person:
        with self.changed:
            person = Person(handle=handle, name=name, email=email, **{"tenant": self.tenant, **more})
            self.people[handle] = person
            return person

    def add_team(self, name: str, *handles: str) -> Chat:
        """Its general channel, which names the team as well."""
        with self.changed:
            identity = f"19:{name}@thread.tacv2"
            self.chats[identity] = Chat(id=identity, kind="channel", members=list(handles), team=identity)
            return self.chats[identity]

    def chat_with(self, handle: str) -> Chat:
        with self.changed:
            chat = Chat(id=personal(handle), kind="personal", members=[handle])
            return self.chats.setdefault(chat.id, chat)

    def add_file(self, name: str, content: bytes, media_type: str = "application/octet-stream") -> File:
        with self.changed:
            file = File(id=f"file-{next(self._numbers)}", name=name, content=content, media_type=media_type)
            file.url = f"{self.host}/personal/download/{file.id}?tempauth=secret-{file.id}"
            self.files[file.id] = file
            return file

    def open_upload(self) -> str:
        """The address that a person's consent opens; good once."""
        with self.changed:
            identity = f"upload-{next(self._numbers)}"
            self.uploads[identity] = None
            return f"{self.host}/personal/upload/{identity}?tempauth=secret"

    def new_id(self) -> str:
        """Of messages: milliseconds in Teams, which no two of a conversation share."""
        return str(1_700_000_000_000 + next(self._numbers))

    # the connector's calls

    def begin(self, body: Json) -> Json:
        members = body.get("members") or [{}]
        person = self.person_by(str(members[0].get("id")))
        if body.get("bot", {}).get("id") != self.bot or body.get("isGroup"):
            raise Refusal(400, "BadArgument", "not the bot, or a group")
        if str(body.get("tenantId")) != self.tenant:
            raise Refusal(400, "BadArgument", "no tenant")
        self._check_reachable(person)
        return {"id": self.chat_with(person.handle).id}

    def post(self, conversation: str, activity: Json) -> Json:
        chat = self._writable(conversation)
        check_activity(activity)
        message = Message(id=self.new_id(), conversation=conversation, activity=activity)
        if chat.kind != "personal" and any("file.consent" in one["contentType"] for one in message.attachments):
            raise Refusal(400, "BadArgument", "files go into personal chats only")
        self.everything.append(message)
        return {"id": message.id}

    def change(self, conversation: str, identity: str, activity: Json) -> Json:
        self._writable(conversation)
        check_activity(activity)
        message = self.find(conversation, identity)
        message.activity, message.edits = activity, message.edits + 1
        return {"id": message.id}

    def remove(self, conversation: str, identity: str) -> Json:
        self._writable(conversation)
        self.find(conversation, identity).deleted = True
        return {}

    def member(self, conversation: str, identity: str) -> Json:
        chat = self._chat(conversation)
        person = self.person_by(identity)
        if person.handle not in chat.members:
            raise Refusal(404, "MemberNotFoundInConversation", fault=False)
        return person.as_json()

    def members(self, conversation: str, place: str) -> Json:
        chat = self._chat(conversation)
        begin = int(place or 0)
        rows = [self.people[handle].as_json() for handle in chat.members[begin : begin + PAGE_OF_MEMBERS]]
        end = begin + PAGE_OF_MEMBERS
        return {"members": rows, **({"continuationToken": str(end)} if end < len(chat.members) else {})}

    # what the calls share

    def person_by(self, identity: str) -> Person:
        for person in self.people.values():
            if identity in (person.id, person.account):
                return person
        raise Refusal(404, "MemberNotFoundInConversation", identity, fault=False)

    def find(self, conversation: str, identity: str) -> Message:
        for message in reversed(self.everything):
            base = message.conversation.partition(";")[0]
            if (base, message.id) == (conversation.partition(";")[0], identity) and not message.deleted:
                return message
        raise Refusal(404, "ActivityNotFoundInConversation", identity)

    def note(self, call: str, refusal: Refusal) -> None:
        noted = Violation(call=call, error=refusal.code, details=refusal.details)
        self.refusals.append(noted)
        if refusal.fault:
            self.violations.append(noted)

    def _chat(self, conversation: str) -> Chat:
        chat = self.chats.get(conversation.partition(";")[0])
        if chat is None:
            raise Refusal(404, "ConversationNotFound", conversation)
        return chat

    def _writable(self, conversation: str) -> Chat:
        chat = self._chat(conversation)
        if chat.kind == "personal":
            self._check_reachable(self.people[chat.members[0]])
        elif not chat.has_bot:
            raise Refusal(403, "BotNotInConversationRoster", fault=False)
        return chat

    def _check_reachable(self, person: Person) -> None:
        teams = [chat for chat in self.chats.values() if chat.team and chat.has_bot]
        if person.blocked:
            raise Refusal(403, "MessageWritesBlocked", fault=False)
        if not person.installed and not any(person.handle in chat.members for chat in teams):
            raise Refusal(403, "ForbiddenOperationException", "the app is not installed", fault=False)


def personal(handle: str) -> str:
    return f"a:{handle}"
