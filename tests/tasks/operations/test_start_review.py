"""What a campaign would ask of whom is looked through, then confirmed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tasks.access.model import AccessColumn, Campaign, CampaignState
from tasks.errors import Invalid, NotAllowed, Stale
from tasks.operations.deactivate_person import deactivate_person
from tasks.operations.manage_systems import amend_access
from tasks.operations.prepare_review import choose_systems
from tasks.operations.start_review import confirm_start, prospect, seen_now
from tests.access_company import ACCESSES, ADA, LEE, MAX, OWEN, SAM, VERA, act, found, hand_in, prepared
from tests.builders import a_workspace
from tests.fakes import FakeUnitOfWork


@pytest.fixture
def acme() -> FakeUnitOfWork:
    uow = FakeUnitOfWork(workspace=a_workspace())
    found(uow)
    hand_in(uow)
    return uow


def looked_at(uow: FakeUnitOfWork) -> tuple[Campaign, str]:
    campaign = prepared(uow)
    return campaign, prospect(uow, campaign).seen


def test_the_heaviest_reviewer_stands_first(acme: FakeUnitOfWork) -> None:
    loads = prospect(acme, prepared(acme)).outlook.loads
    assert [(load.person_id, load.items) for load in loads] == [(MAX.id, 3), (OWEN.id, 1), (VERA.id, 1)]


def test_what_nobody_may_decide_is_named(acme: FakeUnitOfWork) -> None:
    for person in (OWEN, LEE):
        acme.people.save(replace(acme.people.get(person.id), active=False))
    campaign = prepared(acme, by=ADA)
    [gap] = prospect(acme, campaign).outlook.gaps
    assert (gap.system, gap.items) == ("Okta", 1)
    assert "Owen is no longer active" in gap.name


def test_a_newer_list_than_the_chosen_one_is_told(acme: FakeUnitOfWork) -> None:
    campaign = prepared(acme)
    hand_in(acme, extracted_at=acme.now, sha256="cd" * 32)
    [warning] = prospect(acme, campaign).warnings
    assert "a newer list" in warning


def test_an_old_list_and_one_from_before_the_spans_end_are_told(acme: FakeUnitOfWork) -> None:
    campaign = prepared(acme, span_end=acme.now.date() + timedelta(days=2))
    assert "before the span ends" in prospect(acme, campaign).warnings[0]
    later = acme.at(acme.now + timedelta(days=40))
    assert "40 days old" in prospect(later, prepared(later)).warnings[0]


def test_confirmed_it_is_opened_by_the_job(acme: FakeUnitOfWork) -> None:
    campaign, seen = looked_at(acme)
    opening = confirm_start(acme, act(acme, LEE), campaign.id, seen=seen)
    assert opening.state is CampaignState.OPENING
    assert acme.state.entries[-1].what == "campaign:start"
    with pytest.raises(Stale, match="has begun already"):
        confirm_start(acme, act(acme, LEE), campaign.id, seen=seen)


def test_it_does_not_start_when_a_reviewer_has_left_since_it_was_shown(acme: FakeUnitOfWork) -> None:
    campaign, seen = looked_at(acme)
    deactivate_person(acme, act(acme, ADA), MAX.id)
    with pytest.raises(Stale, match="Look through it again"):
        confirm_start(acme, act(acme, LEE), campaign.id, seen=seen)


def test_it_does_not_start_when_a_list_was_amended_since_it_was_shown(acme: FakeUnitOfWork) -> None:
    campaign, seen = looked_at(acme)
    [system] = acme.campaigns.systems(campaign.id)
    amend_access(
        acme,
        act(acme, OWEN),
        system.export_id,
        account=SAM.email,
        entitlement="Viewer",
        column=AccessColumn.PRIVILEGED,
        value="yes",
        reason="It may change settings",
    )
    with pytest.raises(Stale):
        confirm_start(acme, act(acme, LEE), campaign.id, seen=seen)


def test_it_does_not_start_when_its_systems_were_chosen_anew(acme: FakeUnitOfWork) -> None:
    campaign, seen = looked_at(acme)
    choose_systems(acme, act(acme, ADA), campaign.id, [one.system_id for one in acme.campaigns.systems(campaign.id)])
    with pytest.raises(Stale):
        confirm_start(acme, act(acme, LEE), campaign.id, seen=seen)


def test_a_list_that_came_in_and_was_not_taken_changes_nothing(acme: FakeUnitOfWork) -> None:
    campaign, seen = looked_at(acme)
    hand_in(acme, ACCESSES[:2], extracted_at=acme.now, sha256="cd" * 32)
    assert confirm_start(acme, act(acme, LEE), campaign.id, seen=seen).state is CampaignState.OPENING


def test_nothing_starts_without_a_system(acme: FakeUnitOfWork) -> None:
    campaign = choose_systems(acme, act(acme, LEE), prepared(acme).id, [])
    with pytest.raises(Invalid, match="nothing to review"):
        confirm_start(acme, act(acme, LEE), campaign.id, seen=seen_now(acme, campaign))


def test_a_reviewer_can_not_start_it(acme: FakeUnitOfWork) -> None:
    campaign, seen = looked_at(acme)
    with pytest.raises(NotAllowed):
        confirm_start(acme, act(acme, MAX), campaign.id, seen=seen)
