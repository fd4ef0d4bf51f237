"""Forms that change what is known of a person."""

from handlers.actions import Action
from handlers.views.elements import Field, Form, ManyField, Note, Option, PersonField, Text, TextField
from tasks.control_text import LONGEST_NAME
from tasks.people import GRANTED_ROLES, Person, Role
from tasks.wording import shortened

WHAT_ROLES_DO = {
    Role.DEPARTMENT_LEAD: "answers for what nobody in the department owns",
    Role.EXECUTIVE_SPONSOR: "told last when something stays overdue",
    Role.COMPLIANCE_LEAD: "runs the programme, accepts answers",
    Role.ADMIN: "settings, people and roles",
    Role.AUDITOR: "reads, within an audit period",
}


def change_form(person: Person, action: Action, *, departments: str, colleagues: tuple[Option, ...]) -> Form:
    fields: tuple[Field, ...] = (
        TextField(
            name="department",
            label="Department",
            hint=shortened(departments, 150),
            value=person.department,
            required=False,
            longest=LONGEST_NAME,
        ),
        PersonField(
            name="manager",
            label="Manager",
            options=colleagues,
            value=person.manager_id or "",
            hint="Told two business days after a task of theirs is overdue.",
            required=False,
        ),
        TextField(
            name="time_zone",
            label="Time zone",
            hint="As in Europe/Berlin. Where the chat platform knows one, it sets it again.",
            value=person.time_zone,
            longest=60,
        ),
        TextField(
            name="country",
            label="Country",
            hint="Two letters, such as US or DE: it chooses the holidays.",
            value=person.country,
            longest=2,
        ),
    )
    intro = (Text(text=f"Where {person.name} belongs. Every change is on record."),)
    return Form(title="Change a person", action=action, intro=intro, fields=fields, submit="Save")


def roles_form(person: Person, action: Action) -> Form:
    options = tuple(
        Option(value=role.value, label=role.replace("-", " ").capitalize(), note=WHAT_ROLES_DO[role])
        for role in GRANTED_ROLES
    )
    held = tuple(role.value for role in GRANTED_ROLES if person.has(role))
    field = ManyField(name="roles", label=f"Roles of {shortened(person.name, 36)}", options=options, values=held)
    note = Note(text="Somebody always is admin, and somebody compliance lead: the last one keeps the role.")
    return Form(title="Roles", action=action, intro=(note,), fields=(field,), submit="Save")
