"""Reading a call's arguments, which come as JSON, as a form or in the query, and then often as strings."""

import json
from typing import Any

from tests.fake_slack.records import Json, Refusal


def required(args: Json, name: str) -> str:
    value = args.get(name)
    if value in (None, "", []):
        raise Refusal("invalid_arguments", f"[ERROR] missing required field: {name}")
    return str(value)


def structure(args: Json, name: str, error: str) -> Any:
    """An argument that is an object or an array, perhaps as a string of JSON; None when absent."""
    value = args.get(name)
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise Refusal(error, f"[ERROR] {name} is not JSON") from None


def objects(args: Json, name: str, error: str) -> list[Json] | None:
    value = structure(args, name, error)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise Refusal(error, f"[ERROR] {name} must be an array of objects")
    return value


def is_true(args: Json, name: str) -> bool:
    return args.get(name) in (True, "true", "True", "1", 1)


def whole_number(args: Json, name: str, default: int, most: int) -> int:
    value = str(args.get(name, default))
    if not value.isdecimal() or not 1 <= int(value) <= most:
        raise Refusal("invalid_limit", f"[ERROR] {name} must be from 1 to {most}")
    return int(value)


def page(rows: list[Any], args: Json, limit: int) -> tuple[list[Any], str]:
    """The rows this call asked for, and the cursor of the next page ("" on the last)."""
    cursor = str(args.get("cursor") or "")
    if cursor and not cursor.removeprefix("row:").isdecimal():
        raise Refusal("invalid_cursor")
    start = int(cursor.removeprefix("row:")) if cursor else 0
    end = start + limit
    return rows[start:end], f"row:{end}" if end < len(rows) else ""
