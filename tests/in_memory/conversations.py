from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tasks.conversations import Conversation, FileLink
from tests.in_memory.state import State


@dataclass(frozen=True)
class InMemoryConversations:
    state: State

    def find(self, platform: str, external_id: str) -> Conversation | None:
        return self.state.conversations.get((platform, external_id))

    def named(self, platform: str, conversation: str) -> Conversation | None:
        return next((one for one in self._of(platform) if one.conversation == conversation), None)

    def latest(self, platform: str) -> Conversation | None:
        return max(self._of(platform), key=lambda one: one.seen_at, default=None)

    def groups(self, platform: str) -> Sequence[Conversation]:
        return [one for one in self._of(platform) if one.group]

    def save(self, conversation: Conversation) -> None:
        self.state.conversations[conversation.platform, conversation.external_id] = conversation

    def forget(self, platform: str, external_id: str) -> None:
        self.state.conversations.pop((platform, external_id), None)

    def _of(self, platform: str) -> list[Conversation]:
        return [one for key, one in sorted(self.state.conversations.items()) if key[0] == platform]


@dataclass(frozen=True)
class InMemoryFileLinks:
    state: State

    def find(self, platform: str, reference: str) -> FileLink | None:
        return self.state.file_links.get((platform, reference))

    def save(self, link: FileLink) -> None:
        self.state.file_links[link.platform, link.reference] = link

    def forget_before(self, moment: datetime) -> int:
        old = [key for key, link in self.state.file_links.items() if link.at < moment]
        for key in old:
            del self.state.file_links[key]
        return len(old)
