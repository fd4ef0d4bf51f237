from dataclasses import replace
from datetime import date

import pytest

from handlers.actions import Action, action
from handlers.replies import Nothing
from handlers.requests import ButtonPressed, FormSubmitted
from handlers.views.elements import Form
from tasks.identifiers import PersonId, TaskId
from tasks.model import TaskState
from tests.builders import a_person, a_task, utc
from tests.handlers.conversation import TASK, Conversation, a_file, button_in, source, view_in, words_of

pytestmark = pytest.mark.anyio
DAY = date(2026, 11, 2)
STRANGERS = ("gus", "ina", "nobody-we-know")


@pytest.mark.parametrize("who", STRANGERS)
async def test_strangers_guests_and_leavers_are_told_whom_to_ask_and_change_nothing(who: str) -> None:
    chat = Conversation()
    chat.attach()
    asked = [
        await chat.type(who, "tasks"),
        await chat.type(who, "status"),
        await chat.type(who, "assign IAM-03 hans@example.com"),
        await chat.press(who, action("answer_task", t=TASK, v=1)),
        await chat.press(who, action("answer_with", t=TASK, v=1, a="done")),
        await chat.submit(who, Form(title="", action=action("answer_with", t=TASK, v=1, a="done"), fields=())),
        await chat.drop(who, a_file()),
        await chat.say(who, "hello"),
    ]
    assert [view_in(one).title for one in asked] == ["Hello"] * len(asked)
    assert "Ask your compliance lead" in words_of(asked[0])
    assert not chat.state.entries


async def test_a_stranger_leaves_no_trace() -> None:
    chat = Conversation()
    await chat.press("nobody-we-know", action("nudge", t=TASK), delivery="click-1")
    assert not chat.state.deliveries


async def test_a_repeated_delivery_does_nothing_and_says_nothing() -> None:
    chat = Conversation(a_task(due_at=utc(2026, 10, 30)))
    first = await chat.press("max", action("nudge", t=TASK), delivery="click-1")
    second = await chat.press("max", action("nudge", t=TASK), delivery="click-1")
    assert view_in(first).title == "Nudged"
    assert second == Nothing()
    assert len(chat.state.notices) == 1


async def test_the_same_delivery_key_of_another_platform_is_another_delivery() -> None:
    chat = Conversation()
    await chat.press("max", action("nudge", t=TASK), delivery="1")
    with_key = ButtonPressed(source=replace(source("max", delivery="1"), platform="web"), action=action("show_tasks"))
    assert view_in(await chat.send(with_key)).title == "Hello"


async def test_a_refused_request_may_be_delivered_again() -> None:
    chat = Conversation()
    chat.attach()
    await chat.press("olga", action("answer_task", t=TASK, v=7), delivery="click-1")
    await chat.press("olga", action("answer_task", t=TASK, v=1), delivery="click-1")
    assert chat.task().state is TaskState.RECORDED


async def test_of_two_people_who_press_done_the_second_is_told_who_was_first() -> None:
    away = a_person("olga", manager_id=PersonId("max"), away_from=DAY, away_until=DAY, delegate_id=PersonId("hans"))
    chat = Conversation(people=[away])
    chat.attach()
    button = button_in(await chat.press("hans", action("show_task", t=TASK)), "Done")
    await chat.press("olga", button)
    late = await chat.press("hans", button)
    assert "Olga already answered “Leaver access removal” with “Done” on 2 Nov 2026 at 09:00" in words_of(late)
    assert len(chat.uow.answers.attestations(TASK)) == 1


async def test_a_double_click_is_one_answer() -> None:
    chat = Conversation()
    chat.attach()
    button = button_in(await chat.press("olga", action("show_task", t=TASK)), "Done")
    await chat.press("olga", button)
    assert "You already answered" in words_of(await chat.press("olga", button))
    assert len(chat.uow.answers.attestations(TASK)) == 1


@pytest.mark.parametrize("name", ["answer_taks", "nothing_we_know", "open_incident"])
async def test_a_button_of_another_version_is_called_too_old(name: str) -> None:
    chat = Conversation()
    pressed = await chat.press("olga", action(name, t=TASK))
    sent = await chat.send(FormSubmitted(source=source("olga"), action=action(name), values={}))
    assert "too old" in words_of(pressed)
    assert "too old" in words_of(sent)


@pytest.mark.parametrize("version", ["0", "2", "99", "-1", "one", "", "1e9", "٣", "9" * 30])
async def test_a_button_drawn_before_the_last_change_or_tampered_with_changes_nothing(version: str) -> None:
    chat = Conversation()
    chat.attach()
    reply = await chat.press("olga", Action(name="answer_task", args={"t": TASK, "v": version}))
    assert "has changed since you opened it" in words_of(reply)
    assert chat.task().state is TaskState.OPEN


TASK_ACTIONS = ["show_task", "answer_task", "answer_with", "accept_submission", "nudge", "attach_evidence", "wait_on"]
TASK_FORMS = ["correct_answer", "return_submission", "reopen_task", "ask_to_reopen", "reassign_task", "request_item"]


@pytest.mark.parametrize("name", TASK_ACTIONS + TASK_FORMS)
async def test_an_unknown_task_and_another_workspaces_task_get_the_same_sentence(name: str) -> None:
    chat = Conversation()
    sentences = {
        words_of(await chat.press("olga", action(name, t=task_id, v=1, a="done")))
        for task_id in (TaskId("nothing"), TaskId("task-of-globex"), "", "' OR 1=1")
    }
    assert len(sentences) == 1
    assert "This task is not here" in sentences.pop()


@pytest.mark.parametrize("name", ["show_task", "answer_with", "attach_evidence", *TASK_FORMS, "nudge"])
async def test_nobody_reads_even_the_title_of_a_task_that_is_not_for_them(name: str) -> None:
    chat = Conversation()
    reply = await chat.press("zoe", action(name, t=TASK, v=1, a="done"))
    assert "Leaver access removal" not in words_of(reply)


@pytest.mark.parametrize("name", ["open_evidence", "remove_evidence", "sort_evidence", "fill_card"])
async def test_unknown_evidence_is_refused_in_words(name: str) -> None:
    chat = Conversation()
    reply = await chat.press("olga", action(name, e="nothing"))
    assert "This file or link is not here" in words_of(reply)


@pytest.mark.parametrize("name", ["remove_evidence", "open_evidence", "sort_evidence", "fill_card"])
async def test_evidence_of_a_task_that_is_not_yours_is_out_of_reach(name: str) -> None:
    chat = Conversation()
    chat.attach()
    before = chat.evidence()
    reply = await chat.press("zoe", action(name, e="leavers"))
    assert "leavers.csv" not in words_of(reply)
    assert chat.evidence() == before


@pytest.mark.parametrize("answer", ["", "perfect", "DONE", "done "])
async def test_an_unknown_answer_value_is_called_too_old(answer: str) -> None:
    chat = Conversation()
    act = action("answer_with", t=TASK, v=1, a=answer)
    opened = await chat.press("olga", act)
    sent = await chat.send(FormSubmitted(source=source("olga"), action=act, values={"comment": "x"}))
    assert "too old" in words_of(opened)
    assert "too old" in words_of(sent)


async def test_what_a_person_did_last_says_where_they_are_reached() -> None:
    chat = Conversation()
    await chat.press("max", action("nudge", t=TASK))
    (_, used_at) = chat.state.identities["slack", "U-max"]
    assert used_at == chat.clock.now()


async def test_the_words_of_a_form_that_came_too_late_are_kept_as_a_draft() -> None:
    chat = Conversation()
    chat.attach()
    form = await chat.open("olga", action("answer_with", t=TASK, v=1, a="done"))
    chat.uow.tasks.save(replace(chat.task(), waiting_on="HR"))
    reply = await chat.submit("olga", form, comment="Three leavers")
    assert "has changed since you opened it" in words_of(reply)
    assert "kept as a draft" in words_of(reply)
    draft = chat.uow.answers.draft(TASK, PersonId("olga"))
    assert draft is not None
    assert draft.values == {"comment": "Three leavers"}
