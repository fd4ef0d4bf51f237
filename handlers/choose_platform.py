"""notify [last|slack|teams|browser]: where somebody is written to."""

from handlers.actions import Action
from handlers.context import Context
from handlers.replies import Replace, Reply, Show
from handlers.views.accounts import notify_card
from handlers.views.elements import View
from tasks.operations.choose_platform import choose_platform
from tasks.people import Person

NAMED = {"last": "", "slack": "slack", "teams": "teams", "browser": "web", "web": "web"}


def type_notify(words: str, context: Context) -> Reply:
    wanted = words.strip().lower()
    if wanted not in NAMED:
        return Show(view=_card(context, context.person))
    return Show(view=_card(context, choose_platform(context.uow, context.actor, NAMED[wanted])))


def press_show(_: Action, context: Context) -> Reply:
    return Show(view=_card(context, context.person))


def press_choose(act: Action, context: Context) -> Reply:
    return Replace(view=_card(context, choose_platform(context.uow, context.actor, act.get("on"))))


def _card(context: Context, person: Person) -> View:
    platforms = {one.platform for one in context.uow.people.identities(person.id)}
    return notify_card(person.write_to, sorted(platforms))
