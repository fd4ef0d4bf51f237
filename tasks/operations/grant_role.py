"""Roles are given and taken by an admin, or from the command line."""

from dataclasses import replace

from tasks import audit, duties
from tasks.errors import Invalid
from tasks.people import GRANTED_ROLES, Actor, Person, Role
from tasks.ports import UnitOfWork


def grant_role(uow: UnitOfWork, actor: Actor, email: str, role: Role) -> Person:
    person = _find(uow, actor, email, role)
    return _save(uow, actor, person, person.roles | {role}, "person:grant")


def revoke_role(uow: UnitOfWork, actor: Actor, email: str, role: Role) -> Person:
    person = _find(uow, actor, email, role)
    return _save(uow, actor, person, person.roles - {role}, "person:revoke")


def _find(uow: UnitOfWork, actor: Actor, email: str, role: Role) -> Person:
    if actor.person is not None:
        duties.require_role(actor.person, Role.ADMIN)
    if role not in GRANTED_ROLES:
        raise Invalid(f"The role {role} follows from the directory; it is not granted.")
    person = uow.people.by_email(email.strip())
    if person is None or not person.active:
        raise Invalid(
            f"Nobody active here has the e-mail {email.strip()}. Import people first: soc2 people import FILE.csv"
        )
    return person


def _save(uow: UnitOfWork, actor: Actor, person: Person, roles: frozenset[Role], what: str) -> Person:
    if roles == person.roles:
        return person
    saved = uow.people.save(replace(person, roles=roles))
    before: audit.Fields = {"roles": [*sorted(person.roles)]}
    after: audit.Fields = {"roles": [*sorted(saved.roles)]}
    uow.audit.append(audit.entry(what, f"person:{person.id}", actor, before=before, after=after))
    return saved
