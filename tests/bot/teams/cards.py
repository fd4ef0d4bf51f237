"""Looks through Adaptive Cards for the tests."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from tests.fake_teams.cards import validator

Json = dict[str, Any]

MOST_BYTES = 28 * 1024
BUTTON = 40
INPUTS = ("Input.Text", "Input.Date", "Input.ChoiceSet")


def parts(content: object) -> Iterator[Json]:
    """Everything with a type, from top to bottom; what old clients get instead is left out."""
    if isinstance(content, dict):
        if "type" in content:
            yield content
        for name, inside in content.items():
            if name not in ("fallback", "data"):
                yield from parts(inside)
    elif isinstance(content, list):
        for each in content:
            yield from parts(each)


def of_type(content: object, *kinds: str) -> list[Json]:
    return [part for part in parts(content) if part["type"] in kinds]


def actions(content: object) -> list[Json]:
    return [part for part in parts(content) if str(part["type"]).startswith("Action.")]


def problems(content: Json) -> list[str]:
    """What Teams or a reader would stumble over."""
    errors = [f"{error.json_path}: {error.message[:200]}" for error in validator().iter_errors(as_published(content))]
    size = len(json.dumps(content, ensure_ascii=False).encode())
    errors += [] if content["version"] == "1.5" else ["the version isn't 1.5"]
    errors += [] if size <= MOST_BYTES else [f"{size:,} bytes"]
    errors += [f"empty text: {part}" for part in of_type(content, "TextBlock") if not part["text"].strip()]
    errors += [f"not wrapped: {part}" for part in of_type(content, "TextBlock") if part["wrap"] is not True]
    errors += [f"label: {each['title']!r}" for each in actions(content) if not 0 < len(each["title"].strip()) <= BUTTON]
    errors += [f"{len(row['actions'])} in a row" for row in of_type(content, "ActionSet") if len(row["actions"]) > 6]
    return [*errors, *_unnamed(content)]


def _unnamed(content: Json) -> list[str]:
    ids = [part["id"] for part in parts(content) if "id" in part]
    targets = [target for part in of_type(content, "Action.ToggleVisibility") for target in part["targetElements"]]
    twice = [f"{one} twice" for one in set(ids) if ids.count(one) > 1]
    lost = [f"no {target}" for target in targets if target not in ids]
    bare = [f"no label: {part}" for part in of_type(content, *INPUTS) if not (part["id"] and part["label"].strip())]
    return [*twice, *lost, *bare]


def as_published(content: Json) -> Json:
    """The schema lacks what Teams reads itself, and a style of 1.5 that the text of the standard has."""
    copy = deepcopy(content)
    _strip(copy)
    return copy


def _strip(content: object) -> None:
    if isinstance(content, dict):
        content.pop("msteams", None)
        if content.get("type") == "Input.ChoiceSet" and content["style"] == "filtered":
            content["style"] = "compact"
        for inside in content.values():
            _strip(inside)
    elif isinstance(content, list):
        for each in content:
            _strip(each)
