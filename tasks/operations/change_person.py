"""Where somebody belongs: department, manager, time zone and country."""

from dataclasses import replace
from zoneinfo import available_timezones

from tasks import audit, people_duties
from tasks.control_text import LONGEST_NAME
from tasks.errors import Invalid, Stale
from tasks.identifiers import PersonId
from tasks.operations.replan import replan
from tasks.people import Actor, Person
from tasks.ports import UnitOfWork

ASKED_ANEW = "{} was changed by somebody else meanwhile. Open them again and repeat your change."


def change_person(
    uow: UnitOfWork,
    actor: Actor,
    person_id: PersonId,
    *,
    expected_version: int,
    department: str,
    manager_id: PersonId | None,
    time_zone: str,
    country: str,
) -> Person:
    """Raises Invalid with `fields`: department, manager, time_zone, country."""
    people_duties.require_may_change(actor)
    person = uow.people.get(person_id)
    require_person_version(person, expected_version)
    wanted = replace(
        person,
        department=department.strip().lower(),
        manager_id=manager_id or None,
        time_zone=time_zone.strip(),
        time_zone_by_hand=person.time_zone_by_hand or time_zone.strip() != person.time_zone,
        country=country.strip().upper(),
    )
    problems = _problems(uow, person, wanted)
    if problems:
        raise Invalid("Nothing was changed yet.", fields=problems)
    people_duties.require_no_circle(person, wanted.manager_id, uow.people)
    if wanted == person:
        return person
    saved = uow.people.save(wanted)
    _record(uow, actor, person, saved)
    moved = (person.time_zone, person.country) != (saved.time_zone, saved.country)
    replan(uow, calendar_of=saved.id if moved else None)
    return saved


def require_person_version(person: Person, expected: int) -> None:
    if person.version != expected:
        raise Stale(ASKED_ANEW.format(person.name))


def _problems(uow: UnitOfWork, person: Person, wanted: Person) -> dict[str, str]:
    country, manager = wanted.country, uow.people.find(wanted.manager_id)
    found = {}
    if len(wanted.department) > LONGEST_NAME:
        found["department"] = f"Use {LONGEST_NAME} characters at most."
    if wanted.manager_id != person.manager_id and wanted.manager_id and not _can_manage(manager):
        found["manager"] = "Choose somebody who works here; guests can't manage."
    if wanted.time_zone not in available_timezones():
        found["time_zone"] = "Use a name such as Europe/Berlin or America/New_York."
    if not (len(country) == 2 and country.isascii() and country.isalpha()):
        found["country"] = "Use two letters, such as US, DE or IN."
    return found


def _can_manage(manager: Person | None) -> bool:
    return manager is not None and manager.active and not manager.guest


def _record(uow: UnitOfWork, actor: Actor, before: Person, after: Person) -> None:
    changed = [
        name
        for name in ("department", "manager_id", "time_zone", "country")
        if getattr(before, name) != getattr(after, name)
    ]
    uow.audit.append(
        audit.entry(
            "person:change",
            f"person:{after.id}",
            actor,
            before={name: getattr(before, name) for name in changed},
            after={name: getattr(after, name) for name in changed},
        )
    )
