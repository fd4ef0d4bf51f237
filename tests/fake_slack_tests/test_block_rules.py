"""Each row breaks one Block Kit rule; its neighbour at the limit passes."""

from typing import Any

import pytest

from tests.fake_slack import Refusal
from tests.fake_slack.blocks import check_options
from tests.fake_slack.workspace import Workspace

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(text: str = "Hello", **more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text), **more}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain("Done"), **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def options(count: int, value: str = "") -> list[Json]:
    return [{"text": plain(f"Option {n}"), "value": value or f"v{n}"} for n in range(count)]


def select(count: int, **more: Any) -> Json:
    return {"type": "static_select", "options": options(count), **more}


def confirm(**more: Any) -> Json:
    return {"title": plain("Sure?"), "text": plain("Really"), "confirm": plain("Yes"), "deny": plain("No"), **more}


def field(element: Json, **more: Any) -> Json:
    return {"type": "input", "label": plain("Label"), "element": element, **more}


def modal(*blocks: Json, **more: Any) -> Json:
    return {"type": "modal", "title": plain("Title"), "submit": plain("Send"), "blocks": list(blocks), **more}


def table(rows: int, columns: int = 1) -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * columns] * rows}


def context(count: int) -> Json:
    return {"type": "context", "elements": [mrkdwn("x")] * count}


TEXT_INPUT = {"type": "plain_text_input"}

GOOD_MESSAGES: dict[str, list[Json]] = {
    "fifty blocks": [section() for _ in range(50)],
    "3000 characters in a section": [section("x" * 3000)],
    "ten fields of 2000, shared out": [{"type": "section", "fields": [mrkdwn("x" * 1300)] * 10}],
    "a header of 150": [{"type": "header", "text": plain("x" * 150)}],
    "25 buttons": [actions(*(button(action_id=f"a{n}") for n in range(25)))],
    "a full button": [actions(button(value="v" * 2000, action_id="a" * 255, style="danger", confirm=confirm()))],
    "100 options": [actions(select(100))],
    "an initial option that is offered": [actions(select(2, initial_option=options(1)[0]))],
    "ten in a context": [context(10)],
    "a table of 100 by 20": [table(100, 20)],
    "markdown of 12000": [{"type": "markdown", "text": "x" * 12000}],
    "a mention of a member": [section("<@U0SOC2BOT> said &lt;!channel&gt;")],
    "hostile words in plain text": [{"type": "header", "text": plain("<!channel>")}],
    "a divider, an image, checkboxes": [
        {"type": "divider"},
        {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "A"},
        actions({"type": "checkboxes", "options": options(10)}),
    ],
    "rich text": [
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "hi"}]}],
        }
    ],
}

BAD_MESSAGES: dict[str, tuple[list[Json], str]] = {
    "51 blocks": ([section() for _ in range(51)], "less than 51 items"),
    "unknown block": ([{"type": "hologram"}], "unsupported type: hologram"),
    "a block without type": ([{}], "unsupported type: None"),
    "input in a message": ([field(TEXT_INPUT)], "unsupported type: input"),
    "alert in a message": ([{"type": "alert", "text": plain("x")}], "unsupported type: alert"),
    "unknown element": ([actions({"type": "lever"})], "unsupported type: lever"),
    "plain_text_input in actions": ([actions(TEXT_INPUT)], "unsupported type: plain_text_input"),
    "file_input in actions": ([actions({"type": "file_input"})], "unsupported type: file_input"),
    "extra property": ([section(colour="red")], "invalid additional property: colour"),
    "section of 3001": ([section("x" * 3001)], "less than 3001 characters"),
    "empty section": ([section("")], "more than 0 characters"),
    "section without text": ([{"type": "section"}], "one of text, fields"),
    "eleven fields": ([{"type": "section", "fields": [mrkdwn("x")] * 11}], "less than 11 items"),
    "field of 2001": ([{"type": "section", "fields": [mrkdwn("x" * 2001)]}], "less than 2001 characters"),
    "header in mrkdwn": ([{"type": "header", "text": mrkdwn("x")}], "plain_text expected"),
    "header of 151": ([{"type": "header", "text": plain("x" * 151)}], "less than 151 characters"),
    "button text in mrkdwn": ([actions(button(text=mrkdwn("x")))], "plain_text expected"),
    "button text of 76": ([actions(button(text=plain("x" * 76)))], "less than 76 characters"),
    "button value of 2001": ([actions(button(value="x" * 2001))], "less than 2001 characters"),
    "empty button value": ([actions(button(value=""))], "more than 0 characters"),
    "action_id of 256": ([actions(button(action_id="x" * 256))], "less than 256 characters"),
    "action_id twice": ([actions(button(action_id="a")), actions(button(action_id="a"))], "`action_id` 'a' already"),
    "block_id twice": ([section(block_id="b"), section(block_id="b")], "`block_id` 'b' already exists"),
    "unknown style": ([actions(button(style="loud"))], "must be one of primary, danger"),
    "confirm title of 101": ([actions(button(confirm=confirm(title=plain("x" * 101))))], "less than 101"),
    "confirm text of 301": ([actions(button(confirm=confirm(text=plain("x" * 301))))], "less than 301"),
    "confirm button of 31": ([actions(button(confirm=confirm(deny=plain("x" * 31))))], "less than 31"),
    "confirm without text": ([actions(button(confirm={"title": plain("x")}))], "missing required field: text"),
    "26 buttons": ([actions(*(button(action_id=f"a{n}") for n in range(26)))], "less than 26 items"),
    "no buttons": ([actions()], "more than 0 items"),
    "101 options": ([actions(select(101))], "less than 101 items"),
    "no options": ([actions(select(0))], "more than 0 items"),
    "select without options": ([actions({"type": "static_select"})], "exactly one of options"),
    "option text of 76": (
        [actions(select(1) | {"options": [{"text": plain("x" * 76), "value": "v"}]})],
        "less than 76 characters",
    ),
    "option value of 76": ([actions({"type": "static_select", "options": options(1, "v" * 76)})], "less than 76"),
    "option values twice": ([actions({"type": "static_select", "options": options(2, "v")})], "must be unique"),
    "initial option not offered": ([actions(select(1, initial_option=options(2)[1]))], "exactly match one"),
    "eleven checkboxes": ([actions({"type": "checkboxes", "options": options(11)})], "less than 11 items"),
    "eleven radio buttons": ([actions({"type": "radio_buttons", "options": options(11)})], "less than 11 items"),
    "six in an overflow": ([actions({"type": "overflow", "options": options(6)})], "less than 6 items"),
    "bad date": ([actions({"type": "datepicker", "initial_date": "1.2.2026"})], "YYYY-MM-DD"),
    "placeholder of 151": ([actions(select(1, placeholder=plain("x" * 151)))], "less than 151 characters"),
    "eleven in a context": ([context(11)], "less than 11 items"),
    "button in a context": ([{"type": "context", "elements": [button()]}], "unsupported type: button"),
    "alt text missing": ([{"type": "image", "image_url": "https://example.com/a.png"}], "missing required field: alt"),
    "table of 101 rows": ([table(101)], "less than 101 items"),
    "table of 21 columns": ([table(1, 21)], "less than 21 items"),
    "two tables": ([table(1), table(1)], "only one table"),
    "markdown of 12001": ([{"type": "markdown", "text": "x" * 12001}], "less than 12001"),
    "two focused elements": (
        [actions(select(1, focus_on_load=True), select(2, focus_on_load=True))],
        "only one element may have focus_on_load",
    ),
}

GOOD_VIEWS: dict[str, Json] = {
    "100 blocks": modal(*(section() for _ in range(100))),
    "no submit, no inputs": {"type": "modal", "title": plain("x" * 24), "blocks": [section()]},
    "files": modal(field({"type": "file_input", "max_files": 10, "filetypes": ["pdf"]}, hint=plain("x" * 2000))),
    "alert": modal({"type": "alert", "text": plain("Careful"), "level": "warning"}),
    "home": {"type": "home", "blocks": [section(), field(TEXT_INPUT)]},
    "metadata": modal(section(), private_metadata="x" * 3000, callback_id="x" * 255),
}

BAD_VIEWS: dict[str, tuple[Json, str]] = {
    "101 blocks": (modal(*(section() for _ in range(101))), "less than 101 items"),
    "no blocks": (modal(), "more than 0 items"),
    "title of 25": (modal(section(), title=plain("x" * 25)), "less than 25"),
    "title in mrkdwn": (modal(section(), title=mrkdwn("x")), "plain_text expected"),
    "no title": ({"type": "modal", "blocks": [section()]}, "missing required field: title"),
    "submit of 25": (modal(section(), submit=plain("x" * 25)), "less than 25"),
    "close of 25": (modal(section(), close=plain("x" * 25)), "less than 25"),
    "inputs without submit": (
        {"type": "modal", "title": plain("x"), "blocks": [field(TEXT_INPUT)]},
        "missing required field: submit",
    ),
    "metadata of 3001": (modal(section(), private_metadata="x" * 3001), "less than 3001"),
    "callback_id of 256": (modal(section(), callback_id="x" * 256), "less than 256"),
    "label of 2001": (modal(field(TEXT_INPUT, label=plain("x" * 2001))), "less than 2001"),
    "label in mrkdwn": (modal(field(TEXT_INPUT, label=mrkdwn("x"))), "plain_text expected"),
    "button in an input": (modal(field(button())), "unsupported type: button"),
    "eleven files": (modal(field({"type": "file_input", "max_files": 11})), "from 1 to 10"),
    "no files": (modal(field({"type": "file_input", "max_files": 0})), "from 1 to 10"),
    "files in Home": ({"type": "home", "blocks": [field({"type": "file_input"})]}, "only allowed in modals"),
    "table in a modal": (modal(table(1)), "unsupported type: table"),
    "initial value too long": (modal(field({**TEXT_INPUT, "max_length": 3, "initial_value": "four"})), "max_length"),
    "min_length beyond 3000": (modal(field({**TEXT_INPUT, "min_length": 3001})), "from 0 to 3000"),
    "Home with a title": ({"type": "home", "title": plain("x"), "blocks": [section()]}, "additional property: title"),
}

HOSTILE_TEXT = ("<!channel>", "<!here>", "<!everyone>", "<http://evil.example|click>", "<script>", "<@U", "<@U0NOBODY>")


@pytest.mark.parametrize("name", GOOD_MESSAGES)
def test_a_message_within_the_limits_is_taken(name: str) -> None:
    Workspace().check_message("text", GOOD_MESSAGES[name], [])


@pytest.mark.parametrize("name", BAD_MESSAGES)
def test_a_message_that_breaks_a_rule_is_refused_with_the_reason(name: str) -> None:
    blocks, reason = BAD_MESSAGES[name]
    with pytest.raises(Refusal) as refused:
        Workspace().check_message("text", blocks, [])
    assert refused.value.error == "invalid_blocks"
    assert any(reason in detail for detail in refused.value.details), refused.value.details
    assert all("[json-pointer:/blocks" in detail for detail in refused.value.details)


def test_blocks_in_an_attachment_are_held_to_the_same_rules() -> None:
    with pytest.raises(Refusal, match="invalid_blocks"):
        Workspace().check_message("text", [], [{"blocks": [section("")]}])


def test_all_text_of_a_message_together_must_stay_under_13200() -> None:
    whole = [section("x" * 3000) for _ in range(4)]
    Workspace().check_message("text", [*whole, section("x" * 1199)], [])
    with pytest.raises(Refusal, match="msg_blocks_too_long"):
        Workspace().check_message("text", [*whole, section("x" * 1200)], [])


@pytest.mark.parametrize("name", GOOD_VIEWS)
def test_a_view_within_the_limits_is_taken(name: str) -> None:
    Workspace().check_view(GOOD_VIEWS[name])


@pytest.mark.parametrize("name", BAD_VIEWS)
def test_a_view_that_breaks_a_rule_is_refused_with_the_reason(name: str) -> None:
    view, reason = BAD_VIEWS[name]
    with pytest.raises(Refusal) as refused:
        Workspace().check_view(view)
    assert refused.value.error == "invalid_arguments"
    assert any(reason in detail for detail in refused.value.details), refused.value.details


def test_a_view_over_250_kb_is_refused() -> None:
    selects = [actions(select(100), select(100)) for _ in range(30)]
    with pytest.raises(Refusal, match="view_too_large"):
        Workspace().check_view(modal(*selects))


@pytest.mark.parametrize("words", HOSTILE_TEXT)
@pytest.mark.parametrize("place", ["text", "section", "field", "context", "markdown", "confirm", "attachment"])
def test_unescaped_user_text_is_refused_wherever_slack_reads_markup(words: str, place: str) -> None:
    said = f"note: {words}"
    blocks: dict[str, Json] = {
        "section": section(said),
        "field": {"type": "section", "fields": [mrkdwn(said)]},
        "context": {"type": "context", "elements": [mrkdwn(said)]},
        "markdown": {"type": "markdown", "text": said},
        "confirm": actions(button(confirm=confirm(text=mrkdwn(said)))),
    }
    text = said if place == "text" else "text"
    attachments = [{"text": said}] if place == "attachment" else []
    with pytest.raises(Refusal, match="unescaped_text"):
        Workspace().check_message(text, [blocks[place]] if place in blocks else [], attachments)


def test_unescaped_user_text_is_refused_in_a_view() -> None:
    with pytest.raises(Refusal, match="unescaped_text"):
        Workspace().check_view(modal(section("<!here>")))


def test_a_watched_string_is_refused_like_the_built_in_ones() -> None:
    slack = Workspace()
    slack.watch("<@U0SOC2BOT>")
    with pytest.raises(Refusal, match="unescaped_text"):
        slack.check_message("<@U0SOC2BOT>", [], [])


@pytest.mark.parametrize(("count", "errors"), [(0, 0), (100, 0), (101, 1)])
def test_an_external_select_may_be_offered_up_to_100_options(count: int, errors: int) -> None:
    report = Workspace().report()
    check_options({"options": options(count)}, report)
    assert len(report.errors) == errors
