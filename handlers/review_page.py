"""A reviewer's part of a campaign, and a page of its accesses: gathered once, for the views to lay out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from handlers.actions import Action, action
from handlers.context import Context
from tasks.access.deciding import Row
from tasks.access.model import Campaign, CampaignState
from tasks.access.ports import Filter, Order, Page, Part, Wanted
from tasks.access.reviewers import SystemPlan
from tasks.access.signals import needs_own_decision
from tasks.errors import NotFound
from tasks.identifiers import PersonId
from tasks.model import Attestation, Task
from tasks.operations.end_review import STEWARDS
from tasks.operations.reviewing import plans_of, review_task_of
from tasks.people import Person
from tasks.ports import UnitOfWork

PAGE = 8
LONGEST_SEARCH = 60
WANTED = {
    "o": Wanted.OPEN,
    "e": Wanted.EVERY,
    "1": Wanted.OWN,
    "d": Wanted.DECIDED,
    "c": Wanted.CHANGES,
    "g": Wanted.GAPS,
}
SHORT = {wanted: letter for letter, wanted in WANTED.items()}


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where somebody is in a review. Carried by every button of the page, so that nothing is lost between pages."""

    campaign_id: str
    wanted: Wanted = Wanted.OPEN
    order: Order = Order.PERSON
    search: str = ""
    system: str = ""
    number: int = 1

    def to(self, name: str, **args: str | int) -> Action:
        held = {
            "c": self.campaign_id,
            "w": SHORT[self.wanted],
            "o": "s" if self.order is Order.SYSTEM else "",
            "q": self.search,
            "s": self.system,
            "p": self.number if self.number > 1 else "",
        }
        return action(name, **{key: value for key, value in held.items() if value}, **args)


def place_of(act: Action) -> Place:
    number = act.get("p")
    return Place(
        campaign_id=act.get("c"),
        wanted=WANTED.get(act.get("w"), Wanted.OPEN),
        order=Order.SYSTEM if act.get("o") == "s" else Order.PERSON,
        search=act.get("q")[:LONGEST_SEARCH],
        system=act.get("s")[:200],
        number=int(number) if number.isascii() and number.isdigit() and 0 < len(number) < 6 else 1,
    )


@dataclass(frozen=True, kw_only=True)
class MyPart:
    """One reviewer's part, for the reviewer or for whoever asks how far it is."""

    campaign: Campaign
    part: Part
    reader: Person
    now: datetime
    reviewer: str
    mine: bool
    for_bulk: int
    """How many may be kept together."""
    systems: Mapping[str, int]
    task: Task | None
    attestation: Attestation | None


@dataclass(frozen=True, kw_only=True)
class ReviewPage:
    place: Place
    mine: MyPart
    rows: Sequence[Row]
    total: int
    plans: Mapping[str, SystemPlan]
    names: Mapping[PersonId, str]
    reader: Person
    now: datetime

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))

    def own(self, row: Row) -> bool:
        return needs_own_decision(row.item.access, self.plans[row.item.system].as_of)


def my_part(uow: UnitOfWork, reader: Person, campaign_id: str, reviewer: Person | None = None) -> MyPart:
    """`reviewer`: where the reader looks at somebody else's."""
    who = reviewer or reader
    campaign = uow.campaigns.get(campaign_id)
    nothing = Part(reviewer_id=who.id, items=0, decided=0, submitted=0, own_open=0, changes=0)
    part = next((one for one in uow.access_items.parts(campaign.id) if one.reviewer_id == who.id), nothing)
    task = review_task_of(uow, campaign, who.id)
    if task is None and not any(reader.has(role) for role in STEWARDS):
        raise NotFound("This access review is not here, or not yours. Type /soc2 access to see yours.")
    attestations = uow.answers.attestations(task.id) if task else ()
    return MyPart(
        campaign=campaign,
        part=part,
        reader=reader,
        now=uow.now,
        reviewer=who.name,
        mine=who.id == reader.id and campaign.state is CampaignState.OPEN,
        for_bulk=part.items - part.decided - part.own_open,
        systems=uow.access_items.systems_of(campaign.id, who.id),
        task=task,
        attestation=attestations[-1] if attestations else None,
    )


def review_page(context: Context, place: Place) -> ReviewPage:
    uow, mine = context.uow, my_part(context.uow, context.person, place.campaign_id)
    found, number = _page(context, place)
    at, rows = replace(place, number=number), found.rows
    people = {row.decision.decided_by for row in rows if row.decision}
    names = {who: person.name for who in people if (person := uow.people.find(who))}
    return ReviewPage(
        place=at,
        mine=mine,
        rows=rows,
        total=found.total,
        plans=plans_of(uow, place.campaign_id),
        names=names,
        reader=context.person,
        now=uow.now,
    )


def _page(context: Context, place: Place) -> tuple[Page, int]:
    """The last one, where fewer are left than there were."""
    asked = _asked(context, place)
    found = context.uow.access_items.page(
        place.campaign_id, asked, order=place.order, offset=(place.number - 1) * PAGE, limit=PAGE
    )
    if found.rows or place.number == 1:
        return found, place.number
    last = max(1, -(-found.total // PAGE))
    again = context.uow.access_items.page(
        place.campaign_id, asked, order=place.order, offset=(last - 1) * PAGE, limit=PAGE
    )
    return again, last


def _asked(context: Context, place: Place) -> Filter:
    return Filter(
        reviewer_id=None if place.wanted is Wanted.GAPS else context.person.id,
        wanted=place.wanted,
        search=place.search,
        system=place.system,
    )


def shown_at(act: Action) -> datetime | None:
    """When the page was drawn, by our own clock; None where the value was tampered with."""
    text = act.get("t")
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        return None
    return datetime.fromtimestamp(int(text), UTC)
