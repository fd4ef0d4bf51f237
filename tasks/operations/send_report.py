"""Somebody asks for a campaign's report: its files come as messages, in every form."""

from collections.abc import Sequence

from tasks.access.model import Campaign
from tasks.access.records import PLATFORM, REPORT, read_reference
from tasks.errors import NotAllowed
from tasks.evidence import Evidence
from tasks.operations.open_evidence import send_file
from tasks.people import Actor
from tasks.ports import UnitOfWork


def send_report(uow: UnitOfWork, actor: Actor, campaign_id: str) -> Sequence[Evidence]:
    """Whoever may open the evidence of the campaign's task gets it."""
    campaign = uow.campaigns.get(campaign_id)
    files = report_files(uow, campaign)
    if not files:
        raise NotAllowed(f"{campaign.name} has no report yet: it is made at the sign-off.")
    return [send_file(uow, actor, one.id) for one in files]


def report_files(uow: UnitOfWork, campaign: Campaign) -> Sequence[Evidence]:
    """One of each form."""
    attached = uow.evidence.of_task(campaign.task_id) if campaign.task_id else ()
    made = {one.reference: one for one in attached if one.present and one.platform == PLATFORM}
    return [one for reference, one in made.items() if read_reference(reference).kind == REPORT]
