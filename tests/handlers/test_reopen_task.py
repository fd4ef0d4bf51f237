import pytest

from handlers.actions import action
from tasks.model import TaskState
from tests.builders import a_task
from tests.handlers.conversation import TASK, Conversation, button_in, errors_in, labels_in, view_in, words_of

pytestmark = pytest.mark.anyio
SHOW = action("show_task", t=TASK)


async def accepted() -> Conversation:
    chat = Conversation(a_task(needs_acceptance=True))
    chat.attach()
    await chat.press("olga", action("answer_task", t=TASK, v=1))
    await chat.press("lee", action("accept_submission", t=TASK, v=2))
    return chat


async def test_the_compliance_lead_reopens_with_a_reason() -> None:
    chat = await accepted()
    form = await chat.open("lee", button_in(await chat.press("lee", SHOW), "Reopen …"))
    reply = await chat.submit("lee", form, reason="October was not covered")
    assert "is open again; its owner is told why." in words_of(reply)
    assert chat.task().is_open
    assert "olga returned" in chat.owed()


async def test_reopening_needs_a_reason() -> None:
    chat = await accepted()
    form = await chat.open("lee", action("reopen_task", t=TASK, v=3))
    assert set(errors_in(await chat.submit("lee", form))) == {"reason"}


async def test_the_owner_asks_and_the_compliance_lead_is_told() -> None:
    chat = await accepted()
    form = await chat.open("olga", button_in(await chat.press("olga", SHOW), "Ask to reopen …"))
    await chat.submit("olga", form, reason="I attached the wrong list")
    assert chat.task().state is TaskState.ACCEPTED
    told = chat.deliver()["lee reopen-asked"]
    assert "Olga asks: I attached the wrong list" in words_of(told)
    assert labels_in(told) == ["Open"]


async def test_once_reopened_the_request_says_so() -> None:
    chat = await accepted()
    await chat.submit("olga", await chat.open("olga", action("ask_to_reopen", t=TASK)), reason="Wrong list")
    chat.deliver()
    await chat.submit("lee", await chat.open("lee", action("reopen_task", t=TASK, v=3)), reason="As asked")
    assert "It is open again." in words_of(chat.edit()["lee reopen-asked"])


async def test_the_owner_can_not_reopen_by_themselves() -> None:
    chat = await accepted()
    assert "Reopen …" not in labels_in(view_in(await chat.press("olga", SHOW)))
    form = await chat.open("olga", action("reopen_task", t=TASK, v=3))
    assert "takes the role of compliance lead" in words_of(await chat.submit("olga", form, reason="Please"))
    assert chat.task().state is TaskState.ACCEPTED
