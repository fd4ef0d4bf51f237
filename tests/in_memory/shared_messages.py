from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tasks.errors import NO_SUCH_MESSAGE, NotFound
from tasks.evidence import SharedMessage
from tasks.identifiers import PersonId
from tests.in_memory.state import State


@dataclass(frozen=True)
class InMemorySharedMessages:
    state: State

    def add(self, message: SharedMessage) -> None:
        self.state.shared_messages[message.id] = message

    def get(self, message_id: str) -> SharedMessage:
        if message := self.state.shared_messages.get(message_id):
            return message
        raise NotFound(NO_SUCH_MESSAGE)

    def save(self, message: SharedMessage) -> None:
        self.get(message.id)
        self.state.shared_messages[message.id] = message

    def of_message(self, platform: str, conversation: str, message: str) -> Sequence[SharedMessage]:
        wanted = (platform, conversation, message)
        kept = sorted(self.state.shared_messages.values(), key=lambda one: (one.shared_at, one.id))
        return [one for one in kept if (one.platform, one.conversation, one.message) == wanted]

    def set_aside_by(self, person_id: PersonId, *, since: datetime) -> Sequence[SharedMessage]:
        found = [one for one in self.state.shared_messages.values() if one.person_id == person_id]
        return sorted(
            (one for one in found if one.shared_at >= since), key=lambda one: (-one.shared_at.timestamp(), one.id)
        )

    def forget_before(self, moment: datetime) -> int:
        old = [one.id for one in self.state.shared_messages.values() if one.shared_at < moment]
        for message_id in old:
            del self.state.shared_messages[message_id]
        return len(old)
