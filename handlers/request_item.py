"""The owner asks a colleague for one evidence item."""

from handlers.actions import Action
from handlers.context import Context
from handlers.replies import Reply, Show
from handlers.requests import FormSubmitted
from handlers.task_page import look_at_mine
from handlers.views import messages
from handlers.views.elements import Form
from handlers.views.small_forms import request_form
from tasks.identifiers import PersonId, TaskId
from tasks.operations.request_item import request_item


def build_request(action: Action, context: Context) -> Form:
    page = look_at_mine(context.uow, TaskId(action.get("t")), context.person)
    return request_form(page, action, colleagues=context.colleagues(but=context.person))


def submit_request(request: FormSubmitted, context: Context) -> Reply:
    task_id, contributor = TaskId(request.action.get("t")), PersonId(request.text("person"))
    request_item(
        context.uow,
        context.actor,
        task_id,
        item=request.text("item"),
        contributor=contributor,
        note=request.text("note"),
    )
    name = context.uow.people.get(contributor).name
    return Show(
        view=messages.done("Asked", f"{name} gets a message of their own.", task=context.uow.tasks.get(task_id))
    )
