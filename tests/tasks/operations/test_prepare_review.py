"""A campaign is prepared: by the clock for an occurrence, or by hand."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tasks.access.model import Campaign, CampaignState, Capacity
from tasks.errors import Invalid, NotAllowed
from tasks.identifiers import PersonId, TaskId
from tasks.model import Answer, Task
from tasks.operations.answer_task import Given, Shortfall, answer_task
from tasks.operations.assign import reassign_task
from tasks.operations.end_review import cancel_review
from tasks.operations.go_away import go_away
from tasks.operations.prepare_review import (
    choose_reviewer,
    choose_systems,
    may_prepare,
    prepare_for_task,
    prepare_scheduled,
    take_latest_lists,
)
from tests.access_company import ADA, LEE, MAX, NINA, OWEN, SAM, act, found, hand_in, prepared
from tests.builders import a_task, a_workspace
from tests.fakes import FakeUnitOfWork

OCCURRENCE = a_task("q3", origin="iam-01", control_id="iam-01", code="IAM-01", occurrence="2026-Q3", owner_id=OWEN.id)
WHY = Shortfall(cause="Nobody had time", look_back="Nothing was seen", correction="Next quarter")


@pytest.fixture
def acme() -> FakeUnitOfWork:
    uow = FakeUnitOfWork(workspace=a_workspace())
    found(uow)
    hand_in(uow)
    uow.tasks.open([OCCURRENCE])
    return uow


def scheduled(uow: FakeUnitOfWork) -> Campaign:
    prepare_scheduled(uow)
    campaign = uow.campaigns.of_task(OCCURRENCE.id)
    assert campaign
    return campaign


def the_task(uow: FakeUnitOfWork) -> Task:
    return uow.tasks.get(OCCURRENCE.id)


def systems_in(uow: FakeUnitOfWork, campaign: Campaign) -> list[str]:
    return [one.system for one in uow.campaigns.systems(campaign.id)]


# --- by the clock


def test_an_open_occurrence_gets_a_campaign_of_its_span_owner_and_due_day(acme: FakeUnitOfWork) -> None:
    campaign = scheduled(acme)
    assert campaign.state is CampaignState.PREPARING
    assert (campaign.span_start, campaign.span_end) == (OCCURRENCE.span_start, OCCURRENCE.span_end)
    assert (campaign.owner_id, campaign.due_on) == (OWEN.id, OCCURRENCE.due_at.date())
    assert systems_in(acme, campaign) == ["Okta"]


def test_an_occurrence_never_gets_two(acme: FakeUnitOfWork) -> None:
    campaign = scheduled(acme)
    assert prepare_scheduled(acme) == 0
    assert prepare_for_task(acme, act(acme, OWEN), the_task(acme)) == campaign


def test_one_that_was_cancelled_is_not_prepared_again_by_the_clock(acme: FakeUnitOfWork) -> None:
    campaign = scheduled(acme)
    cancel_review(acme, act(acme, LEE), campaign.id, campaign.version, reason="Another tool did it")
    assert prepare_scheduled(acme) == 0
    assert prepare_for_task(acme, act(acme, OWEN), the_task(acme)).id != campaign.id


def test_a_task_answered_without_its_review_needs_none_any_more(acme: FakeUnitOfWork) -> None:
    campaign = scheduled(acme)
    given = Given(answer=Answer.NOT_DONE, shortfall=WHY)
    answer_task(acme, act(acme, OWEN), OCCURRENCE.id, the_task(acme).version, given)
    prepare_scheduled(acme)
    dropped = acme.campaigns.get(campaign.id)
    assert (dropped.state, dropped.closed_by) == (CampaignState.CANCELLED, None)
    assert acme.state.entries[-1].what == "campaign:cancel"


def test_an_occurrence_of_another_control_is_no_review(acme: FakeUnitOfWork) -> None:
    control = acme.controls.get(OCCURRENCE.control_id)
    acme.controls.save(replace(control, version=2, text=replace(control.text, access_review=None)))
    later = replace(OCCURRENCE, control_version=2, id=TaskId("q4"), occurrence="2026-Q4")
    with pytest.raises(NotAllowed, match="not answered by an access review"):
        prepare_for_task(acme, act(acme, OWEN), later)


def test_whoever_gets_the_task_gets_its_review(acme: FakeUnitOfWork) -> None:
    campaign = scheduled(acme)
    reassign_task(acme, act(acme, LEE), OCCURRENCE.id, the_task(acme).version, NINA.id)
    assert acme.campaigns.get(campaign.id).owner_id == NINA.id


# --- who may


def test_whoever_answers_for_the_owner_who_is_away_may_prepare_it(acme: FakeUnitOfWork) -> None:
    campaign, today = scheduled(acme), acme.now.date()
    assert not may_prepare(acme, NINA, campaign)
    go_away(acme, act(acme, OWEN), OWEN.id, first=today, last=today + timedelta(days=3), delegate=NINA.id)
    assert may_prepare(acme, NINA, campaign)


def test_owners_of_task_and_control_compliance_leads_and_admins_may_and_nobody_else(acme: FakeUnitOfWork) -> None:
    campaign = scheduled(acme)
    able = [person for person in (SAM, NINA, MAX, OWEN, LEE, ADA) if may_prepare(acme, person, campaign)]
    assert able == [OWEN, LEE, ADA]


def test_only_a_compliance_lead_or_an_admin_begins_one_by_hand(acme: FakeUnitOfWork) -> None:
    with pytest.raises(NotAllowed):
        prepared(acme, by=OWEN)


def test_what_makes_no_sense_is_said_beside_each_field(acme: FakeUnitOfWork) -> None:
    with pytest.raises(Invalid) as refusal:
        prepared(
            acme,
            name=" ",
            due_on=acme.now.date() - timedelta(days=1),
            change_days=0,
            span_start=date(2026, 9, 30),
            span_end=date(2026, 7, 1),
        )
    assert set(refusal.value.fields) == {"name", "span_end", "due", "change_days"}


# --- systems


def test_a_retired_system_and_one_without_a_list_are_not_in(acme: FakeUnitOfWork) -> None:
    hand_in(acme, system="GitHub", sha256="cd" * 32)
    github = acme.access_systems.by_name("GitHub")
    assert github
    acme.access_systems.save(replace(github, retired=True))
    assert systems_in(acme, prepared(acme)) == ["Okta"]


def test_the_latest_lists_take_the_place_of_older_ones_and_what_was_chosen_stays(acme: FakeUnitOfWork) -> None:
    campaign = prepared(acme)
    [okta] = acme.campaigns.systems(campaign.id)
    asked = {"first_asked": Capacity.NAMED, "owner_id": OWEN.id, "named_id": NINA.id}
    choose_reviewer(acme, act(acme, LEE), campaign.id, okta.system_id, **asked)  # type: ignore[arg-type]
    later = hand_in(acme, extracted_at=acme.now, sha256="cd" * 32)
    take_latest_lists(acme, act(acme, LEE), campaign.id)
    [fresh] = acme.campaigns.systems(campaign.id)
    assert (fresh.export_id, fresh.first_asked, fresh.named_id) == (later.id, Capacity.NAMED, NINA.id)


def test_a_system_that_was_left_out_stays_out_and_a_new_one_comes_in(acme: FakeUnitOfWork) -> None:
    hand_in(acme, system="GitHub", sha256="cd" * 32)
    campaign = prepared(acme)
    okta = acme.access_systems.by_name("Okta")
    assert okta
    choose_systems(acme, act(acme, LEE), campaign.id, [okta.id])
    later = acme.at(acme.now + timedelta(hours=1))
    hand_in(later, system="Jira", sha256="ef" * 32)
    take_latest_lists(later, act(later, LEE), campaign.id)
    assert systems_in(acme, campaign) == ["Jira", "Okta"]


@pytest.mark.parametrize("first", [Capacity.COMPLIANCE_LEAD, Capacity.MANAGERS_MANAGER])
def test_nobody_else_than_manager_owner_or_a_named_person_is_asked_first(acme: FakeUnitOfWork, first: Capacity) -> None:
    campaign = prepared(acme)
    [okta] = acme.campaigns.systems(campaign.id)
    with pytest.raises(Invalid) as refusal:
        choose_reviewer(
            acme, act(acme, LEE), campaign.id, okta.system_id, first_asked=first, owner_id=OWEN.id, named_id=None
        )
    assert "first" in refusal.value.fields


def test_asking_one_named_person_takes_a_name(acme: FakeUnitOfWork) -> None:
    campaign = prepared(acme)
    [okta] = acme.campaigns.systems(campaign.id)
    owner: PersonId = OWEN.id
    with pytest.raises(Invalid) as refusal:
        choose_reviewer(
            acme, act(acme, LEE), campaign.id, okta.system_id, first_asked=Capacity.NAMED, owner_id=owner, named_id=None
        )
    assert "named" in refusal.value.fields
