"""The chat platform's member list: newcomers are added, names and zones kept true, leavers noticed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from tasks import audit
from tasks.accounts import Accounts, leading, placed
from tasks.identifiers import PersonId
from tasks.operations.acting import the_clock
from tasks.operations.deactivate_person import deactivate_person, tell_of_leaver
from tasks.people import Person
from tasks.ports import AccountState, Identity, UnitOfWork
from tasks.wording import listed, platform_name


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
SILENT = timedelta(days=7)
"""After so long without a whole pass a platform's accounts no longer count as living."""
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


def note_time_zone(uow: UnitOfWork, platform: str, external_id: str, time_zone: str) -> None:
    """What somebody's own program told in passing, where no list was asked."""
    person = uow.people.by_identity(platform, external_id)
    if person and leading(_living(uow, platform, person)) == _account(platform, external_id, person):
        _save(uow, person, _in_zone(person, time_zone))


def _sync(uow: UnitOfWork, platform: str, member: Member) -> str:
    known = uow.people.by_identity(platform, member.external_id)
    person = known or _by_email(uow, member)
    if person is None:
        return "" if member.deleted or member.is_guest or not member.email else _add(uow, platform, member)
    if known is None and not member.deleted:
        _link(uow, platform, person, member)
    before = _note_state(uow, platform, person, member)
    if member.deleted:
        return _end(uow, platform, person, before)
    return _update(uow, platform, person, member, came_back=before is AccountState.ENDED)


def _account(platform: str, external_id: str, person: Person) -> Identity:
    return Identity(platform=platform, external_id=external_id, person_id=person.id)


def _note_state(uow: UnitOfWork, platform: str, person: Person, member: Member) -> AccountState | None:
    """What the account was before; None if it isn't linked."""
    account = _account(platform, member.external_id, person)
    before = uow.people.account_states(person.id).get(account)
    now = AccountState.ENDED if member.deleted else AccountState.GUEST if member.is_guest else AccountState.MEMBER
    if before not in (None, now):
        uow.people.note_account(account, now)
    return before


def _living(uow: UnitOfWork, platform: str, person: Person) -> Accounts:
    """Not the browser, which has no list, nor what a platform said that nobody has heard of for a week."""
    return {
        account: state
        for account, state in uow.people.account_states(person.id).items()
        if state is not AccountState.ENDED and (account.platform == platform or _is_synced(uow, account.platform))
    }


def _is_synced(uow: UnitOfWork, platform: str) -> bool:
    finished_at = uow.sync_places.get(platform, MEMBERS).finished_at
    return finished_at is not None and uow.now < finished_at + SILENT


def _link(uow: UnitOfWork, platform: str, person: Person, member: Member) -> None:
    uow.people.link(_account(platform, member.external_id, person))
    after: audit.Fields = {"platform": platform, "by": "e-mail"}
    said = audit.entry("person:link", f"person:{person.id}", the_clock(uow), after=after, detail=member.external_id)
    uow.audit.append(said)


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
    account = _account(platform, member.external_id, person)
    uow.people.link(account)
    uow.people.note_account(account, AccountState.MEMBER)
    uow.audit.append(audit.entry("person:add", f"person:{person.id}", the_clock(uow), detail=person.email))
    return "added"


def _end(uow: UnitOfWork, platform: str, person: Person, before: AccountState | None) -> str:
    """An account has ended; with the last one the person has left."""
    living = _living(uow, platform, person)
    if not living:
        return _leave(uow, platform, person)
    elsewhere = all(account.platform != platform for account in living)
    if before not in (None, AccountState.ENDED) and elsewhere and person.active:
        _tell_that_others_live(uow, platform, person, living)
    return _save(uow, person, placed(person, living))


def _tell_that_others_live(uow: UnitOfWork, platform: str, person: Person, living: Accounts) -> None:
    """A platform may never say that an account has ended: somebody who knows has to look."""
    others = listed(sorted({platform_name(account.platform) for account in living}))
    has_ended = f"{person.name}'s {platform_name(platform)} account has ended, the one on {others} has not."
    tell_of_leaver(uow, person, f"{has_ended} If they have left, look them up with /soc2 people and deactivate them.")


def _leave(uow: UnitOfWork, platform: str, person: Person) -> str:
    """Of somebody who was deactivated by hand only the account's end is noted: should it come back, so do they."""
    if person.active:
        deactivate_person(uow, the_clock(uow), person.id, platform=platform)
        return "deactivated"
    return _save(uow, person, replace(person, deactivated_by=person.deactivated_by or platform))


def _update(uow: UnitOfWork, platform: str, person: Person, member: Member, *, came_back: bool) -> str:
    """Who was deactivated by hand stays so, however alive their account is."""
    living = _living(uow, platform, person)
    fresh = placed(person, living)
    if leading(living) == _account(platform, member.external_id, person):
        fresh = _in_zone(replace(fresh, name=member.name or person.name), member.time_zone)
    if person.deactivated_by and (came_back or person.deactivated_by == platform):
        fresh = replace(fresh, active=True, deactivated_by="")
    return _save(uow, person, fresh)


def _in_zone(person: Person, time_zone: str) -> Person:
    return replace(person, time_zone=time_zone) if time_zone and not person.time_zone_by_hand else person


def _save(uow: UnitOfWork, person: Person, fresh: Person) -> str:
    if fresh == person:
        return ""
    uow.people.save(fresh)
    changed: list[str] = [name for name in KEPT_TRUE if getattr(fresh, name) != getattr(person, name)]
    uow.audit.append(audit.entry("person:change", f"person:{person.id}", the_clock(uow), after={"changed": changed}))
    return "changed"
