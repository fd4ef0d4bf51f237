import pytest

from tasks.identifiers import PersonId
from tasks.ports import Identity
from tests.handlers.conversation import Conversation, button_in, labels_in, view_in, words_of

pytestmark = pytest.mark.anyio
OLGA = PersonId("olga")


@pytest.fixture
def chat() -> Conversation:
    chat = Conversation()
    chat.uow.people.link(Identity(platform="teams", external_id="29:olga", person_id=OLGA))
    return chat


async def test_the_places_where_one_is_known_are_offered(chat: Conversation) -> None:
    view = view_in(await chat.type("olga", "notify"))
    assert "Where should I write to you?" in words_of(view)
    assert labels_in(view) == ["Slack", "Teams"]


async def test_one_is_chosen_by_a_button_and_the_last_used_again_by_another(chat: Conversation) -> None:
    card = await chat.press("olga", button_in(await chat.type("olga", "notify"), "Teams"))
    assert "I write to you: Teams." in words_of(card)
    assert chat.uow.people.get(OLGA).write_to == "teams"
    card = await chat.press("olga", button_in(card, "Where I wrote last"))
    assert "wherever you wrote to me last" in words_of(card)
    assert chat.uow.people.get(OLGA).write_to == ""


@pytest.mark.parametrize(("word", "chosen"), [("teams", "teams"), ("Slack", "slack"), ("last", "")])
async def test_or_by_a_word(chat: Conversation, word: str, chosen: str) -> None:
    await chat.type("olga", "notify teams")
    await chat.type("olga", f"notify {word}")
    assert chat.uow.people.get(OLGA).write_to == chosen


async def test_a_place_where_one_is_not_known_is_refused(chat: Conversation) -> None:
    assert "I don't know you there" in words_of(await chat.type("olga", "notify browser"))
    assert chat.uow.people.get(OLGA).write_to == ""


@pytest.mark.parametrize("words", ["", "pigeon"])
async def test_other_words_change_nothing(chat: Conversation, words: str) -> None:
    await chat.type("olga", "notify teams")
    await chat.type("olga", f"notify {words}")
    assert chat.uow.people.get(OLGA).write_to == "teams"


async def test_with_one_account_one_is_told_how_to_add_another() -> None:
    assert "Type “link” to add another" in words_of(await Conversation().type("olga", "notify"))
