from dataclasses import replace
from typing import Any

import pytest

from tasks.controls import Control
from tasks.errors import Invalid, NotAllowed, NotFound, Stale
from tasks.identifiers import PersonId
from tasks.operations.change_person import change_person
from tasks.operations.schedule import plan_control
from tasks.people import Person, Role
from tests.builders import a_control, a_person, utc
from tests.tasks.operations.company import OLGA, Company, a_company

SAME: dict[str, Any] = {
    "department": "it",
    "manager_id": PersonId("max"),
    "time_zone": "UTC",
    "country": "US",
    "expected_version": 1,
}


def changes(acme: Company, who: str = "ada", **values: Any) -> Person:
    return acme.by(who, change_person, OLGA.id, **SAME | values)


def owners_planned(acme: Company, control: Control) -> set[str]:
    planned = acme.uow.tasks.planned(until=utc(2027, 1, 1))
    return {one.owner_id for one in planned if one.control_id == control.id}


def unassigned(acme: Company, department: str = "it") -> Control:
    control = replace(a_control("IAM-09"), owner_id=None, department=department)
    acme.uow.controls.add(control)
    acme.run(plan_control, control)
    return control


def test_an_admin_or_compliance_lead_says_where_somebody_belongs() -> None:
    for who in ("ada", "lee"):
        acme = a_company()
        olga = changes(
            acme, who, department=" Finance ", manager_id=PersonId("carl"), time_zone="Europe/Berlin", country="de"
        )
        assert (olga.department, olga.manager_id, olga.time_zone, olga.country) == (
            *("finance", "carl"),
            *("Europe/Berlin", "DE"),
        )
        assert acme.person("olga") == olga


def test_it_is_one_audit_entry_with_what_changed() -> None:
    acme = a_company()
    changes(acme, country="DE", manager_id=None)
    assert (acme.last_entry.what, acme.last_entry.about) == ("person:change", "person:olga")
    assert acme.last_entry.before == {"manager_id": "max", "country": "US"}
    assert acme.last_entry.after == {"manager_id": None, "country": "DE"}


def test_a_change_that_changes_nothing_is_none() -> None:
    acme = a_company()
    before = acme.snapshot()
    changes(acme)
    assert acme.snapshot() == before


def test_nobody_else_does_not_even_for_themselves() -> None:
    acme = a_company()
    for who in ("olga", "max", "sue", "zoe"):
        acme.refused(NotAllowed, who, change_person, OLGA.id, **SAME | {"country": "DE"})


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("department", {"department": "d" * 61}),
        ("manager", {"manager_id": PersonId("gus")}),
        ("manager", {"manager_id": PersonId("nobody")}),
        ("manager", {"manager_id": PersonId("olga")}),
        ("time_zone", {"time_zone": "Berlin"}),
        ("time_zone", {"time_zone": "../../etc/passwd"}),
        ("country", {"country": "USA"}),
        ("country", {"country": "1!"}),
    ],
)
def test_problems_are_told_for_their_field(field: str, values: dict[str, Any]) -> None:
    acme = a_company(a_person("gus", guest=True))
    assert set(acme.refused(Invalid, "ada", change_person, OLGA.id, **SAME | values).fields) == {field}


def test_a_manager_who_has_left_is_not_held_against_another_change() -> None:
    acme = a_company(a_person("max", active=False))
    assert changes(acme, country="DE").manager_id == "max"


def test_a_circle_of_managers_is_refused() -> None:
    acme = a_company()
    refusal = acme.refused(
        Invalid, "ada", change_person, PersonId("sue"), **SAME | {"manager_id": OLGA.id, "department": "board"}
    )
    assert refusal.fields == {"manager": "Olga reports to Sue: that would be a circle. Choose somebody else."}


def test_the_loser_of_a_race_is_told() -> None:
    acme = a_company()
    changes(acme, country="DE")
    assert "Olga was changed by somebody else" in str(
        acme.refused(Stale, "lee", change_person, OLGA.id, **SAME | {"country": "FR"})
    )


def test_an_unknown_person_is_not_found() -> None:
    a_company().refused(NotFound, "ada", change_person, PersonId("nobody"), **SAME)


def test_their_plans_follow_their_clock() -> None:
    acme = a_company()
    acme.run(plan_control, acme.control)
    changes(acme, time_zone="Asia/Tokyo")
    assert {one.opens_at.hour for one in acme.uow.tasks.planned(until=utc(2027, 1, 1))} == {0}


def test_a_departments_lead_who_moves_leaves_what_nobody_owns_to_the_compliance_lead() -> None:
    acme = a_company(replace(OLGA, roles=frozenset({Role.DEPARTMENT_LEAD})))
    control = unassigned(acme)
    assert owners_planned(acme, control) == {"olga"}
    changes(acme, department="finance")
    assert owners_planned(acme, control) == {"lee"}
