"""The chat platform's member list: newcomers are added, names and zones kept true, leavers noticed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

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
class MemberPage:
    members: tuple[Member, ...]
    following: str = ""
    """The next page's cursor; empty on the last."""


@dataclass(frozen=True, kw_only=True)
class Synced:
    added: int = 0
    changed: int = 0
    deactivated: int = 0


KEPT_TRUE = ("name", "time_zone", "guest", "named", "active", "deactivated_by")
MEMBERS, UNLINKED = "members", "unlinked"
"""The purposes for which people are looked up; each remembers its place."""
ASKED_AT_ONCE = 20
REST = timedelta(minutes=15)
"""Between two rounds through the unlinked: most of those whom nobody found are on no chat at all."""


def sync_page(uow: UnitOfWork, platform: str, page: MemberPage) -> Synced:
    """A page and the place after it in one transaction: after a crash the next page is the next page."""
    synced = sync_people(uow, platform, page.members)
    place = uow.sync_places.get(platform, MEMBERS)
    finished = place.finished_at if page.following else uow.now
    uow.sync_places.save(replace(place, cursor=page.following, retry_at=None, finished_at=finished))
    return synced


def is_unfinished(uow: UnitOfWork, platform: str) -> bool:
    """A pass through the members was broken off, and the platform may be asked again."""
    place = uow.sync_places.get(platform, MEMBERS)
    return bool(place.cursor or place.retry_at) and place_to_go_on(uow, platform) is not None


def place_to_go_on(uow: UnitOfWork, platform: str) -> str | None:
    """The cursor of the next page; None while the platform wants patience."""
    place = uow.sync_places.get(platform, MEMBERS)
    return place.cursor if place.retry_at is None or place.retry_at <= uow.now else None


def wait_with(uow: UnitOfWork, platform: str, purpose: str, *, seconds: float) -> None:
    """The platform asked for patience; the place is kept."""
    place = uow.sync_places.get(platform, purpose)
    uow.sync_places.save(replace(place, retry_at=uow.now + timedelta(seconds=seconds)))


def begin_again(uow: UnitOfWork, platform: str) -> None:
    """The platform no longer knows the place."""
    uow.sync_places.save(replace(uow.sync_places.get(platform, MEMBERS), cursor="", retry_at=None))


def people_to_find(uow: UnitOfWork, platform: str) -> Sequence[Person] | None:
    """The next few whom nobody has linked to an account there; nobody at the end of a round; None for a while then,
    and while the platform wants patience."""
    place = uow.sync_places.get(platform, UNLINKED)
    waiting = place.retry_at is not None and place.retry_at > uow.now
    resting = not place.cursor and place.finished_at is not None and uow.now < place.finished_at + REST
    return None if waiting or resting else uow.people.unlinked(platform, after=place.cursor, limit=ASKED_AT_ONCE)


def looked_for(uow: UnitOfWork, platform: str, person: Person, found: Member | None) -> None:
    """Whoever was found is linked; the next look goes on behind this person."""
    if found:
        sync_people(uow, platform, (found,))
    uow.sync_places.save(replace(uow.sync_places.get(platform, UNLINKED), cursor=person.id, retry_at=None))


def everybody_looked_for(uow: UnitOfWork, platform: str) -> None:
    place = uow.sync_places.get(platform, UNLINKED)
    uow.sync_places.save(replace(place, cursor="", finished_at=uow.now))


def sync_people(uow: UnitOfWork, platform: str, members: Sequence[Member]) -> Synced:
    """One page of members. Somebody absent from the list is left alone: only an explicit deactivation counts."""
    counts = {"added": 0, "changed": 0, "deactivated": 0}
    for member in sorted(members, key=lambda one: one.deleted):  # an account made anew comes before the old one
        outcome = "" if member.is_bot else _sync(uow, platform, member)
        if outcome:
            counts[outcome] += 1
    return Synced(**counts)


def _sync(uow: UnitOfWork, platform: str, member: Member) -> str:
    known = uow.people.by_identity(platform, member.external_id)
    person = known or _by_email(uow, member)
    if person is None:
        return "" if member.deleted or member.is_guest or not member.email else _add(uow, platform, member)
    if member.deleted:
        return _leave(uow, platform, person) if _has_left(uow, platform, person, member) else ""
    if known is None:
        _link(uow, platform, person, member)
    return _update(uow, platform, person, member)


def _link(uow: UnitOfWork, platform: str, person: Person, member: Member) -> None:
    uow.people.link(Identity(platform=platform, external_id=member.external_id, person_id=person.id))
    after: audit.Fields = {"platform": platform, "by": "e-mail"}
    said = audit.entry("person:link", f"person:{person.id}", the_clock(uow), after=after, detail=member.external_id)
    uow.audit.append(said)


def _has_left(uow: UnitOfWork, platform: str, person: Person, member: Member) -> bool:
    """Not while they have another account there: the platform lists old accounts for ever."""
    linked = [one for one in uow.people.identities(person.id) if one.platform == platform]
    return all(one.external_id == member.external_id for one in linked)


def _by_email(uow: UnitOfWork, member: Member) -> Person | None:
    """A guest's e-mail proves nothing about who they are here, unless an admin has written down that very guest."""
    person = uow.people.by_email(member.email) if member.email else None
    return person if person and (person.named or not member.is_guest) else None


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


def _leave(uow: UnitOfWork, platform: str, person: Person) -> str:
    """Of somebody who was deactivated by hand only the account's end is noted: should it come back, so do they."""
    if person.active:
        deactivate_person(uow, the_clock(uow), person.id, platform=platform)
        return "deactivated"
    return _save(uow, person, replace(person, deactivated_by=person.deactivated_by or platform))


def _update(uow: UnitOfWork, platform: str, person: Person, member: Member) -> str:
    """Who was deactivated by hand stays so, however alive their account is."""
    is_back = person.deactivated_by == platform
    is_guest = member.is_guest and (person.guest or not _has_another_account(uow, platform, person, member))
    fresh = replace(
        person,
        name=member.name or person.name,
        time_zone=member.time_zone or person.time_zone,
        guest=is_guest and not person.named,
        named=member.is_guest and person.named,
        active=person.active or is_back,
        deactivated_by="" if is_back else person.deactivated_by,
    )
    return _save(uow, person, fresh)


def _has_another_account(uow: UnitOfWork, platform: str, person: Person, member: Member) -> bool:
    """A guest on one platform may be a full member on the other."""
    this = (platform, member.external_id)
    return any((one.platform, one.external_id) != this for one in uow.people.identities(person.id))


def _save(uow: UnitOfWork, person: Person, fresh: Person) -> str:
    if fresh == person:
        return ""
    uow.people.save(fresh)
    changed: list[str] = [name for name in KEPT_TRUE if getattr(fresh, name) != getattr(person, name)]
    uow.audit.append(audit.entry("person:change", f"person:{person.id}", the_clock(uow), after={"changed": changed}))
    return "changed"
