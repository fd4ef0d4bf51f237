"""What a check of soc2 doctor is given, and what it says."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from bot.settings import Settings


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Finding:
    check: str
    state: State
    says: str
    cure: str = ""


@dataclass(frozen=True, kw_only=True)
class Patient:
    settings: Settings
    misspelt: Sequence[str] = ()
    """A sentence for each variable that nothing reads."""
    env_file: Path = Path(".env")
    now: Callable[[], datetime]
    """The machine's own time."""
    company_now: Callable[[], datetime]
    """The time as the tasks see it, which in local may have been moved."""


Check = Callable[[Patient], Iterator[Finding]]


def fine(check: str, says: str) -> Finding:
    return Finding(check=check, state=State.OK, says=says)


def warning(check: str, says: str, cure: str) -> Finding:
    return Finding(check=check, state=State.WARNING, says=says, cure=cure)


def failed(check: str, says: str, cure: str) -> Finding:
    return Finding(check=check, state=State.FAILED, says=says, cure=cure)
