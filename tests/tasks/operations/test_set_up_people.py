from dataclasses import replace

import pytest

from tasks.errors import Invalid, NotAllowed
from tasks.identifiers import PersonId
from tasks.notices import Occasion
from tasks.operations.assign import assign_control
from tasks.operations.set_up_people import Accepts, choose_owners, choose_people
from tasks.people import Role
from tasks.setup import Step
from tests.builders import a_control
from tests.tasks.operations.company import CONTROL, ZOE, Company, a_company
from tests.tasks.operations.setting_up import a_prepared_company, an_empty_company, start

LEE, DAN, SUE, OLGA, CARL, MAX = (PersonId(name) for name in ("lee", "dan", "sue", "olga", "carl", "max"))


def test_whoever_is_chosen_gets_the_role_and_keeps_what_they_had() -> None:
    company = an_empty_company()
    company.by("ada", choose_people, lead=OLGA, second=DAN, sponsor=CARL)
    assert company.person("olga").roles == {Role.COMPLIANCE_LEAD}
    assert company.person("dan").roles == {Role.COMPLIANCE_LEAD}
    assert company.person("carl").roles == {Role.EXECUTIVE_SPONSOR}
    assert company.person("lee").has(Role.COMPLIANCE_LEAD)
    assert company.entries == ["person:grant", "person:grant", "person:grant", "setup:change"]
    assert company.state.entries[0].after["roles"] == ["compliance-lead"]


def test_a_second_acceptor_of_a_department_becomes_its_lead() -> None:
    company = an_empty_company()
    company.by("lee", choose_people, lead=LEE, second=DAN, accepts=Accepts.DEPARTMENT, sponsor=SUE)
    assert company.person("dan").roles == {Role.DEPARTMENT_LEAD}


def test_who_is_in_no_department_can_not_accept_for_it() -> None:
    company = an_empty_company()
    company.state.people[DAN] = replace(company.person("dan"), department="")
    error = company.refused(Invalid, "lee", choose_people, lead=LEE, second=DAN, accepts=Accepts.DEPARTMENT)
    assert set(error.fields) == {"accepts"}


def test_the_second_and_the_sponsor_may_wait() -> None:
    company = an_empty_company()
    company.by("lee", choose_people, lead=LEE)
    assert company.uow.setups.get().confirmed == {Step.PEOPLE}
    assert company.entries == ["setup:change"]


@pytest.mark.parametrize("field", ["second", "sponsor"])
def test_neither_may_be_the_compliance_lead(field: str) -> None:
    second, sponsor = (LEE if field == one else other for one, other in (("second", DAN), ("sponsor", SUE)))
    error = an_empty_company().refused(Invalid, "lee", choose_people, lead=LEE, second=second, sponsor=sponsor)
    assert set(error.fields) == {field}
    assert "choose somebody else" in error.fields[field]


def test_the_second_acceptor_may_be_the_sponsor() -> None:
    company = an_empty_company()
    company.by("lee", choose_people, lead=LEE, second=SUE, sponsor=SUE)
    assert company.person("sue").roles == {Role.COMPLIANCE_LEAD, Role.EXECUTIVE_SPONSOR}


@pytest.mark.parametrize("changes", [{"active": False}, {"guest": True}])
@pytest.mark.parametrize("field", ["lead", "second", "sponsor"])
def test_guests_and_people_who_left_are_refused_in_their_field(field: str, changes: dict[str, bool]) -> None:
    company = an_empty_company()
    company.state.people[CARL] = replace(company.person("carl"), **changes)  # type: ignore[arg-type]
    chosen = {"lead": LEE, "second": DAN, "sponsor": SUE, field: CARL}
    lead, second, sponsor = chosen.values()
    error = company.refused(Invalid, "lee", choose_people, lead=lead, second=second, sponsor=sponsor)
    assert set(error.fields) == {field}


@pytest.mark.parametrize("who", ["olga", "sue", "max"])
def test_nobody_else_gives_roles(who: str) -> None:
    company = an_empty_company()
    company.refused(NotAllowed, who, choose_people, lead=LEE, second=PersonId(who), sponsor=SUE)
    company.refused(NotAllowed, who, choose_owners, {"it": PersonId(who)})


# --- owners per department


def test_who_belongs_to_the_department_leads_it() -> None:
    company = an_empty_company()
    company.by("lee", choose_owners, {"finance": CARL})
    assert company.person("carl").has(Role.DEPARTMENT_LEAD)
    assert company.uow.people.lead_of("finance") == company.person("carl")


def test_who_belongs_to_none_comes_to_it() -> None:
    company = an_empty_company()
    company.state.people[CARL] = replace(company.person("carl"), department="")
    company.by("lee", choose_owners, {"hr": CARL})
    assert company.person("carl").department == "hr"
    assert company.state.entries[0].before == {"roles": [], "department": ""}


def test_who_belongs_elsewhere_owns_the_controls_by_name() -> None:
    company = a_prepared_company()
    company.by("lee", choose_owners, {"hr": CARL, "finance": CARL})
    start(company)
    assert company.person("carl").department == "finance"
    owners = {one.department: one.owner_id for one in company.state.controls.values()}
    assert (owners["hr"], owners["finance"], owners["legal"]) == (CARL, None, None)
    planned = {one.task.department: one.task.owner_id for one in company.state.planned.values()}
    assert (planned["hr"], planned["finance"], planned["legal"]) == (CARL, CARL, DAN)  # of two leads the first by name


def test_a_department_left_out_waits() -> None:
    company = an_empty_company()
    company.by("lee", choose_owners, {"hr": CARL})
    company.by("lee", choose_owners, {})
    assert company.uow.setups.get().owners == {}


def test_somebody_who_left_can_not_own_a_department() -> None:
    company = an_empty_company()
    company.state.people[CARL] = replace(company.person("carl"), active=False)
    error = company.refused(Invalid, "lee", choose_owners, {"hr": CARL})
    assert set(error.fields) == {"hr"}


def unnamed() -> Company:
    """A running company whose one control, with an open task of Olga's, has no owner by name."""
    company = a_company()
    company.uow.controls.save(a_control(owner_id=None, text=company.control.text))
    return company


def test_in_a_running_company_controls_and_open_tasks_move_along() -> None:
    company = unnamed()
    company.by("lee", choose_owners, {"it": DAN})
    assert company.task.owner_id == DAN
    assert company.state.controls[CONTROL].owner_id is None
    assert {one.task.owner_id for one in company.state.planned.values()} == {DAN}
    assert company.told(Occasion.REASSIGNED) == ["dan"]


def test_where_another_lead_comes_first_the_chosen_one_owns_by_name() -> None:
    company = unnamed()
    company.state.people[DAN] = replace(company.person("dan"), roles=frozenset({Role.DEPARTMENT_LEAD}))
    company.by("lee", choose_owners, {"it": MAX})
    assert company.state.controls[CONTROL].owner_id == MAX
    assert company.task.owner_id == MAX


def test_a_control_that_somebody_was_named_for_stays_theirs() -> None:
    company = a_company()
    company.by("lee", assign_control, CONTROL, ZOE.id)
    company.by("lee", choose_owners, {"it": DAN})
    assert company.state.controls[CONTROL].owner_id == ZOE.id
    assert company.task.owner_id == ZOE.id


def test_other_departments_are_left_alone() -> None:
    company = unnamed()
    company.by("lee", choose_owners, {"hr": CARL})
    assert company.task.owner_id == OLGA
