"""What is wrong with a catalogue, told so that the person editing the file can mend it."""

from collections.abc import Iterable
from dataclasses import dataclass

from tasks.errors import DomainError


@dataclass(frozen=True, kw_only=True)
class Problem:
    file: str
    control: str = ""
    """Its code, or "control 3" where the code itself cannot be read. Empty: the file as a whole."""
    field: str = ""
    """Dotted, as in evidence.2.key. Empty: the file or control as a whole."""
    message: str

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.file, self.control, self.field) if part)
        return f"{place}: {self.message}"


class CatalogueError(DomainError):
    """Every problem found, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        lines = "\n".join(f"- {problem}" for problem in self.problems)
        noun = "problem" if len(self.problems) == 1 else "problems"
        super().__init__(f"The catalogue was not loaded: {len(self.problems)} {noun} to mend first.\n{lines}")
