from dataclasses import fields, is_dataclass
from typing import get_args

import pytest

from bot.web.html import FormState, Kept, render_form, render_view, tone_of
from handlers.actions import action, decode
from handlers.views.elements import (
    ActionButton,
    Bullets,
    Buttons,
    ChoiceField,
    Confirm,
    DateField,
    Divider,
    Element,
    Fact,
    Facts,
    Field,
    FilesField,
    Form,
    FormButton,
    Heading,
    LinkButton,
    ManyField,
    Note,
    Option,
    PersonField,
    Progress,
    Quote,
    Row,
    Table,
    Text,
    TextField,
    Tone,
    View,
)
from tests.bot.web.markup import Node, read

HOSTILE = "<script>alert(1)</script>'\"&amp;<img src=x onerror=y> \u202e{{ 7 * 7 }}"
ACT = action("do_it", note=HOSTILE)
OPTIONS = (Option(value=HOSTILE, label=HOSTILE, note=HOSTILE), Option(value="b", label="B"))

ELEMENTS: tuple[Element, ...] = (
    Text(text=HOSTILE, strong=True, tone=Tone.BAD),
    Heading(text=HOSTILE),
    Quote(text=HOSTILE),
    Note(text=HOSTILE),
    Facts(facts=(Fact(label=HOSTILE, value=HOSTILE),)),
    Bullets(items=(HOSTILE,)),
    Table(columns=(HOSTILE, "b"), rows=((HOSTILE, HOSTILE),)),
    Progress(label=HOSTILE, done=3, total=10),
    Divider(),
    Buttons(
        buttons=(
            ActionButton(
                label=HOSTILE,
                action=ACT,
                confirm=Confirm(title=HOSTILE, text=HOSTILE, yes=HOSTILE, no=HOSTILE),
            ),
            FormButton(label=HOSTILE, action=ACT),
            LinkButton(label=HOSTILE, url=f"https://example.com/{HOSTILE}"),
        )
    ),
    Row(text=HOSTILE, note=HOSTILE, tone=Tone.WARNING, button=ActionButton(label=HOSTILE, action=ACT)),
)
FIELDS: tuple[Field, ...] = (
    TextField(name="text", label=HOSTILE, hint=HOSTILE, placeholder=HOSTILE, value=HOSTILE),
    TextField(name="long", label=HOSTILE, value=HOSTILE, multiline=True),
    ChoiceField(name="choice", label=HOSTILE, options=OPTIONS, hint=HOSTILE, value=HOSTILE),
    ChoiceField(name="select", label=HOSTILE, options=OPTIONS * 4, value=HOSTILE),
    ManyField(name="many", label=HOSTILE, options=OPTIONS, hint=HOSTILE, values=(HOSTILE,)),
    DateField(name="date", label=HOSTILE, hint=HOSTILE, value=HOSTILE),
    PersonField(name="person", label=HOSTILE, options=OPTIONS, hint=HOSTILE, value=HOSTILE),
    FilesField(name="files", label=HOSTILE, hint=HOSTILE),
)
FORM = Form(title=HOSTILE, action=ACT, fields=FIELDS, submit=HOSTILE, intro=ELEMENTS)


def view(*body: Element) -> Node:
    return read(render_view(View(title="Title", summary="Summary", body=body), message_id="m1"))


def form(*items: Field, state: FormState | None = None) -> Node:
    return read(render_form(Form(title="Title", action=ACT, fields=items), state or FormState(prefix="f")))


def test_every_element_is_among_the_examples() -> None:
    assert {type(item) for item in ELEMENTS} == set(get_args(Element))


def test_every_field_is_among_the_examples() -> None:
    assert {type(item) for item in FIELDS} == set(get_args(Field))


@pytest.mark.parametrize("item", ELEMENTS, ids=lambda item: type(item).__name__)
def test_everything_an_element_says_is_shown_as_words(item: Element) -> None:
    shown = view(item)
    assert shown.words().count(" ".join(HOSTILE.split())) >= hostile_texts(item)
    assert not shown.all("script")
    assert not [node for node in shown.all("img") if "onerror" in node.attributes]


def hostile_texts(item: object) -> int:
    """How many of its texts, at any depth, are meant to be read."""
    if isinstance(item, tuple):
        return sum(hostile_texts(one) for one in item)
    if not is_dataclass(item):
        return int(item == HOSTILE)
    return sum(hostile_texts(getattr(item, part.name)) for part in fields(item) if part.name != "action")


def test_a_form_of_every_field_shows_hostile_words_as_words() -> None:
    shown = read(render_form(FORM, FormState(prefix="f", errors={"text": HOSTILE, "": HOSTILE})))
    assert not shown.all("script")
    assert not shown.all("img")
    assert shown.one("textarea").text.strip() == HOSTILE


def test_a_button_carries_its_action() -> None:
    pressed = view(Buttons(buttons=(ActionButton(label="Go", action=ACT),))).one("button")
    assert decode(pressed.attributes["value"]) == ACT
    assert pressed.attributes["name"] == "action"


def test_a_button_that_opens_a_form_is_told_apart() -> None:
    assert view(Buttons(buttons=(FormButton(label="Open", action=ACT),))).one("button").attributes["name"] == "open"


def test_a_confirmed_button_acts_only_from_its_dialog() -> None:
    confirm = Confirm(title="Sure?", text="It can't be undone.", yes="Yes")
    shown = view(Buttons(buttons=(ActionButton(label="Go", action=ACT, confirm=confirm),)))
    asks = next(node for node in shown.all("button") if node.words() == "Go")
    dialog = shown.one("dialog")
    assert asks.attributes["type"] == "button"
    assert asks.attributes["popovertarget"] == dialog.attributes["id"]
    assert [node.words() for node in dialog.all("button", type="submit")] == ["Yes"]


def test_two_confirmed_buttons_of_one_message_have_a_dialog_each() -> None:
    confirm = Confirm(title="Sure?", text="Really?", yes="Yes")
    asking = ActionButton(label="Go", action=ACT, confirm=confirm)
    shown = view(Buttons(buttons=(asking, asking)), Row(text="x", button=asking))
    assert len({dialog.attributes["id"] for dialog in shown.all("dialog")}) == 3


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", " https://x"])
def test_a_link_to_anything_but_a_web_address_is_only_words(url: str) -> None:
    assert not view(Buttons(buttons=(LinkButton(label="Look", url=url),))).all("a")


def test_a_link_tells_nothing_to_where_it_leads() -> None:
    link = view(Buttons(buttons=(LinkButton(label="Look", url="https://example.com/"),))).one("a")
    assert link.attributes["rel"] == "noopener noreferrer"


@pytest.mark.parametrize("tone", [Tone.GOOD, Tone.WARNING, Tone.BAD])
def test_a_tone_is_said_in_words_too(tone: Tone) -> None:
    words = {Tone.GOOD: "Good:", Tone.WARNING: "Attention:", Tone.BAD: "Problem:"}[tone]
    assert words in view(Text(text="Some line", tone=tone)).words()


def test_a_view_feels_like_its_first_toned_line() -> None:
    body = (Text(text="a"), Text(text="b", tone=Tone.BAD), Text(text="c", tone=Tone.GOOD))
    assert tone_of(View(title="t", summary="s", body=body)) is Tone.BAD


def test_progress_is_said_in_words_too() -> None:
    assert "IT 3 of 10" in view(Progress(label="IT", done=3, total=10)).words()


def test_progress_of_nothing_is_empty() -> None:
    assert view(Progress(label="IT", done=0, total=0)).one("progress").attributes == {"max": "1", "value": "0"}


def test_a_tables_heads_name_their_columns_and_rows() -> None:
    shown = view(Table(columns=("Who", "Open"), rows=(("IT", "4"),)))
    assert [head.attributes["scope"] for head in shown.all("th")] == ["col", "col", "row"]


@pytest.mark.parametrize("item", FIELDS, ids=lambda item: item.name)
def test_every_field_has_a_label_or_a_legend(item: Field) -> None:
    shown = form(item)
    labelled = {node.attributes.get("for") for node in shown.all("label")}
    controls = [node for tag in ("input", "textarea", "select") for node in shown.all(tag)]
    named = [node for node in controls if node.attributes.get("type") != "hidden"]
    assert shown.all("legend") or {node.attributes["id"] for node in named} <= labelled


@pytest.mark.parametrize("item", FIELDS, ids=lambda item: item.name)
def test_an_error_stands_in_its_field_and_is_tied_to_it(item: Field) -> None:
    shown = form(item, state=FormState(prefix="f", errors={item.name: "Too short."}))
    wrong = [node for node in shown.below() if node.attributes.get("aria-invalid") == "true"]
    ids = {node.attributes["id"] for node in shown.all("p", class_="error")}
    assert len(wrong) == 1
    assert ids <= set(wrong[0].attributes["aria-describedby"].split())
    assert shown.all("div", role="alert")


def test_an_error_of_the_form_as_a_whole_is_an_alert() -> None:
    shown = form(state=FormState(prefix="f", errors={"": "Somebody was faster."}))
    assert "Somebody was faster." in shown.one("div", role="alert").words()


def test_what_was_typed_stays() -> None:
    state = FormState(prefix="f", values={"text": "typed", "choice": "b", "many": ("b",)})
    shown = form(FIELDS[0], FIELDS[2], FIELDS[4], state=state)
    assert shown.one("input", name="t:text").attributes["value"] == "typed"
    checked = [node.attributes["value"] for node in shown.all("input") if "checked" in node.attributes]
    assert checked == ["b", "b"]


def test_a_choice_emptied_by_the_person_stays_empty() -> None:
    shown = form(FIELDS[4], state=FormState(prefix="f", values={"many": ()}))
    assert not [node for node in shown.all("input") if "checked" in node.attributes]


def test_few_options_are_radio_buttons_and_many_a_list() -> None:
    assert form(FIELDS[2]).all("input", type="radio")
    assert form(FIELDS[3]).all("select")


def test_a_text_that_begins_with_an_empty_line_keeps_it() -> None:
    """A browser drops the first line break inside a text area."""
    item = TextField(name="long", label="Long", value="\nsecond line", multiline=True)
    assert form(item).one("textarea").text == "\n\nsecond line"


def test_a_file_that_was_sent_before_need_not_be_chosen_again() -> None:
    state = FormState(prefix="f", kept={"files": (Kept(token="signed", name="a.csv"),)})
    shown = form(FilesField(name="files", label="Files"), state=state)
    assert "required" not in shown.one("input", type="file").attributes
    assert shown.one("input", name="k:files").attributes["value"] == "signed"


def test_an_optional_field_says_so_and_is_not_required() -> None:
    shown = form(TextField(name="a", label="Comment", required=False))
    assert "optional" in shown.words()
    assert "required" not in shown.one("input", name="t:a").attributes


def test_no_style_and_no_script_stands_in_the_markup() -> None:
    """The content security policy would drop them."""
    shown = read(render_form(FORM, FormState(prefix="f")))
    names = {name for node in shown.below() for name in node.attributes}
    assert not {name for name in names if name == "style" or name.startswith("on")}
