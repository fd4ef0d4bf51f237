"""Controls kept as a file take effect: what is new is added, what differs becomes a new version, what says so retires.

A control that the file doesn't name is left alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date

from tasks import audit
from tasks.control_text import known_criteria
from tasks.controls import Control, ControlText
from tasks.errors import Invalid
from tasks.matrix.cells import DEPARTMENTS
from tasks.matrix.own_file import OwnControl, plain
from tasks.operations.acting import require_steward
from tasks.operations.add_control import add_control
from tasks.operations.assign import hand_over, require_takes_tasks
from tasks.operations.edit_control import edit_control
from tasks.operations.retire_control import restore_control, retire_control
from tasks.operations.schedule import calendar_of_workspace, plan_control
from tasks.people import Actor, Person, Role
from tasks.ports import UnitOfWork

ADDED, CHANGED, RETIRED, RESTORED = "added", "changed", "retired", "brought back"


@dataclass(frozen=True, kw_only=True)
class Change:
    code: str
    title: str
    what: str
    """added, changed, retired or brought back."""
    fields: tuple[str, ...] = ()


def allowed_here(uow: UnitOfWork) -> tuple[set[str], set[str]]:
    """The departments and criteria that a file may name: ours, and those in use."""
    controls = uow.controls.every()
    of_people = {one.department for one in uow.people.everyone()}
    departments = {*DEPARTMENTS, *of_people, *(one.department for one in controls)}
    criteria = {*known_criteria(), *(ref for one in controls for ref in one.text.refs.get("tsc", ()))}
    return departments - {""}, criteria


def apply_controls(uow: UnitOfWork, actor: Actor, own: Sequence[OwnControl], *, dry_run: bool = False) -> list[Change]:
    """All of it or nothing. Raises Invalid with `fields` as “AC-1 owner”."""
    require_steward(actor, Role.COMPLIANCE_LEAD, Role.ADMIN)
    here = {control.code.casefold(): control for control in uow.controls.every()}
    _require_owners(uow, own)
    found: list[Change] = []
    for one in own:
        control = here.get(one.control.code.casefold())
        changes = list(_changes(uow, one, control))
        found += changes
        if changes and not dry_run:
            _apply(uow, actor, one, control)
    return found


def _require_owners(uow: UnitOfWork, own: Sequence[OwnControl]) -> None:
    unknown = {
        f"{one.control.code} owner": f"nobody here has the address {one.extras.owner}."
        for one in own
        if one.extras.owner and uow.people.by_email(one.extras.owner) is None
    }
    if unknown:
        raise Invalid("Nothing was changed: some owners are not known here.", fields=unknown)


def _changes(uow: UnitOfWork, own: OwnControl, control: Control | None) -> Iterator[Change]:
    code, title = own.control.code, own.control.text.title
    if control is None:
        if not own.extras.retired:
            yield Change(code=code, title=title, what=ADDED)
        return
    if own.extras.retired != control.retired:
        yield Change(code=code, title=title, what=RETIRED if own.extras.retired else RESTORED)
    changed = (*_changed_text(own, control.text), *_changed_place(uow, own, control))
    if changed:
        yield Change(code=code, title=title, what=CHANGED, fields=changed)


def _changed_text(own: OwnControl, old: ControlText) -> tuple[str, ...]:
    before, after = plain(old), plain(own.control.text)
    return tuple(one.name for one in fields(ControlText) if getattr(before, one.name) != getattr(after, one.name))


def _changed_place(uow: UnitOfWork, own: OwnControl, control: Control) -> tuple[str, ...]:
    owner = _owner(uow, own)
    differs = {
        "area": own.control.area != control.area.strip(),
        "department": own.control.department != control.department,
        "owner": (owner.id if owner else None) != control.owner_id,
        "starts_on": _new_start(uow, own, control) is not None,
    }
    return tuple(name for name, is_new in differs.items() if is_new)


def _new_start(uow: UnitOfWork, own: OwnControl, control: Control) -> date | None:
    """None: it stays. A day gone by says only that the control is to run: what is over never opens anew."""
    today = calendar_of_workspace(uow).local_date(uow.now)
    wanted = own.extras.starts_on
    if wanted is None or wanted == control.starts_on or (wanted < today and control.starts_on <= today):
        return None
    return max(wanted, today)


def _owner(uow: UnitOfWork, own: OwnControl) -> Person | None:
    return uow.people.by_email(own.extras.owner) if own.extras.owner else None


def _apply(uow: UnitOfWork, actor: Actor, own: OwnControl, control: Control | None) -> None:
    try:
        if control is None:
            _add(uow, actor, own)
        else:
            _change(uow, actor, own, control)
    except Invalid as error:
        named = {f"{own.control.code} {name}": sentence for name, sentence in error.fields.items()}
        raise Invalid(f"Nothing was changed: {own.control.code} can't be taken over. {error}", fields=named) from error


def _add(uow: UnitOfWork, actor: Actor, own: OwnControl) -> None:
    owner, one = _owner(uow, own), own.control
    add_control(
        uow,
        actor,
        code=one.code,
        area=one.area,
        department=one.department,
        text=one.text,
        starts_on=own.extras.starts_on or calendar_of_workspace(uow).local_date(uow.now),
        owner_id=owner.id if owner else None,
    )


def _change(uow: UnitOfWork, actor: Actor, own: OwnControl, control: Control) -> None:
    """Brought back before it is edited, retired after."""
    first = _new_start(uow, own, control)
    if control.retired and not own.extras.retired:
        control = restore_control(uow, actor, control.id)
    owner = _owner(uow, own)
    if (owner.id if owner else None) != control.owner_id:
        control = _give(uow, actor, control, owner)
    edit_control(
        uow,
        actor,
        control.id,
        expected_version=control.version,
        text=own.control.text if _changed_text(own, control.text) else None,
        area=own.control.area,
        department=own.control.department,
        starts_on=first,
    )
    if own.extras.retired and not control.retired:
        retire_control(uow, actor, control.id)


def _give(uow: UnitOfWork, actor: Actor, control: Control, owner: Person | None) -> Control:
    """The open tasks move along; nobody named: they stay, and the next ones are the department lead's."""
    new = require_takes_tasks(uow, owner.id) if owner else None
    given = replace(control, owner_id=new.id if new else None)
    uow.controls.save(given)
    for task in uow.tasks.open_of_control(control.id) if new else ():
        if new and task.owner_id != new.id:
            hand_over(uow, actor, task, new)
    plan_control(uow, given)
    before: audit.Fields = {"owner": control.owner_id}
    after: audit.Fields = {"owner": given.owner_id}
    uow.audit.append(audit.entry("control:assign", f"control:{control.id}", actor, before=before, after=after))
    return given
