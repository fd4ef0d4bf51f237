import pytest

from handlers.actions import action
from handlers.views.elements import View
from tasks.identifiers import PersonId
from tasks.people import Role
from tests.builders import a_person
from tests.handlers.conversation import Conversation, button_in, errors_in, labels_in, value_in, view_in, words_of

pytestmark = pytest.mark.anyio
OF_OLGA = action("move_account", p="olga", on="slack", x="U-olga")


@pytest.fixture
def chat() -> Conversation:
    return Conversation(people=[a_person("ada", Role.ADMIN, department="board")])


async def card(chat: Conversation, who: str = "ada", of: str = "olga") -> View:
    return view_in(await chat.type(who, f"people {of}@example.com"))


def holder(chat: Conversation) -> str:
    found = chat.uow.people.by_identity("slack", "U-olga")
    return found.id if found else ""


async def test_an_admin_sees_the_accounts_and_moves_one(chat: Conversation) -> None:
    view = await card(chat)
    assert "Linked accounts" in words_of(view)
    assert "Slack U-olga" in words_of(view)
    form = await chat.open("ada", button_in(view, "Unlink or move …"))
    assert value_in(form, "person") == "olga"
    reply = await chat.submit("ada", form, person="hans")
    assert "Slack U-olga is Hans's now." in words_of(reply)
    assert holder(chat) == "hans"


async def test_left_empty_it_is_unlinked(chat: Conversation) -> None:
    form = await chat.open("ada", button_in(await card(chat), "Unlink or move …"))
    assert "is nobody's now" in words_of(await chat.submit("ada", form, person=""))
    assert holder(chat) == ""
    assert "not linked yet" in words_of(await card(chat)).lower()


async def test_a_form_that_names_somebody_gone_is_shown_again(chat: Conversation) -> None:
    form = await chat.open("ada", button_in(await card(chat), "Unlink or move …"))
    assert "person" in errors_in(await chat.submit("ada", form, person="ina"))
    assert holder(chat) == "olga"


@pytest.mark.parametrize("who", ["olga", "lee", "max"])
async def test_others_see_no_such_button_and_a_made_up_one_does_nothing(chat: Conversation, who: str) -> None:
    assert "Unlink or move …" not in labels_in(await card(chat, who))
    assert "That did not work" in view_in(await chat.press(who, OF_OLGA)).title
    form = await chat.open("ada", OF_OLGA)
    await chat.submit(who, form, person=PersonId("hans"))
    assert holder(chat) == "olga"


async def test_an_admin_is_not_offered_to_change_their_own(chat: Conversation) -> None:
    assert "Unlink or move …" not in labels_in(await card(chat, of="ada"))
