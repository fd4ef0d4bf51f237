"""A message or file that changed on its platform: recorded where it is evidence, and nowhere else."""

from collections.abc import Callable
from typing import TypeVar

import pytest

from handlers.actions import action
from handlers.replies import Nothing
from handlers.requests import MessageChanged, Source
from handlers.router import Router
from tasks.identifiers import WorkspaceId
from tests.builders import a_control, a_control_text, a_task, an_item, utc
from tests.fakes import FakeUnitOfWork, FakeUnitsOfWork
from tests.handlers.conversation import ACME, TASK, Conversation, a_file, button_in, words_of

pytestmark = pytest.mark.anyio
T = TypeVar("T")
LATER = utc(2026, 11, 3, 10)
PLAIN = a_control(text=a_control_text(evidence=(an_item("ticket"),)))


def changed(message: str = "m-acted-on", *, file: str = "", deleted: bool = False) -> MessageChanged:
    conversation = "" if file else "dm-olga"
    source = Source(
        platform="slack", workspace=ACME, user="", conversation=conversation, message="" if file else message
    )
    return MessageChanged(source=source, at=LATER, file=file, deleted=deleted)


async def under_a_prompt(chat: Conversation) -> str:
    await chat.press("max", action("nudge", t=TASK))
    chat.deliver()
    return chat.prompt()


async def test_a_link_edited_afterwards_is_marked_and_kept_as_it_was() -> None:
    chat = Conversation(controls=[PLAIN])
    await chat.say("olga", "https://a.example/42", thread=await under_a_prompt(chat))
    assert await chat.send(changed()) == Nothing()
    assert [(one.text, one.source_changed_at) for one in chat.evidence()] == [("https://a.example/42", LATER)]
    assert "edited on 3 Nov 2026" in words_of(await chat.press("olga", action("show_task", t=TASK)))


async def test_a_dropped_file_deleted_with_its_message_is_marked() -> None:
    chat = Conversation(controls=[PLAIN])
    await chat.drop("olga", a_file())
    await chat.send(changed(deleted=True))
    assert [one.source_deleted_at for one in chat.evidence()] == [LATER]


async def test_a_file_deleted_on_its_own_is_marked() -> None:
    chat = Conversation(controls=[PLAIN])
    await chat.drop("olga", a_file())
    await chat.send(changed(file="F1", deleted=True))
    assert [one.source_deleted_at for one in chat.evidence()] == [LATER]


async def test_a_file_whose_task_was_chosen_by_button_is_traced_to_the_message_it_was_dropped_in() -> None:
    chat = Conversation(a_task(), a_task("task-2", occurrence="o-2", title="Another"), controls=[PLAIN])
    asked = await chat.drop("olga", a_file())
    await chat.press("olga", button_in(asked, "IAM-03 Leaver access removal"))
    await chat.send(changed(deleted=True))
    assert [one.source_deleted_at for one in chat.evidence()] == [LATER]


async def test_an_answer_is_never_changed_by_editing_what_was_written_under_its_prompt() -> None:
    chat = Conversation(controls=[PLAIN])
    await chat.say("olga", "https://a.example/42", thread=await under_a_prompt(chat))
    await chat.press("olga", action("answer_with", t=TASK, v=1, a="done"))
    form = await chat.open("olga", action("answer_with", t=TASK, v=1, a="done"))
    await chat.submit("olga", form)
    answered = chat.task()
    await chat.send(changed())
    await chat.send(changed(deleted=True))
    assert chat.task() == answered


@pytest.mark.parametrize(
    "request_", [changed("m-else"), changed(file="F-else", deleted=True), changed("", deleted=True)]
)
async def test_what_is_no_evidence_changes_nothing_at_all(request_: MessageChanged) -> None:
    chat = Conversation(controls=[PLAIN])
    await chat.drop("olga", a_file())
    before = repr(chat.state)
    assert await chat.send(request_) == Nothing()
    assert repr(chat.state) == before


class ReadingOnly(FakeUnitsOfWork):
    async def write(self, workspace_id: WorkspaceId, work: Callable[[FakeUnitOfWork], T]) -> T:
        raise AssertionError("the writer has better things to do")


async def test_for_what_is_no_evidence_the_writer_is_left_alone() -> None:
    """Slack tells of every edited message, our own included."""
    chat = Conversation(controls=[PLAIN])
    reading = ReadingOnly(chat.clock)
    reading.states = chat.units.states
    assert await Router(reading)(changed("m-else")) == Nothing()
