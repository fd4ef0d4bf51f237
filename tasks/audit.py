"""The audit log's entries: one canonical form, chained by hash, provable without this program.

Each entry's hash is SHA-256 over 0x00, the previous hash (32 bytes) and the entry's canonical bytes: UTF-8 JSON with
sorted keys and no spaces. The first entry follows 32 zero bytes. Free text and personal data stay out of the chain:
they live in a detail that can be erased, and the entry holds only the detail's salted digest.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tasks.people import Actor

GENESIS = bytes(32)
LEAF = b"\x00"

Fields = Mapping[str, str | int | bool | list[str] | None]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One change: who, what, before, after, when, through which message."""

    what: str
    """subject:verb, as in task:answer."""
    about: str
    """The changed thing's opaque id, with its kind: task:<id>."""
    who: str
    """Opaque person id, or the process that acted: clock, cli."""
    at: datetime
    platform: str
    message: str = ""
    before: Fields = field(default_factory=dict)
    after: Fields = field(default_factory=dict)
    detail: str = ""
    """Free or personal text: stored apart and erasable. Empty after an erasure."""


def entry(
    what: str, about: str, actor: Actor, *, before: Fields | None = None, after: Fields | None = None, detail: str = ""
) -> Entry:
    return Entry(
        what=what,
        about=about,
        who=actor.name,
        at=actor.at,
        platform=actor.platform,
        message=actor.message,
        before=before or {},
        after=after or {},
        detail=detail,
    )


def canonical(item: Entry, *, sequence: int, workspace: str, detail_digest: str) -> bytes:
    """The bytes that are hashed and stored; verification reads them back and never encodes anew."""
    body = {
        "about": item.about,
        "after": dict(item.after),
        "at": item.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "before": dict(item.before),
        "detail": detail_digest,
        "message": item.message,
        "platform": item.platform,
        "seq": sequence,
        "what": item.what,
        "who": item.who,
        "workspace": workspace,
    }
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def link(previous: bytes, canonical_bytes: bytes) -> bytes:
    return hashlib.sha256(LEAF + previous + canonical_bytes).digest()


def digest_of(detail: str, salt: bytes) -> str:
    """Empty for an empty detail, so that its absence is provable too."""
    return hashlib.sha256(salt + detail.encode()).hexdigest() if detail else ""
