"""Who is asked is found anew after every change: leave, a delegation, a new manager, a leaver, a system's owner."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from tasks import audit
from tasks.access.model import Campaign, CampaignState
from tasks.access.reviewers import Place, Reviewer
from tasks.operations.acting import the_clock
from tasks.operations.prepare_review import resolve
from tasks.operations.reviewing import checked_now, keep_in_step
from tasks.ports import UnitOfWork


def recheck_reviews(uow: UnitOfWork) -> int:
    """Of every open campaign that was not looked at since; returns how many were."""
    now = checked_now(uow)
    due = [one for one in uow.campaigns.running() if one.state is CampaignState.OPEN and one.checked != now]
    for campaign in due:
        recheck(uow, campaign)
    return len(due)


def recheck(uow: UnitOfWork, campaign: Campaign) -> None:
    standing = uow.access_items.standing_places(campaign.id)
    found = resolve(uow, campaign, dict.fromkeys(standing, 0))
    moved = {place: to for place, to in found.items() if _asked(to) != _asked(standing[place])}
    checked = uow.campaigns.save(replace(campaign, checked=checked_now(uow)))
    if not moved:
        return
    uow.access_items.move_places(campaign.id, moved)
    keep_in_step(uow, checked)
    after: audit.Fields = {"places": len(moved), "digest": _digest(moved)}
    uow.audit.append(audit.entry("campaign:recheck", f"campaign:{campaign.id}", the_clock(uow), after=after))


def _asked(reviewer: Reviewer) -> tuple[object, ...]:
    return reviewer.person_id, reviewer.capacity, reviewer.on_behalf_of


def _digest(moved: Mapping[Place, Reviewer]) -> str:
    told = ((place.system, place.person_id, to.person_id, to.on_behalf_of) for place, to in moved.items())
    lines = sorted(" ".join(map(str, one)) + "\n" for one in told)
    return hashlib.sha256("".join(lines).encode()).hexdigest()
