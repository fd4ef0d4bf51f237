"""Elements that are only read, as parts of an Adaptive Card."""

from collections.abc import Iterator, Sequence
from typing import assert_never

from bot.teams.markdown import Json, bullets, line_of, paragraphs
from handlers.views.elements import (
    Bullets,
    Divider,
    Fact,
    Facts,
    Heading,
    Note,
    Progress,
    Quote,
    Table,
    Text,
    Tone,
)
from handlers.views.table_lines import table_line

ELEMENT_TEXT = 8_800
PARAGRAPH_TEXT = 2_000
WIDEST_TABLE = 4
"""Columns that can be read on a phone."""
SYMBOLS = {Tone.NEUTRAL: "", Tone.GOOD: "✅ ", Tone.WARNING: "⚠️ ", Tone.BAD: "🔴 "}
SURFACES = {Tone.NEUTRAL: "default", Tone.GOOD: "good", Tone.WARNING: "warning", Tone.BAD: "attention"}
CELLS = 10
"""Of a progress bar."""

Plain = Text | Heading | Quote | Note | Facts | Bullets | Table | Progress | Divider


def drawn(item: Plain) -> Iterator[Json]:
    match item:
        case Text():
            yield _text(item)
        case Heading():
            yield block(line_of(item.text, 500), size="medium", weight="bolder", style="heading", spacing="large")
        case Quote():
            yield container([block(paragraphs(item.text, ELEMENT_TEXT))], style="emphasis")
        case Note():
            yield small(item.text)
        case Facts():
            yield from _facts(item.facts)
        case Bullets():
            yield from _bullets(item.items)
        case Table():
            yield from _table(item)
        case Progress():
            yield from _progress(item)
        case Divider():
            return
        case _:
            assert_never(item)


def _text(item: Text) -> Json:
    words = block(SYMBOLS[item.tone] + paragraphs(item.text, ELEMENT_TEXT))
    if item.strong:
        words["weight"] = "bolder"
    if item.tone is Tone.NEUTRAL or not item.strong:
        return words
    return container([words], style=SURFACES[item.tone])


def _facts(facts: Sequence[Fact]) -> Iterator[Json]:
    rows = [{"title": line_of(fact.label, 200), "value": paragraphs(fact.value, PARAGRAPH_TEXT)} for fact in facts]
    if rows:
        yield {"type": "FactSet", "facts": rows}


def _bullets(items: Sequence[str]) -> Iterator[Json]:
    if items:
        yield block(bullets(items, 1000))


def _table(item: Table) -> Iterator[Json]:
    if not item.rows:
        return
    if len(item.columns) > WIDEST_TABLE or any(len(row) > len(item.columns) for row in item.rows):
        yield block("\r".join(f"- {table_line(item.columns, row, head=line_of, words=line_of)}" for row in item.rows))
        return
    heads = _table_row(item.columns, weight="bolder")
    yield {
        "type": "Table",
        "firstRowAsHeader": True,
        "showGridLines": False,
        "columns": [_table_column(item, number) for number in range(len(item.columns))],
        "rows": [heads, *(_table_row(row) for row in item.rows)],
    }


def _table_column(item: Table, number: int) -> Json:
    cells = [row[number].strip() for row in item.rows if number < len(row)]
    counts = all(cell.isascii() and cell.isdigit() for cell in cells if cell)
    right: Json = {"horizontalCellContentAlignment": "right"} if counts and number else {}
    return {"width": 2 if number == 0 else 1, **right}


def _table_row(cells: Sequence[str], **more: object) -> Json:
    drawn = [[block(line_of(cell, 250), **more)] if cell.strip() else [] for cell in cells]
    return {"type": "TableRow", "cells": [{"type": "TableCell", "items": items} for items in drawn]}


def _progress(item: Progress) -> Iterator[Json]:
    words = block(line_of(item.label, 500))
    if item.total <= 0:
        yield columns(column([words]), column([small("nothing to do")], width="auto"))
        return
    done = min(max(item.done, 0), item.total)
    filled = CELLS * done // item.total
    bar = block(f"{'█' * filled}{'░' * (CELLS - filled)}", color="accent", fontType="monospace", size="small")
    number = block(f"{item.done} of {item.total}", horizontalAlignment="right")
    yield columns(column([words]), column([bar], width="auto"), column([number], width="64px"))


def title(text: str) -> Json:
    return block(line_of(text, 150), size="large", weight="bolder", style="heading")


def block(markup: str, **more: object) -> Json:
    return {"type": "TextBlock", "text": markup, "wrap": True, **more}


def small(text: str, **more: object) -> Json:
    return block(paragraphs(text, PARAGRAPH_TEXT), size="small", isSubtle=True, **more)


def actions(actions: Sequence[Json]) -> Json:
    return {"type": "ActionSet", "actions": list(actions)}


def container(items: Sequence[Json], **more: object) -> Json:
    return {"type": "Container", "items": list(items), **more}


def columns(*columns: Json) -> Json:
    return {"type": "ColumnSet", "columns": list(columns)}


def column(items: Sequence[Json], width: str = "stretch") -> Json:
    return {"type": "Column", "width": width, "items": list(items), "verticalContentAlignment": "center"}
