"""Reading stored messages and views as a person does, by label, and filling them in."""

from collections.abc import Iterator, Sequence
from typing import Any

from tests.fake_slack.elements import INTERACTIVE
from tests.fake_slack.records import File, Message, View

Json = dict[str, Any]

# element type → (property of its state, property holding its initial value)
STATE = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "overflow": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "file_input": ("files", ""),
}


def elements(blocks: Sequence[Json]) -> Iterator[tuple[str, Json, Json]]:
    """(label, block, element) of everything a person can press or fill in, top to bottom."""
    for block in blocks:
        for element in [*block.get("elements", []), block.get("accessory"), block.get("element")]:
            if isinstance(element, dict) and element.get("type") in INTERACTIVE:
                yield _label(block, element), block, element


def find_button(on: Message | View, label: str) -> tuple[str, str]:
    """(action_id, value) of the button that reads `label`."""
    element = find_element(on, label, "button")
    return str(element["action_id"]), str(element.get("value", ""))


def find_element(on: Message | View, label: str, kind: str | None = None) -> Json:
    seen = [(words, element) for words, _, element in elements(on.blocks) if kind in (None, element["type"])]
    for words, element in seen:
        if words == label:
            return element
    raise AssertionError(f"no {kind or 'element'} reads {label!r}; there are {[words for words, _ in seen]}")


def element_of(blocks: Sequence[Json], action_id: str) -> tuple[Json, str]:
    """The element and its block's id; an unknown action_id becomes a button that was never shown."""
    for _, block, element in elements(blocks):
        if element["action_id"] == action_id:
            return element, str(block["block_id"])
    return {"type": "button", "action_id": action_id, "text": {"type": "plain_text", "text": "?"}}, "unknown"


def fill(view: View, answers: Json) -> Json:
    """State values for submit(), from what stands beside each field: {"Row count": "12", "Files": [file]}.

    Choices are named by their text or their value. Fields not named keep what they showed. As in Slack, a required
    field left empty, or an unknown label, cannot be sent: AssertionError.
    """
    values = initial_values(view.blocks)
    fields = {label: (block, element) for label, block, element in elements(view.blocks) if element["type"] in STATE}
    unknown = answers.keys() - fields.keys()
    if unknown:
        raise AssertionError(f"no field reads {sorted(unknown)}; there are {list(fields)}")
    for label, answer in answers.items():
        block, element = fields[label]
        values[block["block_id"]][element["action_id"]] = {"type": element["type"], **chosen(element, answer)}
    _refuse_gaps(view, values)
    return values


def chosen(element: Json, answer: Any) -> Json:
    """An element's state once this answer is given: {"selected_option": {…}}, {"value": "…"} …"""
    kind = element["type"]
    name = STATE[kind][0]
    if kind == "file_input":
        return {name: [file.as_json() if isinstance(file, File) else file for file in answer]}
    if name == "selected_option":
        return {name: _option(element, answer)}
    if name == "selected_options":
        return {name: [_option(element, each) for each in answer]}
    if kind == "plain_text_input" and answer is not None:
        _refuse_length(element, answer)
    return {name: answer}


def initial_values(blocks: Sequence[Json]) -> Json:
    values: Json = {}
    for _, block, element in elements(blocks):
        if element["type"] in STATE and element["type"] != "overflow":
            name, initial = STATE[element["type"]]
            empty: Any = [] if name in ("files", "selected_options") else None
            state = {"type": element["type"], name: element.get(initial, empty)}
            values.setdefault(block["block_id"], {})[element["action_id"]] = state
    return values


def _label(block: Json, element: Json) -> str:
    if element["type"] == "button":
        return str(element["text"]["text"])
    shown = block.get("label") or block.get("text") or element.get("placeholder") or {}
    return str(shown.get("text", ""))


def _option(element: Json, answer: Any) -> Json:
    if isinstance(answer, dict):
        return answer
    groups = element.get("option_groups", [])
    options: list[Json] = [*element.get("options", []), *(each for group in groups for each in group["options"])]
    for option in options:
        if answer in (option["text"]["text"], option["value"]):
            return option
    raise AssertionError(f"no option {answer!r}; there are {[option['text']['text'] for option in options]}")


def _refuse_length(element: Json, answer: str) -> None:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if not least <= len(answer) <= most:
        raise AssertionError(f"Slack takes {least} to {most} characters here, not {len(answer)}")


def _refuse_gaps(view: View, values: Json) -> None:
    for label, block, element in elements(view.blocks):
        if block["type"] == "input" and not block.get("optional"):
            state = values[block["block_id"]][element["action_id"]]
            if state[STATE[element["type"]][0]] in (None, "", []):
                raise AssertionError(f"Slack would not send this: {label!r} is required and empty")
