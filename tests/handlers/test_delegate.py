from datetime import date

import pytest

from handlers.actions import action
from handlers.views.elements import FormButton
from tasks.identifiers import PersonId
from tests.builders import a_task
from tests.handlers.conversation import (
    TASK,
    Conversation,
    action_of,
    button_in,
    buttons_in,
    form_in,
    labels_in,
    value_in,
    view_in,
    words_of,
)

pytestmark = pytest.mark.anyio


async def test_delegate_alone_offers_all_of_it_while_away_or_one_task_for_good() -> None:
    view = view_in(await Conversation().type("olga", "delegate"))
    assert labels_in(view) == ["I will be away …", "Hand over …"]
    assert all(isinstance(button, FormButton) for button in buttons_in(view))
    assert view == view_in(await Conversation().press("olga", action("show_delegation")))


@pytest.mark.parametrize("whom", ["hans@example.com", "@hans", "Hans", "<@U-hans>", "<@U-hans|hans>"])
async def test_with_a_name_the_leave_form_has_them_chosen_already(whom: str) -> None:
    form = form_in(await Conversation().type("olga", f"delegate {whom}"))
    assert (form.title, value_in(form, "delegate"), value_in(form, "first")) == ("Away", "hans", "2026-11-02")
    assert "Hand over" in words_of(form)


async def test_with_a_name_and_days_it_is_done_at_once() -> None:
    chat = Conversation()
    reply = await chat.type("olga", "delegate @hans from 2026-11-03 until 2026-11-20")
    assert "From 3 Nov 2026 to 20 Nov 2026 Hans answers for you." in words_of(reply)
    olga = chat.uow.people.get(PersonId("olga"))
    assert (olga.away_from, olga.away_until, olga.delegate_id) == (date(2026, 11, 3), date(2026, 11, 20), "hans")


async def test_with_a_code_that_one_task_is_handed_over() -> None:
    chat = Conversation()
    form = form_in(await chat.type("olga", "delegate iam-03 hans@example.com"))
    assert (form.title, value_in(form, "person")) == ("Hand over", "hans")
    await chat.submit("olga", form)
    assert chat.task().owner_id == "hans"


async def test_a_code_of_somebody_elses_task_is_taken_for_a_name_and_not_understood() -> None:
    words = words_of(await Conversation().type("zoe", "delegate iam-03"))
    assert "I don't know who “iam-03” is." in words


async def test_of_several_spans_the_one_due_first_is_handed_over() -> None:
    later = a_task("task-2", occurrence="2026-11", due_at=a_task().missed_at)
    form = form_in(await Conversation(later, a_task()).type("olga", "delegate IAM-03"))
    assert form.action.get("t") == TASK


async def test_a_name_that_two_people_share_is_asked_back() -> None:
    assert "Use their e-mail address" in words_of(await Conversation().type("olga", "delegate nobody in particular"))


async def test_a_form_button_carries_nothing_that_opens_another_persons_task() -> None:
    chat = Conversation()
    button = button_in(await chat.type("olga", "delegate"), "Hand over …")
    assert "You can't give" in words_of(await chat.press("hans", action_of(button))) or "not here" in words_of(
        await chat.press("hans", action_of(button))
    )
