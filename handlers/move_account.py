"""Whose an account is, by form: for admins."""

from handlers.actions import Action
from handlers.context import Context
from handlers.replies import Reply, Show
from handlers.requests import FormSubmitted
from handlers.show_people import card
from handlers.views.accounts import account_name, move_account_form
from handlers.views.elements import Form
from tasks import people_duties
from tasks.identifiers import PersonId
from tasks.operations.move_account import move_account
from tasks.ports import Identity


def build_move(act: Action, context: Context) -> Form:
    people_duties.require_may_change_roles(context.actor)
    account = _account(act)
    owner = context.uow.people.get(account.person_id)
    return move_account_form(account, act, owner=owner.name, colleagues=context.colleagues())


def submit_move(request: FormSubmitted, context: Context) -> Reply:
    account, wanted = _account(request.action), request.text("person")
    heir = move_account(context.uow, context.actor, account, PersonId(wanted) if wanted else None)
    said = f"is {heir.name}'s now" if heir else "is nobody's now"
    return Show(view=card(context, account.person_id, opening=f"{account_name(account)} {said}."))


def _account(act: Action) -> Identity:
    return Identity(platform=act.get("on"), external_id=act.get("x"), person_id=PersonId(act.get("p")))
