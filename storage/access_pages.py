"""Reading items with all that is shown of them: pages in either order, one reviewer's part, sums."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
)
from sqlalchemy.engine import Row as SqlRow

from storage.access_exports import ACCESS, read_access
from storage.access_tables import campaign_systems, campaigns, descriptions, items, places, rows
from storage.repository import mine
from storage.tables import people
from tasks.access.deciding import Row
from tasks.access.model import CampaignState, Decision, Item, Verdict
from tasks.access.ports import Order, Wanted
from tasks.identifiers import PersonId

I, P, R, S, C = items.c, places.c, rows.c, campaign_systems.c, campaigns.c  # noqa: E741

DECISION: Final = (
    *("verdict", "change_to", "reason", "decided_by", "on_behalf_of", "decided_at", "seconds_taken", "in_bulk"),
    "taken_over_from",
)
COLUMNS: Final = (
    *(I.id, I.campaign_id, S.system, P.person_id, P.reviewer_id, P.capacity, P.on_behalf_of.label("p_behalf")),
    *(P.assigned_id, P.passed_by, I.is_new, I.last_verdict, I.version, I.submitted_at),
    *(I[name].label(f"d_{name}") for name in DECISION),
    *(
        R[name] if name != "description" else func.coalesce(descriptions.c.description, R.description)
        for name in ACCESS
    ),
)
DECIDED_AT = 13
"""Where the decision's columns begin; the access's follow them."""
ACCESS_AT = DECIDED_AT + len(DECISION)


def _joined(*wanted: Any) -> Select[Any]:
    return (
        select(*wanted)
        .select_from(items)
        .join(places, and_(P.workspace_id == I.workspace_id, P.campaign_id == I.campaign_id, P.id == I.place_id))
        .join(
            campaign_systems,
            and_(S.workspace_id == I.workspace_id, S.campaign_id == I.campaign_id, S.system_id == I.system_id),
        )
        .join(
            rows,
            and_(
                R.workspace_id == I.workspace_id,
                R.export_id == I.export_id,
                R.seq == I.seq,
                R.revision == I.revision,
            ),
        )
        .outerjoin(
            descriptions,
            and_(
                descriptions.c.workspace_id == I.workspace_id,
                descriptions.c.system_id == I.system_id,
                descriptions.c.entitlement == R.entitlement,
            ),
        )
        .outerjoin(people, and_(people.c.workspace_id == P.workspace_id, people.c.id == P.person_id))
    )


CAMPAIGN = and_(mine(items), I.campaign_id == bindparam("campaign_id"))
BY_ID = _joined(*COLUMNS).where(CAMPAIGN, I.id == bindparam("item_id"))
WANTED: BindParameter[str] = bindparam("wanted")


def _is(wanted: Wanted) -> ColumnElement[bool]:
    return literal(wanted.value) == WANTED


CHANGES = or_(I.verdict == Verdict.REVOKE, I.verdict == Verdict.CHANGE)
SEARCH: ColumnElement[str] = bindparam("search")
ASKED_FOR = and_(
    or_(
        _is(Wanted.EVERY),
        and_(_is(Wanted.OPEN), I.verdict.is_(None)),
        and_(_is(Wanted.DECIDED), I.verdict.is_not(None)),
        and_(_is(Wanted.OWN), I.verdict.is_(None), I.own),
        and_(_is(Wanted.CHANGES), CHANGES),
        and_(_is(Wanted.GAPS), P.reviewer_id.is_(None), I.submitted_at.is_(None)),
    ),
    or_(bindparam("system") == "", S.system == bindparam("system")),
    or_(bindparam("person_id") == "", P.person_id == bindparam("person_id")),
    or_(bindparam("unsubmitted") == 0, I.submitted_at.is_(None)),
    or_(
        SEARCH == "",
        *(
            func.instr(column, SEARCH) > 0
            for column in (
                *(R.account_key, R.name_key, R.email_key, R.entitlement_key),
                func.lower(func.coalesce(descriptions.c.description, R.description)),
            )
        ),
    ),
)
WHO = func.lower(func.coalesce(people.c.name, func.nullif(R.name_key, ""), R.account_key))
ORDERS: Final[Mapping[Order, Sequence[Any]]] = {
    Order.PERSON: (WHO, func.coalesce(P.person_id, R.account_key), S.system, R.account_key, R.entitlement_key, I.seq),
    Order.SYSTEM: (S.system, R.account_key, R.entitlement_key, I.seq),
}
OF_REVIEWER = and_(CAMPAIGN, P.campaign_id == bindparam("campaign_id"), P.reviewer_id == bindparam("reviewer_id"))


def _page(whose: ColumnElement[bool], order: Order) -> Select[Any]:
    counted = func.count().over().label("total")
    page = _joined(*COLUMNS, counted).where(whose, ASKED_FOR).order_by(*ORDERS[order])
    return page.limit(bindparam("limit")).offset(bindparam("offset"))


PAGES: Final = {
    (of_one, order): _page(OF_REVIEWER if of_one else CAMPAIGN, order) for of_one in (True, False) for order in Order
}
SYSTEMS_OF = _joined(S.system, func.count().label("held")).where(OF_REVIEWER).group_by(S.system).order_by(S.system)
KEEP_REASONS = (
    _joined(I.reason)
    .where(
        CAMPAIGN,
        I.decided_by == bindparam("decider"),
        I.verdict == Verdict.KEEP,
        R.privileged,
        S.system != bindparam("but_system"),
    )
    .distinct()
)


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


TAKEN_OVER = I.taken_over_from != literal_column("''")
FINAL = case((I.submitted_at.is_not(None), I.verdict))
TALLY = (
    select(S.system, FINAL.label("verdict"), I.in_bulk, TAKEN_OVER.label("taken_over"), func.count().label("items"))
    .select_from(items)
    .join(
        campaign_systems,
        and_(S.workspace_id == I.workspace_id, S.campaign_id == I.campaign_id, S.system_id == I.system_id),
    )
    .where(CAMPAIGN)
    .group_by(S.system, FINAL, I.in_bulk, TAKEN_OVER)
    .order_by(S.system, FINAL, I.in_bulk, TAKEN_OVER)
)
PARTS = (
    select(
        P.reviewer_id,
        func.count().label("items"),
        _sum(I.verdict.is_not(None)).label("decided"),
        _sum(I.submitted_at.is_not(None)).label("submitted"),
        _sum(and_(I.verdict.is_(None), I.own)).label("own_open"),
        _sum(CHANGES).label("changes"),
    )
    .select_from(places)
    .join(items, and_(I.workspace_id == P.workspace_id, I.campaign_id == P.campaign_id, I.place_id == P.id))
    .where(mine(places), P.campaign_id == bindparam("campaign_id"))
    .group_by(P.reviewer_id)
    .order_by(P.reviewer_id.nulls_first())
)


UNPROVEN = (
    _joined(*COLUMNS)
    .join(campaigns, and_(C.workspace_id == I.workspace_id, C.id == I.campaign_id))
    .where(
        mine(items),
        I.system_id == bindparam("system_id"),
        text("access_items.verdict IN ('revoke', 'change')"),
        text("access_items.submitted_at IS NOT NULL AND NOT access_items.proven"),
        C.state != CampaignState.CANCELLED,
    )
    .order_by(I.decided_at, I.id)
)


def read_row(row: SqlRow[Any] | Sequence[Any]) -> Row:
    (item_id, campaign_id, system, person, reviewer, capacity, behalf, assigned, passed, is_new, last, version, at) = (
        row[:DECIDED_AT]
    )
    item = Item(
        id=item_id,
        campaign_id=campaign_id,
        system=system,
        access=read_access(row[ACCESS_AT : ACCESS_AT + len(ACCESS)]),
        person_id=person,
        reviewer_id=reviewer,
        capacity=capacity,
        on_behalf_of=behalf,
        assigned_id=assigned,
        passed_by=ids(passed),
        is_new=bool(is_new),
        last_verdict=last,
        version=version,
    )
    told = dict(zip(DECISION, row[DECIDED_AT:ACCESS_AT], strict=True))
    decision = Decision(item_id=item_id, **told) if told["verdict"] else None
    return Row(item=item, decision=decision, submitted_at=at)


def ids(names: Sequence[str]) -> tuple[PersonId, ...]:
    return tuple(PersonId(name) for name in names)
