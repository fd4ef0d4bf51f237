from dataclasses import replace
from datetime import date

import pytest

from handlers.actions import action
from handlers.replies import Replace, Reply, Show
from handlers.router import Router
from handlers.views.elements import Row
from tasks.controls import Cadence, Control
from tasks.identifiers import PersonId
from tasks.model import Answer, TaskState
from tasks.operations.assign import assign_control
from tasks.operations.edit_control import edit_control
from tasks.people import Actor
from tests.builders import a_control, a_control_text, a_person, a_task
from tests.fakes import MONDAY
from tests.handlers.conversation import (
    Conversation,
    button_in,
    form_in,
    labels_in,
    names_in,
    view_in,
    words_of,
)
from tests.handlers.counting import CountingUnits

pytestmark = pytest.mark.anyio
CONTROL = a_control().id


def a_catalogue() -> list[Control]:
    weekly = replace(a_control_text(), title="Backups looked at", cadence=Cadence.WEEKLY, refs={"tsc": ("A1.2",)})
    hr = replace(a_control_text(), title="Screening of new hires", refs={"tsc": ("CC1.4",), "hipaa": ("164.308",)})
    return [
        a_control(),
        a_control("OPS-01", department="engineering", owner_id=PersonId("hans"), text=weekly),
        a_control("HRS-01", department="hr", owner_id=None, text=hr),
        a_control("OLD-01", retired=True),
    ]


def rows_in(reply: Reply) -> list[str]:
    return [one.text.split()[0] for one in view_in(reply).body if isinstance(one, Row)]


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("", ["HRS-01", "IAM-03", "OPS-01"]),
        ("hr", ["HRS-01"]),
        ("Engineering", ["OPS-01"]),
        ("CC6", ["IAM-03"]),
        ("cc6.2", ["IAM-03"]),
        ("hipaa", ["HRS-01"]),
        ("weekly", ["OPS-01"]),
        ("unassigned", ["HRS-01"]),
        ("retired", ["OLD-01"]),
        ("it monthly", ["IAM-03"]),
        ("it weekly", []),
        ("screening", ["HRS-01"]),
        ("new  HIRES", ["HRS-01"]),
        ("hans", ["OPS-01"]),
    ],
)
async def test_words_choose_among_the_controls(words: str, codes: list[str]) -> None:
    chat = Conversation(controls=a_catalogue())
    assert rows_in(await chat.type("zoe", f"controls {words}")) == codes


async def test_each_line_says_whose_it_is_and_to_whom_it_falls_else() -> None:
    words = words_of(await Conversation(controls=a_catalogue()).type("zoe", "controls"))
    assert "IT · Monthly · Olga" in words
    assert "HR · Monthly · unassigned: falls to Lee" in words


async def test_a_departments_lead_stands_in_for_an_owner() -> None:
    chat = Conversation(controls=[a_control(owner_id=None)])
    assert "IT · Monthly · Iris, the department's lead" in words_of(await chat.type("zoe", "controls"))


@pytest.mark.parametrize("typed", ["IAM-03", "iam-03", " Iam-03 "])
async def test_a_code_shows_its_control(typed: str) -> None:
    view = view_in(await Conversation().type("zoe", f"controls {typed}"))
    assert view.title == "IAM-03 Leaver access removal"


@pytest.mark.parametrize("typed", ["IAM-3", "IAM-04", "leaver acess removal"])
async def test_a_mistyped_one_gets_the_nearest_by_button(typed: str) -> None:
    chat = Conversation()
    reply = await chat.type("zoe", f"controls {typed}")
    assert "Did you mean IAM-03 Leaver access removal?" in words_of(reply)
    assert view_in(await chat.press("zoe", button_in(reply, "Open"))).title.startswith("IAM-03")


async def test_words_nobody_knows_say_so() -> None:
    assert "No control fits “xyzzy”." in words_of(await Conversation().type("zoe", "controls xyzzy"))


async def test_without_any_the_way_to_one_is_shown_to_those_who_may() -> None:
    chat = Conversation()
    chat.state.controls.clear()
    assert "New control …" in labels_in(view_in(await chat.type("lee", "controls")))
    assert "New control …" not in labels_in(view_in(await chat.type("zoe", "controls")))


def many() -> Conversation:
    return Conversation(controls=[a_control(f"C-{n:03}") for n in range(1, 301)])


async def test_many_are_shown_page_by_page_in_the_same_place() -> None:
    chat = many()
    first = await chat.type("zoe", "controls it")
    assert rows_in(first) == [f"C-{n:03}" for n in range(1, 11)]
    assert "Page 1 of 30" in words_of(first)
    second = await chat.press("zoe", button_in(first, "Next"))
    assert isinstance(second, Replace)
    assert rows_in(second)[0] == "C-011"
    assert rows_in(await chat.press("zoe", button_in(second, "Previous"))) == rows_in(first)


@pytest.mark.parametrize("page", ["", "0", "-1", "31", "99999999999", "x", "²"])
async def test_a_page_that_is_not_there_is_the_nearest_or_the_first(page: str) -> None:
    found = rows_in(await many().press("zoe", action("turn_controls", q="it", page=page)))
    assert len(found) == 10


async def test_browsing_takes_as_many_queries_for_three_hundred_as_for_three() -> None:
    assert await queries(300) == await queries(3) <= 6


async def queries(size: int) -> int:
    chat = Conversation(
        controls=[a_control(f"C-{n:03}", owner_id=PersonId(f"e{n}")) for n in range(size)],
        people=[a_person(f"e{n}") for n in range(size)],
    )
    counting = CountingUnits(chat.units)
    chat.router = Router(counting)
    await chat.type("lee", "controls it")
    return counting.calls.total()


async def test_the_form_finds_too() -> None:
    chat = Conversation(controls=a_catalogue())
    form = await chat.open("zoe", button_in(await chat.type("zoe", "controls"), "Find …"))
    assert names_in(form) == ["words", "department", "criterion", "cadence", "only"]
    reply = await chat.submit("zoe", form, department="it", cadence="monthly", criterion="cc6")
    assert rows_in(reply) == ["IAM-03"]
    assert rows_in(await chat.submit("zoe", form, only="retired")) == ["OLD-01"]


async def test_a_card_says_what_is_asked_of_whom_and_when_and_what_it_supports() -> None:
    words = words_of(await Conversation().type("zoe", "controls IAM-03"))
    for said in (
        "Please check that the access of everybody who left was removed.",
        "Olga",
        "Monthly: opens day 2 for the month before",
        "14 days after opening",
        "was removed for [period], checked on [date].",
        "The leaver list (required, a list that auditors sample from)",
        "CC6.2: ",
        "November 2026: opens 2 Dec 2026 at 09:00, due 16 Dec 2026 at 17:00",
    ):
        assert said in words, said


async def test_it_shows_the_next_three_and_no_more() -> None:
    words = words_of(await Conversation().type("zoe", "controls IAM-03"))
    assert words.count(": opens 2 ") == 3


async def test_the_latest_tasks_are_for_those_who_may_see_them() -> None:
    late = a_task(state=TaskState.RECORDED, answer=Answer.DONE, answered_at=MONDAY, answered_by=PersonId("olga"))
    chat = Conversation(late)
    assert "answered on time" in words_of(await chat.type("lee", "controls IAM-03"))
    assert "answered on time" not in words_of(await chat.type("zoe", "controls IAM-03"))


@pytest.mark.parametrize(
    ("who", "labels"),
    [
        ("zoe", ["All controls"]),
        ("iris", ["Owner …", "All controls"]),
        ("lee", ["Owner …", "Cadence …", "Wording …", "Retire …", "All controls"]),
    ],
)
async def test_only_what_one_may_press_is_offered(who: str, labels: list[str]) -> None:
    shown = labels_in(view_in(await Conversation().type(who, "controls IAM-03")))
    assert [one for one in shown if one not in ("Open", "Version 1")] == labels


async def test_a_retired_one_is_offered_to_be_brought_back() -> None:
    chat = Conversation(controls=[a_control(retired=True)])
    assert labels_in(view_in(await chat.type("lee", "controls IAM-03")))[:2] == ["Bring back", "All controls"]
    seen = await chat.type("zoe", "controls IAM-03")
    assert "nothing opens any more" in words_of(seen)
    assert "Bring back" not in labels_in(view_in(seen))


async def test_the_owner_form_opens_with_the_control_chosen() -> None:
    chat = Conversation()
    form = await chat.open("lee", button_in(await chat.type("lee", "controls IAM-03"), "Owner …"))
    assert "Olga" in words_of(await chat.type("lee", "controls IAM-03"))
    await chat.submit("lee", form, person="hans")
    assert "Hans" in words_of(await chat.type("lee", "controls IAM-03"))


def with_history() -> Conversation:
    chat = Conversation()
    lee = Actor(person=chat.uow.people.get(PersonId("lee")), platform="slack", at=MONDAY)
    text = replace(a_control().text, title="Leavers lose access", due_days=9)
    edit_control(chat.uow, lee, CONTROL, expected_version=1, text=text, reason="Shorter")
    assign_control(chat.uow, lee, CONTROL, PersonId("hans"))
    return chat


async def test_the_history_says_who_changed_what_when_and_why() -> None:
    words = words_of(await with_history().type("zoe", "controls IAM-03"))
    assert "Lee changed title and due days" in words
    assert "2 Nov 2026 at 09:00 · “Shorter”" in words
    assert "Lee gave it to Hans" in words


async def test_an_old_version_stays_readable() -> None:
    chat = with_history()
    reply = await chat.press("zoe", action("show_version", c=CONTROL, n=1))
    assert "Version 1, as it was: Leaver access removal" in words_of(reply)
    assert "14 days after opening" in words_of(reply)
    now = await chat.press("zoe", button_in(await chat.type("zoe", "controls IAM-03"), "Version 2"))
    assert "Version 2, as it is now: Leavers lose access" in words_of(now)


@pytest.mark.parametrize(("control", "version"), [("iam-03", "9"), ("iam-03", "x"), ("iam-03", ""), ("nothing", "1")])
async def test_what_is_not_there_is_said_so(control: str, version: str) -> None:
    reply = await Conversation().press("zoe", action("show_version", c=control, n=version))
    assert "There is no such control" in words_of(reply)


async def test_the_present_version_of_something_never_edited_shows_no_empty_history() -> None:
    assert "History" not in words_of(await Conversation().type("zoe", "controls IAM-03"))


async def test_help_leads_to_the_controls() -> None:
    chat = Conversation()
    reply = await chat.press("zoe", button_in(await chat.type("zoe", "help"), "Controls"))
    assert isinstance(reply, Show)
    assert rows_in(reply) == ["IAM-03"]


@pytest.mark.parametrize("words", ["new", "NEW", "add"])
async def test_new_opens_the_form_for_those_who_may(words: str) -> None:
    chat = Conversation()
    assert form_in(await chat.type("lee", f"controls {words}")).title == "New control: 1 of 3"
    assert "compliance lead or admin" in words_of(await chat.type("zoe", f"controls {words}"))


async def test_words_of_any_length_and_kind_do_no_harm() -> None:
    chat = Conversation()
    for words in ("x" * 5000, "% _ ' \" ;", "\u202e\x00", " ".join(["it"] * 500)):
        assert isinstance(await chat.type("zoe", f"controls {words}"), Show)


async def test_a_control_that_starts_later_tells_its_first_days() -> None:
    later = a_control(starts_on=date(2027, 3, 1))
    words = words_of(await Conversation(controls=[later]).type("zoe", "controls IAM-03"))
    assert "February 2027: opens 2 Mar 2027" in words
