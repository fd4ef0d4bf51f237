"""Files dropped into the conversation: each goes where it most probably belongs."""

from dataclasses import replace
from typing import Any

import pytest

from handlers.actions import action
from handlers.views.elements import FormButton, Text
from tasks.identifiers import PersonId, TaskId
from tasks.model import Answer, Task, TaskState
from tests.builders import a_control, a_control_text, a_task, an_item, utc
from tests.fakes import MONDAY
from tests.handlers.conversation import (
    TASK,
    Conversation,
    a_file,
    button_in,
    form_in,
    labels_in,
    names_in,
    value_in,
    view_in,
    words_of,
)

pytestmark = pytest.mark.anyio
TWO = a_control(text=a_control_text(evidence=(an_item("backup-log"), an_item("restore-test"))))


def answered(handle: str = "task-1", **changes: Any) -> Task:
    given: dict[str, Any] = {
        "state": TaskState.RECORDED,
        "answer": Answer.DONE,
        "answered_at": MONDAY,
        "answered_by": PersonId("olga"),
    }
    return a_task(handle, **{**given, **changes})


def with_last_time(*names_and_items: tuple[str, str]) -> Conversation:
    """Last span's answer stood on these files."""
    last = answered("last", occurrence="2026-09", span_start=utc(2026, 9, 1).date(), span_end=utc(2026, 9, 30).date())
    chat = Conversation(a_task(), last, controls=[TWO])
    for name, item in names_and_items:
        chat.attach(f"last-{name}", item, task_id=TaskId("last"), name=name)
    return chat


async def test_each_file_goes_to_the_item_its_name_speaks_of() -> None:
    chat = Conversation(controls=[TWO])
    reply = await chat.drop("olga", a_file("restore_test_okt.pdf", "F1"), a_file("backup-log-2026-10.txt", "F2"))
    assert [(one.reference, one.item) for one in chat.evidence()] == [("F1", "restore-test"), ("F2", "backup-log")]
    assert "Say which" not in words_of(reply)


async def test_a_file_named_like_last_times_goes_where_that_one_went() -> None:
    chat = with_last_time(("veeam-2026-09.csv", "restore-test"), ("nightly-2026-09.csv", "backup-log"))
    await chat.drop("olga", a_file("veeam-2026-10.csv"))
    assert [one.item for one in chat.evidence()] == ["restore-test"]


async def test_the_task_that_had_such_a_file_last_time_is_offered_first() -> None:
    chat = with_last_time(("veeam-2026-09.csv", "restore-test"))
    other = a_task("sooner", occurrence="o", control_id=a_control("HR-01").id, code="HR-01", title="Sooner due")
    chat.uow.controls.add(a_control("HR-01"))
    chat.uow.tasks.put(replace(other, due_at=utc(2026, 11, 3)))
    assert labels_in(view_in(await chat.drop("olga", a_file("IMG_1.png"))))[0] == "HR-01 Sooner due"
    asked = view_in(await chat.drop("olga", a_file("veeam-2026-10.csv")))
    assert labels_in(asked)[0] == "IAM-03 Leaver access removal"
    await chat.press("olga", button_in(asked, "IAM-03 Leaver access removal"))
    assert [one.item for one in chat.evidence()] == ["restore-test"]


async def test_a_task_named_in_the_file_is_offered_first() -> None:
    tasks = [a_task(f"task-{n}", occurrence=f"o-{n}", code=f"IAM-{n:02}") for n in range(1, 6)]
    asked = view_in(await Conversation(*tasks, controls=[TWO]).drop("olga", a_file("iam04.pdf")))
    assert labels_in(asked)[0].startswith("IAM-04")


async def test_with_more_open_tasks_than_buttons_it_is_said_how_to_reach_the_others() -> None:
    tasks = [a_task(f"task-{n}", occurrence=f"o-{n}") for n in range(14)]
    asked = view_in(await Conversation(*tasks, controls=[TWO]).drop("olga", a_file("a.png")))
    assert len(labels_in(asked)) == 10
    assert "For one of your 4 other tasks, send it under that task's message." in words_of(asked)


# nothing is open


async def test_with_nothing_open_an_answer_that_is_not_accepted_yet_is_offered_for_correction() -> None:
    chat = Conversation(answered(), controls=[TWO])
    reply = await chat.drop("olga", a_file())
    assert "the file is not attached to anything" in words_of(reply)
    assert "correct that answer: the file comes along" in words_of(reply)
    button = button_in(reply, "Correct IAM-03 …")
    assert isinstance(button, FormButton)
    assert (await chat.open("olga", button)).title == "Correct the answer"


async def test_an_accepted_answer_is_not_offered_for_correction() -> None:
    chat = Conversation(answered(state=TaskState.ACCEPTED), controls=[TWO])
    assert labels_in(view_in(await chat.drop("olga", a_file()))) == ["My tasks"]


async def prompt_of_an_answered(**changes: Any) -> tuple[Conversation, str]:
    chat = Conversation(controls=[TWO])
    await chat.press("max", action("nudge", t=TASK))
    chat.deliver()
    chat.uow.tasks.put(answered(version=2, **changes))
    return chat, chat.prompt()


async def test_under_an_answered_prompt_it_is_said_how_the_file_gets_in() -> None:
    chat, prompt = await prompt_of_an_answered()
    reply = await chat.drop("olga", a_file(), thread=prompt)
    assert "You already answered “Leaver access removal” on 2 Nov 2026 at 09:00" in words_of(reply)
    assert labels_in(view_in(reply)) == ["Correct …", "Open"]
    assert not chat.evidence()


async def test_under_an_accepted_prompt_only_reopening_helps() -> None:
    chat, prompt = await prompt_of_an_answered(state=TaskState.ACCEPTED)
    reply = await chat.drop("olga", a_file(), thread=prompt)
    assert "ask for it to be reopened" in words_of(reply)
    assert labels_in(view_in(reply)) == ["Ask to reopen …", "Open"]


async def test_the_correction_takes_the_missing_file_along() -> None:
    chat, _ = await prompt_of_an_answered()
    chat.attach("log", "backup-log")
    chat.attach("test", "restore-test")
    first = await chat.open("olga", action("correct_answer", t=TASK, v=2))
    form = form_in(await chat.submit("olga", first, answer="done"))
    assert names_in(form)[-1] == "files"
    await chat.submit("olga", form, reason="The log was missing", files=(a_file("backup-log.txt"),))
    (attestation,) = chat.uow.answers.attestations(TASK)
    added = next(one for one in chat.evidence() if one.reference == "F1")
    assert added.item == "backup-log"
    assert added.id in attestation.evidence


async def test_a_file_sent_too_late_comes_along_with_the_correction_that_was_offered_for_it() -> None:
    chat, prompt = await prompt_of_an_answered()
    chat.attach("log", "backup-log")
    chat.attach("test", "restore-test")
    reply = await chat.drop("olga", a_file("backup-log.txt"), thread=prompt)
    button = button_in(reply, "Correct …")
    assert isinstance(button, FormButton)
    form = form_in(await chat.submit("olga", await chat.open("olga", button), answer="done"))
    assert "Comes along: backup-log.txt" in [each.text for each in form.intro if isinstance(each, Text)]

    await chat.submit("olga", form, reason="The log was missing")

    added = next(one for one in chat.evidence() if one.reference == "F1")
    assert (added.item, added.name) == ("backup-log", "backup-log.txt")


async def test_a_refused_correction_attaches_nothing() -> None:
    chat, _ = await prompt_of_an_answered()
    first = await chat.open("olga", action("correct_answer", t=TASK, v=2))
    form = form_in(await chat.submit("olga", first, answer="done"))
    await chat.submit("olga", form, reason="", files=(a_file("backup-log.txt"),))
    assert value_in(form, "reason") == ""
    assert not chat.evidence()


async def test_a_task_without_items_takes_the_file_as_it_is() -> None:
    chat = Conversation(controls=[a_control(text=a_control_text(evidence=()))])
    reply = await chat.drop("olga", a_file())
    assert "leavers.csv is attached to" in words_of(reply)
    assert "Say" not in words_of(reply)
