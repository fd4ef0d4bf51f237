"""Who watches over the program, and who owns what: roles are given at once, owners of controls too where they run."""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum

from tasks import audit, duties
from tasks.controls import Control
from tasks.errors import Invalid
from tasks.identifiers import PersonId
from tasks.operations.assign import assign_control, hand_over
from tasks.operations.schedule import plan_control
from tasks.operations.set_up import confirm, in_use, is_finished, owner_in, require_may_set_up
from tasks.people import Actor, Person, Role
from tasks.ports import UnitOfWork
from tasks.setup import Setup, Step

NOT_SAVED = "Not saved yet."
NOBODY_ACCEPTS_THEIR_OWN = "Nobody accepts their own answers: choose somebody else than the compliance lead."
SOMEBODY_ELSE = "The sponsor hears of what the compliance lead can't move: choose somebody else."


class Accepts(StrEnum):
    EVERYTHING = "everything"
    """As a second compliance lead."""
    DEPARTMENT = "department"
    """As the lead of their department."""


def choose_people(
    uow: UnitOfWork,
    actor: Actor,
    *,
    lead: PersonId,
    second: PersonId | None = None,
    accepts: Accepts = Accepts.EVERYTHING,
    sponsor: PersonId | None = None,
) -> Setup:
    """The second acceptor and the sponsor may be named later, but nothing starts without them."""
    require_may_set_up(actor)
    problems = {
        "lead": _problem(uow, lead),
        "second": NOBODY_ACCEPTS_THEIR_OWN if second == lead else _problem(uow, second),
        "sponsor": SOMEBODY_ELSE if sponsor == lead else _problem(uow, sponsor),
        "accepts": _problem_of_department(uow, second, accepts),
    }
    if found := {name: sentence for name, sentence in problems.items() if sentence}:
        raise Invalid(NOT_SAVED, fields=found)
    _grant(uow, actor, lead, Role.COMPLIANCE_LEAD)
    if second:
        everything = accepts is Accepts.EVERYTHING
        _grant(uow, actor, second, Role.COMPLIANCE_LEAD if everything else Role.DEPARTMENT_LEAD)
    if sponsor:
        _grant(uow, actor, sponsor, Role.EXECUTIVE_SPONSOR)
    return confirm(uow, actor, Step.PEOPLE, replace(uow.setups.get(), lead_id=lead))


def _problem(uow: UnitOfWork, person_id: PersonId | None) -> str:
    person = uow.people.find(person_id)
    if person_id and (person is None or not person.active or person.guest):
        return "Choose somebody who works here; guests and people who left can't."
    return ""


def _problem_of_department(uow: UnitOfWork, second: PersonId | None, accepts: Accepts) -> str:
    person = uow.people.find(second)
    if accepts is Accepts.DEPARTMENT and person and not person.department:
        return f"{person.name} is in no department: let them accept everything, or own one in the next step first."
    return ""


def _grant(uow: UnitOfWork, actor: Actor, person_id: PersonId, role: Role, *, department: str = "") -> Person:
    person = uow.people.get(person_id)
    granted = replace(person, roles=person.roles | {role}, department=person.department or department)
    if granted == person:
        return person
    saved = uow.people.save(granted)
    entry = audit.entry("person:grant", f"person:{person.id}", actor, before=_facts(person), after=_facts(saved))
    uow.audit.append(entry)
    return saved


def _facts(person: Person) -> audit.Fields:
    return {"roles": [*sorted(person.roles)], "department": person.department}


# --- owners per department


def choose_owners(uow: UnitOfWork, actor: Actor, owners: Mapping[str, PersonId]) -> Setup:
    """By department; what is left out waits. Who belongs to the department, or to none, becomes its lead; anybody
    else owns its controls by name. In a running workspace controls and open tasks move along."""
    require_may_set_up(actor)
    problems = {department: _problem(uow, person) for department, person in owners.items()}
    if found := {name: sentence for name, sentence in problems.items() if sentence}:
        raise Invalid(NOT_SAVED, fields=found)
    before = uow.setups.get()
    old = {department: owner_in(uow, before, department) for department in owners}
    for department, person_id in owners.items():
        if uow.people.get(person_id).department in ("", department):
            _grant(uow, actor, person_id, Role.DEPARTMENT_LEAD, department=department)
    running = is_finished(uow, before)
    setup = confirm(uow, actor, Step.OWNERS, replace(before, owners=dict(owners)))
    if running:
        for control in in_use(uow):
            if control.department in owners and _had_no_other_owner(control, old[control.department]):
                give_to(uow, actor, control, owners[control.department])
    return setup


def _had_no_other_owner(control: Control, department_owner: Person | None) -> bool:
    """A control that somebody was named for stays theirs."""
    return control.owner_id is None or (department_owner is not None and control.owner_id == department_owner.id)


def give_to(uow: UnitOfWork, actor: Actor, control: Control, person_id: PersonId) -> None:
    """By name only where the directory says otherwise, so that a later lead takes over by themselves."""
    owner, _ = duties.owner_for(control, uow.people)
    if owner is None or owner.id != person_id:
        assign_control(uow, actor, control.id, person_id)
        return
    plan_control(uow, control)
    for task in uow.tasks.open_of_control(control.id):
        if task.owner_id != person_id:
            hand_over(uow, actor, task, owner)
