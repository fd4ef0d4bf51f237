"""Roles are given and taken, by form."""

from handlers.actions import Action
from handlers.context import Context
from handlers.replies import Reply, Show
from handlers.requests import FormSubmitted
from handlers.show_people import card
from handlers.views.elements import Form
from handlers.views.people_forms import roles_form
from tasks import people_duties
from tasks.errors import Invalid
from tasks.identifiers import PersonId
from tasks.operations.change_person import require_person_version
from tasks.operations.grant_role import set_roles
from tasks.people import GRANTED_ROLES, Role


def build_roles(act: Action, context: Context) -> Form:
    people_duties.require_may_change_roles(context.actor)
    person = context.uow.people.get(PersonId(act.get("p")))
    require_person_version(person, act.version())
    return roles_form(person, act)


def submit_roles(request: FormSubmitted, context: Context) -> Reply:
    chosen = request.choices("roles")
    if not set(chosen) <= set(GRANTED_ROLES):
        raise Invalid("Nothing was changed yet.", fields={"roles": "Choose from the list."})
    person = set_roles(
        context.uow,
        context.actor,
        PersonId(request.action.get("p")),
        frozenset(Role(role) for role in chosen),
        expected_version=request.action.version(),
    )
    return Show(view=card(context, person.id, opening="Saved."))
