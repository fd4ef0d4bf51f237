"""A control of the company's own, from one form."""

from dataclasses import replace

from handlers.context import Context
from handlers.edit_control import NOT_YET, day_in, number_in, problems_of, timetable_in, words_in
from handlers.replies import Reply, Show
from handlers.requests import FormSubmitted
from handlers.show_controls import card
from tasks.controls import Cadence, ControlText, SpanKind
from tasks.errors import Invalid
from tasks.identifiers import PersonId
from tasks.operations.acting import today_of
from tasks.operations.add_control import add_control
from tasks.timetable import with_timetable

AREA = "Own controls"
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


def submit_new(request: FormSubmitted, context: Context) -> Reply:
    text, problems = _text(request)
    first, today = day_in(request) if "starts_on" not in problems else None, today_of(context.uow, context.person)
    if first and first < today:
        problems["starts_on"] = "Choose today or a day to come: what is over can't be opened now."
    if problems:
        raise Invalid(NOT_YET, fields=problems)
    owner = request.text("owner")
    control = add_control(
        context.uow,
        context.actor,
        code=request.text("code"),
        area=AREA,
        department=request.text("department"),
        text=text,
        starts_on=first or today,
        owner_id=PersonId(owner) if owner else None,
    )
    return Show(view=card(context, control.id, opening=f"{control.code} is one of your controls now."))


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
    return replace(text, due_days=due, limit_days=limit or None), problems
