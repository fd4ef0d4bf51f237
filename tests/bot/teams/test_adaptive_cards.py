import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from bot.teams.adaptive_cards import MOST_BYTES, render_card, size_of
from bot.teams.card_values import recall
from handlers.actions import action, encode
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
from tests.bot.slack.views import VIEWS
from tests.bot.teams.cards import actions, of_type, problems
from tests.handlers.views import examples

GO = action("answer_task", id="t1", v=3)
SURE = Confirm(title="Remove it?", text="It stays on record.", yes="Remove", no="Keep it")


def card(*body: Element) -> dict[str, Any]:
    return render_card(View(title="Title", summary="Summary", body=body))


def body(*elements: Element) -> list[Any]:
    """Without the title."""
    found: list[Any] = card(*elements)["body"]
    return found[1:]


def texts(*elements: Element) -> list[str]:
    return [part["text"] for part in of_type(body(*elements), "TextBlock")]


@pytest.mark.parametrize("name", examples.VIEWS)
def test_every_screen_in_every_state_is_a_good_card(name: str) -> None:
    assert problems(render_card(examples.VIEWS[name])) == []


@pytest.mark.parametrize("name", examples.VIEWS)
def test_no_screen_of_ours_has_to_be_shortened(name: str) -> None:
    assert "more – type tasks" not in json.dumps(render_card(examples.VIEWS[name]), ensure_ascii=False)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(VIEWS)
def test_any_view_renders_within_every_limit(view: View) -> None:
    assert problems(render_card(view)) == []


def test_the_title_is_a_heading_and_the_summary_is_for_clients_that_show_no_cards() -> None:
    shown = render_card(View(title="A *title*", summary="All is well."))

    assert (shown["body"][0]["text"], shown["body"][0]["style"]) == (r"A \*title\*", "heading")  # type: ignore[index]
    assert shown["fallbackText"] == "All is well."


@pytest.mark.parametrize(
    ("tone", "words", "style"), [(Tone.BAD, "🔴 Late", "attention"), (Tone.WARNING, "⚠️ Late", "warning")]
)
def test_a_strong_toned_text_stands_on_its_colour_and_says_so_before_its_words(
    tone: Tone, words: str, style: str
) -> None:
    shown = body(Text(text="Late", strong=True, tone=tone))[0]

    assert (shown["style"], shown["items"][0]["text"], shown["items"][0]["weight"]) == (style, words, "bolder")


def test_facts_are_a_fact_set_of_escaped_words() -> None:
    shown = body(Facts(facts=(Fact(label="Due_", value="*now*\nor never"),)))[0]

    assert shown["facts"] == [{"title": r"Due\_", "value": "\\*now\\*\n\nor never"}]


def test_a_heading_is_a_heading_bullets_a_list_a_quote_set_off_and_a_note_small() -> None:
    heading, bullets, quote, note = body(
        Heading(text="Missing"), Bullets(items=("one", "two")), Quote(text="I confirm"), Note(text="small")
    )

    assert (heading["style"], bullets["text"]) == ("heading", "- one\r- two")
    assert (quote["type"], quote["style"]) == ("Container", "emphasis")
    assert (note["size"], note["isSubtle"]) == ("small", True)


def test_a_divider_is_a_line_above_what_follows() -> None:
    shown = body(Divider(), Text(text="a"), Divider(), Divider(), Text(text="b"), Divider())

    assert [each.get("separator", False) for each in shown] == [False, True]


def test_a_table_has_its_heads_and_counts_stand_to_the_right() -> None:
    shown = body(Table(columns=("Team", "Open"), rows=(("HR", "5"), ("IT", ""))))[0]

    assert (shown["type"], len(shown["rows"])) == ("Table", 3)
    assert shown["columns"][1]["horizontalCellContentAlignment"] == "right"
    assert shown["rows"][2]["cells"][1]["items"] == []


def test_a_table_too_wide_for_a_phone_says_every_cell_with_its_column() -> None:
    table = Table(columns=("Team", "A", "B", "C", "D"), rows=(("HR", "1", "2", "", "4"),))

    assert texts(table) == ["- HR · A: 1 · B: 2 · D: 4"]


@pytest.mark.parametrize(
    ("done", "total", "words"),
    [(3, 5, ["HR", "██████░░░░", "3 of 5"]), (0, 0, ["HR", "nothing to do"]), (9, 5, ["HR", "██████████", "9 of 5"])],
)
def test_progress_is_a_bar_and_its_numbers(done: int, total: int, words: list[str]) -> None:
    assert texts(Progress(label="HR", done=done, total=total)) == words


def test_a_button_acts_and_older_clients_send_the_same_as_a_message() -> None:
    press = actions(body(Buttons(buttons=(ActionButton(label="Done", action=GO, style=Style.PRIMARY),))))[0]

    assert (press["type"], press["verb"], press["style"]) == ("Action.Execute", "answer_task", "positive")
    assert press["data"] == press["fallback"]["data"] == {"action": encode(GO)}
    assert press["fallback"]["type"] == "Action.Submit"
    assert recall(press["data"]).action == GO


def test_a_button_for_a_form_says_beforehand_that_it_opens_a_dialog() -> None:
    press = actions(body(Buttons(buttons=(FormButton(label="Answer", action=GO),))))[0]

    assert press["type"] == "Action.Submit"
    assert press["data"] == {"msteams": {"type": "task/fetch"}, "action": encode(GO)}


def test_a_confirmed_button_acts_only_from_its_question_which_stays_hidden() -> None:
    asking = ActionButton(label="Remove", action=GO, style=Style.DANGER, confirm=SURE)
    row, question = body(Buttons(buttons=(asking,)))
    (press,) = row["actions"]
    yes, no = actions(question)

    assert (press["type"], press["style"]) == ("Action.ToggleVisibility", "destructive")
    assert press["targetElements"] == no["targetElements"] == [question["id"]]
    assert question["isVisible"] is False
    assert (yes["type"], yes["title"], yes["style"]) == ("Action.Execute", "Remove", "destructive")
    assert no["title"] == "Keep it"
    assert [part["text"] for part in of_type(question, "TextBlock")] == ["Remove it?", "It stays on record."]


def test_two_questions_on_a_card_are_told_apart() -> None:
    asking = ActionButton(label="Remove", action=GO, confirm=SURE)
    shown = card(Row(text="a", button=asking), Row(text="b", button=asking), Buttons(buttons=(asking, asking)))

    assert problems(shown) == []
    assert len({part["id"] for part in of_type(shown, "Container") if "id" in part}) == 4


def test_a_row_of_buttons_is_no_wider_than_a_phone() -> None:
    labels = ("Done", "Attach evidence", "Done, found problems …", "Not fully done …", "Not done …")
    shown = body(Buttons(buttons=tuple(ActionButton(label=each, action=GO) for each in labels)))

    assert [[each["title"] for each in row["actions"]] for row in shown] == [
        ["Done", "Attach evidence"],
        ["Done, found problems …"],
        ["Not fully done …", "Not done …"],
    ]


def test_a_row_has_its_button_beside_it_and_a_long_one_below() -> None:
    beside = body(Row(text="Review", note="due Friday", button=FormButton(label="Open", action=GO)))
    below = body(Row(text="Review", button=FormButton(label="Fill in source card", action=GO)))

    assert [each["type"] for each in beside] == ["ColumnSet"]
    assert [each["type"] for each in below] == ["TextBlock", "ActionSet"]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", " https://x"])
def test_a_link_to_anything_but_a_web_address_is_only_words(url: str) -> None:
    shown = body(Buttons(buttons=(LinkButton(label="Look", url=url),)))

    assert actions(shown) == []
    assert "can't be shown" in shown[0]["text"]


def test_a_link_leads_to_the_web() -> None:
    press = actions(body(Buttons(buttons=(LinkButton(label="Board", url="https://acme.example"),))))[0]

    assert (press["type"], press["url"]) == ("Action.OpenUrl", "https://acme.example")


def test_a_list_beyond_the_room_says_how_many_are_missing_and_keeps_its_buttons() -> None:
    rows = tuple(Row(text=f"Task {n}", note="é" * 200, button=FormButton(label="Open", action=GO)) for n in range(80))
    shown = card(*rows, Buttons(buttons=(ActionButton(label="Nudge all", action=GO),)))

    note, last = shown["body"][-2], shown["body"][-1]
    assert last["actions"][0]["title"] == "Nudge all"
    missing = 81 - (len(shown["body"]) - 2)
    assert note["text"] == f"{missing} more – type tasks to see everything"
    assert MOST_BYTES - 2_000 < size_of(shown) <= MOST_BYTES
