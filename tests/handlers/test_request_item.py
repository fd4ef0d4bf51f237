import pytest

from handlers.actions import action
from tests.builders import a_control, a_control_text, a_task, an_item
from tests.handlers.conversation import (
    TASK,
    Conversation,
    a_file,
    button_in,
    errors_in,
    form_in,
    labels_in,
    value_in,
    view_in,
    words_of,
)

pytestmark = pytest.mark.anyio
REQUEST = action("request_item", t=TASK)
SHOW = action("show_task", t=TASK)


async def asked(chat: Conversation, note: str = "") -> None:
    form = await chat.open("olga", button_in(await chat.press("olga", SHOW), "Ask a colleague …"))
    reply = await chat.submit("olga", form, item="removal-proof", person="hans", note=note)
    assert "Hans gets a message of their own." in words_of(reply)


async def test_the_colleague_gets_a_message_with_a_button_to_attach() -> None:
    chat = Conversation()
    await asked(chat, "By Friday, please.")
    view = chat.deliver()["hans contribution"]
    assert "Olga asks you for “The removal proof” for IAM-03 Leaver access removal. By Friday, please." in words_of(
        view
    )
    assert labels_in(view) == ["Attach"]


async def test_the_owner_sees_of_whom_it_was_asked() -> None:
    chat = Conversation()
    await asked(chat)
    assert "asked of Hans" in words_of(await chat.press("olga", SHOW))


async def test_the_colleague_finds_it_among_their_tasks() -> None:
    chat = Conversation()
    await asked(chat, "By Friday")
    words = words_of(await chat.type("hans", "tasks"))
    assert "Colleagues asked you for (1)" in words
    assert "asked by Olga: By Friday" in words


async def test_once_attached_the_message_says_thank_you_and_the_list_is_empty() -> None:
    chat = Conversation()
    await asked(chat)
    button = button_in(chat.deliver()["hans contribution"], "Attach")
    await chat.submit("hans", await chat.open("hans", button), files=(a_file("proof.png"),))
    assert "is attached. Nothing is left to do." in words_of(chat.edit()["hans contribution"])
    assert "Nothing is waiting for you." in words_of(await chat.type("hans", "tasks"))


async def test_when_the_task_is_answered_without_it_nothing_false_is_claimed() -> None:
    chat = Conversation()
    chat.attach()
    await asked(chat)
    chat.deliver()
    await chat.press("olga", action("answer_task", t=TASK, v=1))
    words = words_of(chat.edit()["hans contribution"])
    assert "is not needed any more" in words
    assert "attached" not in words


@pytest.mark.parametrize(("typed", "named"), [({"item": "payroll"}, {"item"}), ({"person": "olga"}, {"person"})])
async def test_an_unknown_item_or_oneself_is_refused_in_the_field(typed: dict[str, str], named: set[str]) -> None:
    chat = Conversation()
    values = {"item": "removal-proof", "person": "hans", **typed}
    assert set(errors_in(await chat.submit("olga", await chat.open("olga", REQUEST), **values))) == named


async def test_only_whose_turn_it_is_may_ask() -> None:
    assert "only Olga can answer it" in words_of(await Conversation(a_task()).press("max", REQUEST))


# typed


async def test_request_alone_goes_to_the_form_of_the_only_open_task_or_asks_which() -> None:
    assert form_in(await Conversation().type("olga", "request")).title == "Ask for an item"
    listed = await Conversation(a_task(), a_task("task-2", occurrence="o-2")).type("olga", "request")
    assert labels_in(view_in(listed)) == ["Ask a colleague …", "Ask a colleague …"]
    assert "You have no open task" in words_of(await Conversation().type("zoe", "request"))


async def test_with_a_code_and_a_name_the_form_has_both_and_the_only_missing_item() -> None:
    form = form_in(await Conversation().type("olga", "request iam-03 hans@example.com"))
    assert (value_in(form, "person"), value_in(form, "item")) == ("hans", "leaver-list")


async def test_where_only_one_item_can_be_meant_it_is_asked_at_once() -> None:
    chat = Conversation(controls=[a_control(text=a_control_text(evidence=(an_item("ticket"),)))])
    assert "Hans gets a message of their own." in words_of(await chat.type("olga", "request IAM-03 @hans"))
    assert "hans contribution" in chat.deliver()


async def test_of_a_task_that_asks_for_nothing_nothing_can_be_asked() -> None:
    chat = Conversation(controls=[a_control(text=a_control_text(evidence=()))])
    assert "asks for no evidence" in words_of(await chat.type("olga", "request IAM-03 @hans"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("request IAM-99 hans@example.com", "You have no open task IAM-99."),
        ("request IAM-03 nobody@example.com", "I don't know who “nobody@example.com” is."),
    ],
)
async def test_an_unknown_code_or_name_is_said_to_be_unknown(typed: str, said: str) -> None:
    assert said in words_of(await Conversation().type("olga", typed))
