"""After people changed: what was planned for somebody else than the accountable person of today is planned anew."""

from tasks import duties
from tasks.identifiers import PersonId
from tasks.operations.schedule import FURTHEST_AHEAD, plan_control
from tasks.ports import UnitOfWork
from tasks.whole_company import WholeCompany


def replan(uow: UnitOfWork, *, calendar_of: PersonId | None = None) -> int:
    """`calendar_of`: whose time zone or holidays changed, so that their own plans move too. Returns how many controls
    were planned anew."""
    planned_for = {task.control_id: task.owner_id for task in uow.tasks.planned(until=uow.now + 2 * FURTHEST_AHEAD)}
    company = WholeCompany(uow.people.everyone())
    count = 0
    for control in uow.controls.every():
        owner, _unassigned = duties.owner_for(control, company)
        before = planned_for.get(control.id)
        misplaced = before is not None and (owner is None or before != owner.id or before == calendar_of)
        if not control.retired and misplaced:
            plan_control(uow, control)
            count += 1
    return count
