"""A Form as an Adaptive Card with inputs: on a card of its own, or in a dialog. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from bot.teams.adaptive_cards import MOST_BYTES, attachment, card, fit, render_elements, size_of
from bot.teams.card_buttons import execute, submit
from bot.teams.card_elements import block, small, title
from bot.teams.card_values import DAY, MANY, TEXT, Remembered, choice, remember
from bot.teams.markdown import Json, label, line_of, paragraphs, shorten
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
    Style,
    TextField,
)
from handlers.views.filled import filled

FEW = 6
"""Up to so many choices stand there all at once."""
MANY_BOXES = 10
SHORT_LIST = 15
"""A longer one is searched by typing."""
LONGEST_TEXT = 16_000
WORST = 5
"""Problems that are told at the top."""
INTRO = 4_000
"""Bytes that are kept for the words before the fields."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much each field may take."""

    options: int
    text: int
    words: int


LIMITS = (
    Limits(options=500, text=LONGEST_TEXT, words=300),
    Limits(options=200, text=3000, words=300),
    Limits(options=100, text=1000, words=200),
    Limits(options=40, text=300, words=100),
    Limits(options=10, text=60, words=40),
)
"""The first with which a form has room."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Everything that a form's card is made of."""

    form: Form
    origin: Remembered
    errors: Mapping[str, str]
    values: Mapping[str, Value]
    dialog: bool


def render_form(
    form: Form,
    *,
    origin: Remembered | None = None,
    errors: Mapping[str, str] | None = None,
    values: Mapping[str, Value] | None = None,
    dialog: bool = False,
) -> Json:
    """`origin`: where the form was asked for; it comes back with what is sent. `values`: what was typed already.

    A dialog has its title in its frame, and sends with Action.Submit; a card of its own with Action.Execute.
    """
    asked = Asked(
        form=form,
        origin=replace(origin or Remembered(), action=form.action),
        errors=errors or {},
        values=values or {},
        dialog=dialog,
    )
    for limits in LIMITS:
        drawn = _card(asked, limits, most=len(form.fields))
        if size_of(drawn) <= MOST_BYTES:
            return drawn
    most = len(form.fields)
    while size_of(drawn) > MOST_BYTES and most:
        most -= 1
        drawn = _card(asked, LIMITS[-1], most=most)
    return drawn


def render_dialog(
    form: Form,
    *,
    origin: Remembered | None = None,
    errors: Mapping[str, str] | None = None,
    values: Mapping[str, Value] | None = None,
) -> Json:
    """What a task/fetch or a task/submit is answered with, so that the form stands in a dialog."""
    drawn = render_form(form, origin=origin, errors=errors, values=values, dialog=True)
    return {
        "task": {
            "type": "continue",
            "value": {
                "title": shorten(form.title, 60),
                "height": "large" if len(form.fields) > FEW else "medium",
                "width": "medium",
                "card": attachment(drawn),
            },
        }
    }


def _card(asked: Asked, limits: Limits, *, most: int) -> Json:
    form = asked.form
    top = [] if asked.dialog else [title(form.title)]
    top += [_problems(asked, limits)] if asked.errors else []
    fields = [item for field in form.fields[:most] for item in _field(field, asked, limits)]
    left_out = len(form.fields) - most
    bottom = [_left_out(left_out)] if left_out else []
    drawn = card([*top, *fields, *bottom], fallback=f"{shorten(form.title, 100)}: open this in Teams to fill it in.")
    if form.fields:
        drawn["actions"] = [_send(asked)]
    intro = fit(render_elements(form.intro, inputs=True), max(MOST_BYTES - size_of(drawn), INTRO))
    body = [*top, *intro, *fields, *bottom]
    return drawn | {"body": body or [block("Nothing to fill in here.")]}


def _send(asked: Asked) -> Json:
    data, words = remember(asked.origin), asked.form.submit
    if asked.dialog:
        return submit(words, Style.PRIMARY, data)
    return execute(words, Style.PRIMARY, asked.form.action.name, data)


def _problems(asked: Asked, limits: Limits) -> Json:
    labels = {field.name: field.label for field in asked.form.fields}
    lines = [
        block(f"⚠️ {line_of(labels[name], 100)} – {paragraphs(sentence, limits.words)}", spacing="small")
        if name in labels
        else block(f"⚠️ {paragraphs(sentence, limits.words)}", spacing="small")
        for name, sentence in list(asked.errors.items())[:WORST]
    ]
    return {"type": "Container", "style": "attention", "items": lines}


def _left_out(number: int) -> Json:
    return small(f"{number} more questions didn't fit here. Send this first, then open it again.")


def _field(field: Field, asked: Asked, limits: Limits) -> list[Json]:
    drawn = _input(filled(field, asked.values.get(field.name)), limits)
    error = asked.errors.get(field.name, "")
    if error:
        drawn.append(block(f"⚠️ {paragraphs(error, limits.words)}", size="small", color="attention", spacing="small"))
    hint = " ".join(filter(None, (field.hint.strip(), _shortfall(field, limits))))
    if hint:
        drawn.append(small(shorten(hint, limits.words + 100), spacing="small"))
    return drawn


def _input(field: Field, limits: Limits) -> list[Json]:
    match field:
        case TextField():
            return [_text(field, limits)]
        case DateField():
            return [_named("Input.Date", DAY, field, limits, "Choose a day.") | _filled(_date(field.value))]
        case ChoiceField() | PersonField() | ManyField():
            return [_choices(field, _offered(field, limits), limits)]
        case FilesField():
            return _files(field, limits)
        case _:
            assert_never(field)


def _named(kind: str, mark: str, field: Field, limits: Limits, missing: str) -> Json:
    named: Json = {
        "type": kind,
        "id": mark + field.name,
        "label": label(field.label, limits.words),
        "spacing": "medium",
    }
    return named | ({"isRequired": True, "errorMessage": missing} if field.required else {})


def _filled(value: str) -> Json:
    return {"value": value} if value else {}


def _text(field: TextField, limits: Limits) -> Json:
    longest = _longest(field)
    hint = {"placeholder": label(field.placeholder, limits.words)} if field.placeholder.strip() else {}
    more: Json = {"isMultiline": field.multiline, "maxLength": longest, **hint}
    named = _named("Input.Text", TEXT, field, limits, "Write something here.")
    return named | more | _filled(field.value[: min(longest, limits.text)])


def _longest(field: TextField) -> int:
    return min(max(field.longest, 1), LONGEST_TEXT)


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""


Choosing = ChoiceField | PersonField | ManyField


def _choices(field: Choosing, offered: Sequence[Option], limits: Limits) -> Json:
    if not offered:
        return block(f"{line_of(field.label, limits.words)}: there is nothing to choose from.")
    many = isinstance(field, ManyField)
    style = _style(field, len(offered))
    values = field.values if isinstance(field, ManyField) else (field.value,)
    there = {option.value for option in offered}
    coded = choice if many else str
    named = _named("Input.ChoiceSet", MANY if many else TEXT, field, limits, _what_to_choose(field))
    return {
        **named,
        "style": style,
        "isMultiSelect": many,
        "wrap": True,
        "choices": [{"title": _option(each, limits), "value": coded(each.value)} for each in offered],
        **({} if style == "expanded" else {"placeholder": "Choose …"}),
        **_filled(",".join(coded(value) for value in dict.fromkeys(values) if value in there)),
    }


def _style(field: Choosing, number: int) -> str:
    if isinstance(field, ManyField):
        return "expanded" if number <= MANY_BOXES else "compact"
    if number > SHORT_LIST:
        return "filtered"
    return "compact" if isinstance(field, PersonField) or number > FEW else "expanded"


def _what_to_choose(field: Choosing) -> str:
    return "Choose somebody." if isinstance(field, PersonField) else "Choose one."


def _option(option: Option, limits: Limits) -> str:
    said = f"{option.label} – {option.note}" if option.note.strip() else option.label
    return label(said, limits.words)


def _offered(field: Choosing, limits: Limits) -> tuple[Option, ...]:
    """As many as there is room for, what is chosen before all others."""
    usable = {each.value: each for each in field.options if each.value}
    if len(usable) <= limits.options:
        return tuple(usable.values())
    chosen = set(field.values) if isinstance(field, ManyField) else {field.value}
    return tuple(sorted(usable.values(), key=lambda each: each.value not in chosen)[: limits.options])


def _files(field: FilesField, limits: Limits) -> list[Json]:
    number = "it" if field.most == 1 else f"up to {max(field.most, 1)} files"
    instead = " instead of sending this form" if field.required else ""
    how = f"Forms in Teams take no files: drop {number} into our chat as a message{instead}."
    return [block(line_of(field.label, limits.words), weight="bolder", spacing="medium"), block(how, spacing="none")]


def _shortfall(field: Field, limits: Limits) -> str:
    if isinstance(field, ChoiceField | ManyField | PersonField):
        missing = len({each.value for each in field.options if each.value}) - len(_offered(field, limits))
        return f"{missing} more can't be shown here: ask for them by their name in a message." if missing else ""
    longest = min(_longest(field), limits.text) if isinstance(field, TextField) else 0
    if isinstance(field, TextField) and len(field.value) > longest:
        return f"Only the first {longest:,} of {len(field.value):,} characters fit here."
    return ""
