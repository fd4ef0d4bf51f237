"""/soc2 tasks, and one task's card."""

from collections.abc import Collection, Mapping
from itertools import islice, takewhile

from handlers.actions import Action
from handlers.context import Context
from handlers.replies import Nothing, Replace, Reply, Show
from handlers.task_page import name_of
from handlers.task_views import view_of
from handlers.views.elements import View
from handlers.views.task_list import AskedItem, TaskList, task_list
from tasks import duties
from tasks.errors import Invalid
from tasks.identifiers import PersonId, TaskId
from tasks.model import Contribution, Task
from tasks.operations.acting import acceptors_of, require_may_see, today_of
from tasks.operations.task_text import text_of
from tasks.people import Person, Role
from tasks.recipients import acceptor
from tasks.wording import shortened

LATELY = 5
MOST_TO_ACCEPT = 21
"""One more than are shown at once."""
MOST_LOOKED_AT = 40


def show_tasks(_: str, context: Context) -> Reply:
    return Show(view=task_list(tasks_of(context)))


def press_tasks(_: Action, context: Context) -> Reply:
    return Show(view=task_list(tasks_of(context)))


def show_task(action: Action, context: Context) -> Reply:
    return Show(view=card(context, TaskId(action.get("t"))))


def card(context: Context, task_id: TaskId, *, opening: str = "") -> View:
    task = context.uow.tasks.get(task_id)
    require_may_see(context.uow, task, context.person)
    return view_of(context.uow, task, context.person, opening=opening)


def card_again(context: Context, task_id: TaskId) -> Reply:
    """The message whose button was pressed shows the task as it is now. One that was delivered about the task is edited
    by delivery, which the commit wakes: here only a card that nobody keeps true is replaced."""
    conversation, _, message = context.actor.message.partition("/")
    if context.task_of_message(conversation, message) == task_id:
        return Nothing()
    return Replace(view=card(context, task_id))


def tasks_of(context: Context) -> TaskList:
    uow, me = context.uow, context.person
    return TaskList(
        now=uow.now,
        time_zone=me.time_zone,
        mine=uow.tasks.open_of([me.id]),
        for_others=_for_others(context),
        to_accept=to_accept(context),
        asked=[asked for one in uow.answers.contributions_of(me.id) if (asked := _asked(context, one))],
        answered=uow.tasks.answered_by(me.id, limit=LATELY),
    )


def open_for_me(context: Context) -> list[Task]:
    """Every open task that the person may answer: their own, and on behalf of others."""
    return [*context.uow.tasks.open_of([context.person.id]), *(task for task, _ in _for_others(context))]


def open_task_of(context: Context, code: str) -> Task:
    """The one that is due first, where several spans of the control are open."""
    found = [task for task in open_for(context) if task.code.casefold() == code.casefold()]
    if not found:
        raise Invalid(f"You have no open task {shortened(code, 40)}. Type /soc2 tasks to see yours.")
    return min(found, key=lambda task: task.due_at)


def open_for(context: Context) -> list[Task]:
    """Every open task that the person may attach something to: those to answer, and those they were asked about."""
    contributions = context.uow.answers.contributions_of(context.person.id)
    asked = [one.task for contribution in contributions if (one := _asked(context, contribution))]
    return list({task.id: task for task in (*open_for_me(context), *asked)}.values())


def _for_others(context: Context) -> list[tuple[Task, str]]:
    """Tasks whose owner is away, where it is my turn."""
    uow, today = context.uow, today_of(context.uow, context.person)
    absent = {person.id: person for person in uow.people.away_on(today) if person.id != context.person.id}
    near = [person.id for person in absent.values() if _may_come_to_me(context.person, person, absent)]
    tasks = uow.tasks.open_of(near) if near else ()
    mine = {owner: _is_my_turn(context, task) for owner, task in {task.owner_id: task for task in tasks}.items()}
    return [(task, absent[task.owner_id].name) for task in tasks if mine[task.owner_id]]


def _may_come_to_me(me: Person, away: Person, absent: Mapping[PersonId, Person]) -> bool:
    """A look at what is at hand, so that only few have to be looked up one by one."""
    next_in_line = {away.delegate_id, away.manager_id}
    return me.id in next_in_line or me.has(Role.COMPLIANCE_LEAD) or not next_in_line.isdisjoint(absent)


def _is_my_turn(context: Context, task: Task) -> bool:
    turn = duties.responsible(task, context.uow.people, today_of(context.uow, context.person))
    return turn.person is not None and turn.person.id == context.person.id


def to_accept(context: Context) -> list[Task]:
    """Where I am the one who is asked first. Only so many are looked at closely: the likeliest first."""
    uow, me = context.uow, context.person
    reports = {person.id for person in uow.people.reports_of(me.id)}
    near = [task for task in uow.tasks.submitted() if _may_be_asked(me, task, reports)]
    ahead = _asked_before_me(context) if near else set()
    near.sort(key=lambda task: not ahead <= {task.owner_id, task.answered_by})
    looked_at = (task for task in near[:MOST_LOOKED_AT] if _am_asked_first(context, task))
    return list(islice(looked_at, MOST_TO_ACCEPT))


def _may_be_asked(me: Person, task: Task, reports: Collection[PersonId]) -> bool:
    """As tasks.duties has it, by what is at hand: nothing is looked up for the many who never accept."""
    leads = me.has(Role.DEPARTMENT_LEAD) and me.department == task.department
    above = me.has(Role.COMPLIANCE_LEAD) or me.has(Role.EXECUTIVE_SPONSOR)
    return (leads or above or task.owner_id in reports) and me.id not in (task.owner_id, task.answered_by)


def _asked_before_me(context: Context) -> set[PersonId | None]:
    """The compliance leads who are there and come first wherever they had no hand in the answer."""
    me, today = context.person, today_of(context.uow, context.person)
    leads = takewhile(lambda lead: lead.id != me.id, context.uow.people.holders(Role.COMPLIANCE_LEAD))
    return {lead.id for lead in leads if not lead.is_away(today)}


def _am_asked_first(context: Context, task: Task) -> bool:
    able = acceptors_of(context.uow, task)
    asked = acceptor(able, today_of(context.uow, context.person)).person
    return asked is not None and asked.id == context.person.id


def _asked(context: Context, contribution: Contribution) -> AskedItem | None:
    uow = context.uow
    task = uow.tasks.get(contribution.task_id)
    item = text_of(uow, task).item(contribution.item)
    if not task.is_open or item is None:
        return None
    return AskedItem(contribution=contribution, task=task, item=item.text, asked_by=name_of(uow, contribution.asked_by))
