"""All that a campaign's report is made of, read from what is on record."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from tasks.access.deciding import Passed, Row
from tasks.access.model import Campaign, Verdict
from tasks.access.ports import CampaignSystem, Filter, Order, Proof
from tasks.access.report import ExportFacts, Report, Revocation
from tasks.access.reporting import report_of
from tasks.identifiers import PersonId
from tasks.model import Task, Work, origin_of
from tasks.ports import UnitOfWork

AT_ONCE = 5000


def gather_report(uow: UnitOfWork, campaign_id: str) -> Report:
    """Reads every item: not for the writer's turn. The same record gives the same report."""
    campaign = uow.campaigns.get(campaign_id)
    rows = list(every_row(uow, campaign_id))
    names = {person.id: person.name for person in uow.people.everyone()}
    return report_of(
        campaign,
        rows,
        names=names,
        exports=_exports(uow, campaign, names),
        passes=_passes(uow, campaign_id),
        extensions=uow.campaigns.extensions(campaign_id),
        revocations=tuple(_revocations(uow, campaign, rows, names)),
        made_at=campaign.closed_at or uow.now,
    )


def every_row(uow: UnitOfWork, campaign_id: str) -> Iterator[Row]:
    """By system, then account."""
    offset = 0
    while True:
        page = uow.access_items.page(campaign_id, Filter(), order=Order.SYSTEM, offset=offset, limit=AT_ONCE)
        yield from page.rows
        offset += len(page.rows)
        if not page.rows or offset >= page.total:
            return


def _exports(uow: UnitOfWork, campaign: Campaign, names: Mapping[PersonId, str]) -> Sequence[ExportFacts]:
    under_review: Counter[str] = Counter()
    for place, held in uow.access_items.places(campaign).items():
        under_review[place.system] += held
    return [_export(uow, one, under_review[one.system], names) for one in uow.campaigns.systems(campaign.id)]


def _export(uow: UnitOfWork, system: CampaignSystem, held: int, names: Mapping[PersonId, str]) -> ExportFacts:
    export = uow.access_exports.get(system.export_id)
    return ExportFacts(
        source=export.source,
        in_scope=held,
        sha256=export.sha256,
        digest=export.digest,
        imported_by=names.get(export.imported_by, "") if export.imported_by else "command line",
        imported_at=export.imported_at,
        amendments=len(uow.access_exports.amendments(export.id)),
    )


def _passes(uow: UnitOfWork, campaign_id: str) -> Mapping[str, Sequence[Passed]]:
    found: defaultdict[str, list[Passed]] = defaultdict(list)
    for passed in uow.access_stories.passes(campaign_id):
        found[passed.item_id].append(passed)
    return found


def _revocations(
    uow: UnitOfWork, campaign: Campaign, rows: Sequence[Row], names: Mapping[PersonId, str]
) -> Iterator[Revocation]:
    tasks = {task.subject: task for task in uow.tasks.of_origin(origin_of(Work.ACCESS_CHANGE, campaign.id))}
    proofs = {proof.item_id: proof for proof in uow.access_stories.proofs(campaign.id)}
    for row in rows:
        task = tasks.get(row.item.id)
        if task and row.decision and row.decision.verdict is not Verdict.KEEP:
            yield _revocation(uow, campaign, row, task, proofs.get(row.item.id), names)


def _revocation(
    uow: UnitOfWork, campaign: Campaign, row: Row, task: Task, proof: Proof | None, names: Mapping[PersonId, str]
) -> Revocation:
    decided = row.decision
    return Revocation(
        system=row.item.system,
        account=row.item.access.account,
        entitlement=row.item.access.entitlement,
        verdict=decided.verdict if decided else Verdict.REVOKE,
        change_to=decided.change_to if decided else "",
        owner=names.get(task.owner_id, ""),
        sla_days=campaign.change_days,
        due_at=task.due_at,
        closed_at=task.answered_at,
        outcome=proof.outcome if proof else None,
        as_decided=proof.as_decided if proof else False,
        checked_at=uow.access_exports.get(proof.export_id).source.extracted_at if proof else None,
    )
