from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from tasks.catalogue.loader import shipped
from tasks.catalogue.model import Pack
from tasks.controls import Cadence, SpanKind
from tasks.errors import Invalid, NotAllowed, Stale
from tasks.identifiers import PersonId
from tasks.levelling import FIRST_TWELVE, level
from tasks.model import TaskState
from tasks.operations.install_controls import install_controls
from tasks.operations.schedule import open_due, plan_ahead, weekly_notices
from tasks.operations.set_up import confirm, progress
from tasks.operations.set_up_people import choose_people
from tasks.operations.set_up_start import (
    choose_controls,
    choose_rhythm,
    finish,
    look_ahead,
    proposed_start,
    waiting_to_begin,
)
from tasks.people import Role
from tasks.setup import Setup, Step
from tests.builders import a_control, a_control_text, utc
from tests.tasks.operations.company import Company, a_company
from tests.tasks.operations.setting_up import FIRST, a_prepared_company, an_empty_company, start

CORE = len(shipped().in_packs(Pack.SECURITY_CORE))
QUARTERLY = a_control_text(
    rrule="FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=5", cadence=Cadence.QUARTERLY, span=SpanKind.PREVIOUS_QUARTER
)


def test_the_security_core_is_always_chosen() -> None:
    company = an_empty_company()
    setup = company.by("lee", choose_controls, packs=frozenset({Pack.PRIVACY}), own_controls=False)
    assert setup.packs == (Pack.SECURITY_CORE, Pack.PRIVACY)


@pytest.mark.parametrize("day", [date(2026, 11, 1), date(2027, 11, 4)])
def test_a_first_day_that_is_over_or_far_away_is_refused(day: date) -> None:
    error = an_empty_company().refused(Invalid, "lee", choose_rhythm, starts_on=day, level=True, starter=False)
    assert set(error.fields) == {"starts_on"}


def test_next_monday_is_proposed_until_a_day_was_chosen() -> None:
    company = an_empty_company()
    assert proposed_start(company.uow, Setup()) == FIRST
    assert proposed_start(company.uow, Setup(starts_on=date(2026, 12, 1))) == date(2026, 12, 1)
    assert proposed_start(company.uow, Setup(starts_on=date(2026, 10, 1))) == FIRST


@pytest.mark.parametrize("operation", [choose_controls, choose_rhythm])
def test_members_choose_nothing(operation: object) -> None:
    company = an_empty_company()
    if operation is choose_controls:
        company.refused(NotAllowed, "olga", choose_controls, packs=frozenset(), own_controls=True)
    else:
        company.refused(NotAllowed, "olga", choose_rhythm, starts_on=FIRST, level=True, starter=True)


# --- the preview


def test_looking_ahead_writes_nothing() -> None:
    company = a_prepared_company()
    before = company.snapshot()
    found = company.run(look_ahead)
    assert company.snapshot() == before
    assert (found.controls, found.first) == (CORE, FIRST)


def test_the_preview_is_what_start_then_plans() -> None:
    company = a_prepared_company(level=True)
    soon = {one.first: one.opening for one in company.run(look_ahead).months}
    start(company)
    planned = [one.task.opens_at for one in company.state.planned.values()]
    assert sum(day.month == 11 and day.year == 2026 for day in planned) == soon[date(2026, 11, 1)]


def test_departments_without_an_owner_are_the_leads_and_shown_as_unassigned() -> None:
    [load] = a_prepared_company().run(look_ahead).owners
    assert (load.owner and load.owner.name, load.unassigned) == ("Dan", CORE)  # Dan is a lead too, and comes first


def test_without_any_lead_nobody_could_be_asked() -> None:
    company = an_empty_company()
    for person in list(company.state.people.values()):
        company.state.people[person.id] = replace(person, roles=frozenset())
    assert len(company.run(look_ahead).unowned) == CORE


def test_a_running_company_sees_what_runs_and_what_would_be_added() -> None:
    company = a_prepared_company()
    start(company)
    assert company.run(look_ahead).controls == CORE
    company.by("lee", choose_controls, packs=frozenset({Pack.PRIVACY}), own_controls=False)
    more = company.run(waiting_to_begin)
    assert more > 0
    assert company.run(look_ahead).controls == CORE + more


# --- Start


def test_start_installs_and_plans_everything_with_its_entry() -> None:
    company = a_prepared_company()
    assert start(company) == CORE
    assert len(company.state.controls) == CORE
    assert {one.task.control_id for one in company.state.planned.values()} == set(company.state.controls)
    assert company.last_entry.what == "setup:finish"
    assert company.last_entry.after == {
        "controls": CORE,
        "starts_on": "2026-11-09",
        "packs": ["security-core"],
        "level": False,
        "starter": False,
    }
    assert company.run(progress).finished


def test_nobody_is_messaged_by_start_and_nothing_opens_before_the_first_day() -> None:
    company = a_prepared_company()
    start(company)
    assert company.run(open_due) == 0
    assert not company.state.notices
    company.clock.moment = utc(2026, 11, 10, 12)
    company.run(open_due)
    assert {task.code for task in company.state.tasks.values()} == {"VUL-02", "MON-01", "GOV-06"}
    assert all(task.state is TaskState.OPEN for task in company.state.tasks.values())


def test_the_starter_rhythm_begins_with_twelve() -> None:
    company = a_prepared_company(starter=True)
    start(company)
    days = Counter(one.starts_on for one in company.state.controls.values())
    assert days[FIRST] == 12
    assert days[date(2026, 12, 9)] == 8
    assert {one.code for one in company.state.controls.values() if one.starts_on == FIRST} == set(FIRST_TWELVE)


def test_level_installs_the_moved_months() -> None:
    company = a_prepared_company(level=True)
    start(company)
    moved = level(shipped().in_packs(Pack.SECURITY_CORE))
    installed = {one.code: one for one in company.state.controls.values()}
    assert moved
    assert {code: installed[code].text for code in moved} == moved
    assert {one.version for one in installed.values()} == {1}


@pytest.mark.parametrize(
    ("role", "needed"), [(Role.COMPLIANCE_LEAD, "name a second person"), (Role.EXECUTIVE_SPONSOR, "executive sponsor")]
)
def test_nothing_starts_without_a_second_acceptor_and_a_sponsor(role: Role, needed: str) -> None:
    company = a_prepared_company()
    for name in ("dan", "sue"):
        person = company.person(name)
        company.state.people[person.id] = replace(person, roles=person.roles - {role})
    error = company.refused(Invalid, "lee", finish, company.uow.setups.get().version)
    assert "Not started yet." in str(error)
    assert needed in str(error)


@pytest.mark.parametrize("step", [Step.CONTROLS, Step.PLACE, Step.RHYTHM])
def test_nothing_starts_before_a_needed_step_was_answered(step: Step) -> None:
    company = a_prepared_company()
    setup = company.uow.setups.get()
    starts_on = None if step is Step.RHYTHM else setup.starts_on
    company.uow.setups.save(replace(setup, confirmed=setup.confirmed - {step}, starts_on=starts_on))
    company.refused(Invalid, "lee", finish, company.uow.setups.get().version)


def test_owners_the_ladder_and_the_channel_need_no_answer() -> None:
    company = a_prepared_company()
    assert not company.uow.setups.get().confirmed & {Step.OWNERS, Step.LADDER, Step.CHANNEL}
    assert start(company)


def test_start_is_refused_to_members() -> None:
    company = a_prepared_company()
    company.refused(NotAllowed, "olga", finish, company.uow.setups.get().version)


def test_start_from_a_preview_that_is_out_of_date_is_refused() -> None:
    company = a_prepared_company()
    old = company.uow.setups.get().version
    company.by("ada", choose_controls, packs=frozenset({Pack.PRIVACY}), own_controls=False)
    assert "has changed since this preview" in str(company.refused(Stale, "lee", finish, old))


def test_start_twice_installs_once() -> None:
    company = a_prepared_company()
    start(company)
    company.refused(Invalid, "lee", finish, company.uow.setups.get().version)
    assert len(company.state.controls) == CORE


def test_a_pack_chosen_later_adds_its_controls_and_changes_no_other() -> None:
    company = a_prepared_company()
    start(company)
    before = dict(company.state.controls)
    company.by("lee", choose_controls, packs=frozenset({Pack.PRIVACY}), own_controls=False)
    added = start(company)
    assert added == len(company.state.controls) - CORE > 0
    assert {key: company.state.controls[key] for key in before} == before


def test_a_first_day_that_passed_meanwhile_becomes_today() -> None:
    company = a_prepared_company()
    company.clock.moment = utc(2026, 12, 1, 9)
    start(company)
    assert {one.starts_on for one in company.state.controls.values()} == {date(2026, 12, 1)}


# --- the company's own controls


def with_own_controls(*codes: str, spread: bool = False) -> Company:
    company = a_prepared_company(level=spread)
    company.by("lee", choose_controls, packs=frozenset(), own_controls=True)
    for code in codes:
        company.uow.controls.add(
            a_control(code, owner_id=None, starts_on=date(2026, 1, 1), text=replace(QUARTERLY, title=code))
        )
    return company


def test_nothing_is_planned_while_the_set_up_is_under_way() -> None:
    company = with_own_controls("OWN-1")
    assert company.run(plan_ahead) == 0
    assert not company.state.planned


def test_no_week_is_closed_before_anything_runs() -> None:
    company = a_prepared_company()
    company.clock.moment = utc(2026, 11, 6, 17)
    assert company.run(weekly_notices) == 0
    start(company)
    assert company.run(weekly_notices) == 2


def test_start_sets_the_companys_own_controls_going_from_the_first_day() -> None:
    company = with_own_controls("OWN-1", "OWN-2")
    assert start(company) == 2
    assert {one.starts_on for one in company.state.controls.values()} == {FIRST}
    assert company.entries.count("control:change") == 2
    assert company.run(open_due) == 0
    assert company.state.planned


def test_level_gives_the_companys_own_controls_a_new_version_where_it_moves_them() -> None:
    company = with_own_controls("OWN-1", "OWN-2", spread=True)
    start(company)
    found = {one.code: (one.version, one.text.rrule) for one in company.state.controls.values()}
    assert found == {
        "OWN-1": (1, "FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=5"),
        "OWN-2": (2, "FREQ=YEARLY;BYMONTH=2,5,8,11;BYMONTHDAY=5"),
    }


def test_a_named_owner_keeps_their_control() -> None:
    company = with_own_controls("OWN-1")
    control = company.uow.controls.by_code("OWN-1")
    assert control
    company.uow.controls.save(replace(control, owner_id=PersonId("carl")))
    start(company)
    assert {one.task.owner_id for one in company.state.planned.values()} == {PersonId("carl")}


def test_controls_installed_from_the_command_line_meanwhile_wait_too() -> None:
    company = a_prepared_company()
    company.by("cli", install_controls, shipped().in_packs(Pack.PRIVACY), starts_on=date(2026, 1, 1))
    assert not company.state.planned
    start(company)
    assert min(one.starts_on for one in company.state.controls.values()) == FIRST


def test_a_running_company_goes_on_planning_while_settings_change() -> None:
    company = a_company(tasks=())
    company.by("lee", confirm, Step.CHANNEL)
    assert company.run(plan_ahead) == 1


def test_a_lead_who_is_chosen_anew_is_the_one_who_is_meant() -> None:
    company = a_prepared_company()
    company.by("lee", choose_people, lead=PersonId("dan"), second=PersonId("lee"), sponsor=PersonId("sue"))
    assert "Dan leads; Lee may accept; Sue is told last." in str(company.run(progress))
