"""One person on several platforms: the code that links them, the question, and where they are written to."""

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.actions import Action, action
from handlers.views.elements import (
    ActionButton,
    Buttons,
    Element,
    Fact,
    Facts,
    Form,
    Note,
    Option,
    PersonField,
    Style,
    Text,
    Tone,
    View,
)
from tasks.ports import Identity
from tasks.wording import listed, platform_name, sentence, shortened

LONGEST_ID = 40
LAST_USED = "wherever you wrote to me last"


@dataclass(frozen=True, kw_only=True)
class Asking:
    """The account that wants to be theirs."""

    code_id: str
    platform: str
    external_id: str
    name: str
    """As its platform shows it."""
    holder: str
    """Of the record it belongs to now, name and e-mail; empty where it is nobody's."""


def account_name(account: Identity) -> str:
    return f"{platform_name(account.platform)} {shortened(account.external_id, LONGEST_ID)}"


def link_code_card(code: str, platforms: Sequence[str]) -> View:
    """`code`: readable. `platforms`: where we know them."""
    text = f"Your code is {code}. It lives 15 minutes and is used once."
    body: tuple[Element, ...] = (
        Text(text=f"Write this to me in your other chat: link {code}", strong=True),
        Text(text="Then I ask you here whether it was you. Show the code to nobody."),
        Facts(facts=(Fact(label="I know you on", value=listed([platform_name(one) for one in platforms])),)),
    )
    return View(title="Link an account", summary=text, body=(Text(text=text), *body))


def code_taken(platform: str) -> View:
    name = platform_name(platform)
    where = f"in {name}" if name in ("Slack", "Teams") else f"in the {name}"
    text = f"Almost done. I have asked you {where} whether this was you: press “Yes, that is me” there."
    return View(title="Link an account", summary=text, body=(Text(text=text),))


def code_refused() -> View:
    """The same whatever was wrong."""
    text = "This code does not work."
    note = (
        "A code lives 15 minutes and is used once. Type “link” in the chat where I know you to get a new one. "
        "After several wrong codes, wait an hour."
    )
    return View(title="Link an account", summary=text, body=(Text(text=text, tone=Tone.WARNING), Note(text=note)))


def link_question(asking: Asking) -> View:
    text = f"Is this {platform_name(asking.platform)} account you?"
    facts = [Fact(label="Account", value=shortened(asking.external_id, LONGEST_ID))]
    facts += [Fact(label="Calls itself", value=asking.name)] if asking.name else []
    facts += [Fact(label="On record as", value=asking.holder)] if asking.holder else []
    then = "It typed the code that you were shown. If it is you, both accounts speak for you from now on."
    merged = f" The record of {asking.holder} has nothing on it and is deactivated." if asking.holder else ""
    yes = ActionButton(label="Yes, that is me", action=action("confirm_link", l=asking.code_id), style=Style.PRIMARY)
    no = ActionButton(label="No", action=action("refuse_link", l=asking.code_id))
    body: tuple[Element, ...] = (
        Text(text=text, strong=True),
        Facts(facts=tuple(facts)),
        Text(text=then + merged),
        Buttons(buttons=(yes, no)),
    )
    return View(title="Link an account", summary=text, body=body)


def show_notify() -> ActionButton:
    return ActionButton(label="Where I write to you", action=action("show_notify"))


def notify_card(chosen: str, platforms: Sequence[str]) -> View:
    """`chosen`: empty for the last used. `platforms`: where we know them."""
    now = platform_name(chosen) if chosen else LAST_USED
    text = f"I write to you: {now}."
    body: list[Element] = [Text(text="Where should I write to you?", strong=True), Text(text=text)]
    choices = [("Where I wrote last", ""), *((sentence(platform_name(one)), one) for one in platforms)]
    buttons = [
        ActionButton(label=label, action=action("choose_platform", on=one)) for label, one in choices if one != chosen
    ]
    body.append(Buttons(buttons=tuple(buttons)))
    if len(platforms) > 1:
        body.append(Note(text="If I can't reach you there for good, I use the other."))
    else:
        body.append(Note(text="I know one account of yours. Type “link” to add another."))
    return View(title="Where I write to you", summary=text, body=tuple(body))


def move_account_form(account: Identity, action: Action, *, owner: str, colleagues: tuple[Option, ...]) -> Form:
    intro = (
        Text(text=f"{account_name(account)} speaks for {owner}."),
        Note(
            text="Only change it when it is somebody else's. Work done through it stays on record as it was. An "
            "account with somebody's e-mail address is linked to them again by the next look at the member list."
        ),
    )
    field = PersonField(
        name="person",
        label="Whose account is it?",
        options=colleagues,
        value=account.person_id,
        hint="Leave it empty to unlink the account from everybody.",
        required=False,
    )
    return Form(title="Linked account", action=action, intro=intro, fields=(field,), submit="Save")
