"""A control of the company's own, step by step. Each step is told what of it doesn't do before the next one opens."""

from dataclasses import replace

from handlers.context import Context
from handlers.edit_control import (
    NOT_YET,
    all_steps,
    day_in,
    number_in,
    problems_of,
    timetable_in,
    with_answers,
    words_in,
)
from handlers.replies import OpenForm, Reply, Show
from handlers.requests import FormSubmitted
from handlers.show_controls import build_new, card
from handlers.views.new_control_forms import BLANK, is_last_step
from tasks.control_text import problems_of_text
from tasks.controls import ControlText
from tasks.errors import Invalid
from tasks.identifiers import PersonId
from tasks.operations.acting import today_of
from tasks.operations.add_control import add_control, problems_of_place
from tasks.operations.assign import require_takes_tasks
from tasks.timetable import with_timetable

AREA = "Own controls"


def submit_new(request: FormSubmitted, context: Context) -> Reply:
    form, whole = build_new(request.action, context), all_steps(request)
    text, problems = _text(whole)
    problems |= problems_of_place(context.uow, code=whole.text("code"), department=whole.text("department"))
    problems |= _problem_of_start(whole, context, problems)
    asked = [field.name for field in form.fields]
    owner = PersonId(whole.text("owner"))
    if owner:
        require_takes_tasks(context.uow, owner)
    if not is_last_step(form):
        _require_none({name: said for name, said in problems.items() if name in asked})
        return OpenForm(form=build_new(with_answers(request, *asked), context))
    _require_none(problems)
    return _add(whole, context, text, owner or None)


def _add(whole: FormSubmitted, context: Context, text: ControlText, owner: PersonId | None) -> Reply:
    control = add_control(
        context.uow,
        context.actor,
        code=whole.text("code"),
        area=AREA,
        department=whole.text("department"),
        text=text,
        starts_on=day_in(whole) or today_of(context.uow, context.person),
        owner_id=owner,
    )
    return Show(view=card(context, control.id, opening=f"{control.code} is one of your controls now."))


def _require_none(problems: dict[str, str]) -> None:
    if problems:
        raise Invalid(NOT_YET, fields=problems)


def _problem_of_start(whole: FormSubmitted, context: Context, found: dict[str, str]) -> dict[str, str]:
    first = None if "starts_on" in found else day_in(whole)
    if first and first < today_of(context.uow, context.person):
        return {"starts_on": "Choose today or a day to come: what is over can't be opened now."}
    return {}


def _text(request: FormSubmitted) -> tuple[ControlText, dict[str, str]]:
    """What was typed, and what of it can't be read, each part by itself so that all of it is told at once."""
    problems, text = problems_of(request, "due_days", "limit_days", "starts_on"), BLANK
    try:
        text = with_timetable(text, timetable_in(request))
    except Invalid as error:
        problems |= error.fields
    try:
        text = words_in(request, text)
    except Invalid as error:
        problems |= error.fields
    due = 0 if "due_days" in problems else number_in(request, "due_days")
    limit = 0 if "limit_days" in problems else number_in(request, "limit_days")
    text = replace(text, due_days=due, limit_days=limit or None)
    of_days = {name: said for name, said in problems_of_text(text).items() if name in ("due_days", "limit_days")}
    return text, of_days | problems
