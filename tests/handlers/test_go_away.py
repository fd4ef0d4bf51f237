from datetime import date

import pytest

from handlers.actions import action
from handlers.views.elements import PersonField
from tasks.identifiers import PersonId
from tests.builders import a_person
from tests.handlers.conversation import Conversation, button_in, errors_in, field_in, form_in, value_in, words_of

pytestmark = pytest.mark.anyio
AWAY = action("go_away")
LEAVE = {"first": "2026-11-02", "last": "2026-11-20", "delegate": "hans"}


async def test_away_opens_the_form_from_today_on() -> None:
    assert value_in(form_in(await Conversation().type("olga", "away")), "first") == "2026-11-02"


async def test_one_can_not_stand_in_for_oneself() -> None:
    people = field_in(await Conversation().open("olga", AWAY), "delegate")
    assert isinstance(people, PersonField)
    assert "olga" not in [one.value for one in people.options]


async def test_leave_names_the_days_and_who_answers_meanwhile_who_gets_the_open_tasks() -> None:
    chat = Conversation()
    reply = await chat.submit("olga", await chat.open("olga", AWAY), **LEAVE)
    assert "From 2 Nov 2026 to 20 Nov 2026 Hans answers for you." in words_of(reply)
    assert "Olga is away; you answer meanwhile." in words_of(chat.deliver()["hans delegated"])


async def test_the_delegate_of_last_time_stands_in_the_form() -> None:
    chat = Conversation(people=[a_person("olga", delegate_id=PersonId("hans"))])
    assert value_in(await chat.open("olga", AWAY), "delegate") == "hans"


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ({"last": ""}, {"last"}),
        ({"first": "now"}, {"first"}),
        ({"last": "2026-11-01"}, {"last"}),
        ({"first": "2026-10-01", "last": "2026-10-20"}, {"last"}),
        ({"last": "2028-01-01"}, {"last"}),
        ({"delegate": ""}, {"delegate"}),
        ({"delegate": "olga"}, {"delegate"}),
        ({"delegate": "gus"}, {"delegate"}),
        ({"delegate": "ina"}, {"delegate"}),
        ({"delegate": "nobody"}, {"delegate"}),
    ],
)
async def test_leave_that_makes_no_sense_is_refused_in_its_fields(typed: dict[str, str], named: set[str]) -> None:
    chat = Conversation()
    reply = await chat.submit("olga", await chat.open("olga", AWAY), **{**LEAVE, **typed})
    assert set(errors_in(reply)) == named
    assert chat.uow.people.get(PersonId("olga")).away_from is None


@pytest.mark.parametrize("text", ["away off", "away OFF", "away back", "away  end "])
async def test_away_off_ends_the_leave(text: str) -> None:
    away = a_person("olga", away_from=date(2026, 11, 2), away_until=date(2026, 11, 6), delegate_id=PersonId("hans"))
    chat = Conversation(people=[away])
    assert "Your tasks come to you again." in words_of(await chat.type("olga", text))
    assert chat.uow.people.get(PersonId("olga")).away_from is None


async def test_away_while_away_says_so_and_offers_to_be_back() -> None:
    away = a_person("olga", away_from=date(2026, 11, 2), away_until=date(2026, 11, 6), delegate_id=PersonId("hans"))
    chat = Conversation(people=[away])
    reply = await chat.type("olga", "away")
    assert "You are away until 6 Nov 2026. Hans answers for you." in words_of(reply)
    assert "Your tasks come to you again." in words_of(await chat.press("olga", button_in(reply, "I am back")))
    assert chat.uow.people.get(PersonId("olga")).away_from is None


# typed


@pytest.mark.parametrize(
    "typed", ["away until 2026-11-20 delegate hans@example.com", "away 2026-11-02 2026-11-20 @hans"]
)
async def test_with_the_last_day_and_a_name_leave_is_saved_at_once(typed: str) -> None:
    chat = Conversation()
    assert "From 2 Nov 2026 to 20 Nov 2026 Hans answers for you." in words_of(await chat.type("olga", typed))
    assert "Olga is away; you answer meanwhile." in words_of(chat.deliver()["hans delegated"])


async def test_with_less_the_form_has_what_was_typed() -> None:
    form = form_in(await Conversation().type("olga", "away from tomorrow until 2026-11-20"))
    assert [value_in(form, name) for name in ("first", "last", "delegate")] == ["2026-11-03", "2026-11-20", ""]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("away until soon", "“soon” is no day that I know. Write days as in 2026-12-01."),
        ("away until 2026-11-20 delegate olga@example.com", "Choose a colleague who will answer meanwhile."),
        ("away until 2026-10-20 delegate @hans", "The last day is before the first."),
        ("away until 2026-11-20 delegate @nobody", "I don't know who “@nobody” is."),
    ],
)
async def test_typed_leave_that_makes_no_sense_is_refused_in_words(typed: str, said: str) -> None:
    chat = Conversation()
    assert said in words_of(await chat.type("olga", typed))
    assert chat.uow.people.get(PersonId("olga")).away_from is None


async def test_leave_that_is_on_already_is_changed_by_typing_it_anew() -> None:
    away = a_person("olga", away_from=date(2026, 11, 2), away_until=date(2026, 11, 6), delegate_id=PersonId("hans"))
    chat = Conversation(people=[away])
    await chat.type("olga", "away until 2026-11-20 delegate @max")
    assert chat.uow.people.get(PersonId("olga")).away_until == date(2026, 11, 20)
