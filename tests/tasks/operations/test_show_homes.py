from datetime import timedelta

import pytest

from tasks.audit import Entry
from tasks.errors import Stale
from tasks.homes import Home
from tasks.operations.show_homes import (
    LOOKED_AT_FOR,
    NO_LATER,
    NO_SOONER,
    doubt_home,
    forget_home,
    homes_due,
    open_home,
    record_same,
    record_shown,
)
from tests.fakes import MONDAY, FakeUnitOfWork

SECOND = timedelta(seconds=1)


@pytest.fixture
def uow() -> FakeUnitOfWork:
    """U1's page was opened and shown on Monday."""
    uow = FakeUnitOfWork()
    open_home(uow, "slack", "U1")
    record_shown(uow, the_home(uow), hash="1.h", digest="d1", seen=0, at=MONDAY)
    return uow


def the_home(uow: FakeUnitOfWork) -> Home:
    home = uow.homes.find("slack", "U1")
    assert home
    return home


def something_happens(uow: FakeUnitOfWork) -> None:
    uow.audit.append(Entry(what="task:answer", about="task:1", who="olga", at=uow.now, platform="slack"))


def is_due(uow: FakeUnitOfWork, after: timedelta) -> bool:
    return bool(homes_due(uow.at(MONDAY + after), limit=9))


def test_a_page_that_was_just_shown_is_not_due(uow: FakeUnitOfWork) -> None:
    assert not is_due(uow, timedelta())
    assert not is_due(uow, NO_LATER - SECOND)


def test_after_a_change_it_is_due_once_the_burst_is_over(uow: FakeUnitOfWork) -> None:
    something_happens(uow)
    assert not is_due(uow, NO_SOONER - SECOND)
    assert is_due(uow, NO_SOONER)


def test_without_any_change_it_is_due_for_the_clock_s_sake_within_a_minute(uow: FakeUnitOfWork) -> None:
    assert is_due(uow, NO_LATER)
    assert timedelta(minutes=1) > NO_LATER


def test_an_hour_after_the_opening_nobody_is_taken_to_look_at_it(uow: FakeUnitOfWork) -> None:
    something_happens(uow)
    assert is_due(uow, LOOKED_AT_FOR - SECOND)
    assert not is_due(uow, LOOKED_AT_FOR)


def test_one_that_says_the_same_is_not_due_for_that_change_again(uow: FakeUnitOfWork) -> None:
    something_happens(uow)
    record_same(uow.at(MONDAY + NO_SOONER), the_home(uow), seen=1, at=MONDAY + NO_SOONER)
    assert not is_due(uow, NO_SOONER * 2)
    assert the_home(uow).digest == "d1"


def test_opened_again_it_is_due_at_once_and_its_mark_is_kept(uow: FakeUnitOfWork) -> None:
    open_home(uow.at(MONDAY + SECOND), "slack", "U1")
    assert is_due(uow, SECOND)
    assert (the_home(uow).hash, the_home(uow).opened_at) == ("1.h", MONDAY + SECOND)


def test_what_was_looked_at_before_it_was_opened_again_is_not_recorded_as_shown(uow: FakeUnitOfWork) -> None:
    looked_at = the_home(uow)
    open_home(uow, "slack", "U1")
    with pytest.raises(Stale):
        record_shown(uow, looked_at, hash="2.h", digest="d2", seen=1, at=MONDAY)
    assert the_home(uow).digest == ""


def test_in_doubt_it_is_due_at_once_but_not_for_longer(uow: FakeUnitOfWork) -> None:
    doubt_home(uow.at(MONDAY + SECOND), "slack", "U1")
    assert is_due(uow, SECOND)
    assert the_home(uow).opened_at == MONDAY


def test_there_is_no_doubt_about_a_page_nobody_opened(uow: FakeUnitOfWork) -> None:
    doubt_home(uow, "slack", "U2")
    assert uow.homes.find("slack", "U2") is None


def test_a_forgotten_page_is_not_due(uow: FakeUnitOfWork) -> None:
    something_happens(uow)
    forget_home(uow, "slack", "U1")
    assert not is_due(uow, NO_LATER)
