"""A control's cadence and its words change: each by its form, each a new version with its reason."""

from dataclasses import replace
from datetime import date

from handlers.actions import Action
from handlers.context import Context
from handlers.replies import OpenForm, Reply, Show
from handlers.requests import FormSubmitted
from handlers.show_controls import card, coming
from handlers.views.control_forms import KEEP, cadence_form, how_often_form, wording_form
from handlers.views.elements import Form
from tasks.control_text import from_brackets
from tasks.controls import Cadence, ControlText
from tasks.errors import Invalid
from tasks.evidence_lines import read
from tasks.identifiers import ControlId
from tasks.operations.acting import require_steward
from tasks.operations.edit_control import edit_control, require_control_version
from tasks.people import Role
from tasks.timetable import Covers, Timetable, timetable_of, with_timetable

NOT_YET = "Nothing was saved yet."
HOW_OFTEN = {KEEP, *Cadence}


def build_cadence(act: Action, context: Context) -> Form:
    require_steward(context.actor, Role.COMPLIANCE_LEAD, Role.ADMIN)
    """First how often, then the questions that belong to it."""
    control, chosen = context.uow.controls.get(ControlId(act.get("c"))), act.get("cadence")
    if chosen not in HOW_OFTEN:
        return how_often_form(control, act)
    cadence = None if chosen == KEEP else Cadence(chosen)
    return cadence_form(control, timetable_of(control.text), act, cadence=cadence, coming=coming(context, control))


def submit_cadence(request: FormSubmitted, context: Context) -> Reply:
    if request.action.get("cadence") not in HOW_OFTEN:
        return _how_often(request, context)
    request = all_steps(request)
    control = context.uow.controls.get(ControlId(request.action.get("c")))
    problems, text = problems_of(request, "due_days", "limit_days", "starts_on"), control.text
    try:
        text = text if request.text("cadence") == KEEP else with_timetable(text, timetable_in(request))
    except Invalid as error:
        problems |= error.fields
    if problems:
        raise Invalid(NOT_YET, fields=problems)
    text = replace(text, due_days=number_in(request, "due_days"), limit_days=number_in(request, "limit_days") or None)
    return _edited(request, context, text, starts_on=day_in(request))


def _how_often(request: FormSubmitted, context: Context) -> Reply:
    if request.text("cadence") not in HOW_OFTEN:
        raise Invalid(NOT_YET, fields={"cadence": "Choose how often."})
    return OpenForm(form=build_cadence(with_answers(request, "cadence"), context))


def build_wording(act: Action, context: Context) -> Form:
    require_steward(context.actor, Role.COMPLIANCE_LEAD, Role.ADMIN)
    control = context.uow.controls.get(ControlId(act.get("c")))
    return wording_form(control, act)


def submit_wording(request: FormSubmitted, context: Context) -> Reply:
    control = context.uow.controls.get(ControlId(request.action.get("c")))
    require_control_version(context.uow, context.actor, control, request.action.version())
    return _edited(request, context, words_in(request, control.text), department=request.text("department"))


def _edited(
    request: FormSubmitted,
    context: Context,
    text: ControlText,
    *,
    department: str | None = None,
    starts_on: date | None = None,
) -> Reply:
    if not request.text("reason"):
        raise Invalid(NOT_YET, fields={"reason": "Say why, in a few words."})
    control = edit_control(
        context.uow,
        context.actor,
        ControlId(request.action.get("c")),
        expected_version=request.action.version(),
        text=text,
        department=department,
        starts_on=starts_on,
        reason=request.text("reason"),
    )
    unchanged = control.version == request.action.version()
    said = "Nothing was different." if unchanged else f"Saved as version {control.version}."
    return Show(view=card(context, control.id, opening=said))


def with_answers(request: FormSubmitted, *names: str) -> Action:
    """The form's action, for its next step: what is settled travels along."""
    return replace(request.action, args={**request.action.args, **{name: request.text(name) for name in names}})


def all_steps(request: FormSubmitted) -> FormSubmitted:
    """With the answers of the steps before."""
    return replace(request, values={**request.action.args, **request.values})


def words_in(request: FormSubmitted, text: ControlText) -> ControlText:
    """What the form says, in place of what the text said."""
    criteria = tuple(
        criterion_as_written(one) for one in request.text("criteria").replace(",", " ").replace(";", " ").split()
    )
    refs = {name: ids for name, ids in text.refs.items() if name != "tsc"}
    return replace(
        text,
        title=" ".join(request.text("title").split()),
        prompt=request.text("prompt"),
        statement=from_brackets(request.text("statement")),
        evidence=read(request.text("evidence"), text.evidence),
        acceptance=request.text("acceptance") == "yes",
        refs={"tsc": criteria, **refs} if criteria else refs,
    )


def criterion_as_written(words: str) -> str:
    return words.strip().upper()


def timetable_in(request: FormSubmitted) -> Timetable:
    """Raises Invalid with the field cadence."""
    cadence, covers, month = request.text("cadence"), request.text("covers"), request.text("month")
    if cadence not in set(Cadence):
        raise Invalid(NOT_YET, fields={"cadence": "Choose how often."})
    return Timetable(
        cadence=Cadence(cadence),
        day=request.text("day"),
        month=int(month) if month.isdecimal() and len(month) < 3 else 0,
        covers=Covers(covers) if covers in set(Covers) else Covers.ENDED,
    )


def problems_of(request: FormSubmitted, *names: str) -> dict[str, str]:
    found = {}
    for name in names:
        value = request.text(name)
        if name == "starts_on":
            found[name] = "" if not value or is_a_day(value) else "Choose a day."
        elif value and not (value.isascii() and value.isdigit() and len(value) < 4):
            found[name] = "Use a whole number of days."
    return {name: said for name, said in found.items() if said}


def number_in(request: FormSubmitted, name: str) -> int:
    """After `problems_of`; 0 where nothing was typed."""
    return int(request.text(name) or 0)


def day_in(request: FormSubmitted) -> date | None:
    return date.fromisoformat(request.text("starts_on")) if request.text("starts_on") else None


def is_a_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
