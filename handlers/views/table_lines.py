"""A table's row as one line, for where a table has no room: readable on a phone, and aloud."""

from collections.abc import Callable, Sequence

Shortened = Callable[[str, int], str]
"""A text in the platform's own markup, of at most so many characters."""
MOST_CELLS = 8
"""Of a row, the first apart."""


def table_line(columns: Sequence[str], row: Sequence[str], *, head: Shortened, words: Shortened) -> str:
    """The first cell names the line, the others say what they are."""
    first, *others = row or ("",)
    named = [(columns[index] if index < len(columns) else "", cell) for index, cell in enumerate(others, start=1)]
    told = [_cell(name, cell, words) for name, cell in named if cell.strip()]
    left_out = [f"… {len(told) - MOST_CELLS} more"] if len(told) > MOST_CELLS else []
    return head(first, 200) + "".join(f" · {each}" for each in [*told[:MOST_CELLS], *left_out])


def _cell(name: str, cell: str, words: Shortened) -> str:
    value = words(cell, 250)
    return f"{words(name, 60)}: {value}" if name.strip() else value
