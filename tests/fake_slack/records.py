"""What the fake workspace holds. `as_json` gives the object as Slack would."""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


class Refusal(Exception):
    """An `"ok": false` answer. `fault` says whether the app broke a rule, or the world is simply like that."""

    def __init__(self, error: str, *details: str, fault: bool = True, **extra: object) -> None:
        super().__init__(error, *details)
        self.error = error
        self.details = details
        self.fault = fault
        self.extra = extra

    def as_json(self) -> Json:
        answer: Json = {"ok": False, "error": self.error, **self.extra}
        if self.details:
            answer["response_metadata"] = {"messages": list(self.details)}
        return answer


@dataclass(frozen=True, kw_only=True)
class Violation:
    """A rule of Slack's (or of ours) that the app broke."""

    method: str
    error: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Call:
    method: str
    args: Json
    at: float


@dataclass(kw_only=True)
class User:
    id: str
    team_id: str
    name: str
    real_name: str
    email: str | None
    tz: str = "Europe/London"
    deleted: bool = False
    is_admin: bool = False
    is_bot: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False

    def as_json(self, *, with_email: bool = True) -> Json:
        profile: Json = {"real_name": self.real_name, "display_name": self.name, "team": self.team_id}
        if with_email and self.email:
            profile["email"] = self.email
        return {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.name,
            "real_name": self.real_name,
            "deleted": self.deleted,
            "tz": self.tz,
            "tz_label": self.tz,
            "tz_offset": 0,
            "profile": profile,
            "is_admin": self.is_admin,
            "is_owner": False,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": self.is_ultra_restricted,
            "is_stranger": self.is_stranger,
            "is_email_confirmed": self.email is not None,
            "updated": 1_700_000_000,
        }


@dataclass(kw_only=True)
class Channel:
    id: str
    name: str
    kind: str = "public"  # public, private or im
    bot_is_member: bool = True
    archived: bool = False
    user: str | None = None

    def as_json(self) -> Json:
        common: Json = {"id": self.id, "created": 1_700_000_000, "is_archived": self.archived}
        if self.kind == "im":
            return {**common, "is_im": True, "user": self.user, "is_user_deleted": False}
        private = self.kind == "private"
        named = {"name": self.name, "is_channel": not private, "is_group": private, "is_im": False}
        return {**common, **named, "is_private": private, "is_member": self.bot_is_member}


@dataclass(frozen=True, kw_only=True)
class Edit:
    """What a message said before it was changed."""

    at: float
    text: str
    blocks: list[Json]
    metadata: Json | None


@dataclass(kw_only=True)
class Message:
    channel: str
    ts: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    thread_ts: str | None = None
    files: list[Json] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    deleted: bool = False
    ephemeral_to: str | None = None
    bot_id: str | None = None

    def as_json(self, *, with_metadata: bool = False) -> Json:
        found: Json = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text}
        optional: Json = {
            "bot_id": self.bot_id,
            "blocks": self.blocks,
            "attachments": self.attachments,
            "files": self.files,
            "thread_ts": self.thread_ts,
            "edited": {"user": self.user, "ts": f"{self.edits[-1].at:.6f}"} if self.edits else None,
            "metadata": self.metadata if with_metadata else None,
        }
        return found | {name: value for name, value in optional.items() if value}


@dataclass(kw_only=True)
class View:
    id: str
    team_id: str
    app_id: str
    bot_id: str
    user: str
    hash: str
    content: Json
    blocks: list[Json]
    root_view_id: str
    previous_view_id: str | None = None
    closed: bool = False
    history: list[Json] = field(default_factory=list)

    @property
    def title(self) -> str:
        return str(self.content.get("title", {}).get("text", ""))

    def as_json(self, values: Json | None = None) -> Json:
        return {
            "id": self.id,
            "team_id": self.team_id,
            "type": self.content["type"],
            "blocks": self.blocks,
            "private_metadata": self.content.get("private_metadata", ""),
            "callback_id": self.content.get("callback_id", ""),
            "state": {"values": values or {}},
            "hash": self.hash,
            "title": self.content.get("title"),
            "clear_on_close": self.content.get("clear_on_close", False),
            "notify_on_close": self.content.get("notify_on_close", False),
            "close": self.content.get("close"),
            "submit": self.content.get("submit"),
            "previous_view_id": self.previous_view_id,
            "root_view_id": self.root_view_id,
            "app_id": self.app_id,
            "external_id": self.content.get("external_id", ""),
            "app_installed_team_id": self.team_id,
            "bot_id": self.bot_id,
        }


@dataclass(kw_only=True)
class File:
    id: str
    name: str
    content: bytes
    mimetype: str
    user: str
    url: str
    size: int
    login_page_without_token: bool = True
    uploaded: bool = True

    def as_json(self) -> Json:
        kind = self.name.rsplit(".", 1)[-1] if "." in self.name else "binary"
        return {
            "id": self.id,
            "created": 1_700_000_000,
            "timestamp": 1_700_000_000,
            "name": self.name,
            "title": self.name,
            "mimetype": self.mimetype,
            "filetype": kind,
            "pretty_type": kind.upper(),
            "user": self.user,
            "mode": "hosted",
            "is_external": False,
            "size": self.size,
            "url_private": self.url,
            "url_private_download": self.url,
            "permalink": self.url,
            "file_access": "visible",
        }


@dataclass(kw_only=True)
class Trigger:
    user: str
    issued_at: float
    used: bool = False


@dataclass(kw_only=True)
class ResponseUrl:
    channel: str
    user: str
    issued_at: float
    message: Message | None = None
    uses: int = 0
