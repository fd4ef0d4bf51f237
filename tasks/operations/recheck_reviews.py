"""Who is asked is found anew after every change: leave, a delegation, a new manager, a leaver, a system's owner."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tasks import audit
from tasks.access.exports import System
from tasks.access.model import Campaign, CampaignState
from tasks.access.ports import CampaignSystem
from tasks.access.reviewers import Place, Reviewer
from tasks.operations.acting import the_clock
from tasks.operations.reviewing import checked_now, keep_in_step
from tasks.operations.start_review import resolve
from tasks.ports import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class Moves:
    checked: str
    """The moment that this is true of: a later change asks for another look."""
    to: Mapping[Place, Reviewer]


def to_recheck(uow: UnitOfWork) -> Sequence[str]:
    """Every open campaign that was not looked at since somebody changed."""
    now = checked_now(uow)
    return [one.id for one in uow.campaigns.running() if one.state is CampaignState.OPEN and one.checked != now]


def find_moves(uow: UnitOfWork, campaign_id: str) -> Moves:
    """Reading only: slow where thousands of people are under review."""
    standing = uow.access_items.standing_places(campaign_id)
    found = resolve(uow, uow.campaigns.get(campaign_id), dict.fromkeys(standing, 0))
    moved = {place: to for place, to in found.items() if _asked(to) != _asked(standing[place])}
    return Moves(checked=checked_now(uow), to=moved)


def move(uow: UnitOfWork, campaign_id: str, moves: Moves) -> None:
    """All at once: who was moved and not asked would wait for ever."""
    campaign = uow.campaigns.get(campaign_id)
    if campaign.state is not CampaignState.OPEN:
        return
    checked = uow.campaigns.save(replace(campaign, checked=moves.checked))
    if not moves.to:
        return
    uow.access_items.move_places(campaign.id, moves.to)
    keep_in_step(uow, checked)
    after: audit.Fields = {"places": len(moves.to), "digest": _digest(moves.to)}
    uow.audit.append(audit.entry("campaign:recheck", f"campaign:{campaign.id}", the_clock(uow), after=after))


def recheck_reviews(uow: UnitOfWork) -> int:
    """In one go; returns how many campaigns were looked at."""
    due = to_recheck(uow)
    for campaign_id in due:
        move(uow, campaign_id, find_moves(uow, campaign_id))
    return len(due)


def follow_system(uow: UnitOfWork, before: System, after: System) -> None:
    """Somebody else owns it, or is named for it: reviews under way ask them too, but for those that chose others."""
    for campaign in uow.campaigns.running():
        systems = uow.campaigns.systems(campaign.id)
        followed = [_followed(one, before, after) for one in systems]
        if followed != systems:
            _follow(uow, campaign, followed)


def _follow(uow: UnitOfWork, campaign: Campaign, systems: Sequence[CampaignSystem]) -> None:
    uow.campaigns.set_systems(campaign.id, systems)
    if campaign.state is CampaignState.OPEN:
        move(uow, campaign.id, find_moves(uow, campaign.id))
    else:
        uow.campaigns.save(campaign)


def _followed(one: CampaignSystem, before: System, after: System) -> CampaignSystem:
    if one.system_id != before.id:
        return one
    owner = after.owner_id if one.owner_id == before.owner_id else one.owner_id
    named = after.named_id if one.named_id == before.named_id and after.named_id else one.named_id
    return replace(one, owner_id=owner, named_id=named)


def _asked(reviewer: Reviewer) -> tuple[object, ...]:
    return reviewer.person_id, reviewer.capacity, reviewer.on_behalf_of


def _digest(moved: Mapping[Place, Reviewer]) -> str:
    told = ((place.system, place.person_id, to.person_id, to.on_behalf_of) for place, to in moved.items())
    lines = sorted(" ".join(map(str, one)) + "\n" for one in told)
    return hashlib.sha256("".join(lines).encode()).hexdigest()
