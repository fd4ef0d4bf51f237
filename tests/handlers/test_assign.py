from dataclasses import replace

import pytest

from handlers.actions import action
from handlers.replies import Show
from handlers.views.elements import ChoiceField, Form, PersonField
from tasks.identifiers import PersonId
from tasks.people import Role
from tests.builders import a_control, a_person
from tests.handlers.conversation import (
    TASK,
    Conversation,
    button_in,
    buttons_in,
    errors_in,
    field_in,
    form_in,
    value_in,
    view_in,
    words_of,
)

pytestmark = pytest.mark.anyio
CONTROL = a_control().id
HAND_OVER = action("reassign_task", t=TASK, v=1)


@pytest.mark.parametrize(
    "words",
    ["IAM-03 hans@example.com", "iam-03 HANS@example.com", "  IAM-03   @Hans ", "IAM-03 @U-hans", "IAM-03 U-hans"],
)
async def test_assign_with_a_control_and_a_person_does_it(words: str) -> None:
    chat = Conversation()
    reply = await chat.type("lee", f"assign {words}")
    assert "Hans owns IAM-03 Leaver access removal now, open tasks included." in words_of(reply)
    assert chat.uow.controls.get(CONTROL).owner_id == "hans"
    assert chat.task().owner_id == "hans"


async def test_assign_alone_opens_the_form() -> None:
    form = await open_assign(Conversation(), "assign")
    assert value_in(form, "control") == ""


@pytest.mark.parametrize("words", ["assign IAM-03", "assign iam-03  "])
async def test_assign_with_a_control_opens_the_form_with_it_chosen(words: str) -> None:
    assert value_in(await open_assign(Conversation(), words), "control") == CONTROL


async def open_assign(chat: Conversation, words: str) -> Form:
    return form_in(await chat.type("lee", words))


async def test_the_form_assigns_too() -> None:
    chat = Conversation()
    form = await chat.open("lee", action("assign_control"))
    await chat.submit("lee", form, control=CONTROL, person="hans")
    assert chat.uow.controls.get(CONTROL).owner_id == "hans"


async def test_retired_controls_guests_and_leavers_are_not_offered() -> None:
    chat = Conversation(controls=[a_control(), replace(a_control("IAM-09"), retired=True)])
    form = await chat.open("lee", action("assign_control"))
    controls, people = field_in(form, "control"), field_in(form, "person")
    assert isinstance(controls, ChoiceField)
    assert isinstance(people, PersonField)
    assert [one.value for one in controls.options] == [CONTROL]
    assert {"gus", "ina"}.isdisjoint(one.value for one in people.options)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("IAM-99 hans@example.com", "There is no control “IAM-99”."),
        ("IAM-03 nobody@example.com", "I don't know who “nobody@example.com” is. Use their e-mail address."),
        ("IAM-03 gus@example.com", "Gus can't own tasks."),
        ("IAM-03 ina@example.com", "Ina can't own tasks."),
    ],
)
async def test_what_can_not_be_assigned_is_said_plainly(words: str, sentence: str) -> None:
    chat = Conversation()
    assert sentence in words_of(await chat.type("lee", f"assign {words}"))
    assert chat.uow.controls.get(CONTROL).owner_id == "olga"


async def test_a_name_that_two_people_bear_is_not_guessed() -> None:
    twin = a_person("hans-2", name="Hans")
    reply = await Conversation(people=[twin]).type("lee", "assign IAM-03 Hans")
    assert "I don't know who “Hans” is" in words_of(reply)


async def test_without_controls_it_says_what_is_missing() -> None:
    chat = Conversation()
    chat.state.controls.clear()
    assert "There are no controls yet" in words_of(await chat.type("lee", "assign"))


@pytest.mark.parametrize("who", ["zoe", "hans"])
async def test_members_can_not_assign_what_is_not_theirs(who: str) -> None:
    chat = Conversation()
    reply = await chat.type(who, "assign IAM-03 zoe@example.com")
    assert "You can't give IAM-03 to somebody." in words_of(reply)
    assert chat.uow.controls.get(CONTROL).owner_id == "olga"


async def test_a_department_lead_assigns_within_the_department() -> None:
    chat = Conversation(people=[a_person("hal", Role.DEPARTMENT_LEAD, department="hr")])
    assert "can't give" in words_of(await chat.type("hal", "assign IAM-03 hans@example.com"))
    assert "Hans owns" in words_of(await chat.type("iris", "assign IAM-03 hans@example.com"))


async def test_the_owner_hands_a_task_over_and_the_new_owner_is_told() -> None:
    chat = Conversation()
    form = await chat.open("olga", button_in(await chat.press("olga", action("show_task", t=TASK)), "Hand over …"))
    reply = await chat.submit("olga", form, person="hans")
    assert "“Leaver access removal” is with Hans now." in words_of(reply)
    assert chat.task().owner_id == "hans"
    assert "Olga gave this to you." in words_of(chat.deliver()["hans reassigned"])


async def test_whoever_handed_a_task_over_is_offered_no_button_they_could_not_use() -> None:
    chat = Conversation()
    reply = await chat.submit("olga", await chat.open("olga", HAND_OVER), person="hans")
    assert not buttons_in(view_in(reply))


async def test_the_owner_is_not_offered_as_the_one_to_take_over() -> None:
    people = field_in(await Conversation().open("olga", HAND_OVER), "person")
    assert isinstance(people, PersonField)
    assert "olga" not in [one.value for one in people.options]


async def test_a_guest_chosen_all_the_same_is_refused_in_the_field() -> None:
    chat = Conversation()
    reply = await chat.submit("olga", await chat.open("olga", HAND_OVER), person="gus")
    assert set(errors_in(reply)) == {"person"}


async def test_nobody_chosen_is_refused_in_words() -> None:
    chat = Conversation()
    reply = await chat.submit("olga", await chat.open("olga", HAND_OVER), person="")
    assert isinstance(reply, Show)
    assert chat.task().owner_id == PersonId("olga")


async def test_the_hand_over_form_of_an_answered_task_does_not_open() -> None:
    chat = Conversation()
    chat.attach()
    await chat.press("olga", action("answer_task", t=TASK, v=1))
    assert "You already answered" in words_of(await chat.press("olga", HAND_OVER))
