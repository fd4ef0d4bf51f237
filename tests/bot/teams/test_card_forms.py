from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from bot.teams.adaptive_cards import CONTENT_TYPE
from bot.teams.card_forms import render_dialog, render_form
from bot.teams.card_values import Remembered, recall, values_of
from handlers.actions import action
from handlers.views.elements import (
    ActionButton,
    Buttons,
    ChoiceField,
    DateField,
    Field,
    FilesField,
    Form,
    ManyField,
    Option,
    PersonField,
    TextField,
)
from tests.bot.slack.views import FORMS
from tests.bot.teams.cards import INPUTS, actions, of_type, problems
from tests.handlers.views import examples

SEND = action("answer_task", id="t1", v=2)
HERE = Remembered(conversation="19:abc", message="1700")


def options(count: int) -> tuple[Option, ...]:
    return tuple(Option(value=f"o{n}", label=f"Option {n}") for n in range(count))


def a_form(*fields: Field, **more: Any) -> Form:
    return Form(title="Answer", action=SEND, fields=fields, **more)


def card(*fields: Field, **more: Any) -> dict[str, Any]:
    return render_form(a_form(*fields), **more)


def one_input(field: Field, **more: Any) -> dict[str, Any]:
    (found,) = of_type(card(field, **more), *INPUTS)
    return found


def texts(content: object) -> list[str]:
    return [part["text"] for part in of_type(content, "TextBlock")]


@pytest.mark.parametrize("dialog", [False, True])
@pytest.mark.parametrize("name", examples.FORMS)
def test_every_form_is_a_good_card_with_and_without_errors(name: str, *, dialog: bool) -> None:
    form = examples.FORMS[name]
    wrong = {"": "Look again.", **{field.name: "Say more." for field in form.fields}}
    assert problems(render_form(form, dialog=dialog)) == []
    assert problems(render_form(form, errors=wrong, dialog=dialog)) == []


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(FORMS)
def test_any_form_renders_within_every_limit_with_and_without_errors(form: Form) -> None:
    wrong = {"": "<at>x</at> no", **{field.name: "*word*" * 200 for field in form.fields}}
    for errors in ({}, wrong):
        assert problems(render_form(form, errors=errors)) == []


def test_a_form_on_a_card_has_its_title_and_sends_itself() -> None:
    shown = card(TextField(name="note", label="Note"), origin=HERE)
    (press,) = shown["actions"]

    assert texts(shown)[0] == "Answer"
    assert (press["type"], press["style"], press["fallback"]["type"]) == ("Action.Execute", "positive", "Action.Submit")
    assert recall(press["data"]) == Remembered(action=SEND, conversation="19:abc", message="1700", form=True)


def test_a_dialog_has_its_title_in_its_frame_and_sends_with_submit() -> None:
    answer = render_dialog(a_form(TextField(name="note", label="Note")), origin=HERE)
    frame = answer["task"]["value"]  # type: ignore[index]

    assert (answer["task"]["type"], frame["title"]) == ("continue", "Answer")  # type: ignore[index]
    assert frame["card"]["contentType"] == CONTENT_TYPE
    assert [each["type"] for each in frame["card"]["content"]["actions"]] == ["Action.Submit"]
    assert "Answer" not in texts(frame["card"]["content"])


def test_a_field_is_an_input_under_its_own_name_with_its_hint_below() -> None:
    shown = card(TextField(name="note", label="Note", hint="Why?", multiline=True, longest=200))

    assert one_input(TextField(name="note", label="Note", longest=200)) == {
        "type": "Input.Text",
        "id": "t_note",
        "label": "Note",
        "spacing": "medium",
        "isRequired": True,
        "errorMessage": "Write something here.",
        "isMultiline": False,
        "maxLength": 200,
    }
    assert texts(shown)[-1] == "Why?"
    assert "isRequired" not in one_input(TextField(name="note", label="Note", required=False))


@pytest.mark.parametrize(("count", "style"), [(6, "expanded"), (7, "compact"), (15, "compact"), (16, "filtered")])
def test_few_choices_stand_there_more_are_a_menu_and_many_are_searched(count: int, style: str) -> None:
    assert one_input(ChoiceField(name="c", label="C", options=options(count)))["style"] == style


def test_people_are_a_menu_and_many_are_searched() -> None:
    styles = [one_input(PersonField(name="p", label="P", options=options(n)))["style"] for n in (2, 40)]

    assert styles == ["compact", "filtered"]


def test_any_number_of_choices_come_back_as_they_were_put_in() -> None:
    odd = (Option(value="a,b", label="A, B"), Option(value="50%", label="Half"), Option(value="c", label="C"))
    shown = one_input(ManyField(name="m", label="M", options=odd, values=("a,b", "50%", "gone")))

    assert shown["isMultiSelect"] is True
    assert values_of({shown["id"]: shown["value"]}) == {"m": ("a,b", "50%")}


def test_what_is_chosen_is_there_however_many_others_there_are() -> None:
    shown = card(ChoiceField(name="c", label="C", options=options(900), value="o899"))
    (found,) = of_type(shown, "Input.ChoiceSet")

    assert found["value"] == "o899" == found["choices"][0]["value"]
    missing = 900 - len(found["choices"])
    assert texts(shown)[-1] == f"{missing} more can't be shown here: ask for them by their name in a message."


def test_nothing_to_choose_from_is_said_instead_of_asked() -> None:
    shown = card(ChoiceField(name="c", label="C", options=()))

    assert of_type(shown, *INPUTS) == []
    assert "there is nothing to choose from" in texts(shown)[-1]


def test_a_date_that_is_none_is_left_out() -> None:
    assert "value" not in one_input(DateField(name="d", label="D", value="2026-02-31"))
    assert one_input(DateField(name="d", label="D", value="2026-03-02"))["value"] == "2026-03-02"


def test_files_are_asked_for_in_the_chat() -> None:
    shown = card(FilesField(name="files", label="Leaver list", most=3, hint="CSV, please", required=False))

    assert of_type(shown, *INPUTS) == []
    assert texts(shown)[1:] == [
        "Leaver list",
        "Forms in Teams take no files: drop up to 3 files into our chat as a message.",
        "CSV, please",
    ]


def test_a_form_that_needs_a_file_is_replaced_by_the_file_itself() -> None:
    shown = card(FilesField(name="file", label="Your controls", most=1))

    assert texts(shown)[2] == (
        "Forms in Teams take no files: drop it into our chat as a message instead of sending this form."
    )


def test_what_was_typed_takes_the_place_of_what_stood_there() -> None:
    fields = (TextField(name="note", label="N", value="before"), ManyField(name="m", label="M", options=options(2)))
    note, many = of_type(card(*fields, values={"note": "typed", "m": ("o1",)}), *INPUTS)

    assert (note["value"], many["value"]) == ("typed", "o1")


def test_errors_stand_at_the_top_and_beside_their_field() -> None:
    fields = (TextField(name="note", label="Note"), TextField(name="other", label="Other"))
    shown = card(*fields, errors={"": "Too *late*", "note": "Say why."}, dialog=True)
    top, note, beside, other = shown["body"]

    assert (top["style"], texts(top)) == ("attention", ["⚠️ Too \\*late\\*", "⚠️ Note – Say why."])
    assert (note["id"], beside["text"], beside["color"], other["id"]) == (
        "t_note",
        "⚠️ Say why.",
        "attention",
        "t_other",
    )


def test_a_text_too_long_for_a_card_says_so() -> None:
    fields = tuple(TextField(name=f"f{n}", label="F", value="é" * 9000, longest=9000) for n in range(4))
    shown = card(*fields)

    assert problems(shown) == []
    assert "Only the first 3,000 of 9,000 characters fit here." in texts(shown)


def test_more_questions_than_fit_are_counted() -> None:
    shown = card(*(TextField(name=f"f{n}", label="word " * 20) for n in range(300)))

    assert problems(shown) == []
    missing = 300 - len(of_type(shown, *INPUTS))
    assert texts(shown)[-1] == f"{missing} more questions didn't fit here. Send this first, then open it again."


def test_a_button_among_the_words_sends_nothing_of_the_form() -> None:
    intro = (Buttons(buttons=(ActionButton(label="Open", action=SEND),)),)
    press, send = actions(render_form(a_form(TextField(name="note", label="Note"), intro=intro)))

    assert press["associatedInputs"] == press["fallback"]["associatedInputs"] == "none"
    assert "associatedInputs" not in send
