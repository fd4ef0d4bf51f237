"""A campaign before it begins: which systems, from which lists, and who will be asked. Nothing starts unconfirmed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tasks import audit, duties
from tasks.access.exports import Export, System
from tasks.access.model import CHANGE_DAYS, Campaign, CampaignKind, CampaignState, Capacity
from tasks.access.ports import CampaignSystem
from tasks.access.reviewers import Outlook, Place, Reviewer, outlook, reviewers
from tasks.controls import Control
from tasks.errors import Invalid, NotAllowed, Stale
from tasks.identifiers import PersonId
from tasks.model import Task, Work
from tasks.operations.acting import person_of, the_clock
from tasks.operations.assign import require_takes_tasks
from tasks.operations.end_review import may_end
from tasks.operations.reviewing import plans_of, review_day
from tasks.operations.schedule import calendar_of_workspace
from tasks.people import Actor, Role
from tasks.ports import UnitOfWork
from tasks.recurrence import span_label
from tasks.wording import counted, day

DUE_DAYS = 14
LONGEST_DAYS = 180
MOST_CHANGE_DAYS = 60
OLD_LIST = timedelta(days=30)


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
    """Every open occurrence of an access review control has its campaign; returns how many were prepared."""
    prepared = 0
    for control in _review_controls(uow):
        for task in uow.tasks.open_of_control(control.id):
            if uow.campaigns.of_task(task.id) is None and control_kind(uow, task):
                prepare_for_task(uow, the_clock(uow), task)
                prepared += 1
    return prepared


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
    """Lists that came in since; what was chosen about systems that are in already stays."""
    campaign = _preparing(uow, actor, campaign_id)
    chosen = {one.system_id: one for one in uow.campaigns.systems(campaign.id)}
    fresh = [
        replace(chosen[one.system_id], export_id=one.export_id, as_of=one.as_of, system=one.system)
        if one.system_id in chosen
        else one
        for one in _every_system(uow, campaign)
    ]
    return _set(uow, actor, campaign, fresh)


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
    campaign = _preparing(uow, actor, campaign_id)
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
    campaign = _preparing(uow, actor, campaign_id)
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


# --- what it would be


@dataclass(frozen=True, kw_only=True)
class Prospect:
    """To be confirmed."""

    campaign: Campaign
    systems: Sequence[CampaignSystem]
    exports: Mapping[str, Export]
    """By system id."""
    outlook: Outlook
    warnings: tuple[str, ...]
    left_out: tuple[str, ...]
    """Systems that could be reviewed too, by name."""
    without_list: tuple[str, ...]


def prospect(uow: UnitOfWork, campaign: Campaign) -> Prospect:
    systems = uow.campaigns.systems(campaign.id)
    exports = {one.system_id: uow.access_exports.get(one.export_id) for one in systems}
    held = uow.access_items.places(campaign)
    known = [one for one in uow.access_systems.every() if not one.retired and one.id not in exports]
    latest = uow.access_exports.latest()
    return Prospect(
        campaign=campaign,
        systems=systems,
        exports=exports,
        outlook=outlook(held, resolve(uow, campaign, held)),
        warnings=tuple(_warnings(campaign, exports.values(), uow.now.date())),
        left_out=tuple(one.name for one in known if one.id in latest),
        without_list=tuple(one.name for one in known if one.id not in latest),
    )


def resolve(uow: UnitOfWork, campaign: Campaign, held: Mapping[Place, int]) -> Mapping[Place, Reviewer]:
    return reviewers(held, plans_of(uow, campaign.id), uow.people, review_day(uow))


def _warnings(campaign: Campaign, exports: Iterable[Export], today: date) -> Sequence[str]:
    found = []
    for export in exports:
        taken = export.source.extracted_at.date()
        if taken < campaign.span_end:
            found.append(f"{export.source.system}: its list is of {day(taken)}, before the span ends.")
        elif today - taken > OLD_LIST:
            found.append(f"{export.source.system}: its list is {counted((today - taken).days, 'day')} old.")
    return found


# --- confirmed


def confirm_start(uow: UnitOfWork, actor: Actor, campaign_id: str, version: int, *, items: int) -> Campaign:
    """`items`: how many were shown. A job makes them; it opens once all are there."""
    campaign = _preparing(uow, actor, campaign_id)
    if campaign.version != version:
        raise Stale(f"{campaign.name} has changed since you opened it. Look through it again.")
    now = sum(uow.access_items.places(campaign).values())
    if not now:
        raise Invalid("There is nothing to review. Bring in a list of accounts first: /soc2 access new.")
    if now != items:
        raise Stale(f"It is {counted(now, 'access', 'accesses')} now, not {items:,}. Look through it again.")
    opening = uow.campaigns.save(replace(campaign, state=CampaignState.OPENING))
    before: audit.Fields = {"state": campaign.state, "version": campaign.version}
    after: audit.Fields = {"state": opening.state, "version": opening.version, "items": items}
    uow.audit.append(audit.entry("campaign:start", f"campaign:{campaign.id}", actor, before=before, after=after))
    return opening


def _preparing(uow: UnitOfWork, actor: Actor, campaign_id: str) -> Campaign:
    campaign = uow.campaigns.get(campaign_id)
    if not may_end(actor, campaign):
        raise NotAllowed(f"Only its owner, a compliance lead or an admin can start {campaign.name}.")
    if campaign.state is not CampaignState.PREPARING:
        raise Stale(f"{campaign.name} has begun already. Nothing was changed.")
    return campaign
