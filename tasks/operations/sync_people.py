"""The chat platform's member list: newcomers are added, names and zones kept true, leavers noticed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tasks import audit
from tasks.identifiers import PersonId
from tasks.operations.acting import the_clock
from tasks.operations.deactivate_person import deactivate_person
from tasks.people import Person
from tasks.ports import Identity, UnitOfWork


@dataclass(frozen=True, kw_only=True)
class Member:
    external_id: str
    email: str
    """Verified by the platform; empty where it shows none."""
    name: str
    time_zone: str = ""
    deleted: bool = False
    is_bot: bool = False
    is_guest: bool = False


@dataclass(frozen=True, kw_only=True)
class Synced:
    added: int = 0
    changed: int = 0
    deactivated: int = 0


def sync_people(uow: UnitOfWork, platform: str, members: Sequence[Member]) -> Synced:
    """One page of members. Somebody absent from the list is left alone: only an explicit deactivation counts."""
    counts = {"added": 0, "changed": 0, "deactivated": 0}
    for member in sorted(members, key=lambda one: one.deleted):  # an account made anew comes before the old one
        outcome = "" if member.is_bot else _sync(uow, platform, member)
        if outcome:
            counts[outcome] += 1
    return Synced(**counts)


def _sync(uow: UnitOfWork, platform: str, member: Member) -> str:
    person = uow.people.by_identity(platform, member.external_id) or _by_verified_email(uow, member)
    if person is None:
        return "" if member.deleted or member.is_guest or not member.email else _add(uow, platform, member)
    if member.deleted:
        return "deactivated" if _has_left(uow, platform, person, member) and _deactivate(uow, person) else ""
    uow.people.link(Identity(platform=platform, external_id=member.external_id, person_id=person.id))
    return _update(uow, person, member)


def _has_left(uow: UnitOfWork, platform: str, person: Person, member: Member) -> bool:
    """Not while they have another account there: the platform lists old accounts for ever."""
    linked = [one for one in uow.people.identities(person.id) if one.platform == platform]
    return all(one.external_id == member.external_id for one in linked)


def _by_verified_email(uow: UnitOfWork, member: Member) -> Person | None:
    """A guest's e-mail proves nothing about who they are here."""
    return uow.people.by_email(member.email) if member.email and not member.is_guest else None


def _add(uow: UnitOfWork, platform: str, member: Member) -> str:
    person = Person(
        id=PersonId(uow.new_id()),
        email=member.email.strip().lower(),
        name=member.name or member.email,
        time_zone=member.time_zone or uow.workspace.time_zone,
        country=uow.workspace.country,
    )
    uow.people.add(person)
    uow.people.link(Identity(platform=platform, external_id=member.external_id, person_id=person.id))
    uow.audit.append(audit.entry("person:add", f"person:{person.id}", the_clock(uow), detail=person.email))
    return "added"


def _deactivate(uow: UnitOfWork, person: Person) -> bool:
    if person.active:
        deactivate_person(uow, the_clock(uow), person.id)
    return person.active


def _update(uow: UnitOfWork, person: Person, member: Member) -> str:
    fresh = replace(
        person,
        name=member.name or person.name,
        time_zone=member.time_zone or person.time_zone,
        guest=member.is_guest,
        active=True,
    )
    if fresh == person:
        return ""
    uow.people.save(fresh)
    changed: list[str] = [
        name for name in ("name", "time_zone", "guest", "active") if getattr(fresh, name) != getattr(person, name)
    ]
    uow.audit.append(audit.entry("person:change", f"person:{person.id}", the_clock(uow), after={"changed": changed}))
    return "changed"
