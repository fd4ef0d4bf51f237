"""The last steps: what is chosen to begin with, how the next year would look, and Start."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tasks import audit, duties
from tasks.business_days import calendar_of
from tasks.catalogue.model import CatalogueControl, Pack
from tasks.controls import Control
from tasks.errors import Invalid, Stale
from tasks.levelling import level, starts
from tasks.operations.install_controls import install_controls
from tasks.operations.schedule import plan_control
from tasks.operations.set_up import (
    confirm,
    in_use,
    is_finished,
    missing_to_start,
    owner_in,
    require_may_set_up,
    to_install,
)
from tasks.operations.set_up_people import give_to
from tasks.people import Actor, Person, Role
from tasks.ports import UnitOfWork
from tasks.preview import Preview, Scheduled, preview
from tasks.setup import OPTIONAL_PACKS, Setup, Step

LATEST_START = timedelta(days=366)


@dataclass(frozen=True, kw_only=True)
class Started:
    installed: int
    first: date
    """When the first of them begins."""


def choose_controls(uow: UnitOfWork, actor: Actor, *, packs: frozenset[Pack], own_controls: bool) -> Setup:
    """The security core is part of every SOC 2. What runs already is never taken away by it."""
    require_may_set_up(actor)
    chosen = (Pack.SECURITY_CORE, *(pack for pack in OPTIONAL_PACKS if pack in packs))
    changed = replace(uow.setups.get(), packs=chosen, own_controls=own_controls)
    return confirm(uow, actor, Step.CONTROLS, changed)


def choose_rhythm(uow: UnitOfWork, actor: Actor, *, starts_on: date, level: bool, starter: bool) -> Setup:
    require_may_set_up(actor)
    today, problem = today_here(uow), ""
    if starts_on < today:
        problem = "That day is over. What should have opened since would all come at once: choose today or later."
    elif starts_on > today + LATEST_START:
        problem = "That is over a year from now. Choose an earlier day."
    if problem:
        raise Invalid(problem, fields={"starts_on": problem})
    changed = replace(uow.setups.get(), starts_on=starts_on, level=level, starter=starter)
    return confirm(uow, actor, Step.RHYTHM, changed)


def first_day(uow: UnitOfWork, setup: Setup) -> date:
    """Never a day that has passed meanwhile."""
    today = today_here(uow)
    return max(setup.starts_on or today, today)


def proposed_start(uow: UnitOfWork, setup: Setup) -> date:
    """What was chosen and is still to come, else next Monday."""
    today = today_here(uow)
    if setup.starts_on and setup.starts_on >= today:
        return setup.starts_on
    return today + timedelta(days=7 - today.weekday())


def today_here(uow: UnitOfWork) -> date:
    return calendar_of(None, uow.workspace).local_date(uow.now)


# --- what would run


def look_ahead(uow: UnitOfWork) -> Preview:
    """The next twelve months as they would be. Nothing is written."""
    setup = uow.setups.get()
    running = is_finished(uow, setup)
    controls = [*_beginning(uow, setup), *(_running(uow) if running else ())]
    first = today_here(uow) if running else first_day(uow, setup)
    return preview(controls, workspace=uow.workspace, first=first)


def _beginning(uow: UnitOfWork, setup: Setup) -> Iterator[Scheduled]:
    """What Start would add or, of the company's own, set going."""
    controls = _to_begin(uow, setup)
    days = starts(controls, first_day(uow, setup), starter=setup.starter)
    texts = level(controls) if setup.level else {}
    for control in controls:
        mine = control if isinstance(control, Control) else None
        named = uow.people.find(mine.owner_id) if mine else None
        owner = named if named and named.active else owner_in(uow, setup, control.department)
        yield Scheduled(
            code=control.code,
            department=control.department,
            text=texts.get(control.code, control.text),
            starts_on=max(days[control.code], mine.starts_on) if mine else days[control.code],
            owner=owner or _stand_in(uow),
            unassigned=owner is None,
        )


def waiting_to_begin(uow: UnitOfWork) -> int:
    """How many controls Start would set going."""
    return len(_to_begin(uow, uow.setups.get()))


def _to_begin(uow: UnitOfWork, setup: Setup) -> list[CatalogueControl | Control]:
    waiting = [] if is_finished(uow, setup) else in_use(uow)
    return [*to_install(uow, setup), *waiting]


def _running(uow: UnitOfWork) -> Iterator[Scheduled]:
    for control in in_use(uow):
        owner, unassigned = duties.owner_for(control, uow.people)
        yield Scheduled(
            code=control.code,
            department=control.department,
            text=control.text,
            starts_on=control.starts_on,
            owner=owner,
            unassigned=unassigned,
        )


def _stand_in(uow: UnitOfWork) -> Person | None:
    return next(iter(uow.people.holders(Role.COMPLIANCE_LEAD)), None)


# --- Start


def finish(uow: UnitOfWork, actor: Actor, version: int) -> Started:
    """Installs, assigns and plans, all of it or nothing. `version`: of the setup that was looked at."""
    require_may_set_up(actor)
    setup = uow.setups.get()
    if setup.version != version:
        raise Stale("The set-up has changed since this preview. Look at the preview again, then start.")
    if missing := missing_to_start(uow):
        raise Invalid(f"Not started yet. {' '.join(f'{step.title}: {step.sentence}' for step in missing)}")
    beginning = {one.code: one for one in _beginning(uow, setup)}
    if not beginning:
        raise Invalid("Nothing waits to be started: the controls you chose run already.")
    fresh = to_install(uow, setup)
    own = [] if is_finished(uow, setup) else in_use(uow)
    saved = uow.setups.save(replace(setup, finished_at=setup.finished_at or uow.now))
    _install(uow, actor, fresh, beginning, saved)
    _set_going(uow, actor, own, beginning)
    first = min(one.starts_on for one in beginning.values())
    uow.audit.append(_entry(actor, uow, saved, len(beginning), first))
    return Started(installed=len(beginning), first=first)


def _install(
    uow: UnitOfWork, actor: Actor, fresh: tuple[CatalogueControl, ...], planned: dict[str, Scheduled], setup: Setup
) -> None:
    for day in sorted({planned[one.code].starts_on for one in fresh}):
        group = [replace(one, text=planned[one.code].text) for one in fresh if planned[one.code].starts_on == day]
        for control in install_controls(uow, actor, group, starts_on=day):
            owner = owner_in(uow, setup, control.department)
            if owner and duties.owner_for(control, uow.people)[0] != owner:
                give_to(uow, actor, control, owner.id)


def _set_going(uow: UnitOfWork, actor: Actor, own: list[Control], planned: dict[str, Scheduled]) -> None:
    """The company's own controls were there already, and waited."""
    for control in own:
        chosen = planned[control.code]
        moved = chosen.text != control.text
        begun = replace(
            control,
            starts_on=chosen.starts_on,
            text=chosen.text,
            version=control.version + 1 if moved else control.version,
        )
        uow.controls.save(begun)
        after: audit.Fields = {"starts_on": begun.starts_on.isoformat(), "version": begun.version}
        before: audit.Fields = {"starts_on": control.starts_on.isoformat(), "version": control.version}
        uow.audit.append(audit.entry("control:change", f"control:{control.id}", actor, before=before, after=after))
        if chosen.owner and not chosen.unassigned:
            give_to(uow, actor, begun, chosen.owner.id)
        else:
            plan_control(uow, begun)


def _entry(actor: Actor, uow: UnitOfWork, setup: Setup, count: int, first: date) -> audit.Entry:
    after: audit.Fields = {
        "controls": count,
        "starts_on": first.isoformat(),
        "packs": [] if setup.own_controls else [*setup.packs],
        "level": setup.level,
        "starter": setup.starter,
    }
    return audit.entry("setup:finish", f"workspace:{uow.workspace.id}", actor, after=after)
