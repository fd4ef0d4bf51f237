"""A Form as a Slack modal, and what a modal remembers between being opened and being sent. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from bot.slack.block_kit import SECTION, fit, render_elements
from bot.slack.mrkdwn import Json, bold, mrkdwn, plain, shorten, shorten_paragraph, width
from handlers.actions import Action, decode, encode
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
    TextField,
)
from handlers.views.filled import filled

MOST_BLOCKS = 100
MOST_FIELDS = 90
INTRO_TEXT = 20_000
LABEL = HINT = 2000
OPTION = 75
FEW = 10
"""Boxes to tick, or buttons with a line of their own about each."""
FEW_PLAIN = 5
"""Buttons that say no more than a menu would: more of them only push the next question off a phone's screen."""
MANY = 100
LONGEST_TEXT = 3000


@dataclass(frozen=True, kw_only=True)
class Remembered:
    """Where a modal came from; a hint like everything else that Slack hands back."""

    action: Action | None = None
    conversation: str = ""
    message: str = ""


def remember(origin: Remembered) -> str:
    kept = {
        "a": encode(origin.action) if origin.action else "",
        "c": origin.conversation,
        "m": origin.message,
    }
    return json.dumps(kept)


def recall(private_metadata: str) -> Remembered:
    try:
        kept = json.loads(private_metadata or "{}")
    except (ValueError, RecursionError):
        return Remembered()
    if not isinstance(kept, dict) or not all(isinstance(value, str) for value in kept.values()):
        return Remembered()
    return Remembered(action=decode(kept.get("a", "")), conversation=kept.get("c", ""), message=kept.get("m", ""))


def render_modal(
    form: Form,
    *,
    origin: Remembered,
    errors: Mapping[str, str] | None = None,
    values: Mapping[str, Value] | None = None,
    slack_users: Mapping[str, str] | None = None,
) -> Json:
    """`slack_users`: person id → Slack user id, for the people pickers. Errors stand at the top, in words."""
    fields = [filled(field, (values or {}).get(field.name)) for field in form.fields[:MOST_FIELDS]]
    inputs = [_input(field, slack_users or {}) for field in fields]
    top = [_problems(form, errors)] if errors else []
    bottom = [_left_out(len(form.fields) - MOST_FIELDS)] if len(form.fields) > MOST_FIELDS else []
    room = MOST_BLOCKS - len(top) - len(inputs) - len(bottom)
    intro = fit(render_elements(form.intro), blocks=room, text=INTRO_TEXT)
    return {
        "type": "modal",
        "callback_id": form.action.name[:255],
        "private_metadata": remember(replace(origin, action=form.action)),
        "title": plain(form.title, 24),
        "submit": plain(form.submit, 24),
        "close": plain("Cancel", 24),
        "blocks": [*top, *intro, *inputs, *bottom] or [_words("Nothing to fill in here.")],
    }


def takes_errors(form: Form, errors: Mapping[str, str]) -> bool:
    """Whether Slack can show each of them in its own field."""
    named = {field.name for field in form.fields[:MOST_FIELDS] if _offered(field) != ()}
    return bool(errors) and errors.keys() <= named


def _words(text: str) -> Json:
    return {"type": "section", "text": mrkdwn(shorten_paragraph(text, SECTION))}


def _problems(form: Form, errors: Mapping[str, str]) -> Json:
    labels = {field.name: field.label for field in form.fields}
    lines = [
        f"⚠️ {bold(labels[name], 100)}: {shorten_paragraph(sentence, 400)}"
        if name in labels
        else f"⚠️ {shorten_paragraph(sentence, 400)}"
        for name, sentence in list(errors.items())[:5]
    ]
    return {"type": "section", "text": mrkdwn("\n".join(lines))}


def _left_out(number: int) -> Json:
    return _words(f"{number} more questions didn't fit here. Send this first, then open it again.")


def _input(field: Field, slack_users: Mapping[str, str]) -> Json:
    offered = _offered(field)
    if offered == ():
        return _words(f"{shorten(field.label, 500)}: there is nothing to choose from.")
    hint = " ".join(filter(None, (field.hint.strip(), _shortfall(field))))
    block: Json = {
        "type": "input",
        "block_id": field.name,
        "label": plain(field.label, LABEL),
        "element": {"action_id": field.name, **_element(field, offered or (), slack_users)},
        "optional": not field.required,
    }
    return block | ({"hint": plain(hint, HINT)} if hint else {})


def _element(field: Field, offered: Sequence[Option], slack_users: Mapping[str, str]) -> Json:
    match field:
        case TextField():
            return _text_input(field)
        case ChoiceField():
            few = FEW if any(option.note for option in offered) else FEW_PLAIN
            kind = "radio_buttons" if len(offered) <= few else "static_select"
            return _one_of(kind, offered, field.value)
        case ManyField():
            return _any_of(offered, field.values)
        case DateField():
            return _filled("datepicker", "initial_date", _date(field.value))
        case PersonField() if _fits_a_list(field):
            return _one_of("static_select", offered, field.value)
        case PersonField():
            return _filled("users_select", "initial_user", slack_users.get(field.value, ""))
        case FilesField():
            return {"type": "file_input", "max_files": min(max(field.most, 1), 10)}
        case _:
            assert_never(field)


def _filled(kind: str, name: str, value: str) -> Json:
    return {"type": kind, name: value} if value else {"type": kind}


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""


def _text_input(field: TextField) -> Json:
    longest = min(max(field.longest, 1), LONGEST_TEXT)
    element: Json = {"type": "plain_text_input", "multiline": field.multiline, "max_length": longest}
    if field.placeholder.strip():
        element["placeholder"] = plain(field.placeholder, 150)
    if field.value:
        element["initial_value"] = field.value[:longest]
    return element


def _one_of(kind: str, offered: Sequence[Option], value: str) -> Json:
    options = {option.value: _option(option, described=kind == "radio_buttons") for option in offered}
    element: Json = {"type": kind, "options": list(options.values())}
    return element | ({"initial_option": options[value]} if value in options else {})


def _any_of(offered: Sequence[Option], values: Sequence[str]) -> Json:
    kind = "checkboxes" if len(offered) <= FEW else "multi_static_select"
    options = {option.value: _option(option, described=kind == "checkboxes") for option in offered}
    chosen = [options[value] for value in dict.fromkeys(values) if value in options]
    element: Json = {"type": kind, "options": list(options.values())}
    return element | ({"initial_options": chosen} if chosen else {})


def _option(option: Option, *, described: bool) -> Json:
    """A menu shows no second line worth having; a list of boxes does, and it takes what the label has no room for."""
    note = option.note or (option.label if width(option.label) > OPTION else "")
    shown: Json = {"text": plain(option.label, OPTION), "value": option.value}
    return shown | ({"description": plain(note, OPTION)} if described and note.strip() else {})


def _fits_a_list(field: PersonField) -> bool:
    return 0 < len(field.options) <= MANY


def _offered(field: Field) -> tuple[Option, ...] | None:
    """The options that Slack can show, what is chosen before all others; None for a field that isn't a choice."""
    if not isinstance(field, ChoiceField | ManyField | PersonField):
        return None
    if isinstance(field, PersonField) and not _fits_a_list(field):
        return None
    chosen = set(field.values) if isinstance(field, ManyField) else {field.value}
    usable = {each.value: each for each in field.options if 0 < width(each.value) <= OPTION}
    if len(usable) <= MANY:
        return tuple(usable.values())
    return tuple(sorted(usable.values(), key=lambda each: each.value not in chosen)[:MANY])


def _shortfall(field: Field) -> str:
    offered = _offered(field)
    if offered is not None and isinstance(field, ChoiceField | ManyField):
        missing = len({each.value for each in field.options}) - len(offered)
        return f"{missing} more can't be shown here: ask for them by their name in a message." if missing else ""
    longest = min(max(field.longest, 1), LONGEST_TEXT) if isinstance(field, TextField) else 0
    if isinstance(field, TextField) and len(field.value) > longest:
        return f"Only the first {longest:,} of {len(field.value):,} characters fit here."
    return ""
