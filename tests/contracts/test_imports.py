from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tasks.errors import NotFound, Stale
from tasks.identifiers import ImportId, PersonId
from tasks.imports import Import, ImportKind, ImportState
from tasks.ports import UnitOfWork
from tests.builders import a_person, utc

NOON = utc(2026, 11, 3, 12)
MATRIX = ImportKind.CONTROL_MATRIX


@pytest.fixture
def staged(uow: UnitOfWork) -> UnitOfWork:
    uow.people.add(a_person("olga"))
    return uow


def an_import(handle: str = "i1", **changes: Any) -> Import:
    item = Import(
        id=ImportId(handle),
        kind=MATRIX,
        person_id=PersonId("olga"),
        platform="slack",
        reference="F1",
        name="controls.csv",
        created_at=NOON,
    )
    return replace(item, **changes)


def handles(items: Any) -> list[str]:
    return [one.id for one in items]


def test_an_import_comes_back_whole(staged: UnitOfWork) -> None:
    whole = an_import(
        declared_size=10_000_000_000,
        sha256="ab" * 32,
        state=ImportState.READ,
        error="Late",
        body='{"rows": ["ü"]}',
        attempts=2,
        next_attempt_at=NOON,
        version=3,
    )
    staged.imports.add(whole)
    assert staged.imports.get(whole.id) == whole


def test_unknown_and_foreign_imports_are_not_found_in_the_same_words(staged: UnitOfWork, elsewhere: UnitOfWork) -> None:
    staged.imports.add(an_import())
    with pytest.raises(NotFound) as unknown:
        elsewhere.imports.get(ImportId("none"))
    with pytest.raises(NotFound) as foreign:
        elsewhere.imports.get(ImportId("i1"))
    assert str(foreign.value) == str(unknown.value)
    with pytest.raises(NotFound):
        elsewhere.imports.save(an_import())
    assert elsewhere.imports.to_fetch(now=NOON, limit=9) == []
    assert elsewhere.imports.waiting(MATRIX) == []


def test_saving_raises_the_version_and_the_loser_of_a_race_is_told(staged: UnitOfWork) -> None:
    staged.imports.add(an_import())
    saved = staged.imports.save(an_import(state=ImportState.READ, body="{}"))
    assert saved == an_import(state=ImportState.READ, body="{}", version=2) == staged.imports.get(saved.id)
    with pytest.raises(Stale):
        staged.imports.save(an_import(state=ImportState.CANCELLED))


def test_files_are_fetched_once_their_next_attempt_is_due(staged: UnitOfWork) -> None:
    staged.imports.add(an_import("later", next_attempt_at=NOON + timedelta(microseconds=1)))
    staged.imports.add(an_import("due", next_attempt_at=NOON))
    staged.imports.add(an_import("overdue", next_attempt_at=NOON - timedelta(hours=1)))
    staged.imports.add(an_import("new"))
    staged.imports.add(an_import("read", state=ImportState.READ))
    assert handles(staged.imports.to_fetch(now=NOON, limit=9)) == ["new", "overdue", "due"]
    assert handles(staged.imports.to_fetch(now=NOON, limit=1)) == ["new"]


def test_those_being_taken_over_come_oldest_first(staged: UnitOfWork) -> None:
    staged.imports.add(an_import("b", state=ImportState.INSTALLING, created_at=NOON + timedelta(hours=1)))
    staged.imports.add(an_import("c", state=ImportState.INSTALLING))
    staged.imports.add(an_import("a", state=ImportState.CONFIRMED))
    assert handles(staged.imports.installing(limit=9)) == ["c", "b"]
    assert handles(staged.imports.installing(limit=1)) == ["c"]


def test_those_that_wait_for_a_person_come_newest_first(staged: UnitOfWork) -> None:
    staged.imports.add(an_import("old", state=ImportState.READ))
    staged.imports.add(an_import("new", state=ImportState.READ, created_at=NOON + timedelta(hours=1)))
    staged.imports.add(an_import("gone", state=ImportState.CANCELLED))
    assert handles(staged.imports.waiting(MATRIX)) == ["new", "old"]
