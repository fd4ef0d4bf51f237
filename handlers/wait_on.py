"""“Waiting on X until date.”"""

from handlers.actions import Action
from handlers.answer_task import day_in
from handlers.context import Context
from handlers.replies import Reply, Show
from handlers.requests import FormSubmitted
from handlers.task_page import look_at_mine
from handlers.views import messages
from handlers.views.elements import Form
from handlers.views.small_forms import wait_form
from tasks.identifiers import TaskId
from tasks.operations.wait_on import wait_on


def build_wait(action: Action, context: Context) -> Form:
    return wait_form(look_at_mine(context.uow, TaskId(action.get("t")), context.person), action)


def submit_wait(request: FormSubmitted, context: Context) -> Reply:
    task = wait_on(
        context.uow,
        context.actor,
        TaskId(request.action.get("t")),
        request.action.version(),
        whom=request.text("whom"),
        until=day_in(request, "until"),
    )
    return Show(view=messages.done("Noted", f"“{task.title}” shows that you wait on {task.waiting_on}.", task=task))
