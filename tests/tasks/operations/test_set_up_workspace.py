from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from tasks.errors import Invalid, NotAllowed, NotFound
from tasks.identifiers import ControlId, PersonId
from tasks.ladder import DEFAULT_LADDER, a_ladder
from tasks.model import TaskState
from tasks.notices import Occasion
from tasks.operations.assign import reassign_task
from tasks.operations.reopen_task import reopen_task
from tasks.operations.schedule import climb_ladders, long_overdue, plan_ahead, plan_control
from tasks.operations.set_up_workspace import set_channel, set_control_ladder, set_ladder, set_period, set_place
from tasks.people import Actor, Workspace
from tasks.ports import UnitOfWork
from tests.builders import a_control, a_task, utc
from tests.tasks.operations.company import CONTROL, TASK, Company, a_company
from tests.tasks.operations.setting_up import an_empty_company

SLOW = a_ladder({Occasion.MANAGER: 4, Occasion.COMPLIANCE_LEAD: 8})
LATE = a_ladder({Occasion.OVERDUE: 2, Occasion.MANAGER: 3})
QUICK = a_ladder({Occasion.OVERDUE: 1, Occasion.MANAGER: 2, Occasion.COMPLIANCE_LEAD: 3, Occasion.SPONSOR: 4})


def to_berlin(uow: UnitOfWork, actor: Actor, *, everybody: bool = False) -> Workspace:
    return set_place(uow, actor, time_zone="Europe/Berlin", country="DE", shutdown_days=(), everybody=everybody)


def overdue(days_late: int = 0) -> Company:
    """Olga's task was due on Monday 16 November; the clock stands so many days later, at ten."""
    now = utc(2026, 11, 16 + days_late, 10)
    return a_company(tasks=(a_task(next_rung_at=utc(2026, 11, 9, 9)),), now=now)


def climbs(company: Company, day: int, hour: int = 10) -> None:
    company.clock.moment = utc(2026, 11, day, hour)
    company.run(climb_ladders)


# --- place


def test_the_place_is_saved_with_what_was_there_before() -> None:
    company = an_empty_company()
    company.by("lee", set_place, time_zone="berlin", country="Germany", shutdown_days=(date(2026, 12, 24),))
    place = company.state.workspace
    assert (place.time_zone, place.country, place.shutdown_days) == ("Europe/Berlin", "DE", (date(2026, 12, 24),))
    assert company.last_entry.what == "workspace:change"
    assert dict(company.last_entry.before) == {"time_zone": "UTC", "country": "US", "shutdown_days": []}
    assert company.last_entry.after["shutdown_days"] == ["2026-12-24"]


def test_an_unchanged_place_is_confirmed_and_no_change_recorded() -> None:
    company = an_empty_company()
    company.by("lee", set_place, time_zone="UTC", country="US", shutdown_days=())
    assert company.entries == ["setup:change"]


def test_whoever_has_the_old_country_moves_along_if_asked_to() -> None:
    company = an_empty_company()
    company.state.people[PersonId("carl")] = replace(company.person("carl"), country="FR")
    company.by("lee", to_berlin, everybody=True)
    assert (company.person("olga").country, company.person("carl").country) == ("DE", "FR")
    assert company.last_entry.what == "people:move"
    assert company.last_entry.after["count"] == 7


def test_and_else_keeps_their_own() -> None:
    company = an_empty_company()
    company.by("lee", to_berlin)
    assert company.person("olga").country == "US"


@pytest.mark.parametrize(
    ("time_zone", "country", "field"), [("Mars", "DE", "time_zone"), ("Europe/Berlin", "XX", "country")]
)
def test_an_unknown_place_is_refused_in_its_field(time_zone: str, country: str, field: str) -> None:
    company = an_empty_company()
    error = company.refused(Invalid, "lee", set_place, time_zone=time_zone, country=country, shutdown_days=())
    assert set(error.fields) == {field}


def test_shutdown_days_move_what_is_planned() -> None:
    company = a_company(tasks=())
    company.run(plan_ahead)
    due = due_dates(company)
    company.by("lee", set_place, time_zone="UTC", country="US", shutdown_days=(date(2026, 12, 16),))
    assert date(2026, 12, 16) in due
    assert due_dates(company) == [day if day != date(2026, 12, 16) else date(2026, 12, 17) for day in due]


def due_dates(company: Company) -> list[date]:
    return sorted(one.task.due_at.date() for one in company.state.planned.values())


# --- channel and period


def test_the_channel_is_saved_and_may_be_taken_away_again() -> None:
    company = an_empty_company()
    company.by("lee", set_channel, "slack:C0123ABCD")
    assert company.state.workspace.compliance_channel == "slack:C0123ABCD"
    company.by("lee", set_channel, "")
    assert dict(company.last_entry.before) == {"compliance_channel": "slack:C0123ABCD"}


def test_the_same_day_twice_is_a_type_1_period() -> None:
    company = an_empty_company()
    company.by("lee", set_period, date(2027, 3, 31), date(2027, 3, 31))
    assert company.state.workspace.period_start == company.state.workspace.period_end == date(2027, 3, 31)


@pytest.mark.parametrize("end", [date(2026, 12, 31), date(2028, 3, 1)])
def test_a_period_that_no_report_covers_is_refused(end: date) -> None:
    error = an_empty_company().refused(Invalid, "lee", set_period, date(2027, 1, 1), end)
    assert set(error.fields) == {"end"}


# --- the ladder


def test_the_workspaces_ladder_is_climbed() -> None:
    company = overdue()
    company.by("lee", set_ladder, SLOW)
    climbs(company, 18)
    assert company.told(Occasion.MANAGER) == []
    climbs(company, 20)
    assert company.told(Occasion.MANAGER) == ["max"]


def test_a_changed_ladder_is_on_record_rung_by_rung() -> None:
    company = overdue()
    company.by("lee", set_ladder, SLOW)
    assert "manager:2" in str(company.last_entry.before["ladder"])
    assert "manager:4" in str(company.last_entry.after["ladder"])


def test_a_control_with_a_ladder_of_its_own_climbs_by_that() -> None:
    company = overdue()
    company.by("lee", set_control_ladder, CONTROL, QUICK)
    company.by("lee", set_ladder, SLOW)
    climbs(company, 19)
    assert company.told(Occasion.COMPLIANCE_LEAD) == ["lee"]
    assert company.state.controls[CONTROL].ladder == QUICK


def test_a_controls_own_ladder_is_on_record_and_may_be_taken_away() -> None:
    company = overdue()
    company.by("lee", set_control_ladder, CONTROL, QUICK)
    assert (company.last_entry.what, company.last_entry.before["ladder"]) == ("control:change", None)
    company.by("lee", set_control_ladder, CONTROL, None)
    assert company.state.controls[CONTROL].ladder is None
    entries = len(company.entries)
    company.by("lee", set_control_ladder, CONTROL, None)
    assert len(company.entries) == entries


def test_a_rung_that_a_shorter_ladder_has_put_in_the_past_is_climbed_at_once() -> None:
    company = overdue(days_late=3)
    company.run(climb_ladders)
    assert company.told(Occasion.COMPLIANCE_LEAD) == []
    company.by("lee", set_ladder, QUICK)
    company.run(climb_ladders)
    assert company.told(Occasion.COMPLIANCE_LEAD) == ["lee"]


def test_nobody_is_told_twice_because_the_ladder_changed() -> None:
    company = overdue(days_late=3)
    company.run(climb_ladders)
    told = {occasion: company.told(occasion) for occasion in Occasion}
    for ladder in (SLOW, DEFAULT_LADDER):
        company.by("lee", set_ladder, ladder)
        company.run(climb_ladders)
    assert {occasion: company.told(occasion) for occasion in Occasion} == told


def test_an_answered_task_is_not_chased_because_the_ladder_changed() -> None:
    company = a_company(tasks=(a_task(state=TaskState.RECORDED),), now=utc(2026, 11, 30, 10))
    company.by("lee", set_ladder, QUICK)
    assert company.task.next_rung_at is None


def test_what_is_planned_starts_on_the_new_ladder() -> None:
    company = a_company(tasks=())
    company.run(plan_control, company.control)
    early = {one.task.next_rung_at for one in company.state.planned.values()}
    company.by("lee", set_ladder, a_ladder({Occasion.REMINDER_5: 3, Occasion.REMINDER_1: 2}))
    assert {one.task.next_rung_at for one in company.state.planned.values()} != early


def test_the_channel_names_what_is_as_late_as_the_sponsors_rung() -> None:
    company = overdue(days_late=7)
    assert company.run(long_overdue) == []
    company.by("lee", set_ladder, QUICK)
    assert [task.id for task in company.run(long_overdue)] == [TASK]


def test_a_task_handed_over_climbs_its_controls_own_ladder() -> None:
    company = overdue()
    company.by("lee", set_control_ladder, CONTROL, LATE)
    company.by("lee", reassign_task, TASK, company.task.version, PersonId("dan"))
    assert company.task.next_rung_at == utc(2026, 11, 18, 9)


def test_and_so_does_a_task_that_is_opened_again() -> None:
    company = overdue()
    company.by("lee", set_control_ladder, CONTROL, LATE)
    company.answers()
    company.by("lee", reopen_task, TASK, company.task.version, reason="The wrong month")
    climbs(company, 18)  # the new due day
    assert company.task.next_rung_at == utc(2026, 11, 20, 9)


def test_the_ladder_of_an_unknown_control_is_not_found() -> None:
    overdue().refused(NotFound, "lee", set_control_ladder, ControlId("none"), QUICK)


# --- who may


@pytest.mark.parametrize(
    "change",
    [
        lambda company, who: company.refused(NotAllowed, who, to_berlin),
        lambda company, who: company.refused(NotAllowed, who, set_channel, "slack:C1"),
        lambda company, who: company.refused(NotAllowed, who, set_period, date(2027, 1, 1), date(2027, 6, 1)),
        lambda company, who: company.refused(NotAllowed, who, set_ladder, QUICK),
        lambda company, who: company.refused(NotAllowed, who, set_control_ladder, a_control().id, QUICK),
    ],
)
@pytest.mark.parametrize("who", ["olga", "sue", "max"])
def test_only_a_compliance_lead_or_an_admin_changes_settings(
    change: Callable[[Company, str], object], who: str
) -> None:
    assert change(a_company(), who)


def test_an_admin_may() -> None:
    company = an_empty_company()
    company.by("ada", set_channel, "slack:C0123ABCD")
    assert company.last_entry.who == "ada"
