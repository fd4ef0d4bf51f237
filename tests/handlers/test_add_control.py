from datetime import date

import pytest

from handlers.actions import action
from handlers.replies import OpenForm, Reply
from handlers.views.elements import Form
from tasks.controls import Cadence, SpanKind
from tasks.operations.schedule import open_due
from tests.builders import a_control
from tests.handlers.conversation import Conversation, button_in, errors_in, form_in, names_in, value_in, words_of

pytestmark = pytest.mark.anyio
TYPED: dict[str, str] = {
    "code": "OPS-01",
    "title": "Backups looked at",
    "department": "Engineering",
    "owner": "hans",
    "cadence": "weekly",
    "day": "Tuesday",
    "covers": "ended",
    "due_days": "3",
    "prompt": "Please look at last week's backups.",
    "statement": "I looked at the backups of [period] on [date].",
    "evidence": "* Backup report (list)\nScreenshot",
    "criteria": "A1.2 cc7.2",
    "acceptance": "no",
}


async def step(chat: Conversation, form: Form, typed: dict[str, str]) -> Reply:
    return await chat.submit("lee", form, **{name: typed[name] for name in names_in(form) if name in typed})


async def steps(chat: Conversation, typed: dict[str, str]) -> Reply:
    """As far as they lead."""
    reply: Reply = OpenForm(form=await chat.open("lee", action("add_control")))
    while isinstance(reply, OpenForm):
        reply = await step(chat, reply.form, typed)
    return reply


async def test_a_control_of_ones_own_is_made_in_three_steps_and_lives_like_any_other() -> None:
    chat = Conversation()
    form = await chat.open("lee", button_in(await chat.type("lee", "controls"), "New control …"))
    form = form_in(await step(chat, form, TYPED))
    assert value_in(form, "starts_on") == "2026-11-02"
    reply = await step(chat, form_in(await step(chat, form, TYPED)), TYPED)
    assert "OPS-01 is one of your controls now." in words_of(reply)
    control = chat.uow.controls.by_code("OPS-01")
    assert control
    assert (control.department, control.owner_id, control.starts_on) == ("engineering", "hans", date(2026, 11, 2))
    text = control.text
    assert (text.rrule, text.cadence, text.span) == ("FREQ=WEEKLY;BYDAY=TU", Cadence.WEEKLY, SpanKind.PREVIOUS_WEEK)
    assert [(one.key, one.required, one.population) for one in text.evidence] == [
        ("backup-report", True, True),
        ("screenshot", False, False),
    ]
    assert text.refs == {"tsc": ("A1.2", "CC7.2")}
    chat.clock.advance(days=1)
    assert open_due(chat.uow) == 1
    assert "Please look at last week's backups." in words_of(chat.deliver()["hans opened"])


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        ({"code": "a  b"}, {"code"}),
        ({"code": "iam-03"}, {"code"}),
        ({"title": ""}, {"title"}),
        ({"department": " "}, {"department"}),
        ({"cadence": ""}, {"cadence"}),
        ({"day": ""}, {"day"}),
        ({"due_days": "x"}, {"due_days"}),
        ({"limit_days": "1"}, {"limit_days"}),
        ({"statement": "Done [whenever]"}, {"statement"}),
        ({"statement": ""}, {"statement"}),
        ({"evidence": "Nothing required"}, {"evidence"}),
        ({"criteria": "CC99"}, {"criteria"}),
        ({"starts_on": "2026-11-01"}, {"starts_on"}),
        ({"starts_on": "?"}, {"starts_on"}),
        ({"code": "a  b", "cadence": "?"}, {"code", "cadence"}),
        ({"cadence": "monthly", "day": "0", "due_days": "?", "starts_on": "?"}, {"day", "due_days", "starts_on"}),
        ({"cadence": "annual", "day": "2", "month": ""}, {"month"}),
        ({"title": "", "criteria": "CC99"}, {"title", "criteria"}),
    ],
)
async def test_what_does_not_do_is_told_in_its_field_and_nothing_is_added(
    typed: dict[str, str], fields: set[str]
) -> None:
    chat = Conversation()
    reply = await steps(chat, {**TYPED, **typed})
    assert set(errors_in(reply)) == fields
    assert list(chat.uow.controls.every()) == [a_control()]


async def test_without_an_owner_criteria_or_evidence_it_is_taken_too() -> None:
    chat = Conversation()
    reply = await steps(chat, {**TYPED, "owner": "", "criteria": "", "evidence": ""})
    assert "unassigned: falls to Lee" in words_of(reply)
    assert "an answer stands as a representation only" in words_of(reply)


async def test_the_second_step_asks_only_what_belongs_to_the_cadence() -> None:
    chat = Conversation()
    first = await chat.open("lee", action("add_control"))
    asked = {
        cadence: names_in(form_in(await step(chat, first, {**TYPED, "cadence": cadence})))
        for cadence in ("weekly", "monthly", "quarterly", "annual")
    }
    assert "month" not in asked["weekly"] + asked["monthly"]
    assert "month" in asked["quarterly"]
    assert "month" in asked["annual"]


async def test_the_longest_answers_in_any_script_travel_from_step_to_step() -> None:
    chat = Conversation()
    typed = {**TYPED, "code": "a" * 32, "department": "管" * 60, "cadence": "annual", "day": "last", "month": "12"}
    assert "is one of your controls now." in words_of(await steps(chat, typed))
    control = chat.uow.controls.by_code("a" * 32)
    assert control
    assert control.department == "管" * 60


async def test_a_code_taken_between_two_steps_is_said_of_the_form_as_a_whole() -> None:
    chat = Conversation()
    second = form_in(await step(chat, await chat.open("lee", action("add_control")), TYPED))
    third = form_in(await step(chat, second, TYPED))
    await steps(chat, TYPED)
    assert "choose another code" in errors_in(await step(chat, third, TYPED))[""]


async def test_an_owner_who_takes_no_tasks_is_refused_in_the_first_step() -> None:
    chat = Conversation()
    reply = await step(chat, await chat.open("lee", action("add_control")), {**TYPED, "owner": "ina"})
    assert not isinstance(reply, OpenForm)
    assert chat.uow.controls.by_code("OPS-01") is None


@pytest.mark.parametrize("who", ["olga", "iris", "zoe"])
async def test_it_takes_a_compliance_lead_or_an_admin(who: str) -> None:
    chat = Conversation()
    assert "This takes the role" in words_of(await chat.press(who, action("add_control")))
    reply = await chat.submit(who, await chat.open("lee", action("add_control")), **TYPED)
    assert "This takes the role" in words_of(reply)
    assert chat.uow.controls.by_code("OPS-01") is None
