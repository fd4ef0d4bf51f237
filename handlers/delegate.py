"""/soc2 delegate: somebody answers all my tasks while I am away, or takes over one of them for good."""

from handlers.actions import Action, action
from handlers.assign import build_hand_over
from handlers.context import Context
from handlers.go_away import leave
from handlers.replies import OpenForm, Reply, Show
from handlers.show_tasks import open_for_me, open_task_of
from handlers.typed_code import split_code
from handlers.typed_leave import typed_leave
from handlers.views.short_lists import ShownAt, delegate_list
from tasks.operations.acting import today_of


def type_delegate(words: str, context: Context) -> Reply:
    codes = {task.code for task in open_for_me(context)}
    code, whom = split_code(words, codes)
    if not code:
        return press_delegate(action("show_delegation"), context)
    if code in codes:
        task = open_task_of(context, code)
        person = context.person_named(whom).id if whom else ""
        act = action("reassign_task", t=task.id, v=task.version, p=person)
        return OpenForm(form=build_hand_over(act, context))
    return leave(typed_leave(words, today_of(context.uow, context.person)), context)


def press_delegate(_: Action, context: Context) -> Reply:
    shown = ShownAt(now=context.uow.now, time_zone=context.person.time_zone)
    own = context.uow.tasks.open_of([context.person.id])
    return Show(view=delegate_list(own, shown))
