"""A View as Slack's blocks. Pure; every limit of a message is kept here."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, groupby
from typing import TypeVar, assert_never

from bot.slack.mrkdwn import (
    Json,
    bold,
    escape,
    limit,
    mrkdwn,
    pieces,
    plain,
    shorten,
    shorten_markup,
    shorten_paragraph,
    width,
)
from handlers.actions import LONGEST, encode
from handlers.views.elements import (
    ActionButton,
    Bullets,
    Button,
    Buttons,
    Confirm,
    Divider,
    Element,
    Fact,
    Facts,
    FormButton,
    Heading,
    LinkButton,
    Note,
    Progress,
    Quote,
    Row,
    Style,
    Table,
    Text,
    Tone,
    View,
)
from handlers.views.table_lines import table_line

MOST_BLOCKS = 50
MOST_TEXT = 12_600
"""All text of a message together; Slack gives up near 13,200."""
SECTION = 3000
FIELD = 2000
ELEMENT_TEXT = 8_800
"""One element may fill three sections; then it is shortened."""
SUMMARY = 3000
IN_A_ROW = 5
MORE = "type /soc2 tasks to see everything"
SYMBOLS = {Tone.NEUTRAL: "", Tone.GOOD: "✅ ", Tone.WARNING: "⚠️ ", Tone.BAD: "🔴 "}
CELLS = 10
"""Of a progress bar."""
WIDEST_LABEL = 24
"""Of a fact that shares its line with another on a phone."""
A_TITLE = 150
"""A row's text up to here is a title, a longer one a paragraph."""

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Rendered:
    blocks: list[Json]
    text: str
    """Escaped: what notifications and screen readers say."""


def render_message(view: View) -> Rendered:
    header: Json = {"type": "header", "text": plain(view.title, 150)}
    blocks = [header, *fit(render_elements(view.body), blocks=MOST_BLOCKS - 1, text=MOST_TEXT - weight(header))]
    said = view.summary.strip() or view.title.strip() or "soc2bot"
    return Rendered(blocks=blocks, text=shorten_paragraph(said, SUMMARY))


@dataclass(frozen=True, kw_only=True)
class Part:
    """One element's blocks. They are shown together or not at all; what can be pressed goes before what can be read."""

    blocks: list[Json]
    pressed: bool

    @property
    def weight(self) -> int:
        return sum(weight(block) for block in self.blocks)


def render_elements(body: Sequence[Element]) -> list[Part]:
    numbers = count(1)
    parts = []
    for kind, items in groupby(body, type):
        some = tuple(items)
        bars = [item for item in some if isinstance(item, Progress)]
        if bars:
            parts.append(Part(blocks=_bars(bars), pressed=False))
        else:
            parts += [Part(blocks=list(_blocks(item, numbers)), pressed=kind is Buttons) for item in some]
    return [part for part in parts if part.blocks]


def fit(parts: Sequence[Part], *, blocks: int, text: int) -> list[Json]:
    """What there is room for, in order, and a visible note of how much is missing."""
    everything = [block for part in parts for block in part.blocks]
    # The JSON is longer than the text in it, and far quicker to measure.
    if len(everything) <= blocks and (len(json.dumps(everything)) <= text or _fits(parts, blocks, text)):
        return everything
    note = _context(escape(f"{len(parts)} more – {MORE}"))
    kept: set[int] = set()
    blocks, text = blocks - 1, text - weight(note)
    for index in sorted(range(len(parts)), key=lambda each: not parts[each].pressed):
        if not _fits([parts[index]], blocks, text):
            if parts[index].pressed:
                continue
            break
        kept.add(index)
        blocks, text = blocks - len(parts[index].blocks), text - parts[index].weight
    return _with_note(parts, kept)


def _fits(parts: Sequence[Part], blocks: int, text: int) -> bool:
    return sum(len(part.blocks) for part in parts) <= blocks and sum(part.weight for part in parts) <= text


def _with_note(parts: Sequence[Part], kept: set[int]) -> list[Json]:
    shown: list[Json] = []
    first_missing = next(index for index in range(len(parts)) if index not in kept)
    for index, part in enumerate(parts):
        if index == first_missing:
            shown.append(_context(escape(f"{len(parts) - len(kept)} more – {MORE}")))
        if index in kept:
            shown += part.blocks
    return shown


def weight(block: object) -> int:
    """All text that Slack counts."""
    if isinstance(block, dict):
        return sum(
            width(value) if key == "text" and isinstance(value, str) else weight(value) for key, value in block.items()
        )
    return sum(weight(each) for each in block) if isinstance(block, list) else 0


def _blocks(item: Element, numbers: Iterator[int]) -> Iterator[Json]:  # noqa: C901 - one case for each element
    match item:
        case Text():
            yield from _text(item)
        case Heading():
            yield _section(bold(item.text, 500))
        case Quote():
            yield from _paragraphs(item.text, ">")
        case Note():
            yield _context(shorten_paragraph(item.text, FIELD))
        case Facts():
            yield from _facts(item)
        case Bullets():
            yield from _lines([f"• {shorten_markup(each, 1000)}" for each in item.items])
        case Table():
            yield from _lines([table_line(item.columns, row, head=bold, words=shorten_markup) for row in item.rows])
        case Progress():
            yield from _bars([item])
        case Divider():
            yield {"type": "divider"}
        case Buttons():
            yield from _buttons(item.buttons, numbers)
        case Row():
            yield from _row(item, numbers)
        case _:
            assert_never(item)


def _section(markup: str, **more: object) -> Json:
    return {"type": "section", "text": mrkdwn(markup), **more}


def _context(markup: str) -> Json:
    return {"type": "context", "elements": [mrkdwn(markup)]}


def _text(item: Text) -> Iterator[Json]:
    symbol = SYMBOLS[item.tone]
    if item.strong and width(escape(item.text)) < SECTION // 2:
        return iter([_section(symbol + bold(item.text, SECTION - 10))])
    return _paragraphs(item.text, first=symbol)


def _paragraphs(text: str, mark: str = "", *, first: str = "") -> Iterator[Json]:
    """Long text over several sections, every line behind the mark; what is too long even so is shortened."""
    shown, note = limit(text, ELEMENT_TEXT)
    lines = [mark + escape(piece) for line in shown.split("\n") for piece in pieces(line, SECTION - 10)]
    return _lines([first + lines[0], *lines[1:], *([note] if note else [])])


def _lines(lines: Sequence[str]) -> Iterator[Json]:
    """Lines of markup, as many to a section as it takes."""
    filled: list[str] = []
    for line in lines:
        if filled and width("\n".join([*filled, line])) > SECTION:
            yield _section("\n".join(filled))
            filled = []
        filled.append(line)
    if filled:
        yield _section("\n".join(filled))


def _facts(item: Facts) -> Iterator[Json]:
    """In two columns, as Slack draws fields; below one another where half a phone's width is too narrow for them."""
    if len(item.facts) == 1 or any(width(fact.label) > WIDEST_LABEL for fact in item.facts):
        yield from _lines([f"{bold(fact.label, 200)} · {shorten_paragraph(fact.value, FIELD)}" for fact in item.facts])
        return
    for some in _batched(item.facts, 10):
        yield {"type": "section", "fields": [mrkdwn(_fact(fact)) for fact in some]}


def _fact(fact: Fact) -> str:
    return f"{bold(fact.label, 200)}\n{shorten_paragraph(fact.value, FIELD - 210)}"


def _bars(items: Sequence[Progress]) -> list[Json]:
    """The bar stands first on its line, so that bars below one another are aligned."""
    return list(_lines([_progress(item) for item in items]))


def _progress(item: Progress) -> str:
    label = bold(item.label, 500)
    if item.total <= 0:
        return f"{'░' * CELLS} {label} nothing to do"
    done = min(max(item.done, 0), item.total)
    filled = CELLS * done // item.total
    return f"{'█' * filled}{'░' * (CELLS - filled)} {label} {item.done} of {item.total}"


def _row(item: Row, numbers: Iterator[int]) -> Iterator[Json]:
    markup = SYMBOLS[item.tone] + _row_text(item)
    if item.button is not None and _works(item.button):
        yield _section(markup, accessory=_button(item.button, next(numbers)))
        return
    yield _section(markup)
    if item.button is not None:
        yield _unusable(item.button)


def _row_text(item: Row) -> str:
    """With a note below it the text is what one looks for: it stands out."""
    text = shorten_paragraph(item.text, 1500)
    if not item.note.strip():
        return text
    note = shorten_paragraph(item.note, 500)
    if item.under:
        return f"{text} · {note}"
    return f"{bold(item.text, 1500) if width(text) <= A_TITLE else text}\n{note}"


def _buttons(buttons: Sequence[Button], numbers: Iterator[int]) -> Iterator[Json]:
    for some in _batched([button for button in buttons if _works(button)], IN_A_ROW):
        yield {"type": "actions", "elements": [_button(button, next(numbers)) for button in some]}
    yield from (_unusable(button) for button in buttons if not _works(button))


def _works(button: Button) -> bool:
    if isinstance(button, LinkButton):
        return button.url.startswith(("https://", "http://")) and len(button.url) <= 3000
    return len(encode(button.action)) <= LONGEST


def _unusable(button: Button) -> Json:
    return _context(escape(f"“{shorten(button.label, 75)}” can't be shown in Slack – {MORE}"))


def _button(button: Button, number: int) -> Json:
    shown: Json = {"type": "button", "text": plain(button.label, 75)}
    match button:
        case ActionButton():
            return shown | _pressed(button, number) | _confirm(button.confirm, button.style)
        case FormButton():
            return shown | _pressed(button, number)
        case LinkButton():
            return shown | {"action_id": f"link:{number}", "url": button.url}
        case _:
            assert_never(button)


def _pressed(button: ActionButton | FormButton, number: int) -> Json:
    """The number makes the id unique in the message; the value says what to do."""
    style: Json = {} if button.style is Style.PLAIN else {"style": button.style.value}
    return {"action_id": f"{button.action.name[:200]}:{number}", "value": encode(button.action), **style}


def _confirm(confirm: Confirm | None, style: Style) -> Json:
    if confirm is None:
        return {}
    asked: Json = {
        "title": plain(confirm.title, 100),
        "text": plain(confirm.text, 300),
        "confirm": plain(confirm.yes, 30),
        "deny": plain(confirm.no, 30),
    }
    return {"confirm": asked | ({"style": "danger"} if style is Style.DANGER else {})}


def _batched(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
