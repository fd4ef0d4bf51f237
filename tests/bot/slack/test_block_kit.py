import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from bot.slack.block_kit import MOST_TEXT, render_message, weight
from bot.slack.mrkdwn import unescape
from handlers.actions import action, decode
from handlers.views.elements import (
    ActionButton,
    Bullets,
    Buttons,
    Confirm,
    Divider,
    Element,
    Fact,
    Facts,
    FormButton,
    Heading,
    LinkButton,
    Note,
    Progress,
    Quote,
    Row,
    Style,
    Table,
    Text,
    Tone,
    View,
)
from tests.bot.slack.views import HOSTILE, VIEWS
from tests.fake_slack.blocks import check_message
from tests.fake_slack.checks import Report

GO = action("answer_task", id="t1", v=3)


def blocks(*body: Element) -> list[dict[str, Any]]:
    """Without the title."""
    return render_message(View(title="Title", summary="Summary", body=body)).blocks[1:]


def texts(*body: Element) -> list[str]:
    return [block["text"]["text"] for block in blocks(*body)]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(VIEWS)
def test_any_view_renders_within_every_limit_and_with_hostile_words_escaped(view: View) -> None:
    rendered = render_message(view)
    report = Report(watched=HOSTILE[:5])

    check_message(rendered.text, json.loads(json.dumps(rendered.blocks)), [], report)

    assert report.errors == []
    assert report.unescaped == []
    assert report.text_length < 13_200
    assert rendered.text.strip()


def test_the_title_is_the_header_and_the_summary_is_what_notifications_say() -> None:
    rendered = render_message(View(title="Access review", summary="Due <today> & waiting"))

    assert rendered.blocks == [
        {"type": "header", "text": {"type": "plain_text", "text": "Access review", "emoji": False}}
    ]
    assert rendered.text == "Due &lt;today&gt; &amp; waiting"


def test_a_strong_text_is_bold_and_a_tone_is_a_symbol_before_its_words() -> None:
    assert texts(Text(text="Overdue", strong=True, tone=Tone.BAD)) == ["🔴 *Overdue*"]
    assert texts(Text(text="On time", tone=Tone.GOOD)) == ["✅ On time"]


def test_a_star_in_a_strong_text_stays_a_star() -> None:
    assert texts(Text(text="5 * 3", strong=True)) == ["5 * 3"]


def test_each_line_of_a_quote_stands_behind_its_mark() -> None:
    assert texts(Quote(text="I reviewed\n<all> accounts")) == [">I reviewed\n>&lt;all&gt; accounts"]


def test_a_note_is_small_print() -> None:
    assert blocks(Note(text="a & b"))[0]["elements"][0]["text"] == "a &amp; b"


def test_facts_are_fields_ten_to_a_section() -> None:
    shown = blocks(Facts(facts=tuple(Fact(label=f"L{n}", value=f"v{n}") for n in range(12))))

    assert [len(block["fields"]) for block in shown] == [10, 2]
    assert shown[0]["fields"][0]["text"] == "*L0*\nv0"


def test_a_heading_is_bold_bullets_are_lines_and_a_divider_divides() -> None:
    assert texts(Heading(text="Missing"), Bullets(items=("one", "two"))) == ["*Missing*", "• one\n• two"]
    assert blocks(Divider()) == [{"type": "divider"}]


def test_a_table_says_every_cell_with_its_column() -> None:
    table = Table(columns=("Team", "Open", "Late"), rows=(("HR", "5", "1"), ("IT", "2", "")))

    assert texts(table) == ["*HR* · Open: 5 · Late: 1\n*IT* · Open: 2"]


@pytest.mark.parametrize(
    ("done", "total", "bar"),
    [
        (3, 5, "██████░░░░ *HR* 3 of 5"),
        (0, 0, "░░░░░░░░░░ *HR* nothing to do"),
        (9, 5, "██████████ *HR* 9 of 5"),
    ],
)
def test_progress_is_a_bar_and_its_numbers(done: int, total: int, bar: str) -> None:
    assert texts(Progress(label="HR", done=done, total=total)) == [bar]


def test_bars_below_one_another_stand_together() -> None:
    bars = (Progress(label="HR", done=1, total=10), Progress(label="Finance", done=2, total=10))

    assert texts(*bars) == ["█░░░░░░░░░ *HR* 1 of 10\n██░░░░░░░░ *Finance* 2 of 10"]
    assert len(blocks(*bars, Divider(), bars[0])) == 3


def test_facts_too_wide_for_half_a_phone_stand_below_one_another() -> None:
    facts = (Fact(label="/soc2 away [until 2026-12-01]", value="say so"), Fact(label="/soc2 help", value="this list"))

    assert texts(Facts(facts=facts)) == ["*/soc2 away [until 2026-12-01]* · say so\n*/soc2 help* · this list"]
    assert texts(Facts(facts=facts[1:])) == ["*/soc2 help* · this list"]


def test_a_button_carries_its_action_in_the_value_under_an_id_of_its_own() -> None:
    row = blocks(Buttons(buttons=(ActionButton(label="Done", action=GO), FormButton(label="Other", action=GO))))[0]

    assert [each["action_id"] for each in row["elements"]] == ["answer_task:1", "answer_task:2"]
    assert decode(row["elements"][0]["value"]) == GO


def test_buttons_stand_five_in_a_row() -> None:
    many = tuple(ActionButton(label=str(n), action=GO) for n in range(12))

    assert [len(block["elements"]) for block in blocks(Buttons(buttons=many))] == [5, 5, 2]


def test_a_dangerous_button_asks_first_in_the_same_tone() -> None:
    sure = Confirm(title="Sure?", text="It can't be undone.", yes="Revoke")
    button = ActionButton(label="Revoke", action=GO, style=Style.DANGER, confirm=sure)
    shown = blocks(Buttons(buttons=(button,)))[0]["elements"][0]

    assert (shown["style"], shown["confirm"]["style"], shown["confirm"]["deny"]["text"]) == ("danger", "danger", "Back")


def test_a_row_has_its_button_beside_it() -> None:
    row = Row(text="Review access", note="due Friday", button=FormButton(label="Open", action=GO), tone=Tone.WARNING)
    shown = blocks(row)[0]

    assert shown["text"]["text"] == "⚠️ *Review access*\ndue Friday"
    assert shown["accessory"]["text"]["text"] == "Open"


def test_a_row_without_a_note_or_under_another_stays_plain() -> None:
    assert texts(Row(text="Review access")) == ["Review access"]
    assert texts(Row(text="↳ list.csv", note="3 rows", under=True)) == ["↳ list.csv · 3 rows"]


def test_a_link_button_leads_to_the_web_and_nowhere_else() -> None:
    good, bad = (
        LinkButton(label="Board", url="https://acme.example"),
        LinkButton(label="Run", url="javascript:alert(1)"),
    )
    shown = blocks(Buttons(buttons=(good, bad)))

    assert shown[0]["elements"][0]["url"] == "https://acme.example"
    assert "can't be shown" in shown[1]["elements"][0]["text"]


def test_a_long_text_fills_several_sections_and_loses_nothing() -> None:
    story = " ".join(f"word{n}" for n in range(1000))

    assert " ".join("".join(texts(Text(text=story))).split()) == story
    assert len(texts(Text(text=story))) > 1


def test_a_very_long_text_says_how_much_is_missing() -> None:
    assert "more characters" in texts(Text(text="word " * 5000))[-1]


def test_a_list_beyond_the_room_says_how_many_are_missing_and_keeps_its_buttons() -> None:
    rows = tuple(Row(text=f"Task {n}", button=FormButton(label="Open", action=GO)) for n in range(80))
    shown = blocks(*rows, Buttons(buttons=(ActionButton(label="Nudge all", action=GO),)))

    assert len(shown) == 49
    assert shown[-1]["elements"][0]["text"]["text"] == "Nudge all"
    assert shown[-2]["elements"][0]["text"] == "33 more – type /soc2 tasks to see everything"


def test_all_text_together_stays_under_slacks_limit() -> None:
    shown = render_message(View(title="T", summary="S", body=tuple(Text(text="word " * 500) for _ in range(20)))).blocks

    assert sum(weight(block) for block in shown) <= MOST_TEXT
    assert "more – type" in shown[-1]["elements"][0]["text"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        ("a &lt; b &amp;&amp; c", "a < b && c"),
        ("see <https://acme.example/a|the list>", "see https://acme.example/a"),
        ("<mailto:ann@acme.example|ann@acme.example>", "ann@acme.example"),
        ("<@U123|ann> and <@U456>", "@ann and @U456"),
        ("<!channel>", "@channel"),
    ],
)
def test_what_slack_made_of_a_text_becomes_what_was_typed(sent: str, typed: str) -> None:
    assert unescape(sent) == typed
