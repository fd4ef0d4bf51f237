"""What a prepared campaign would ask of whom, and its start. Nothing starts unconfirmed."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tasks import audit
from tasks.access.exports import Export
from tasks.access.model import Campaign, CampaignState
from tasks.access.ports import CampaignSystem
from tasks.access.reviewers import Outlook, Place, Reviewer, outlook, reviewers
from tasks.errors import Invalid, Stale
from tasks.operations.prepare_review import preparing
from tasks.operations.reviewing import checked_now, plans_of, review_day
from tasks.people import Actor
from tasks.ports import UnitOfWork
from tasks.wording import counted, day

OLD_LIST = timedelta(days=30)
LOOK_AGAIN = "Who would be asked has changed since you looked. Look through it again, then start."


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
    seen: str
    """Another one whenever somebody else might be asked, or about something else."""


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
        warnings=tuple(_warnings(campaign, exports.values(), latest, uow.now.date())),
        left_out=tuple(one.name for one in known if one.id in latest),
        without_list=tuple(one.name for one in known if one.id not in latest),
        seen=seen_now(uow, campaign),
    )


def seen_now(uow: UnitOfWork, campaign: Campaign) -> str:
    """Cheap, however long the lists are: they never change, but for amendments."""
    lists = [one.export_id for one in uow.campaigns.systems(campaign.id)]
    amended = [str(len(uow.access_exports.amendments(one))) for one in lists]
    told = "\n".join([str(campaign.version), checked_now(uow), *lists, *amended])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def resolve(uow: UnitOfWork, campaign: Campaign, held: Mapping[Place, int]) -> Mapping[Place, Reviewer]:
    return reviewers(held, plans_of(uow, campaign.id), uow.people, review_day(uow))


def _warnings(
    campaign: Campaign, exports: Iterable[Export], latest: Mapping[str, Export], today: date
) -> Sequence[str]:
    found = []
    for export in exports:
        taken, newest = export.source.extracted_at.date(), latest.get(export.system_id, export)
        if newest.id != export.id:
            when = day(newest.source.extracted_at.date())
            found.append(f"{export.source.system}: a newer list, of {when}, has come in. Take the latest lists.")
        elif taken < campaign.span_end:
            found.append(f"{export.source.system}: its list is of {day(taken)}, before the span ends.")
        elif today - taken > OLD_LIST:
            found.append(f"{export.source.system}: its list is {counted((today - taken).days, 'day')} old.")
    return found


# --- confirmed


def confirm_start(uow: UnitOfWork, actor: Actor, campaign_id: str, *, seen: str) -> Campaign:
    """`seen`: of the prospect that was shown. A job makes the items; it opens once all are there."""
    campaign = preparing(uow, actor, campaign_id)
    if not uow.campaigns.systems(campaign.id):
        raise Invalid("There is nothing to review. Bring in a list of accounts first: /soc2 access new.")
    if seen != seen_now(uow, campaign):
        raise Stale(f"{campaign.name}: {LOOK_AGAIN[:1].lower()}{LOOK_AGAIN[1:]}")
    opening = uow.campaigns.save(replace(campaign, state=CampaignState.OPENING))
    before: audit.Fields = {"state": campaign.state, "version": campaign.version}
    after: audit.Fields = {"state": opening.state, "version": opening.version}
    uow.audit.append(audit.entry("campaign:start", f"campaign:{campaign.id}", actor, before=before, after=after))
    return opening
