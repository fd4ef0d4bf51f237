"""A task or a whole control changes hands: by button, or by /soc2 assign."""

from handlers.actions import Action, action
from handlers.context import Context
from handlers.replies import OpenForm, Reply, Show
from handlers.requests import FormSubmitted
from handlers.task_page import look_at
from handlers.typed_code import split_code
from handlers.views import messages
from handlers.views.elements import Form, Option
from handlers.views.small_forms import assign_form, hand_over_form
from tasks import duties
from tasks.controls import Control
from tasks.errors import Invalid
from tasks.identifiers import ControlId, PersonId, TaskId
from tasks.operations.acting import require_open
from tasks.operations.assign import assign_control, reassign_task
from tasks.wording import shortened


def build_hand_over(act: Action, context: Context) -> Form:
    page = look_at(context.uow, TaskId(act.get("t")), context.person)
    duties.require_may_assign(context.person, page.task, context.uow.people)
    require_open(context.uow, page.task, context.person)
    owner = context.uow.people.find(page.task.owner_id)
    return hand_over_form(page, act, colleagues=context.colleagues(but=owner), person=act.get("p"))


def submit_hand_over(request: FormSubmitted, context: Context) -> Reply:
    to = PersonId(request.text("person"))
    task_id = TaskId(request.action.get("t"))
    task = reassign_task(context.uow, context.actor, task_id, request.action.version(), to)
    name = context.uow.people.get(to).name
    return Show(view=messages.done("Handed over", f"“{task.title}” is with {name} now. They get a message."))


def type_assign(words: str, context: Context) -> Reply:
    """/soc2 assign IAM-01 lee@example.com does it; with less the form asks."""
    code, whom = split_code(words, (control.code for control in context.uow.controls.every()))
    if whom.strip():
        return _assign(context, _control(context, code).id, context.person_named(whom).id)
    return OpenForm(form=build_assign(action("assign_control", code=code), context))


def build_assign(act: Action, context: Context) -> Form:
    controls = [control for control in context.uow.controls.every() if not control.retired]
    if not controls:
        raise Invalid("There are no controls yet. Ask the person who runs soc2bot to install some.")
    chosen = context.uow.controls.by_code(act.get("code")) if act.get("code") else None
    options = tuple(Option(value=one.id, label=shortened(f"{one.code} {one.text.title}", 75)) for one in controls)
    return assign_form(act, controls=options, colleagues=context.colleagues(), control=chosen.id if chosen else "")


def submit_assign(request: FormSubmitted, context: Context) -> Reply:
    return _assign(context, ControlId(request.text("control")), PersonId(request.text("person")))


def _assign(context: Context, control_id: ControlId, to: PersonId) -> Reply:
    control = assign_control(context.uow, context.actor, control_id, to)
    name = context.uow.people.get(to).name
    return Show(
        view=messages.done("Assigned", f"{name} owns {control.code} {control.text.title} now, open tasks included.")
    )


def _control(context: Context, code: str) -> Control:
    control = context.uow.controls.by_code(code)
    if control is None:
        raise Invalid(f"There is no control “{shortened(code, 40)}”. Type /soc2 assign alone to choose from the list.")
    return control
