import pytest

from handlers.actions import action
from tests.builders import a_task
from tests.handlers.conversation import TASK, Conversation, a_file, button_in, errors_in, labels_in, words_of

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
