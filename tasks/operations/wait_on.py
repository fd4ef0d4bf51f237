"""“Waiting on X until date”: shown everywhere, and it does not stop the ladder."""

from dataclasses import replace
from datetime import date

from tasks import audit, duties
from tasks.errors import Invalid
from tasks.identifiers import TaskId
from tasks.model import Task
from tasks.operations.acting import person_of, require_open, require_version, today_of
from tasks.people import Actor
from tasks.ports import UnitOfWork
from tasks.wording import shortened


def wait_on(uow: UnitOfWork, actor: Actor, task_id: TaskId, version: int, *, whom: str, until: date) -> Task:
    task = uow.tasks.get(task_id)
    person = person_of(actor)
    duties.require_may_answer(person, task, uow.people, today_of(uow, person))
    require_open(uow, task, person)
    require_version(task, version)
    problems = {}
    if not whom.strip():
        problems["whom"] = "Name whom or what you wait for."
    if until < today_of(uow, person):
        problems["until"] = "Choose a day that is still to come."
    if problems:
        raise Invalid("Not saved yet.", fields=problems)
    waiting = uow.tasks.save(replace(task, waiting_on=shortened(whom.strip(), 200), waiting_until=until))
    uow.notices.touch(task.id)
    after: audit.Fields = {"until": until.isoformat(), "version": waiting.version}
    uow.audit.append(audit.entry("task:wait", f"task:{task.id}", actor, after=after, detail=waiting.waiting_on))
    return waiting
