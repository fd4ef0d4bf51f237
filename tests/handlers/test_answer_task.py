from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from handlers.actions import action
from handlers.replies import FormErrors, Nothing, OpenForm, Replace, Show
from handlers.requests import ButtonPressed
from handlers.views.elements import ActionButton, FormButton
from tasks.identifiers import PersonId
from tasks.model import Answer, TaskState
from tasks.notices import NoticeKey, Occasion, OwedNotice
from tests.builders import a_person, a_task
from tests.handlers.conversation import (
    TASK,
    Conversation,
    a_card,
    button_in,
    errors_in,
    form_in,
    labels_in,
    names_in,
    source,
    value_in,
    view_in,
    words_of,
)

pytestmark = pytest.mark.anyio
SHOW = action("show_task", t=TASK)


def ready(**changes: Any) -> Conversation:
    chat = Conversation(a_task(**changes))
    chat.attach()
    return chat


async def opened(chat: Conversation, answer: str, who: str = "olga") -> OpenForm:
    reply = await chat.press(who, action("answer_with", t=TASK, v=1, a=answer))
    assert isinstance(reply, OpenForm)
    return reply


async def test_done_with_everything_there_answers_at_once_and_takes_the_place_of_the_message() -> None:
    chat = ready()
    button = button_in(await chat.press("olga", SHOW), "Done")
    reply = await chat.press("olga", button)
    assert isinstance(button, ActionButton)
    assert isinstance(reply, Replace)
    assert "You answered “Done” on 2 Nov 2026 at 09:00." in words_of(reply)
    assert chat.task().state is TaskState.RECORDED
    assert "Done" not in labels_in(view_in(reply))


async def test_done_under_a_delivered_message_leaves_its_edit_to_delivery() -> None:
    chat = ready()
    owed = NoticeKey(about=f"task:{TASK}", recipient="person:olga", occasion=Occasion.OPENED)
    chat.uow.notices.owe([OwedNotice(key=owed, task_id=TASK, owed_at=chat.clock.now())])
    chat.deliver()
    (sent,) = chat.uow.notices.messages_of(TASK)
    pressed = replace(source("olga"), conversation=sent.conversation, message=sent.message)
    reply = await chat.send(ButtonPressed(source=pressed, action=action("answer_task", t=TASK, v=1)))
    assert isinstance(reply, Nothing)
    (edited,) = chat.edit().values()
    assert "You answered “Done” on 2 Nov 2026 at 09:00." in words_of(edited)


async def test_done_waits_for_acceptance_where_the_control_asks_for_it() -> None:
    chat = ready(needs_acceptance=True)
    reply = await chat.press("olga", button_in(await chat.press("olga", SHOW), "Done"))
    assert "Waiting for acceptance by Lee or Iris." in words_of(reply)
    assert chat.task().state is TaskState.SUBMITTED


async def test_done_with_something_missing_is_a_button_that_opens_the_form_listing_it() -> None:
    chat = Conversation()
    button = button_in(await chat.press("olga", SHOW), "Done")
    form = await chat.open("olga", button)
    assert isinstance(button, FormButton)
    assert "The leaver list: not attached yet" in words_of(form)


async def test_an_old_done_button_opens_the_form_too_where_something_is_missing_now() -> None:
    chat = Conversation()
    reply = await chat.press("olga", action("answer_task", t=TASK, v=1))
    assert "The leaver list: not attached yet" in words_of(reply)
    assert form_in(reply).action.get("a") == Answer.DONE
    assert chat.task().is_open


async def test_a_list_without_its_source_card_is_still_missing_something() -> None:
    chat = Conversation()
    chat.attach(card=None)
    form = await chat.open("olga", button_in(await chat.press("olga", SHOW), "Done"))
    assert "leavers.csv: its source card is not filled in" in words_of(form)


async def test_what_looks_thin_is_met_with_what_an_auditor_will_ask() -> None:
    chat = Conversation()
    chat.attach(card=a_card(), item="leaver-list")
    chat.attach("extra", item="", card=None)
    form = await chat.open("olga", button_in(await chat.press("olga", SHOW), "Done"))
    words = words_of(form)
    assert "What your auditor will ask" in words
    assert "belongs to no evidence item" in words


async def test_the_statement_to_be_signed_stands_in_the_form_as_it_will_be_kept() -> None:
    chat = ready()
    form = (await opened(chat, "done")).form
    await chat.submit("olga", form)
    statement = chat.uow.answers.attestations(TASK)[-1].statement
    assert statement in words_of(form)


async def test_an_incomplete_done_comes_back_with_form_words_and_a_draft() -> None:
    chat = Conversation()
    form = (await opened(chat, "done")).form
    reply = await chat.submit("olga", form, comment="All three are gone")
    assert isinstance(reply, FormErrors)
    assert "The leaver list: not attached yet" in reply.errors[""]
    assert reply.values["comment"] == "All three are gone"
    assert reply.form.title == form.title
    draft = chat.uow.answers.draft(TASK, PersonId("olga"))
    assert draft is not None
    assert draft.values == {"comment": "All three are gone"}


async def test_nothing_typed_is_no_draft() -> None:
    chat = Conversation()
    await chat.submit("olga", (await opened(chat, "done")).form)
    assert chat.uow.answers.draft(TASK, PersonId("olga")) is None


async def test_a_draft_is_there_on_another_device() -> None:
    chat = Conversation()
    await chat.submit("olga", (await opened(chat, "not-done")).form, cause="Nobody had time")
    assert value_in((await opened(chat, "not-done")).form, "cause") == "Nobody had time"


async def test_a_draft_is_its_writers_own() -> None:
    away = a_person("olga", away_from=date(2026, 11, 2), away_until=date(2026, 11, 6), delegate_id=PersonId("hans"))
    chat = Conversation(people=[away])
    await chat.submit("olga", (await opened(chat, "done")).form, comment="Olga's words")
    assert value_in((await opened(chat, "done", who="hans")).form, "comment") == ""


async def test_keep_as_a_draft_sends_nothing() -> None:
    chat = ready()
    reply = await chat.submit("olga", (await opened(chat, "done")).form, comment="half", later=("yes",))
    assert isinstance(reply, Show)
    assert "Nothing was sent" in words_of(reply)
    assert chat.task().is_open
    assert value_in((await opened(chat, "done")).form, "comment") == "half"


async def test_with_a_draft_done_opens_it_instead_of_throwing_it_away() -> None:
    chat = ready()
    old_button = button_in(await chat.press("olga", SHOW), "Done")
    await chat.submit("olga", (await opened(chat, "done")).form, comment="half", later=("yes",))
    assert value_in(form_in(await chat.press("olga", old_button)), "comment") == "half"
    card = await chat.press("olga", SHOW)
    assert "A draft of your answer is kept" in words_of(card)
    assert isinstance(button_in(card, "Done"), FormButton)


async def test_an_answer_clears_the_draft() -> None:
    chat = ready()
    await chat.submit("olga", (await opened(chat, "done")).form, comment="half", later=("yes",))
    await chat.submit("olga", (await opened(chat, "done")).form, comment="whole")
    assert not chat.state.drafts
    assert chat.uow.answers.attestations(TASK)[-1].comment == "whole"


@pytest.mark.parametrize("answer", ["not-done", "not-fully-done"])
async def test_an_adverse_answer_is_met_kindly_and_asks_three_things(answer: str) -> None:
    form = (await opened(Conversation(), answer)).form
    assert "Thank you for saying so" in words_of(form)
    assert names_in(form)[:3] == ["cause", "look_back", "correction"]
    assert "not fully done for" in words_of(form) or "was not done for" in words_of(form)
    assert "I confirm" not in words_of(form)


async def test_an_honest_not_done_is_thanked_and_opens_a_deviation() -> None:
    chat = Conversation()
    form = (await opened(chat, "not-done")).form
    reply = await chat.submit("olga", form, cause="No time", look_back="Checked log-ins", correction="By Friday")
    assert "Thank you for the honest answer" in words_of(reply)
    (deviation,) = chat.uow.answers.deviations(TASK)
    assert (deviation.cause, deviation.look_back, deviation.correction) == ("No time", "Checked log-ins", "By Friday")


async def test_an_adverse_answer_with_gaps_names_them_in_their_fields() -> None:
    chat = Conversation()
    reply = await chat.submit("olga", (await opened(chat, "not-done")).form, cause="No time")
    assert set(errors_in(reply)) == {"look_back", "correction"}
    assert chat.task().is_open


async def test_problems_found_are_one_a_line_each_with_an_owner_and_a_date() -> None:
    chat = ready()
    form = (await opened(chat, "done-found-problems")).form
    await chat.submit("olga", form, problem="Bob is active\n\n Eve is active ", problem_owner="hans")
    found = chat.uow.answers.findings(TASK)
    assert [(one.description, one.owner_id, one.due_on) for one in found] == [
        ("Bob is active", "hans", date(2026, 11, 16)),
        ("Eve is active", "hans", date(2026, 11, 16)),
    ]
    assert [name for name in chat.owed() if name.startswith("hans")] == ["hans finding", "hans finding"]


async def test_problems_are_suggested_to_the_answerer_and_for_in_two_weeks() -> None:
    form = (await opened(ready(), "done-found-problems")).form
    assert (value_in(form, "problem_owner"), value_in(form, "problem_due")) == ("olga", "2026-11-16")


async def test_found_problems_without_a_problem_is_refused_in_its_field() -> None:
    chat = ready()
    reply = await chat.submit("olga", (await opened(chat, "done-found-problems")).form)
    assert set(errors_in(reply)) == {"problem"}


@pytest.mark.parametrize("typed", ["", "soon", "2026-13-01", "30.11.2026"])
async def test_a_day_that_is_none_is_refused_in_its_field(typed: str) -> None:
    chat = ready()
    form = (await opened(chat, "done-found-problems")).form
    reply = await chat.submit("olga", form, problem="Bob is active", problem_due=typed)
    assert set(errors_in(reply)) == {"problem_due"}


async def test_nothing_to_report_needs_the_query_that_shows_zero() -> None:
    chat = Conversation()
    form = (await opened(chat, "nothing-to-report")).form
    assert set(errors_in(await chat.submit("olga", form))) == {"source", "query"}
    await chat.submit("olga", form, source="Okta", query="left in October")
    assert chat.task().answer is Answer.NOTHING_TO_REPORT
    (zero,) = chat.evidence()
    assert zero.card is not None
    assert (zero.card.source, zero.card.query, zero.card.row_count) == ("Okta", "left in October", 0)


async def test_source_and_query_of_last_time_stand_in_the_nil_return_but_no_conclusion() -> None:
    chat = Conversation(a_task(), a_task("task-0", occurrence="2026-09", span_end=date(2026, 9, 30)))
    first = action("answer_with", t="task-0", v=1, a="nothing-to-report")
    await chat.submit("olga", await chat.open("olga", first), source="Okta", query="left: last month", comment="None")
    form = (await opened(chat, "nothing-to-report")).form
    assert (value_in(form, "source"), value_in(form, "query"), value_in(form, "comment")) == (
        "Okta",
        "left: last month",
        "",
    )


async def test_the_prompt_shows_how_it_was_answered_last_time() -> None:
    chat = Conversation(a_task(), a_task("task-0", occurrence="2026-09", span_end=date(2026, 9, 30)))
    first = action("answer_with", t="task-0", v=1, a="nothing-to-report")
    await chat.submit("olga", await chat.open("olga", first), source="Okta", query="leavers", comment="None")
    words = words_of(await chat.press("olga", SHOW))
    assert "Same as last time?" in words
    assert "Source then: Okta: leavers" in words
    assert "Note then: None" in words


async def test_a_delegate_answers_on_behalf_of_the_owner() -> None:
    away = a_person("olga", away_from=date(2026, 11, 2), away_until=date(2026, 11, 6), delegate_id=PersonId("hans"))
    chat = Conversation(people=[away])
    chat.attach()
    await chat.press("hans", button_in(await chat.press("hans", SHOW), "Done"))
    attestation = chat.uow.answers.attestations(TASK)[-1]
    assert (attestation.person_id, attestation.on_behalf_of, attestation.role) == ("hans", "olga", "delegate")


@pytest.mark.parametrize("who", ["lee", "max", "iris"])
async def test_those_above_see_the_task_but_have_no_button_to_answer_it(who: str) -> None:
    chat = ready()
    card = view_in(await chat.press(who, SHOW))
    assert labels_in(card) == (["Open", "Hand over …"] if who == "lee" else ["Hand over …"])
    refused = await chat.press(who, action("answer_task", t=TASK, v=1))
    assert "IAM-03 is Olga's task, so only Olga can answer it." in words_of(refused)


async def test_those_above_see_that_files_are_there_but_not_which() -> None:
    chat = ready()
    chat.attach("secret", item="removal-proof", sha256="cd" * 32)
    card = words_of(await chat.press("max", SHOW))
    assert "1 attachment" in card
    assert "leavers.csv" not in card
    assert "secret" not in card


async def test_the_message_keeps_who_acted_through_which_platform_and_message() -> None:
    chat = ready()
    await chat.press("olga", action("answer_task", t=TASK, v=1))
    attestation = chat.uow.answers.attestations(TASK)[-1]
    assert (attestation.platform, attestation.message) == ("slack", "dm-olga/m-acted-on")
