"""Controls of the catalogue become the workspace's own. Installing again adds what is new and edits nothing."""

from collections.abc import Iterable
from datetime import date

from tasks import audit
from tasks.catalogue.model import CatalogueControl
from tasks.controls import Control
from tasks.identifiers import ControlId
from tasks.operations.acting import require_steward
from tasks.operations.schedule import plan_control
from tasks.people import Actor, Role
from tasks.ports import UnitOfWork


def install_controls(
    uow: UnitOfWork, actor: Actor, controls: Iterable[CatalogueControl], *, starts_on: date
) -> list[Control]:
    """Returns what was added."""
    require_steward(actor, Role.COMPLIANCE_LEAD, Role.ADMIN)
    fresh = [
        Control(
            id=ControlId(uow.new_id()),
            code=one.code,
            area=one.area,
            department=one.department,
            starts_on=starts_on,
            text=one.text,
        )
        for one in controls
        if uow.controls.by_code(one.code) is None
    ]
    for control in fresh:
        uow.controls.add(control)
        plan_control(uow, control)
        uow.audit.append(
            audit.entry(
                "control:add",
                f"control:{control.id}",
                actor,
                after={"code": control.code, "version": control.version, "starts_on": starts_on.isoformat()},
            )
        )
    return fresh
