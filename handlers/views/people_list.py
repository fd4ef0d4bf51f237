"""People, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from handlers.actions import action
from handlers.views.elements import (
    ActionButton,
    Button,
    Buttons,
    Element,
    Form,
    FormButton,
    Note,
    Row,
    Text,
    TextField,
    View,
)
from handlers.views.status_board import department_name
from tasks.people import Person
from tasks.wording import counted, day, shortened

A_PAGE = 10


@dataclass(frozen=True, kw_only=True)
class PersonLine:
    person: Person
    manager: str
    open_tasks: int


@dataclass(frozen=True, kw_only=True)
class PeopleList:
    words: str
    lines: Sequence[PersonLine]
    total: int
    page: int
    today: date
    everybody: bool
    """Whether the reader sees the whole company, or only whoever reports to them."""
    nearest: Person | None = None

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // A_PAGE))


def people_list(shown: PeopleList) -> View:
    body: list[Element] = [Text(text=_headline(shown), strong=True)]
    if not shown.everybody:
        body.append(Note(text="You see yourself and the people who report to you."))
    if shown.total == 0 and shown.nearest:
        body.append(Row(text=f"Did you mean {shown.nearest.name}?", button=open_person(shown.nearest)))
    body += [_row(line, shown.today) for line in shown.lines]
    if shown.pages > 1:
        body.append(Note(text=f"Page {shown.page} of {shown.pages}"))
    body.append(Buttons(buttons=_buttons(shown)))
    return View(title="People", summary=_headline(shown), body=tuple(body))


def _headline(shown: PeopleList) -> str:
    words = shortened(shown.words, 60)
    if shown.total == 0:
        return f"Nobody fits “{words}”." if words else "There is nobody here yet."
    found = counted(shown.total, "person", "people")
    return f"{found} for “{words}”" if words else found


def _row(line: PersonLine, today: date) -> Row:
    person = line.person
    parts = [department_name(person.department)] if person.department else []
    parts += [f"reports to {line.manager}"] if line.manager else []
    parts += [role.replace("-", " ") for role in sorted(person.roles)]
    parts += [counted(line.open_tasks, "open task")] if line.open_tasks else []
    parts += [f"away until {day(person.away_until)}"] if person.is_away(today) and person.away_until else []
    parts += [] if person.active else ["deactivated"]
    parts += ["guest"] if person.guest else []
    return Row(text=person.name, note=" · ".join(parts), button=open_person(person))


def open_person(person: Person, label: str = "Open") -> ActionButton:
    return ActionButton(label=label, action=action("show_person", p=person.id))


def _buttons(shown: PeopleList) -> tuple[Button, ...]:
    steps = [("Previous", shown.page - 1)] if shown.page > 1 else []
    steps += [("Next", shown.page + 1)] if shown.page < shown.pages else []
    buttons: list[Button] = [
        ActionButton(label=label, action=action("turn_people", q=shown.words, page=page)) for label, page in steps
    ]
    buttons.append(FormButton(label="Find …", action=action("find_people")))
    quick = [("All people", ""), ("Away", "away"), ("Without manager", "unmanaged"), ("Deactivated", "deactivated")]
    buttons += [
        ActionButton(label=label, action=action("show_people", q=words))
        for label, words in quick
        if words != shown.words
    ]
    return tuple(buttons)


def find_people_form() -> Form:
    field = TextField(
        name="words",
        label="Whom do you look for?",
        hint="A name, an e-mail address, a department or a role.",
        longest=100,
    )
    return Form(title="Find people", action=action("find_people"), fields=(field,), submit="Find")
