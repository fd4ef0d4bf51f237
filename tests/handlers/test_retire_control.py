import pytest

from handlers.actions import action
from tests.builders import a_control
from tests.handlers.conversation import TASK, Conversation, button_in, errors_in, words_of

pytestmark = pytest.mark.anyio
CONTROL = a_control().id


async def test_a_control_is_retired_with_its_reason_and_brought_back() -> None:
    chat = Conversation()
    form = await chat.open("lee", button_in(await chat.type("lee", "controls IAM-03"), "Retire …"))
    assert "1 open task stays open." in words_of(form)
    reply = await chat.submit("lee", form, reason="Merged into IAM-04")
    assert "IAM-03 is retired." in words_of(reply)
    assert "“Merged into IAM-04”" in words_of(reply)
    assert chat.task(TASK).is_open
    back = await chat.press("lee", button_in(reply, "Bring back"))
    assert "IAM-03 is back." in words_of(back)
    assert not chat.uow.controls.get(CONTROL).retired


async def test_without_a_reason_it_is_not() -> None:
    chat = Conversation()
    form = await chat.open("lee", action("retire_control", c=CONTROL))
    assert set(errors_in(await chat.submit("lee", form, reason=" "))) == {"reason"}
    assert not chat.uow.controls.get(CONTROL).retired


@pytest.mark.parametrize("who", ["olga", "iris", "zoe"])
async def test_both_are_for_those_who_may_edit(who: str) -> None:
    chat = Conversation()
    form = await chat.open("lee", action("retire_control", c=CONTROL))
    for reply in (
        await chat.press(who, action("retire_control", c=CONTROL)),
        await chat.press(who, action("restore_control", c=CONTROL)),
        await chat.submit(who, form, reason="Away with it"),
    ):
        assert "This takes the role" in words_of(reply)
    assert not chat.uow.controls.get(CONTROL).retired
