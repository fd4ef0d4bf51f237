"""A company that begins: people and their roles, no control yet."""

from datetime import date

from tasks.identifiers import PersonId
from tasks.operations.set_up_people import choose_people
from tasks.operations.set_up_start import choose_controls, choose_rhythm, finish
from tasks.operations.set_up_workspace import set_period, set_place
from tests.tasks.operations.company import Company, a_company

FIRST = date(2026, 11, 9)


def an_empty_company() -> Company:
    """Lee is the compliance lead, Ada the admin, Sue the executive sponsor. Nobody leads a department."""
    company = a_company(tasks=())
    company.state.controls.clear()
    company.state.texts.clear()
    return company


def a_prepared_company(*, starter: bool = False, level: bool = False) -> Company:
    """Everything is answered that Start needs; Dan accepts what Lee may not."""
    company = an_empty_company()
    company.by("lee", choose_controls, packs=frozenset(), own_controls=False)
    company.by("lee", set_place, time_zone="Europe/Berlin", country="DE", shutdown_days=())
    company.by("lee", choose_people, lead=PersonId("lee"), second=PersonId("dan"), sponsor=PersonId("sue"))
    company.by("lee", set_period, date(2027, 1, 1), date(2027, 12, 31))
    company.by("lee", choose_rhythm, starts_on=FIRST, level=level, starter=starter)
    return company


def start(company: Company, who: str = "lee") -> int:
    return company.by(who, finish, company.uow.setups.get().version).installed
