"""What a reviewer presses, over a small company."""

import pytest

from handlers import decide_access
from handlers.actions import action
from handlers.context import Context
from handlers.review_page import my_part
from tasks.errors import NotFound
from tests.access_company import MAX, NINA, act, found, hand_in, items_of, opened
from tests.builders import a_workspace
from tests.fakes import FakeUnitOfWork


@pytest.fixture
def acme() -> FakeUnitOfWork:
    uow = FakeUnitOfWork(workspace=a_workspace())
    found(uow)
    hand_in(uow)
    return uow


def test_the_time_for_keeping_the_rest_counts_from_the_form_and_not_from_an_old_card(acme: FakeUnitOfWork) -> None:
    campaign = opened(acme)
    reviewer = Context(uow=acme, person=MAX, actor=act(acme, MAX))
    count = my_part(acme, MAX, campaign.id).for_bulk
    form = decide_access.build_keep_remaining(action("keep_remaining", c=campaign.id, n=count, t=1), reviewer)
    assert form.action.get("t") == str(int(acme.now.timestamp()))
    assert form.action.get("n") == str(count)


def test_whoever_is_not_asked_learns_nothing_about_an_access(acme: FakeUnitOfWork) -> None:
    campaign = opened(acme)
    row = items_of(acme, campaign, MAX)[0]
    stranger = Context(uow=acme, person=NINA, actor=act(acme, NINA))
    pressed = action("undo_access", c=campaign.id, i=row.item.id, v=1, t=1)
    for press in (decide_access.press_undo, decide_access.press_keep, decide_access.press_story):
        with pytest.raises(NotFound, match="not yours to decide"):
            press(pressed, stranger)
