"""Plain text → what a card may hold: words that no client takes for formatting, and never longer than there is room."""

import re
from collections.abc import Sequence

Json = dict[str, object]

NOTHING = "–"
"""A card with an empty text is drawn with a hole in it."""
NOTE_ROOM = 60
PARAGRAPH = "\n\n"
"""A single line break is a space to most clients."""

DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Signs that turn the order of what follows: with one of them a program's name ends in .pdf."""
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
BREAKS = re.compile("\r\n?|[\u0085\u2028\u2029\x0b\x0c]")
# An underscore inside a word formats nothing anywhere, and names of files are full of them.
MARKS = re.compile(r"[\\`*\[\]<~|]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|&(?=#?\w+;)|\{(?=\{)")
STARTS = re.compile(r"^([-+=:>#]|\d{1,9}(?=[.)](?:\s|$)))", re.ASCII)
INDENT = re.compile(r"^[ \t]+")
LINK = re.compile(r"\](?=\s*[(\[:])")
COMMAND = re.compile(r"(?<![\w/.])/soc2 (?=\w)")
"""In Teams commands are typed as they are, without the slash and the name that Slack wants before them."""


def harmless(text: str) -> str:
    return COMMAND.sub("", UNPRINTABLE.sub("", BREAKS.sub("\n", DIRECTION.sub("", text))))


def escape(text: str) -> str:
    """Words in a TextBlock or a fact, line by line."""
    return PARAGRAPH.join(_escape_line(line) for line in harmless(text).split("\n"))


def _escape_line(line: str) -> str:
    body = INDENT.sub("", line)
    start = STARTS.match(body)
    escaped = MARKS.sub(r"\\\g<0>", body)
    if start is None:
        return escaped
    mark = start[0]
    return f"{mark}\\{escaped[len(mark) :]}" if mark.isdigit() else f"\\{escaped}"


def label(text: str, most: int) -> str:
    """On one line, for where some clients read formatting and some show a backslash: only links are broken up."""
    return LINK.sub("]\u200b", shorten(text, most))


def shorten(text: str, most: int) -> str:
    """On one line, never empty, with … where something is missing. Not escaped."""
    line = " ".join(harmless(text).split()) or NOTHING
    return line if len(line) <= most else line[: most - 1] + "…"


def line_of(text: str, most: int) -> str:
    """On one line, escaped."""
    return escape(shorten(text, most))


def paragraphs(text: str, most: int) -> str:
    """Escaped, keeps its lines, and says how much is missing, so that nobody takes a part for the whole."""
    words = without_empty_lines(harmless(text)) or NOTHING
    if len(words) <= most:
        return escape(words)
    head = words[: most - NOTE_ROOM].rstrip()
    return f"{escape(head)}{PARAGRAPH}… _shortened: {len(words) - len(head):,} more characters_"


def without_empty_lines(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.split("\n") if line.strip())


def bullets(items: Sequence[str], most: int) -> str:
    return "\r".join(f"- {line_of(each, most)}" for each in items)
