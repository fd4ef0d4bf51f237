"""A View or a Form as HTML: pure, escaped by the templates, with nothing of the session in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import assert_never

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from handlers.actions import encode
from handlers.requests import Value
from handlers.views.elements import (
    ActionButton,
    Bullets,
    Button,
    Buttons,
    ChoiceField,
    DateField,
    Divider,
    Element,
    Facts,
    Field,
    FilesField,
    Form,
    FormButton,
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
    TextField,
    Tone,
    View,
)
from handlers.views.filled import filled

FEW = 6
"""Up to so many options stand as radio buttons, more as a list to unfold."""

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A file that was sent with a form which came back with errors: it need not be chosen again."""

    token: str
    name: str


@dataclass(frozen=True, kw_only=True)
class FormState:
    """What stands in a form besides its description."""

    prefix: str
    """Makes the ids of one form differ from another's on the same page."""
    errors: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Value] = field(default_factory=dict)
    hidden: Mapping[str, str] = field(default_factory=dict)
    kept: Mapping[str, tuple[Kept, ...]] = field(default_factory=dict)
    back: str = "/web/chat"
    """Where Cancel leads."""


def render_view(view: View, *, message_id: str) -> Markup:
    """`message_id` only makes ids unique within a page."""
    body = [_element(item, f"{message_id}-{place}") for place, item in enumerate(view.body)]
    return _part("elements.html", "view", view=view, tone=tone_of(view), body=body)


def render_form(form: Form, state: FormState) -> Markup:
    intro = [_element(item, f"{state.prefix}-intro-{place}") for place, item in enumerate(form.intro)]
    fields = [_field(item, state) for item in form.fields]
    known = {item.name for item in form.fields}
    problems = [text for name, text in state.errors.items() if name not in known]
    return _part(
        "fields.html",
        "form",
        form=form,
        action=encode(form.action),
        intro=intro,
        fields=fields,
        problems=problems,
        wrong=len(known & state.errors.keys()),
        hidden=state.hidden,
        prefix=state.prefix,
        back=state.back,
    )


def tone_of(view: View) -> Tone:
    """The first line that feels like anything."""
    tones = (item.tone for item in view.body if isinstance(item, Text))
    return next((tone for tone in tones if tone is not Tone.NEUTRAL), Tone.NEUTRAL)


def _element(item: Element, place: str) -> Markup:
    match item:
        case Text() | Heading() | Quote() | Note() | Facts() | Bullets() | Table() | Progress() | Divider():
            return _part("elements.html", type(item).__name__.lower(), item=item)
        case Buttons():
            buttons = [_button(button, f"{place}-{number}") for number, button in enumerate(item.buttons)]
            return _part("elements.html", "buttons", buttons=buttons)
        case Row():
            return _part("elements.html", "row", item=item, button=_button(item.button, place) if item.button else "")
        case _:
            assert_never(item)


SAFE_STARTS = ("https://", "http://", "/web/")
"""The last is this site's own: WebPlatform links to a file."""


def _button(item: Button, place: str) -> Markup:
    match item:
        case ActionButton():
            return _part("elements.html", "action_button", item=item, value=encode(item.action), place=place)
        case FormButton():
            return _part("elements.html", "form_button", item=item, value=encode(item.action))
        case LinkButton():
            return _part("elements.html", "link_button", item=item, safe=item.url.startswith(SAFE_STARTS))
        case _:
            assert_never(item)


def _field(asked: Field, state: FormState) -> Markup:
    item = filled(asked, state.values.get(asked.name))
    match item:
        case TextField():
            return _input("text_field", item, state, value=item.value)
        case DateField():
            return _input("date_field", item, state, value=item.value)
        case ChoiceField():
            name = "radio_field" if len(item.options) <= FEW else "select_field"
            return _input(name, item, state, value=item.value)
        case PersonField():
            return _input("select_field", item, state, value=item.value)
        case ManyField():
            return _input("many_field", item, state, values=item.values)
        case FilesField():
            return _input("files_field", item, state, kept=state.kept.get(item.name, ()))
        case _:
            assert_never(item)


def _input(macro: str, item: Field, state: FormState, **more: object) -> Markup:
    place = f"{state.prefix}-{item.name}"
    return _part("fields.html", macro, item=item, id=place, error=state.errors.get(item.name, ""), **more)


def _part(template: str, macro: str, **values: object) -> Markup:
    rendered: str = getattr(TEMPLATES.get_template(template).module, macro)(**values)
    return Markup(rendered)  # noqa: S704 - a macro's output: the template has escaped what went in


def page(template: str, **values: object) -> str:
    return TEMPLATES.get_template(template).render(**values)
