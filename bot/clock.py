"""What time it is. The only readers of the machine's clock."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path


def real_now() -> datetime:
    return datetime.now(UTC)


class SystemClock:
    def now(self) -> datetime:
        return real_now()


class ClockError(Exception):
    """The clock can't be moved like that; the message is a sentence for a person."""


class MovableClock:
    """The machine's time plus what it was moved by: only forward, and remembered across restarts.

    For trying the bot out: production refuses it.
    """

    def __init__(self, path: Path, *, real: Callable[[], datetime] = real_now) -> None:
        self._path = path
        self._real = real
        self._offset = timedelta()
        self._written = 0
        self._refresh()

    def now(self) -> datetime:
        self._refresh()
        return self._real() + self._offset

    @property
    def offset(self) -> timedelta:
        self._refresh()
        return self._offset

    def _refresh(self) -> None:
        """The command line moves the clock of a running server too."""
        written = self._path.stat().st_mtime_ns if self._path.exists() else 0
        if written != self._written:
            self._offset = max(_read(self._path), self._offset)
            self._written = written

    def move(self, by: timedelta) -> datetime:
        """Forward only: an audit trail that goes back in time proves nothing."""
        self._refresh()
        if by < timedelta():
            raise ClockError("The clock only moves forward.")
        if self._offset + by > timedelta(days=3650):
            raise ClockError("The clock is ten years ahead already; start over with a new demo.")
        self._offset += by
        _write(self._path, self._offset)
        return self.now()

    def move_to(self, moment: datetime) -> datetime:
        ahead = moment - self.now()
        if ahead < timedelta():
            raise ClockError(f"{moment:%Y-%m-%d %H:%M} UTC is already past; the clock only moves forward.")
        return self.move(ahead)


def _read(path: Path) -> timedelta:
    if not path.exists():
        return timedelta()
    try:
        return timedelta(seconds=float(json.loads(path.read_text(encoding="utf-8"))["moved_by_seconds"]))
    except (ValueError, KeyError, TypeError) as error:
        raise ClockError(f"{path} can't be read; delete it to set the clock to the real time.") from error


def _write(path: Path, offset: timedelta) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.write_text(json.dumps({"moved_by_seconds": offset.total_seconds()}), encoding="utf-8")
    os.replace(new, path)
