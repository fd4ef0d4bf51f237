"""A control changes: every edit is a new version, and what was opened before keeps the version it was opened with."""

from dataclasses import fields, replace
from datetime import date

from tasks import audit
from tasks.control_text import problem_of_name, problems_of_text
from tasks.controls import Control, ControlText, EvidenceItem
from tasks.errors import Invalid, Stale
from tasks.identifiers import ControlId, PersonId
from tasks.operations.acting import require_steward
from tasks.operations.schedule import calendar_of_workspace, plan_control
from tasks.people import Actor, Role
from tasks.ports import UnitOfWork
from tasks.wording import moment

EDITED = "control:edit"
LONGEST_REASON = 1000


def edit_control(
    uow: UnitOfWork,
    actor: Actor,
    control_id: ControlId,
    *,
    expected_version: int,
    text: ControlText | None = None,
    department: str | None = None,
    area: str | None = None,
    starts_on: date | None = None,
    reason: str = "",
) -> Control:
    """None leaves as it is. A new rhythm begins today unless `starts_on` says later: days gone by never open anew.
    Raises Stale for the loser of a race, Invalid with the `fields` of add_control and starts_on."""
    require_steward(actor, Role.COMPLIANCE_LEAD, Role.ADMIN)
    control = uow.controls.get(control_id)
    require_control_version(uow, actor, control, expected_version)
    wanted = _wanted(uow, control, text, department, area, starts_on)
    problems = _problems(uow, control, wanted)
    if problems:
        raise Invalid("Nothing was changed yet.", fields=problems)
    if wanted == control:
        return control
    edited = replace(wanted, version=control.version + 1)
    uow.controls.save(edited)
    plan_control(uow, edited)
    _record(uow, actor, control, edited, reason.strip()[:LONGEST_REASON])
    return edited


def require_control_version(uow: UnitOfWork, actor: Actor, control: Control, expected: int) -> None:
    if control.version == expected:
        return
    who, when = last_edit(uow, actor, control)
    raise Stale(f"{who} changed {control.code}{when}. Nothing of yours was saved: open it again and repeat it.")


def last_edit(uow: UnitOfWork, actor: Actor, control: Control) -> tuple[str, str]:
    """Who, and when as “ on 2 Nov 2026 at 09:00”."""
    entries = uow.audit.of(f"control:{control.id}", limit=20)
    last = next((one for one in entries if one.after.get("version") == control.version), None)
    if last is None:
        return "Somebody", " meanwhile"
    person = uow.people.find(PersonId(last.who))
    zone = actor.person.time_zone if actor.person else uow.workspace.time_zone
    mine = person is not None and actor.person is not None and person.id == actor.person.id
    name = "You" if mine else (person.name if person else "Somebody")
    return name, f" on {moment(last.at, zone)}"


def _wanted(
    uow: UnitOfWork,
    control: Control,
    text: ControlText | None,
    department: str | None,
    area: str | None,
    starts_on: date | None,
) -> Control:
    wanted = replace(
        control,
        text=control.text if text is None else text,
        department=control.department if department is None else department.strip().lower(),
        area=control.area if area is None else area.strip(),
    )
    first = control.starts_on
    if _rhythm(wanted.text) != _rhythm(control.text):
        first = max(first, calendar_of_workspace(uow).local_date(uow.now))
    return replace(wanted, starts_on=starts_on or first)


def _rhythm(text: ControlText) -> tuple[str, str]:
    return text.rrule, text.span


def _problems(uow: UnitOfWork, control: Control, wanted: Control) -> dict[str, str]:
    """What stands there already is not held against an edit of something else."""
    today = calendar_of_workspace(uow).local_date(uow.now)
    found: dict[str, str] = {}
    if wanted.department != control.department:
        found["department"] = problem_of_name(wanted.department)
    if wanted.area != control.area:
        found["area"] = problem_of_name(wanted.area)
    reaches_back = wanted.starts_on < today
    if reaches_back and (wanted.starts_on != control.starts_on or _rhythm(wanted.text) != _rhythm(control.text)):
        found["starts_on"] = "Choose today or a day to come: what is over can't be opened now."
    if wanted.text != control.text:
        found |= problems_of_text(wanted.text, also_known=control.text.refs.get("tsc", ()))
    return {field: said for field, said in found.items() if said}


def _record(uow: UnitOfWork, actor: Actor, before: Control, after: Control, reason: str) -> None:
    old, new = _facts(before), _facts(after)
    changed = [name for name in new if new[name] != old[name]]
    uow.audit.append(
        audit.entry(
            EDITED,
            f"control:{before.id}",
            actor,
            before={name: old[name] for name in changed},
            after={name: new[name] for name in changed},
            detail=reason,
        )
    )


def _facts(control: Control) -> dict[str, str | int | bool | list[str] | None]:
    """Everything an edit can change, each as the audit log can hold it."""
    facts: dict[str, str | int | bool | list[str] | None] = {
        "version": control.version,
        "department": control.department,
        "area": control.area,
        "starts_on": control.starts_on.isoformat(),
    }
    return facts | {one.name: _plain(getattr(control.text, one.name)) for one in fields(ControlText)}


def _plain(value: object) -> str | int | bool | list[str] | None:
    match value:
        case None | bool() | int():
            return value
        case tuple():
            return [_line(one) for one in value]
        case dict():
            return sorted(f"{framework}: {', '.join(ids)}" for framework, ids in value.items())
        case _:
            return str(value)


def _line(value: object) -> str:
    if not isinstance(value, EvidenceItem):
        return str(value)
    marks = ", ".join(name for name in ("required", "population", "restricted", "reviewed") if getattr(value, name))
    return f"{value.key}: {value.text}" + (f" ({marks})" if marks else "")
