"""The owner asks somebody else for one evidence item, with a prompt of their own."""

from tasks import audit, duties
from tasks.errors import Invalid
from tasks.identifiers import PersonId, TaskId
from tasks.model import Contribution
from tasks.notices import NoticeKey, Occasion, OwedNotice
from tasks.operations.acting import person_of, require_open, today_of
from tasks.operations.task_text import text_of
from tasks.people import Actor
from tasks.ports import UnitOfWork


def request_item(
    uow: UnitOfWork, actor: Actor, task_id: TaskId, *, item: str, contributor: PersonId, note: str = ""
) -> Contribution:
    """Asked again on the same day, their prompt shows the new note; on another day they are prompted again."""
    task = uow.tasks.get(task_id)
    person = person_of(actor)
    duties.require_may_answer(person, task, uow.people, today_of(uow, person))
    require_open(uow, task, person)
    if text_of(uow, task).item(item) is None:
        raise Invalid("This task has no such evidence item.", fields={"item": "Choose one from the list."})
    asked = uow.people.get(contributor)
    if not asked.active or asked.id == person.id:
        raise Invalid("Choose a colleague.", fields={"person": "Choose somebody else who still works here."})
    contribution = Contribution(
        task_id=task.id, item=item, person_id=asked.id, asked_by=person.id, asked_at=uow.now, note=note.strip()
    )
    uow.answers.add_contribution(contribution)
    key = NoticeKey(
        about=f"item:{task.id}:{item}",
        recipient=f"person:{asked.id}",
        occasion=Occasion.CONTRIBUTION,
        round=today_of(uow, person).toordinal(),
    )
    uow.notices.owe([OwedNotice(key=key, task_id=task.id, owed_at=uow.now, detail=item)])
    uow.notices.touch(task.id)
    after = {"item": item, "person": asked.id}
    uow.audit.append(audit.entry("item:request", f"task:{task.id}", actor, after=after, detail=note.strip()))
    return contribution
