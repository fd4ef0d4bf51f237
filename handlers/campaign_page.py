"""Everything one person may see of a campaign, gathered once; the views only lay it out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tasks import duties
from tasks.access.model import Campaign, CampaignState, Extension, ExtensionState
from tasks.access.ports import Part
from tasks.errors import NotFound
from tasks.identifiers import PersonId
from tasks.model import Task, Work, origin_of
from tasks.operations.acting import today_of
from tasks.operations.end_review import STEWARDS
from tasks.operations.extend_review import APPROVERS
from tasks.operations.review_end import Ending, look_at_end
from tasks.operations.reviewing import gaps_of
from tasks.people import Person
from tasks.ports import UnitOfWork

NO_SUCH = "This access review is not here, or not yours to see. Type /soc2 access to see the ones there are."


@dataclass(frozen=True, kw_only=True)
class CampaignPage:
    campaign: Campaign
    reader: Person
    now: datetime
    owner: str
    ending: Ending
    parts: tuple[Part, ...]
    names: Mapping[PersonId | None, str]
    gaps: tuple[str, ...]
    changes: tuple[Task, ...]
    """Revokes and changes that are still to be made, soonest due first."""
    asked: Extension | None
    """More time that somebody has to decide about."""
    closed_by: str
    may_sign: bool
    may_end: bool
    may_decide_extension: bool
    sees_signals: bool


def campaign_page(uow: UnitOfWork, reader: Person, campaign_id: str) -> CampaignPage:
    campaign = uow.campaigns.get(campaign_id)
    require_may_see_campaign(uow, reader, campaign)
    parts = tuple(uow.access_items.parts(campaign.id))
    tasks = uow.tasks.of_origin(origin_of(Work.ACCESS_CHANGE, campaign.id))
    asked = [one for one in uow.campaigns.extensions(campaign.id) if one.state is ExtensionState.ASKED]
    steward = any(reader.has(role) for role in STEWARDS)
    return CampaignPage(
        campaign=campaign,
        reader=reader,
        now=uow.now,
        owner=_name(uow, campaign.owner_id),
        ending=look_at_end(uow, campaign),
        parts=parts,
        names={part.reviewer_id: _name(uow, part.reviewer_id) for part in parts},
        gaps=tuple(gaps_of(uow, campaign)),
        changes=tuple(sorted((task for task in tasks if task.is_open), key=lambda task: (task.due_at, task.id))),
        asked=asked[-1] if asked else None,
        closed_by=_name(uow, campaign.closed_by),
        may_sign=campaign.state is CampaignState.OPEN and _may_sign(uow, reader, campaign),
        may_end=not campaign.state.is_over and (steward or reader.id == campaign.owner_id),
        may_decide_extension=any(one.asked_by != reader.id for one in asked[-1:]) and _approves(reader),
        sees_signals=steward and campaign.state is not CampaignState.PREPARING,
    )


def may_see_campaign(uow: UnitOfWork, reader: Person, campaign: Campaign) -> bool:
    """Its standing: whoever owns it, stewards, those who see every standing, and whoever may sign it."""
    roles = (*STEWARDS, *duties.SEES_EVERY_STANDING)
    return reader.active and (
        reader.id == campaign.owner_id or any(reader.has(role) for role in roles) or _may_sign(uow, reader, campaign)
    )


def require_may_see_campaign(uow: UnitOfWork, reader: Person, campaign: Campaign) -> None:
    """The same answer as for an id that does not exist."""
    if not may_see_campaign(uow, reader, campaign):
        raise NotFound(NO_SUCH)


def _may_sign(uow: UnitOfWork, person: Person, campaign: Campaign) -> bool:
    if campaign.task_id is None:
        return False
    return duties.may_answer(person, uow.tasks.get(campaign.task_id), uow.people, today_of(uow, person))


def _approves(reader: Person) -> bool:
    return any(reader.has(role) for role in APPROVERS)


def _name(uow: UnitOfWork, person_id: PersonId | None) -> str:
    person = uow.people.find(person_id)
    return person.name if person else ""
