"""What is under review, who is asked, and the opening of a campaign: statements over whole exports, no row is read."""

from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    false,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.sqlite import insert as upsert

from storage.access_exports import AS_AMENDED
from storage.access_tables import campaign_systems, campaigns, items, places, reviewed, rows
from storage.repository import mine
from storage.tables import people
from tasks.access.model import AccountKind, CampaignKind, CampaignState

I, P, R, S, C, N = items.c, places.c, rows.c, campaign_systems.c, campaigns.c, reviewed.c  # noqa: E741

# --- what is under review, and who is asked

KIND = bindparam("kind", type_=C.kind.type)
UNDER_REVIEW = or_(
    KIND == CampaignKind.ALL_ACCESS,
    and_(KIND == CampaignKind.PRIVILEGED, R.privileged),
    and_(KIND == CampaignKind.SERVICE, R.kind != AccountKind.HUMAN),
)
"""Access.is_under_review, as a database says it; the contracts hold the two equal."""
WHOSE = and_(people.c.workspace_id == R.workspace_id, people.c.email == R.email_key, text("people.email <> ''"))
PLACES = (
    select(S.system, people.c.id.label("person_id"), func.count().label("held"))
    .select_from(campaign_systems)
    .join(rows, and_(R.workspace_id == S.workspace_id, R.export_id == S.export_id))
    .outerjoin(people, WHOSE)
    .where(mine(campaign_systems), S.campaign_id == bindparam("campaign_id"), UNDER_REVIEW, AS_AMENDED)
    .group_by(S.system, people.c.id)
)
PLACE: Final = ("person_id", "assigned_id", "passed_by", "reviewer_id", "capacity", "on_behalf_of", "skipped")
ADD_PLACE = upsert(places).on_conflict_do_nothing()
PLACE_IDS = select(P.id).where(
    mine(places), P.campaign_id == bindparam("campaign_id"), P.place_key == bindparam("place_key")
)
MOVE_PLACE = update(places).where(
    mine(places), P.campaign_id == bindparam("w_campaign_id"), P.place_key == bindparam("w_place_key")
)
UNSUBMITTED = (
    select(I.id)
    .where(
        I.workspace_id == P.workspace_id,
        I.campaign_id == P.campaign_id,
        I.place_id == P.id,
        I.submitted_at.is_(None),
    )
    .exists()
)
STANDING = (
    select(S.system, *(P[name] for name in PLACE))
    .join(
        campaign_systems,
        and_(S.workspace_id == P.workspace_id, S.campaign_id == P.campaign_id, S.system_id == P.system_id),
    )
    .where(mine(places), P.campaign_id == bindparam("campaign_id"), UNSUBMITTED)
)

# --- opening

DORMANT_BEFORE = bindparam("dormant_before", type_=R.last_login.type)
OWN = or_(
    R.privileged,
    R.kind != AccountKind.HUMAN,
    and_(R.last_login.is_not(None), R.last_login < DORMANT_BEFORE),
    and_(R.last_login.is_(None), R.login_told, or_(R.created.is_(None), R.created < DORMANT_BEFORE)),
)
"""signals.needs_own_decision, as a database says it; the contracts hold the two equal."""
SYSTEM_ID = bindparam("system_id", type_=S.system_id.type)
NOBODY = places.alias("nobody")
EMPTY: Final = {
    "verdict": null(),
    "change_to": literal_column("''"),
    "reason": literal_column("''"),
    "taken_over_from": literal_column("''"),
    "in_bulk": false(),
    "proven": false(),
    "version": literal_column("1"),
}
NEW_ITEM: Final = {
    "workspace_id": R.workspace_id,
    "campaign_id": bindparam("campaign_id", type_=I.campaign_id.type),
    # In the order of the rows, so that each is put behind the last; the rest of it nobody can guess.
    "id": func.printf("%08x", R.seq).op("||")(func.lower(func.hex(func.randomblob(8)))),
    # Whoever came into the directory a moment ago has no place yet: the system owner is asked, as for nobody's account.
    "place_id": func.coalesce(P.id, NOBODY.c.id),
    "system_id": SYSTEM_ID,
    "export_id": R.export_id,
    "seq": R.seq,
    "revision": R.revision,
    "own": OWN,
    "is_new": and_(N.account_key.is_(None), bindparam("reviewed_before")),
    "last_verdict": N.verdict,
    **EMPTY,
}


def _place_in(table: Any, person: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(
        table.c.workspace_id == R.workspace_id,
        table.c.campaign_id == bindparam("campaign_id"),
        table.c.place_key == SYSTEM_ID.op("||")(literal(":")).op("||")(person).op("||")(literal("::")),
    )


OPEN_CHUNK = upsert(items).from_select(
    list(NEW_ITEM),
    select(*NEW_ITEM.values())
    .select_from(rows)
    .outerjoin(people, WHOSE)
    .outerjoin(places, _place_in(places, people.c.id))
    .join(NOBODY, _place_in(NOBODY, literal("")))
    .outerjoin(
        reviewed,
        and_(
            N.workspace_id == R.workspace_id,
            N.system_id == SYSTEM_ID,
            N.account_key == R.account_key,
            N.entitlement_key == R.entitlement_key,
        ),
    )
    .where(mine(rows), R.export_id == bindparam("export_id"), R.seq > bindparam("after"), UNDER_REVIEW, AS_AMENDED)
    .order_by(R.seq)
    .limit(bindparam("limit")),
)
LAST_OPENED = select(func.max(I.seq).label("last")).where(
    mine(items), I.campaign_id == bindparam("campaign_id"), I.export_id == bindparam("export_id")
)
REVIEWED_BEFORE = (
    select(C.id)
    .join(campaign_systems, and_(S.workspace_id == C.workspace_id, S.campaign_id == C.id))
    .where(
        mine(campaigns),
        S.system_id == bindparam("system_id"),
        or_(C.state == CampaignState.SIGNED_OFF, C.state == CampaignState.CLOSED_EARLY),
        or_(C.kind == CampaignKind.ALL_ACCESS, C.kind == KIND),
    )
    .limit(1)
)
