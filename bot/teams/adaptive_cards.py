"""A View as an Adaptive Card 1.5. Pure; every limit of a card is kept here."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.teams.card_buttons import MORE, Presses, rows, unusable, works
from bot.teams.card_elements import PARAGRAPH_TEXT, SYMBOLS, actions, block, column, columns, drawn, small, title
from bot.teams.markdown import Json, paragraphs, shorten
from handlers.views.elements import Button, Buttons, Divider, Element, Row, Table, View

VERSION = "1.5"
CONTENT_TYPE = "application/vnd.microsoft.card.adaptive"
MOST_BYTES = 28 * 1024
BESIDE = 12
"""Letters of a button that leave room for the words it stands beside."""


def render_card(view: View) -> Json:
    """What is beyond the room is left out, and a note says so."""
    body = [title(view.title)]
    wide = any(isinstance(item, Table) for item in view.body)
    said = shorten(view.summary if view.summary.strip() else view.title, 1000)
    shell = card(body, fallback=said, wide=wide)
    body += fit(render_elements(view.body), MOST_BYTES - size_of(shell))
    return shell


def card(body: list[Json], *, fallback: str, wide: bool = False) -> Json:
    return {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": VERSION,
        "fallbackText": fallback,
        "body": body,
        **({"msteams": {"width": "Full"}} if wide else {}),
    }


def attachment(content: Json) -> Json:
    return {"contentType": CONTENT_TYPE, "content": content}


def size_of(content: object) -> int:
    """In bytes, as it is sent."""
    return len(json.dumps(content, ensure_ascii=False).encode(errors="surrogatepass"))


@dataclass(frozen=True, kw_only=True)
class Part:
    """What is shown together or not at all; what can be pressed goes before what can be read."""

    items: list[Json]
    pressed: bool = False

    @property
    def size(self) -> int:
        """With the signs between it and the next."""
        return sum(size_of(item) + 2 for item in self.items)


def render_elements(body: Sequence[Element], *, inputs: bool = False) -> list[Part]:
    """`inputs`: there are some on the card, and these buttons have nothing to do with them."""
    presses = Presses(inputs=inputs)
    parts: list[Part] = []
    divided = False
    for item in body:
        if isinstance(item, Divider):
            divided = bool(parts)
            continue
        for part in _parts(item, presses):
            if divided:
                part.items[0] |= {"separator": True, "spacing": "medium"}
            divided = False
            parts.append(part)
    return parts


def fit(parts: Sequence[Part], room: int) -> list[Json]:
    """What there is room for, in order, and a visible note of how much is missing."""
    if sum(part.size for part in parts) <= room:
        return [item for part in parts for item in part.items]
    room -= size_of(_more(len(parts))) + 2
    kept: set[int] = set()
    for index in sorted(range(len(parts)), key=lambda each: not parts[each].pressed):
        if parts[index].size > room:
            if parts[index].pressed:
                continue
            break
        kept.add(index)
        room -= parts[index].size
    return _with_note(parts, kept)


def _with_note(parts: Sequence[Part], kept: set[int]) -> list[Json]:
    shown: list[Json] = []
    first_missing = next(index for index in range(len(parts)) if index not in kept)
    for index, part in enumerate(parts):
        if index == first_missing:
            shown.append(_more(len(parts) - len(kept)))
        if index in kept:
            shown += part.items
    return shown


def _more(number: int) -> Json:
    return small(f"{number} more – {MORE}")


def _parts(item: Element, presses: Presses) -> Iterator[Part]:
    if isinstance(item, Buttons):
        yield from _buttons(item.buttons, presses)
        return
    items = _row(item, presses) if isinstance(item, Row) else list(drawn(item))
    if items:
        yield Part(items=items)


def _buttons(buttons: Sequence[Button], presses: Presses) -> Iterator[Part]:
    for some in rows([button for button in buttons if works(button)]):
        yield Part(items=presses.row(some), pressed=True)
    useless = [unusable(button) for button in buttons if not works(button)]
    if useless:
        yield Part(items=useless, pressed=True)


def _row(item: Row, presses: Presses) -> list[Json]:
    words = [block(SYMBOLS[item.tone] + paragraphs(item.text, PARAGRAPH_TEXT))]
    if item.note.strip():
        words.append(small(item.note, spacing="none"))
    if item.button is None:
        return words
    if not works(item.button):
        return [*words, unusable(item.button)]
    press, question = presses.button(item.button)
    if len(item.button.label) > BESIDE:
        return [*words, actions([press]) | {"spacing": "small"}, *question]
    return [columns(column(words), column([actions([press])], width="auto")), *question]
