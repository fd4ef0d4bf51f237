import pytest

from handlers.actions import action
from handlers.replies import Replace, Show
from tasks.evidence import EvidenceState
from tasks.model import Decision, TaskState
from tests.builders import a_task
from tests.handlers.conversation import (
    TASK,
    Conversation,
    button_in,
    errors_in,
    labels_in,
    view_in,
    words_of,
)

pytestmark = pytest.mark.anyio
SHOW = action("show_task", t=TASK)
ACCEPT = action("accept_submission", t=TASK, v=2)
RETURN = action("return_submission", t=TASK, v=2)


async def submitted() -> Conversation:
    chat = Conversation(a_task(needs_acceptance=True))
    chat.attach()
    await chat.press("olga", action("answer_task", t=TASK, v=1))
    return chat


async def test_the_acceptor_accepts_at_one_press_and_the_message_says_so() -> None:
    chat = await submitted()
    reply = await chat.press("lee", button_in(await chat.press("lee", SHOW), "Accept"))
    assert isinstance(reply, Replace)
    assert "Accepted by Lee on 2 Nov 2026 at 09:00." in words_of(reply)
    assert "Accept" not in labels_in(reply.view)
    assert chat.task().state is TaskState.ACCEPTED


async def test_the_submitter_has_no_button_to_accept_and_is_refused() -> None:
    chat = await submitted()
    assert "Accept" not in labels_in(view_in(await chat.press("olga", SHOW)))
    assert "You answered this yourself" in words_of(await chat.press("olga", ACCEPT))
    assert chat.task().state is TaskState.SUBMITTED


async def test_a_second_acceptor_is_told_who_accepted_first() -> None:
    chat = await submitted()
    await chat.press("lee", ACCEPT)
    assert "Lee already accepted" in words_of(await chat.press("iris", ACCEPT))


async def test_what_was_opened_before_accepting_is_on_record() -> None:
    chat = await submitted()
    await chat.press("lee", button_in(await chat.press("lee", SHOW), "Open"))
    await chat.press("lee", ACCEPT)
    (decision,) = chat.uow.answers.acceptances(TASK)
    assert (decision.opened, decision.unopened) == (("leavers",), ())


async def test_acceptance_waits_until_every_file_is_checked() -> None:
    chat = Conversation(a_task(needs_acceptance=True))
    chat.attach(state=EvidenceState.CHECKING, sha256="")
    await chat.press("olga", action("answer_task", t=TASK, v=1))
    assert "Still checking 1 file" in words_of(await chat.press("lee", ACCEPT))
    assert "Checking 1 file; nothing is left to do for you." in words_of(await chat.press("olga", SHOW))


async def test_a_return_sends_the_task_back_with_its_reason() -> None:
    chat = await submitted()
    form = await chat.open("lee", button_in(await chat.press("lee", SHOW), "Return …"))
    reply = await chat.submit("lee", form, reason="The list covers September only")
    assert isinstance(reply, Show)
    assert chat.task().is_open
    assert chat.uow.answers.acceptances(TASK)[0].decision is Decision.RETURN
    assert "Sent back: The list covers September only" in words_of(await chat.press("olga", SHOW))


async def test_a_return_without_a_reason_is_refused_in_its_field() -> None:
    chat = await submitted()
    form = await chat.open("lee", RETURN)
    assert set(errors_in(await chat.submit("lee", form, reason="  "))) == {"reason"}
    assert chat.task().state is TaskState.SUBMITTED


async def test_a_correction_meanwhile_makes_the_acceptors_button_stale() -> None:
    chat = await submitted()
    form = await chat.open("olga", action("correct_answer", t=TASK, v=2))
    more = await chat.submit("olga", form, answer="done")
    await chat.submit("olga", more.form, reason="Forgot one")  # type: ignore[union-attr]
    assert "has changed since you opened it" in words_of(await chat.press("lee", ACCEPT))
