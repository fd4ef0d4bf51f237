"""Which blocks may stand in a message, a modal or a Home tab, and their limits (shared/platforms/slack.md)."""

import json
from collections.abc import Sequence
from copy import deepcopy
from itertools import count
from typing import Any

from tests.fake_slack.checks import (
    Check,
    Report,
    also,
    any_text,
    block_id,
    boolean,
    exactly_one,
    integer,
    listing,
    one_of,
    plain_text,
    shape,
    string,
    tagged,
)
from tests.fake_slack.elements import IMAGE, IN_ACTIONS, IN_INPUT, IN_SECTION, INTERACTIVE, URL

Json = dict[str, Any]

MESSAGE_TEXT = 40_000
ALL_MESSAGE_TEXT = 13_200
VIEW_BYTES = 250_000
ID = {"block_id": block_id}


def _text_or_fields(value: Json, report: Report, pointer: str) -> None:
    if not {"text", "fields"} & value.keys():
        report.refuse(pointer, "one of text, fields is required")


def _markdown(value: Any, report: Report, pointer: str) -> None:
    string(12_000)(value, report, pointer)
    report.text_length += len(str(value))
    report.read_markup(str(value), pointer)


def _raw(value: Any, report: Report, pointer: str) -> None:
    string(3000)(value, report, pointer)
    report.text_length += len(str(value))


def _no_rich_text_problem(value: Any, report: Report, pointer: str) -> None:
    """Rich text is nested without end: know its parts by name and count its words."""
    kind = value.get("type") if isinstance(value, dict) else None
    if kind not in RICH_PARTS:
        report.refuse(pointer, f"unsupported type: {kind} (rich text)")
        return
    if "text" in value:
        _raw(value["text"], report, f"{pointer}/text")
    for index, part in enumerate(value.get("elements", [])):
        _no_rich_text_problem(part, report, f"{pointer}/elements/{index}")


RICH_PARTS = {
    *("rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"),
    *("text", "link", "emoji", "user", "usergroup", "channel", "date", "broadcast", "color"),
}
RICH_TEXT = shape({"elements": listing(_no_rich_text_problem, 1, 100)}, ID)
CELL = tagged({"raw_text": shape({"text": _raw}), "rich_text": RICH_TEXT}, "table cell")
COLUMN = shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})

EVERYWHERE: dict[str, Check] = {
    "actions": shape({"elements": listing(tagged(IN_ACTIONS, "in actions"), 1, 25)}, ID),
    "context": shape(
        {
            "elements": listing(
                tagged({"image": IMAGE, "mrkdwn": any_text(2000), "plain_text": any_text(2000)}, "in context"), 1, 10
            )
        },
        ID,
    ),
    "divider": shape({}, ID),
    "header": shape({"text": plain_text(150)}, ID),
    "image": also(
        shape(
            {"alt_text": string(2000)},
            {**ID, "image_url": URL, "title": plain_text(2000), "slack_file": shape({}, {"id": string(255)})},
        ),
        exactly_one("image_url", "slack_file"),
    ),
    "rich_text": RICH_TEXT,
    "section": also(
        shape(
            {},
            {
                **ID,
                "text": any_text(3000),
                "fields": listing(any_text(2000), 1, 10),
                "accessory": tagged(IN_SECTION, "in section"),
                "expand": boolean,
            },
        ),
        _text_or_fields,
    ),
}
INPUT = shape(
    {"label": plain_text(2000), "element": tagged(IN_INPUT, "in input")},
    {**ID, "hint": plain_text(2000), "optional": boolean, "dispatch_action": boolean},
)
IN_MESSAGE: dict[str, Check] = {
    **EVERYWHERE,
    "markdown": shape({"text": _markdown}, ID),
    "table": shape({"rows": listing(listing(CELL, 1, 20), 1, 100)}, {**ID, "column_settings": listing(COLUMN, 1, 20)}),
}
IN_MODAL: dict[str, Check] = {
    **EVERYWHERE,
    "input": INPUT,
    "alert": shape({"text": any_text(3000)}, {**ID, "level": one_of("default", "info", "warning", "error", "success")}),
}

VIEW_COMMON: dict[str, Check] = {
    "private_metadata": string(3000, least=0),
    "callback_id": string(255),
    "external_id": string(255),
    "clear_on_close": boolean,
    "notify_on_close": boolean,
}
MODAL = shape(
    {"title": plain_text(24), "blocks": listing(tagged(IN_MODAL, "block in a modal"), 1, 100)},
    {**VIEW_COMMON, "submit": plain_text(24), "close": plain_text(24), "submit_disabled": boolean},
)
HOME_BLOCKS: dict[str, Check] = {**EVERYWHERE, "input": INPUT}
HOME = shape({"blocks": listing(tagged(HOME_BLOCKS, "block in Home"), 1, 100)}, VIEW_COMMON)

ATTACHMENT_WORDS = ("text", "fallback", "pretext", "title", "footer", "author_name")


def check_message(text: str, blocks: Sequence[Json], attachments: Sequence[Json], report: Report) -> None:
    report.read_markup(text, "/text")
    check_blocks(list(blocks), "/blocks", report)
    for index, attachment in enumerate(attachments):
        pointer = f"/attachments/{index}"
        for word in ATTACHMENT_WORDS:
            report.read_markup(str(attachment.get(word, "")), f"{pointer}/{word}")
        check_blocks(attachment.get("blocks", []), f"{pointer}/blocks", report)


def check_blocks(blocks: Any, pointer: str, report: Report) -> None:
    listing(tagged(IN_MESSAGE, "block in a message"), 0, 50)(blocks, report, pointer)
    if sum(1 for block in blocks if isinstance(block, dict) and block.get("type") == "table") > 1:
        report.refuse(pointer, "only one table is allowed in a message")


def check_options(answer: Json, report: Report) -> None:
    """The answer to a block_suggestion."""
    integer(0, 100)(len(answer.get("options", [])), report, "/options")
    option = IN_INPUT["static_select"]
    if answer.get("options"):
        option({"type": "static_select", "options": answer["options"][:100]}, report, "")


def check_view(view: Json, report: Report) -> None:
    kind = view.get("type")
    tagged({"modal": MODAL, "home": HOME}, "view")(view, report, "/view")
    blocks = view["blocks"] if isinstance(view.get("blocks"), list) else []
    if kind == "modal" and "submit" not in view and any(_is_input(block) for block in blocks):
        report.refuse("/view", "missing required field: submit (the view has input blocks)")
    for index, block in enumerate(blocks):
        if kind == "home" and _is_input(block) and block.get("element", {}).get("type") == "file_input":
            report.refuse(f"/view/blocks/{index}/element", "file_input is only allowed in modals")


def is_too_large(view: Json) -> bool:
    return len(json.dumps(view).encode()) > VIEW_BYTES


def with_ids(blocks: Sequence[Json]) -> list[Json]:
    """A copy in which every block and interactive element has an id, as Slack hands them back."""
    numbers, filled = count(1), deepcopy(list(blocks))
    for block in filled:
        block.setdefault("block_id", f"gen-b{next(numbers)}")
        inside = [*block.get("elements", []), block.get("accessory"), block.get("element")]
        for element in inside:
            if isinstance(element, dict) and element.get("type") in INTERACTIVE:
                element.setdefault("action_id", f"gen-a{next(numbers)}")
    return filled


def _is_input(block: Any) -> bool:
    return isinstance(block, dict) and block.get("type") == "input"
