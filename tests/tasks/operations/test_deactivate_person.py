from dataclasses import replace
from datetime import date

from tasks.controls import Cadence
from tasks.errors import Invalid, NotAllowed
from tasks.identifiers import TaskId
from tasks.notices import Occasion
from tasks.operations.answer_task import answer_task
from tasks.operations.deactivate_person import deactivate_person, reactivate_person
from tasks.operations.schedule import open_due, plan_control
from tasks.people import Role
from tests.builders import a_person, a_task, utc
from tests.tasks.operations.company import ADA, BARE, DONE, LEE, MAX, OLGA, TASK, Company, a_company, on_leave


def leaves(acme: Company, who: str = "olga") -> None:
    """The chat platform's member list says so."""
    acme.by("clock", deactivate_person, acme.person(who).id)


def test_open_tasks_go_to_the_manager_who_is_prompted() -> None:
    acme = a_company()
    leaves(acme)
    assert acme.task.owner_id == "max"
    assert acme.told(Occasion.REASSIGNED) == ["max"]


def test_they_go_to_the_manager_even_on_leave_whose_delegate_is_prompted() -> None:
    acme = a_company(on_leave(MAX))
    leaves(acme)
    assert acme.task.owner_id == "max"
    assert acme.told(Occasion.REASSIGNED) == ["dan"]


def test_without_a_manager_they_go_to_the_departments_lead_then_to_the_compliance_lead() -> None:
    alone = replace(OLGA, manager_id=None)
    acme = a_company(alone, a_person("tom", Role.DEPARTMENT_LEAD))
    leaves(acme)
    assert acme.task.owner_id == "tom"
    acme = a_company(alone)
    leaves(acme)
    assert acme.task.owner_id == "lee"


def test_the_compliance_lead_is_told_how_many_tasks_moved() -> None:
    acme = a_company(tasks=(a_task(), a_task("task-2", occurrence="2026-09")))
    leaves(acme)
    assert acme.told(Occasion.OWNER_LEFT) == ["lee"]
    assert acme.notices(Occasion.OWNER_LEFT)[0].detail == "Olga was deactivated. 2 open tasks moved on."


def test_without_a_compliance_lead_the_admin_is_told() -> None:
    acme = a_company()
    leaves(acme, "lee")
    assert acme.told(Occasion.OWNER_LEFT) == [ADA.id]


def test_where_nobody_is_left_the_task_waits_with_its_ladder() -> None:
    acme = a_company(replace(OLGA, manager_id=None), replace(LEE, active=False))
    leaves(acme)
    assert acme.task.owner_id == "olga"
    assert acme.notices(Occasion.OWNER_LEFT)[0].detail == "Olga was deactivated. 0 open tasks moved on."


def test_answered_tasks_stay_theirs() -> None:
    acme = a_company()
    acme.answers()
    leaves(acme)
    assert acme.task.owner_id == "olga"


def test_what_was_planned_for_them_is_planned_anew() -> None:
    acme = a_company()
    acme.run(plan_control, acme.control)
    leaves(acme)
    assert {one.owner_id for one in acme.uow.tasks.planned(until=utc(2027, 1, 1))} == {"lee"}


def test_so_is_a_yearly_control_that_opens_next_year() -> None:
    yearly = replace(BARE, rrule="FREQ=YEARLY;BYMONTH=8;BYMONTHDAY=1", cadence=Cadence.ANNUAL)
    acme = a_company(text=yearly)
    acme.run(plan_control, replace(acme.control, starts_on=date(2026, 11, 1)))
    leaves(acme)
    assert {one.owner_id for one in acme.uow.tasks.planned(until=utc(2030, 1, 1))} == {"lee"}


def test_so_is_what_an_unassigned_control_had_planned_for_a_compliance_lead() -> None:
    acme = a_company(a_person("lou", Role.COMPLIANCE_LEAD))
    unassigned = replace(acme.control, owner_id=None)
    acme.uow.controls.save(unassigned)
    acme.run(plan_control, unassigned)
    leaves(acme, "lee")
    assert {one.owner_id for one in acme.uow.tasks.planned(until=utc(2027, 1, 1))} == {"lou"}


def test_they_answer_nothing_any_more() -> None:
    acme = a_company()
    leaves(acme)
    acme.refused(NotAllowed, "olga", answer_task, TASK, 2, DONE)


def test_deactivating_twice_changes_nothing() -> None:
    acme = a_company()
    leaves(acme)
    before = acme.snapshot()
    leaves(acme)
    assert acme.snapshot() == before


def test_only_an_admin_the_command_line_and_the_member_list_deactivate() -> None:
    acme = a_company()
    for who in ("lee", "max", "zoe"):
        acme.refused(NotAllowed, who, deactivate_person, OLGA.id)
    acme.by("cli", deactivate_person, OLGA.id)
    assert not acme.person("olga").active


def test_a_deactivation_is_one_audit_entry_and_one_for_each_task_moved() -> None:
    acme = a_company()
    leaves(acme)
    assert acme.entries == ["person:deactivate", "task:reassign"]
    assert acme.state.entries[0].about == "person:olga"


def test_tasks_opened_before_the_plan_was_mended_find_somebody_by_their_ladder() -> None:
    acme = a_company(tasks=())
    acme.run(plan_control, replace(acme.control, starts_on=acme.clock.now().date()))
    acme.uow.people.save(replace(OLGA, active=False))
    assert acme.run(open_due) == 1
    (task,) = acme.state.tasks.values()
    assert (task.next_rung_at, acme.uow.notices.of_task(TaskId(task.id))) == (task.opens_at, [])


def test_the_only_compliance_lead_is_not_deactivated_by_hand_nor_an_admin_by_themselves() -> None:
    acme = a_company()
    assert "only compliance lead" in str(acme.refused(Invalid, "ada", deactivate_person, LEE.id))
    assert "another admin" in str(acme.refused(NotAllowed, "ada", deactivate_person, ADA.id))


def test_whoever_comes_back_owns_what_is_theirs_by_name_again() -> None:
    acme = a_company()
    acme.run(plan_control, acme.control)
    leaves(acme)
    assert acme.by("ada", reactivate_person, OLGA.id).active
    assert acme.entries[-1] == "person:reactivate"
    assert {one.owner_id for one in acme.uow.tasks.planned(until=utc(2027, 1, 1))} == {"olga"}
    assert acme.task.owner_id == "max"


def test_bringing_somebody_back_is_for_admins_and_changes_nothing_for_those_who_are_here() -> None:
    acme = a_company()
    for who in ("lee", "max", "zoe"):
        acme.refused(NotAllowed, who, reactivate_person, OLGA.id)
    before = acme.snapshot()
    acme.by("ada", reactivate_person, OLGA.id)
    assert acme.snapshot() == before
