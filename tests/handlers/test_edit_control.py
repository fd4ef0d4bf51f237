from datetime import date

import pytest

from handlers.actions import action
from handlers.views.elements import Form
from tasks.controls import Cadence, SpanKind
from tasks.people import Role
from tests.builders import a_control, a_control_text, a_person
from tests.handlers.conversation import Conversation, button_in, errors_in, form_in, names_in, value_in, words_of

pytestmark = pytest.mark.anyio
CONTROL = a_control().id


async def opened(chat: Conversation, label: str, who: str = "lee") -> Form:
    return await chat.open(who, button_in(await chat.type(who, "controls IAM-03"), label))


async def cadence(chat: Conversation, chosen: str = "keep", who: str = "lee") -> Form:
    return form_in(await chat.submit(who, await opened(chat, "Cadence …", who), cadence=chosen))


async def test_due_days_change_and_the_rest_stays() -> None:
    chat = Conversation()
    assert value_in(await opened(chat, "Cadence …"), "cadence") == "keep"
    form = await cadence(chat)
    assert names_in(form) == ["due_days", "limit_days", "starts_on", "reason"]
    assert value_in(form, "due_days") == "14"
    reply = await chat.submit("lee", form, due_days="10", limit_days="30", reason="Auditor's advice")
    assert "Saved as version 2." in words_of(reply)
    assert "“Auditor's advice”" in words_of(reply)
    control = chat.uow.controls.get(CONTROL)
    assert (control.text.due_days, control.text.limit_days) == (10, 30)
    assert (control.text.rrule, control.starts_on) == (a_control().text.rrule, a_control().starts_on)


async def test_another_cadence_makes_its_rule_and_begins_today() -> None:
    chat = Conversation()
    form = await cadence(chat, "quarterly")
    assert value_in(form, "day") == "2"
    assert "next was October 2026" in words_of(form) or "next was November 2026" in words_of(form)
    await chat.submit("lee", form, day="8", month="1", covers="ended", reason="Fewer leavers")
    control = chat.uow.controls.get(CONTROL)
    assert control.text.rrule == "FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=8"
    assert (control.text.cadence, control.text.span) == (Cadence.QUARTERLY, SpanKind.PREVIOUS_QUARTER)
    assert control.starts_on == date(2026, 11, 2)


async def test_or_later_where_that_is_chosen() -> None:
    chat = Conversation()
    form = await cadence(chat, "weekly")
    assert value_in(form, "day") == ""
    await chat.submit("lee", form, day="Friday", starts_on="2027-01-01", reason="More leavers")
    assert chat.uow.controls.get(CONTROL).starts_on == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        ({"due_days": "soon"}, {"due_days"}),
        ({"due_days": "-3"}, {"due_days"}),
        ({"due_days": "0"}, {"due_days"}),
        ({"due_days": ""}, {"due_days"}),
        ({"limit_days": "3"}, {"limit_days"}),
        ({"starts_on": "2026-10-01"}, {"starts_on"}),
        ({"starts_on": "tomorrow"}, {"starts_on"}),
        ({"cadence": "weekly", "day": "12"}, {"day"}),
        ({"cadence": "annual", "month": ""}, {"month"}),
        ({"cadence": "annual", "month": "²"}, {"month"}),
        ({"cadence": "monthly", "covers": "this-year"}, {"covers"}),
        ({"cadence": "weekly", "day": "x", "due_days": "x"}, {"day", "due_days"}),
        ({"reason": " "}, {"reason"}),
    ],
)
async def test_what_can_not_be_read_is_told_in_its_field(typed: dict[str, str], fields: set[str]) -> None:
    chat = Conversation()
    form = await cadence(chat, typed.get("cadence", "keep"))
    values: dict[str, str] = {"reason": "Because", **typed}
    assert set(errors_in(await chat.submit("lee", form, **values))) == fields
    assert chat.uow.controls.get(CONTROL) == a_control()


@pytest.mark.parametrize("chosen", ["", "yearly", "c"])
async def test_how_often_is_chosen_before_anything_else_is_asked(chosen: str) -> None:
    chat = Conversation()
    reply = await chat.submit("lee", await opened(chat, "Cadence …"), cadence=chosen)
    assert errors_in(reply) == {"cadence": "Choose how often."}


async def test_the_words_change_with_their_reason_and_the_old_ones_stay_readable() -> None:
    chat = Conversation()
    form = await opened(chat, "Wording …")
    assert value_in(form, "statement").endswith("for [period], checked on [date].")
    assert value_in(form, "evidence") == "* The leaver list (list)\nThe removal proof"
    assert value_in(form, "criteria") == "CC6.2"
    reply = await chat.submit(
        "lee",
        form,
        title="Leavers lose  their access",
        prompt="Please look through last month's leavers.",
        statement="I looked through the leavers of [Period] on [date].",
        evidence="* The leaver list, from HR (list)\n* Ticket of each removal",
        criteria="cc6.2; CC6.3",
        acceptance="yes",
        department="Security",
        reason="The HR system changed",
    )
    assert "Saved as version 2." in words_of(reply)
    control = chat.uow.controls.get(CONTROL)
    text = control.text
    assert (text.title, text.acceptance, control.department) == ("Leavers lose their access", True, "security")
    assert text.statement == "I looked through the leavers of {period} on {date}."
    assert text.refs["tsc"] == ("CC6.2", "CC6.3")
    assert [(one.key, one.required) for one in text.evidence] == [
        ("leaver-list", True),
        ("ticket-of-each-removal", True),
    ]
    assert chat.uow.controls.text(CONTROL, 1) == a_control_text()


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        ({"title": " "}, {"title"}),
        ({"statement": "For [quarter]"}, {"statement"}),
        ({"statement": "For {quarter}"}, {"statement"}),
        ({"evidence": "* (list)"}, {"evidence"}),
        ({"evidence": "No star at all"}, {"evidence"}),
        ({"criteria": "CC6.22"}, {"criteria"}),
        ({"department": ""}, {"department"}),
        ({"reason": ""}, {"reason"}),
    ],
)
async def test_words_that_do_not_do_are_told_in_their_field(typed: dict[str, str], fields: set[str]) -> None:
    chat = Conversation()
    values: dict[str, str] = {"reason": "Because", **typed}
    assert set(errors_in(await chat.submit("lee", await opened(chat, "Wording …"), **values))) == fields
    assert chat.uow.controls.get(CONTROL) == a_control()


@pytest.mark.parametrize("label", ["Wording …", "Cadence …"])
async def test_of_two_at_once_the_second_is_told_who_was_first(label: str) -> None:
    chat = Conversation(people=[a_person("ada", Role.ADMIN)])
    mine, theirs = await opened(chat, label), await cadence(chat, who="ada")
    mine = await cadence(chat) if label == "Cadence …" else mine
    await chat.submit("ada", theirs, due_days="9", reason="First")
    reply = await chat.submit("lee", mine, reason="Second")
    assert "Ada changed IAM-03 on 2 Nov 2026 at 09:00. Nothing of yours was saved" in words_of(reply)
    assert chat.uow.controls.get(CONTROL).version == 2


async def test_sending_what_stands_there_changes_nothing() -> None:
    chat = Conversation()
    reply = await chat.submit("lee", await opened(chat, "Wording …"), reason="To see")
    assert "Nothing was different." in words_of(reply)
    assert chat.uow.controls.get(CONTROL) == a_control()


@pytest.mark.parametrize("name", ["edit_cadence", "edit_wording"])
@pytest.mark.parametrize("who", ["olga", "iris", "max", "zoe"])
async def test_a_form_opens_only_for_those_who_may_edit(who: str, name: str) -> None:
    reply = await Conversation().press(who, action(name, c=CONTROL, v=1))
    assert "This takes the role of compliance lead or admin." in words_of(reply)


@pytest.mark.parametrize("name", ["edit_cadence", "edit_wording"])
async def test_and_is_taken_only_from_those_who_may(name: str) -> None:
    chat = Conversation()
    form = await chat.open("lee", action(name, c=CONTROL, v=1, cadence="keep"))
    reply = await chat.submit("zoe", form, reason="Mine now", due_days="1", title="Mine")
    assert "This takes the role" in words_of(reply)
    assert chat.uow.controls.get(CONTROL) == a_control()


async def test_a_rule_of_its_own_kind_stays_as_it_is() -> None:
    text = a_control_text(rrule="FREQ=MONTHLY;BYDAY=1MO", cadence_text="Monthly: the first Monday")
    chat = Conversation(controls=[a_control(text=text)])
    assert value_in(await cadence(chat, "monthly"), "day") == ""
    await chat.submit("lee", await cadence(chat), due_days="7", reason="Faster")
    assert chat.uow.controls.get(CONTROL).text.rrule == "FREQ=MONTHLY;BYDAY=1MO"
