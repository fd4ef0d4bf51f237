"""A new control in three steps, each of them no taller than a phone. What is settled travels in the form's action."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from handlers.actions import Action
from handlers.views.control_fields import (
    CADENCES,
    acceptance_field,
    cadence_options,
    department_field,
    due_fields,
    timetable_fields,
    words_fields,
)
from handlers.views.elements import ChoiceField, DateField, Form, Note, Option, PersonField, Text, TextField
from tasks.controls import Cadence, ControlText, SpanKind

STEPS = 3
BLANK = ControlText(
    title="",
    prompt="",
    statement="",
    rrule="FREQ=MONTHLY;BYMONTHDAY=1",
    cadence=Cadence.MONTHLY,
    cadence_text="",
    span=SpanKind.PREVIOUS_MONTH,
    due_days=1,
)
STATEMENT = "I confirm that this was done for {period}, checked on {date}."


def new_control_form(
    action: Action, *, departments: Sequence[str], colleagues: tuple[Option, ...], today: date
) -> Form:
    """The step that comes after what `action` has settled."""
    cadence = action.get("cadence")
    if cadence not in set(Cadence):
        return _first(action, departments, colleagues)
    if "day" not in action.args:
        return _second(action, Cadence(cadence), today)
    return _third(action)


def is_last_step(form: Form) -> bool:
    return any(field.name == "statement" for field in form.fields)


def _first(action: Action, departments: Sequence[str], colleagues: tuple[Option, ...]) -> Form:
    fields = (
        TextField(name="code", label="Code", placeholder="OPS-01", longest=32),
        department_field("", departments),
        PersonField(
            name="owner",
            label="Owner",
            options=colleagues,
            hint="Nobody: it falls to the department's lead, else to the compliance lead.",
            required=False,
        ),
        ChoiceField(name="cadence", label="How often", options=cadence_options()),
    )
    intro = (Text(text="A control of your own is as good as any: it opens, reminds, and stands in the export."),)
    return Form(title=_title(1), action=action, intro=intro, fields=fields, submit="Next")


def _second(action: Action, cadence: Cadence, today: date) -> Form:
    fields = (
        *timetable_fields(cadence, None),
        *due_fields("10", ""),
        acceptance_field(BLANK),
        DateField(name="starts_on", label="Nothing opens before", value=today.isoformat()),
    )
    intro = (Note(text=f"{action.get('code')} · {CADENCES[cadence].lower()}"),)
    return Form(title=_title(2), action=action, intro=intro, fields=fields, submit="Next")


def _third(action: Action) -> Form:
    fields = words_fields(replace(BLANK, statement=STATEMENT))
    return Form(title=_title(3), action=action, fields=fields, submit="Add")


def _title(step: int) -> str:
    return f"New control: {step} of {STEPS}"
