from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tasks.errors import Stale
from tasks.homes import Home
from tasks.ports import UnitOfWork
from tests.builders import utc

NOON = utc(2026, 11, 3, 12)
SECOND = timedelta(seconds=1)


def opened(uow: UnitOfWork, user: str = "U1", at: datetime = NOON) -> Home:
    uow.homes.open("slack", user, at)
    return found(uow, user)


def shown(uow: UnitOfWork, user: str = "U1", **changes: object) -> Home:
    values: dict[str, object] = {"hash": "1.h", "digest": "d1", "seen": 7}
    return uow.homes.save(replace(opened(uow, user), **{**values, **changes}))  # type: ignore[arg-type]


def found(uow: UnitOfWork, user: str = "U1") -> Home:
    home = uow.homes.find("slack", user)
    assert home
    return home


def due(uow: UnitOfWork, **changes: object) -> list[str]:
    """By default nothing but what was just opened."""
    asked: dict[str, object] = {
        "opened_after": NOON - SECOND,
        "position": 0,
        "changed_before": NOON - SECOND,
        "checked_before": NOON - SECOND,
        "limit": 9,
    }
    return [home.external_id for home in uow.homes.due(**{**asked, **changes})]  # type: ignore[arg-type]


def test_a_page_nobody_opened_is_not_known(uow: UnitOfWork) -> None:
    assert uow.homes.find("slack", "U1") is None


def test_an_opened_page_is_known_and_shows_nothing_yet(uow: UnitOfWork) -> None:
    assert opened(uow) == Home(platform="slack", external_id="U1", opened_at=NOON, checked_at=NOON)


def test_what_was_shown_comes_back_whole(uow: UnitOfWork) -> None:
    home = shown(uow)
    assert found(uow) == home
    assert (home.hash, home.digest, home.seen, home.version) == ("1.h", "d1", 7, 2)


def test_opened_again_it_has_to_be_shown_again_over_what_stands_there(uow: UnitOfWork) -> None:
    shown(uow)
    again = opened(uow, at=NOON + SECOND)
    assert (again.opened_at, again.hash, again.digest, again.seen, again.version) == (NOON + SECOND, "1.h", "", 7, 3)


def test_of_two_who_save_the_second_is_refused(uow: UnitOfWork) -> None:
    home = opened(uow)
    uow.homes.save(replace(home, hash="1.h"))
    with pytest.raises(Stale):
        uow.homes.save(replace(home, hash="2.h"))
    assert found(uow).hash == "1.h"


def test_a_forgotten_page_cannot_be_saved_and_opens_as_new(uow: UnitOfWork) -> None:
    home = shown(uow)
    uow.homes.forget("slack", "U1")
    assert uow.homes.find("slack", "U1") is None
    with pytest.raises(Stale):
        uow.homes.save(home)
    assert opened(uow).hash == ""


def test_one_that_says_the_same_is_checked_without_a_new_version(uow: UnitOfWork) -> None:
    home = shown(uow)
    uow.homes.checked(home, seen=9, at=NOON + SECOND)
    assert found(uow) == replace(home, seen=9, checked_at=NOON + SECOND)


def test_one_that_was_opened_meanwhile_is_not_taken_for_checked(uow: UnitOfWork) -> None:
    home = shown(uow)
    again = opened(uow)
    uow.homes.checked(home, seen=9, at=NOON + SECOND)
    assert found(uow) == again


def test_a_just_opened_page_is_due_at_once_and_before_the_others(uow: UnitOfWork) -> None:
    shown(uow, "U1", checked_at=NOON - 3 * SECOND)
    opened(uow, "U2")
    assert due(uow) == ["U2", "U1"]
    assert due(uow, limit=1) == ["U2"]


def test_a_page_behind_the_log_is_due_once_it_was_left_alone_for_a_while(uow: UnitOfWork) -> None:
    shown(uow)
    assert due(uow, position=7, changed_before=NOON) == []
    assert due(uow, position=8, changed_before=NOON - SECOND) == []
    assert due(uow, position=8, changed_before=NOON) == ["U1"]


def test_a_page_nobody_looked_at_for_long_is_due_whatever_happened(uow: UnitOfWork) -> None:
    shown(uow)
    assert due(uow, checked_before=NOON - SECOND) == []
    assert due(uow, checked_before=NOON) == ["U1"]


def test_what_was_looked_at_longest_ago_comes_first(uow: UnitOfWork) -> None:
    for user, seconds in (("U1", 1), ("U2", 3), ("U3", 2)):
        shown(uow, user, checked_at=NOON - seconds * SECOND)
    assert due(uow, checked_before=NOON) == ["U2", "U3", "U1"]


def test_a_page_that_was_opened_long_ago_is_left_alone(uow: UnitOfWork) -> None:
    opened(uow)
    assert due(uow, opened_after=NOON) == []


def test_another_workspaces_pages_are_not_seen(uow: UnitOfWork, elsewhere: UnitOfWork) -> None:
    home = opened(uow)
    assert elsewhere.homes.find("slack", "U1") is None
    assert due(elsewhere) == []
    elsewhere.homes.forget("slack", "U1")
    assert found(uow) == home
