from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import ClockError, MovableClock
from tests.builders import utc

NOW = utc(2026, 11, 2, 9)


def a_clock(folder: Path) -> MovableClock:
    return MovableClock(folder / "clock.json", real=lambda: NOW)


def test_a_clock_that_was_never_moved_shows_the_real_time(tmp_path: Path) -> None:
    assert a_clock(tmp_path).now() == NOW


def test_a_moved_clock_stays_moved_after_a_restart(tmp_path: Path) -> None:
    a_clock(tmp_path).move(timedelta(days=7))
    assert a_clock(tmp_path).now() == NOW + timedelta(days=7)


def test_a_running_clock_follows_one_that_another_process_moved(tmp_path: Path) -> None:
    running = a_clock(tmp_path)
    a_clock(tmp_path).move(timedelta(days=1))
    assert running.now() == NOW + timedelta(days=1)


def test_a_clock_never_moves_back(tmp_path: Path) -> None:
    clock = a_clock(tmp_path)
    with pytest.raises(ClockError, match="only moves forward"):
        clock.move(timedelta(seconds=-1))
    with pytest.raises(ClockError, match="already past"):
        clock.move_to(NOW - timedelta(days=1))
    assert clock.now() == NOW


def test_a_clock_moves_to_a_named_time(tmp_path: Path) -> None:
    assert a_clock(tmp_path).move_to(utc(2026, 12, 24, 8)) == utc(2026, 12, 24, 8)


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "clock.json").write_text("{")
    with pytest.raises(ClockError, match=r"clock\.json can't be read"):
        a_clock(tmp_path)
