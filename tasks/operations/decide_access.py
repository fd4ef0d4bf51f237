"""A reviewer decides: one access, many at once, not this one; and submits. tasks/access/deciding.py has the rules."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

from tasks import audit
from tasks.access import deciding
from tasks.access.deciding import Acting, Given, Row
from tasks.access.model import Campaign, Verdict
from tasks.access.ports import Filter, Happened, Happening, Order
from tasks.identifiers import PersonId
from tasks.operations.assign import require_takes_tasks
from tasks.operations.reviewing import acting_in, keep_in_step, require_running, show_progress
from tasks.people import Actor
from tasks.ports import UnitOfWork

MOST = 100_000
"""All that one reviewer can have."""


# --- one access


def decide_access(uow: UnitOfWork, actor: Actor, campaign_id: str, item_id: str, given: Given) -> Row:
    campaign, row, acting = _open(uow, actor, campaign_id, item_id)
    elsewhere: Sequence[str] = ()
    if row.item.access.privileged and given.verdict is Verdict.KEEP:
        system = row.item.system
        elsewhere = uow.access_items.keep_reasons(campaign.id, acting.by.id, but_system=system)
    decided = deciding.decide(row, given, acting, reasons_elsewhere=elsewhere)
    _keep(uow, campaign, decided, *as_decided([decided]))
    _record(uow, actor, "access:decide", row, decided)
    return decided


def undo_decision(uow: UnitOfWork, actor: Actor, campaign_id: str, item_id: str, seen_version: int) -> Row:
    campaign, row, acting = _open(uow, actor, campaign_id, item_id)
    undone = deciding.undo(row, seen_version, acting)
    said = Happening(item_id=item_id, what=Happened.UNDONE, by=acting.by.id, at=acting.at)
    _keep(uow, campaign, undone, said)
    _record(uow, actor, "access:undo", row, undone)
    return undone


def pass_on_access(
    uow: UnitOfWork, actor: Actor, campaign_id: str, item_id: str, seen_version: int, *, reason: str
) -> Row:
    campaign, row, acting = _open(uow, actor, campaign_id, item_id)
    passed, said = deciding.pass_on(row, reason, seen_version, acting)
    happened = Happening(
        item_id=item_id,
        what=Happened.PASSED,
        by=said.by,
        on_behalf_of=said.on_behalf_of,
        to=passed.item.reviewer_id,
        reason=said.reason,
        at=said.at,
    )
    _keep(uow, campaign, passed, happened)
    show_progress(uow, campaign, acting.by.id)
    keep_in_step(uow, campaign)
    _record(uow, actor, "access:pass-on", row, passed, detail=said.reason)
    return passed


def reassign_access(
    uow: UnitOfWork, actor: Actor, campaign_id: str, item_id: str, seen_version: int, *, to: PersonId
) -> Row:
    campaign, row, acting = _open(uow, actor, campaign_id, item_id)
    moved = deciding.reassign(row, require_takes_tasks(uow, to), seen_version, acting)
    happened = Happening(item_id=item_id, what=Happened.REASSIGNED, by=acting.by.id, to=to, at=acting.at)
    _keep(uow, campaign, moved, happened)
    if row.item.reviewer_id:
        show_progress(uow, campaign, row.item.reviewer_id)
    keep_in_step(uow, campaign)
    _record(uow, actor, "access:reassign", row, moved)
    return moved


def _open(uow: UnitOfWork, actor: Actor, campaign_id: str, item_id: str) -> tuple[Campaign, Row, Acting]:
    campaign = uow.campaigns.get(campaign_id)
    row = uow.access_items.get(campaign.id, item_id)
    require_running(campaign)
    return campaign, row, acting_in(uow, actor, campaign)


def _keep(uow: UnitOfWork, campaign: Campaign, row: Row, *happened: Happening) -> None:
    uow.access_items.save([row])
    uow.access_stories.record(campaign.id, happened)
    if row.item.reviewer_id:
        show_progress(uow, campaign, row.item.reviewer_id)


def as_decided(rows: Iterable[Row]) -> list[Happening]:
    """How their decisions stand in their stories."""
    return [
        Happening(
            item_id=row.item.id,
            what=Happened.DECIDED,
            by=decision.decided_by,
            on_behalf_of=decision.on_behalf_of,
            reason=decision.reason,
            at=decision.decided_at,
            decision=decision,
        )
        for row in rows
        if (decision := row.decision)
    ]


# --- many at once


def theirs(uow: UnitOfWork, campaign: Campaign, reviewer_id: PersonId) -> Sequence[Row]:
    """All that is not submitted yet."""
    wanted = Filter(reviewer_id=reviewer_id, unsubmitted=True)
    return uow.access_items.page(campaign.id, wanted, order=Order.SYSTEM, limit=MOST).rows


def keep_remaining(
    uow: UnitOfWork, actor: Actor, campaign_id: str, *, confirmed: int, reason: str, shown_at: datetime
) -> int:
    """Returns how many were kept: as many as were confirmed, or none."""
    campaign = uow.campaigns.get(campaign_id)
    require_running(campaign)
    acting = acting_in(uow, actor, campaign)
    rows = theirs(uow, campaign, acting.by.id)
    kept = deciding.keep_remaining(rows, confirmed, reason, shown_at, acting)
    uow.access_items.save(kept)
    uow.access_stories.record(campaign.id, as_decided(kept))
    show_progress(uow, campaign, acting.by.id)
    after: audit.Fields = {"count": len(kept), "digest": digest_of_items(kept), "verdict": Verdict.KEEP}
    uow.audit.append(
        audit.entry("access:keep-remaining", f"campaign:{campaign.id}", actor, after=after, detail=reason.strip())
    )
    return len(kept)


def digest_of_items(rows: Sequence[Row]) -> str:
    """Of the items' ids in alphabetical order, each on a line of its own."""
    return hashlib.sha256("".join(f"{item}\n" for item in sorted(row.item.id for row in rows)).encode()).hexdigest()


# --- on record


def _record(uow: UnitOfWork, actor: Actor, what: str, before: Row, after: Row, *, detail: str = "") -> None:
    reason = after.decision.reason if after.decision else ""
    change = after.decision.change_to if after.decision else ""
    words = "\n".join(filter(None, (detail or reason, change)))
    about = f"access-item:{after.item.id}"
    uow.audit.append(audit.entry(what, about, actor, before=_facts(before), after=_facts(after), detail=words))


def _facts(row: Row) -> audit.Fields:
    return {
        "campaign": row.item.campaign_id,
        "version": row.item.version,
        "reviewer": row.item.reviewer_id,
        "verdict": row.decision.verdict if row.decision else None,
        "on_behalf_of": row.decision.on_behalf_of if row.decision else None,
    }
