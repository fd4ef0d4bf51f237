"""Reads one mapping field by field, noting every problem instead of stopping at the first.

A getter that cannot read its field notes why and returns a harmless value; what was built from it is thrown away,
because `load` refuses a catalogue with problems.
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar

from tasks.catalogue.problems import Problem

Kind = TypeVar("Kind", bound=StrEnum)
MISSING = object()


class Fields:
    def __init__(self, raw: object, *, file: str, problems: list[Problem], control: str = "", prefix: str = "") -> None:
        self._file = file
        self._control = control
        self._prefix = prefix
        self._problems = problems
        self._asked: set[str] = set()
        self._raw: Mapping[object, object] = raw if isinstance(raw, dict) else {}
        if not isinstance(raw, dict):
            self.refuse("", f"must be a group of named fields, not {described(raw)}.")

    def refuse(self, name: str, message: str) -> None:
        field = ".".join(part for part in (self._prefix, name) if part)
        self._problems.append(Problem(file=self._file, control=self._control, field=field, message=message))

    def has(self, name: str) -> bool:
        self._asked.add(name)
        return name in self._raw

    def text(self, name: str) -> str:
        value = self._get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if isinstance(value, str):
            self.refuse(name, "is empty; fill it in.")
        elif value is not MISSING:
            self.refuse(name, f'must be text, not {described(value)}; put it between "quotes".')
        return ""

    def number(self, name: str) -> int:
        value = self._get(name)
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
        if value is not MISSING:
            self.refuse(name, f"must be a whole number of 1 or more, not {described(value)}.")
        return 1

    def optional_number(self, name: str) -> int | None:
        return self.number(name) if self.has(name) else None

    def flag(self, name: str) -> bool:
        value = self._get(name)
        if not isinstance(value, bool) and value is not MISSING:
            self.refuse(name, f"must be true or false, not {described(value)}.")
        return value is True

    def optional_flag(self, name: str) -> bool:
        return self.has(name) and self.flag(name)

    def choice(self, name: str, kinds: type[Kind]) -> Kind:
        value = self.text(name)
        if value and value not in [kind.value for kind in kinds]:
            self.refuse(name, f"“{value}” is not known; choose one of {', '.join(kinds)}.")
        return kinds(value) if value in [kind.value for kind in kinds] else next(iter(kinds))

    def items(self, name: str) -> list[object]:
        value = self._get(name)
        if isinstance(value, list) and value:
            return value
        if value is not MISSING:
            wrong = "is empty" if value == [] else f"must be a list, not {described(value)}"
            self.refuse(name, f"{wrong}; name at least one.")
        return []

    def texts(self, name: str) -> tuple[str, ...]:
        values = self.items(name)
        for value in values:
            if not isinstance(value, str) or not value.strip():
                self.refuse(name, f'may hold text only, not {described(value)}; put it between "quotes".')
        found = tuple(value.strip() for value in values if isinstance(value, str))
        self._refuse_twins(name, found)
        return found

    def parts(self, name: str, *, label: str) -> list["Fields"]:
        """The mappings of a list, each known by its own `label` field or else by its place, counted from 1."""
        return [
            Fields(
                entry,
                file=self._file,
                control=self._control,
                prefix=f"{name}.{own_name(entry, label) or position}",
                problems=self._problems,
            )
            for position, entry in enumerate(self.items(name), 1)
        ]

    def part(self, name: str) -> "Fields":
        """The mapping inside a field, its problems named with this field in front."""
        value = self._get(name)
        inner = {} if value is MISSING else value
        return Fields(inner, file=self._file, control=self._control, prefix=name, problems=self._problems)

    def refuse_unasked(self) -> None:
        """A field that nobody asked for is most often a slip of the pen."""
        for name in self._raw:
            if name not in self._asked:
                self.refuse(str(name), f"is not a field we know.{suggestion(str(name), self._asked)}")

    def _get(self, name: str) -> object:
        if not self.has(name):
            self.refuse(name, "is missing; add it.")
        return self._raw.get(name, MISSING)

    def _refuse_twins(self, name: str, values: tuple[str, ...]) -> None:
        for twin in sorted({value for value in values if values.count(value) > 1}):
            self.refuse(name, f"names “{twin}” twice; keep one.")


def own_name(entry: object, label: str) -> str:
    name = entry.get(label) if isinstance(entry, dict) else None
    return name.strip() if isinstance(name, str) else ""


def described(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case dict():
            return "a group of fields"
        case list():
            return "a list"
        case str():
            return f"“{value}”"
        case _:
            return str(value)


def suggestion(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, sorted(known), n=1)
    return f" Did you mean “{near[0]}”?" if near else ""
