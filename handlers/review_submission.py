"""The acceptor accepts, or returns with a reason."""

from handlers.actions import Action
from handlers.context import Context
from handlers.replies import Reply, Show
from handlers.requests import FormSubmitted
from handlers.show_tasks import card_again
from handlers.task_page import look_at
from handlers.views import messages
from handlers.views.elements import Form
from handlers.views.small_forms import return_form
from tasks.identifiers import TaskId
from tasks.model import Decision
from tasks.operations.review_submission import review_submission


def press_accept(action: Action, context: Context) -> Reply:
    task_id = TaskId(action.get("t"))
    review_submission(context.uow, context.actor, task_id, action.version(), Decision.ACCEPT)
    return card_again(context, task_id)


def build_return(action: Action, context: Context) -> Form:
    return return_form(look_at(context.uow, TaskId(action.get("t")), context.person), action)


def submit_return(request: FormSubmitted, context: Context) -> Reply:
    task = review_submission(
        context.uow,
        context.actor,
        TaskId(request.action.get("t")),
        request.action.version(),
        Decision.RETURN,
        reason=request.text("reason"),
    )
    return Show(view=messages.done("Returned", f"“{task.title}” went back with your reason.", task=task))
