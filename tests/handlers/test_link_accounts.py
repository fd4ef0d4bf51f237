"""One person on two platforms: Slack, as in every conversation here, and a second one."""

import re
from dataclasses import replace

import pytest

from handlers.describe_notice import describe
from handlers.replies import Reply
from handlers.requests import CommandTyped, Source, TextSent
from handlers.views import accounts, messages
from handlers.views.elements import View
from tasks.identifiers import PersonId
from tasks.people import Role
from tasks.ports import Identity
from tests.builders import a_person
from tests.handlers.conversation import ACME, Conversation, button_in, labels_in, view_in, words_of

pytestmark = pytest.mark.anyio
ADA = a_person("ada", Role.ADMIN)


def elsewhere(user: str = "29:olga", name: str = "Olga Owner", delivery: str = "") -> Source:
    return Source(
        platform="teams", workspace=ACME, user=user, user_name=name, conversation="a:1", message="1", delivery=delivery
    )


async def says(chat: Conversation, text: str, source: Source | None = None) -> Reply:
    return await chat.send(TextSent(source=source or elsewhere(), text=text))


async def code_of(chat: Conversation, who: str = "olga") -> str:
    found = re.search(r"link ([A-Z]{4}-[A-Z]{4})", words_of(await chat.type(who, "link")))
    assert found
    return found[1]


def question(chat: Conversation) -> View:
    """As it is delivered to Olga."""
    return chat.deliver()["olga link-asked"]


# both sides


async def test_a_stranger_with_a_code_is_sent_back_and_known_once_that_side_agrees() -> None:
    chat = Conversation()
    reply = await says(chat, f"link {await code_of(chat)}")
    assert view_in(reply) == accounts.code_taken("slack")
    asked = question(chat)
    assert asked.summary == "Is this Teams account you?"
    assert "29:olga" in words_of(asked)
    assert "Olga Owner" in words_of(asked)
    assert view_in(await says(chat, "tasks")) == messages.stranger()
    linked = await chat.press("olga", button_in(asked, "Yes, that is me"))
    assert "I know you there from now on" in words_of(linked)
    assert "Leaver access removal" in words_of(await says(chat, "tasks"))


@pytest.mark.parametrize("text", ["LINK {}", "/soc2 link {}", "link   {}", "link {} "])
async def test_a_code_is_understood_however_it_is_typed(text: str) -> None:
    chat = Conversation()
    code = (await code_of(chat)).replace("-", " ").lower()
    assert view_in(await says(chat, text.format(code))) == accounts.code_taken("slack")


async def test_typed_as_a_command_it_works_as_well() -> None:
    chat = Conversation()
    request = CommandTyped(source=elsewhere(), text=f"link {await code_of(chat)}")
    assert view_in(await chat.send(request)) == accounts.code_taken("slack")


async def test_no_links_nothing() -> None:
    chat = Conversation()
    await says(chat, f"link {await code_of(chat)}")
    reply = await chat.press("olga", button_in(question(chat), "No"))
    assert "Nothing was linked" in words_of(reply)
    assert view_in(await says(chat, "tasks")) == messages.stranger()


async def test_a_record_of_their_own_is_named_in_the_question() -> None:
    chat = Conversation(people=[a_person("olga-again")])
    chat.uow.people.link(Identity(platform="teams", external_id="29:olga", person_id=PersonId("olga-again")))
    await says(chat, f"link {await code_of(chat)}")
    asked = question(chat)
    assert "Olga Again (olga-again@example.com)" in words_of(asked)
    await chat.press("olga", button_in(asked, "Yes, that is me"))
    assert "Leaver access removal" in words_of(await says(chat, "tasks"))


async def test_of_two_records_with_work_on_them_none_moves_and_the_admins_hear_of_it() -> None:
    chat = Conversation(people=[ADA])
    chat.uow.people.link(Identity(platform="teams", external_id="29:max", person_id=PersonId("max")))
    reply = await says(chat, f"link {await code_of(chat)}", elsewhere("29:max"))
    assert "Two such records are never made one" in words_of(reply)
    sent = chat.deliver()
    assert "ada accounts-changed" in sent
    assert "olga link-asked" not in sent
    assert "want to be one person" in words_of(sent["ada accounts-changed"])


# the narrow door


@pytest.mark.parametrize("text", ["", "help", "link", "tasks", "link https://example.com/42", "link 12345678"])
async def test_strangers_are_answered_nothing_else(text: str) -> None:
    chat = Conversation()
    assert view_in(await says(chat, text)) == messages.stranger()
    assert chat.state.wrong_codes == {}


async def test_whatever_is_wrong_with_a_code_the_answer_is_the_same() -> None:
    chat = Conversation()
    used = await code_of(chat)
    await says(chat, f"link {used}", elsewhere("29:other"))
    expired = await code_of(chat, "max")
    chat.clock.advance(minutes=20)
    answers = [view_in(await says(chat, f"link {code}")) for code in (used, expired, "ABCD-EFGH", "x")]
    chat.uow.people.link(Identity(platform="teams", external_id="29:gus", person_id=PersonId("gus")))
    answers.append(view_in(await says(chat, f"link {await code_of(chat)}", elsewhere("29:gus"))))
    answers += [view_in(await says(chat, "link ABCD-EFGH")) for _ in range(5)]
    answers.append(view_in(await says(chat, f"link {await code_of(chat)}")))
    assert answers == [accounts.code_refused()] * len(answers)


async def test_somebody_known_who_types_no_code_at_all_is_told_so() -> None:
    reply = await Conversation().type("olga", "link https://example.com")
    assert view_in(reply) == accounts.code_refused()


async def test_a_message_delivered_twice_asks_once() -> None:
    chat = Conversation()
    text = f"link {await code_of(chat)}"
    for _ in range(2):
        await says(chat, text, elsewhere(delivery="d1"))
    assert [name for name in chat.owed() if "link-asked" in name] == ["olga link-asked"]


async def test_nobody_else_may_press_the_buttons() -> None:
    chat = Conversation()
    await says(chat, f"link {await code_of(chat)}")
    asked = question(chat)
    for label in ("Yes, that is me", "No"):
        assert "not waiting any more" in words_of(await chat.press("max", button_in(asked, label)))
    assert "Linked" in words_of(await chat.press("olga", button_in(asked, "Yes, that is me")))


async def test_a_question_that_expired_is_asked_no_more() -> None:
    chat = Conversation()
    await says(chat, f"link {await code_of(chat)}")
    (notice,) = chat.state.notices.values()
    chat.clock.advance(minutes=16)
    assert describe(chat.uow, notice) is None


async def test_everybody_finds_the_buttons_on_their_own_card() -> None:
    chat = Conversation()
    card = view_in(await chat.type("olga", "people"))
    assert {"Link an account", "Where I write to you"} <= set(labels_in(card))
    code = view_in(await chat.press("olga", button_in(card, "Link an account")))
    assert "lives 15 minutes" in words_of(code)
    assert "Link an account" not in labels_in(view_in(await chat.type("max", "people olga@example.com")))


async def test_the_code_of_a_deactivated_person_is_worth_nothing() -> None:
    chat = Conversation()
    code = await code_of(chat)
    chat.uow.people.save(replace(chat.uow.people.get(PersonId("olga")), active=False))
    assert view_in(await says(chat, f"link {code}")) == accounts.code_refused()
