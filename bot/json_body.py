"""JSON that came from outside: read strictly, and looked into without trusting anything to be there."""

import json
import re
from typing import Any

Json = dict[str, Any]

DEEPEST = 40
ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def json_object(text: str) -> Json:
    """Raises ValueError; also for what parses and yet no database could hold: a NUL, half a surrogate pair.
    RecursionError for what is nested beyond reason."""
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("not an object")
    if "\\u0000" in text:
        raise ValueError("NUL")
    if ESCAPED_SURROGATE.search(text):
        json.dumps(found, ensure_ascii=False).encode()
    if text.count("{") + text.count("[") > DEEPEST and _depth(found) > DEEPEST:
        raise ValueError("too deep")
    return found


def at(payload: object, *path: str | int) -> object:
    """What stands at the path, None where anything on the way is missing or of another kind."""
    found = payload
    for step in path:
        if isinstance(found, dict) and isinstance(step, str):
            found = found.get(step)
        elif isinstance(found, list) and isinstance(step, int) and len(found) > step:
            found = found[step]
        else:
            return None
    return found


def text_at(payload: object, *path: str | int) -> str:
    found = at(payload, *path)
    return found if isinstance(found, str) else ""


def _depth(value: object) -> int:
    level, depth = [value], 0
    while level and depth <= DEEPEST:
        inner: list[object] = []
        for each in level:
            if isinstance(each, dict):
                inner += each.values()
            elif isinstance(each, list):
                inner += each
        level = inner
        depth += 1
    return depth
