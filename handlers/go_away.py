"""Leave: /soc2 away, or the button. /soc2 away off ends it."""

from datetime import date

from handlers.actions import Action, action
from handlers.answer_task import day_in
from handlers.context import Context
from handlers.replies import OpenForm, Reply, Show
from handlers.requests import FormSubmitted
from handlers.task_page import name_of
from handlers.typed_leave import TypedLeave, typed_leave
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
    today = today_of(context.uow, context.person)
    typed = typed_leave(words, today)
    if context.person.is_away(today) and not typed.anything:
        return Show(view=messages.away(context.person, name_of(context.uow, context.person.delegate_id)))
    return leave(typed, context)


def leave(typed: TypedLeave, context: Context) -> Reply:
    """With the last day and somebody's name it is saved at once; with less the form asks for the rest."""
    whom = context.person_named(typed.whom) if typed.whom else None
    first = typed.first or today_of(context.uow, context.person)
    if typed.last and whom:
        return _save(context, first, typed.last, whom.id)
    last = typed.last.isoformat() if typed.last else ""
    act = action("go_away", first=first.isoformat(), last=last, d=whom.id if whom else "")
    return OpenForm(form=build_away(act, context))


def press_back(_: Action, context: Context) -> Reply:
    come_back(context.uow, context.actor, context.person.id)
    return Show(view=messages.done("Welcome back", "Your tasks come to you again."))


def build_away(act: Action, context: Context) -> Form:
    return away_form(
        act,
        colleagues=context.colleagues(but=context.person),
        first=_day_or(act.get("first"), today_of(context.uow, context.person)),
        last=act.get("last"),
        delegate=act.get("d") or context.person.delegate_id or "",
    )


def submit_away(request: FormSubmitted, context: Context) -> Reply:
    first, last = day_in(request, "first"), day_in(request, "last")
    delegate = PersonId(request.text("delegate")) if request.text("delegate") else None
    return _save(context, first, last, delegate)


def _save(context: Context, first: date, last: date, delegate: PersonId | None) -> Reply:
    go_away(context.uow, context.actor, context.person.id, first=first, last=last, delegate=delegate)
    name = context.uow.people.get(delegate).name if delegate else ""
    text = f"From {day(first)} to {day(last)} {name} answers for you. Type /soc2 away off when you are back earlier."
    return Show(view=messages.done("Have a good time", text))


def _day_or(text: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise
