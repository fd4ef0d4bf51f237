"""What a screen says, lets people press and asks for: as described, and as read off each platform's rendering."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from bot.slack.block_kit import render_message
from bot.slack.home import render_home
from bot.slack.modals import Remembered, render_modal
from bot.teams.adaptive_cards import render_card
from bot.teams.card_forms import render_form as render_card_form
from bot.web.html import FormState, render_form, render_view
from handlers.actions import encode
from handlers.views.elements import (
    ActionButton,
    Bullets,
    Button,
    Buttons,
    ChoiceField,
    Element,
    Facts,
    Field,
    Form,
    Heading,
    LinkButton,
    ManyField,
    Note,
    PersonField,
    Progress,
    Quote,
    Row,
    Table,
    Text,
    View,
)
from tests.bot.teams.cards import INPUTS, actions, of_type
from tests.bot.web.markup import Node, read

FACT_LINE = re.compile(r"^\*([^*\n]+)\*\s*(?:·\s*)?(.+(?:\n(?!\*).+)*)", re.MULTILINE)
ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
LETTERS = re.compile(r"[^\W_]+")


@dataclass(frozen=True, kw_only=True)
class Asked:
    label: str
    required: bool
    options: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Shown:
    texts: Sequence[str]
    facts: Sequence[tuple[str, str]]
    presses: Sequence[str]
    """Encoded actions, in the order in which they stand."""
    links: Sequence[str]
    asked: Mapping[str, Asked]
    """By the field's name."""

    def tells(self, facts: Sequence[tuple[str, str]]) -> bool:
        """All of them, in their order."""
        rest = iter(self.facts)
        return all(fact in rest for fact in facts)

    def says(self, text: str) -> bool:
        return f" {words(text)} " in f" {words(' '.join(self.texts))} "


def words(text: str) -> str:
    """Only letters and figures: marks, symbols and spaces are each platform's own business."""
    return " ".join(LETTERS.findall(text.replace("\u200b", "").casefold()))


# as it is described


def described(screen: View | Form) -> Shown:
    body = screen.body if isinstance(screen, View) else screen.intro
    fields = () if isinstance(screen, View) else screen.fields
    buttons = [button for item in body for button in _buttons_of(item)]
    said = _every(_texts_of(item) for item in body)
    last = [] if isinstance(screen, View) else [screen.submit]
    return Shown(
        texts=[text for text in [screen.title, *said, *_every(map(_texts_of_field, fields)), *last] if words(text)],
        facts=[(words(f.label), words(f.value)) for item in body if isinstance(item, Facts) for f in item.facts],
        presses=[encode(button.action) for button in buttons if not isinstance(button, LinkButton)],
        links=[button.url for button in buttons if isinstance(button, LinkButton)],
        asked={field.name: _asked(field) for field in fields},
    )


def _every(lists: Iterable[Iterable[str]]) -> list[str]:
    return [text for texts in lists for text in texts]


def _texts_of(item: Element) -> list[str]:
    match item:
        case Text() | Heading() | Quote() | Note():
            return [item.text]
        case Facts():
            return _every((fact.label, fact.value) for fact in item.facts)
        case Bullets():
            return list(item.items)
        case Table():
            return [*_every(item.rows), *item.columns[1:]]
        case Progress():
            return [item.label, f"{item.done} of {item.total}"]
        case Row() | Buttons():
            own = [item.text, item.note] if isinstance(item, Row) else []
            return [*own, *_every(_texts_of_button(button) for button in _buttons_of(item))]
        case _:
            return []


def _texts_of_button(button: Button) -> list[str]:
    confirm = button.confirm if isinstance(button, ActionButton) else None
    return [button.label, *([confirm.title, confirm.text, confirm.yes, confirm.no] if confirm else [])]


def _buttons_of(item: Element) -> list[Button]:
    if isinstance(item, Row):
        return [item.button] if item.button else []
    return list(item.buttons) if isinstance(item, Buttons) else []


def _texts_of_field(field: Field) -> list[str]:
    return [field.label, field.hint, *(option.label for option in _options_of(field))]


def _options_of(field: Field) -> Sequence[Any]:
    return field.options if isinstance(field, ChoiceField | ManyField | PersonField) else ()


def _asked(field: Field) -> Asked:
    options = frozenset(option.value for option in _options_of(field))
    return Asked(label=words(field.label), required=field.required, options=options)


# as Slack shows it


def on_slack(screen: View | Form, *, at_home: bool = False) -> Shown:
    if isinstance(screen, Form):
        modal = render_modal(screen, origin=Remembered())
    else:
        modal = render_home(screen) if at_home else {"blocks": render_message(screen).blocks}
    sent = json.loads(json.dumps(modal))
    fields = [fact for block in sent["blocks"] for fact in _facts_on_slack(block)]
    buttons = _dicts(sent["blocks"], "button")
    return Shown(
        texts=[each["text"] for each in _dicts(sent, "plain_text")]
        + [_unescaped(each["text"]) for each in _dicts(sent, "mrkdwn")],
        facts=[(words(_unescaped(label)), words(_unescaped(value))) for label, value in fields],
        presses=[button["value"] for button in buttons if "value" in button],
        links=[button["url"] for button in buttons if "url" in button],
        asked={block["block_id"]: _asked_by_slack(block) for block in sent["blocks"] if block["type"] == "input"},
    )


def _unescaped(markup: str) -> str:
    """Slack's three entities, in marked-up text alone: plain text is shown as it is."""
    return markup.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _facts_on_slack(block: Mapping[str, Any]) -> Iterable[Sequence[str]]:
    """In two columns, or as lines; a row of a table looks like such a line, so there may be more than there are."""
    yield from (field["text"].split("\n", 1) for field in block.get("fields", ()))
    if block["type"] == "section" and "accessory" not in block:
        yield from FACT_LINE.findall(block.get("text", {}).get("text", ""))


def _asked_by_slack(block: Mapping[str, Any]) -> Asked:
    options = frozenset(option["value"] for option in block["element"].get("options", ()))
    return Asked(label=words(block["label"]["text"]), required=not block["optional"], options=options)


def _dicts(content: object, kind: str) -> list[dict[str, Any]]:
    if isinstance(content, dict):
        own = [content] if content.get("type") == kind else []
        return own + [found for inside in content.values() for found in _dicts(inside, kind)]
    return [found for each in content for found in _dicts(each, kind)] if isinstance(content, list) else []


def _values(content: object, name: str) -> list[str]:
    if isinstance(content, dict):
        own = [content[name]] if isinstance(content.get(name), str) else []
        return own + [found for inside in content.values() for found in _values(inside, name)]
    return [found for each in content for found in _values(each, name)] if isinstance(content, list) else []


# as Teams shows it


def on_teams(screen: View | Form, *, dialog: bool = False) -> Shown:
    content = render_card(screen) if isinstance(screen, View) else render_card_form(screen, dialog=dialog)
    facts = [fact for part in of_type(content, "FactSet") for fact in part["facts"]]
    inputs = of_type(content, *INPUTS)
    choices = [each["title"] for part in inputs for each in part.get("choices", ())]
    texts = [text for name in ("text", "title", "value", "label") for text in _values(_without_data(content), name)]
    frame = [screen.title] if dialog else []
    return Shown(
        texts=[ESCAPE.sub(r"\1", text) for text in [*frame, *texts, *choices]],
        facts=[(_plain(fact["title"]), _plain(fact["value"])) for fact in facts],
        presses=list(_pressed_on_teams(content)),
        links=[each["url"] for each in actions(content) if each["type"] == "Action.OpenUrl"],
        asked={part["id"][2:]: _asked_by_teams(part) for part in inputs},
    )


def _plain(markup: str) -> str:
    return words(ESCAPE.sub(r"\1", markup))


def _without_data(content: object) -> object:
    if isinstance(content, dict):
        return {name: _without_data(inside) for name, inside in content.items() if name not in ("data", "fallback")}
    return [_without_data(each) for each in content] if isinstance(content, list) else content


def _pressed_on_teams(content: object) -> Iterable[str]:
    """What a hidden question does counts where the button stands that opens it."""
    questions = {part["id"]: part for part in of_type(content, "Container") if part.get("isVisible") is False}
    asked = [id(each) for question in questions.values() for each in actions(question)]
    for press in actions(content):
        if press["type"] == "Action.ToggleVisibility" and id(press) not in asked:
            yield from (_action_of(each) for each in actions(questions[press["targetElements"][0]]) if "data" in each)
        elif "data" in press and "form" not in press["data"] and id(press) not in asked:
            yield _action_of(press)


def _action_of(press: Mapping[str, Any]) -> str:
    found: str = press["data"]["action"]
    return found


def _asked_by_teams(part: Mapping[str, Any]) -> Asked:
    values = [each["value"] for each in part.get("choices", ())]
    many = part.get("isMultiSelect", False)
    options = frozenset(unquote(value) if many else value for value in values)
    return Asked(label=words(part["label"]), required=part.get("isRequired", False), options=options)


# as a browser shows it


def on_the_web(screen: View | Form) -> Shown:
    form = FormState(prefix="f")
    page = read(render_form(screen, form) if isinstance(screen, Form) else render_view(screen, message_id="m"))
    facts = [(node.one("dt").words(), node.one("dd").words()) for each in page.all("dl") for node in each.all("div")]
    buttons = [node for node in page.all("button") if node.attributes.get("name") in ("action", "open")]
    return Shown(
        texts=[node.text for node in [page, *page.below()]],
        facts=[(words(label), words(value)) for label, value in facts],
        presses=[node.attributes["value"] for node in buttons],
        links=[node.attributes["href"] for node in page.all("a", target="_blank")],
        asked=dict(_asked_on_the_web(page)),
    )


def _asked_on_the_web(page: Node) -> Iterable[tuple[str, Asked]]:
    for place in [*page.all("div", class_="field"), *page.all("div", data_drop=""), *page.all("fieldset")]:
        controls = [node for node in place.below() if re.match("[tmf]:", node.attributes.get("name", ""))]
        own = (place.all("legend") or place.all("label"))[0]
        yield (
            controls[0].attributes["name"][2:],
            Asked(
                label=words(own.words()).removesuffix(" optional"),
                required="required" in controls[0].attributes,
                options=frozenset(filter(None, map(_option_value, place.below()))),
            ),
        )


def _option_value(node: Node) -> str:
    is_option = node.tag == "option" or node.attributes.get("type") in ("radio", "checkbox")
    return node.attributes.get("value", "") if is_option else ""
