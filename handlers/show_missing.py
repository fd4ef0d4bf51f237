"""/soc2 evidence: what is still missing for each open task, with a button to attach it."""

from handlers.actions import Action, action
from handlers.attach_evidence import build_attach
from handlers.context import Context
from handlers.replies import OpenForm, Reply, Show
from handlers.show_tasks import open_for, open_task_of
from handlers.typed_code import split_code
from handlers.views.short_lists import MOST_TASKS, Missing, missing_list
from tasks import duties
from tasks.model import Task
from tasks.operations.acting import today_of
from tasks.operations.task_text import text_of


def type_evidence(words: str, context: Context) -> Reply:
    """With a code straight to its form."""
    code, _ = split_code(words, (task.code for task in open_for(context)))
    if not code:
        return Show(view=missing_list(_missing(context)))
    task = open_task_of(context, code)
    found = _missing_of(context, task)
    item = "" if found.whole or not found.items else found.items[0].key
    return OpenForm(form=build_attach(action("attach_evidence", t=task.id, item=item), context))


def press_evidence(_: Action, context: Context) -> Reply:
    return Show(view=missing_list(_missing(context)))


def _missing(context: Context) -> list[Missing]:
    """Looked up for those that are shown; of the rest only that they are there."""
    tasks = open_for(context)
    unseen = [Missing(task=task, items=(), cards=0, whole=False) for task in tasks[MOST_TASKS:]]
    return [*(_missing_of(context, task) for task in tasks[:MOST_TASKS]), *unseen]


def _missing_of(context: Context, task: Task) -> Missing:
    uow, me = context.uow, context.person
    text = text_of(uow, task)
    evidence = [one for one in uow.evidence.of_task(task.id) if one.present]
    there = {one.item for one in evidence}
    whole = duties.may_answer(me, task, uow.people, today_of(uow, me))
    asked = set() if whole else {one.item for one in uow.answers.contributions(task.id) if one.person_id == me.id}
    open_items = [item for item in text.evidence if item.key not in there]
    lists = {item.key for item in text.evidence if item.population}
    return Missing(
        task=task,
        items=tuple(item for item in open_items if (item.required if whole else item.key in asked)),
        cards=sum(one.item in lists and one.card is None for one in evidence) if whole else 0,
        whole=whole,
    )
