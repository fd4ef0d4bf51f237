from dataclasses import replace
from datetime import date

import pytest

from tasks.controls import SpanKind
from tasks.errors import NotFound, Stale
from tasks.identifiers import ControlId
from tasks.ports import UnitOfWork
from tests.builders import a_control, a_control_text, an_item


def test_a_control_comes_back_whole(uow: UnitOfWork) -> None:
    text = a_control_text(
        span=SpanKind.AS_OF,
        limit_days=5,
        acceptance=True,
        evidence=(an_item("one", population=True, restricted=True), an_item("two", required=False)),
        population="All leavers",
        tested_attributes=("Who", "When – exactly"),
        sampling_frequency="quarterly",
        event_driven=True,
        refs={"tsc": ("CC6.1", "CC6.2"), "hipaa": ()},
    )
    control = a_control(owner_id=None, starts_on=date(2026, 2, 28), retired=True, text=text)
    uow.controls.add(control)
    assert uow.controls.get(control.id) == control


def test_an_unknown_control_is_not_found(uow: UnitOfWork) -> None:
    with pytest.raises(NotFound):
        uow.controls.get(ControlId("none"))


def test_another_workspaces_control_is_not_found_in_the_same_words(uow: UnitOfWork, elsewhere: UnitOfWork) -> None:
    elsewhere.controls.add(a_control())
    with pytest.raises(NotFound) as unknown:
        uow.controls.get(ControlId("none"))
    with pytest.raises(NotFound) as foreign:
        uow.controls.get(a_control().id)
    assert str(foreign.value) == str(unknown.value)
    with pytest.raises(NotFound):
        uow.controls.text(a_control().id, 1)


def test_a_control_is_found_by_its_code(uow: UnitOfWork) -> None:
    uow.controls.add(a_control("IAM-03"))
    assert uow.controls.by_code("IAM-03") == a_control("IAM-03")
    assert uow.controls.by_code("iam-03") == a_control("IAM-03")
    assert uow.controls.by_code("IAM-04") is None


def test_every_control_is_listed_by_code_and_retired_ones_too(uow: UnitOfWork) -> None:
    uow.controls.add(a_control("HR-02", retired=True))
    uow.controls.add(a_control("BCK-01"))
    assert [control.code for control in uow.controls.every()] == ["BCK-01", "HR-02"]


def test_saving_changes_what_is_not_versioned(uow: UnitOfWork) -> None:
    uow.controls.add(a_control())
    changed = a_control(owner_id=None, department="hr", retired=True)
    uow.controls.save(changed)
    assert uow.controls.get(changed.id) == changed


def test_a_raised_version_stores_a_new_text_and_keeps_the_old_one(uow: UnitOfWork) -> None:
    uow.controls.add(a_control())
    edited = a_control(version=2, text=a_control_text(prompt="Anew"))
    uow.controls.save(edited)
    assert uow.controls.get(edited.id) == edited
    assert uow.controls.text(edited.id, 1) == a_control_text()
    assert uow.controls.text(edited.id, 2).prompt == "Anew"


def test_a_version_that_was_never_written_is_not_found(uow: UnitOfWork) -> None:
    uow.controls.add(a_control())
    with pytest.raises(NotFound):
        uow.controls.text(a_control().id, 2)


def test_another_text_under_the_same_version_is_stale(uow: UnitOfWork) -> None:
    uow.controls.add(a_control())
    with pytest.raises(Stale):
        uow.controls.save(a_control(text=a_control_text(prompt="Anew")))
    assert uow.controls.text(a_control().id, 1) == a_control_text()


def test_a_version_older_than_the_current_one_is_stale(uow: UnitOfWork) -> None:
    uow.controls.add(a_control())
    uow.controls.save(a_control(version=2, text=a_control_text(prompt="Anew")))
    with pytest.raises(Stale):
        uow.controls.save(a_control())


def test_saving_an_unknown_control_is_not_found(uow: UnitOfWork) -> None:
    with pytest.raises(NotFound):
        uow.controls.save(replace(a_control(), retired=True))
