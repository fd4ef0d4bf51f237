from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from handlers.actions import action
from handlers.replies import Show
from handlers.setup_forms import channel_named
from handlers.views.elements import ManyField, PersonField, Progress, Row, Table, View
from tasks.errors import Invalid
from tasks.identifiers import PersonId
from tasks.notices import Occasion
from tasks.operations.schedule import climb_ladders
from tasks.people import Role
from tests.builders import a_control, a_person, a_task, utc
from tests.handlers.conversation import (
    Conversation,
    button_in,
    errors_in,
    field_in,
    labels_in,
    names_in,
    value_in,
    view_in,
    words_of,
)

pytestmark = pytest.mark.anyio
STEPS = (
    "choose_controls",
    "set_place",
    "choose_people",
    "choose_owners",
    "set_ladder",
    "set_channel",
    "set_period",
    "choose_rhythm",
)


def a_new_company() -> Conversation:
    """Lee is the compliance lead, Ada an admin; nobody is the sponsor, and there is no control."""
    chat = Conversation(people=[a_person("ada", Role.ADMIN, department="board")])
    chat.state.controls.clear()
    chat.state.tasks.clear()
    return chat


async def fill_in(chat: Conversation, name: str, who: str = "lee", **values: Any) -> View:
    return view_in(await chat.submit(who, await chat.open(who, action(name)), **values))


async def prepare(chat: Conversation) -> None:
    await fill_in(chat, "choose_controls")
    await fill_in(chat, "set_place")
    await fill_in(chat, "choose_people", lead="lee", second="max", sponsor="sue")
    await fill_in(chat, "set_period", start="2027-01-01", end="2027-12-31")
    await fill_in(chat, "choose_rhythm")


def rows(view: View) -> list[Row]:
    return [one for one in view.body if isinstance(one, Row)]


async def test_the_page_has_a_row_with_a_button_for_every_step() -> None:
    view = view_in(await a_new_company().type("lee", "setup"))
    assert [row.text.partition(". ")[2] for row in rows(view)] == [
        "Controls",
        "Time zone and holidays",
        "Who watches over it",
        "Owners",
        "Reminders and escalation",
        "Compliance channel",
        "First audit period",
        "Rhythm",
    ]
    assert [row.button.action.name for row in rows(view) if row.button] == list(STEPS)  # type: ignore[union-attr]


@pytest.mark.parametrize("who", ["olga", "max", "iris", "sue"])
async def test_nobody_else_sees_or_changes_the_set_up(who: str) -> None:
    chat = a_new_company()
    refusal = "This takes the role of compliance lead or admin."
    assert refusal in words_of(await chat.type(who, "setup"))
    for name in (*STEPS, "setup", "preview_setup", "finish_setup"):
        assert refusal in words_of(await chat.press(who, action(name)))
    for name in STEPS:
        form = await chat.open("lee", action(name))
        reply = await chat.submit(who, form, person="olga", start="2027-01-01", end="2027-12-31", lead="olga")
        assert isinstance(reply, Show)
        assert refusal in words_of(reply)
    assert not chat.state.setups


async def test_an_admin_sets_up_too() -> None:
    assert "of 8 steps" in view_in(await a_new_company().type("ada", "setup")).summary


async def test_an_answer_is_kept_and_the_steps_are_shown_again() -> None:
    chat = a_new_company()
    view = await fill_in(chat, "choose_controls", packs=("privacy", "availability"))
    assert view.summary == "1 of 8 steps are done."
    assert "Saved." in words_of(view)
    assert "Security core, availability and privacy: 59 controls." in words_of(view)


async def test_somebody_else_goes_on_on_another_day_where_it_was_left() -> None:
    chat = a_new_company()
    await fill_in(chat, "choose_controls", packs=("privacy",))
    await fill_in(chat, "set_period", start="2027-01-01", end="2027-12-31")
    chat.clock.advance(days=9)
    view = view_in(await chat.type("ada", "setup"))
    assert view.summary == "2 of 8 steps are done."
    form = await chat.open("ada", action("choose_controls"))
    packs = field_in(form, "packs")
    assert isinstance(packs, ManyField)
    assert packs.values == ("privacy",)
    assert value_in(await chat.open("ada", action("set_period")), "end") == "2027-12-31"


async def test_every_step_can_be_done_again() -> None:
    chat = a_new_company()
    await prepare(chat)
    view = await fill_in(chat, "set_period", start="2027-04-01", end="2027-06-30")
    assert "1 Apr 2027 to 30 Jun 2027." in words_of(view)


async def test_the_matrix_is_offered_to_those_who_bring_their_own() -> None:
    chat = a_new_company()
    assert "Import our matrix …" not in labels_in(view_in(await chat.type("lee", "setup")))
    view = await fill_in(chat, "choose_controls", source="own")
    assert "Import our matrix …" in labels_in(view)
    assert "no control is here yet" in words_of(view)


async def test_the_place_understands_cities_and_names_of_countries() -> None:
    chat = a_new_company()
    view = await fill_in(chat, "set_place", time_zone="berlin", country="germany", shutdown="2026-12-24 to 2026-12-31")
    assert "Europe/Berlin, holidays of Germany; closed 24 Dec 2026 – 31 Dec 2026." in words_of(view)
    assert chat.uow.people.get(PersonId("olga")).country == "DE"


@pytest.mark.parametrize(
    ("field", "value"), [("time_zone", "Europe/Berlim"), ("country", "Germoney"), ("shutdown", "at Christmas")]
)
async def test_what_it_does_not_understand_is_said_in_the_field(field: str, value: str) -> None:
    chat = a_new_company()
    form = await chat.open("lee", action("set_place"))
    assert set(errors_in(await chat.submit("lee", form, **{field: value}))) == {field}
    assert not chat.state.setups


@pytest.mark.parametrize("field", ["second", "sponsor"])
async def test_the_lead_can_be_neither_second_acceptor_nor_sponsor(field: str) -> None:
    chat = a_new_company()
    form = await chat.open("lee", action("choose_people"))
    reply = await chat.submit("lee", form, **{"lead": "lee", "second": "max", "sponsor": "sue", field: "lee"})
    assert set(errors_in(reply)) == {field}


async def test_the_people_form_shows_who_has_the_parts_already() -> None:
    form = await a_new_company().open("lee", action("choose_people"))
    assert (value_in(form, "lead"), value_in(form, "second"), value_in(form, "sponsor")) == ("lee", "iris", "")


async def test_the_owners_form_asks_for_every_department_that_has_controls() -> None:
    form = await a_new_company().open("lee", action("choose_owners"))
    assert [field.label for field in form.fields] == ["Engineering", "Finance", "HR", "IT", "Legal", "Security"]
    assert all(isinstance(field, PersonField) and not field.required for field in form.fields)
    assert value_in(form, "owner_3") == "iris"


async def test_owners_are_those_of_the_departments_the_form_was_about() -> None:
    chat = a_new_company()
    form = await chat.open("lee", action("choose_owners"))
    chat.uow.controls.add(a_control("AAA-1", department="accounting"))
    view = view_in(await chat.submit("lee", form, owner_1="hans", owner_3=""))
    assert "finance: Hans" in words_of(view).lower().replace("hans", "Hans")
    assert dict(chat.uow.setups.get().owners) == {"finance": "hans"}


async def test_an_owner_who_can_not_be_one_is_refused_in_the_field() -> None:
    chat = a_new_company()
    form = await chat.open("lee", action("choose_owners"))
    assert set(errors_in(await chat.submit("lee", form, owner_2="gus"))) == {"owner_2"}


async def test_without_any_control_there_is_no_owner_to_choose() -> None:
    chat = a_new_company()
    await fill_in(chat, "choose_controls", source="own")
    assert "Choose the controls first." in words_of(await chat.press("lee", action("choose_owners")))


async def test_the_ladder_form_shows_the_usual_days_and_saves_others() -> None:
    chat = a_new_company()
    form = await chat.open("lee", action("set_ladder"))
    assert [value_in(form, name) for name in names_in(form)] == ["5", "1", "1", "2", "5", "10"]
    view = view_in(await chat.submit("lee", form, **{Occasion.MANAGER: "3"}))
    assert "Your own: reminders 5 and 1 business days before a task is due; 1 after it the owner, 3 after" in words_of(
        view
    )


@pytest.mark.parametrize("value", ["1", "0", "-2", "two", "99", "³", ""])
async def test_a_day_that_makes_no_ladder_is_refused_in_its_field(value: str) -> None:
    chat = a_new_company()
    form = await chat.open("lee", action("set_ladder"))
    reply = await chat.submit("lee", form, **{Occasion.MANAGER: value})
    assert Occasion.MANAGER in errors_in(reply) or Occasion.COMPLIANCE_LEAD in errors_in(reply)


@pytest.mark.parametrize(
    ("text", "platform", "channel"),
    [
        ("C0123ABCD", "slack", "slack:C0123ABCD"),
        ("<#C0123ABCD|compliance>", "slack", "slack:C0123ABCD"),
        ("https://acme.slack.com/archives/C0123ABCD", "slack", "slack:C0123ABCD"),
        ("https://acme.slack.com/archives/C0123ABCD/p1700000000", "slack", "slack:C0123ABCD"),
        ("slack:G0123ABCD", "web", "slack:G0123ABCD"),
        ("#compliance", "web", "web:compliance"),
        ("19:abc@thread.tacv2", "teams", "teams:19:abc@thread.tacv2"),
        ("", "slack", ""),
    ],
)
def test_a_channel_is_known_by_its_id_or_its_link(text: str, platform: str, channel: str) -> None:
    assert channel_named(text, platform) == channel


@pytest.mark.parametrize(
    "text", ["#compliance", "compliance", "https://evil.example/archives/C0123ABCD", "C0123ABCD C99", "<script>", "c01"]
)
def test_a_name_typed_to_slack_has_no_id_and_the_answer_says_what_to_do(text: str) -> None:
    with pytest.raises(Invalid) as error:
        channel_named(text, "slack")
    assert "copy its link" in error.value.fields["channel"]


async def test_the_channel_form_shows_what_stands() -> None:
    chat = a_new_company()
    await fill_in(chat, "set_channel", channel="https://acme.slack.com/archives/C0123ABCD")
    assert value_in(await chat.open("lee", action("set_channel")), "channel") == "C0123ABCD"


@pytest.mark.parametrize("values", [{"start": "2027-12-31", "end": "2027-01-01"}, {"start": "2027-01-01", "end": ""}])
async def test_a_period_without_a_sensible_end_is_refused(values: dict[str, str]) -> None:
    chat = a_new_company()
    form = await chat.open("lee", action("set_period"))
    assert set(errors_in(await chat.submit("lee", form, **values))) == {"end"}


async def test_a_type_1_report_is_as_of_a_day() -> None:
    view = await fill_in(a_new_company(), "set_period", start="2027-03-31", end="2027-03-31")
    assert "Type 1, as of 31 Mar 2027." in words_of(view)


# --- preview and Start


async def test_the_preview_shows_months_owners_and_warnings_and_offers_start() -> None:
    chat = a_new_company()
    await prepare(chat)
    view = view_in(await chat.press("lee", action("preview_setup")))
    assert [table.columns[0] for table in view.body if isinstance(table, Table)] == ["Month", "Owner"]
    assert [one.done for one in view.body if isinstance(one, Progress)] == [5]
    assert "more than 4" in words_of(view)
    assert {"Start", "Back to change"} <= set(labels_in(view))


async def test_the_preview_writes_nothing() -> None:
    chat = a_new_company()
    await prepare(chat)
    before = {name: repr(value) for name, value in vars(chat.state).items()}
    await chat.press("lee", action("preview_setup"))
    assert {name: repr(value) for name, value in vars(chat.state).items()} == before


async def test_without_what_is_needed_the_preview_says_so_and_offers_no_start() -> None:
    chat = a_new_company()
    await prepare(chat)
    sue = chat.uow.people.get(PersonId("sue"))
    chat.state.people[sue.id] = replace(sue, roles=frozenset())
    view = view_in(await chat.press("lee", action("preview_setup")))
    assert "Start" not in labels_in(view)
    assert "name an executive sponsor" in words_of(view)
    reply = await chat.press("lee", action("finish_setup", v=chat.uow.setups.get().version))
    assert "Not started yet." in words_of(reply)
    assert not chat.state.controls


async def test_start_is_asked_for_twice_and_sends_nobody_anything() -> None:
    chat = a_new_company()
    await prepare(chat)
    preview = await chat.press("lee", action("preview_setup"))
    start = button_in(preview, "Start")
    assert getattr(start, "confirm", None)
    reply = await chat.press("lee", start)
    assert "54 controls run from now on, the first from 9 Nov 2026." in words_of(reply)
    assert len(chat.state.controls) == 54
    assert chat.deliver() == {}


async def test_a_start_button_from_before_a_change_does_nothing() -> None:
    chat = a_new_company()
    await prepare(chat)
    start = button_in(await chat.press("lee", action("preview_setup")), "Start")
    await fill_in(chat, "choose_rhythm", who="ada", starter="yes")
    assert "Look at the preview again" in words_of(await chat.press("lee", start))
    assert not chat.state.controls


async def test_a_start_button_that_was_tampered_with_does_nothing() -> None:
    chat = a_new_company()
    await prepare(chat)
    for version in ("", "x", "99999999999"):
        assert "Look at the preview again" in words_of(await chat.press("lee", action("finish_setup", v=version)))


async def test_a_running_company_changes_its_settings_on_the_same_page() -> None:
    chat = Conversation()
    view = view_in(await chat.type("lee", "setup"))
    assert view.title == "Settings"
    before = dict(chat.state.controls)
    await fill_in(chat, "set_period", start="2027-01-01", end="2027-12-31")
    assert chat.state.controls == before
    assert chat.state.workspace.period_start == date(2027, 1, 1)


async def test_the_words_of_an_escalation_follow_the_workspaces_ladder() -> None:
    chat = Conversation(a_task(next_rung_at=utc(2026, 11, 17, 9)), now=utc(2026, 11, 19, 10))
    form = await chat.open("lee", action("set_ladder"))
    await chat.submit("lee", form, **{Occasion.MANAGER: "3"})
    climb_ladders(chat.uow)
    assert "overdue: three business days or more" in words_of(chat.deliver()["max manager"])
