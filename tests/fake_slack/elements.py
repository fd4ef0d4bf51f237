"""Every element this fake knows: its properties and limits, and which blocks may hold it."""

from collections.abc import Mapping
from typing import Any

from tests.fake_slack.checks import (
    Check,
    Report,
    action_id,
    also,
    any_text,
    boolean,
    exactly_one,
    focus,
    integer,
    listing,
    matching,
    one_of,
    plain_text,
    shape,
    string,
)

URL = string(3000)
DATE = matching(r"\d{4}-\d\d-\d\d", "a date as YYYY-MM-DD")
TIME = matching(r"([01]\d|2[0-3]):[0-5]\d", "a time as HH:mm")
CONFIRM = shape(
    {"title": plain_text(100), "text": any_text(300), "confirm": plain_text(30), "deny": plain_text(30)},
    {"style": one_of("primary", "danger")},
)


def _option(words: Check) -> Check:
    # Slack allows longer values; 75 is this project's own ceiling.
    return shape({"text": words, "value": string(75)}, {"description": any_text(75), "url": URL})


OPTION = _option(plain_text(75))
RICH_OPTION = _option(any_text(75))
GROUP = shape({"label": plain_text(75), "options": listing(OPTION, 1, 100)})

ASKING = {"action_id": action_id, "confirm": CONFIRM, "focus_on_load": focus}
CHOOSING = {**ASKING, "placeholder": plain_text(150)}
TYPING = {
    "action_id": action_id,
    "focus_on_load": focus,
    "placeholder": plain_text(150),
    "dispatch_action_config": shape(
        {}, {"trigger_actions_on": listing(one_of("on_enter_pressed", "on_character_entered"), 1, 2)}
    ),
}
LENGTHS = {"min_length": integer(0, 3000), "max_length": integer(1, 3000)}
IDS = listing(string(255), 1, 100)
MANY = {"max_selected_items": integer(1, 100)}


def _offered(value: dict[str, Any]) -> list[Any]:
    groups = [group for group in value.get("option_groups", []) if isinstance(group, dict)]
    return [*value.get("options", []), *(option for group in groups for option in group.get("options", []))]


def _initial_is_offered(value: dict[str, Any], report: Report, pointer: str) -> None:
    chosen = [value["initial_option"]] if "initial_option" in value else value.get("initial_options", [])
    for option in chosen:
        if option not in _offered(value):
            report.refuse(pointer, "initial option(s) must exactly match one of the provided options")


def _values_differ(value: dict[str, Any], report: Report, pointer: str) -> None:
    values = [str(option.get("value")) for option in _offered(value) if isinstance(option, dict)]
    if len(values) != len(set(values)):
        report.refuse(pointer, "option values must be unique")


def _fits_its_own_length(value: dict[str, Any], report: Report, pointer: str) -> None:
    if len(str(value.get("initial_value", ""))) > int(value.get("max_length", 3000)):
        report.refuse(f"{pointer}/initial_value", "must not exceed max_length")


def _static(initial: dict[str, Check], extra: dict[str, Check] | None = None) -> Check:
    lists = {"options": listing(OPTION, 1, 100), "option_groups": listing(GROUP, 1, 100)}
    return also(
        shape({}, {**CHOOSING, **lists, **initial, **(extra or {})}),
        exactly_one("options", "option_groups"),
        _initial_is_offered,
        _values_differ,
    )


def _boxes(initial: dict[str, Check]) -> Check:
    shaped = shape({"options": listing(RICH_OPTION, 1, 10)}, {**ASKING, **initial})
    return also(shaped, _initial_is_offered, _values_differ)


def _chooser(initial: Mapping[str, Check]) -> Check:
    return shape({}, {**CHOOSING, **initial, "response_url_enabled": boolean, "filter": shape({}, _FILTER)})


_FILTER: dict[str, Check] = {
    "include": listing(one_of("im", "mpim", "private", "public"), 1, 4),
    "exclude_external_shared_channels": boolean,
    "exclude_bot_users": boolean,
}

IMAGE = also(
    shape({"alt_text": string(2000)}, {"image_url": URL, "slack_file": shape({}, {"id": string(255), "url": URL})}),
    exactly_one("image_url", "slack_file"),
)
BUTTON = shape(
    {"text": plain_text(75)},
    {
        "action_id": action_id,
        "value": string(2000),
        "url": URL,
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
    },
)

PICKERS: dict[str, Check] = {
    "static_select": _static({"initial_option": OPTION}),
    "multi_static_select": _static({"initial_options": listing(OPTION, 1, 100)}, MANY),
    "external_select": shape({}, {**CHOOSING, "initial_option": OPTION, "min_query_length": integer(0, 100)}),
    "multi_external_select": shape(
        {}, {**CHOOSING, **MANY, "initial_options": listing(OPTION, 1, 100), "min_query_length": integer(0, 100)}
    ),
    "users_select": shape({}, {**CHOOSING, "initial_user": string(255)}),
    "multi_users_select": shape({}, {**CHOOSING, **MANY, "initial_users": IDS}),
    "conversations_select": _chooser({"initial_conversation": string(255), "default_to_current_conversation": boolean}),
    "multi_conversations_select": _chooser({**MANY, "initial_conversations": IDS}),
    "channels_select": shape({}, {**CHOOSING, "initial_channel": string(255), "response_url_enabled": boolean}),
    "multi_channels_select": shape({}, {**CHOOSING, **MANY, "initial_channels": IDS}),
    "checkboxes": _boxes({"initial_options": listing(RICH_OPTION, 1, 10)}),
    "radio_buttons": _boxes({"initial_option": RICH_OPTION}),
    "datepicker": shape({}, {**CHOOSING, "initial_date": DATE}),
    "timepicker": shape({}, {**CHOOSING, "initial_time": TIME, "timezone": string(255)}),
}
DATETIME: dict[str, Check] = {
    "datetimepicker": shape({}, {**ASKING, "initial_date_time": integer(1_000_000_000, 9_999_999_999)})
}
OVERFLOW: dict[str, Check] = {"overflow": shape({"options": listing(OPTION, 1, 5)}, ASKING)}
INPUTS: dict[str, Check] = {
    "plain_text_input": also(
        shape({}, {**TYPING, **LENGTHS, "initial_value": string(3000), "multiline": boolean}), _fits_its_own_length
    ),
    "email_text_input": shape({}, {**TYPING, "initial_value": string(3000)}),
    "url_text_input": shape({}, {**TYPING, "initial_value": string(3000)}),
    "number_input": shape(
        {"is_decimal_allowed": boolean},
        {**TYPING, "initial_value": string(255), "min_value": string(255), "max_value": string(255)},
    ),
    "file_input": shape(
        {}, {"action_id": action_id, "filetypes": listing(string(75), 1, 100), "max_files": integer(1, 10)}
    ),
}

IN_ACTIONS: dict[str, Check] = {"button": BUTTON, **PICKERS, **DATETIME, **OVERFLOW}
IN_SECTION: dict[str, Check] = {"button": BUTTON, "image": IMAGE, **PICKERS, **OVERFLOW}
IN_INPUT: dict[str, Check] = {**PICKERS, **DATETIME, **INPUTS}
INTERACTIVE = frozenset({*IN_ACTIONS, *IN_INPUT})
