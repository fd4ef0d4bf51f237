"""Forms that change a control."""

from collections.abc import Sequence

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
from handlers.views.elements import ChoiceField, DateField, Element, Field, Form, Note, Option, Text, TextField
from tasks.controls import Cadence, Control
from tasks.operations.edit_control import LONGEST_REASON
from tasks.timetable import Timetable
from tasks.wording import shortened

KEEP = "keep"


def how_often_form(control: Control, action: Action) -> Form:
    """The first step of a cadence: which questions follow hangs on its answer."""
    as_it_is = Option(value=KEEP, label="As it is", note=shortened(control.text.cadence_text, 75))
    field = ChoiceField(name="cadence", label="How often", options=(as_it_is, *cadence_options()), value=KEEP)
    note = "“As it is” leads to its days; all others also to when it opens and what it covers."
    return Form(title="Cadence", action=action, intro=(Note(text=note),), fields=(field,), submit="Next")


def cadence_form(
    control: Control, timetable: Timetable | None, action: Action, *, cadence: Cadence | None, coming: Sequence[str]
) -> Form:
    """`cadence`: None where it stays as it is."""
    text = control.text
    asked: tuple[Field, ...] = timetable_fields(cadence, timetable) if cadence else ()
    limit = "" if text.limit_days is None else str(text.limit_days)
    start = DateField(name="starts_on", label="Nothing new opens before", required=False)
    said = _about_coming(coming) if cadence else shortened(text.cadence_text, 300)
    return Form(
        title=CADENCES[cadence] if cadence else "Cadence",
        action=action,
        intro=(Note(text=said),) if said else (),
        fields=(*asked, *due_fields(str(text.due_days), limit), start, _reason_field()),
        submit="Save",
    )


def wording_form(control: Control, action: Action) -> Form:
    about = (acceptance_field(control.text), department_field(control.department))
    intro = (Note(text="Open tasks keep the words they were opened with. The old version stays readable."),)
    fields = (*words_fields(control.text), *about, _reason_field())
    return Form(title="Wording", action=action, intro=intro, fields=fields, submit="Save")


def retire_form(control: Control, action: Action, *, open_tasks: str) -> Form:
    said = f"Nothing of {control.code} {control.text.title} opens any more. {open_tasks}"
    intro: tuple[Element, ...] = (Text(text=said), Note(text="Its record stays, and it can be brought back."))
    return Form(title="Retire", action=action, intro=intro, fields=(_reason_field(),), submit="Retire")


def _about_coming(coming: Sequence[str]) -> str:
    dropped = "It begins today, unless you choose a later day. What has not opened yet is planned anew"
    return f"{dropped}; next was {coming[0]}." if coming else f"{dropped}."


def _reason_field() -> TextField:
    return TextField(name="reason", label="Why?", placeholder="It stays in the history.", longest=LONGEST_REASON)
