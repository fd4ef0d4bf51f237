"""The questions about a control that more than one form asks."""

from collections.abc import Sequence

from handlers.views.elements import ChoiceField, Field, Option, TextField
from tasks.control_text import LONGEST_NAME, LONGEST_TEXT, LONGEST_TITLE, in_brackets
from tasks.controls import Cadence, ControlText
from tasks.evidence_lines import written
from tasks.timetable import MONTH_NAMES, MONTHS_BETWEEN, UNITS, WEEKDAY_NAMES, Covers, Timetable
from tasks.wording import shortened

YES_NO = (Option(value="yes", label="Yes"), Option(value="no", label="No"))
CADENCES = {
    Cadence.WEEKLY: "Weekly",
    Cadence.MONTHLY: "Monthly",
    Cadence.QUARTERLY: "Quarterly",
    Cadence.SEMI_ANNUAL: "Every six months",
    Cadence.ANNUAL: "Yearly",
}
STATEMENT_HINT = "[period], [as of] and [date] are filled in."
EVIDENCE_HINT = "One a line. *: required; (list): auditors sample from it; (restricted): named people only."


def cadence_options() -> tuple[Option, ...]:
    return tuple(Option(value=one.value, label=said) for one, said in CADENCES.items())


def department_field(value: str, departments: Sequence[str] = ()) -> TextField:
    hint = shortened(f"{', '.join(departments)}; or one of your own.", 150) if departments else ""
    return TextField(name="department", label="Department", hint=hint, value=value, longest=LONGEST_NAME)


def timetable_fields(cadence: Cadence, timetable: Timetable | None) -> tuple[Field, ...]:
    """Only what there is to say of this cadence."""
    covered = {Covers.ENDED: f"The {UNITS[cadence]} just over", Covers.DAY: "Things as they are on the day it opens"}
    if cadence is Cadence.ANNUAL:
        covered[Covers.THIS_YEAR] = "The calendar year it opens in"
    covers = timetable.covers if timetable and timetable.covers in covered else Covers.ENDED
    return (
        _day_field(cadence, timetable),
        *((_month_field(cadence, timetable),) if cadence in MONTHS_BETWEEN else ()),
        ChoiceField(
            name="covers",
            label="What it covers",
            options=tuple(Option(value=one.value, label=said) for one, said in covered.items()),
            value=covers.value,
        ),
    )


def due_fields(due: str, limit: str) -> tuple[TextField, TextField]:
    hint = "Only where the control's text promises one: past it is a possible deviation."
    return (
        TextField(name="due_days", label="Due days after opening", value=due, longest=3),
        TextField(name="limit_days", label="Limit in days", hint=hint, value=limit, required=False, longest=3),
    )


def words_fields(text: ControlText) -> tuple[Field, ...]:
    return (
        TextField(name="title", label="Title", value=text.title, longest=LONGEST_TITLE),
        TextField(
            name="prompt",
            label="What the owner is asked",
            placeholder="Please check that …",
            value=text.prompt,
            multiline=True,
            longest=LONGEST_TEXT,
        ),
        TextField(
            name="statement",
            label="What is signed",
            hint=STATEMENT_HINT,
            value=in_brackets(text.statement),
            multiline=True,
            longest=LONGEST_TEXT,
        ),
        TextField(
            name="evidence",
            label="Evidence",
            hint=EVIDENCE_HINT,
            placeholder="* Everybody who left, from the HR system (list)",
            value=written(text.evidence),
            multiline=True,
            required=False,
        ),
        TextField(
            name="criteria",
            label="Criteria it supports",
            placeholder="CC6.1, CC6.2",
            value=", ".join(text.refs.get("tsc", ())),
            required=False,
            longest=300,
        ),
    )


def acceptance_field(text: ControlText) -> ChoiceField:
    value = "yes" if text.acceptance else "no"
    return ChoiceField(name="acceptance", label="Does a second person accept it?", options=YES_NO, value=value)


def _day_field(cadence: Cadence, timetable: Timetable | None) -> Field:
    before = timetable.day if timetable and (timetable.cadence is Cadence.WEEKLY) is (cadence is Cadence.WEEKLY) else ""
    if cadence is Cadence.WEEKLY:
        days = tuple(Option(value=name, label=name) for name in WEEKDAY_NAMES)
        return ChoiceField(name="day", label="Opens on", options=days, value=before)
    label = "Opens on day"
    return TextField(name="day", label=label, hint="1 to 28, or last.", value=before, longest=20)


def _month_field(cadence: Cadence, timetable: Timetable | None) -> ChoiceField:
    months = tuple(Option(value=str(n), label=name) for n, name in enumerate(MONTH_NAMES, start=1))
    label = "In which month" if cadence is Cadence.ANNUAL else "Any month it opens in"
    value = str(timetable.month) if timetable and timetable.month else ""
    return ChoiceField(name="month", label=label, options=months, value=value)
