"""Short answers: something was done, something was refused, something needs a choice."""

from handlers.actions import action
from handlers.views.elements import ActionButton, Button, Buttons, Element, FormButton, Note, Text, Tone, View
from tasks.model import Task
from tasks.people import Person
from tasks.wording import day


def done(title: str, text: str, *, task: Task | None = None, first: tuple[Button, ...] = ()) -> View:
    """`first`: what to press next, before the task's own button."""
    return _said(title, text, Tone.GOOD, (*first, open_task(task)) if task else first)


def told(title: str, text: str, *, task: Task | None = None) -> View:
    return _said(title, text, Tone.NEUTRAL, (open_task(task),) if task else ())


def told_with(title: str, text: str, buttons: tuple[Button, ...]) -> View:
    return _said(title, text, Tone.NEUTRAL, buttons)


def _said(title: str, text: str, tone: Tone, buttons: tuple[Button, ...]) -> View:
    body: tuple[Element, ...] = (Text(text=text, tone=tone),)
    return View(title=title, summary=text, body=(*body, Buttons(buttons=buttons)) if buttons else body)


def refused(text: str, *, title: str = "That did not work") -> View:
    again = ActionButton(label="My tasks", action=action("show_tasks"))
    return View(title=title, summary=text, body=(Text(text=text, tone=Tone.WARNING), Buttons(buttons=(again,))))


def stranger() -> View:
    text = (
        "I don't know you in this workspace yet. Ask your compliance lead to add you, then try again. "
        "If I know you in another chat, type “link” there."
    )
    return View(title="Hello", summary=text, body=(Text(text=text),))


def open_task(task: Task, label: str = "Open") -> ActionButton:
    return ActionButton(label=label, action=action("show_task", t=task.id))


def away(person: Person, stand_in: str) -> View:
    """To somebody whose leave is set already."""
    until = f" until {day(person.away_until)}" if person.away_until else ""
    text = f"You are away{until}. {stand_in or 'Nobody'} answers for you."
    buttons = (
        ActionButton(label="I am back", action=action("come_back")),
        FormButton(label="Change …", action=action("go_away")),
    )
    return _said("Away", text, Tone.NEUTRAL, buttons)


def which(title: str, question: str, choices: tuple[Button, ...], *, note: str = "") -> View:
    body: list[Element] = [Text(text=question), Buttons(buttons=choices)]
    return View(title=title, summary=question, body=(*body, Note(text=note)) if note else tuple(body))
