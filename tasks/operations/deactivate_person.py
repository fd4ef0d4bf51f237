"""Somebody left. That never means silence: their open tasks go to their manager, and the compliance lead is told."""

from dataclasses import replace

from tasks import audit, duties, people_duties
from tasks.identifiers import PersonId
from tasks.model import Work
from tasks.notices import NoticeKey, Occasion, OwedNotice
from tasks.operations.assign import hand_over
from tasks.operations.replan import replan
from tasks.people import Actor, Person, Role
from tasks.ports import UnitOfWork
from tasks.wording import counted


def deactivate_person(uow: UnitOfWork, actor: Actor, person_id: PersonId, *, platform: str = "") -> Person:
    """`platform`: where their account has ended. Only its return brings back whom it took. Raises Invalid for the only
    admin or compliance lead, unless it is the clock or the command line that says they are gone."""
    person = uow.people.get(person_id)
    people_duties.require_may_deactivate(actor, person, uow.people)
    if not person.active:
        return person
    left = uow.people.save(replace(person, active=False, deactivated_by=platform))
    uow.audit.append(
        audit.entry("person:deactivate", f"person:{person.id}", actor, before={"active": True}, after={"active": False})
    )
    moved = _move_tasks(uow, actor, left)
    replan(uow)
    tell_of_leaver(uow, left, f"{left.name} was deactivated. {counted(moved, 'open task')} moved on.")
    return left


def reactivate_person(uow: UnitOfWork, actor: Actor, person_id: PersonId) -> Person:
    """What is theirs by name opens for them again; tasks that moved on stay where they are."""
    people_duties.require_may_change_roles(actor)
    person = uow.people.get(person_id)
    if person.active:
        return person
    back = uow.people.save(replace(person, active=True, deactivated_by=""))
    uow.audit.append(
        audit.entry("person:reactivate", f"person:{person.id}", actor, before={"active": False}, after={"active": True})
    )
    replan(uow)
    return back


def _move_tasks(uow: UnitOfWork, actor: Actor, left: Person) -> int:
    """Where there is nobody to move a task to, its ladder finds whoever is there later."""
    theirs = [task for task in uow.tasks.open_of([left.id]) if task.work is not Work.ACCESS_REVIEW]  # recheck_reviews
    heirs = [(task, duties.heir(task, uow.people)) for task in theirs]
    for task, heir in heirs:
        if heir:
            hand_over(uow, actor, task, heir)
    return sum(heir is not None for _, heir in heirs)


def tell_of_leaver(uow: UnitOfWork, left: Person, detail: str) -> None:
    """The compliance leads, or else the admins."""
    owed = [
        OwedNotice(
            key=NoticeKey(
                about=f"person:{left.id}",
                recipient=f"person:{lead.id}",
                occasion=Occasion.OWNER_LEFT,
                round=left.version,
            ),
            owed_at=uow.now,
            detail=detail,
        )
        for lead in uow.people.holders(Role.COMPLIANCE_LEAD) or uow.people.holders(Role.ADMIN)
    ]
    uow.notices.owe(owed)
