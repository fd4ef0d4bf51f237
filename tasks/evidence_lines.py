"""Evidence items as a person types them, one a line: “* List of leavers (list)”.

A star in front: required. At the end, in parentheses: “list” for a list or export that auditors sample from,
“restricted” for what named people only may see; or both, with a comma.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from difflib import get_close_matches

from tasks.controls import EvidenceItem
from tasks.errors import Invalid

LIST, RESTRICTED = "list", "restricted"
MARKS = re.compile(r"\(([^()]*)\)$")
NOT_A_KEY = re.compile(r"[^a-z0-9]+")
LONGEST_KEY = 40
ALIKE = 0.6
"""A line so like an item that was there is that item, its words mended."""


def written(items: Sequence[EvidenceItem]) -> str:
    return "\n".join(_line(item) for item in items)


def read(lines: str, before: Sequence[EvidenceItem] = ()) -> tuple[EvidenceItem, ...]:
    """An item that is kept or only reworded keeps its key, so that what is remembered for it stays, and what no line
    says: that a review brings it along. Raises Invalid with the field evidence."""
    typed = [_item(line.strip()) for line in lines.splitlines() if line.strip(" *-•\t")]
    kept = _kept_keys([item.text for item in typed], before)
    taken, found = set(kept.values()), list[EvidenceItem]()
    reviewed = {item.key for item in before if item.reviewed}
    for number, item in enumerate(typed):
        key = kept.get(number) or _new_key(item.text, taken)
        taken.add(key)
        found.append(
            EvidenceItem(
                key=key,
                text=item.text,
                required=item.required,
                population=item.population,
                restricted=item.restricted,
                reviewed=key in reviewed,
            )
        )
    return tuple(found)


def _line(item: EvidenceItem) -> str:
    marks = [mark for mark, marked in ((LIST, item.population), (RESTRICTED, item.restricted)) if marked]
    return f"{'* ' if item.required else ''}{item.text}{_in_parentheses(marks)}"


def _in_parentheses(marks: Sequence[str]) -> str:
    return f" ({', '.join(marks)})" if marks else ""


def _item(line: str) -> EvidenceItem:
    required, text = line.startswith("*"), line.lstrip("*-•").strip()
    found = MARKS.search(text)
    marks = {mark.strip().lower() for mark in found[1].split(",")} if found else set()
    if found and marks <= {LIST, RESTRICTED}:
        text = text[: found.start()].strip()
    else:
        marks = set()
    if not text:
        said = f"“{line[:60]}” names nothing; write what should be attached."
        raise Invalid("Nothing was saved yet.", fields={"evidence": said})
    return EvidenceItem(key="", text=text, required=required, population=LIST in marks, restricted=RESTRICTED in marks)


def _kept_keys(texts: Sequence[str], before: Sequence[EvidenceItem]) -> dict[int, str]:
    """By the number of the line."""
    left = {item.text.casefold(): item.key for item in reversed(before)}
    kept = {number: left.pop(text.casefold()) for number, text in _first_of_each(texts) if text.casefold() in left}
    for number, text in enumerate(texts):
        near = get_close_matches(text.casefold(), list(left), n=1, cutoff=ALIKE) if number not in kept else []
        if near:
            kept[number] = left.pop(near[0])
    return kept


def _first_of_each(texts: Sequence[str]) -> Iterator[tuple[int, str]]:
    seen: set[str] = set()
    for number, text in enumerate(texts):
        if text.casefold() not in seen:
            seen.add(text.casefold())
            yield number, text


def _new_key(text: str, taken: Collection[str]) -> str:
    base = NOT_A_KEY.sub("-", text.lower()).strip("-")[:LONGEST_KEY].strip("-") or "item"
    return next(key for key in _numbered(base) if key not in taken)


def _numbered(base: str) -> Iterator[str]:
    yield base
    number = 2
    while True:
        yield f"{base}-{number}"
        number += 1
