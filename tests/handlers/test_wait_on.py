from datetime import date

import pytest

from handlers.actions import action
from tests.handlers.conversation import TASK, Conversation, button_in, errors_in, words_of

pytestmark = pytest.mark.anyio
SHOW = action("show_task", t=TASK)


async def test_whom_one_waits_on_is_shown_and_the_ladder_goes_on() -> None:
    chat = Conversation()
    before = chat.task().next_rung_at
    form = await chat.open("olga", button_in(await chat.press("olga", SHOW), "Waiting on …"))
    assert "Reminders go on." in words_of(form)
    reply = await chat.submit("olga", form, whom="the HR vendor", until="2026-11-10")
    assert "shows that you wait on the HR vendor" in words_of(reply)
    assert (chat.task().waiting_on, chat.task().waiting_until) == ("the HR vendor", date(2026, 11, 10))
    assert chat.task().next_rung_at == before
    assert "the HR vendor, until 10 Nov 2026" in words_of(await chat.press("max", SHOW))


@pytest.mark.parametrize(
    ("typed", "named"),
    [({"whom": " "}, {"whom"}), ({"until": "2026-11-01"}, {"until"}), ({"until": "soon"}, {"until"})],
)
async def test_nobody_or_a_day_gone_by_is_refused_in_its_field(typed: dict[str, str], named: set[str]) -> None:
    chat = Conversation()
    form = await chat.open("olga", action("wait_on", t=TASK, v=1))
    values = {"whom": "HR", "until": "2026-11-10", **typed}
    assert set(errors_in(await chat.submit("olga", form, **values))) == named
