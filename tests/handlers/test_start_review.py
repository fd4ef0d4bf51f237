"""A review is prepared, looked through and started, as a person sees it."""

from dataclasses import replace

import pytest

from handlers.actions import action
from handlers.replies import Replace
from handlers.views.elements import ActionButton
from tasks.access.model import Campaign, CampaignState, Capacity
from tasks.operations.prepare_review import prepare_scheduled
from tests.access_company import ADA, LEE, MAX, NINA, OWEN, SAM, VERA, hand_in, prepared, review_control
from tests.builders import a_task
from tests.handlers.conversation import Conversation, button_in, field_in, labels_in, view_in, words_of

OCCURRENCE = a_task("q3", origin="iam-01", control_id="iam-01", code="IAM-01", occurrence="2026-Q3", owner_id=OWEN.id)


@pytest.fixture
def chat() -> Conversation:
    people = (VERA, MAX, SAM, NINA, OWEN, LEE, ADA)
    chat = Conversation(OCCURRENCE, controls=(review_control(),), people=people)
    hand_in(chat.uow)
    return chat


def scheduled(chat: Conversation) -> Campaign:
    prepare_scheduled(chat.uow)
    campaign = chat.uow.campaigns.of_task(OCCURRENCE.id)
    assert campaign
    return campaign


@pytest.mark.anyio
async def test_the_owners_task_leads_to_what_was_prepared(chat: Conversation) -> None:
    scheduled(chat)
    card = view_in(await chat.press("owen", action("show_task", t=OCCURRENCE.id)))
    setup = await chat.press("owen", button_in(card, "Access review"))
    assert "3 reviewers" in words_of(setup)
    assert "Okta" in words_of(setup)


@pytest.mark.anyio
async def test_by_hand_it_begins_with_a_name_and_a_span(chat: Conversation) -> None:
    form = await chat.open("lee", action("start_review"))
    setup = await chat.submit("lee", form, name="Before the audit")
    assert "Before the audit: 5 accesses for 3 reviewers." in words_of(setup)
    [campaign] = chat.uow.campaigns.running()
    assert campaign.state is CampaignState.PREPARING


@pytest.mark.anyio
async def test_start_says_how_many_accesses_and_reviewers_before_it_acts(chat: Conversation) -> None:
    campaign = prepared(chat.uow)
    start = button_in(await chat.press("lee", action("show_review_setup", c=campaign.id)), "Start the review")
    assert isinstance(start, ActionButton)
    assert start.confirm
    assert "3 reviewers get 5 accesses to decide" in start.confirm.text
    assert "5 accesses" in words_of(await chat.press("lee", start))
    assert chat.uow.campaigns.get(campaign.id).state is CampaignState.OPENING


@pytest.mark.anyio
async def test_what_has_changed_since_is_shown_again_and_nothing_begins(chat: Conversation) -> None:
    campaign = prepared(chat.uow)
    start = button_in(await chat.press("lee", action("show_review_setup", c=campaign.id)), "Start the review")
    chat.uow.people.save(replace(chat.uow.people.get(MAX.id), active=False))
    again = await chat.press("lee", start)
    assert isinstance(again, Replace)
    assert "has changed since you looked" in words_of(again)
    assert chat.uow.campaigns.get(campaign.id).state is CampaignState.PREPARING
    await chat.press("lee", button_in(again, "Start the review"))
    assert chat.uow.campaigns.get(campaign.id).state is CampaignState.OPENING


@pytest.mark.anyio
async def test_pressed_twice_it_starts_once(chat: Conversation) -> None:
    campaign = prepared(chat.uow)
    start = button_in(await chat.press("lee", action("show_review_setup", c=campaign.id)), "Start the review")
    await chat.press("lee", start)
    assert "has begun already" in words_of(await chat.press("lee", start))


@pytest.mark.anyio
async def test_who_is_asked_first_is_chosen_for_each_system(chat: Conversation) -> None:
    campaign = prepared(chat.uow)
    setup = await chat.press("lee", action("show_review_setup", c=campaign.id))
    form = await chat.open("lee", button_in(setup, "Change …"))
    assert field_in(form, "first")
    fresh = await chat.submit("lee", form, first=Capacity.SYSTEM_OWNER.value)
    assert "5 accesses for 1 reviewer." in words_of(fresh)


@pytest.mark.anyio
async def test_without_a_list_nothing_can_be_started(chat: Conversation) -> None:
    campaign = prepared(chat.uow)
    setup = await chat.press("lee", action("show_review_setup", c=campaign.id))
    form = await chat.open("lee", button_in(setup, "Choose systems …"))
    empty = view_in(await chat.submit("lee", form, systems=()))
    assert "Start the review" not in labels_in(empty)
    assert "Left out: Okta." in words_of(empty)


@pytest.mark.anyio
async def test_others_see_neither_the_form_nor_the_preparation(chat: Conversation) -> None:
    campaign = prepared(chat.uow)
    assert "takes the role" in words_of(await chat.press("max", action("start_review")))
    assert "not yours to prepare" in words_of(await chat.press("max", action("show_review_setup", c=campaign.id)))
    assert "not yours" in words_of(await chat.press("max", action("confirm_review", c=campaign.id, m="", n=5)))
