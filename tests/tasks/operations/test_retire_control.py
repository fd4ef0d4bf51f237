from datetime import date

from tasks.errors import NotAllowed, NotFound
from tasks.identifiers import ControlId
from tasks.operations.retire_control import restore_control, retire_control
from tasks.operations.schedule import open_due, plan_ahead, plan_control
from tests.builders import utc
from tests.tasks.operations.company import CONTROL, a_company


def test_a_retired_control_opens_nothing_more_and_its_open_tasks_stay() -> None:
    acme = a_company()
    acme.run(plan_control, acme.control)
    assert acme.by("lee", retire_control, CONTROL).retired
    acme.clock.advance(days=60)
    assert acme.run(open_due) == 0
    assert acme.task.is_open


def test_brought_back_it_opens_what_is_to_come_and_nothing_of_the_time_between() -> None:
    acme = a_company()
    acme.by("lee", retire_control, CONTROL)
    acme.clock.advance(days=200)
    restored = acme.by("lee", restore_control, CONTROL)
    assert (restored.retired, restored.starts_on) == (False, date(2027, 5, 21))
    acme.run(plan_ahead)
    assert acme.run(open_due) == 0
    assert [one.occurrence for one in acme.uow.tasks.planned(until=utc(2027, 6, 20))] == ["2027-05"]


def test_both_are_on_record_with_the_reason() -> None:
    acme = a_company()
    acme.by("lee", retire_control, CONTROL, reason=" Merged into IAM-04 ")
    acme.by("lee", restore_control, CONTROL, reason="Not merged after all")
    assert acme.entries == ["control:retire", "control:restore"]
    assert [one.detail for one in acme.state.entries] == ["Merged into IAM-04", "Not merged after all"]
    assert acme.state.entries[0].before["retired"] is False
    assert acme.state.entries[0].after["retired"] is True


def test_doing_it_twice_changes_nothing() -> None:
    acme = a_company()
    acme.by("lee", restore_control, CONTROL)
    assert acme.entries == []
    acme.by("lee", retire_control, CONTROL)
    before = acme.snapshot()
    acme.by("lee", retire_control, CONTROL)
    assert acme.snapshot() == before


def test_an_unknown_control_is_neither() -> None:
    for operation in (retire_control, restore_control):
        a_company().refused(NotFound, "lee", operation, ControlId("nothing"))


def test_it_takes_a_compliance_lead_an_admin_or_the_command_line() -> None:
    acme = a_company()
    for who in ("olga", "max", "sue"):
        acme.refused(NotAllowed, who, retire_control, CONTROL)
        acme.refused(NotAllowed, who, restore_control, CONTROL)
    acme.by("cli", retire_control, CONTROL)
    acme.by("ada", restore_control, CONTROL)
