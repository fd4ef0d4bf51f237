"""Files that a message only names: asked for one by one, and taken where the message went."""

import pytest

from handlers.actions import action
from handlers.requests import SharedFile, ShortcutUsed, Source
from tasks.identifiers import TaskId
from tests.builders import a_control, a_control_text, a_task, an_item
from tests.handlers.conversation import ACME, TASK, Conversation, a_file, form_in, labels_in, view_in, words_of
from tests.handlers.test_attach_message import pointed

pytestmark = pytest.mark.anyio
TWO = a_control(text=a_control_text(evidence=(an_item("ticket"), an_item("note", required=False))))
SECOND = TaskId("task-2")


def busy() -> Conversation:
    """Olga has two open tasks."""
    return Conversation(a_task(), a_task("task-2", occurrence="o-2", title="Backups"), controls=[TWO])


async def attach(chat: Conversation, *names: str, place: str = f"{TASK}.1", message: str = "1.0") -> str:
    """A message that names these files; returns what is said then."""
    files = tuple(SharedFile(reference="", name=name) for name in names)
    source = Source(platform="slack", workspace=ACME, user="U-olga", conversation="C-help")
    request = ShortcutUsed(source=source, name="attach_message", message=pointed(files=files, message=message))
    form = form_in(await chat.send(request))
    assert "I can't fetch its files myself." in words_of(form)
    return words_of(await chat.submit("olga", form, place=place))


async def test_the_card_says_of_each_file_to_drop_it_here() -> None:
    said = await attach(busy(), "a.pdf", "b.pdf")
    assert "I can't fetch the files of that message myself:" in said
    assert "Drop a.pdf here and it goes to the same place." in said
    assert "Drop b.pdf here and it goes to the same place." in said


async def test_a_file_of_that_name_goes_to_that_task_and_item_without_a_question() -> None:
    chat = busy()
    await attach(chat, "a.pdf", "b.pdf")
    said = words_of(await chat.drop("olga", a_file("b.pdf")))
    assert "b.pdf is attached to “Leaver access removal”." in said
    assert "Drop a.pdf here" in said
    assert "Drop b.pdf here" not in said
    assert [(one.name, one.item) for one in chat.evidence() if one.reference] == [("b.pdf", "note")]


async def test_another_file_is_asked_about_as_ever() -> None:
    chat = busy()
    await attach(chat, "a.pdf")
    assert "Which task is x.pdf evidence for?" in words_of(await chat.drop("olga", a_file("x.pdf")))


async def test_of_several_files_dropped_together_only_those_nobody_waits_for_are_asked_about() -> None:
    chat = busy()
    await attach(chat, "a.pdf")
    said = words_of(await chat.drop("olga", a_file("a.pdf", "F1"), a_file("x.pdf", "F2")))
    assert "a.pdf is attached to “Leaver access removal”." in said
    assert "Which task is x.pdf evidence for?" in said
    assert [one.name for one in chat.evidence() if one.reference] == ["a.pdf"]


async def test_files_of_two_messages_go_each_to_its_own_task() -> None:
    chat = busy()
    await attach(chat, "a.pdf")
    await attach(chat, "b.pdf", place=f"{SECOND}.0", message="2.0")
    said = words_of(await chat.drop("olga", a_file("a.pdf", "F1"), a_file("b.pdf", "F2")))
    assert "“Leaver access removal”" in said
    assert "b.pdf is attached to “Backups”." in said
    assert [(one.name, one.item) for one in chat.evidence(SECOND) if one.reference] == [("b.pdf", "ticket")]


async def test_one_file_goes_everywhere_its_message_went() -> None:
    chat = busy()
    await attach(chat, "a.pdf")
    await attach(chat, "a.pdf", place=f"{SECOND}.0")
    await chat.drop("olga", a_file("a.pdf"))
    assert [[one.name for one in chat.evidence(task) if one.reference] for task in (TASK, SECOND)] == [["a.pdf"]] * 2


async def test_under_a_prompt_the_prompt_decides() -> None:
    chat = busy()
    await attach(chat, "a.pdf", place=f"{SECOND}.0")
    await chat.press("max", action("nudge", t=TASK))
    chat.deliver()
    await chat.drop("olga", a_file("a.pdf"), thread=chat.prompt())
    assert [one.name for one in chat.evidence() if one.reference] == ["a.pdf"]
    assert [one for one in chat.evidence(SECOND) if one.reference] == []


async def test_attaching_the_message_once_more_says_again_what_is_awaited() -> None:
    chat = busy()
    await attach(chat, "a.pdf")
    said = await attach(chat, "a.pdf")
    assert "is attached to “Leaver access removal” already" in said
    assert "Drop a.pdf here" in said


async def test_the_card_names_twenty_files_and_counts_the_rest() -> None:
    said = await attach(busy(), *(f"{n}.pdf" for n in range(50)))
    assert "Drop 19.pdf here" in said
    assert "30 more files of the message, likewise." in said


async def test_a_message_without_such_files_asks_for_nothing() -> None:
    chat = busy()
    source = Source(platform="slack", workspace=ACME, user="U-olga", conversation="C-help")
    form = form_in(await chat.send(ShortcutUsed(source=source, name="attach_message", message=pointed())))
    assert "fetch" not in words_of(form)
    reply = await chat.submit("olga", form, place=f"{TASK}.0")
    assert "fetch" not in words_of(reply)
    assert "Open the task" in labels_in(view_in(reply))
