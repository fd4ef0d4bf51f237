from datetime import timedelta
from typing import Any

import pytest

from handlers.actions import action
from handlers.views.elements import Heading, Row
from handlers.views.short_lists import ToReview, review_list
from tasks.identifiers import PersonId
from tasks.model import Answer, Task, TaskState
from tests.builders import a_task
from tests.fakes import MONDAY
from tests.handlers.conversation import Conversation, button_in, buttons_in, view_in, words_of

pytestmark = pytest.mark.anyio


def waiting(handle: str = "task-1", **changes: Any) -> Task:
    answer: dict[str, Any] = {
        "occurrence": handle,
        "state": TaskState.SUBMITTED,
        "needs_acceptance": True,
        "answer": Answer.DONE,
        "answered_at": MONDAY,
        "answered_by": PersonId("olga"),
    }
    return a_task(handle, **{**answer, **changes})


async def test_review_lists_what_waits_for_my_acceptance_with_who_answered_and_a_button() -> None:
    chat = Conversation(waiting())
    view = view_in(await chat.type("lee", "review"))
    assert "Acceptance (1)" in words_of(view)
    assert "answered by Olga" in words_of(view)
    assert "Accept" in words_of(await chat.press("lee", button_in(view, "Open")))
    assert view == view_in(await chat.press("lee", action("show_review")))


@pytest.mark.parametrize("who", ["iris", "max", "olga", "zoe"])
async def test_nobody_else_is_shown_it_as_theirs(who: str) -> None:
    view = view_in(await Conversation(waiting()).type(who, "review"))
    assert view.summary == "Nothing waits for your acceptance or review."
    assert buttons_in(view) == []


async def test_my_own_open_tasks_are_no_review() -> None:
    assert "Leaver" not in words_of(await Conversation().type("olga", "review"))


async def test_of_a_long_queue_the_oldest_are_shown_and_that_there_are_more() -> None:
    many = [waiting(f"task-{n}", answered_at=MONDAY + timedelta(minutes=n)) for n in range(40)]
    view = view_in(await Conversation(*many).type("lee", "review"))
    assert len(buttons_in(view)) == 20
    assert "Acceptance (20+)" in words_of(view)
    assert view.summary == "Waiting for you: acceptance (20+)."


def test_each_kind_has_its_heading_only_where_there_is_something_of_it() -> None:
    row = Row(text="Okta")

    def headings(waiting: ToReview) -> list[str]:
        return [element.text for element in review_list(waiting).body if isinstance(element, Heading)]

    assert headings(ToReview(acceptance=[row], access_reviews=[row])) == ["Acceptance (1)", "Access reviews (1)"]
    assert headings(ToReview(acceptance=(), access_reviews=[row])) == ["Access reviews (1)"]
    assert headings(ToReview(acceptance=())) == []
