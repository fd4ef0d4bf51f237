"""A campaign ends before it is whole: closed early, or cancelled. Either takes a reason, and stays on record."""

from dataclasses import replace

from tasks import audit
from tasks.access.model import Campaign, CampaignState
from tasks.errors import Invalid, NotAllowed, Stale
from tasks.model import Answer, Task, Work, origin_of
from tasks.operations.acting import person_of
from tasks.operations.reviewing import settle
from tasks.people import Actor, Role
from tasks.ports import UnitOfWork

STEWARDS = (Role.COMPLIANCE_LEAD, Role.ADMIN)


def close_early(uow: UnitOfWork, actor: Actor, campaign_id: str, version: int, *, reason: str) -> Campaign:
    """What was submitted stands, and so do the changes that follow from it. The rest is reported as not decided."""
    campaign = _require_may_end(uow, actor, campaign_id, version)
    if campaign.state is not CampaignState.OPEN:
        raise Stale(f"{campaign.name} is not open. Nothing was changed.")
    closed = _ended(uow, actor, campaign, CampaignState.CLOSED_EARLY, reason)
    uow.access_items.remember(closed)
    for task in _open_tasks(uow, campaign, Work.ACCESS_REVIEW, Work.ACCESS_SIGN_OFF):
        settle(uow, task, Answer.NOT_FULLY_DONE)
    return closed


def cancel_review(uow: UnitOfWork, actor: Actor, campaign_id: str, version: int, *, reason: str) -> Campaign:
    """As if it had not been asked: nothing is to be changed any more. What was decided stays readable."""
    campaign = _require_may_end(uow, actor, campaign_id, version)
    cancelled = _ended(uow, actor, campaign, CampaignState.CANCELLED, reason)
    for task in _open_tasks(uow, campaign, Work.ACCESS_REVIEW, Work.ACCESS_CHANGE, Work.ACCESS_SIGN_OFF):
        settle(uow, task, Answer.NOTHING_TO_REPORT)
    return cancelled


def may_end(actor: Actor, campaign: Campaign) -> bool:
    person = person_of(actor)
    return person.active and (person.id == campaign.owner_id or any(person.has(role) for role in STEWARDS))


def _require_may_end(uow: UnitOfWork, actor: Actor, campaign_id: str, version: int) -> Campaign:
    campaign = uow.campaigns.get(campaign_id)
    if not may_end(actor, campaign):
        owner = uow.people.get(campaign.owner_id)
        raise NotAllowed(f"Only {owner.name}, a compliance lead or an admin can end {campaign.name}.")
    if campaign.state.is_over:
        raise Stale(f"{campaign.name} is over already. Nothing was changed.")
    if campaign.version != version:
        raise Stale(f"{campaign.name} has changed since you opened it. Look at it again.")
    return campaign


def _ended(uow: UnitOfWork, actor: Actor, campaign: Campaign, state: CampaignState, reason: str) -> Campaign:
    if not reason.strip():
        sentence = "Say why: it stays on record."
        raise Invalid("Not ended yet.", fields={"reason": sentence})
    ended = uow.campaigns.save(
        replace(campaign, state=state, closed_at=uow.now, closed_by=person_of(actor).id, close_reason=reason.strip())
    )
    what = "campaign:close-early" if state is CampaignState.CLOSED_EARLY else "campaign:cancel"
    before: audit.Fields = {"state": campaign.state, "version": campaign.version}
    after: audit.Fields = {"state": ended.state, "version": ended.version}
    uow.audit.append(
        audit.entry(what, f"campaign:{ended.id}", actor, before=before, after=after, detail=reason.strip())
    )
    return ended


def _open_tasks(uow: UnitOfWork, campaign: Campaign, *works: Work) -> list[Task]:
    return [task for work in works for task in uow.tasks.of_origin(origin_of(work, campaign.id)) if task.is_open]
