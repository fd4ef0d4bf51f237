"""The small checks every Block Kit rule is made of: each takes a value and notes what is wrong with it in a Report."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Report:
    """What one walk over a message or view found: problems, and the strings later rules need."""

    watched: tuple[str, ...] = ()
    known_users: frozenset[str] = frozenset()
    errors: list[str] = field(default_factory=list)
    unescaped: list[str] = field(default_factory=list)
    action_ids: set[str] = field(default_factory=set)
    block_ids: set[str] = field(default_factory=set)
    focused: int = 0
    text_length: int = 0

    def refuse(self, pointer: str, problem: str) -> None:
        self.errors.append(f"[ERROR] {problem} [json-pointer:{pointer}]")

    def read_markup(self, text: str, pointer: str) -> None:
        """Note watched strings, and mentions of nobody, in text that Slack would interpret."""
        self.unescaped += [f"{found!r} unescaped [json-pointer:{pointer}]" for found in self.watched if found in text]
        for mention in re.findall(r"<@[UW][^>]*>?", text):
            named = re.fullmatch(r"<@([UW][A-Z0-9]+)(\|[^>]*)?>", mention)
            if named is None or named[1] not in self.known_users:
                self.unescaped.append(f"{mention!r} mentions nobody [json-pointer:{pointer}]")


Check = Callable[[Any, Report, str], None]


def measure(value: str | list[Any], report: Report, pointer: str, least: int, most: int) -> None:
    what = "characters" if isinstance(value, str) else "items"
    if len(value) > most:
        report.refuse(pointer, f"must be less than {most + 1} {what}")
    if len(value) < least:
        report.refuse(pointer, f"must be more than {least - 1} {what}")


def string(most: int, least: int = 1) -> Check:
    def check(value: Any, report: Report, pointer: str) -> None:
        if not isinstance(value, str):
            report.refuse(pointer, "must be a string")
            return
        measure(value, report, pointer, least, most)

    return check


def matching(pattern: str, wanted: str) -> Check:
    def check(value: Any, report: Report, pointer: str) -> None:
        if not isinstance(value, str) or re.fullmatch(pattern, value) is None:
            report.refuse(pointer, f"must be {wanted}")

    return check


def integer(least: int, most: int) -> Check:
    def check(value: Any, report: Report, pointer: str) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            report.refuse(pointer, f"must be an integer from {least} to {most}")

    return check


def boolean(value: Any, report: Report, pointer: str) -> None:
    if not isinstance(value, bool):
        report.refuse(pointer, "must be a boolean")


def focus(value: Any, report: Report, pointer: str) -> None:
    boolean(value, report, pointer)
    report.focused += value is True
    if report.focused > 1:
        report.refuse(pointer, "only one element may have focus_on_load set to true")


def one_of(*allowed: str) -> Check:
    def check(value: Any, report: Report, pointer: str) -> None:
        if value not in allowed:
            report.refuse(pointer, f"must be one of {', '.join(allowed)}")

    return check


def listing(item: Check, least: int, most: int) -> Check:
    def check(value: Any, report: Report, pointer: str) -> None:
        if not isinstance(value, list):
            report.refuse(pointer, "must be an array")
            return
        measure(value, report, pointer, least, most)
        for index, each in enumerate(value):
            item(each, report, f"{pointer}/{index}")

    return check


def shape(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """An object with exactly these properties; `type` is left to whoever chose the shape by it."""
    known = {**required, **(optional or {})}

    def check(value: Any, report: Report, pointer: str) -> None:
        if not isinstance(value, dict):
            report.refuse(pointer, "must be an object")
            return
        for name in required.keys() - value.keys():
            report.refuse(pointer, f"missing required field: {name}")
        for name, each in value.items():
            if name in known:
                known[name](each, report, f"{pointer}/{name}")
            elif name != "type":
                report.refuse(pointer, f"invalid additional property: {name}")

    return check


def tagged(kinds: Mapping[str, Check], what: str) -> Check:
    """An object whose `type` chooses its shape."""

    def check(value: Any, report: Report, pointer: str) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in kinds:
            report.refuse(pointer, f"unsupported type: {kind} ({what})")
            return
        kinds[kind](value, report, pointer)

    return check


def also(check: Check, *rules: Check) -> Check:
    """`check`, and then the rules, but only once the value is at least an object."""

    def both(value: Any, report: Report, pointer: str) -> None:
        check(value, report, pointer)
        if isinstance(value, dict):
            for rule in rules:
                rule(value, report, pointer)

    return both


def exactly_one(*names: str) -> Check:
    def rule(value: dict[str, Any], report: Report, pointer: str) -> None:
        if sum(name in value for name in names) != 1:
            report.refuse(pointer, f"exactly one of {', '.join(names)} is required")

    return rule


def _unique(seen: str) -> Check:
    length = string(255)

    def check(value: Any, report: Report, pointer: str) -> None:
        length(value, report, pointer)
        ids: set[str] = getattr(report, seen)
        if value in ids:
            report.refuse(pointer, f"`{pointer.rsplit('/', 1)[-1]}` {value!r} already exists")
        ids.add(str(value))

    return check


action_id = _unique("action_ids")
block_id = _unique("block_ids")


def plain_text(most: int) -> Check:
    words = shape({"text": string(most)}, {"emoji": boolean})

    def check(value: Any, report: Report, pointer: str) -> None:
        tagged({"plain_text": words}, "plain_text expected")(value, report, pointer)
        _count(value, report)

    return check


def any_text(most: int) -> Check:
    kinds = {
        "plain_text": shape({"text": string(most)}, {"emoji": boolean}),
        "mrkdwn": shape({"text": string(most)}, {"verbatim": boolean}),
    }

    def check(value: Any, report: Report, pointer: str) -> None:
        tagged(kinds, "text object")(value, report, pointer)
        _count(value, report)
        if isinstance(value, dict) and value.get("type") == "mrkdwn":
            report.read_markup(str(value.get("text", "")), f"{pointer}/text")

    return check


def _count(value: Any, report: Report) -> None:
    if isinstance(value, dict):
        report.text_length += len(str(value.get("text", "")))
