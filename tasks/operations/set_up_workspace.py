"""Settings of the whole workspace: where it is, its ladder, its channel and its audit period. Saved at once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from tasks import audit, escalation
from tasks.controls import Control
from tasks.errors import Invalid
from tasks.identifiers import ControlId
from tasks.ladder import Ladder
from tasks.model import Task
from tasks.operations.acting import require_steward
from tasks.operations.schedule import plan_control
from tasks.operations.set_up import STEWARDS, confirm, in_use, require_may_set_up
from tasks.people import Actor, Workspace
from tasks.places import country_named, time_zone_named
from tasks.ports import UnitOfWork
from tasks.setup import Step

LONGEST_PERIOD_DAYS = 400
"""Type 2 reports cover twelve months at most, and a little patience."""


def set_place(
    uow: UnitOfWork,
    actor: Actor,
    *,
    time_zone: str,
    country: str,
    shutdown_days: Sequence[date],
    everybody: bool = False,
) -> Workspace:
    """`everybody`: who has the holidays of the country so far gets those of the new one."""
    require_may_set_up(actor)
    before = uow.workspace
    changed = replace(
        before,
        time_zone=time_zone_named(time_zone),
        country=country_named(country),
        shutdown_days=tuple(sorted(shutdown_days)),
    )
    _save(uow, actor, changed, Step.PLACE)
    if everybody and changed.country != before.country:
        _move_people(uow, actor, before.country, changed.country)
    if changed != before:
        for control in in_use(uow):
            plan_control(uow, control)
    return changed


def _move_people(uow: UnitOfWork, actor: Actor, old: str, new: str) -> None:
    moved = [person for person in uow.people.everyone() if person.country == old]
    for person in moved:
        uow.people.save(replace(person, country=new))
    fields: audit.Fields = {"country": new, "count": len(moved)}
    about = f"workspace:{uow.workspace.id}"
    uow.audit.append(audit.entry("people:move", about, actor, before={"country": old}, after=fields))


def set_channel(uow: UnitOfWork, actor: Actor, channel: str) -> Workspace:
    """`channel`: platform and id, as in slack:C0123ABC; empty for none."""
    require_may_set_up(actor)
    return _save(uow, actor, replace(uow.workspace, compliance_channel=channel), Step.CHANNEL)


def set_period(uow: UnitOfWork, actor: Actor, start: date, end: date) -> Workspace:
    """The same day twice for a Type 1 report, which is as of that day."""
    require_may_set_up(actor)
    problem = ""
    if end < start:
        problem = "The last day is before the first."
    elif (end - start).days > LONGEST_PERIOD_DAYS:
        problem = "That is over thirteen months: an audit period is three to twelve."
    if problem:
        raise Invalid(problem, fields={"end": problem})
    return _save(uow, actor, replace(uow.workspace, period_start=start, period_end=end), Step.PERIOD)


def set_ladder(uow: UnitOfWork, actor: Actor, ladder: Ladder) -> Workspace:
    """Open tasks climb by it from now on; nobody is told twice of the same rung."""
    require_may_set_up(actor)
    before = uow.workspace.ladder
    saved = _save(uow, actor, replace(uow.workspace, ladder=ladder), Step.LADDER)
    if ladder != before:
        for control in in_use(uow):
            if control.ladder is None:
                _climb_anew(uow, control)
    return saved


def set_control_ladder(uow: UnitOfWork, actor: Actor, control_id: ControlId, ladder: Ladder | None) -> Control:
    """None: the workspace's again."""
    require_steward(actor, *STEWARDS)
    control = uow.controls.get(control_id)
    changed = replace(control, ladder=ladder)
    if changed == control:
        return control
    uow.controls.save(changed)
    _climb_anew(uow, changed)
    before, after = ({"ladder": _ladder_fact(one.ladder)} for one in (control, changed))
    uow.audit.append(audit.entry("control:change", f"control:{control.id}", actor, before=before, after=after))
    return changed


def _climb_anew(uow: UnitOfWork, control: Control) -> None:
    plan_control(uow, control)
    rungs = {task.id: _next_rung(uow, control, task) for task in uow.tasks.open_of_control(control.id)}
    if rungs:
        uow.tasks.set_next_rungs(rungs)


def _next_rung(uow: UnitOfWork, control: Control, task: Task) -> datetime | None:
    told = {notice.key.occasion for notice in uow.notices.of_task(task.id) if notice.key.round == task.round}
    owner = uow.people.find(task.owner_id)
    return escalation.next_rung_untold(task, told, owner=owner, workspace=uow.workspace, ladder=control.ladder)


def _save(uow: UnitOfWork, actor: Actor, changed: Workspace, step: Step) -> Workspace:
    confirm(uow, actor, step)
    before = uow.workspace
    if changed != before:
        uow.save_workspace(changed)
        old, new = _differences(before, changed)
        uow.audit.append(audit.entry("workspace:change", f"workspace:{changed.id}", actor, before=old, after=new))
    return changed


def _differences(before: Workspace, after: Workspace) -> tuple[audit.Fields, audit.Fields]:
    old, new = _facts(before), _facts(after)
    names = [name for name in new if new[name] != old[name]]
    return {name: old[name] for name in names}, {name: new[name] for name in names}


def _facts(workspace: Workspace) -> audit.Fields:
    return {
        "time_zone": workspace.time_zone,
        "country": workspace.country,
        "shutdown_days": [day.isoformat() for day in workspace.shutdown_days],
        "compliance_channel": workspace.compliance_channel,
        "period_start": workspace.period_start.isoformat() if workspace.period_start else None,
        "period_end": workspace.period_end.isoformat() if workspace.period_end else None,
        "ladder": _ladder_fact(workspace.ladder),
    }


def _ladder_fact(ladder: Ladder | None) -> list[str] | None:
    return [f"{rung.occasion}:{rung.business_days}" for rung in ladder.rungs] if ladder else None
