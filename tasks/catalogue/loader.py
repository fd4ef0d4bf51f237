"""Loads a catalogue from a folder of YAML files: the shipped one, or a company's own."""

from collections.abc import Callable, Collection, Hashable
from functools import cache
from pathlib import Path
from typing import TypeVar

import yaml

from tasks.catalogue.model import Catalogue
from tasks.catalogue.parsing import DEPARTMENTS, Reading, read_controls, read_criteria
from tasks.catalogue.problems import CatalogueError, Problem

try:
    from yaml import CSafeLoader as SafeLoader
except ImportError:  # PyYAML built without libyaml: same result, ten times slower
    from yaml import SafeLoader  # type: ignore[assignment]

T = TypeVar("T")

SHIPPED = Path(__file__).parent
CRITERIA_FILE = "criteria.yaml"
LARGEST_FILE = 4 * 1024 * 1024
"""Bytes. The largest shipped file is below 20 kB."""
DEEPEST_NESTING = 20


def load(directory: Path = SHIPPED, *, departments: Collection[str] = DEPARTMENTS) -> Catalogue:
    """Raises CatalogueError, which names every problem with its file, control and field."""
    reading = read(directory, departments)
    if reading.problems:
        raise CatalogueError(reading.problems)
    return Catalogue(criteria=tuple(reading.criteria.values()), controls=tuple(reading.controls))


@cache
def shipped() -> Catalogue:
    """Read once: it changes with the program only."""
    return load()


def lint(directory: Path = SHIPPED, *, departments: Collection[str] = DEPARTMENTS) -> tuple[Problem, ...]:
    return tuple(read(directory, departments).problems)


def read(directory: Path, departments: Collection[str]) -> Reading:
    reading = Reading(departments=departments)
    own = directory / CRITERIA_FILE
    read_criteria_file(own if own.exists() else SHIPPED / CRITERIA_FILE, reading)
    paths = control_files(directory)
    if not paths:
        where = f"{directory} holds no control files" if directory.is_dir() else f"there is no folder {directory}"
        reading.problems.append(Problem(file=directory.name, message=f"{where}; name a folder with .yaml files."))
    for path in paths:
        read_control_file(path, str(path.relative_to(directory)), reading)
    return reading


def control_files(directory: Path) -> list[Path]:
    """In `controls/`, or beside the criteria where a company keeps only a file or two."""
    found = [
        path
        for pattern in ("*.yaml", "*.yml")
        for folder in (directory, directory / "controls")
        for path in folder.glob(pattern)
    ]
    return sorted(path for path in found if path.name != CRITERIA_FILE)


def read_criteria_file(path: Path, reading: Reading) -> None:
    try:
        read_criteria(parse_file(path), file=path.name, reading=reading)
    except UnreadableFileError as error:
        reading.problems.append(Problem(file=path.name, message=str(error)))


def read_control_file(path: Path, name: str, reading: Reading) -> None:
    try:
        read_controls(parse_file(path), file=name, reading=reading)
    except UnreadableFileError as error:
        reading.problems.append(Problem(file=name, message=str(error)))


class UnreadableFileError(Exception):
    """The file holds no YAML that we accept; the message says where."""


def parse_file(path: Path) -> object:
    return _parsed(path, lambda text: yaml.load(text, Loader=StrictLoader))  # noqa: S506 (a safe loader)


def parse_documents(path: Path) -> list[object]:
    """Of a file that may hold several, between lines of three hyphens. Raises CatalogueError."""
    try:
        return _parsed(path, lambda text: [one for one in yaml.load_all(text, Loader=StrictLoader) if one is not None])
    except UnreadableFileError as error:
        raise CatalogueError([Problem(file=path.name, message=str(error))]) from error


def _parsed(path: Path, parse: Callable[[str], T]) -> T:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise UnreadableFileError("is larger than 4 MB; split it by area.")
        text = path.read_text(encoding="utf-8")
        refuse_deep_nesting(text)
        return parse(text)
    except OSError as error:
        raise UnreadableFileError(f"cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UnreadableFileError("is not UTF-8 text; save it as UTF-8.") from error
    except yaml.MarkedYAMLError as error:
        raise UnreadableFileError(f"line {line_of(error)}: {error.problem}.") from error
    except (yaml.YAMLError, ValueError) as error:
        raise UnreadableFileError(f"is not valid YAML: {error}.") from error


def refuse_deep_nesting(text: str) -> None:
    """libyaml builds nested values by recursion in C: a hundred thousand brackets would end the process."""
    depth = 0
    for event in yaml.parse(text, Loader=SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST_NESTING:
            raise UnreadableFileError("is nested too deeply to be a catalogue.")


def line_of(error: yaml.MarkedYAMLError) -> int:
    mark = error.problem_mark or error.context_mark
    return mark.line + 1 if mark else 1


class StrictLoader(SafeLoader):
    """Refuses a key given twice, where YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, object]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"“{key.value}” is given twice", key.start_mark)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)
