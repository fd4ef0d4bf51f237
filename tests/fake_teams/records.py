"""What the fake tenant holds. `as_json` gives the object as the connector would."""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


class Refusal(Exception):
    """An error answer. `fault` says whether the app broke a rule, or the world is simply like that."""

    def __init__(self, status: int, code: str, *details: str, fault: bool = True) -> None:
        super().__init__(code, *details)
        self.status = status
        self.code = code
        self.details = details
        self.fault = fault

    def as_json(self) -> Json:
        return {"error": {"code": self.code, "message": "; ".join(self.details) or self.code}}


@dataclass(frozen=True, kw_only=True)
class Violation:
    """A rule of Teams' (or of ours) that the app broke."""

    call: str
    error: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Call:
    name: str
    path: str
    body: Json


@dataclass(kw_only=True)
class Person:
    handle: str
    name: str
    email: str
    tenant: str
    user_role: str = "user"
    sign_in: str = ""
    time_zone: str = "Etc/UTC"
    installed: bool = False
    """They have the app in a chat of their own."""
    blocked: bool = False

    @property
    def id(self) -> str:
        """Entra's."""
        return f"aad-{self.handle}"

    @property
    def account(self) -> str:
        """As this bot knows them."""
        return f"29:{self.handle}"

    def as_json(self) -> Json:
        given, _, surname = self.name.partition(" ")
        return {
            "id": self.account,
            "aadObjectId": self.id,
            "name": self.name,
            "givenName": given,
            "surname": surname,
            "email": self.email,
            "userPrincipalName": self.sign_in or self.email,
            "tenantId": self.tenant,
            "userRole": self.user_role,
        }


@dataclass(kw_only=True)
class Chat:
    id: str
    kind: str
    """personal, groupChat or channel."""
    members: list[str]
    """Their handles."""
    team: str = ""
    has_bot: bool = True


@dataclass(kw_only=True)
class Message:
    id: str
    conversation: str
    activity: Json
    deleted: bool = False
    edits: int = 0

    @property
    def card(self) -> Json:
        """Empty where it is none."""
        found = [one["content"] for one in self.attachments if one["contentType"] == CARD]
        return found[0] if found else {}

    @property
    def attachments(self) -> list[Json]:
        return list(self.activity.get("attachments") or [])

    @property
    def thread(self) -> str:
        return self.conversation.partition(";messageid=")[2]


@dataclass(kw_only=True)
class File:
    id: str
    name: str
    content: bytes
    media_type: str = "application/octet-stream"
    url: str = ""


@dataclass(kw_only=True)
class Dialog:
    """What stands over somebody's Teams: a form, or words; gone once it is closed."""

    person: str
    title: str = ""
    card: Json = field(default_factory=dict)
    words: str = ""
    closed: bool = False


CARD = "application/vnd.microsoft.card.adaptive"
CONSENT = "application/vnd.microsoft.teams.card.file.consent"
FILE_INFO = "application/vnd.microsoft.teams.card.file.info"
