from dataclasses import replace
from typing import Any

from tasks.audit import Entry
from tasks.ports import UnitOfWork
from tests.builders import utc


def an_entry(what: str = "task:answer", about: str = "task:1", **changes: Any) -> Entry:
    entry = Entry(
        what=what,
        about=about,
        who="olga",
        at=utc(2026, 11, 3, 12).replace(microsecond=5),
        platform="slack",
        message="C1/1.2",
        before={"state": "open", "version": 1, "flag": True, "nobody": None},
        after={"state": "recorded", "evidence": ["b", "a"]},
        detail="Größe “x”",
    )
    return replace(entry, **changes)


def test_an_entry_comes_back_whole(uow: UnitOfWork) -> None:
    uow.audit.append(an_entry())
    assert uow.audit.of("task:1", limit=9) == [an_entry()]


def test_an_entry_without_detail_comes_back_without(uow: UnitOfWork) -> None:
    uow.audit.append(an_entry(detail=""))
    assert uow.audit.of("task:1", limit=9) == [an_entry(detail="")]


def test_entries_about_a_thing_come_latest_first(uow: UnitOfWork) -> None:
    for what in ("task:open", "task:answer", "task:accept"):
        uow.audit.append(an_entry(what))
        uow.audit.append(an_entry(what, "task:2"))
    assert [entry.what for entry in uow.audit.of("task:1", limit=2)] == ["task:accept", "task:answer"]


def test_the_position_moves_with_every_entry_of_the_workspace(uow: UnitOfWork, elsewhere: UnitOfWork) -> None:
    assert uow.audit.position() == 0
    uow.audit.append(an_entry())
    elsewhere.audit.append(an_entry())
    uow.audit.append(an_entry())
    assert uow.audit.position() == 2


def test_another_workspaces_entries_are_not_seen(uow: UnitOfWork, elsewhere: UnitOfWork) -> None:
    elsewhere.audit.append(an_entry())
    assert uow.audit.of("task:1", limit=9) == []
