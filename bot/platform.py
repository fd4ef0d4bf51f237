"""What delivery and the file job ask of a platform. Slack and the browser implement it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from handlers.views.elements import View


@dataclass(frozen=True, kw_only=True)
class ToPerson:
    """Their direct messages with the bot."""

    external_id: str
    """The platform's own id of the person."""


@dataclass(frozen=True, kw_only=True)
class ToChannel:
    id: str


Address = ToPerson | ToChannel


@dataclass(frozen=True, kw_only=True)
class Posted:
    """Where a message stands, in the platform's own ids."""

    conversation: str
    message: str


class PlatformError(Exception):
    """Base of every failed call. `str(error)` is for the record, never holds a token or a file's content."""


class RetryLater(PlatformError):
    """Nothing is wrong with the message: try again after `after` seconds.

    `in_doubt`: the call may have worked all the same, so `find` must be asked before sending again.
    """

    def __init__(self, reason: str, *, after: float = 30.0, in_doubt: bool = False) -> None:
        super().__init__(reason)
        self.after = after
        self.in_doubt = in_doubt


class Undeliverable(PlatformError):
    """For good: the person is deactivated, the channel is gone, the message can't be edited any more."""


class OurFault(Undeliverable):
    """For good as well, but nobody's account is to blame: the platform refuses what we sent, or gives a reason that we
    don't know. Already in the log as an error."""


class NotPermitted(Undeliverable):
    """The installation lacks a scope or a permission: what is owed waits until an admin has put that right."""


class CannotTell(PlatformError):
    """The platform won't let us look, so whether the message went out stays open."""


class StalePlace(PlatformError):
    """The platform no longer knows this place in a list: begin again."""


class TokenRevoked(PlatformError):
    """Nothing reaches this workspace until an admin connects it again."""


class FetchRefused(PlatformError):
    """For good: the bytes can't be had. `str(error)` is a sentence fit for a person in chat."""


@dataclass(frozen=True, kw_only=True)
class OutgoingFile:
    evidence_id: str
    name: str
    media_type: str
    content: Callable[[], Awaitable[bytes]]
    """Read only where the platform wants the bytes themselves."""


class Platform(Protocol):
    """Every call but `fetch` raises RetryLater, Undeliverable or TokenRevoked, and never waits out a rate limit."""

    @property
    def name(self) -> str:
        """slack, web …"""
        ...

    async def post(self, address: Address, view: View, *, notice_id: int) -> Posted: ...

    async def send_file(self, address: Address, view: View, file: OutgoingFile, *, notice_id: int) -> Posted:
        """A message that carries a file. It is never edited, and after a doubt it may come twice."""
        ...

    async def edit(self, posted: Posted, view: View) -> None: ...

    async def find(self, address: Address, notice_id: int, *, since: datetime) -> Posted | None:
        """The message that carries this notice, if it went out: asked when a crash or a time-out left a doubt.

        Raises CannotTell where that can't be known.
        """
        ...

    async def permalink(self, conversation: str, message: str) -> str:
        """The address at which people find the message; empty where messages have none."""
        ...

    def fetch(self, reference: str, *, limit: int) -> AsyncIterator[bytes]:
        """A shared file's bytes, in chunks. Raises FetchRefused (also past `limit` bytes), RetryLater, TokenRevoked."""
        ...
