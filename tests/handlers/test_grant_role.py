import pytest

from handlers.actions import action
from handlers.views.elements import ManyField
from tasks.identifiers import PersonId
from tasks.people import Role
from tests.builders import a_person
from tests.handlers.conversation import Conversation, button_in, errors_in, field_in, words_of

pytestmark = pytest.mark.anyio
ADA = a_person("ada", Role.ADMIN, department="board")


def a_chat() -> Conversation:
    return Conversation(people=[ADA])


def roles_of(chat: Conversation, who: str) -> frozenset[Role]:
    return chat.uow.people.get(PersonId(who)).roles


async def test_an_admin_gives_and_takes_roles_by_form() -> None:
    chat = a_chat()
    form = await chat.open("ada", button_in(await chat.type("ada", "people iris@example.com"), "Roles …"))
    field = field_in(form, "roles")
    assert isinstance(field, ManyField)
    assert field.values == ("department-lead",)
    reply = await chat.submit("ada", form, roles=("compliance-lead", "auditor"))
    assert "compliance lead" in words_of(reply)
    assert roles_of(chat, "iris") == {Role.COMPLIANCE_LEAD, Role.AUDITOR}


async def test_all_of_them_can_be_taken() -> None:
    chat = a_chat()
    await chat.submit("ada", await chat.open("ada", action("grant_role", p="iris", v=1)), roles=())
    assert roles_of(chat, "iris") == frozenset()


@pytest.mark.parametrize(("who", "name"), [("ada", "admin"), ("lee", "compliance lead")])
async def test_the_last_one_is_kept_kindly(who: str, name: str) -> None:
    chat = a_chat()
    form = await chat.open("ada", action("grant_role", p=who, v=1))
    errors = errors_in(await chat.submit("ada", form, roles=()))
    assert errors == {"roles": f"{who.title()} is the only {name}. Make somebody else {name} first, then try again."}
    assert roles_of(chat, who)


@pytest.mark.parametrize("role", ["manager", "owner of everything", ""])
async def test_what_is_not_on_the_list_is_not_given(role: str) -> None:
    chat = a_chat()
    form = await chat.open("ada", action("grant_role", p="zoe", v=1))
    assert set(errors_in(await chat.submit("ada", form, roles=(role,)))) == {"roles"}


@pytest.mark.parametrize("who", ["lee", "max", "zoe"])
async def test_only_an_admin_opens_it_and_only_from_an_admin_it_is_taken(who: str) -> None:
    chat = a_chat()
    form = await chat.open("ada", action("grant_role", p=who, v=1))
    assert "This takes the role of admin." in words_of(await chat.press(who, action("grant_role", p=who, v=1)))
    assert "This takes the role of admin." in words_of(await chat.submit(who, form, roles=("admin",)))
    assert not roles_of(chat, who) & {Role.ADMIN}


async def test_an_admin_whose_role_was_taken_meanwhile_gives_none() -> None:
    chat = Conversation(people=[ADA, a_person("bob", Role.ADMIN)])
    form = await chat.open("bob", action("grant_role", p="zoe", v=1))
    await chat.submit("ada", await chat.open("ada", action("grant_role", p="bob", v=1)), roles=())
    assert "This takes the role of admin." in words_of(await chat.submit("bob", form, roles=("admin",)))
    assert roles_of(chat, "zoe") == frozenset()
