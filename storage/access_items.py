"""The items of campaigns, each with what became of it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import and_, bindparam, func, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from storage.access_openings import (
    ADD_PLACE,
    LAST_OPENED,
    MOVE_PLACE,
    OPEN_CHUNK,
    PLACES,
    REVIEWED_BEFORE,
    STANDING,
)
from storage.access_pages import (
    BY_ID,
    CAMPAIGN,
    DECISION,
    KEEP_REASONS,
    PAGES,
    PARTS,
    SYSTEMS_OF,
    TALLY,
    UNPROVEN,
    ids,
    read_row,
)
from storage.access_tables import campaign_systems, campaigns, items, places, reviewed, rows
from storage.repository import CHANGED, Repository, mine
from tasks.access.deciding import Row
from tasks.access.model import DORMANT_DAYS, Campaign, CampaignState, Item
from tasks.access.ports import CampaignSystem, Filter, Order, Page, Part, Tally
from tasks.access.reviewers import Place, Reviewer, place_of
from tasks.errors import NO_SUCH_ITEM, NotFound, Stale
from tasks.identifiers import PersonId

I, P, R, S, C = items.c, places.c, rows.c, campaign_systems.c, campaigns.c  # noqa: E741

# --- changing

STATE: Final = (*DECISION, "submitted_at", "place_id", "version")
SAVE = update(items).where(
    mine(items),
    I.campaign_id == bindparam("w_campaign_id"),
    I.id == bindparam("w_id"),
    I.version == bindparam("w_version"),
)
SYSTEM_IDS = select(S.system, S.system_id).where(mine(campaign_systems), S.campaign_id == bindparam("campaign_id"))

# --- campaigns that overlap

OTHER = items.alias("other")
OTHER_PLACE = places.alias("other_place")
OTHERS = (
    select(I.id, OTHER.c.campaign_id.label("other_campaign"), OTHER.c.id.label("other_item"))
    .join(places, and_(P.workspace_id == I.workspace_id, P.campaign_id == I.campaign_id, P.id == I.place_id))
    .join(
        campaigns,
        and_(
            C.workspace_id == I.workspace_id,
            C.span_start == bindparam("span_start"),
            C.span_end == bindparam("span_end"),
            C.state != CampaignState.CANCELLED,
            C.id != I.campaign_id,
        ),
    )
    .join(
        OTHER,
        and_(
            OTHER.c.workspace_id == C.workspace_id,
            OTHER.c.campaign_id == C.id,
            OTHER.c.export_id == I.export_id,
            OTHER.c.seq == I.seq,
            OTHER.c.submitted_at.is_not(None),
        ),
    )
    .where(CAMPAIGN, I.verdict.is_(None), I.submitted_at.is_(None), OTHER.c.decided_by == P.reviewer_id)
    .order_by(I.id)
    .limit(bindparam("limit"))
)

# --- at the end

NEW_REVIEWED: Final = upsert(reviewed)
REMEMBER = NEW_REVIEWED.from_select(
    ["workspace_id", "system_id", "account_key", "entitlement_key", "verdict", "campaign_id"],
    select(I.workspace_id, I.system_id, R.account_key, R.entitlement_key, func.max(I.verdict), I.campaign_id)
    .select_from(items)
    .join(
        rows,
        and_(
            R.workspace_id == I.workspace_id,
            R.export_id == I.export_id,
            R.seq == I.seq,
            R.revision == I.revision,
        ),
    )
    .where(CAMPAIGN)
    .group_by(I.system_id, R.account_key, R.entitlement_key),
).on_conflict_do_update(
    index_elements=["workspace_id", "system_id", "account_key", "entitlement_key"],
    set_={"verdict": NEW_REVIEWED.excluded.verdict, "campaign_id": NEW_REVIEWED.excluded.campaign_id},
)


class SqlAccessItems(Repository):
    # --- before the start

    def places(self, campaign: Campaign) -> Mapping[Place, int]:
        found = self._rows(PLACES, campaign_id=campaign.id, kind=campaign.kind)
        return {Place(row.person_id, row.system): row.held for row in found}

    def add_places(self, campaign_id: str, found: Mapping[Place, Reviewer]) -> None:
        self._insert(ADD_PLACE, list(self._place_values(campaign_id, found)))

    def open_chunk(self, campaign: Campaign, systems: Sequence[CampaignSystem], *, limit: int) -> int:
        opened = 0
        for system in systems:
            if opened < limit:
                opened += self._open_chunk(campaign, system, limit - opened)
        return opened

    def _open_chunk(self, campaign: Campaign, system: CampaignSystem, limit: int) -> int:
        last = self._row(LAST_OPENED, campaign_id=campaign.id, export_id=system.export_id)
        before = self._row(REVIEWED_BEFORE, system_id=system.system_id, kind=campaign.kind)
        return self._change(
            OPEN_CHUNK,
            campaign_id=campaign.id,
            system_id=system.system_id,
            export_id=system.export_id,
            kind=campaign.kind,
            dormant_before=system.as_of - timedelta(days=DORMANT_DAYS),
            reviewed_before=before is not None,
            after=(last.last or 0) if last else 0,
            limit=limit,
        )

    # --- who is asked

    def standing_places(self, campaign_id: str) -> Mapping[Place, Reviewer]:
        return {
            Place(row.person_id, row.system, row.assigned_id, ids(row.passed_by)): Reviewer(
                person_id=row.reviewer_id,
                capacity=row.capacity,
                on_behalf_of=row.on_behalf_of,
                skipped=tuple(row.skipped),
            )
            for row in self._rows(STANDING, campaign_id=campaign_id)
        }

    def move_places(self, campaign_id: str, found: Mapping[Place, Reviewer]) -> None:
        values = [
            {
                **{name: one[name] for name in ("reviewer_id", "capacity", "on_behalf_of", "skipped")},
                "w_campaign_id": campaign_id,
                "w_place_key": one["place_key"],
            }
            for one in self._place_values(campaign_id, found)
        ]
        self._change_many(MOVE_PLACE, values)

    def _place_values(self, campaign_id: str, found: Mapping[Place, Reviewer]) -> Sequence[dict[str, Any]]:
        systems = {row.system: row.system_id for row in self._rows(SYSTEM_IDS, campaign_id=campaign_id)}
        return [
            {
                "campaign_id": campaign_id,
                "id": _place_key(systems[place.system], place),
                "system_id": systems[place.system],
                "person_id": place.person_id,
                "assigned_id": place.assigned_id,
                "passed_by": place.passed_by,
                "reviewer_id": reviewer.person_id,
                "capacity": reviewer.capacity,
                "on_behalf_of": reviewer.on_behalf_of,
                "skipped": reviewer.skipped,
                "place_key": _place_key(systems[place.system], place),
            }
            for place, reviewer in found.items()
        ]

    # --- reading

    def get(self, campaign_id: str, item_id: str) -> Row:
        row = self._row(BY_ID, campaign_id=campaign_id, item_id=item_id)
        if row is None:
            raise NotFound(NO_SUCH_ITEM)
        return read_row(row)

    def page(self, campaign_id: str, wanted: Filter, *, order: Order, offset: int = 0, limit: int) -> Page:
        asked = {
            "campaign_id": campaign_id,
            "wanted": wanted.wanted.value,
            "search": wanted.search.strip().casefold(),
            "system": wanted.system,
            "person_id": wanted.person_id or "",
            "unsubmitted": int(wanted.unsubmitted),
            **({"reviewer_id": wanted.reviewer_id} if wanted.reviewer_id else {}),
        }
        statement = PAGES[bool(wanted.reviewer_id), order]
        found = self._rows(statement, **asked, limit=limit, offset=offset)
        if not found and offset:
            first = self._rows(statement, **asked, limit=1, offset=0)
            return Page([], first[0].total if first else 0)
        return Page([read_row(row) for row in found], found[0].total if found else 0)

    def systems_of(self, campaign_id: str, reviewer_id: PersonId) -> Mapping[str, int]:
        found = self._rows(SYSTEMS_OF, campaign_id=campaign_id, reviewer_id=reviewer_id)
        return {row.system: row.held for row in found}

    def tally(self, campaign_id: str) -> Sequence[Tally]:
        found = self._rows(TALLY, campaign_id=campaign_id)
        return [Tally(system, verdict, bool(bulk), bool(taken), held) for system, verdict, bulk, taken, held in found]

    def parts(self, campaign_id: str) -> Sequence[Part]:
        return [Part(**row._asdict()) for row in self._rows(PARTS, campaign_id=campaign_id)]

    def keep_reasons(self, campaign_id: str, decider: PersonId, *, but_system: str) -> Sequence[str]:
        found = self._rows(KEEP_REASONS, campaign_id=campaign_id, decider=decider, but_system=but_system)
        return [row.reason for row in found]

    # --- changing

    def save(self, rows: Sequence[Row]) -> None:
        if not rows:
            return
        campaign_id = rows[0].item.campaign_id
        self.add_places(campaign_id, {place_of(row.item): _asked(row.item) for row in rows})
        systems = {row.system: row.system_id for row in self._rows(SYSTEM_IDS, campaign_id=campaign_id)}
        changed = self._change_many(SAVE, [_values(row, systems) for row in rows])
        if changed != len(rows):
            raise Stale(CHANGED)

    def decided_elsewhere(self, campaign: Campaign, *, limit: int) -> Sequence[tuple[Row, str, Row]]:
        span = {"span_start": campaign.span_start, "span_end": campaign.span_end}
        found = self._rows(OTHERS, campaign_id=campaign.id, **span, limit=limit)
        return [
            (self.get(campaign.id, row.id), row.other_campaign, self.get(row.other_campaign, row.other_item))
            for row in found
        ]

    def remember(self, campaign: Campaign) -> int:
        return self._change(REMEMBER, campaign_id=campaign.id)

    def unproven(self, system_id: str) -> Sequence[Row]:
        return [read_row(row) for row in self._rows(UNPROVEN, system_id=system_id)]


def _place_key(system_id: str, place: Place) -> str:
    return f"{system_id}:{place.person_id or ''}:{place.assigned_id or ''}:{','.join(place.passed_by)}"


def _asked(item: Item) -> Reviewer:
    return Reviewer(person_id=item.reviewer_id, capacity=item.capacity, on_behalf_of=item.on_behalf_of)


def _values(row: Row, systems: Mapping[str, str]) -> dict[str, Any]:
    decided = vars(row.decision) if row.decision else {}
    nothing = {"change_to": "", "reason": "", "in_bulk": False, "taken_over_from": ""}
    return {
        **{name: decided.get(name, nothing.get(name)) for name in DECISION},
        "submitted_at": row.submitted_at,
        "place_id": _place_key(systems[row.item.system], place_of(row.item)),
        "version": row.item.version,
        "w_campaign_id": row.item.campaign_id,
        "w_id": row.item.id,
        "w_version": row.item.version - 1,
    }
