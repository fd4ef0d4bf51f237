"""Where somebody wants to be written to."""

from dataclasses import replace

from tasks import audit
from tasks.errors import Invalid
from tasks.operations.acting import person_of
from tasks.people import Actor, Person
from tasks.ports import UnitOfWork


def choose_platform(uow: UnitOfWork, actor: Actor, platform: str) -> Person:
    """Empty: wherever they wrote last. Where that one can't deliver for good, the other is used all the same."""
    person = uow.people.get(person_of(actor).id)
    if platform and platform not in {one.platform for one in uow.people.identities(person.id)}:
        raise Invalid("I don't know you there. Type “link” to link that account first.")
    if platform == person.write_to:
        return person
    saved = uow.people.save(replace(person, write_to=platform))
    before, after = {"write_to": person.write_to}, {"write_to": saved.write_to}
    uow.audit.append(audit.entry("person:notify", f"person:{person.id}", actor, before=before, after=after))
    return saved
