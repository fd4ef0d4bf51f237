"""More time for a campaign: asked for with a reason, approved by somebody else."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from tasks import audit, escalation
from tasks.access.model import Campaign, Extension, ExtensionState
from tasks.business_days import calendar_of
from tasks.errors import Invalid, NotAllowed, NotFound, Stale
from tasks.model import Task, Work, origin_of
from tasks.notices import NoticeKey, Occasion, OwedNotice
from tasks.operations.acting import person_of
from tasks.operations.end_review import may_end
from tasks.operations.reviewing import GRACE, require_running, review_day
from tasks.people import Actor, Person, Role
from tasks.ports import UnitOfWork
from tasks.wording import day

LONGEST = timedelta(days=90)
APPROVERS = (Role.COMPLIANCE_LEAD, Role.EXECUTIVE_SPONSOR, Role.ADMIN)


def ask_extension(uow: UnitOfWork, actor: Actor, campaign_id: str, *, due_to: date, reason: str) -> Extension:
    campaign, person = uow.campaigns.get(campaign_id), person_of(actor)
    if not may_end(actor, campaign):
        raise NotAllowed(f"Only the owner of {campaign.name}, a compliance lead or an admin can ask for more time.")
    require_running(campaign)
    _require_sensible(uow, campaign, due_to, reason)
    approvers = approvers_of(uow, person)
    if not approvers:
        raise NotAllowed("Nobody else can approve it. Ask an admin to name another compliance lead.")
    asked = Extension(
        id=uow.new_id(),
        campaign_id=campaign.id,
        due_from=campaign.due_on,
        due_to=due_to,
        reason=reason.strip(),
        asked_by=person.id,
        asked_at=uow.now,
    )
    uow.campaigns.add_extension(asked)
    about = f"extension:{asked.id}"
    keys = [
        NoticeKey(about=about, recipient=f"person:{one.id}", occasion=Occasion.EXTENSION_ASKED) for one in approvers
    ]
    uow.notices.owe([OwedNotice(key=key, owed_at=uow.now, detail=f"{campaign.id}:{asked.id}") for key in keys])
    _record(uow, actor, "campaign:ask-extension", asked)
    return asked


def approvers_of(uow: UnitOfWork, asking: Person) -> Sequence[Person]:
    """Never whoever asks. The first role that somebody else holds."""
    for role in APPROVERS:
        if found := [one for one in uow.people.holders(role) if one.id != asking.id]:
            return found
    return ()


def decide_extension(uow: UnitOfWork, actor: Actor, campaign_id: str, extension_id: str, *, approve: bool) -> Extension:
    campaign, person = uow.campaigns.get(campaign_id), person_of(actor)
    asked = extension_of(uow, campaign_id, extension_id)
    if person.id == asked.asked_by or not any(person.has(role) for role in APPROVERS):
        raise NotAllowed("Somebody else has to decide this: a compliance lead, the executive sponsor or an admin.")
    require_running(campaign)
    if asked.state is not ExtensionState.ASKED:
        raise Stale(f"This was {asked.state} already. Nothing was changed.")
    state = ExtensionState.APPROVED if approve else ExtensionState.REFUSED
    decided = replace(asked, state=state, decided_by=person.id, decided_at=uow.now)
    uow.campaigns.save_extension(decided)
    if approve:
        _move_due_day(uow, uow.campaigns.save(replace(campaign, due_on=asked.due_to)))
    _record(uow, actor, f"campaign:{'approve' if approve else 'refuse'}-extension", decided)
    return decided


def extension_of(uow: UnitOfWork, campaign_id: str, extension_id: str) -> Extension:
    found = next((one for one in uow.campaigns.extensions(campaign_id) if one.id == extension_id), None)
    if found is None:
        raise NotFound("This request is not here any more.")
    return found


def _require_sensible(uow: UnitOfWork, campaign: Campaign, due_to: date, reason: str) -> None:
    problems = {}
    if due_to <= campaign.due_on:
        problems["due"] = f"Choose a day after {day(campaign.due_on)}, when it is due now."
    elif due_to < review_day(uow):
        problems["due"] = "Choose a day to come."
    elif due_to > campaign.due_on + LONGEST:
        problems["due"] = f"{LONGEST.days} days more at most. Close the review early instead, and begin another."
    if not reason.strip():
        problems["reason"] = "Say why: whoever approves reads it."
    if problems:
        raise Invalid("Not asked for yet.", fields=problems)


def _move_due_day(uow: UnitOfWork, campaign: Campaign) -> None:
    """Of every part that is still open; its ladder counts from the new day."""
    for task in uow.tasks.of_origin(origin_of(Work.ACCESS_REVIEW, campaign.id)):
        if task.is_open:
            uow.tasks.save(_due_later(uow, task, campaign.due_on))
            uow.notices.touch(task.id)


def _due_later(uow: UnitOfWork, task: Task, due_on: date) -> Task:
    owner = uow.people.get(task.owner_id)
    due_at = calendar_of(owner, uow.workspace).at(due_on, hour=17)
    later = replace(task, due_at=due_at, missed_at=due_at + GRACE, round=task.round + 1)
    ladder = uow.controls.get(task.control_id).ladder
    first = escalation.next_rung_after(uow.now, later, owner=owner, workspace=uow.workspace, ladder=ladder)
    return replace(later, next_rung_at=first)


def _record(uow: UnitOfWork, actor: Actor, what: str, extension: Extension) -> None:
    after: audit.Fields = {
        "extension": extension.id,
        "state": extension.state,
        "from": extension.due_from.isoformat(),
        "to": extension.due_to.isoformat(),
    }
    uow.audit.append(
        audit.entry(what, f"campaign:{extension.campaign_id}", actor, after=after, detail=extension.reason)
    )
