"""A campaign in the quarter that ended in September 2026: Sam's access to Okta, reviewed by Max, who manages him."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from tasks.access.deciding import Acting, Given, Row
from tasks.access.model import Access, Campaign, CampaignKind, Capacity, Decision, Item, Verdict
from tasks.access.reviewers import SystemPlan
from tasks.identifiers import ControlId, PersonId
from tasks.people import Person, Role
from tests.builders import DictDirectory, a_person, utc

NOW = utc(2026, 10, 6, 10)
TODAY = NOW.date()
AS_OF = date(2026, 10, 1)
AWAY: dict[str, Any] = {"away_from": date(2026, 10, 1), "away_until": date(2026, 10, 16)}

SAM = a_person("sam", manager_id="max")
MAX = a_person("max", manager_id="vera")
VERA = a_person("vera")
OWEN = a_person("owen")
NINA = a_person("nina")
LEE = a_person("lee", Role.COMPLIANCE_LEAD)
DAN = a_person("dan")


def the_company(*changed: Person) -> DictDirectory:
    people = {person.id: person for person in (SAM, MAX, VERA, OWEN, NINA, LEE, DAN, *changed)}
    return DictDirectory(list(people.values()))


def away(person: Person, delegate: Person | None = None) -> Person:
    return replace(person, delegate_id=delegate.id if delegate else None, **AWAY)


def gone(person: Person) -> Person:
    return replace(person, active=False)


def a_plan(**changes: Any) -> SystemPlan:
    return replace(SystemPlan(system="Okta", owner_id=OWEN.id, as_of=AS_OF), **changes)


def an_access(**changes: Any) -> Access:
    access = Access(
        row=2,
        account="sam@example.com",
        email="sam@example.com",
        entitlement="Viewer",
        last_login=date(2026, 9, 28),
        login_told=True,
        created=date(2024, 1, 8),
    )
    return replace(access, **changes)


def an_item(handle: str = "item-1", **changes: Any) -> Item:
    access = changes.pop("access", None) or an_access()
    item = Item(
        id=handle,
        campaign_id="q3",
        system="Okta",
        access=access,
        person_id=SAM.id,
        reviewer_id=MAX.id,
        capacity=Capacity.MANAGER,
    )
    return replace(item, **changes)


def a_row(handle: str = "item-1", **changes: Any) -> Row:
    return Row(item=an_item(handle, **changes))


def privileged(handle: str = "item-1") -> Row:
    return a_row(handle, access=an_access(privileged=True, entitlement="Super admin"))


def a_decision(handle: str = "item-1", **changes: Any) -> Decision:
    decision = Decision(
        item_id=handle, verdict=Verdict.KEEP, decided_by=MAX.id, decided_at=NOW, seconds_taken=30.0, reason="On call"
    )
    return replace(decision, **changes)


def submitted(row: Row, **changes: Any) -> Row:
    return replace(row, decision=a_decision(row.item.id, **changes), submitted_at=NOW)


def a_campaign(handle: str = "q3", **changes: Any) -> Campaign:
    campaign = Campaign(
        id=handle,
        name="Access review Q3",
        kind=CampaignKind.ALL_ACCESS,
        owner_id=LEE.id,
        span_start=date(2026, 7, 1),
        span_end=date(2026, 9, 30),
        due_on=date(2026, 10, 20),
        control_id=ControlId("iam-01"),
        created_at=NOW,
    )
    return replace(campaign, **changes)


def acting(by: Person = MAX, *changed: Person, at: datetime = NOW, **plan: Any) -> Acting:
    company = the_company(*changed)
    return Acting(by=company.get(by.id), at=at, on=at.date(), directory=company, plans={"Okta": a_plan(**plan)})


def given(verdict: Verdict = Verdict.KEEP, **changes: Any) -> Given:
    return replace(Given(verdict=verdict, seen_version=1, shown_at=NOW - timedelta(seconds=30)), **changes)


def ids(*people: Person) -> tuple[PersonId, ...]:
    return tuple(person.id for person in people)
