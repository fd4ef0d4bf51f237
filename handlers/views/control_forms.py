"""Forms that make and change a control."""

from collections.abc import Sequence
from datetime import date

from handlers.actions import Action
from handlers.views.elements import (
    ChoiceField,
    DateField,
    Element,
    Field,
    Form,
    Note,
    Option,
    PersonField,
    Text,
    TextField,
)
from tasks.control_text import LONGEST_NAME, LONGEST_TEXT, LONGEST_TITLE, in_brackets
from tasks.controls import Cadence, Control
from tasks.evidence_lines import written
from tasks.operations.edit_control import LONGEST_REASON
from tasks.timetable import MONTH_NAMES, Covers, Timetable
from tasks.wording import shortened

KEEP = "keep"
YES_NO = (Option(value="yes", label="Yes"), Option(value="no", label="No"))
CADENCES = {
    Cadence.WEEKLY: "Weekly",
    Cadence.MONTHLY: "Monthly",
    Cadence.QUARTERLY: "Quarterly",
    Cadence.SEMI_ANNUAL: "Every six months",
    Cadence.ANNUAL: "Yearly",
}
COVERED = {
    Covers.ENDED: "The week, month, quarter, half-year or year just over",
    Covers.DAY: "Things as they are on the day it opens",
    Covers.THIS_YEAR: "The calendar year it opens in (yearly only)",
}
EVIDENCE_HINT = (
    "One item a line. * in front: required. At the end (list): an export that auditors sample from; (restricted): "
    "named people only."
)
STATEMENT_HINT = "[period], [as of] and [date] are filled in when it is signed."


def cadence_form(control: Control, timetable: Timetable | None, action: Action, *, coming: Sequence[str]) -> Form:
    text = control.text
    as_it_is = Option(value=KEEP, label="As it is", note=shortened(text.cadence_text, 75))
    fields: tuple[Field, ...] = (
        *_timetable_fields(timetable, first=(as_it_is,)),
        _due_field(str(text.due_days)),
        _limit_field("" if text.limit_days is None else str(text.limit_days)),
        DateField(
            name="starts_on",
            label="Nothing new opens before",
            hint="Leave empty: a new cadence begins today.",
            required=False,
        ),
        _reason_field(),
    )
    return Form(title="Cadence", action=action, intro=_about_coming(coming), fields=fields, submit="Save")


def wording_form(control: Control, action: Action, *, departments: Sequence[str]) -> Form:
    text = control.text
    fields: tuple[Field, ...] = (
        _title_field(text.title),
        _prompt_field(text.prompt),
        _statement_field(in_brackets(text.statement)),
        _evidence_field(written(text.evidence)),
        _criteria_field(", ".join(text.refs.get("tsc", ()))),
        _acceptance_field("yes" if text.acceptance else "no"),
        _department_field(control.department, departments),
        _reason_field(),
    )
    intro = (Note(text="Open tasks keep the words they were opened with. The old version stays readable."),)
    return Form(title="Wording", action=action, intro=intro, fields=fields, submit="Save")


def new_control_form(
    action: Action, *, departments: Sequence[str], colleagues: tuple[Option, ...], today: date
) -> Form:
    fields: tuple[Field, ...] = (
        TextField(name="code", label="Code", hint="Yours, such as OPS-01.", longest=32),
        _title_field(""),
        _department_field("", departments),
        PersonField(
            name="owner",
            label="Owner",
            options=colleagues,
            hint="Nobody: it falls to the department's lead, else to the compliance lead.",
            required=False,
        ),
        *_timetable_fields(None),
        _due_field("10"),
        _limit_field(""),
        _prompt_field(""),
        _statement_field("I confirm that this was done for [period], checked on [date]."),
        _evidence_field(""),
        _criteria_field(""),
        _acceptance_field("no"),
        DateField(name="starts_on", label="Starts on", hint="Nothing opens before.", value=today.isoformat()),
    )
    intro = (Text(text="A control of your own is as good as any: it opens, reminds, and stands in the export."),)
    return Form(title="New control", action=action, intro=intro, fields=fields, submit="Add")


def retire_form(control: Control, action: Action, *, open_tasks: str) -> Form:
    said = f"Nothing of {control.code} {control.text.title} opens any more. {open_tasks}"
    note = Note(text="Its record stays, and it can be brought back.")
    return Form(
        title="Retire", action=action, intro=(Text(text=said), note), fields=(_reason_field(),), submit="Retire"
    )


def _about_coming(coming: Sequence[str]) -> tuple[Element, ...]:
    dropped = "With another cadence what has not opened yet is planned anew"
    return (Note(text=f"{dropped}; next was {coming[0]}." if coming else f"{dropped}."),)


def _timetable_fields(timetable: Timetable | None, *, first: tuple[Option, ...] = ()) -> tuple[Field, ...]:
    cadences = (*first, *(Option(value=one.value, label=said) for one, said in CADENCES.items()))
    months = tuple(Option(value=str(n), label=name) for n, name in enumerate(MONTH_NAMES, start=1))
    covered = tuple(Option(value=one.value, label=said) for one, said in COVERED.items())
    return (
        ChoiceField(name="cadence", label="How often", options=cadences, value=KEEP if first else ""),
        TextField(
            name="day",
            label="Opens on",
            hint="Weekly: a weekday, such as Monday. Else a day of the month from 1 to 28, or last.",
            value=timetable.day if timetable else "",
            required=not first,
            longest=20,
        ),
        ChoiceField(
            name="month",
            label="In which month",
            hint="For quarterly, half-yearly and yearly: any month it opens in.",
            options=months,
            value=str(timetable.month) if timetable and timetable.month else "",
            required=False,
        ),
        ChoiceField(
            name="covers",
            label="What it covers",
            options=covered,
            value=(timetable.covers if timetable else Covers.ENDED).value,
        ),
    )


def _title_field(value: str) -> TextField:
    return TextField(name="title", label="Title", value=value, longest=LONGEST_TITLE)


def _prompt_field(value: str) -> TextField:
    return TextField(
        name="prompt",
        label="What the owner is asked",
        hint="Begin with a verb: “Please check that …”",
        value=value,
        multiline=True,
        longest=LONGEST_TEXT,
    )


def _statement_field(value: str) -> TextField:
    return TextField(
        name="statement",
        label="What is signed",
        hint=STATEMENT_HINT,
        value=value,
        multiline=True,
        longest=LONGEST_TEXT,
    )


def _evidence_field(value: str) -> TextField:
    return TextField(
        name="evidence",
        label="Evidence",
        hint=EVIDENCE_HINT,
        placeholder="* Everybody who left, from the HR system (list)",
        value=value,
        multiline=True,
        required=False,
    )


def _criteria_field(value: str) -> TextField:
    return TextField(
        name="criteria",
        label="Criteria it supports",
        hint="Such as CC6.1, CC6.2. Leave empty if you are not sure.",
        value=value,
        required=False,
        longest=300,
    )


def _acceptance_field(value: str) -> ChoiceField:
    return ChoiceField(name="acceptance", label="Does a second person accept it?", options=YES_NO, value=value)


def _department_field(value: str, departments: Sequence[str]) -> TextField:
    hint = shortened(f"{', '.join(departments)}; or one of your own.", 150)
    return TextField(name="department", label="Department", hint=hint, value=value, longest=LONGEST_NAME)


def _due_field(value: str) -> TextField:
    return TextField(name="due_days", label="Due days after opening", value=value, longest=3)


def _limit_field(value: str) -> TextField:
    hint = "Only if the control's text promises a time: past it stands a possible deviation."
    return TextField(name="limit_days", label="Limit in days", hint=hint, value=value, required=False, longest=3)


def _reason_field() -> TextField:
    return TextField(
        name="reason", label="Why?", hint="It stays in the history.", multiline=True, longest=LONGEST_REASON
    )
