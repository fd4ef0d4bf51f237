"""The owner asks a colleague for one evidence item."""

from handlers.actions import Action, action
from handlers.context import Context
from handlers.replies import OpenForm, Reply, Show
from handlers.requests import FormSubmitted
from handlers.show_tasks import open_for_me, open_task_of
from handlers.task_page import look_at_mine
from handlers.typed_code import split_code
from handlers.views import messages
from handlers.views.elements import Form
from handlers.views.short_lists import ShownAt, request_list
from handlers.views.small_forms import request_form
from tasks.errors import Invalid
from tasks.identifiers import PersonId, TaskId
from tasks.operations.request_item import request_item
from tasks.operations.task_text import text_of


def build_request(act: Action, context: Context) -> Form:
    page = look_at_mine(context.uow, TaskId(act.get("t")), context.person)
    if not page.items:
        raise Invalid(f"“{page.task.title}” asks for no evidence, so there is nothing to ask a colleague for.")
    missing = [one.item.key for one in page.items if one.item.required and not one.there]
    return request_form(
        page,
        act,
        colleagues=context.colleagues(but=context.person),
        item=missing[0] if len(missing) == 1 else "",
        person=act.get("p"),
    )


def type_request(words: str, context: Context) -> Reply:
    """/soc2 request IAM-03 ann@example.com asks at once where only one item can be meant; else the form does."""
    tasks = open_for_me(context)
    code, whom = split_code(words, (task.code for task in tasks))
    if not code and len(tasks) != 1:
        return press_request(action("show_requests"), context)
    task = open_task_of(context, code) if code else tasks[0]
    person = context.person_named(whom) if whom else None
    items = text_of(context.uow, task).evidence
    if person and len(items) == 1:
        return _ask(context, task.id, items[0].key, person.id, "")
    act = action("request_item", t=task.id, p=person.id if person else "")
    return OpenForm(form=build_request(act, context))


def press_request(_: Action, context: Context) -> Reply:
    shown = ShownAt(now=context.uow.now, time_zone=context.person.time_zone)
    return Show(view=request_list(open_for_me(context), shown))


def submit_request(request: FormSubmitted, context: Context) -> Reply:
    task_id, contributor = TaskId(request.action.get("t")), PersonId(request.text("person"))
    return _ask(context, task_id, request.text("item"), contributor, request.text("note"))


def _ask(context: Context, task_id: TaskId, item: str, contributor: PersonId, note: str) -> Reply:
    request_item(context.uow, context.actor, task_id, item=item, contributor=contributor, note=note)
    name = context.uow.people.get(contributor).name
    return Show(
        view=messages.done("Asked", f"{name} gets a message of their own.", task=context.uow.tasks.get(task_id))
    )
