"""What a person typed and has not sent is kept, on every device."""

from collections.abc import Mapping

from tasks import duties
from tasks.identifiers import TaskId
from tasks.model import Draft
from tasks.operations.acting import person_of, require_open, today_of
from tasks.people import Actor
from tasks.ports import UnitOfWork


def save_draft(uow: UnitOfWork, actor: Actor, task_id: TaskId, values: Mapping[str, str]) -> Draft:
    task = uow.tasks.get(task_id)
    person = person_of(actor)
    duties.require_may_answer(person, task, uow.people, today_of(uow, person))
    require_open(uow, task, person)
    draft = Draft(task_id=task.id, person_id=person.id, values=dict(values), saved_at=uow.now)
    uow.answers.save_draft(draft)
    return draft
