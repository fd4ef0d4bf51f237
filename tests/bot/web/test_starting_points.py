"""Whom a newcomer is pointed to first."""

from bot.web.collaborators import Somebody
from bot.web.starting_points import starting_points
from tasks.identifiers import PersonId, WorkspaceId
from tasks.people import Role
from tests.builders import a_person


def somebody(name: str, *roles: Role, manager: str = "", **more: bool | int) -> Somebody:
    person = a_person(name, *roles, name=name, manager_id=PersonId(manager) if manager else None)
    return Somebody(workspace=WorkspaceId("w"), person=person, **more)  # type: ignore[arg-type]


DANA = somebody("dana", Role.COMPLIANCE_LEAD)
INES = somebody("ines", Role.DEPARTMENT_LEAD)
LEO = somebody("leo", open_tasks=1, manager="ines")
TOM = somebody("tom", open_tasks=1, overdue=True, manager="ines")


def names(*people: Somebody) -> list[str]:
    return [one.person.name for one, _ in starting_points(people)]


def test_an_owner_the_manager_of_somebody_late_and_the_lead() -> None:
    assert names(DANA, INES, LEO, TOM) == ["leo", "ines", "dana"]


def test_somebody_who_is_away_is_not_pointed_to() -> None:
    assert names(somebody("lena", open_tasks=2, away=True), LEO) == ["leo"]


def test_an_owner_who_is_late_stands_in_for_want_of_another() -> None:
    assert names(TOM, INES, DANA) == ["tom", "ines", "dana"]


def test_an_owner_without_a_role_is_preferred() -> None:
    assert names(somebody("helen", Role.DEPARTMENT_LEAD, open_tasks=1), LEO) == ["leo"]


def test_a_manager_who_is_a_second_lead_is_the_manager() -> None:
    priya = somebody("priya", Role.COMPLIANCE_LEAD, Role.DEPARTMENT_LEAD, open_tasks=1)
    kofi = somebody("kofi", open_tasks=1, overdue=True, manager="priya")
    assert names(DANA, LEO, priya, kofi) == ["leo", "priya", "dana"]


def test_nobody_is_named_twice_and_nobody_where_there_is_nobody() -> None:
    only = somebody("only", Role.COMPLIANCE_LEAD, open_tasks=1)
    assert names(only) == ["only"]
    assert names() == []
