from typing import Any

import pytest

from handlers.actions import action
from tasks.identifiers import PersonId
from tasks.model import Answer, TaskState
from tests.builders import a_task
from tests.handlers.conversation import (
    TASK,
    Conversation,
    button_in,
    errors_in,
    form_in,
    labels_in,
    names_in,
    value_in,
    view_in,
    words_of,
)

pytestmark = pytest.mark.anyio


async def answered(**changes: Any) -> Conversation:
    chat = Conversation(a_task(**changes))
    chat.attach()
    await chat.press("olga", action("answer_task", t=TASK, v=1))
    return chat


async def not_done() -> Conversation:
    chat = Conversation()
    form = await chat.open("olga", action("answer_with", t=TASK, v=1, a="not-done"))
    await chat.submit("olga", form, cause="Forgotten", look_back="No log-ins", correction="By Friday", comment="Sorry")
    return chat


async def test_a_correction_first_asks_for_the_right_answer_showing_the_one_given() -> None:
    chat = await answered()
    form = await chat.open("olga", action("correct_answer", t=TASK, v=2))
    assert names_in(form) == ["answer"]
    assert value_in(form, "answer") == Answer.DONE


async def test_then_it_asks_what_belongs_to_that_answer_and_why() -> None:
    chat = await answered()
    first = await chat.open("olga", action("correct_answer", t=TASK, v=2))
    form = form_in(await chat.submit("olga", first, answer="not-fully-done"))
    assert names_in(form) == ["reason", "cause", "look_back", "correction", "comment", "files"]


async def test_a_correction_is_a_new_version_with_a_reason() -> None:
    chat = await answered()
    first = await chat.open("olga", action("correct_answer", t=TASK, v=2))
    form = form_in(await chat.submit("olga", first, answer="done"))
    reply = await chat.submit("olga", form, reason="One leaver was overlooked", comment="Four leavers")
    assert "The earlier answer stays readable" in words_of(reply)
    old, new = chat.uow.answers.attestations(TASK)
    assert (old.version, new.version, new.correction_reason) == (1, 2, "One leaver was overlooked")
    assert "Corrected (version 2): One leaver was overlooked" in words_of(
        await chat.press("olga", action("show_task", t=TASK))
    )


async def test_a_deviation_opened_by_mistake_is_not_shown_any_more() -> None:
    chat = await not_done()
    chat.attach()
    first = await chat.open("olga", action("correct_answer", t=TASK, v=2))
    form = form_in(await chat.submit("olga", first, answer="done"))
    await chat.submit("olga", form, reason="It was done, by Hans")
    assert chat.uow.answers.deviations(TASK)[0].withdrawn
    assert "Forgotten" not in words_of(await chat.press("olga", action("show_task", t=TASK)))


async def test_only_what_is_wrong_has_to_be_typed_again() -> None:
    chat = await not_done()
    first = await chat.open("olga", action("correct_answer", t=TASK, v=2))
    form = form_in(await chat.submit("olga", first, answer="not-fully-done"))
    assert [value_in(form, name) for name in ("cause", "look_back", "correction", "comment", "reason")] == [
        "Forgotten",
        "No log-ins",
        "By Friday",
        "Sorry",
        "",
    ]


async def test_a_correction_without_a_reason_is_refused_in_its_field() -> None:
    chat = await answered()
    first = await chat.open("olga", action("correct_answer", t=TASK, v=2))
    form = form_in(await chat.submit("olga", first, answer="done"))
    assert set(errors_in(await chat.submit("olga", form))) == {"reason"}


@pytest.mark.parametrize("chosen", ["", "perfect"])
async def test_a_first_step_without_a_known_answer_is_refused_in_words(chosen: str) -> None:
    chat = await answered()
    first = await chat.open("olga", action("correct_answer", t=TASK, v=2))
    assert "too old" in words_of(await chat.submit("olga", first, answer=chosen))


async def test_an_accepted_answer_is_not_corrected_but_reopened() -> None:
    chat = await answered(needs_acceptance=True)
    await chat.press("lee", action("accept_submission", t=TASK, v=2))
    assert chat.task().state is TaskState.ACCEPTED
    card = view_in(await chat.press("olga", action("show_task", t=TASK)))
    assert labels_in(card)[-1] == "Ask to reopen …"
    assert "Correct …" not in labels_in(card)
    assert "was accepted" in words_of(await chat.press("olga", action("correct_answer", t=TASK, v=3)))


async def test_an_open_task_has_nothing_to_correct() -> None:
    assert "no answer to correct yet" in words_of(
        await Conversation().press("olga", action("correct_answer", t=TASK, v=1))
    )


# typed


async def test_correct_lists_my_answers_with_a_button_each() -> None:
    chat = await answered()
    reply = await chat.type("olga", "correct")
    assert labels_in(view_in(reply)) == ["Correct …"]
    assert (await chat.open("olga", button_in(reply, "Correct …"))).title == "Correct the answer"
    assert view_in(reply) == view_in(await chat.press("olga", action("show_correctable")))


async def test_an_accepted_one_is_offered_for_reopening() -> None:
    chat = await answered(needs_acceptance=True)
    await chat.press("lee", action("accept_submission", t=TASK, v=2))
    assert labels_in(view_in(await chat.type("olga", "correct"))) == ["Ask to reopen …"]
    assert form_in(await chat.type("olga", "correct iam-03")).title == "Ask to reopen"


async def test_with_a_code_the_form_of_the_latest_answer_opens() -> None:
    chat = await answered()
    assert form_in(await chat.type("olga", "correct iam-03")).action.get("t") == TASK


@pytest.mark.parametrize("typed", ["correct IAM-99", "correct"])
async def test_without_an_answer_of_mine_there_is_nothing_to_correct(typed: str) -> None:
    words = words_of(await Conversation().type("zoe", typed))
    assert "no answer of yours" in words or "nothing to correct" in words


async def test_what_i_answered_for_somebody_who_is_back_is_theirs_to_correct() -> None:
    chat = await answered()
    chat.uow.tasks.put(a_task(state=TaskState.RECORDED, answer=Answer.DONE, answered_by=PersonId("hans"), version=9))
    assert "nothing to correct" in words_of(await chat.type("hans", "correct"))
