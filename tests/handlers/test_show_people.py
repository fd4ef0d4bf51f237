from dataclasses import replace
from datetime import date

import pytest

from handlers.actions import action
from handlers.replies import Replace, Reply
from handlers.router import Router
from handlers.views.elements import Row
from tasks.identifiers import PersonId
from tasks.people import Role
from tests.builders import a_person
from tests.handlers.conversation import Conversation, button_in, labels_in, view_in, words_of
from tests.handlers.counting import CountingUnits

pytestmark = pytest.mark.anyio
HANS_AWAY = a_person(
    "hans",
    manager_id=PersonId("max"),
    away_from=date(2026, 11, 1),
    away_until=date(2026, 11, 6),
    delegate_id=PersonId("iris"),
)
ADA = a_person("ada", Role.ADMIN, department="board")
EVERYBODY = ["Ada", "Hans", "Iris", "Lee", "Max", "Olga", "Sue", "Zoe"]


def a_chat() -> Conversation:
    return Conversation(people=[ADA, HANS_AWAY])


def rows_in(reply: Reply) -> list[str]:
    return [one.text for one in view_in(reply).body if isinstance(one, Row)]


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("lee", EVERYBODY),
        ("ada", EVERYBODY),
        ("max", ["Hans", "Max", "Olga"]),
        ("sue", ["Hans", "Max", "Olga", "Sue"]),
    ],
)
async def test_one_sees_who_reports_to_one_and_stewards_see_all(who: str, names: list[str]) -> None:
    assert rows_in(await a_chat().type(who, "people")) == names


@pytest.mark.parametrize("who", ["olga", "iris", "zoe"])
async def test_a_member_sees_only_themselves(who: str) -> None:
    chat = a_chat()
    view = view_in(await chat.type(who, "people"))
    assert view.title == who.title()
    assert not {"Change …", "Roles …", "Deactivate", "All people"} & set(labels_in(view))
    assert "You can see yourself and the people who report to you." in words_of(await chat.type(who, "people it"))


@pytest.mark.parametrize("typed", ["hans@example.com", "@U-hans", "U-hans", "hans"])
async def test_of_a_colleague_a_member_learns_only_whose_turn_it_is(typed: str) -> None:
    chat = a_chat()
    reply = await chat.type("zoe", f"people {typed}")
    assert words_of(reply).splitlines() == [
        "Hans",
        "Hans is away until 6 Nov 2026. Iris answers meanwhile.",
        "Hans is away until 6 Nov 2026. Iris answers meanwhile.",
    ]
    assert words_of(await chat.press("zoe", action("show_person", p="hans"))) == words_of(reply)


async def test_of_one_who_is_here_or_gone_too() -> None:
    chat = a_chat()
    assert "Olga answers for themselves." in words_of(await chat.type("zoe", "people olga@example.com"))
    gone = words_of(await chat.press("zoe", action("show_person", p="ina")))
    assert "nobody stands in" in gone


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("legal", ["Lee"]),
        ("IT", ["Hans", "Iris", "Max", "Olga"]),
        ("admin", ["Ada"]),
        ("compliance lead", ["Lee"]),
        ("department lead", ["Iris"]),
        ("away", ["Hans"]),
        ("deactivated", ["Ina"]),
        ("guest", ["Gus"]),
        ("unmanaged board", ["Ada", "Sue"]),
        ("ol", ["Olga"]),
        ("it ma", ["Max"]),
    ],
)
async def test_words_choose_among_the_people(words: str, names: list[str]) -> None:
    assert rows_in(await a_chat().type("lee", f"people {words}")) == names


@pytest.mark.parametrize("typed", ["zoe@example.com", "ZOE@example.com", "@U-zoe"])
async def test_an_address_or_account_shows_the_person(typed: str) -> None:
    assert view_in(await a_chat().type("lee", f"people {typed}")).title == "Zoe"


async def test_a_mistyped_name_gets_the_nearest_by_button() -> None:
    chat = a_chat()
    reply = await chat.type("lee", "people Olag")
    assert "Did you mean Olga?" in words_of(reply)
    assert view_in(await chat.press("lee", button_in(reply, "Open"))).title == "Olga"


async def test_the_nearest_is_only_among_those_one_may_see() -> None:
    assert "Did you mean" not in words_of(await a_chat().type("max", "people Zoee"))


async def test_a_card_says_where_somebody_belongs_and_what_is_theirs() -> None:
    words = words_of(await a_chat().type("lee", "people olga@example.com"))
    for said in ("olga@example.com", "IT", "Max", "UTC", "US", "Slack U-olga", "Open tasks (1)", "Controls (1)"):
        assert said in words, said
    away = words_of(await a_chat().type("lee", "people hans@example.com"))
    assert "1 Nov 2026 to 6 Nov 2026" in away
    assert "Iris" in away


@pytest.mark.parametrize(
    ("who", "labels"),
    [
        ("ada", ["Change …", "Roles …", "All people", "Deactivate", "Unlink or move …"]),
        ("lee", ["Change …", "All people"]),
        ("max", []),
    ],
)
async def test_only_what_one_may_press_is_offered(who: str, labels: list[str]) -> None:
    view = view_in(await a_chat().type(who, "people olga@example.com"))
    assert [one for one in labels_in(view) if one != "Open"] == labels


async def test_nobody_is_offered_to_deactivate_themselves() -> None:
    assert "Deactivate" not in labels_in(view_in(await a_chat().type("ada", "people me")))


def crowd(size: int) -> Conversation:
    """All below Max, who has as many open tasks as ever."""
    return Conversation(people=[a_person(f"e{n:04}", manager_id=PersonId("max")) for n in range(size)])


async def test_many_are_shown_page_by_page() -> None:
    chat = crowd(300)
    first = await chat.type("lee", "people it")
    assert "Page 1 of 31" in words_of(first)
    second = await chat.press("lee", button_in(first, "Next"))
    assert isinstance(second, Replace)
    assert "Page 2 of 31" in words_of(second)
    assert not set(rows_in(first)) & set(rows_in(second))


@pytest.mark.parametrize("who", ["lee", "max"])
@pytest.mark.parametrize("text", ["people", "people e0001", "people e0001@example.com", "people nobody"])
async def test_the_size_of_the_company_makes_no_difference(who: str, text: str) -> None:
    assert await queries(2000, who, text) == await queries(5, who, text) <= 16


async def queries(size: int, who: str, text: str) -> int:
    chat = crowd(size)
    counting = CountingUnits(chat.units)
    chat.router = Router(counting)
    await chat.type(who, text)
    return counting.calls.total()


async def test_the_form_finds_too() -> None:
    chat = a_chat()
    form = await chat.open("lee", button_in(await chat.type("lee", "people"), "Find …"))
    assert rows_in(await chat.submit("lee", form, words="legal")) == ["Lee"]


async def test_help_leads_to_the_people() -> None:
    chat = a_chat()
    assert rows_in(await chat.press("lee", button_in(await chat.type("lee", "help"), "People"))) == EVERYBODY


async def test_a_manager_who_is_deactivated_sees_nothing() -> None:
    chat = Conversation(people=[replace(a_person("max"), active=False)])
    assert "I don't know you" in words_of(await chat.type("max", "people"))
