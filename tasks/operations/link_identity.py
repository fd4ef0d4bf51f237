"""One person, two accounts: a code is shown to somebody we know, typed by the other account, confirmed by the first.

Nothing is linked by the code alone: whoever was told it or saw it is stopped by the question on the first side. Two
records that both have a history are never made one: what each did stays under its own name, and an admin decides.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from tasks import audit
from tasks.errors import NO_SUCH_LINK, Invalid, NotAllowed, NotFound, Stale
from tasks.identifiers import PersonId
from tasks.link_codes import LIVES, MOST_WRONG, WRONG_FOR, LinkCode, LinkState, WrongCodes, digest_of, letters_from
from tasks.notices import NoticeKey, Occasion, OwedNotice
from tasks.operations.acting import person_of
from tasks.people import Actor, Person, Role
from tasks.ports import Identity, UnitOfWork
from tasks.wording import shortened

LONGEST_NAME = 80
TWO_HISTORIES = (
    "That account is {name}'s, who has work of their own here. Two such records are never made one. "
    "Nothing was changed; an admin can move the account."
)


@dataclass(frozen=True, kw_only=True)
class Account:
    platform: str
    external_id: str
    name: str = ""
    """As the platform shows it; empty where it tells none."""


class Outcome(StrEnum):
    WRONG = "wrong"
    """Unknown, expired, used, typed too often or by somebody who takes no part: which, is not told."""
    ASKED = "asked"
    TWO_HISTORIES = "two-histories"


@dataclass(frozen=True, kw_only=True)
class Typed:
    outcome: Outcome
    shown_on: str = ""
    """The platform on which the person is asked."""


WRONG = Typed(outcome=Outcome.WRONG)


def make_code(uow: UnitOfWork, actor: Actor) -> str:
    """The letters, which are shown once. Earlier codes of the person stop working."""
    person = person_of(actor)
    for old in uow.link_codes.waiting(person.id):
        uow.link_codes.save(replace(old, state=LinkState.SETTLED))
    letters = letters_from(uow.new_id())
    uow.link_codes.add(
        LinkCode(
            id=uow.new_id(),
            person_id=person.id,
            digest=digest_of(letters, uow.workspace.id),
            platform=actor.platform,
            expires_at=uow.now + LIVES,
        )
    )
    return letters


def type_code(uow: UnitOfWork, account: Account, letters: str) -> Typed:
    """By any account of the workspace, known or not. Raises Invalid for an account that is the person's already."""
    holder = uow.people.by_identity(account.platform, account.external_id)
    code = uow.link_codes.by_digest(digest_of(letters, uow.workspace.id))
    if _typed_too_many(uow, account) or _takes_no_part(holder):
        return WRONG
    if code and _was_typed_by(account, code, uow):
        return Typed(outcome=Outcome.ASKED, shown_on=code.platform)
    if code is None or not _can_be_typed(code, uow):
        return _wrong(uow, account)
    if holder and holder.id == code.person_id:
        raise Invalid("This account is yours already. Type the code in the other chat, where I don't know you.")
    if holder and uow.people.has_history(holder.id):
        return _two_histories(uow, code, holder)
    return _ask(uow, account, code)


def confirm_link(uow: UnitOfWork, actor: Actor, code_id: str) -> LinkCode:
    """From then on the account speaks for the person. A record that nothing else was on record for is deactivated."""
    person, code = person_of(actor), _asked(uow, actor, code_id)
    holder = uow.people.by_identity(code.account_platform, code.account_id)
    if holder and holder.id != person.id:
        _take_over(uow, actor, holder, code)
    uow.people.link(Identity(platform=code.account_platform, external_id=code.account_id, person_id=person.id))
    _record(uow, actor, "person:link", person.id, code)
    return uow.link_codes.save(replace(code, state=LinkState.SETTLED))


def refuse_link(uow: UnitOfWork, actor: Actor, code_id: str) -> LinkCode:
    """It was somebody else: the code is spent, and that it was refused is on record."""
    code = _asked(uow, actor, code_id)
    _record(uow, actor, "person:refuse-link", code.person_id, code)
    return uow.link_codes.save(replace(code, state=LinkState.SETTLED))


def is_asked(uow: UnitOfWork, code: LinkCode) -> bool:
    return code.state is LinkState.TYPED and uow.now <= code.expires_at


def forget_codes(uow: UnitOfWork) -> int:
    return uow.link_codes.forget_before(uow.now - WRONG_FOR)


def _asked(uow: UnitOfWork, actor: Actor, code_id: str) -> LinkCode:
    code = uow.link_codes.get(code_id)
    if code.person_id != person_of(actor).id:
        raise NotFound(NO_SUCH_LINK)
    if not is_asked(uow, code):
        raise Stale(NO_SUCH_LINK)
    return code


def _can_be_typed(code: LinkCode, uow: UnitOfWork) -> bool:
    person = uow.people.get(code.person_id)
    return code.state is LinkState.SHOWN and uow.now <= code.expires_at and not _takes_no_part(person)


def _was_typed_by(account: Account, code: LinkCode, uow: UnitOfWork) -> bool:
    """The platform delivered it twice, or they did not see the answer."""
    by = (code.account_platform, code.account_id)
    return is_asked(uow, code) and by == (account.platform, account.external_id)


def _takes_no_part(person: Person | None) -> bool:
    return person is not None and (person.guest or not person.active)


def _typed_too_many(uow: UnitOfWork, account: Account) -> bool:
    wrong = uow.link_codes.wrong(account.platform, account.external_id)
    return wrong is not None and wrong.count >= MOST_WRONG and uow.now < wrong.since + WRONG_FOR


def _wrong(uow: UnitOfWork, account: Account) -> Typed:
    wrong = uow.link_codes.wrong(account.platform, account.external_id)
    if wrong is None or uow.now >= wrong.since + WRONG_FOR:
        wrong = WrongCodes(platform=account.platform, external_id=account.external_id, count=0, since=uow.now)
    uow.link_codes.save_wrong(replace(wrong, count=wrong.count + 1))
    return WRONG


def _ask(uow: UnitOfWork, account: Account, code: LinkCode) -> Typed:
    uow.link_codes.save(
        replace(
            code,
            state=LinkState.TYPED,
            expires_at=uow.now + LIVES,
            account_platform=account.platform,
            account_id=account.external_id,
            account_name=shortened(account.name.strip(), LONGEST_NAME),
        )
    )
    key = NoticeKey(about=f"link:{code.id}", recipient=f"person:{code.person_id}", occasion=Occasion.LINK_ASKED)
    uow.notices.owe([OwedNotice(key=key, owed_at=uow.now)])
    return Typed(outcome=Outcome.ASKED, shown_on=code.platform)


def _two_histories(uow: UnitOfWork, code: LinkCode, holder: Person) -> Typed:
    person = uow.people.get(code.person_id)
    said = (
        f"{person.name} ({person.email}) and {holder.name} ({holder.email}) want to be one person. Both have work on "
        "record, so nothing was changed. If they are the same, move the account with /soc2 people."
    )
    uow.notices.owe(
        [
            OwedNotice(
                key=NoticeKey(
                    about=f"link:{code.id}", recipient=f"person:{admin.id}", occasion=Occasion.ACCOUNTS_CHANGED
                ),
                owed_at=uow.now,
                detail=said,
            )
            for admin in uow.people.holders(Role.ADMIN)
        ]
    )
    uow.link_codes.save(replace(code, state=LinkState.SETTLED))
    return Typed(outcome=Outcome.TWO_HISTORIES)


def _take_over(uow: UnitOfWork, actor: Actor, holder: Person, code: LinkCode) -> None:
    if _takes_no_part(holder) or uow.people.has_history(holder.id):
        raise NotAllowed(TWO_HISTORIES.format(name=holder.name))
    uow.people.unlink(Identity(platform=code.account_platform, external_id=code.account_id, person_id=holder.id))
    _record(uow, actor, "person:unlink", holder.id, code)
    if not uow.people.identities(holder.id):
        uow.people.save(replace(holder, active=False))
        before: audit.Fields = {"active": True}
        after: audit.Fields = {"active": False, "linked_to": code.person_id}
        uow.audit.append(audit.entry("person:deactivate", f"person:{holder.id}", actor, before=before, after=after))


def _record(uow: UnitOfWork, actor: Actor, what: str, person_id: PersonId, code: LinkCode) -> None:
    after = {"platform": code.account_platform, "by": "code"}
    uow.audit.append(audit.entry(what, f"person:{person_id}", actor, after=after, detail=code.account_id))
