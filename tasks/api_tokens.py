"""A program's way in: a secret shown once, good for named scopes, for which one person answers.

Rotating makes a new secret for the same token; the former one goes on working for a while, so that nothing stands
still while it is exchanged.
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tasks.identifiers import PersonId, WorkspaceId

BEGINS_WITH = "soc2_"
RANDOM_BYTES = 32
SHOWN_CHARACTERS = 4
"""Of the random ones: tells secrets apart in a list, and helps nobody to guess the rest."""
OVERLAP = timedelta(hours=24)
LONGEST_OVERLAP = timedelta(days=30)
LONGEST_NAME = 60
LONGEST_LIFE = timedelta(days=3650)


class Scope(StrEnum):
    ACCESS_EXPORTS = "access-exports"
    INCIDENTS = "incidents"


@dataclass(frozen=True, kw_only=True)
class Secret:
    """What is kept of a token's text."""

    digest: str
    """SHA-256 of the whole text. It needs neither salt nor stretching: nobody guesses 256 random bits."""
    shown: str
    """How it begins."""


@dataclass(frozen=True, kw_only=True)
class ApiToken:
    id: str
    name: str
    """Unique among those that are not revoked."""
    scopes: frozenset[Scope]
    digest: str
    shown: str
    person_id: PersonId
    """Who answers for it: what it does is recorded as theirs."""
    created_at: datetime
    rotated_at: datetime | None = None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    former_digest: str = ""
    former_until: datetime | None = None
    last_used_at: datetime | None = None
    version: int = 1

    def ends_at(self, digest: str) -> datetime | None:
        """When this secret of the two stops working; None: never."""
        return self.former_until if digest != self.digest else self.expires_at

    def admits(self, digest: str, now: datetime) -> bool:
        if self.revoked_at or not digest or digest not in (self.digest, self.former_digest):
            return False
        ends_at = self.ends_at(digest)
        return ends_at is None or now < ends_at

    @property
    def life(self) -> timedelta | None:
        """How long its present secret was made for."""
        return self.expires_at - (self.rotated_at or self.created_at) if self.expires_at else None


@dataclass(frozen=True, kw_only=True)
class FoundToken:
    """What a secret alone leads to."""

    workspace_id: WorkspaceId
    token: ApiToken
    person_active: bool


def new_text(chance: bytes) -> str:
    """The token as it is handed over. `chance`: RANDOM_BYTES unguessable bytes."""
    if len(chance) < RANDOM_BYTES:
        raise ValueError(f"A token is made of {RANDOM_BYTES} random bytes, not {len(chance)}.")
    return BEGINS_WITH + base64.b32encode(chance).decode().rstrip("=").lower()


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def secret_of(text: str) -> Secret:
    return Secret(digest=digest_of(text), shown=text[: len(BEGINS_WITH) + SHOWN_CHARACTERS])
