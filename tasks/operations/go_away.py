"""Leave: a return date is required, and the delegate gets the tasks, open ones included."""

from dataclasses import replace
from datetime import date

from tasks import audit, duties
from tasks.errors import Invalid
from tasks.identifiers import PersonId
from tasks.model import Work
from tasks.notices import NoticeKey, Occasion, OwedNotice
from tasks.operations.acting import person_of, today_of
from tasks.people import Actor, Person, Role
from tasks.ports import UnitOfWork

LONGEST_LEAVE_DAYS = 370


def go_away(
    uow: UnitOfWork, actor: Actor, person_id: PersonId, *, first: date, last: date, delegate: PersonId | None
) -> Person:
    person = uow.people.get(person_id)
    _require_may_set(uow, actor, person)
    _require_sensible(uow, person, first, last, delegate)
    away = uow.people.save(replace(person, away_from=first, away_until=last, delegate_id=delegate))
    hand_over_open_tasks(uow, away)
    uow.audit.append(_entry(actor, person, away))
    return away


def come_back(uow: UnitOfWork, actor: Actor, person_id: PersonId) -> Person:
    person = uow.people.get(person_id)
    _require_may_set(uow, actor, person)
    if person.away_from is None:
        return person
    back = uow.people.save(replace(person, away_from=None, away_until=None))
    for task in uow.tasks.open_of([person.id]):
        uow.notices.touch(task.id)
    uow.audit.append(_entry(actor, person, back))
    return back


def hand_over_open_tasks(uow: UnitOfWork, away: Person) -> int:
    """Prompts whoever is responsible now. Owing the same notice again changes nothing."""
    today = today_of(uow, away)
    if not away.is_away(today):
        return 0
    told = 0
    for task in uow.tasks.open_of([away.id]):
        if task.work is Work.ACCESS_REVIEW:
            continue  # its accesses move one by one: recheck_reviews
        turn = duties.responsible(task, uow.people, today)
        if turn.person and turn.person.id != away.id:
            recipient = f"person:{turn.person.id}"
            key = NoticeKey(about=f"task:{task.id}", recipient=recipient, occasion=Occasion.DELEGATED, round=task.round)
            new = uow.notices.owe([OwedNotice(key=key, task_id=task.id, owed_at=uow.now, detail=away.name)])
            if new:
                uow.notices.touch(task.id)
            told += new
    return told


def _require_may_set(uow: UnitOfWork, actor: Actor, person: Person) -> None:
    acting = person_of(actor)
    if acting.id not in (person.id, person.manager_id):
        duties.require_role(acting, Role.COMPLIANCE_LEAD, Role.ADMIN)


def _require_sensible(uow: UnitOfWork, person: Person, first: date, last: date, delegate: PersonId | None) -> None:
    problems = {}
    if last < first:
        problems["last"] = "The last day is before the first."
    elif last < today_of(uow, person):
        problems["last"] = "That leave is over already."
    elif (last - first).days > LONGEST_LEAVE_DAYS:
        problems["last"] = "That is over a year: reassign the tasks instead."
    stand_in = uow.people.find(delegate)
    if stand_in is None or not stand_in.active or stand_in.guest or stand_in.id == person.id:
        problems["delegate"] = "Choose a colleague who will answer meanwhile."
    elif person.id in duties.delegates_after(stand_in, uow.people, first=first, last=last):
        problems["delegate"] = f"{stand_in.name} hands over to {person.name} already: choose somebody else."
    if problems:
        raise Invalid("The leave was not saved yet.", fields=problems)


def _entry(actor: Actor, before: Person, after: Person) -> audit.Entry:
    return audit.entry("person:away", f"person:{after.id}", actor, before=_leave(before), after=_leave(after))


def _leave(person: Person) -> dict[str, str | int | bool | list[str] | None]:
    return {
        "from": person.away_from.isoformat() if person.away_from else None,
        "until": person.away_until.isoformat() if person.away_until else None,
        "delegate": person.delegate_id,
    }
