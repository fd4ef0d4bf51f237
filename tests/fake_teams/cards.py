"""What Teams takes as a message: its size, its cards, and the rules it keeps to itself."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft6Validator, ValidationError
from jsonschema.validators import extend

from tests.fake_teams.records import CARD, CONSENT, FILE_INFO, Json, Refusal

SCHEMA = Path(__file__).parents[1] / "schemas" / "adaptive-card-1.5.0.json"
MOST_BYTES = 80 * 1024
CARD_BUDGET = 28 * 1024
"""Ours: Teams itself would take more."""
KNOWN = (CARD, CONSENT, FILE_INFO)


@cache
def validator() -> Any:
    """jsonschema tries each of the thirty kinds of element with everything inside it, at every level again. What has
    a type can only be of that kind, so this one looks at no other."""
    schema = json.loads(SCHEMA.read_text())
    kinds = {f"#/definitions/{name}": _types(one) for name, one in schema["definitions"].items()}

    def any_of(validator: Any, options: list[Json], instance: Any, whole: Json) -> Iterator[ValidationError]:
        kind = instance.get("type") if isinstance(instance, dict) else None
        left = [one for one in options if kind is None or kind in (_types_of(one, kinds) or (kind,))]
        if not left:
            yield ValidationError(f"{kind!r} can't stand here")
        elif len(left) == 1:
            yield from validator.descend(instance, left[0])
        else:
            yield from Draft6Validator.VALIDATORS["anyOf"](validator, left, instance, whole)

    return extend(Draft6Validator, {"anyOf": any_of})(schema)  # type: ignore[no-untyped-call]


def _types(definition: Json) -> list[str] | None:
    """The one that it wants, as a list; None where it doesn't say."""
    found = definition.get("properties", {}).get("type", {}).get("enum")
    return list(found) if found else None


def _types_of(option: Json, kinds: dict[str, list[str] | None]) -> list[str] | None:
    references = [one.get("$ref", "") for one in option.get("allOf", [])]
    return kinds.get(references[0]) if len(references) == 1 else None


def check_activity(activity: Json) -> None:
    size = len(json.dumps(activity).encode())
    if size > MOST_BYTES:
        raise Refusal(413, "MessageSizeTooBig", f"{size} bytes")
    attachments = activity.get("attachments") or []
    if activity.get("type") != "message":
        raise Refusal(400, "BadSyntax", f"type {activity.get('type')!r}")
    if activity.get("text") and attachments:
        raise Refusal(400, "BadArgument", "text beside an attachment is split, and its id is lost")
    if not activity.get("text") and not attachments:
        raise Refusal(400, "BadSyntax", "Activity must have text or attachments")
    for attachment in attachments:
        if attachment.get("contentType") not in KNOWN:
            raise Refusal(400, "BadArgument", f"unknown attachment {attachment.get('contentType')!r}")
        if attachment["contentType"] == CARD:
            check_card(attachment.get("content"))
            if not activity.get("summary"):
                raise Refusal(400, "BadArgument", "a card without a summary says “sent a card” in the notification")


def check_card(card: Any) -> None:
    if not isinstance(card, dict) or card.get("version") != "1.5":
        raise Refusal(400, "BadArgument", "no Adaptive Card 1.5")
    size = len(json.dumps(card, ensure_ascii=False).encode())
    if size > CARD_BUDGET:
        raise Refusal(400, "OverBudget", f"a card of {size} bytes")
    problems = [f"{'/'.join(map(str, e.path))}: {e.message[:200]}" for e in validator().iter_errors(plain(card))]
    if problems:
        raise Refusal(400, "BadArgument", *problems[:5])


def plain(value: Any) -> Any:
    """Without `msteams`, which is valid and which the schema doesn't know."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items() if key != "msteams"}
    return [plain(each) for each in value] if isinstance(value, list) else value


def actions_of(value: Any) -> Iterator[Json]:
    """Everything that can be pressed; what only stands in for it on older clients apart."""
    if isinstance(value, dict):
        if str(value.get("type", "")).startswith("Action."):
            yield value
        for key, inner in value.items():
            if key != "fallback":
                yield from actions_of(inner)
    elif isinstance(value, list):
        for each in value:
            yield from actions_of(each)


def inputs_of(value: Any) -> Iterator[Json]:
    if isinstance(value, dict):
        if str(value.get("type", "")).startswith("Input."):
            yield value
        for inner in value.values():
            yield from inputs_of(inner)
    elif isinstance(value, list):
        for each in value:
            yield from inputs_of(each)


def words_of(value: Any) -> Iterator[str]:
    """Everything to be read on it, as sent."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("text", "title", "label", "value", "errorMessage") and isinstance(inner, str):
                yield inner
            elif key not in ("data", "fallback"):
                yield from words_of(inner)
    elif isinstance(value, list):
        for each in value:
            yield from words_of(each)
