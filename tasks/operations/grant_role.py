"""Roles are given and taken by an admin, or from the command line."""

from dataclasses import replace

from tasks import audit, people_duties
from tasks.errors import Invalid
from tasks.identifiers import PersonId
from tasks.operations.change_person import require_person_version
from tasks.operations.replan import replan
from tasks.people import GRANTED_ROLES, Actor, Person, Role
from tasks.ports import UnitOfWork


def grant_role(uow: UnitOfWork, actor: Actor, email: str, role: Role) -> Person:
    person = _find(uow, actor, email, role)
    return _replanned(uow, person, _save(uow, actor, person, person.roles | {role}, "person:grant"))


def revoke_role(uow: UnitOfWork, actor: Actor, email: str, role: Role) -> Person:
    person = _find(uow, actor, email, role)
    people_duties.require_others_with(person, frozenset({role}), uow.people)
    return _replanned(uow, person, _save(uow, actor, person, person.roles - {role}, "person:revoke"))


def set_roles(
    uow: UnitOfWork, actor: Actor, person_id: PersonId, roles: frozenset[Role], *, expected_version: int
) -> Person:
    """Exactly these from now on. Raises Invalid with the field roles."""
    people_duties.require_may_change_roles(actor)
    person = uow.people.get(person_id)
    require_person_version(person, expected_version)
    _require_can_hold(person, roles)
    people_duties.require_others_with(person, person.roles - roles, uow.people)
    granted = _save(uow, actor, person, person.roles | roles, "person:grant")
    return _replanned(uow, person, _save(uow, actor, granted, roles, "person:revoke"))


def _find(uow: UnitOfWork, actor: Actor, email: str, role: Role) -> Person:
    people_duties.require_may_change_roles(actor)
    if role not in GRANTED_ROLES:
        raise Invalid(f"The role {role} follows from the directory; it is not granted.")
    person = uow.people.by_email(email.strip())
    if person is None or not person.active:
        raise Invalid(
            f"Nobody active here has the e-mail {email.strip()}. Import people first: soc2 people import FILE.csv"
        )
    return person


def _require_can_hold(person: Person, roles: frozenset[Role]) -> None:
    new = roles - person.roles
    if not roles <= set(GRANTED_ROLES):
        raise Invalid("Nothing was changed yet.", fields={"roles": "Choose from the list; other roles aren't granted."})
    if new and not person.active:
        said = f"{person.name} is deactivated and can be given no role."
        raise Invalid(said, fields={"roles": said})


def _save(uow: UnitOfWork, actor: Actor, person: Person, roles: frozenset[Role], what: str) -> Person:
    if roles == person.roles:
        return person
    saved = uow.people.save(replace(person, roles=roles))
    before: audit.Fields = {"roles": [*sorted(person.roles)]}
    after: audit.Fields = {"roles": [*sorted(saved.roles)]}
    uow.audit.append(audit.entry(what, f"person:{person.id}", actor, before=before, after=after))
    return saved


def _replanned(uow: UnitOfWork, before: Person, after: Person) -> Person:
    """A new lead is accountable for what nobody owns."""
    if before.roles != after.roles:
        replan(uow)
    return after
