import pytest

from handlers.actions import action
from tests.builders import a_control, a_control_text, a_task, an_item
from tests.handlers.conversation import (
    TASK,
    Conversation,
    a_file,
    button_in,
    buttons_in,
    form_in,
    labels_in,
    value_in,
    view_in,
    words_of,
)

pytestmark = pytest.mark.anyio


async def test_evidence_names_what_is_missing_for_each_open_task_with_a_button_for_it() -> None:
    chat = Conversation()
    view = view_in(await chat.type("olga", "evidence"))
    assert view.summary == "1 item still missing."
    assert "○ The leaver list" in words_of(view)
    assert "a list: needs a source card" in words_of(view)
    assert "removal proof" not in words_of(view), "it is optional"
    form = await chat.open("olga", buttons_in(view)[1])
    assert value_in(form, "item") == "leaver-list"
    assert view == view_in(await chat.press("olga", action("show_missing")))


async def test_once_attached_it_is_no_longer_missing_but_its_source_card_is() -> None:
    chat = Conversation()
    chat.attach(card=None)
    words = words_of(await chat.type("olga", "evidence"))
    assert "1 source card missing" in words
    assert "○" not in words


async def test_with_everything_there_it_says_so() -> None:
    chat = Conversation()
    chat.attach()
    view = view_in(await chat.type("olga", "evidence"))
    assert view.summary == "Everything that is asked for is attached."
    assert "nothing missing" in words_of(view)


async def test_nothing_open_is_said_kindly() -> None:
    assert "no evidence is asked of you" in words_of(await Conversation().type("zoe", "evidence"))


async def test_a_contributor_sees_what_they_were_asked_for_and_nothing_else() -> None:
    chat = Conversation()
    await chat.submit(
        "olga", await chat.open("olga", action("request_item", t=TASK)), item="removal-proof", person="hans"
    )
    view = view_in(await chat.type("hans", "evidence"))
    assert "○ The removal proof" in words_of(view)
    assert "leaver list" not in words_of(view)
    assert value_in(await chat.open("hans", button_in(view, "Attach")), "item") == "removal-proof"
    assert value_in(form_in(await chat.type("hans", "evidence IAM-03")), "item") == "removal-proof"


@pytest.mark.parametrize("typed", ["evidence iam-03", "evidence IAM-03 please"])
async def test_with_a_code_the_form_of_that_task_opens(typed: str) -> None:
    chat = Conversation(a_task(), a_task("task-2", occurrence="o-2", code="HR-01"))
    form = form_in(await chat.type("olga", typed))
    assert (form.title, form.action.get("t")) == ("Attach evidence", TASK)


@pytest.mark.parametrize("typed", ["evidence IAM-99", "evidence <!channel>"])
async def test_a_code_of_no_open_task_of_mine_says_where_to_look(typed: str) -> None:
    assert "You have no open task" in words_of(await Conversation().type("olga", typed))


async def test_many_open_tasks_are_not_thrown_at_anybody() -> None:
    chat = Conversation(
        *(a_task(f"task-{n}", occurrence=f"o-{n}") for n in range(30)),
        controls=[a_control(text=a_control_text(evidence=(an_item("a"), an_item("b"), an_item("c"))))],
    )
    view = view_in(await chat.type("olga", "evidence"))
    assert len(view.body) <= 45
    assert "22 more tasks" in words_of(view)


async def test_attaching_from_there_is_attaching() -> None:
    chat = Conversation()
    button = next(one for one in buttons_in(view_in(await chat.type("olga", "evidence"))) if one.label == "Attach")
    await chat.submit("olga", await chat.open("olga", button), files=(a_file(),))
    assert labels_in(view_in(await chat.type("olga", "evidence"))) == ["Attach"]
