"""A control is retired, and brought back."""

from dataclasses import replace

from tasks import audit
from tasks.controls import Control
from tasks.identifiers import ControlId
from tasks.operations.acting import require_steward
from tasks.operations.schedule import calendar_of_workspace, plan_control
from tasks.people import Actor, Role
from tasks.ports import UnitOfWork


def retire_control(uow: UnitOfWork, actor: Actor, control_id: ControlId, *, reason: str = "") -> Control:
    """Nothing opens any more; open tasks stay, and so does the record."""
    require_steward(actor, Role.COMPLIANCE_LEAD, Role.ADMIN)
    control = uow.controls.get(control_id)
    if control.retired:
        return control
    return _keep(uow, actor, control, replace(control, retired=True), "control:retire", reason)


def restore_control(uow: UnitOfWork, actor: Actor, control_id: ControlId, *, reason: str = "") -> Control:
    """It starts anew today: what would have opened meanwhile stays closed."""
    require_steward(actor, Role.COMPLIANCE_LEAD, Role.ADMIN)
    control = uow.controls.get(control_id)
    if not control.retired:
        return control
    today = calendar_of_workspace(uow).local_date(uow.now)
    restored = replace(control, retired=False, starts_on=max(control.starts_on, today))
    return _keep(uow, actor, control, restored, "control:restore", reason)


def _keep(uow: UnitOfWork, actor: Actor, before: Control, after: Control, what: str, reason: str) -> Control:
    uow.controls.save(after)
    plan_control(uow, after)
    uow.audit.append(
        audit.entry(
            what, f"control:{after.id}", actor, before=_facts(before), after=_facts(after), detail=reason.strip()
        )
    )
    return after


def _facts(control: Control) -> audit.Fields:
    return {"retired": control.retired, "starts_on": control.starts_on.isoformat()}
