"""A confirmed campaign opens, a chunk of items at a time. Stopped anywhere, the next turn goes on where it was."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tasks import audit
from tasks.access.model import Campaign, CampaignState
from tasks.access.reviewers import Place, Reviewer
from tasks.operations.acting import the_clock
from tasks.operations.reviewing import keep_in_step
from tasks.operations.start_review import resolve
from tasks.operations.submit_review import tell_when_whole
from tasks.operations.take_over_decisions import take_over_all
from tasks.ports import UnitOfWork

PLACES_AT_ONCE = 2000
ITEMS_AT_ONCE = 2000


def to_open(uow: UnitOfWork) -> Sequence[str]:
    return [one.id for one in uow.campaigns.running() if one.state is CampaignState.OPENING]


def who_is_asked(uow: UnitOfWork, campaign_id: str) -> Mapping[Place, Reviewer]:
    """Reading only. Each system has a place for nobody's accounts, also where there are none yet."""
    campaign = uow.campaigns.get(campaign_id)
    held = dict(uow.access_items.places(campaign))
    for system in uow.campaigns.systems(campaign.id):
        held.setdefault(Place(None, system.system), 0)
    return resolve(uow, campaign, held)


def add_places(uow: UnitOfWork, campaign_id: str, found: Mapping[Place, Reviewer]) -> None:
    if uow.campaigns.get(campaign_id).state is CampaignState.OPENING:
        uow.access_items.add_places(campaign_id, found)


def open_more(uow: UnitOfWork, campaign_id: str, *, limit: int = ITEMS_AT_ONCE) -> int:
    """Returns how many items were made; at 0 all are there, and the campaign is open."""
    campaign = uow.campaigns.get(campaign_id)
    if campaign.state is not CampaignState.OPENING:
        return 0
    made = uow.access_items.open_chunk(campaign, uow.campaigns.systems(campaign.id), limit=limit)
    if not made:
        _flip(uow, campaign)
    return made


def _flip(uow: UnitOfWork, campaign: Campaign) -> None:
    unchecked = ""  # people may have changed since the reviewers were found: recheck_reviews looks once more
    opened = uow.campaigns.save(replace(campaign, state=CampaignState.OPEN, opened_at=uow.now, checked=unchecked))
    systems = uow.campaigns.systems(campaign.id)
    digests = [f"{one.system} {uow.access_exports.get(one.export_id).digest}" for one in systems]
    items = sum(part.items for part in uow.access_items.parts(campaign.id))
    after: audit.Fields = {"state": opened.state, "items": items, "lists": digests}
    uow.audit.append(audit.entry("campaign:open", f"campaign:{campaign.id}", the_clock(uow), after=after))
    take_over_all(uow, the_clock(uow), opened)
    keep_in_step(uow, opened)
    tell_when_whole(uow, opened)
