from dataclasses import replace

import pytest

from tasks.errors import Invalid, NotAllowed
from tasks.identifiers import PersonId
from tasks.people import Actor, Person, Role
from tasks.people_duties import (
    may_change_roles,
    may_see,
    require_may_change,
    require_may_change_roles,
    require_may_deactivate,
    require_no_circle,
    require_others_with,
)
from tasks.whole_company import WholeCompany
from tests.builders import a_person
from tests.fakes import MONDAY

SUE = a_person("sue", Role.EXECUTIVE_SPONSOR)
MAX = a_person("max", manager_id=PersonId("sue"))
OLGA = a_person("olga", manager_id=PersonId("max"))
LEE = a_person("lee", Role.COMPLIANCE_LEAD)
ADA = a_person("ada", Role.ADMIN)
IRIS = a_person("iris", Role.DEPARTMENT_LEAD)
EVERYBODY = (SUE, MAX, OLGA, LEE, ADA, IRIS)
COMPANY = WholeCompany(EVERYBODY)


def acting(person: Person | None) -> Actor:
    return Actor(person=person, platform="slack", at=MONDAY)


@pytest.mark.parametrize(
    ("viewer", "sees"),
    [
        (OLGA, {"olga"}),
        (MAX, {"max", "olga"}),
        (SUE, {"sue", "max", "olga"}),
        (IRIS, {"iris"}),
        (LEE, {one.id for one in EVERYBODY}),
        (ADA, {one.id for one in EVERYBODY}),
    ],
)
def test_everybody_sees_themselves_and_below_stewards_see_all(viewer: Person, sees: set[str]) -> None:
    assert {one.id for one in EVERYBODY if may_see(viewer, one, COMPANY)} == sees


def test_a_deactivated_steward_sees_and_changes_nothing() -> None:
    gone = replace(LEE, active=False)
    assert not may_see(gone, OLGA, COMPANY)
    with pytest.raises(NotAllowed):
        require_may_change(acting(gone))


def test_leads_and_admins_say_where_people_belong_and_only_admins_give_roles() -> None:
    for person in (OLGA, MAX, SUE, IRIS):
        with pytest.raises(NotAllowed):
            require_may_change(acting(person))
    for person in (OLGA, MAX, SUE, IRIS, LEE):
        assert not may_change_roles(person)
        with pytest.raises(NotAllowed):
            require_may_change_roles(acting(person))
    for who in (LEE, ADA, None):
        require_may_change(acting(who))
    for who in (ADA, None):
        require_may_change_roles(acting(who))


def test_nobody_deactivates_themselves() -> None:
    others = WholeCompany([*EVERYBODY, a_person("bob", Role.ADMIN)])
    with pytest.raises(NotAllowed, match="Ask another admin"):
        require_may_deactivate(acting(ADA), ADA, others)


def test_the_only_compliance_lead_is_not_deactivated_by_hand() -> None:
    with pytest.raises(Invalid, match=r"Lee is the only compliance lead\. Make somebody else compliance lead first"):
        require_may_deactivate(acting(ADA), LEE, COMPANY)
    require_may_deactivate(acting(ADA), LEE, WholeCompany([*EVERYBODY, a_person("lou", Role.COMPLIANCE_LEAD)]))


def test_when_the_member_list_says_they_are_gone_nothing_keeps_them() -> None:
    require_may_deactivate(acting(None), LEE, COMPANY)


@pytest.mark.parametrize(("person", "role"), [(ADA, Role.ADMIN), (LEE, Role.COMPLIANCE_LEAD)])
def test_the_last_of_a_role_keeps_it(person: Person, role: Role) -> None:
    with pytest.raises(Invalid) as refusal:
        require_others_with(person, frozenset({role}), COMPANY)
    assert set(refusal.value.fields) == {"roles"}
    inactive = a_person("zed", role, active=False)
    with pytest.raises(Invalid):
        require_others_with(person, frozenset({role}), WholeCompany([*EVERYBODY, inactive]))
    require_others_with(person, frozenset({role}), WholeCompany([*EVERYBODY, a_person("new", role)]))


def test_other_roles_may_be_left_without_anybody() -> None:
    require_others_with(SUE, frozenset({Role.EXECUTIVE_SPONSOR}), COMPANY)
    require_others_with(OLGA, frozenset({Role.ADMIN}), COMPANY)


@pytest.mark.parametrize("manager", ["olga", "max", "sue"])
def test_a_circle_of_managers_is_refused(manager: str) -> None:
    with pytest.raises(Invalid) as refusal:
        require_no_circle(SUE, PersonId(manager), COMPANY)
    assert set(refusal.value.fields) == {"manager"}


def test_a_new_manager_who_is_not_below_is_fine_even_where_others_run_in_a_circle() -> None:
    require_no_circle(OLGA, PersonId("lee"), COMPANY)
    require_no_circle(OLGA, None, COMPANY)
    ring = WholeCompany([OLGA, a_person("a", manager_id=PersonId("b")), a_person("b", manager_id=PersonId("a"))])
    require_no_circle(OLGA, PersonId("a"), ring)
