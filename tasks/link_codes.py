"""A code that links another account to a person: shown on one side, typed on the other, confirmed on the first."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tasks.identifiers import PersonId, WorkspaceId

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without those that look like others."""
LENGTH = 8
LIVES = timedelta(minutes=15)
"""A shown code until it is typed, and a typed one until it is confirmed."""
MOST_WRONG = 5
WRONG_FOR = timedelta(hours=1)
"""Whoever typed that many wrong ones within it has every further one refused, right or wrong."""
ROUNDS = 2_000


class LinkState(StrEnum):
    SHOWN = "shown"
    TYPED = "typed"
    """By the account that is named in it: the person is asked whether that is them."""
    SETTLED = "settled"
    """Confirmed, refused, or overtaken by a newer code."""


@dataclass(frozen=True, kw_only=True)
class LinkCode:
    id: str
    person_id: PersonId
    digest: str
    """Of the letters, which are kept nowhere."""
    platform: str
    """Where it was shown."""
    state: LinkState = LinkState.SHOWN
    expires_at: datetime
    account_platform: str = ""
    account_id: str = ""
    """The platform's own id of the account that typed it."""
    account_name: str = ""
    """As its platform shows it: anybody may call themselves anything."""
    version: int = 1


@dataclass(frozen=True, kw_only=True)
class WrongCodes:
    """What one account typed in vain."""

    platform: str
    external_id: str
    count: int
    since: datetime


def letters_from(chance: str) -> str:
    """`chance`: an unguessable text."""
    number = int.from_bytes(hashlib.sha256(chance.encode()).digest(), "big")
    picked = []
    for _ in range(LENGTH):
        number, place = divmod(number, len(LETTERS))
        picked.append(LETTERS[place])
    return "".join(picked)


def digest_of(letters: str, workspace: WorkspaceId) -> str:
    """The same for ABCD-EFGH and abcdefgh."""
    plain = "".join(one for one in letters.upper() if one.isalpha())
    return hashlib.pbkdf2_hmac("sha256", plain.encode(), workspace.encode(), ROUNDS).hex()


def readable(letters: str) -> str:
    """ABCD-EFGH"""
    half = LENGTH // 2
    return f"{letters[:half]}-{letters[half:]}"
