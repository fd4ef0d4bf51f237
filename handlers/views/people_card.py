"""One person: where they belong, what is theirs, and who stands in for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.actions import action
from handlers.views.accounts import account_name, show_notify
from handlers.views.control_list import open_control
from handlers.views.elements import (
    ActionButton,
    Button,
    Buttons,
    Confirm,
    Element,
    Fact,
    Facts,
    FormButton,
    Heading,
    Note,
    Row,
    Style,
    Text,
    Tone,
    View,
)
from handlers.views.status_board import department_name
from handlers.views.task_list import task_row
from tasks.controls import Control
from tasks.model import Task
from tasks.people import Person
from tasks.ports import Identity
from tasks.wording import counted, day, listed, platform_name, sentence

MOST_SHOWN = 8


@dataclass(frozen=True, kw_only=True)
class PersonPage:
    person: Person
    manager: str
    delegate: str
    accounts: Sequence[Identity]
    """Where they are known, last used first."""
    tasks: Sequence[Task]
    """Open ones that are theirs."""
    controls: Sequence[Control]
    """Theirs by name, not retired."""
    reports: int
    heir: str
    """Who would take their open tasks over."""
    now: datetime
    time_zone: str
    is_reader: bool
    may_change: bool
    may_change_roles: bool


def people_card(page: PersonPage, *, opening: str = "") -> View:
    person = page.person
    body: list[Element] = [Text(text=opening, tone=Tone.GOOD)] if opening else []
    if not person.active:
        body.append(Text(text="Deactivated: takes no part any more.", tone=Tone.WARNING))
    body += [_facts(page), Buttons(buttons=_buttons(page))] if _buttons(page) else [_facts(page)]
    body += _accounts(page)
    body += _listed("Open tasks", [task_row(task, page) for task in page.tasks])
    body += _listed("Controls", [_control(one) for one in page.controls])
    department = department_name(person.department) if person.department else "no department"
    summary = f"{person.name}: {department}, {counted(len(page.tasks), 'open task')}"
    return View(title=person.name, summary=opening or summary, body=tuple(body))


def stand_in_card(person: Person, turn: str, until: str) -> View:
    """All that anybody may know of a colleague: whose turn it is."""
    if turn == person.name:
        text = f"{person.name} answers for themselves."
    elif turn:
        text = f"{person.name} is away{until}. {turn} answers meanwhile."
    else:
        text = f"{person.name} can't be asked now, and nobody stands in. Ask a compliance lead."
    return View(title=person.name, summary=text, body=(Text(text=text),))


def _facts(page: PersonPage) -> Facts:
    person = page.person
    roles = listed([role.replace("-", " ") for role in sorted(person.roles)])
    pairs = (
        ("E-mail", person.email),
        ("Department", department_name(person.department) if person.department else "Not set"),
        ("Manager", page.manager or "Not set"),
        ("Reports", str(page.reports) if page.reports else ""),
        ("Roles", sentence(roles) or "Member"),
        ("Time zone", person.time_zone),
        ("Country, for holidays", person.country),
        ("Away", _away(person)),
        ("Answers meanwhile", page.delegate),
        (
            "Accounts",
            "" if _accounts(page) else listed([account_name(one) for one in page.accounts]) or "Not linked yet",
        ),
        ("Written to", platform_name(person.write_to)),
    )
    return Facts(facts=tuple(Fact(label=label, value=value) for label, value in pairs if value))


def _known_on(page: PersonPage) -> str:
    return listed([account_name(one) for one in page.accounts]) or "Not linked yet"


def _accounts(page: PersonPage) -> list[Element]:
    """For admins, who may unlink and move them; nobody does that with their own."""
    if not page.may_change_roles or page.is_reader or not page.accounts:
        return []
    return [Heading(text="Linked accounts"), *(_account(one) for one in page.accounts[:MOST_SHOWN])]


def _account(account: Identity) -> Row:
    act = action("move_account", p=account.person_id, on=account.platform, x=account.external_id)
    return Row(text=account_name(account), button=FormButton(label="Unlink or move …", action=act))


def _away(person: Person) -> str:
    if person.away_from is None or person.away_until is None:
        return ""
    return f"{day(person.away_from)} to {day(person.away_until)}"


def _buttons(page: PersonPage) -> tuple[Button, ...]:
    named: dict[str, str | int] = {"p": page.person.id, "v": page.person.version}
    buttons: list[Button] = []
    if page.may_change:
        buttons.append(FormButton(label="Change …", action=action("change_person", **named)))
    if page.may_change_roles:
        buttons.append(FormButton(label="Roles …", action=action("grant_role", **named)))
    if page.is_reader:
        buttons.append(ActionButton(label="Link an account", action=action("make_link_code")))
        buttons.append(show_notify())
    if page.may_change:
        buttons.append(ActionButton(label="All people", action=action("show_people")))
    if page.may_change_roles and not page.is_reader:
        buttons.append(_deactivate(page) if page.person.active else _reactivate(page.person))
    return tuple(buttons)


def _deactivate(page: PersonPage) -> ActionButton:
    name, moving = page.person.name, counted(len(page.tasks), "open task")
    goes = f"{moving} {'goes' if len(page.tasks) == 1 else 'go'} to {page.heir}" if page.tasks else "No task is open"
    unclear = f"{moving} can go to nobody yet" if page.tasks and not page.heir else goes
    asked = Confirm(
        title=f"Deactivate {name}?"[:100],
        text=f"{unclear}. The compliance lead is told. {name} can't answer here any more. All records stay."[:300],
        yes="Deactivate",
    )
    act = action("deactivate_person", p=page.person.id)
    return ActionButton(label="Deactivate", action=act, style=Style.DANGER, confirm=asked)


def _reactivate(person: Person) -> ActionButton:
    asked = Confirm(
        title=f"Bring {person.name} back?"[:100],
        text="What is theirs by name opens for them again. Tasks that moved on stay where they are.",
        yes="Bring back",
    )
    return ActionButton(label="Bring back", action=action("reactivate_person", p=person.id), confirm=asked)


def _control(control: Control) -> Row:
    return Row(text=f"{control.code} {control.text.title}", button=open_control(control))


def _listed(title: str, rows: Sequence[Row]) -> list[Element]:
    if not rows:
        return []
    rest = [Note(text=f"Only the first {MOST_SHOWN} are shown.")] if len(rows) > MOST_SHOWN else []
    return [Heading(text=f"{title} ({len(rows)})"), *rows[:MOST_SHOWN], *rest]
