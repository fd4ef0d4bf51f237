"""Leave: /soc2 away, or the button. /soc2 away off ends it."""

from handlers.actions import Action, action
from handlers.answer_task import day_in
from handlers.context import Context
from handlers.replies import OpenForm, Reply, Show
from handlers.requests import FormSubmitted
from handlers.task_page import name_of
from handlers.views import messages
from handlers.views.elements import Form
from handlers.views.small_forms import away_form
from tasks.identifiers import PersonId
from tasks.operations.acting import today_of
from tasks.operations.go_away import come_back, go_away
from tasks.wording import day

BACK = ("off", "back", "end")


def type_away(words: str, context: Context) -> Reply:
    if words.strip().lower() in BACK:
        return press_back(action("come_back"), context)
    if context.person.is_away(today_of(context.uow, context.person)):
        return Show(view=messages.away(context.person, name_of(context.uow, context.person.delegate_id)))
    return OpenForm(form=build_away(action("go_away"), context))


def press_back(_: Action, context: Context) -> Reply:
    come_back(context.uow, context.actor, context.person.id)
    return Show(view=messages.done("Welcome back", "Your tasks come to you again."))


def build_away(act: Action, context: Context) -> Form:
    return away_form(
        act,
        colleagues=context.colleagues(but=context.person),
        first=today_of(context.uow, context.person),
        delegate=context.person.delegate_id or "",
    )


def submit_away(request: FormSubmitted, context: Context) -> Reply:
    first, last = day_in(request, "first"), day_in(request, "last")
    delegate = PersonId(request.text("delegate")) if request.text("delegate") else None
    go_away(context.uow, context.actor, context.person.id, first=first, last=last, delegate=delegate)
    name = context.uow.people.get(delegate).name if delegate else ""
    text = f"From {day(first)} to {day(last)} {name} answers for you. Type /soc2 away off when you are back earlier."
    return Show(view=messages.done("Have a good time", text))
