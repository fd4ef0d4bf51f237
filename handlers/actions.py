"""What a button carries: a verb and its arguments, as one short text. A hint only: everything is checked again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

LONGEST = 1500
"""Slack allows a button's value 2,000 characters."""


@dataclass(frozen=True, kw_only=True)
class Action:
    name: str
    """The verb a route is registered for, such as answer_task."""
    args: Mapping[str, str] = field(default_factory=dict)

    def get(self, key: str) -> str:
        return self.args.get(key, "")

    def version(self) -> int:
        """The task's version when the button was drawn; 0 where the value was tampered with."""
        text = self.get("v")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def action(name: str, **args: str | int) -> Action:
    return Action(name=name, args={key: str(value) for key, value in args.items()})


def encode(item: Action) -> str:
    return f"{item.name}?{urlencode(item.args)}"


def decode(text: str) -> Action | None:
    """None for anything that `encode` can't have made."""
    name, mark, query = text.partition("?")
    if not mark or len(text) > LONGEST or not name.isidentifier():
        return None
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query), max_num_fields=20)
    except ValueError:
        return None
    found = Action(name=name, args=dict(pairs))
    return found if encode(found) == text else None
