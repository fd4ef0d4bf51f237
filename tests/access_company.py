"""Acme reviews Okta: Sam and Nina work for Max, Owen owns Okta, Lee is the compliance lead. Over any unit of work."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from tasks.access.deciding import Given, Row
from tasks.access.exports import Export
from tasks.access.layouts import LayoutName
from tasks.access.model import Access, AccountKind, Campaign, CampaignKind, Source, Verdict
from tasks.access.ports import Filter, Order
from tasks.access.reading import AccessRead
from tasks.access.stored import Asked
from tasks.controls import Control
from tasks.operations.decide_access import decide_access
from tasks.operations.import_access import add_portion, freeze_export, listing_of, portions, stage_export
from tasks.operations.open_review import add_places, open_more, who_is_asked
from tasks.operations.prepare_review import Wish, prepare_by_hand
from tasks.operations.prove_changes import prove_changes
from tasks.operations.start_review import confirm_start, seen_now
from tasks.people import Actor, Person, Role
from tasks.ports import UnitOfWork
from tests.builders import a_control, a_control_text, a_person, an_item

SAM = a_person("sam", manager_id="max")
NINA = a_person("nina", manager_id="max")
MAX = a_person("max", manager_id="vera")
VERA = a_person("vera")
OWEN = a_person("owen")
LEE = a_person("lee", Role.COMPLIANCE_LEAD)
ADA = a_person("ada", Role.ADMIN)
STAFF = (VERA, MAX, SAM, NINA, OWEN, LEE, ADA)


def an_access(person: Person | None = SAM, **changes: Any) -> Access:
    email = person.email if person else ""
    access = Access(
        row=2,
        account=email or "orphan",
        email=email,
        name=person.name if person else "",
        entitlement="Viewer",
        last_login=date(2026, 10, 28),
        login_told=True,
        created=date(2024, 1, 8),
    )
    return replace(access, **changes)


ACCESSES = (
    an_access(SAM),
    an_access(SAM, entitlement="Super admin", privileged=True),
    an_access(NINA),
    an_access(MAX),
    an_access(None, account="deploy-bot", kind=AccountKind.SERVICE, last_login=None, login_told=False),
)


def act(uow: UnitOfWork, person: Person) -> Actor:
    return Actor(person=uow.people.get(person.id), platform="web", at=uow.now)


def found(uow: UnitOfWork) -> None:
    """The company, and the control that its reviews belong to."""
    for person in STAFF:
        uow.people.add(person)
    uow.controls.add(review_control())


def review_control(**changes: Any) -> Control:
    items = (
        an_item("user-lists", population=True, reviewed=True),
        an_item("decisions", reviewed=True),
        an_item("removal-proof", reviewed=True),
    )
    text = a_control_text(
        title="Quarterly user access review", access_review=CampaignKind.ALL_ACCESS, evidence=items, acceptance=False
    )
    return replace(a_control("IAM-01", text=text, owner_id=LEE.id), **changes)


def hand_in(
    uow: UnitOfWork,
    accesses: Sequence[Access] = ACCESSES,
    *,
    system: str = "Okta",
    extracted_at: datetime | None = None,
    sha256: str = "ab" * 32,
) -> Export:
    """A list of the system's accounts, frozen."""
    rows = tuple(replace(one, row=number) for number, one in enumerate(accesses, 2))
    source = Source(
        system=system,
        source=f"{system} production",
        query="All users",
        extracted_at=extracted_at or uow.now - timedelta(hours=2),
        row_count=len(rows),
    )
    read = AccessRead(source=source, layout=LayoutName.GENERIC, sheet="", rows=rows, row_count=len(rows))
    asked = Asked(source=source, owner_id=OWEN.id)
    listing = listing_of(asked, read, sha256=sha256, file_name=f"{system.lower()}.csv")
    actor = act(uow, LEE)
    export = stage_export(uow, actor, listing)
    for first, portion in portions(listing):
        add_portion(uow, export, first, portion)
    frozen = freeze_export(uow, actor, export, listing)
    prove_changes(uow, frozen)
    return frozen


def prepared(uow: UnitOfWork, *, by: Person = LEE, **changes: Any) -> Campaign:
    today = uow.now.date()
    wish = Wish(
        control_code="IAM-01",
        name="Access review Q3",
        span_start=date(2026, 7, 1),
        span_end=date(2026, 9, 30),
        due_on=today + timedelta(days=14),
    )
    return prepare_by_hand(uow, act(uow, by), replace(wish, **changes))


def opened(uow: UnitOfWork, *, by: Person = LEE, **changes: Any) -> Campaign:
    """Prepared, confirmed and open, with what was handed in."""
    campaign = prepared(uow, by=by, **changes)
    confirm_start(uow, act(uow, by), campaign.id, seen=seen_now(uow, campaign))
    add_places(uow, campaign.id, who_is_asked(uow, campaign.id))
    while open_more(uow, campaign.id):
        pass
    return uow.campaigns.get(campaign.id)


def items_of(uow: UnitOfWork, campaign: Campaign, reviewer: Person | None = None) -> Sequence[Row]:
    wanted = Filter(reviewer_id=reviewer.id if reviewer else None)
    return uow.access_items.page(campaign.id, wanted, order=Order.SYSTEM, limit=1000).rows


def given(uow: UnitOfWork, row: Row, verdict: Verdict = Verdict.KEEP, **changes: Any) -> Given:
    said = Given(
        verdict=verdict, reason="Needed", seen_version=row.item.version, shown_at=uow.now - timedelta(seconds=20)
    )
    return replace(said, **changes)


def decide_all(uow: UnitOfWork, campaign: Campaign, reviewer: Person, verdict: Verdict = Verdict.KEEP) -> None:
    for row in items_of(uow, campaign, reviewer):
        decide_access(uow, act(uow, reviewer), campaign.id, row.item.id, given(uow, row, verdict))
