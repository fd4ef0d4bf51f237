"""Somebody left. That never means silence: their open tasks go to their manager, and the compliance lead is told."""

from dataclasses import replace

from tasks import audit, duties
from tasks.identifiers import PersonId
from tasks.notices import NoticeKey, Occasion, OwedNotice
from tasks.operations.acting import require_steward
from tasks.operations.assign import hand_over
from tasks.operations.schedule import FURTHEST_AHEAD, plan_control
from tasks.people import Actor, Person, Role
from tasks.ports import UnitOfWork
from tasks.wording import counted


def deactivate_person(uow: UnitOfWork, actor: Actor, person_id: PersonId) -> Person:
    require_steward(actor, Role.ADMIN)
    person = uow.people.get(person_id)
    if not person.active:
        return person
    left = uow.people.save(replace(person, active=False))
    uow.audit.append(
        audit.entry("person:deactivate", f"person:{person.id}", actor, before={"active": True}, after={"active": False})
    )
    moved = _move_tasks(uow, actor, left)
    _replan_controls(uow, left)
    _tell_compliance(uow, left, moved)
    return left


def _move_tasks(uow: UnitOfWork, actor: Actor, left: Person) -> int:
    """Where there is nobody to move a task to, its ladder finds whoever is there later."""
    heirs = [(task, duties.heir(task, uow.people)) for task in uow.tasks.open_of([left.id])]
    for task, heir in heirs:
        if heir:
            hand_over(uow, actor, task, heir)
    return sum(heir is not None for _, heir in heirs)


def _replan_controls(uow: UnitOfWork, left: Person) -> None:
    """What was planned for them is planned anew: the department's lead, else the compliance lead."""
    planned = uow.tasks.planned(until=uow.now + 2 * FURTHEST_AHEAD)
    theirs = {task.control_id for task in planned if task.owner_id == left.id}
    for control in uow.controls.every():
        if control.id in theirs:
            plan_control(uow, control)


def _tell_compliance(uow: UnitOfWork, left: Person, moved: int) -> None:
    detail = f"{left.name} was deactivated. {counted(moved, 'open task')} moved on."
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
