import pytest

from handlers.actions import action
from handlers.replies import Replace
from handlers.views.elements import ActionButton, Confirm
from tasks.identifiers import PersonId
from tasks.people import Role
from tests.builders import a_person
from tests.handlers.conversation import TASK, Conversation, button_in, errors_in, value_in, words_of

pytestmark = pytest.mark.anyio
ADA = a_person("ada", Role.ADMIN, department="board")
CHANGE = action("change_person", p="olga", v=1)


def a_chat() -> Conversation:
    return Conversation(people=[ADA])


@pytest.mark.parametrize("who", ["ada", "lee"])
async def test_where_somebody_belongs_is_changed_by_form(who: str) -> None:
    chat = a_chat()
    form = await chat.open(who, button_in(await chat.type(who, "people olga@example.com"), "Change …"))
    assert (value_in(form, "department"), value_in(form, "manager"), value_in(form, "country")) == ("it", "max", "US")
    reply = await chat.submit(who, form, department="Finance", manager="sue", time_zone="Europe/Berlin", country="de")
    assert "Saved." in words_of(reply)
    olga = chat.uow.people.get(PersonId("olga"))
    assert (olga.department, olga.manager_id, olga.time_zone, olga.country) == ("finance", "sue", "Europe/Berlin", "DE")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"time_zone": "Berlin"}, "time_zone"),
        ({"country": "DEU"}, "country"),
        ({"manager": "gus"}, "manager"),
        ({"manager": "olga"}, "manager"),
    ],
)
async def test_what_does_not_do_is_told_in_its_field(typed: dict[str, str], field: str) -> None:
    chat = a_chat()
    assert set(errors_in(await chat.submit("lee", await chat.open("lee", CHANGE), **typed))) == {field}


async def test_a_circle_is_told_kindly() -> None:
    chat = a_chat()
    form = await chat.open("lee", action("change_person", p="max", v=1))
    errors = errors_in(await chat.submit("lee", form, manager="olga"))
    assert errors == {"manager": "Olga reports to Max: that would be a circle. Choose somebody else."}


async def test_of_two_at_once_the_second_is_told() -> None:
    chat = a_chat()
    first, second = await chat.open("ada", CHANGE), await chat.open("lee", CHANGE)
    await chat.submit("ada", first, country="DE")
    assert "Olga was changed by somebody else" in words_of(await chat.submit("lee", second, country="FR"))
    assert "Olga was changed by somebody else" in words_of(await chat.press("lee", CHANGE))
    assert chat.uow.people.get(PersonId("olga")).country == "DE"


@pytest.mark.parametrize("who", ["olga", "max", "iris", "zoe"])
async def test_it_is_for_compliance_leads_and_admins_when_opened_and_when_sent(who: str) -> None:
    chat = a_chat()
    assert "This takes the role" in words_of(await chat.press(who, CHANGE))
    assert "This takes the role" in words_of(await chat.submit(who, await chat.open("lee", CHANGE), country="DE"))
    assert chat.uow.people.get(PersonId("olga")).country == "US"


async def test_before_deactivating_it_is_said_what_happens_and_then_it_happens() -> None:
    chat = a_chat()
    button = button_in(await chat.type("ada", "people olga@example.com"), "Deactivate")
    assert isinstance(button, ActionButton)
    assert isinstance(button.confirm, Confirm)
    assert "1 open task goes to Max. The compliance lead is told." in button.confirm.text
    reply = await chat.press("ada", button)
    assert isinstance(reply, Replace)
    assert "Olga is deactivated." in words_of(reply)
    assert chat.task(TASK).owner_id == "max"
    assert "lee owner-left" in chat.owed()
    assert "I don't know you" in words_of(await chat.type("olga", "tasks"))
    back = await chat.press("ada", button_in(reply, "Bring back"))
    assert "Olga is back." in words_of(back)
    assert "Nothing is waiting for you." in words_of(await chat.type("olga", "tasks"))


async def test_the_only_compliance_lead_stays() -> None:
    chat = a_chat()
    reply = await chat.press("ada", action("deactivate_person", p="lee"))
    assert "Lee is the only compliance lead. Make somebody else compliance lead first" in words_of(reply)
    assert chat.uow.people.get(PersonId("lee")).active


@pytest.mark.parametrize("name", ["deactivate_person", "reactivate_person"])
@pytest.mark.parametrize("who", ["lee", "max", "zoe"])
async def test_only_an_admin_deactivates_and_brings_back(who: str, name: str) -> None:
    chat = a_chat()
    assert "This takes the role of admin." in words_of(await chat.press(who, action(name, p="olga")))


async def test_an_unknown_person_is_not_found() -> None:
    chat = a_chat()
    for name in ("show_person", "change_person", "grant_role", "deactivate_person"):
        assert "There is no such person" in words_of(await chat.press("ada", action(name, p="nobody", v=1)))
