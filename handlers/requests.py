"""What a person did, whatever they did it on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from handlers.actions import Action
from tasks.identifiers import WorkspaceId


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a request came from. `workspace` comes from the verified identity, never from the body's say-so."""

    platform: str
    workspace: WorkspaceId
    user: str
    """The platform's own id of the person."""
    user_name: str = ""
    """As the platform shows them, where it tells that along. Theirs to choose: it proves nothing."""
    conversation: str = ""
    message: str = ""
    """The message acted on, or the message that was written."""
    delivery: str = ""
    """The platform's key of this delivery; empty where it never repeats one."""
    envelope: str = ""
    """What it came in, where the platform may hand the same one to another connection. Known again by this as well."""


@dataclass(frozen=True, kw_only=True)
class SharedFile:
    """A reference to bytes that the platform still holds."""

    reference: str
    """How the platform's client finds the bytes. Empty in a message pointed at: it names the file, and no more."""
    name: str
    declared_type: str = ""
    size: int | None = None


@dataclass(frozen=True, kw_only=True)
class CommandTyped:
    source: Source
    text: str
    """Everything after /soc2."""


@dataclass(frozen=True, kw_only=True)
class TextSent:
    """Words in a direct message. `thread` is the message they were written under."""

    source: Source
    text: str
    thread: str = ""


@dataclass(frozen=True, kw_only=True)
class FileShared:
    """Files dropped in a direct message, or under a message."""

    source: Source
    files: tuple[SharedFile, ...]
    text: str = ""
    thread: str = ""


@dataclass(frozen=True, kw_only=True)
class ButtonPressed:
    source: Source
    action: Action


Value = str | tuple[str, ...] | tuple[SharedFile, ...]


@dataclass(frozen=True, kw_only=True)
class FormSubmitted:
    """`action` is the form's own, with its arguments; `values` by field name: text, chosen values or files."""

    source: Source
    action: Action
    values: Mapping[str, Value] = field(default_factory=dict)

    def text(self, name: str) -> str:
        value = self.values.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def choices(self, name: str) -> tuple[str, ...]:
        value = self.values.get(name, ())
        items = (value,) if isinstance(value, str) and value else value
        return tuple(item for item in items if isinstance(item, str))

    def files(self, name: str) -> tuple[SharedFile, ...]:
        value = self.values.get(name, ())
        return () if isinstance(value, str) else tuple(item for item in value if isinstance(item, SharedFile))


@dataclass(frozen=True, kw_only=True)
class HomeOpened:
    """The person looks at their start page, which the platform keeps a place for."""

    source: Source


@dataclass(frozen=True, kw_only=True)
class PointedMessage:
    """A message of any conversation, as its platform shows it at this moment."""

    conversation: str
    message: str
    place: str
    """As people call it: #it-help, or a direct message."""
    author_id: str
    """The platform's own id of whoever wrote it, a person or a bot."""
    author: str
    """Their name, where the platform tells it along."""
    at: datetime
    text: str
    files: tuple[SharedFile, ...] = ()
    ours: bool = False
    """We wrote it."""


@dataclass(frozen=True, kw_only=True)
class ShortcutUsed:
    """Something of ours was chosen from a message's own menu."""

    source: Source
    name: str
    message: PointedMessage


@dataclass(frozen=True, kw_only=True)
class MessageChanged:
    """The message of `source`, or a shared file, was edited or deleted. Nobody asks for anything: nobody is named."""

    source: Source
    at: datetime
    file: str = ""
    """How the platform's client finds the file, where it is one."""
    deleted: bool = False


Asked = CommandTyped | TextSent | FileShared | ButtonPressed | FormSubmitted | HomeOpened | ShortcutUsed
"""Somebody did it, and is answered."""
Request = Asked | MessageChanged
