"""A campaign before it begins: which systems, from which lists, and who is asked first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tasks import audit, duties
from tasks.access.exports import Export, System
from tasks.access.model import CHANGE_DAYS, Campaign, CampaignKind, CampaignState, Capacity
from tasks.access.ports import CampaignSystem
from tasks.controls import Control
from tasks.errors import Invalid, NotAllowed, Stale
from tasks.identifiers import PersonId
from tasks.model import Task, Work
from tasks.operations.acting import person_of, the_clock
from tasks.operations.assign import require_takes_tasks
from tasks.operations.end_review import STEWARDS
from tasks.operations.reviewing import review_day
from tasks.operations.schedule import calendar_of_workspace
from tasks.people import Actor, Person, Role
from tasks.ports import UnitOfWork
from tasks.recurrence import span_label

DUE_DAYS = 14
LONGEST_DAYS = 180
MOST_CHANGE_DAYS = 60
MOST_LOOKED_BACK = 200
"""Ended reviews among which a task's cancelled one is looked for."""
FIRST_ASKED = (Capacity.MANAGER, Capacity.SYSTEM_OWNER, Capacity.NAMED)
ANSWERED = "Its task was answered without it."


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What whoever begins one by hand says."""

    control_code: str
    name: str
    span_start: date
    span_end: date
    due_on: date
    change_days: int = CHANGE_DAYS


# --- begun


def prepare_by_hand(uow: UnitOfWork, actor: Actor, wish: Wish) -> Campaign:
    duties.require_role(person_of(actor), Role.COMPLIANCE_LEAD, Role.ADMIN)
    control = uow.controls.by_code(wish.control_code)
    if control is None or control.text.access_review is None or control.retired:
        raise Invalid("Not begun yet.", fields={"control": "Choose one of the access review controls."})
    _require_sensible(uow, wish)
    return _add(
        uow,
        actor,
        Campaign(
            id=uow.new_id(),
            name=wish.name.strip(),
            kind=control.text.access_review,
            owner_id=person_of(actor).id,
            span_start=wish.span_start,
            span_end=wish.span_end,
            due_on=wish.due_on,
            change_days=wish.change_days,
            control_id=control.id,
            created_at=uow.now,
        ),
    )


def prepare_for_task(uow: UnitOfWork, actor: Actor, task: Task) -> Campaign:
    """The campaign of a control's occurrence: the one there is, or a new one."""
    if found := uow.campaigns.of_task(task.id):
        return found
    control = uow.controls.get(task.control_id)
    kind = control_kind(uow, task)
    if kind is None or not task.is_open:
        raise NotAllowed(f"{task.code} is not answered by an access review.")
    due_on = calendar_of_workspace(uow).local_date(task.due_at)
    span = span_label(task.span_start, task.span_end)
    return _add(
        uow,
        actor,
        Campaign(
            id=uow.new_id(),
            name=f"{control.text.title}, {span}",
            kind=kind,
            owner_id=task.owner_id,
            span_start=task.span_start,
            span_end=task.span_end,
            due_on=due_on,
            control_id=task.control_id,
            task_id=task.id,
            created_at=uow.now,
        ),
    )


def control_kind(uow: UnitOfWork, task: Task) -> CampaignKind | None:
    if task.work is not Work.CONTROL:
        return None
    return uow.controls.text(task.control_id, task.control_version).access_review


def prepare_scheduled(uow: UnitOfWork) -> int:
    """Every open occurrence of an access review control has its campaign, unless it was cancelled by hand; one that
    was answered otherwise needs none. Returns how many were prepared."""
    _drop_answered(uow)
    cancelled = {one.task_id for one in uow.campaigns.lately(limit=MOST_LOOKED_BACK)}
    wanted = [
        task
        for control in _review_controls(uow)
        for task in uow.tasks.open_of_control(control.id)
        if task.id not in cancelled and uow.campaigns.of_task(task.id) is None and control_kind(uow, task)
    ]
    for task in wanted:
        prepare_for_task(uow, the_clock(uow), task)
    return len(wanted)


def _drop_answered(uow: UnitOfWork) -> None:
    waiting = [one for one in uow.campaigns.running() if one.state is CampaignState.PREPARING]
    for campaign in waiting:
        if campaign.task_id and not uow.tasks.get(campaign.task_id).is_open:
            dropped = replace(campaign, state=CampaignState.CANCELLED, closed_at=uow.now, close_reason=ANSWERED)
            saved = uow.campaigns.save(dropped)
            after: audit.Fields = {"state": saved.state, "version": saved.version}
            about, clock = f"campaign:{campaign.id}", the_clock(uow)
            uow.audit.append(audit.entry("campaign:cancel", about, clock, after=after, detail=ANSWERED))


def _review_controls(uow: UnitOfWork) -> Sequence[Control]:
    return [one for one in uow.controls.every() if one.text.access_review and not one.retired]


def _add(uow: UnitOfWork, actor: Actor, campaign: Campaign) -> Campaign:
    uow.campaigns.add(campaign)
    uow.campaigns.set_systems(campaign.id, list(_every_system(uow, campaign)))
    after: audit.Fields = {"kind": campaign.kind, "owner": campaign.owner_id, "due": campaign.due_on.isoformat()}
    uow.audit.append(
        audit.entry("campaign:prepare", f"campaign:{campaign.id}", actor, after=after, detail=campaign.name)
    )
    return campaign


def _require_sensible(uow: UnitOfWork, wish: Wish) -> None:
    today, problems = review_day(uow), {}
    if not wish.name.strip():
        problems["name"] = "Give it a name."
    if wish.span_end < wish.span_start:
        problems["span_end"] = "The last day is before the first."
    if not today <= wish.due_on <= today + timedelta(days=LONGEST_DAYS):
        problems["due"] = f"Choose a day between today and {LONGEST_DAYS} days from now."
    if not 1 <= wish.change_days <= MOST_CHANGE_DAYS:
        problems["change_days"] = f"Use a whole number from 1 to {MOST_CHANGE_DAYS}."
    if problems:
        raise Invalid("Not begun yet.", fields=problems)


# --- which systems, from which lists


def _every_system(uow: UnitOfWork, campaign: Campaign) -> Sequence[CampaignSystem]:
    latest = uow.access_exports.latest()
    systems = [one for one in uow.access_systems.every() if not one.retired and one.id in latest]
    return [_part(campaign, system, latest[system.id]) for system in systems]


def _part(campaign: Campaign, system: System, export: Export) -> CampaignSystem:
    return CampaignSystem(
        campaign_id=campaign.id,
        system_id=system.id,
        system=system.name,
        export_id=export.id,
        owner_id=system.owner_id,
        first_asked=system.first_asked,
        named_id=system.named_id,
        as_of=export.source.extracted_at.date(),
    )


def take_latest_lists(uow: UnitOfWork, actor: Actor, campaign_id: str) -> Campaign:
    """Lists that came in since, and systems that had none before; what was chosen about the others stays."""
    campaign = preparing(uow, actor, campaign_id)
    chosen = {one.system_id: one for one in uow.campaigns.systems(campaign.id)}
    systems = [one for one in _every_system(uow, campaign) if one.system_id in chosen or _is_new(uow, campaign, one)]
    fresh = [
        replace(chosen[one.system_id], export_id=one.export_id, as_of=one.as_of, system=one.system)
        if one.system_id in chosen
        else one
        for one in systems
    ]
    return _set(uow, actor, campaign, fresh)


def _is_new(uow: UnitOfWork, campaign: Campaign, system: CampaignSystem) -> bool:
    """Its first list came after the campaign was prepared: nobody has left it out."""
    return all(one.imported_at > campaign.created_at for one in uow.access_exports.of_system(system.system_id))


def choose_reviewer(
    uow: UnitOfWork,
    actor: Actor,
    campaign_id: str,
    system_id: str,
    *,
    first_asked: Capacity,
    owner_id: PersonId | None,
    named_id: PersonId | None,
) -> Campaign:
    """Who is asked in one system of this campaign."""
    campaign = preparing(uow, actor, campaign_id)
    if first_asked not in FIRST_ASKED:
        raise Invalid("Not saved yet.", fields={"first": "Choose one of the answers."})
    if first_asked is Capacity.NAMED and named_id is None:
        raise Invalid("Not saved yet.", fields={"named": "Choose who is asked."})
    for person_id in filter(None, (owner_id, named_id)):
        require_takes_tasks(uow, person_id)
    systems = [
        replace(one, first_asked=first_asked, owner_id=owner_id, named_id=named_id)
        if one.system_id == system_id
        else one
        for one in uow.campaigns.systems(campaign.id)
    ]
    return _set(uow, actor, campaign, systems)


def choose_systems(uow: UnitOfWork, actor: Actor, campaign_id: str, system_ids: Sequence[str]) -> Campaign:
    """The systems that are reviewed; what was chosen about one that stays in stays."""
    campaign = preparing(uow, actor, campaign_id)
    chosen = {one.system_id: one for one in uow.campaigns.systems(campaign.id)}
    every = {one.system_id: one for one in _every_system(uow, campaign)}
    wanted = [chosen.get(one) or every[one] for one in dict.fromkeys(system_ids) if one in chosen or one in every]
    return _set(uow, actor, campaign, wanted)


def _set(uow: UnitOfWork, actor: Actor, campaign: Campaign, systems: Sequence[CampaignSystem]) -> Campaign:
    uow.campaigns.set_systems(campaign.id, systems)
    saved = uow.campaigns.save(campaign)
    after: audit.Fields = {
        "systems": [f"{one.system} {one.export_id} {one.first_asked}" for one in systems],
        "version": saved.version,
    }
    uow.audit.append(audit.entry("campaign:choose-systems", f"campaign:{campaign.id}", actor, after=after))
    return saved


def preparing(uow: UnitOfWork, actor: Actor, campaign_id: str) -> Campaign:
    campaign = uow.campaigns.get(campaign_id)
    if not may_prepare(uow, person_of(actor), campaign):
        raise NotAllowed(f"Only its owner, a compliance lead or an admin can start {campaign.name}.")
    if campaign.state is not CampaignState.PREPARING:
        raise Stale(f"{campaign.name} has begun already. Nothing was changed.")
    return campaign


def may_prepare(uow: UnitOfWork, person: Person, campaign: Campaign) -> bool:
    """Whoever may end it; the control's owner; and whose turn its task is, as while the owner is away."""
    control = uow.controls.get(campaign.control_id)
    if person.active and (person.id in (campaign.owner_id, control.owner_id) or any(map(person.has, STEWARDS))):
        return True
    task = uow.tasks.get(campaign.task_id) if campaign.task_id else None
    return task is not None and duties.may_answer(person, task, uow.people, review_day(uow))
