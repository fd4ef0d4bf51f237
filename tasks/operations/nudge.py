"""A manager or the compliance lead asks whoever's turn it is, in person, at most once a day."""

from tasks import audit, duties
from tasks.errors import Invalid, NotAllowed
from tasks.identifiers import TaskId
from tasks.notices import NoticeKey, Occasion, OwedNotice
from tasks.operations.acting import person_of, require_may_see, require_open, today_of
from tasks.people import Actor, Person
from tasks.ports import UnitOfWork


def nudge(uow: UnitOfWork, actor: Actor, task_id: TaskId) -> Person:
    """Returns who was nudged."""
    task = uow.tasks.get(task_id)
    person = person_of(actor)
    require_may_see(uow, task, person)
    require_open(uow, task, person)
    today = today_of(uow, person)
    turn = duties.responsible(task, uow.people, today)
    if turn.person is None:
        raise NotAllowed("Nobody has this task: assign it first with /soc2 assign.")
    if turn.person.id == person.id:
        raise Invalid("It is your own turn: type /soc2 tasks to answer.")
    key = NoticeKey(
        about=f"task:{task.id}",
        recipient=f"person:{turn.person.id}",
        occasion=Occasion.NUDGE,
        round=today.toordinal(),
    )
    if not uow.notices.owe([OwedNotice(key=key, task_id=task.id, owed_at=uow.now, detail=person.name)]):
        raise Invalid(f"{turn.person.name} was nudged about this today already.")
    uow.audit.append(audit.entry("task:nudge", f"task:{task.id}", actor, after={"person": turn.person.id}))
    return turn.person
