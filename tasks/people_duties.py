"""Who sees whom, and who changes what about people.

- Everybody sees themselves. Managers see whoever reports to them, through any number of levels; compliance leads and
  admins see everybody. Of anybody else one learns only who answers for them today.
- Compliance leads and admins say where people belong: department, manager, time zone, country.
- Only admins give and take roles, and deactivate; nobody deactivates themselves.
- Somebody always is admin, and somebody compliance lead: the last one cannot be taken away.
"""

from dataclasses import replace

from tasks import duties
from tasks.duties import Reporting
from tasks.errors import Invalid, NotAllowed
from tasks.identifiers import PersonId
from tasks.people import Actor, Directory, Person, Role

STEWARDS = (Role.COMPLIANCE_LEAD, Role.ADMIN)
NEVER_WITHOUT = {Role.ADMIN: "admin", Role.COMPLIANCE_LEAD: "compliance lead"}
NOT_YOURS_TO_SEE = "You can see yourself and the people who report to you. Ask a compliance lead about others."


def is_steward(person: Person) -> bool:
    return person.active and any(person.has(role) for role in STEWARDS)


def seen_by(person: Person, directory: Reporting) -> frozenset[PersonId] | None:
    """None: everybody."""
    if is_steward(person):
        return None
    return frozenset(duties.status_scope(replace(person, roles=frozenset()), directory).owners)


def may_see(viewer: Person, person: Person, directory: Reporting) -> bool:
    seen = seen_by(viewer, directory)
    return seen is None or person.id in seen


def require_may_change(actor: Actor) -> None:
    """The command line and the clock may."""
    if actor.person is not None:
        duties.require_role(actor.person, *STEWARDS)


def may_change_roles(person: Person) -> bool:
    return person.active and person.has(Role.ADMIN)


def require_may_change_roles(actor: Actor) -> None:
    if actor.person is not None:
        duties.require_role(actor.person, Role.ADMIN)


def require_may_deactivate(actor: Actor, person: Person, directory: Directory) -> None:
    """The clock tells of people who are gone already: nothing keeps them here."""
    if actor.person is None:
        return
    duties.require_role(actor.person, Role.ADMIN)
    if actor.person.id == person.id:
        raise NotAllowed("You can't deactivate yourself. Ask another admin to do it.")
    require_others_with(person, person.roles, directory)


def require_others_with(person: Person, roles: frozenset[Role], directory: Directory) -> None:
    """Before these roles are taken away."""
    for role, name in NEVER_WITHOUT.items():
        others = [other for other in directory.holders(role) if other.id != person.id]
        if role in roles and person.has(role) and not others:
            said = f"{person.name} is the only {name}. Make somebody else {name} first, then try again."
            raise Invalid(said, fields={"roles": said})


def require_no_circle(person: Person, manager_id: PersonId | None, directory: Directory) -> None:
    """Whoever would be their own manager, however many levels up."""
    above, levels = directory.find(manager_id), 0
    while above and levels <= duties.HIGHEST_LADDER:
        if above.id == person.id:
            raise Invalid("Nothing was changed yet.", fields={"manager": _circle(person, manager_id, directory)})
        above, levels = directory.find(above.manager_id), levels + 1


def _circle(person: Person, manager_id: PersonId | None, directory: Directory) -> str:
    manager = directory.find(manager_id)
    if manager is None or manager.id == person.id:
        return "Nobody can be their own manager."
    return f"{manager.name} reports to {person.name}: that would be a circle. Choose somebody else."
