"""Where somebody belongs, by form; and whether they are here at all."""

from handlers.actions import Action
from handlers.context import Context
from handlers.replies import Replace, Reply, Show
from handlers.requests import FormSubmitted
from handlers.show_people import card
from handlers.views.elements import Form
from handlers.views.people_forms import change_form
from tasks import people_duties
from tasks.identifiers import PersonId
from tasks.operations.change_person import change_person, require_person_version
from tasks.operations.deactivate_person import deactivate_person, reactivate_person


def build_change(act: Action, context: Context) -> Form:
    people_duties.require_may_change(context.actor)
    person = context.uow.people.get(PersonId(act.get("p")))
    require_person_version(person, act.version())
    return change_form(
        person,
        act,
        departments=f"Such as {', '.join(_departments(context)) or 'finance'}.",
        colleagues=context.colleagues(but=person),
    )


def submit_change(request: FormSubmitted, context: Context) -> Reply:
    manager = request.text("manager")
    person = change_person(
        context.uow,
        context.actor,
        PersonId(request.action.get("p")),
        expected_version=request.action.version(),
        department=request.text("department"),
        manager_id=PersonId(manager) if manager else None,
        time_zone=request.text("time_zone"),
        country=request.text("country"),
    )
    return Show(view=card(context, person.id, opening="Saved."))


def press_deactivate(act: Action, context: Context) -> Reply:
    person = deactivate_person(context.uow, context.actor, PersonId(act.get("p")))
    return Replace(view=card(context, person.id, opening=f"{person.name} is deactivated."))


def press_reactivate(act: Action, context: Context) -> Reply:
    person = reactivate_person(context.uow, context.actor, PersonId(act.get("p")))
    return Replace(view=card(context, person.id, opening=f"{person.name} is back."))


def _departments(context: Context) -> list[str]:
    return sorted({one.department for one in context.uow.people.everyone() if one.department})
