import json
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings

from bot.slack.modals import Remembered, recall, render_modal, takes_errors
from handlers.actions import action
from handlers.requests import Value
from handlers.views.elements import (
    ChoiceField,
    DateField,
    Field,
    FilesField,
    Form,
    ManyField,
    Option,
    PersonField,
    Text,
    TextField,
)
from tests.bot.slack.views import FORMS, HOSTILE
from tests.fake_slack.blocks import check_view
from tests.fake_slack.checks import Report

SEND = action("answer_task", id="t1", v=2)
HERE = Remembered(conversation="D1", message="1.2")


def options(count: int) -> tuple[Option, ...]:
    return tuple(Option(value=f"o{n}", label=f"Option {n}") for n in range(count))


def modal(*fields: Field, **more: Any) -> dict[str, Any]:
    return render_modal(Form(title="Answer", action=SEND, fields=fields), origin=HERE, **more)


def element(field: Field, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = modal(field, **more)["blocks"][-1]["element"]
    return found


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(FORMS)
def test_any_form_renders_within_every_limit_with_and_without_errors(form: Form) -> None:
    wrong = {"": "<!channel> no", **{field.name: "<script>" * 200 for field in form.fields}}
    for errors in ({}, wrong):
        report = Report(watched=HOSTILE[:5], known_users=frozenset())
        check_view(json.loads(json.dumps(render_modal(form, origin=HERE, errors=errors))), report)
        assert report.errors == []
        assert report.unescaped == []


def test_a_modal_remembers_its_action_and_where_it_came_from() -> None:
    kept = recall(modal(TextField(name="note", label="Note"))["private_metadata"])

    assert kept == Remembered(action=SEND, conversation="D1", message="1.2")


def test_what_nobody_here_wrote_is_not_remembered() -> None:
    for forged in ("", "x", "[]", '{"a": 5}', '{"a": "rm -rf"}', "[" * 10_000):
        assert recall(forged).action is None


def test_a_field_is_an_input_under_its_own_name() -> None:
    block = modal(TextField(name="note", label="Note", hint="Why?", required=False))["blocks"][0]

    assert (block["block_id"], block["element"]["action_id"]) == ("note", "note")
    assert (block["label"]["text"], block["hint"]["text"], block["optional"]) == ("Note", "Why?", True)


def test_few_choices_are_radio_buttons_and_many_a_menu() -> None:
    kinds = [element(ChoiceField(name="c", label="C", options=options(n)))["type"] for n in (5, 6)]

    assert kinds == ["radio_buttons", "static_select"]


def test_choices_with_a_line_about_each_are_radio_buttons_for_longer() -> None:
    described = [tuple(replace(one, note="What it means") for one in options(n)) for n in (10, 11)]
    kinds = [element(ChoiceField(name="c", label="C", options=some))["type"] for some in described]

    assert kinds == ["radio_buttons", "static_select"]


def test_few_boxes_are_checkboxes_and_many_a_menu() -> None:
    kinds = [element(ManyField(name="m", label="M", options=options(n)))["type"] for n in (10, 11)]

    assert kinds == ["checkboxes", "multi_static_select"]


def test_beyond_a_hundred_options_the_chosen_one_stays_and_the_rest_is_counted() -> None:
    block = modal(ChoiceField(name="c", label="C", options=options(120), value="o119"))["blocks"][0]

    assert len(block["element"]["options"]) == 100
    assert block["element"]["initial_option"]["value"] == "o119"
    assert "20 more" in block["hint"]["text"]


def test_nothing_to_choose_from_is_said_instead_of_asked() -> None:
    assert "nothing to choose" in modal(ChoiceField(name="c", label="C", options=()))["blocks"][0]["text"]["text"]


def test_a_long_label_goes_on_in_the_second_line_of_a_box() -> None:
    long = Option(value="a", label="word " * 20)

    assert "description" in element(ManyField(name="m", label="M", options=(long,)))["options"][0]


def test_people_are_a_menu_while_they_fit_in_one() -> None:
    assert element(PersonField(name="p", label="P", options=options(100)))["type"] == "static_select"


def test_many_people_are_slacks_own_picker_with_ids_translated() -> None:
    field = PersonField(name="p", label="P", options=options(101), value="o5")

    assert element(field, slack_users={"o5": "U5"}) == {"action_id": "p", "type": "users_select", "initial_user": "U5"}


def test_a_date_that_is_none_is_left_out() -> None:
    assert "initial_date" not in element(DateField(name="d", label="D", value="soon"))
    assert "initial_date" not in element(DateField(name="d", label="D", value="2026-02-31"))
    assert element(DateField(name="d", label="D", value="2026-03-02"))["initial_date"] == "2026-03-02"


def test_files_are_at_most_ten() -> None:
    assert element(FilesField(name="f", label="F", most=40))["max_files"] == 10


def test_what_was_typed_takes_the_place_of_what_stood_there() -> None:
    typed: dict[str, Value] = {"note": "typed", "m": ("o1",)}
    shown = modal(
        TextField(name="note", label="N", value="before"),
        ManyField(name="m", label="M", options=options(2)),
        values=typed,
    )["blocks"]

    assert shown[0]["element"]["initial_value"] == "typed"
    assert [each["value"] for each in shown[1]["element"]["initial_options"]] == ["o1"]


def test_errors_stand_at_the_top_in_words_with_the_fields_name() -> None:
    top = modal(TextField(name="note", label="Note"), errors={"": "Too <late>", "note": "Missing"})["blocks"][0]

    assert top["text"]["text"] == "⚠️ Too &lt;late&gt;\n⚠️ *Note*: Missing"


def test_slack_shows_errors_only_in_fields_that_can_be_filled_in() -> None:
    form = Form(
        title="T",
        action=SEND,
        fields=(TextField(name="note", label="N"), ChoiceField(name="none", label="C", options=())),
        intro=(Text(text="Hello"),),
    )

    assert takes_errors(form, {"note": "Missing"})
    assert not any(takes_errors(form, errors) for errors in ({}, {"": "No"}, {"none": "No"}, {"other": "No"}))
