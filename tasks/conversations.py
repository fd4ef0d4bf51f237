"""What a platform must be told again so that somebody is reached there, or the bytes of a file they shared."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Conversation:
    """Where we may speak first, as the platform itself has told us."""

    platform: str
    external_id: str
    """The platform's id of the person it is with; of a group, that of the conversation itself."""
    conversation: str
    service_url: str
    """Where the platform takes what is said in it."""
    tenant: str = ""
    group: bool = False
    """A channel or a group, whose members can be asked for."""
    seen_at: datetime


@dataclass(frozen=True, kw_only=True)
class FileLink:
    """From where the bytes of a shared file can be had for a while. It works for whoever holds it: a secret."""

    platform: str
    reference: str
    """By which evidence knows the file."""
    url: str
    at: datetime


class Conversations(Protocol):
    def find(self, platform: str, external_id: str) -> Conversation | None: ...
    def named(self, platform: str, conversation: str) -> Conversation | None:
        """By the conversation's own id."""
        ...

    def latest(self, platform: str) -> Conversation | None:
        """The one that was heard of last."""
        ...

    def groups(self, platform: str) -> Sequence[Conversation]:
        """By id."""
        ...

    def save(self, conversation: Conversation) -> None:
        """Takes the place of the one with the same person or group."""
        ...

    def forget(self, platform: str, external_id: str) -> None: ...


class FileLinks(Protocol):
    def find(self, platform: str, reference: str) -> FileLink | None: ...
    def save(self, link: FileLink) -> None: ...
    def forget_before(self, moment: datetime) -> int:
        """Returns how many were kept since before it, and are gone now."""
        ...
