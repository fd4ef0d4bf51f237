"""What a program was answered, kept so that the same request sent twice is done once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

KEPT = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class RequestKey:
    """A program's own name for one request."""

    token_id: str
    key: str
    """SHA-256 of what the program sent as its key: that may hold anything."""
    request: str
    """SHA-256 of what was asked for: method, address and body."""


@dataclass(frozen=True, kw_only=True)
class KeptAnswer:
    request: str
    status: int
    body: str
    """JSON."""
    at: datetime
