"""Campaigns that overlap ask each question once: what is decided in one closes in the other, where all agrees."""

from tasks import audit
from tasks.access.deciding import taken_over
from tasks.access.model import Campaign, CampaignState
from tasks.operations.decide_access import as_decided, digest_of_items
from tasks.operations.reviewing import keep_in_step
from tasks.people import Actor
from tasks.ports import UnitOfWork

AT_ONCE = 5000


def take_over_in_others(uow: UnitOfWork, actor: Actor, campaign: Campaign) -> int:
    """After a submission in this one."""
    span = (campaign.span_start, campaign.span_end)
    others = [
        one
        for one in uow.campaigns.running()
        if one.id != campaign.id and one.state is CampaignState.OPEN and (one.span_start, one.span_end) == span
    ]
    return sum(take_over_all(uow, actor, other) for other in others)


def take_over_all(uow: UnitOfWork, actor: Actor, campaign: Campaign) -> int:
    closed = 0
    while portion := take_over(uow, actor, campaign):
        closed += portion
    return closed


def take_over(uow: UnitOfWork, actor: Actor, campaign: Campaign) -> int:
    """A portion of this campaign's undecided items; returns how many were closed."""
    sources: dict[str, Campaign] = {}
    rows = []
    for row, source_id, source in uow.access_items.decided_elsewhere(campaign, limit=AT_ONCE):
        sources[source_id] = sources.get(source_id) or uow.campaigns.get(source_id)
        if found := taken_over(row, campaign, source, sources[source_id]):
            rows.append(found)
    closed = list({row.item.id: row for row in rows}.values())
    if not closed:
        return 0
    uow.access_items.save(closed)
    uow.access_stories.record(campaign.id, as_decided(closed))
    keep_in_step(uow, campaign)
    after: audit.Fields = {"count": len(closed), "digest": digest_of_items(closed)}
    uow.audit.append(audit.entry("access:take-over", f"campaign:{campaign.id}", actor, after=after))
    return len(closed)
