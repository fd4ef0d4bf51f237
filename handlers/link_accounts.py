"""link [code]: one person on two platforms. A code is all that strangers may say to us."""

from handlers.actions import Action
from handlers.context import Context
from handlers.replies import Replace, Reply, Show
from handlers.requests import Source
from handlers.views import accounts, messages
from handlers.views.elements import View
from tasks.link_codes import LinkCode, readable
from tasks.notices import Notice
from tasks.operations.link_identity import (
    TWO_HISTORIES,
    Account,
    Outcome,
    Typed,
    confirm_link,
    is_asked,
    make_code,
    refuse_link,
    type_code,
)
from tasks.people import Person
from tasks.ports import UnitOfWork
from tasks.wording import platform_name

WORD = "link"
LONGEST_CODE = 12
"""Letters that may be meant as a code, a few too many included."""


def code_in(words: str) -> str:
    """Empty where these can't be meant as a code, such as an address."""
    letters = words.replace("-", "").replace(" ", "")
    return letters if letters.isascii() and letters.isalpha() and len(letters) <= LONGEST_CODE else ""


def knock(source: Source, letters: str, uow: UnitOfWork) -> Reply:
    """Somebody whom we don't know, or who takes no part."""
    if not letters:
        return Show(view=messages.stranger())
    return Show(view=_answer(type_code(uow, _account(source), letters), None))


def type_code_as(source: Source, letters: str, context: Context) -> Reply:
    """Somebody whom we know as well, maybe by a record of its own."""
    return Show(view=_answer(type_code(context.uow, _account(source), letters), context.person))


def type_link(words: str, context: Context) -> Reply:
    return Show(view=accounts.code_refused() if words else _new_code(context))


def press_link(_: Action, context: Context) -> Reply:
    return Show(view=_new_code(context))


def press_confirm(act: Action, context: Context) -> Reply:
    code = confirm_link(context.uow, context.actor, act.get("l"))
    text = f"Your {platform_name(code.account_platform)} account is linked: I know you there from now on."
    return Replace(view=messages.told_with("Linked", text, (accounts.show_notify(),)))


def press_refuse(act: Action, context: Context) -> Reply:
    refuse_link(context.uow, context.actor, act.get("l"))
    text = "Nothing was linked, and the code is spent. If somebody asked you for it, tell your compliance lead."
    return Replace(view=messages.told("Not linked", text))


def describe_link(uow: UnitOfWork, notice: Notice) -> View | None:
    code = uow.link_codes.get(notice.key.about.removeprefix("link:"))
    return accounts.link_question(_asking(uow, code)) if is_asked(uow, code) else None


def _new_code(context: Context) -> View:
    known = context.uow.people.identities(context.person.id)
    code = readable(make_code(context.uow, context.actor))
    return accounts.link_code_card(code, sorted({one.platform for one in known}))


def _answer(typed: Typed, holder: Person | None) -> View:
    match typed.outcome:
        case Outcome.WRONG:
            return accounts.code_refused()
        case Outcome.ASKED:
            return accounts.code_taken(typed.shown_on)
        case Outcome.TWO_HISTORIES:
            text = TWO_HISTORIES.format(name=holder.name if holder else "somebody")
            return messages.refused(text, title="Two records")


def _account(source: Source) -> Account:
    return Account(platform=source.platform, external_id=source.user, name=source.user_name)


def _asking(uow: UnitOfWork, code: LinkCode) -> accounts.Asking:
    holder = uow.people.by_identity(code.account_platform, code.account_id)
    return accounts.Asking(
        code_id=code.id,
        platform=code.account_platform,
        external_id=code.account_id,
        name=code.account_name,
        holder=f"{holder.name} ({holder.email})" if holder else "",
    )
