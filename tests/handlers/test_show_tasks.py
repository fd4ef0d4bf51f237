from datetime import date, timedelta
from typing import Any

import pytest

from handlers.actions import action
from tasks.identifiers import PersonId
from tasks.model import Answer, Task, TaskState
from tasks.people import Person, Role
from tests.builders import a_person, a_task, utc
from tests.fakes import MONDAY
from tests.handlers.conversation import TASK, Conversation, buttons_in, labels_in, view_in, words_of

pytestmark = pytest.mark.anyio


def away(handle: str, delegate: str = "", **changes: Any) -> Person:
    return a_person(
        handle,
        away_from=date(2026, 11, 2),
        away_until=date(2026, 11, 6),
        delegate_id=PersonId(delegate) if delegate else None,
        **changes,
    )


def waiting(handle: str = "task-1", **changes: Any) -> Task:
    """Answered by its owner, for a second person to accept."""
    answer: dict[str, Any] = {
        "occurrence": handle,
        "state": TaskState.SUBMITTED,
        "needs_acceptance": True,
        "answer": Answer.DONE,
        "answered_at": MONDAY,
        "answered_by": PersonId("olga"),
    }
    return a_task(handle, **{**answer, **changes})


async def test_my_tasks_stand_soonest_due_first_with_a_button_each() -> None:
    late = a_task("task-9", occurrence="2026-09", title="The older one", due_at=utc(2026, 10, 30))
    view = view_in(await Conversation(a_task(), late).type("olga", "tasks"))
    assert words_of(view).index("The older one") < words_of(view).index("Leaver access removal")
    assert labels_in(view) == ["Open", "Open"]
    assert view.summary == "Waiting for you: 2 tasks to answer (1 overdue)."


async def test_the_button_shows_the_task_and_my_tasks_the_list_again() -> None:
    chat = Conversation()
    listed = view_in(await chat.type("olga", "tasks"))
    assert "Due in 14 days" in words_of(await chat.press("olga", buttons_in(listed)[0]))
    assert view_in(await chat.press("olga", action("show_tasks"))) == listed


async def test_nothing_to_do_is_said_kindly() -> None:
    assert "Nothing is waiting for you." in words_of(await Conversation().type("zoe", "tasks"))


async def test_more_than_twenty_are_not_thrown_at_anybody() -> None:
    many = [a_task(f"task-{n}", occurrence=f"o-{n}") for n in range(30)]
    view = view_in(await Conversation(*many).type("olga", "tasks"))
    assert len(buttons_in(view)) == 20
    assert "Only the first 20 are shown." in words_of(view)


async def test_what_i_answered_lately_stands_below() -> None:
    chat = Conversation()
    chat.attach()
    await chat.press("olga", action("answer_task", t=TASK, v=1))
    words = words_of(await chat.type("olga", "tasks"))
    assert "Your latest answers (1)" in words
    assert "answered on time" in words


async def test_a_delegate_sees_the_tasks_of_whom_they_stand_in_for() -> None:
    words = words_of(await Conversation(people=[away("olga", "hans")]).type("hans", "tasks"))
    assert "For colleagues who are away (1)" in words
    assert "for Olga" in words


async def test_without_a_delegate_they_come_to_the_manager() -> None:
    chat = Conversation(people=[away("olga", manager_id=PersonId("max"))])
    assert "for Olga" in words_of(await chat.type("max", "tasks"))
    assert "for Olga" not in words_of(await chat.type("hans", "tasks"))


async def test_a_delegate_who_is_away_too_passes_them_on() -> None:
    chat = Conversation(people=[away("olga", "hans"), away("hans", "zoe")])
    assert "for Olga" in words_of(await chat.type("zoe", "tasks"))
    assert "for Olga" not in words_of(await chat.type("hans", "tasks"))


async def test_when_nobody_is_left_they_come_to_the_compliance_lead() -> None:
    chat = Conversation(people=[away("olga", manager_id=PersonId("max")), away("max")])
    assert "for Olga" in words_of(await chat.type("lee", "tasks"))


async def test_what_waits_for_acceptance_stands_with_who_is_asked_first() -> None:
    chat = Conversation(waiting())
    assert "Waiting for your acceptance (1)" in words_of(await chat.type("lee", "tasks"))
    for other in ("iris", "max", "olga", "zoe"):
        assert "Waiting for your acceptance" not in words_of(await chat.type(other, "tasks"))


async def test_while_the_first_acceptor_is_away_it_stands_with_the_next() -> None:
    chat = Conversation(waiting(), people=[away("lee", roles=frozenset({Role.COMPLIANCE_LEAD}))])
    assert "Waiting for your acceptance (1)" in words_of(await chat.type("iris", "tasks"))
    assert "Waiting for your acceptance" not in words_of(await chat.type("lee", "tasks"))


async def test_the_leads_own_answer_waits_for_somebody_else() -> None:
    chat = Conversation(waiting(owner_id=PersonId("lee"), answered_by=PersonId("lee")))
    assert "Waiting for your acceptance" not in words_of(await chat.type("lee", "tasks"))
    assert "Waiting for your acceptance (1)" in words_of(await chat.type("iris", "tasks"))


async def test_a_long_queue_of_submissions_says_that_there_are_more() -> None:
    many = [waiting(f"task-{n}", answered_at=MONDAY + timedelta(minutes=n)) for n in range(40)]
    view = view_in(await Conversation(*many).type("lee", "tasks"))
    assert "Waiting for your acceptance (20+)" in words_of(view)
    assert view.summary == "Waiting for you: 20+ to accept."


async def test_behind_a_long_queue_of_others_the_own_one_is_still_found() -> None:
    many = [waiting(f"task-{n}", answered_at=MONDAY) for n in range(60)]
    own = waiting("task-lees", owner_id=PersonId("lee"), answered_by=PersonId("lee"), answered_at=MONDAY + timedelta(1))
    assert "Waiting for your acceptance (1)" in words_of(await Conversation(*many, own).type("iris", "tasks"))
