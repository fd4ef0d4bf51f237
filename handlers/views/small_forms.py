"""Forms of one or two questions."""

from datetime import date

from handlers.actions import Action
from handlers.task_page import TaskPage
from handlers.views.elements import ChoiceField, DateField, Form, Note, Option, PersonField, Text, TextField
from tasks.wording import shortened


def return_form(page: TaskPage, action: Action) -> Form:
    field = TextField(name="reason", label="What should change?", multiline=True, longest=1000)
    intro = (Text(text=f"{page.answered_by} gets “{page.task.title}” back with your reason."),)
    return Form(title="Return", action=action, intro=intro, fields=(field,), submit="Return")


def reason_form(title: str, label: str, intro: str, action: Action) -> Form:
    field = TextField(name="reason", label=label, multiline=True, longest=1000)
    return Form(title=title, action=action, intro=(Text(text=intro),), fields=(field,), submit="Send")


def hand_over_form(page: TaskPage, action: Action, *, colleagues: tuple[Option, ...], person: str = "") -> Form:
    field = PersonField(name="person", label="Who takes it over?", options=colleagues, value=person)
    intro = (Text(text=f"“{page.task.title}” moves with everything attached so far. The change is on record."),)
    return Form(title="Hand over", action=action, intro=intro, fields=(field,), submit="Hand over")


def assign_form(
    action: Action, *, controls: tuple[Option, ...], colleagues: tuple[Option, ...], control: str = ""
) -> Form:
    fields = (
        ChoiceField(name="control", label="Control", options=controls, value=control),
        PersonField(name="person", label="Owner", options=colleagues),
    )
    intro = (Text(text="One accountable person. Open tasks of the control move along."),)
    return Form(title="Assign a control", action=action, intro=intro, fields=fields, submit="Assign")


def away_form(
    action: Action, *, colleagues: tuple[Option, ...], first: date, last: str = "", delegate: str = ""
) -> Form:
    fields = (
        DateField(name="first", label="First day away", value=first.isoformat()),
        DateField(name="last", label="Last day away", hint="A return date is needed.", value=last),
        PersonField(name="delegate", label="Who answers meanwhile?", options=colleagues, value=delegate),
    )
    intro = (
        Text(text="Your tasks, open ones included, go to them. Both names are on record."),
        Note(text="To hand over a single task for good, open it and press Hand over …"),
    )
    return Form(title="Away", action=action, intro=intro, fields=fields, submit="Save")


def request_form(
    page: TaskPage, action: Action, *, colleagues: tuple[Option, ...], item: str = "", person: str = ""
) -> Form:
    options = tuple(Option(value=one.key, label=shortened(one.text, 75)) for one in page.text.evidence)
    fields = (
        ChoiceField(name="item", label="Which item?", options=options, value=item),
        PersonField(name="person", label="Whom do you ask?", options=colleagues, value=person),
        TextField(name="note", label="A word to them", required=False, multiline=True, longest=500),
    )
    return Form(title="Ask for an item", action=action, fields=fields, submit="Ask")


def wait_form(page: TaskPage, action: Action) -> Form:
    task = page.task
    fields = (
        TextField(name="whom", label="Whom or what do you wait for?", value=task.waiting_on, longest=200),
        DateField(
            name="until", label="Until when?", value=task.waiting_until.isoformat() if task.waiting_until else ""
        ),
    )
    note = Note(text="It is shown to everybody who asks. Reminders go on.")
    return Form(title="Waiting on", action=action, intro=(note,), fields=fields, submit="Save")
