from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tasks.errors import NotFound
from tasks.evidence import FileReference, SharedMessage
from tasks.identifiers import PersonId
from tasks.ports import UnitOfWork
from tests.builders import utc
from tests.contracts.steps import staffed

NOON = utc(2026, 11, 3, 12)


def a_message(handle: str = "m1", **changes: Any) -> SharedMessage:
    message = SharedMessage(
        id=handle,
        person_id=PersonId("olga"),
        platform="slack",
        conversation="C1",
        message="1793714520.000000",
        place="#it-help",
        author="Ann Lee",
        author_id="U0ANN",
        at=NOON,
        text="The account is gone.\nTicket 42 is closed. 🙂",
        files=(FileReference(platform="slack", reference="F1", name="a.png", declared_type="image/png", size=9),),
        shared_at=NOON,
    )
    return replace(message, **changes)


@pytest.fixture
def ours(uow: UnitOfWork) -> UnitOfWork:
    return staffed(uow)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"files": (), "text": "x" * 40_000},
        {"files": (FileReference(platform="slack", reference="F2", name="b"),), "changed_at": NOON, "deleted_at": NOON},
    ],
)
def test_a_message_comes_back_whole(ours: UnitOfWork, changes: dict[str, Any]) -> None:
    whole = a_message(**changes)
    ours.shared_messages.add(whole)
    assert ours.shared_messages.get("m1") == whole


def test_saving_changes_it(ours: UnitOfWork) -> None:
    ours.shared_messages.add(a_message())
    ours.shared_messages.save(a_message(deleted_at=NOON))
    assert ours.shared_messages.get("m1") == a_message(deleted_at=NOON)


def test_unknown_and_foreign_messages_are_not_found_in_the_same_words(ours: UnitOfWork, elsewhere: UnitOfWork) -> None:
    ours.shared_messages.add(a_message())
    with pytest.raises(NotFound) as unknown:
        elsewhere.shared_messages.get("none")
    with pytest.raises(NotFound) as foreign:
        elsewhere.shared_messages.get("m1")
    assert str(foreign.value) == str(unknown.value)
    with pytest.raises(NotFound):
        elsewhere.shared_messages.save(a_message())
    assert elsewhere.shared_messages.of_message("slack", "C1", a_message().message) == []
    assert elsewhere.shared_messages.forget_before(NOON + timedelta(days=1)) == 0


def test_every_time_a_message_was_chosen_is_found_by_its_place_on_the_platform(ours: UnitOfWork) -> None:
    for one in (
        a_message("later", shared_at=NOON + timedelta(hours=1)),
        a_message("first"),
        a_message("elsewhere", conversation="C2"),
        a_message("other", message="1.0"),
        a_message("teams", platform="teams"),
    ):
        ours.shared_messages.add(one)
    found = ours.shared_messages.of_message("slack", "C1", a_message().message)
    assert [one.id for one in found] == ["first", "later"]


def test_what_somebody_set_aside_lately_is_found_latest_first(ours: UnitOfWork, elsewhere: UnitOfWork) -> None:
    for one in (
        a_message("first"),
        a_message("later", shared_at=NOON + timedelta(hours=1)),
        a_message("too-old", shared_at=NOON - timedelta(microseconds=1)),
        a_message("theirs", person_id=PersonId("max")),
    ):
        ours.shared_messages.add(one)
    found = ours.shared_messages.set_aside_by(PersonId("olga"), since=NOON)
    assert [one.id for one in found] == ["later", "first"]
    assert elsewhere.shared_messages.set_aside_by(PersonId("olga"), since=NOON) == []


def test_what_was_set_aside_before_a_moment_is_forgotten(ours: UnitOfWork) -> None:
    ours.shared_messages.add(a_message("old", shared_at=NOON - timedelta(microseconds=1)))
    ours.shared_messages.add(a_message("new"))
    assert ours.shared_messages.forget_before(NOON) == 1
    assert ours.shared_messages.get("new").id == "new"
    with pytest.raises(NotFound):
        ours.shared_messages.get("old")
