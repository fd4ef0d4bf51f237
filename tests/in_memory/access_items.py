from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from string import ascii_lowercase, ascii_uppercase

from tasks.access.deciding import Row, taken_over
from tasks.access.model import Access, Campaign, CampaignKind, CampaignState, Item, Verdict
from tasks.access.ports import CampaignSystem, Filter, Order, Page, Part, Tally, Wanted
from tasks.access.reviewers import Place, Reviewer, place_of
from tasks.access.signals import needs_own_decision
from tasks.errors import NO_SUCH_ITEM, NotFound, Stale
from tasks.identifiers import PersonId
from tests.in_memory.access_campaigns import InMemoryCampaigns
from tests.in_memory.access_exports import listed
from tests.in_memory.people import InMemoryPeople
from tests.in_memory.state import CHANGED, KeptItem, State

CHANGES = (Verdict.REVOKE, Verdict.CHANGE)
LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)


@dataclass(frozen=True)
class InMemoryAccessItems:
    state: State

    # --- before the start

    def places(self, campaign: Campaign) -> Mapping[Place, int]:
        return Counter(
            Place(self._whose(one.access), system.system)
            for system in self._systems(campaign.id)
            for one in listed(self.state, system.export_id)
            if one.access.is_under_review(campaign.kind)
        )

    def add_places(self, campaign_id: str, found: Mapping[Place, Reviewer]) -> None:
        for place, reviewer in found.items():
            self.state.access_places.setdefault((campaign_id, place), reviewer)

    def open_chunk(self, campaign: Campaign, systems: Sequence[CampaignSystem], *, limit: int) -> int:
        opened = 0
        for system in systems:
            self.add_places(campaign.id, {Place(None, system.system): Reviewer(person_id=None)})
            opened += self._open_chunk(campaign, system, limit - opened)
        return opened

    def _open_chunk(self, campaign: Campaign, system: CampaignSystem, limit: int) -> int:
        there = {one.seq for one in self._kept(campaign.id) if one.export_id == system.export_id}
        new = [one for one in listed(self.state, system.export_id) if one.access.is_under_review(campaign.kind)]
        chunk = [one for one in new if one.seq > max(there, default=0)][: max(0, limit)]
        before = self._reviewed_before(system.system_id, campaign.kind)
        for one in chunk:
            reviewed = (system.system_id, *one.access.key)
            item = KeptItem(
                id=f"item-{len(self.state.access_items) + 1:015}",
                campaign_id=campaign.id,
                place=self._place(campaign.id, system.system, one.access),
                system_id=system.system_id,
                export_id=system.export_id,
                seq=one.seq,
                revision=one.revision,
                own=needs_own_decision(one.access, system.as_of),
                is_new=before and reviewed not in self.state.access_reviewed,
                last_verdict=self.state.access_reviewed.get(reviewed),
            )
            self.state.access_items[campaign.id, item.id] = item
        return len(chunk)

    def _place(self, campaign_id: str, system: str, access: Access) -> Place:
        place = Place(self._whose(access), system)
        return place if (campaign_id, place) in self.state.access_places else Place(None, system)

    def _reviewed_before(self, system_id: str, kind: CampaignKind) -> bool:
        return any(
            one.state in (CampaignState.SIGNED_OFF, CampaignState.CLOSED_EARLY)
            and one.kind in (CampaignKind.ALL_ACCESS, kind)
            and any(system.system_id == system_id for system in self._systems(one.id))
            for one in self.state.campaigns.values()
        )

    # --- who is asked

    def standing_places(self, campaign_id: str) -> Mapping[Place, Reviewer]:
        standing = (one.place for one in self._kept(campaign_id) if one.submitted_at is None)
        return {place: self.state.access_places[campaign_id, place] for place in standing}

    def move_places(self, campaign_id: str, found: Mapping[Place, Reviewer]) -> None:
        for place, reviewer in found.items():
            if (campaign_id, place) in self.state.access_places:
                self.state.access_places[campaign_id, place] = reviewer

    # --- reading

    def get(self, campaign_id: str, item_id: str) -> Row:
        if (campaign_id, item_id) not in self.state.access_items:
            raise NotFound(NO_SUCH_ITEM)
        return self._row(self.state.access_items[campaign_id, item_id])

    def page(self, campaign_id: str, wanted: Filter, *, order: Order, offset: int = 0, limit: int) -> Page:
        kept = self._ordered(self._kept(campaign_id), order)
        rows = [(one, self._row(one)) for one in kept]
        found = [row for one, row in rows if _is_wanted(one, row, wanted)]
        return Page(found[offset : offset + limit], len(found))

    def systems_of(self, campaign_id: str, reviewer_id: PersonId) -> Mapping[str, int]:
        theirs = (row.item.system for row in self._rows(campaign_id) if row.item.reviewer_id == reviewer_id)
        return dict(sorted(Counter(theirs).items()))

    def parts(self, campaign_id: str) -> Sequence[Part]:
        of_each: dict[PersonId | None, list[KeptItem]] = defaultdict(list)
        for one in self._kept(campaign_id):
            of_each[self.state.access_places[campaign_id, one.place].person_id].append(one)
        return [_part(who, of_each[who]) for who in sorted(of_each, key=lambda who: who or "")]

    def tally(self, campaign_id: str) -> Sequence[Tally]:
        def kind(row: Row) -> tuple[str, Verdict | None, bool, bool]:
            given = row.decision
            verdict = given.verdict if given and row.submitted_at else None
            return row.item.system, verdict, bool(given and given.in_bulk), bool(given and given.taken_over_from)

        held = Counter(kind(row) for row in self._rows(campaign_id))
        return [
            Tally(*what, count) for what, count in sorted(held.items(), key=lambda one: [str(part) for part in one[0]])
        ]

    def keep_reasons(self, campaign_id: str, decider: PersonId, *, but_system: str) -> Sequence[str]:
        return sorted(
            {
                row.decision.reason
                for row in self._rows(campaign_id)
                if row.decision
                and row.decision.decided_by == decider
                and row.decision.verdict is Verdict.KEEP
                and row.item.access.privileged
                and row.item.system != but_system
            }
        )

    # --- changing

    def save(self, rows: Sequence[Row]) -> None:
        for row in rows:
            kept = self.state.access_items.get((row.item.campaign_id, row.item.id))
            if kept is None or kept.version != row.item.version - 1:
                raise Stale(CHANGED)
        self._make_places([row.item for row in rows])
        for row in rows:
            key = row.item.campaign_id, row.item.id
            self.state.access_items[key] = replace(
                self.state.access_items[key],
                place=place_of(row.item),
                decision=row.decision,
                submitted_at=row.submitted_at,
                version=row.item.version,
            )

    def _make_places(self, items: Iterable[Item]) -> None:
        """One that nothing waits in any more was not looked at lately: it becomes what the item says."""
        for item in items:
            if place_of(item) not in self.standing_places(item.campaign_id):
                reviewer = Reviewer(person_id=item.reviewer_id, capacity=item.capacity, on_behalf_of=item.on_behalf_of)
                self.state.access_places[item.campaign_id, place_of(item)] = reviewer

    def decided_elsewhere(self, campaign: Campaign, *, limit: int) -> Sequence[tuple[Row, str, Row]]:
        found = [
            (self._row(one), other.campaign_id, self._row(other))
            for one in sorted(self._kept(campaign.id), key=lambda kept: kept.id)
            for other in sorted(self.state.access_items.values(), key=lambda kept: (kept.campaign_id, kept.id))
            if other.row == one.row and self._is_taken_over(one, other)
        ]
        return found[:limit]

    def _is_taken_over(self, one: KeptItem, other: KeptItem) -> bool:
        campaigns = InMemoryCampaigns(self.state)
        campaign, source = campaigns.get(one.campaign_id), campaigns.get(other.campaign_id)
        if source.state is CampaignState.CANCELLED or one.submitted_at:
            return False
        return taken_over(self._row(one), campaign, self._row(other), source) is not None

    def remember(self, campaign: Campaign) -> int:
        kept = self._kept(campaign.id)
        for system in self._systems(campaign.id):
            self._forget_gone(system)
        verdicts: dict[tuple[str, str, str], list[Verdict]] = defaultdict(list)
        for one in kept:
            given = verdicts[(one.system_id, *self._access(one).key)]
            given += [one.decision.verdict] if one.decision else []
        self.state.access_reviewed |= {key: max(given, default=None) for key, given in verdicts.items()}
        return len(verdicts)

    def _forget_gone(self, system: CampaignSystem) -> None:
        there = {one.access.key for one in listed(self.state, system.export_id)}
        for key in list(self.state.access_reviewed):
            if key[0] == system.system_id and key[1:] not in there:
                del self.state.access_reviewed[key]

    def unproven(self, system_id: str) -> Sequence[Row]:
        found = [
            self._row(one)
            for one in self.state.access_items.values()
            if one.system_id == system_id
            and one.submitted_at
            and not one.proven
            and self.state.campaigns[one.campaign_id].state is not CampaignState.CANCELLED
        ]
        decided = [(row.decision.decided_at, row.item.id, row) for row in found if row.decision]
        ordered = sorted(decided, key=lambda one: one[:2])
        return [row for _, _, row in ordered if row.decision and row.decision.verdict in CHANGES]

    # --- as it is kept

    def _kept(self, campaign_id: str) -> list[KeptItem]:
        return [one for (of, _), one in self.state.access_items.items() if of == campaign_id]

    def _rows(self, campaign_id: str) -> list[Row]:
        return [self._row(one) for one in self._kept(campaign_id)]

    def _systems(self, campaign_id: str) -> Sequence[CampaignSystem]:
        return InMemoryCampaigns(self.state).systems(campaign_id)

    def _whose(self, access: Access) -> PersonId | None:
        person = InMemoryPeople(self.state).by_email(access.email)
        return person.id if person else None

    def _access(self, one: KeptItem) -> Access:
        access = self.state.access_rows[one.export_id, one.seq][one.revision]
        told = self.state.access_descriptions.get((one.system_id, access.entitlement))
        return replace(access, description=told) if told else access

    def _row(self, one: KeptItem) -> Row:
        reviewer = self.state.access_places[one.campaign_id, one.place]
        item = Item(
            id=one.id,
            campaign_id=one.campaign_id,
            system=one.place.system,
            access=self._access(one),
            person_id=one.place.person_id,
            reviewer_id=reviewer.person_id,
            capacity=reviewer.capacity,
            on_behalf_of=reviewer.on_behalf_of,
            assigned_id=one.place.assigned_id,
            passed_by=one.place.passed_by,
            is_new=one.is_new,
            last_verdict=one.last_verdict,
            version=one.version,
        )
        return Row(item=item, decision=one.decision, submitted_at=one.submitted_at)

    def _ordered(self, kept: Iterable[KeptItem], order: Order) -> list[KeptItem]:
        return sorted(kept, key=self._by_person if order is Order.PERSON else self._by_system)

    def _by_person(self, one: KeptItem) -> tuple[str | int, ...]:
        person, access = InMemoryPeople(self.state).find(one.place.person_id), self._access(one)
        name = person.name if person else access.name.casefold() or access.account.casefold()
        return name.translate(LOWER), one.place.person_id or access.account.casefold(), *self._by_system(one)

    def _by_system(self, one: KeptItem) -> tuple[str | int, ...]:
        return one.place.system, *self._access(one).key, one.seq


def _is_wanted(one: KeptItem, row: Row, wanted: Filter) -> bool:
    item, access, search = row.item, row.item.access, wanted.search.strip().casefold()
    texts = (access.account, access.name, access.email, access.entitlement, access.description)
    return (
        _is(wanted.wanted, row, own=one.own)
        and wanted.reviewer_id in (None, item.reviewer_id)
        and wanted.system in ("", item.system)
        and wanted.person_id in (None, item.person_id)
        and not (wanted.unsubmitted and row.submitted_at)
        and any(search in text.casefold() for text in texts)
    )


def _is(wanted: Wanted, row: Row, *, own: bool) -> bool:
    match wanted:
        case Wanted.EVERY:
            return True
        case Wanted.OPEN:
            return row.is_open
        case Wanted.DECIDED:
            return not row.is_open
        case Wanted.OWN:
            return row.is_open and own
        case Wanted.CHANGES:
            return row.decision is not None and row.decision.verdict in CHANGES
        case Wanted.GAPS:
            return row.item.reviewer_id is None and row.submitted_at is None


def _part(who: PersonId | None, items: Sequence[KeptItem]) -> Part:
    return Part(
        reviewer_id=who,
        items=len(items),
        decided=sum(one.decision is not None for one in items),
        submitted=sum(one.submitted_at is not None for one in items),
        own_open=sum(one.decision is None and one.own for one in items),
        changes=sum(one.decision is not None and one.decision.verdict in CHANGES for one in items),
    )
