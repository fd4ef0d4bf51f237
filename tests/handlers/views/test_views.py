"""What has to hold for every screen, whoever sees it on whatever platform."""

import re
from collections.abc import Callable

import pytest

from handlers.routes import BUTTONS, FORMS
from handlers.views.elements import (
    ActionButton,
    Bullets,
    Buttons,
    ChoiceField,
    Confirm,
    Element,
    Facts,
    FilesField,
    Form,
    FormButton,
    Heading,
    ManyField,
    Note,
    PersonField,
    Progress,
    Quote,
    Row,
    Style,
    Table,
    Text,
    TextField,
    Tone,
    View,
)
from tests.handlers.conversation import buttons_in, texts_in, words_of
from tests.handlers.views import examples

SCREENS: dict[str, View | Form] = {**examples.VIEWS, **{f"form: {name}": form for name, form in examples.FORMS.items()}}
BUTTON_LABEL = 75
OUR_BUTTON_LABEL = 30
TITLE = 24
LABEL = 48
HINT = 150
MESSAGE = 3000
FIRST_ROW = 5
SAID_OF_AUDITORS = "What an auditor would call an exception today"
UNFILLED = re.compile(r"None|[{}]|\(\)|  |\.\.| ,| \.(?!\w)|“”|^:|datetime|^\W+$")
FORBIDDEN = ("certified", "satisfies", "satisfied", "compliant", "todo", "error", "invalid", "please enter", "submit ")


def every(check: Callable[[str], None]) -> Callable[[str], None]:
    return pytest.mark.parametrize("name", SCREENS)(check)


def elements(name: str) -> tuple[Element, ...]:
    screen = SCREENS[name]
    return screen.body if isinstance(screen, View) else screen.intro


def buttons(name: str) -> list[ActionButton | FormButton]:
    return [one for one in buttons_in(SCREENS[name]) if isinstance(one, ActionButton | FormButton)]


@every
def test_titles_and_summaries_say_something(name: str) -> None:
    screen = SCREENS[name]
    assert screen.title.strip()
    if isinstance(screen, View):
        assert screen.summary.strip()
        assert "\n" not in screen.summary
        assert len(screen.summary) <= HINT


@every
def test_no_element_is_empty(name: str) -> None:
    for element in elements(name):
        match element:
            case Text() | Heading() | Quote() | Note() | Row():
                assert element.text.strip()
            case Facts():
                assert element.facts
                assert all(fact.label.strip() and fact.value.strip() for fact in element.facts)
            case Bullets():
                assert element.items
                assert all(item.strip() for item in element.items)
            case Buttons():
                assert element.buttons
            case Table():
                assert all(len(row) == len(element.columns) for row in element.rows)
            case Progress():
                assert element.label.strip()
                assert 0 <= element.done <= element.total
            case _:
                pass


@every
def test_labels_of_buttons_are_short(name: str) -> None:
    for button in buttons_in(SCREENS[name]):
        assert 0 < len(button.label.strip()) <= OUR_BUTTON_LABEL < BUTTON_LABEL


@every
def test_a_question_before_acting_names_the_act(name: str) -> None:
    for confirm in (one.confirm for one in buttons(name) if isinstance(one, ActionButton)):
        if isinstance(confirm, Confirm):
            assert all(text.strip() for text in (confirm.title, confirm.text, confirm.yes, confirm.no))
            assert confirm.yes.lower() not in ("yes", "ok")


@every
def test_every_button_has_its_route_and_only_form_buttons_open_forms(name: str) -> None:
    for button in buttons(name):
        registered = FORMS if isinstance(button, FormButton) else BUTTONS
        assert button.action.name in registered, f"{button.label}: {button.action.name}"


@every
def test_the_first_row_fits_a_phone_and_what_is_pressed_most_stands_first(name: str) -> None:
    rows = [element.buttons for element in elements(name) if isinstance(element, Buttons)]
    if name.startswith(("task card", "form")):
        assert all(len(row) <= FIRST_ROW for row in rows)
    labels = [button.label for button in rows[0]] if rows else []
    if "Done" in labels:
        assert labels[0] == "Done"
        assert "Attach evidence" in labels[:2] or "Attach evidence" not in labels


@every
def test_no_message_is_longer_than_a_platform_takes(name: str) -> None:
    for text in texts_in(SCREENS[name]):
        assert len(text) <= MESSAGE


@every
def test_the_words_are_those_of_the_product(name: str) -> None:
    words = words_of(SCREENS[name]).replace(SAID_OF_AUDITORS, "").lower()
    assert "exception" not in words
    assert not [word for word in FORBIDDEN if word in words]


@every
def test_nothing_unfilled_shows_through(name: str) -> None:
    for text in texts_in(SCREENS[name]):
        assert not UNFILLED.search(text), text


@every
def test_the_same_press_is_offered_once_in_a_row(name: str) -> None:
    for element in elements(name):
        if isinstance(element, Buttons):
            labels = [button.label for button in element.buttons]
            assert len(labels) == len(set(labels))


@every
def test_at_most_one_button_stands_out(name: str) -> None:
    standing_out = [button.label for button in buttons(name) if button.style is Style.PRIMARY]
    assert len(standing_out) <= 1, standing_out


def test_an_adverse_answer_is_no_success_even_on_time() -> None:
    first = examples.VIEWS["task card: recorded, not done"].body[0]
    assert first == Text(text="Answered on time", tone=Tone.WARNING)


@pytest.mark.parametrize("name", examples.FORMS)
def test_forms_fit_their_platforms(name: str) -> None:
    form = examples.FORMS[name]
    assert len(form.title) <= TITLE
    assert len(form.submit) <= TITLE
    assert form.fields
    assert len({field.name for field in form.fields}) == len(form.fields)
    for field in form.fields:
        assert 0 < len(field.label) <= LABEL, field.label
        assert len(field.hint) <= HINT


@pytest.mark.parametrize("name", examples.FORMS)
def test_choices_are_whole(name: str) -> None:
    for field in examples.FORMS[name].fields:
        if isinstance(field, ChoiceField | ManyField | PersonField):
            values = [option.value for option in field.options]
            assert values
            assert len(set(values)) == len(values)
            assert all(0 < len(option.label) <= BUTTON_LABEL and option.value for option in field.options)
        if isinstance(field, ChoiceField):
            assert field.value in ("", *values)
        if isinstance(field, TextField):
            assert len(field.value) <= field.longest <= MESSAGE
        if isinstance(field, FilesField):
            assert 1 <= field.most <= 10


@pytest.mark.parametrize("name", [*BUTTONS, *FORMS])
def test_whatever_can_be_pressed_is_on_some_screen(name: str) -> None:
    shown = {button.action.name for screen in SCREENS for button in buttons(screen)}
    assert name in shown


@pytest.mark.parametrize("name", FORMS)
def test_every_form_has_an_example(name: str) -> None:
    assert name in {form.action.name for form in examples.FORMS.values()}


def test_an_adverse_answer_is_met_kindly_and_signs_no_confirmation() -> None:
    for answer in ("not-done", "not-fully-done"):
        words = words_of(examples.FORMS[f"answer: {answer}"])
        assert "Thank you" in words
        assert "I confirm" not in words


def test_a_source_card_asks_for_three_things_at_first() -> None:
    assert len(examples.FORMS["source card"].fields) == 3
    assert len(examples.FORMS["source card: remembered"].fields) == 3


def test_an_answer_without_evidence_is_labelled_so() -> None:
    assert "Representation only" in words_of(examples.VIEWS["task card: recorded, not done"])
