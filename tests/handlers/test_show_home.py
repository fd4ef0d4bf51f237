from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from handlers.actions import action
from handlers.replies import Nothing, OpenForm
from handlers.requests import HomeOpened
from handlers.routes import COMMANDS
from handlers.show_home import describe_home
from handlers.views.elements import Row, Tone, View
from handlers.views.home import MOST_REPORTS, MOST_TASKS
from tasks.identifiers import PersonId
from tasks.model import Contribution, TaskState
from tasks.people import Person, Role
from tests.builders import a_control, a_person, a_task, a_workspace, utc
from tests.fakes import MONDAY
from tests.handlers.conversation import (
    TASK,
    Conversation,
    button_in,
    labels_in,
    source,
    view_in,
    words_of,
)
from tests.handlers.test_show_tasks import away, waiting

pytestmark = pytest.mark.anyio


async def home_of(chat: Conversation, who: str = "olga") -> View:
    return view_in(await chat.type(who, "home"))


def row(view: View, text: str) -> Row:
    return next(one for one in view.body if isinstance(one, Row) and one.text == text)


# what waits


async def test_my_open_tasks_stand_there_with_a_button_each() -> None:
    chat = Conversation()
    view = await home_of(chat)
    assert "Your tasks (1)" in words_of(view)
    assert view.summary == "Waiting for you: 1 task to answer (0 overdue)."
    assert "Due in 14 days" in words_of(await chat.press("olga", button_in(view, "Open")))


async def test_what_is_overdue_says_so_in_words_and_tone() -> None:
    chat = Conversation(now=utc(2026, 11, 18))
    view = await home_of(chat)
    assert "overdue since Mon 16 Nov 2026" in row(view, "Leaver access removal").note
    assert row(view, "Leaver access removal").tone is Tone.BAD
    assert view.body[0].tone is Tone.BAD  # type: ignore[union-attr]


async def test_only_the_first_ten_are_shown_and_the_others_one_press_away() -> None:
    many = [a_task(f"task-{n}", occurrence=f"o-{n}") for n in range(30)]
    chat = Conversation(*many)
    view = await home_of(chat)
    assert labels_in(view).count("Open") == MOST_TASKS
    assert "Only the first 10 are shown." in words_of(view)
    assert "Your tasks (30)" in words_of(await chat.press("olga", button_in(view, "All my tasks")))


async def test_who_has_nothing_to_do_is_told_so_kindly() -> None:
    words = words_of(await home_of(Conversation(), "zoe"))
    assert "Nothing waits for you. I will write to you as soon as something does." in words
    assert "Your team" not in words
    assert "Setting up" not in words


async def test_what_i_answer_for_a_colleague_who_is_away_stands_there() -> None:
    assert "for Olga" in words_of(await home_of(Conversation(people=[away("olga", "hans")]), "hans"))


async def test_what_waits_for_my_acceptance_stands_there() -> None:
    assert "Waiting for your acceptance (1)" in words_of(await home_of(Conversation(waiting()), "lee"))


async def test_what_a_colleague_asked_me_for_is_attached_by_a_form_from_there() -> None:
    chat = Conversation()
    asked = Contribution(
        task_id=TASK,
        item="leaver-list",
        person_id=PersonId("hans"),
        asked_by=PersonId("olga"),
        asked_at=MONDAY,
    )
    chat.uow.answers.add_contribution(asked)
    view = await home_of(chat, "hans")
    assert "Colleagues asked you for (1)" in words_of(view)
    assert isinstance(await chat.press("hans", button_in(view, "Attach")), OpenForm)


async def test_what_i_answered_lately_stands_last() -> None:
    chat = Conversation()
    chat.attach()
    await chat.press("olga", action("answer_task", t=TASK, v=1))
    words = words_of(await home_of(chat))
    assert words.index("Nothing waits for you.") < words.index("Your latest answers (1)")


async def test_everything_else_is_one_press_away() -> None:
    chat = Conversation()
    view = await home_of(chat)
    assert labels_in(view)[:4] == ["All my tasks", "Status", "I will be away …", "Help"]
    assert isinstance(await chat.press("olga", button_in(view, "I will be away …")), OpenForm)
    assert "overdue" in words_of(await chat.press("olga", button_in(view, "Status"))).lower()
    words = words_of(await chat.press("olga", button_in(view, "Help")))
    assert all(f"/soc2 {command.usage}" in words for command in COMMANDS.values())


# the team


def report(handle: str, **changes: Any) -> Person:
    return a_person(handle, manager_id=PersonId("max"), **changes)


def task_of(owner: str, handle: str, **changes: Any) -> Any:
    return a_task(handle, occurrence=handle, owner_id=PersonId(owner), **changes)


def a_team(now: Any = MONDAY) -> Conversation:
    late = {"due_at": utc(2026, 11, 5)}
    return Conversation(
        task_of("olga", "o1", due_at=utc(2026, 11, 20)),
        task_of("hans", "h1", **late),
        task_of("hans", "h2", due_at=utc(2026, 11, 19)),
        task_of("pat", "p1", due_at=utc(2026, 11, 12)),
        people=[report("pat", away_from=date(2026, 11, 9), away_until=date(2026, 11, 30))],
        now=now,
    )


async def test_a_manager_sees_each_report_with_open_tasks_the_most_overdue_first() -> None:
    view = await home_of(a_team(utc(2026, 11, 11, 9)), "max")
    assert "3 people, 1 task overdue." in words_of(view)
    assert row(view, "Hans").note == "2 open · 1 overdue · oldest due 5 Nov 2026"
    assert row(view, "Hans").tone is Tone.BAD
    assert row(view, "Pat").note == "1 open · due 12 Nov 2026 · away until 30 Nov 2026"
    people = [one.text for one in view.body if isinstance(one, Row) and one.button is None]
    assert people == ["Hans", "Pat", "Olga"]


async def test_a_team_without_delay_is_said_to_be_fine() -> None:
    view = await home_of(a_team(), "max")
    assert "3 people, nothing overdue." in words_of(view)
    assert "Status: you and your team" in words_of(await a_team().press("max", button_in(view, "Team status")))


async def test_of_a_large_team_those_who_matter_most_are_shown_and_the_others_counted() -> None:
    people = [report(f"r{n:03}") for n in range(500)]
    tasks = [task_of(f"r{n:03}", f"t{n:03}", due_at=utc(2026, 11, 3) + timedelta(days=n)) for n in range(300)]
    view = await home_of(Conversation(*tasks, people=people, now=utc(2026, 11, 5)), "max")
    assert "502 people, 2 tasks overdue." in words_of(view)
    assert [one.text for one in view.body if isinstance(one, Row)] == [f"R{n:03}" for n in range(MOST_REPORTS)]
    assert "And 292 more with open tasks: /soc2 status team" in words_of(view)


async def test_who_manages_nobody_has_no_team() -> None:
    assert "Your team" not in words_of(await home_of(a_team(), "olga"))


# setting up


@pytest.mark.parametrize("who", ["olga", "max", "iris"])
async def test_set_up_is_for_those_who_do_it(who: str) -> None:
    assert "Setting up" not in words_of(await home_of(Conversation(), who))


async def test_a_lead_and_an_admin_see_how_far_it_is_and_go_on_from_there() -> None:
    admin = a_person("zoe", Role.ADMIN, department="sales")
    chat = Conversation(people=[admin])
    for who in ("lee", "zoe"):
        view = await home_of(chat, who)
        assert "Setting up" in words_of(view)
        assert "First audit period: No audit period yet." in words_of(view)
        assert "First audit period" in words_of(await chat.press(who, button_in(view, "Set up")))


async def test_controls_without_an_owner_and_people_without_a_manager_are_counted() -> None:
    unowned = a_control("HRS-01", department="hr", owner_id=PersonId("ina"))
    led = a_control("IAM-09", owner_id=None)
    chat = Conversation(controls=[a_control(), unowned, led])
    words = words_of(await home_of(chat, "lee"))
    assert "1 control has no owner." in words
    assert "3 people have no manager on record." in words


async def test_once_nothing_is_missing_it_is_not_mentioned_any_more() -> None:
    period = {"period_start": date(2026, 7, 1), "period_end": date(2027, 6, 30)}
    people = [replace(a_person(name), manager_id=PersonId("sue"), department="it") for name in ("zoe", "lee", "iris")]
    lee, iris = (replace(people[1], roles=frozenset({Role.COMPLIANCE_LEAD})), people[2])
    sue = a_person("sue", Role.EXECUTIVE_SPONSOR)
    iris = replace(iris, roles=frozenset({Role.DEPARTMENT_LEAD}))
    chat = Conversation(people=[people[0], lee, iris, sue], workspace=a_workspace(**period))
    assert "Setting up" not in words_of(await home_of(chat, "lee"))


# the page a platform keeps


async def test_an_opened_page_is_on_record_to_be_shown() -> None:
    chat = Conversation()
    reply = await chat.send(HomeOpened(source=replace(source("olga"), delivery="Ev1")))
    assert isinstance(reply, Nothing)
    home = chat.uow.homes.find("slack", "U-olga")
    assert home
    assert (home.opened_at, home.digest) == (MONDAY, "")


@pytest.mark.parametrize("who", ["nobody", "gus", "ina"])
async def test_who_is_not_known_here_has_no_page_and_is_told_whom_to_ask(who: str) -> None:
    chat = Conversation()
    assert "Ask your compliance lead" in words_of(await chat.send(HomeOpened(source=source(who))))
    assert chat.state.homes == {}


async def test_the_page_of_a_platform_is_what_the_command_shows() -> None:
    chat = Conversation(waiting("task-2"), a_task(state=TaskState.OPEN))
    olga = chat.uow.people.get(PersonId("olga"))
    assert describe_home(chat.uow, olga, "slack") == await home_of(chat)
