"""Controls written as YAML and read back are the same, whatever words they hold."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commands.controls import as_yaml
from tasks.catalogue.loader import parse_documents

VALUES = st.recursive(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1) | st.booleans() | st.integers(1, 400) | st.dates(),
    lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, min_size=1),
    max_leaves=6,
)
TRAPS = (
    "yes",
    "no",
    "null",
    "1.2",
    "0o7",
    "2026-11-02",
    "- a",
    "a: b",
    "#",
    "'",
    '"',
    "|",
    ">",
    "&a",
    "*a",
    "!x",
    "%",
    "@",
)


def back(documents: list[dict[str, Any]]) -> list[object]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "own.yaml"
        file.write_text(as_yaml(documents), encoding="utf-8")
        return parse_documents(file)


def test_words_that_look_like_something_else_stay_words() -> None:
    documents: list[dict[str, Any]] = [{"words": list(TRAPS), "day": date(2026, 11, 2)}]
    assert back(documents) == documents


@given(
    st.lists(
        st.dictionaries(st.sampled_from(["area", "controls", "title"]), VALUES, min_size=1), min_size=1, max_size=2
    )
)
@settings(max_examples=100, deadline=None)
def test_what_is_written_is_read_back(documents: list[dict[str, Any]]) -> None:
    assert back(documents) == documents
