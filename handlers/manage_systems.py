"""A system's card, and what may be said about it."""

from handlers.actions import Action
from handlers.context import Context
from handlers.replies import Replace, Reply, Show
from handlers.requests import FormSubmitted
from handlers.views.elements import Form, View
from handlers.views.system_card import SystemPage, amend_form, describe_form, edit_form, system_card
from tasks import duties
from tasks.access.exports import System
from tasks.access.model import AccessColumn, Capacity
from tasks.errors import NO_SUCH_SYSTEM, Invalid, NotFound
from tasks.identifiers import PersonId
from tasks.operations.import_access import STEWARDS, may_hand_in
from tasks.operations.manage_systems import Choice, amend_access, describe_entitlements, edit_system
from tasks.wording import counted


def press_system(act: Action, context: Context) -> Reply:
    return Show(view=_card(context, _system(context, act)))


def _system(context: Context, act: Action) -> System:
    """The same answer as for an id that does not exist."""
    system = context.uow.access_systems.get(act.get("s"))
    if not may_hand_in(context.person, system):
        raise NotFound(NO_SUCH_SYSTEM)
    return system


def _card(context: Context, system: System, *, said: str = "") -> View:
    uow = context.uow
    lists = uow.access_exports.of_system(system.id)
    page = SystemPage(
        system=system,
        lists=lists,
        amendments=uow.access_exports.amendments(lists[0].id) if lists else (),
        names={person.id: person.name for person in uow.people.everyone()},
        zone=context.person.time_zone,
        described=len(uow.access_systems.descriptions(system.id)),
        may_edit=any(context.person.has(role) for role in STEWARDS),
    )
    return system_card(page, said=said)


def build_edit(act: Action, context: Context) -> Form:
    duties.require_role(context.person, *STEWARDS)
    return edit_form(act, _system(context, act), context.colleagues())


def submit_edit(request: FormSubmitted, context: Context) -> Reply:
    act, first = request.action, request.text("first")
    if first not in set(Capacity):
        raise Invalid("Not saved yet.", fields={"first": "Choose one of the answers."})
    owner, named = request.text("owner"), request.text("named")
    choice = Choice(
        owner_id=PersonId(owner) if owner else None,
        first_asked=Capacity(first),
        named_id=PersonId(named) if named else None,
        retired=request.text("use") == "retired",
    )
    system = edit_system(context.uow, context.actor, _system(context, act).id, act.version(), choice)
    return Replace(view=_card(context, system, said="Saved."))


def build_describe(act: Action, context: Context) -> Form:
    return describe_form(act, context.uow.access_systems.descriptions(_system(context, act).id))


def submit_describe(request: FormSubmitted, context: Context) -> Reply:
    system = _system(context, request.action)
    told = _lines(request.text("lines"))
    before = context.uow.access_systems.descriptions(system.id)
    gone = dict.fromkeys((name for name in before if name not in told), "")
    describe_entitlements(context.uow, context.actor, system.id, {**gone, **told})
    said = f"{counted(len(told), 'entitlement is', 'entitlements are')} described."
    return Replace(view=_card(context, system, said=said))


def _lines(text: str) -> dict[str, str]:
    found = {}
    for number, line in enumerate(filter(None, map(str.strip, text.splitlines())), 1):
        name, mark, meaning = line.partition("=")
        if not mark or not name.strip() or not meaning.strip():
            sentence = f"Line {number} is not of the form “name = what it means”."
            raise Invalid("Not saved yet.", fields={"lines": sentence})
        found[name.strip()] = meaning.strip()
    return found


def build_amend(act: Action, context: Context) -> Form:
    _system(context, act)
    return amend_form(act)


def submit_amend(request: FormSubmitted, context: Context) -> Reply:
    act, column = request.action, request.text("column")
    if column not in set(AccessColumn):
        raise Invalid("Not amended yet.", fields={"column": "Choose one of the answers."})
    amend_access(
        context.uow,
        context.actor,
        act.get("x"),
        account=request.text("account"),
        entitlement=request.text("entitlement"),
        column=AccessColumn(column),
        value=request.text("value"),
        reason=request.text("reason"),
    )
    return Replace(view=_card(context, _system(context, act), said="Amended, and on record."))
