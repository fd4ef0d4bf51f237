"""An admin says whose an account is, or that it is nobody's."""

from tasks import audit, people_duties
from tasks.errors import Invalid, NotAllowed, Stale
from tasks.identifiers import PersonId
from tasks.notices import NoticeKey, Occasion, OwedNotice
from tasks.people import Actor, Person
from tasks.ports import Identity, UnitOfWork
from tasks.wording import platform_name, shortened

NOT_YOUR_OWN = "You can't change your own accounts: type “link” to add one, or ask another admin."


def move_account(uow: UnitOfWork, actor: Actor, account: Identity, to: PersonId | None) -> Person | None:
    """`account` as it was seen; `to` None: nobody's from now on. Work that was done through it stays whose it was.
    Raises Invalid with the field person."""
    people_duties.require_may_change_roles(actor)
    holder = _holder(uow, account)
    heir = uow.people.find(to)
    _require_others(actor, holder, heir)
    if to and (heir is None or not heir.active or heir.guest):
        said = "Choose somebody who works here; guests and people who left take no part."
        raise Invalid("Nothing was changed yet.", fields={"person": said})
    if heir and heir.id == holder.id:
        return heir
    uow.people.unlink(account)
    _record(uow, actor, "person:unlink", account, holder, f"is no account of yours any more ({_who(actor)})")
    if heir:
        uow.people.link(Identity(platform=account.platform, external_id=account.external_id, person_id=heir.id))
        _record(uow, actor, "person:link", account, heir, f"is an account of yours now ({_who(actor)})")
    return heir


def _holder(uow: UnitOfWork, account: Identity) -> Person:
    holder = uow.people.by_identity(account.platform, account.external_id)
    if holder is None or holder.id != account.person_id:
        raise Stale("That account is somebody else's meanwhile. Open the person again to see theirs.")
    return holder


def _require_others(actor: Actor, *people: Person | None) -> None:
    """Nobody hands themselves another's account."""
    if actor.person and any(one and one.id == actor.person.id for one in people):
        raise NotAllowed(NOT_YOUR_OWN)


def _record(uow: UnitOfWork, actor: Actor, what: str, account: Identity, person: Person, told: str) -> None:
    after = {"platform": account.platform, "by": "admin"}
    uow.audit.append(audit.entry(what, f"person:{person.id}", actor, after=after, detail=account.external_id))
    if uow.people.identities(person.id):
        key = NoticeKey(
            about=f"accounts:{uow.new_id()}", recipient=f"person:{person.id}", occasion=Occasion.ACCOUNTS_CHANGED
        )
        detail = f"The {platform_name(account.platform)} account {shortened(account.external_id, 40)} {told}."
        uow.notices.owe([OwedNotice(key=key, owed_at=uow.now, detail=detail)])


def _who(actor: Actor) -> str:
    return f"changed by {actor.person.name}" if actor.person else "changed from the command line"
