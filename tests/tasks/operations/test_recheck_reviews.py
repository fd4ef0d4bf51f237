"""After people have changed, every open access is with somebody who may decide about it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tasks import duties
from tasks.access.model import Campaign, Capacity, Verdict
from tasks.access.signals import needs_own_decision
from tasks.identifiers import PersonId
from tasks.model import Task, Work, origin_of
from tasks.operations.deactivate_person import deactivate_person
from tasks.operations.decide_access import decide_access
from tasks.operations.go_away import come_back, go_away
from tasks.operations.manage_systems import Choice, edit_system
from tasks.operations.open_review import add_places, open_more, who_is_asked
from tasks.operations.prepare_review import choose_reviewer
from tasks.operations.recheck_reviews import recheck_reviews
from tasks.operations.start_review import confirm_start, seen_now
from tasks.operations.submit_review import submit_review
from tasks.people import Person, Role
from tests.access_company import (
    ADA,
    LEE,
    MAX,
    NINA,
    OWEN,
    SAM,
    VERA,
    act,
    decide_all,
    found,
    given,
    hand_in,
    items_of,
    opened,
    prepared,
)
from tests.builders import a_workspace
from tests.fakes import FakeUnitOfWork


@pytest.fixture
def acme() -> FakeUnitOfWork:
    uow = FakeUnitOfWork(workspace=a_workspace())
    found(uow)
    hand_in(uow)
    return uow


def held(uow: FakeUnitOfWork, campaign: Campaign) -> dict[PersonId | None, int]:
    """How many accesses wait with whom; everybody with one has an open task, nobody else."""
    parts = [part for part in uow.access_items.parts(campaign.id) if part.submitted < part.items]
    asked = {task.subject for task in review_tasks(uow, campaign) if task.is_open}
    assert asked == {part.reviewer_id for part in parts if part.reviewer_id}
    return {part.reviewer_id: part.items - part.submitted for part in parts}


def review_tasks(uow: FakeUnitOfWork, campaign: Campaign) -> list[Task]:
    return list(uow.tasks.of_origin(origin_of(Work.ACCESS_REVIEW, campaign.id)))


def leaves(uow: FakeUnitOfWork, person: Person, delegate: Person) -> None:
    today = uow.now.date()
    go_away(uow, act(uow, person), person.id, first=today, last=today + timedelta(days=5), delegate=delegate.id)


def change(uow: FakeUnitOfWork, person: Person, **changes: object) -> None:
    uow.people.save(replace(uow.people.get(person.id), **changes))  # type: ignore[arg-type]


def change_system(uow: FakeUnitOfWork, **changes: object) -> None:
    [system] = uow.access_systems.every()
    usual = Choice(
        owner_id=system.owner_id, first_asked=system.first_asked, named_id=system.named_id, retired=system.retired
    )
    edit_system(uow, act(uow, LEE), system.id, system.version, replace(usual, **changes))  # type: ignore[arg-type]


# --- whoever comes and goes


def test_leave_moves_accesses_to_the_delegate_and_its_end_brings_them_back(acme: FakeUnitOfWork) -> None:
    campaign = opened(acme)
    leaves(acme, MAX, ADA)
    recheck_reviews(acme)
    assert held(acme, campaign) == {ADA.id: 3, VERA.id: 1, OWEN.id: 1}
    assert {row.item.on_behalf_of for row in items_of(acme, campaign, ADA)} == {MAX.id}
    come_back(acme, act(acme, MAX), MAX.id)
    recheck_reviews(acme)
    assert held(acme, campaign) == {MAX.id: 3, VERA.id: 1, OWEN.id: 1}


def test_a_delegate_whose_own_access_it_is_is_passed_over(acme: FakeUnitOfWork) -> None:
    campaign = opened(acme)
    leaves(acme, MAX, SAM)
    recheck_reviews(acme)
    assert held(acme, campaign) == {SAM.id: 1, OWEN.id: 3, VERA.id: 1}
    [nina] = items_of(acme, campaign, SAM)
    assert nina.item.person_id == NINA.id


def test_what_a_leaver_had_goes_to_the_next_in_line(acme: FakeUnitOfWork) -> None:
    campaign = opened(acme)
    deactivate_person(acme, act(acme, ADA), MAX.id)
    recheck_reviews(acme)
    assert MAX.id not in held(acme, campaign)
    assert sum(held(acme, campaign).values()) == 5


def test_the_access_of_a_leaver_goes_to_the_system_owner(acme: FakeUnitOfWork) -> None:
    campaign = opened(acme)
    deactivate_person(acme, act(acme, ADA), SAM.id)
    recheck_reviews(acme)
    assert held(acme, campaign) == {MAX.id: 1, OWEN.id: 3, VERA.id: 1}


def test_a_new_manager_is_asked(acme: FakeUnitOfWork) -> None:
    campaign = opened(acme)
    change(acme, SAM, manager_id=VERA.id)
    recheck_reviews(acme)
    assert held(acme, campaign) == {MAX.id: 1, OWEN.id: 1, VERA.id: 3}


def test_a_gap_closes_once_somebody_leads_compliance(acme: FakeUnitOfWork) -> None:
    for person in (OWEN, LEE):
        change(acme, person, active=False)
    campaign = opened(acme, by=ADA)
    assert held(acme, campaign)[None] == 1
    change(acme, NINA, roles=frozenset({Role.COMPLIANCE_LEAD}))
    recheck_reviews(acme)
    assert held(acme, campaign) == {MAX.id: 3, VERA.id: 1, NINA.id: 1}


# --- what was decided


def test_what_was_decided_and_not_submitted_goes_along_and_whoever_has_it_submits_it(acme: FakeUnitOfWork) -> None:
    campaign = opened(acme)
    decide_all(acme, campaign, MAX, Verdict.KEEP)
    leaves(acme, MAX, ADA)
    recheck_reviews(acme)
    assert all(row.decision and row.decision.decided_by == MAX.id for row in items_of(acme, campaign, ADA))
    submit_review(acme, act(acme, ADA), campaign.id)
    assert held(acme, campaign) == {VERA.id: 1, OWEN.id: 1}


def test_what_was_submitted_stays_with_whoever_decided(acme: FakeUnitOfWork) -> None:
    campaign = opened(acme)
    decide_all(acme, campaign, MAX, Verdict.KEEP)
    submit_review(acme, act(acme, MAX), campaign.id)
    leaves(acme, MAX, ADA)
    recheck_reviews(acme)
    assert len(items_of(acme, campaign, MAX)) == 3


def test_who_has_it_now_may_decide_and_who_had_it_may_not(acme: FakeUnitOfWork) -> None:
    campaign = opened(acme)
    leaves(acme, MAX, ADA)
    recheck_reviews(acme)
    [row, *_] = [
        one for one in items_of(acme, campaign, ADA) if not needs_own_decision(one.item.access, acme.now.date())
    ]
    decide_access(acme, act(acme, ADA), campaign.id, row.item.id, given(acme, row))
    assert acme.access_items.get(campaign.id, row.item.id).decision


# --- systems


def test_a_new_system_owner_is_asked_at_once(acme: FakeUnitOfWork) -> None:
    campaign = opened(acme)
    change_system(acme, owner_id=ADA.id)
    assert held(acme, campaign) == {MAX.id: 3, VERA.id: 1, ADA.id: 1}


def test_another_named_person_is_asked_at_once(acme: FakeUnitOfWork) -> None:
    change_system(acme, first_asked=Capacity.NAMED, named_id=ADA.id)
    campaign = opened(acme)
    assert held(acme, campaign) == {ADA.id: 4, OWEN.id: 1}
    change_system(acme, first_asked=Capacity.NAMED, named_id=VERA.id)
    assert held(acme, campaign) == {VERA.id: 4, OWEN.id: 1}


def test_a_list_that_names_another_owner_moves_what_the_old_one_had(acme: FakeUnitOfWork) -> None:
    change_system(acme, owner_id=ADA.id)
    campaign = opened(acme)
    assert held(acme, campaign)[ADA.id] == 1
    hand_in(acme, extracted_at=acme.now, sha256="cd" * 32)
    assert held(acme, campaign) == {MAX.id: 3, VERA.id: 1, OWEN.id: 1}


def test_a_review_that_chose_an_owner_of_its_own_keeps_them(acme: FakeUnitOfWork) -> None:
    campaign = prepared(acme)
    [okta] = acme.campaigns.systems(campaign.id)
    own = {"first_asked": Capacity.MANAGER, "owner_id": NINA.id, "named_id": None}
    choose_reviewer(acme, act(acme, LEE), campaign.id, okta.system_id, **own)  # type: ignore[arg-type]
    change_system(acme, owner_id=ADA.id)
    [okta] = acme.campaigns.systems(campaign.id)
    assert okta.owner_id == NINA.id


# --- when


def test_who_changes_while_it_opens_is_looked_at_once_it_is_open(acme: FakeUnitOfWork) -> None:
    campaign = prepared(acme)
    confirm_start(acme, act(acme, LEE), campaign.id, seen=seen_now(acme, campaign))
    add_places(acme, campaign.id, who_is_asked(acme, campaign.id))
    leaves(acme, MAX, ADA)
    while open_more(acme, campaign.id):
        pass
    recheck_reviews(acme)
    assert held(acme, campaign) == {ADA.id: 3, VERA.id: 1, OWEN.id: 1}


def test_leave_that_was_planned_moves_on_its_first_day(acme: FakeUnitOfWork) -> None:
    campaign, first = opened(acme), acme.now.date() + timedelta(days=2)
    go_away(acme, act(acme, MAX), MAX.id, first=first, last=first + timedelta(days=5), delegate=ADA.id)
    recheck_reviews(acme)
    assert held(acme, campaign)[MAX.id] == 3
    later = acme.at(acme.now + timedelta(days=2))
    recheck_reviews(later)
    assert held(later, campaign)[ADA.id] == 3


def test_nothing_is_looked_at_twice(acme: FakeUnitOfWork) -> None:
    opened(acme)
    recheck_reviews(acme)
    before = len(acme.state.entries)
    assert recheck_reviews(acme) == 0
    assert len(acme.state.entries) == before


def test_one_entry_counts_the_places_that_moved(acme: FakeUnitOfWork) -> None:
    campaign = opened(acme)
    leaves(acme, MAX, ADA)
    recheck_reviews(acme)
    entry = acme.audit.of(f"campaign:{campaign.id}", limit=1)[0]
    assert (entry.what, entry.after["places"]) == ("campaign:recheck", 2)


# --- their tasks


def test_a_part_is_its_reviewers_alone_even_while_they_are_away(acme: FakeUnitOfWork) -> None:
    campaign = opened(acme)
    [task] = [one for one in review_tasks(acme, campaign) if one.subject == MAX.id]
    change(acme, MAX, away_from=acme.now.date(), away_until=acme.now.date(), delegate_id=ADA.id)
    assert duties.responsible(task, acme.people, acme.now.date()).person == acme.people.get(MAX.id)
    assert not duties.may_answer(ADA, task, acme.people, acme.now.date())
    change(acme, MAX, active=False)
    assert duties.responsible(task, acme.people, acme.now.date()).person is None


def test_nobody_is_told_that_a_part_was_handed_over_while_somebody_is_away(acme: FakeUnitOfWork) -> None:
    opened(acme)
    leaves(acme, MAX, ADA)
    assert not [one for one in acme.state.notices.values() if one.key.occasion == "delegated"]
