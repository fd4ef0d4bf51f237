"""How alike two names are: which evidence item a file or message is probably meant for: a guess, and shown as one."""

import re
from collections.abc import Collection
from pathlib import PurePosixPath

MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november")
MEANINGLESS = frozenset(
    {*MONTHS, "december", *(month[:3] for month in MONTHS), "dec", "sept"}
    | {
        "a",
        "an",
        "and",
        "as",
        "at",
        "by",
        "for",
        "from",
        "in",
        "is",
        "it",
        "of",
        "on",
        "or",
        "per",
        "the",
        "to",
        "with",
    }
    | {"copy", "export", "exported", "file", "final", "image", "img", "new", "photo", "scan", "screenshot", "untitled"}
)
WORD = re.compile(r"[^\W\d_]{2,}")
SAME_AS_LAST_TIME = 3.0
LIKE_LAST_TIME = 2.0
NAMES_THE_CONTROL = 2.0
LIKE_THE_ITEM = 1.5
LIKE_THE_TITLE = 0.5
STILL_MISSING = 0.25
OBVIOUS = 1.0
"""From here on a guess is worth showing, if no other comes near."""


def words_in(text: str) -> frozenset[str]:
    """What tells it from others: neither days, months nor numbers, and the plural as the singular."""
    found = WORD.findall(text.lower())
    return frozenset(word.removesuffix("s") for word in found if word not in MEANINGLESS)


def of_file(name: str, *, item: str, title: str, code: str, last_time: Collection[str], missing: bool) -> float:
    """`last_time`: the names of the files that stood for the item then."""
    path = PurePosixPath(name)
    own = words_in(path.stem)
    score = max((_like_then(name, own, then) for then in last_time), default=0.0)
    score += LIKE_THE_ITEM * _share(own, words_in(item)) + LIKE_THE_TITLE * _share(own, words_in(title))
    return score + _named(code, name) + (STILL_MISSING if missing else 0.0)


def of_text(text: str, *, item: str, title: str, code: str, missing: bool) -> float:
    """The other way round: a message says much besides."""
    said = words_in(text)
    score = LIKE_THE_ITEM * _share(words_in(item), said) + LIKE_THE_TITLE * _share(words_in(title), said)
    return score + _named(code, text) + (STILL_MISSING if missing else 0.0)


def _like_then(name: str, own: frozenset[str], then: str) -> float:
    same_kind = PurePosixPath(name).suffix.lower() == PurePosixPath(then).suffix.lower()
    theirs = words_in(PurePosixPath(then).stem)
    if own and own == theirs and same_kind:
        return SAME_AS_LAST_TIME
    together = own | theirs
    share = len(own & theirs) / len(together) if together else 0.0
    return LIKE_LAST_TIME * share if share >= 0.5 else 0.0


def _share(words: frozenset[str], among: frozenset[str]) -> float:
    return len(words & among) / len(words) if words else 0.0


def names(code: str, text: str) -> bool:
    """IAM-03 as people write it: iam03, IAM 03."""
    spelled = re.escape(code.lower()).replace(r"\-", "[-_ ]?")
    return re.search(rf"(?<![a-z0-9]){spelled}(?![0-9])", text.lower()) is not None


def _named(code: str, text: str) -> float:
    return NAMES_THE_CONTROL if names(code, text) else 0.0
