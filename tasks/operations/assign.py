"""A task or a control changes hands."""

from dataclasses import replace

from tasks import audit, duties, escalation
from tasks.controls import Control
from tasks.errors import Invalid, NotAllowed
from tasks.identifiers import ControlId, PersonId, TaskId
from tasks.model import Task, Work
from tasks.notices import Occasion
from tasks.operations.acting import person_of, require_open, require_version
from tasks.operations.reopen_task import owe_to_responsible
from tasks.operations.schedule import plan_control
from tasks.people import Actor, Person
from tasks.ports import UnitOfWork


def reassign_task(uow: UnitOfWork, actor: Actor, task_id: TaskId, version: int, to: PersonId) -> Task:
    task = uow.tasks.get(task_id)
    person = person_of(actor)
    duties.require_may_assign(person, task, uow.people)
    require_open(uow, task, person)
    if task.work is Work.ACCESS_REVIEW:
        raise NotAllowed("A part of an access review is handed over access by access: “Not mine …” beside each.")
    require_version(task, version)
    owner = require_takes_tasks(uow, to)
    if owner.id == task.owner_id:
        raise Invalid(f"{owner.name} has this task already.", fields={"person": "Choose somebody else."})
    return hand_over(uow, actor, task, owner)


def assign_control(uow: UnitOfWork, actor: Actor, control_id: ControlId, to: PersonId) -> Control:
    """The new owner gets the open tasks of the control too."""
    control = uow.controls.get(control_id)
    duties.require_may_assign(person_of(actor), control, uow.people)
    owner = require_takes_tasks(uow, to)
    assigned = replace(control, owner_id=owner.id)
    uow.controls.save(assigned)
    for task in uow.tasks.open_of_control(control.id):
        if task.owner_id != owner.id:
            hand_over(uow, actor, task, owner)
    plan_control(uow, assigned)
    uow.audit.append(
        audit.entry(
            "control:assign",
            f"control:{control.id}",
            actor,
            before={"owner": control.owner_id},
            after={"owner": owner.id},
        )
    )
    return assigned


def require_takes_tasks(uow: UnitOfWork, person_id: PersonId) -> Person:
    person = uow.people.get(person_id)
    if not person.active or person.guest:
        raise Invalid(
            f"{person.name} can't own tasks.",
            fields={"person": "Choose somebody who works here; guests can't own tasks."},
        )
    return person


def hand_over(uow: UnitOfWork, actor: Actor, task: Task, to: Person) -> Task:
    """The new owner is prompted afresh; the old owner's messages say who has it now."""
    moved = replace(task, owner_id=to.id, round=task.round + 1)
    ladder = uow.controls.get(task.control_id).ladder
    first = escalation.next_rung_after(uow.now, moved, owner=to, workspace=uow.workspace, ladder=ladder)
    saved = uow.tasks.save(replace(moved, next_rung_at=first))
    uow.notices.skip(task.id)
    uow.notices.touch(task.id)
    _hand_over_review(uow, task, to)
    owe_to_responsible(uow, saved, Occasion.REASSIGNED, detail=actor.person.name if actor.person else "")
    uow.audit.append(
        audit.entry(
            "task:reassign",
            f"task:{task.id}",
            actor,
            before={"owner": task.owner_id, "version": task.version},
            after={"owner": to.id, "version": saved.version},
        )
    )
    return saved


def _hand_over_review(uow: UnitOfWork, task: Task, to: Person) -> None:
    """Whoever owns an occurrence owns the access review that answers it."""
    campaign = uow.campaigns.of_task(task.id) if task.work is Work.CONTROL else None
    if campaign and not campaign.state.is_over:
        uow.campaigns.save(replace(campaign, owner_id=to.id))
