"""After acceptance: the owner asks, the compliance lead reopens."""

from handlers.actions import Action
from handlers.context import Context
from handlers.replies import Reply, Show
from handlers.requests import FormSubmitted
from handlers.task_page import look_at
from handlers.views import messages
from handlers.views.elements import Form
from handlers.views.small_forms import reason_form
from tasks.identifiers import TaskId
from tasks.operations.reopen_task import ask_to_reopen, reopen_task


def build_reopen(action: Action, context: Context) -> Form:
    task = look_at(context.uow, TaskId(action.get("t")), context.person).task
    intro = f"“{task.title}” opens again for its owner. The accepted answer stays on record."
    return reason_form("Reopen", "What should be done again?", intro, action)


def submit_reopen(request: FormSubmitted, context: Context) -> Reply:
    task_id = TaskId(request.action.get("t"))
    task = reopen_task(context.uow, context.actor, task_id, request.action.version(), reason=request.text("reason"))
    return Show(view=messages.done("Reopened", f"“{task.title}” is open again; its owner is told why.", task=task))


def build_ask(action: Action, context: Context) -> Form:
    task = look_at(context.uow, TaskId(action.get("t")), context.person).task
    intro = f"The compliance lead decides whether “{task.title}” is opened again."
    return reason_form("Ask to reopen", "What needs to change?", intro, action)


def submit_ask(request: FormSubmitted, context: Context) -> Reply:
    ask_to_reopen(context.uow, context.actor, TaskId(request.action.get("t")), reason=request.text("reason"))
    return Show(view=messages.done("Asked", "The compliance lead has your request and decides."))
