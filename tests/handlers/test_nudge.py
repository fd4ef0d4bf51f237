from datetime import date

import pytest

from handlers.actions import action
from tasks.errors import NO_SUCH_TASK
from tasks.identifiers import PersonId
from tests.builders import a_person
from tests.handlers.conversation import TASK, Conversation, words_of

pytestmark = pytest.mark.anyio
NUDGE = action("nudge", t=TASK)


async def test_a_nudge_is_one_message_in_the_nudgers_name() -> None:
    chat = Conversation()
    assert "Olga gets a message from you about it." in words_of(await chat.press("max", NUDGE))
    assert "Max asks you about this." in words_of(chat.deliver()["olga nudge"])


async def test_it_reaches_whose_turn_it_is() -> None:
    away = a_person("olga", away_from=date(2026, 11, 2), away_until=date(2026, 11, 6), delegate_id=PersonId("hans"))
    chat = Conversation(people=[away])
    assert "Hans gets a message" in words_of(await chat.press("lee", NUDGE))


async def test_once_a_day_is_enough() -> None:
    chat = Conversation()
    await chat.press("max", NUDGE)
    assert "was nudged about this today already" in words_of(await chat.press("lee", NUDGE))
    chat.clock.advance(days=1)
    assert "gets a message" in words_of(await chat.press("lee", NUDGE))


async def test_nobody_nudges_themselves_or_about_what_is_none_of_their_business() -> None:
    chat = Conversation()
    assert "your own turn" in words_of(await chat.press("olga", NUDGE))
    assert NO_SUCH_TASK in words_of(await chat.press("zoe", NUDGE))
    assert not chat.state.notices


async def test_an_answered_task_needs_no_nudge() -> None:
    chat = Conversation()
    chat.attach()
    await chat.press("olga", action("answer_task", t=TASK, v=1))
    assert "Olga already answered" in words_of(await chat.press("max", NUDGE))
