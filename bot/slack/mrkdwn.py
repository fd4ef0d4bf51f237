"""Plain text → Slack's text objects: escaped, and never longer than Slack takes."""

import re
from collections.abc import Iterator

Json = dict[str, object]

ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
NOTHING = "–"
"""Slack refuses empty text."""
NOTE_ROOM = 60


DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Signs that turn the order of what follows: with one of them a program's name ends in .pdf."""


def escape(text: str) -> str:
    """Three backticks would swallow everything after them into a block of code."""
    harmless = DIRECTION.sub("", text).replace("```", "'''")
    return harmless.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def width(text: str) -> int:
    """As Slack may count: letters outside the basic plane as two."""
    return len(text) if text.isascii() else len(text) + sum(letter > "\uffff" for letter in text)


def mrkdwn(markup: str) -> Json:
    """Of text that is escaped already. `verbatim` keeps Slack from making links of #names and @names in it."""
    return {"type": "mrkdwn", "text": markup if markup.strip() else NOTHING, "verbatim": True}


def plain(text: str, most: int) -> Json:
    return {"type": "plain_text", "text": shorten(text, most), "emoji": False}


def shorten(text: str, most: int) -> str:
    """On one line, never empty, with … where something is missing."""
    line = " ".join(DIRECTION.sub("", text).split()) or NOTHING
    if width(line) <= most:
        return line
    return _head(line, most - 1, escaped=False) + "…"


def shorten_markup(text: str, most: int) -> str:
    """As `shorten`, and escaped: it is the escaped text that has to fit."""
    line = " ".join(text.split()) or NOTHING
    escaped = escape(line)
    return escaped if width(escaped) <= most else escape(_head(line, most - 1, escaped=True)) + "…"


def bold(text: str, most: int) -> str:
    """Escaped and strong. A star inside would end it early, so such text stays as it is."""
    line = shorten_markup(text, most - 2)
    return line if "*" in line or line == NOTHING else f"*{line}*"


def limit(text: str, most: int) -> tuple[str, str]:
    """Still plain text, and in markup what is missing, so that nobody takes a part for the whole."""
    if width(escape(text)) <= most:
        return text, ""
    head = _head(text, most, escaped=True)
    return head, f"… _shortened: {len(text) - len(head):,} more characters_"


def shorten_paragraph(text: str, most: int) -> str:
    """Escaped; keeps its lines."""
    escaped = escape(text)
    if width(escaped) <= most:
        return escaped
    head, note = limit(text, most - NOTE_ROOM)
    return escape(head) + note


def pieces(text: str, most: int) -> Iterator[str]:
    """Plain text in parts that each fit once escaped; cut between words where there are any."""
    rest = text
    while width(escape(rest)) > most:
        head = _head(rest, most, escaped=True)
        cut = max(head.rfind("\n"), head.rfind(" "))
        head = head[: cut + 1] if cut > len(head) // 2 else head
        yield head
        rest = rest[len(head) :]
    yield rest


def _head(text: str, most: int, *, escaped: bool) -> str:
    room = most
    for index, letter in enumerate(text):
        room -= len(ENTITIES[letter]) if escaped and letter in ENTITIES else width(letter)
        if room < 0:
            return text[:index]
    return text


LINK = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")


def unescape(text: str) -> str:
    """What a person typed, from what Slack made of it: links and mentions back to words."""
    words = LINK.sub(_words, text)
    return words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _words(found: re.Match[str]) -> str:
    target, label = found[1], found[2] or ""
    if target.startswith(("@", "#", "!")):
        return target[0].replace("!", "@") + (label.lstrip("@#") or target[1:])
    return label if target.startswith(("mailto:", "tel:")) and label else target
