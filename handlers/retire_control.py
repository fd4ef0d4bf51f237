"""A control is retired with a reason, and brought back."""

from handlers.actions import Action
from handlers.context import Context
from handlers.replies import Replace, Reply, Show
from handlers.requests import FormSubmitted
from handlers.show_controls import card
from handlers.views.control_forms import retire_form
from handlers.views.elements import Form
from tasks.errors import Invalid
from tasks.identifiers import ControlId
from tasks.operations.acting import require_steward
from tasks.operations.retire_control import restore_control, retire_control
from tasks.people import Role
from tasks.wording import counted


def build_retire(act: Action, context: Context) -> Form:
    require_steward(context.actor, Role.COMPLIANCE_LEAD, Role.ADMIN)
    control = context.uow.controls.get(ControlId(act.get("c")))
    count = len(context.uow.tasks.open_of_control(control.id))
    stay = "stays" if count == 1 else "stay"
    return retire_form(
        control, act, open_tasks=f"{counted(count, 'open task')} {stay} open." if count else "No task of it is open."
    )


def submit_retire(request: FormSubmitted, context: Context) -> Reply:
    if not request.text("reason"):
        raise Invalid("It is not retired yet.", fields={"reason": "Say why, in a few words."})
    control_id = ControlId(request.action.get("c"))
    control = retire_control(context.uow, context.actor, control_id, reason=request.text("reason"))
    return Show(view=card(context, control.id, opening=f"{control.code} is retired."))


def press_restore(act: Action, context: Context) -> Reply:
    control = restore_control(context.uow, context.actor, ControlId(act.get("c")))
    return Replace(view=card(context, control.id, opening=f"{control.code} is back."))
