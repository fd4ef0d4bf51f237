import pytest

from handlers.actions import action
from handlers.replies import FormErrors, Show
from tasks.identifiers import TaskId
from tests.builders import a_control, a_control_text, a_task, an_item
from tests.handlers.conversation import (
    Conversation,
    a_card,
    button_in,
    errors_in,
    form_in,
    labels_in,
    names_in,
    value_in,
    view_in,
    words_of,
)

pytestmark = pytest.mark.anyio
CARD = action("fill_card", e="list")
FIRST = ["origin", "covers", "changed"]
ORIGIN = "Okta: report “Leavers”"
LEAVERS = an_item("leaver-list", population=True)


def with_a_list() -> Conversation:
    chat = Conversation()
    chat.attach("list", card=None)
    return chat


async def test_at_first_there_are_three_inputs() -> None:
    assert names_in(await with_a_list().open("olga", CARD)) == FIRST


async def test_file_rows_and_hash_are_known_already() -> None:
    words = words_of(await with_a_list().open("olga", CARD))
    assert "list.csv" in words
    assert "3 rows" in words
    assert "abababab" in words


async def test_the_source_of_last_time_stands_there_to_be_confirmed_and_nothing_else() -> None:
    chat = with_a_list()
    chat.uow.tasks.put(a_task("task-0", occurrence="2026-09"))
    chat.attach("old", task_id=TaskId("task-0"), card=a_card())
    form = await chat.open("olga", CARD)
    assert value_in(form, "origin") == ORIGIN
    assert "From last time: is it still right?" in words_of(form)
    assert (value_in(form, "covers"), value_in(form, "changed")) == ("", "")


async def test_three_answers_fill_the_card() -> None:
    chat = with_a_list()
    form = await chat.open("olga", CARD)
    reply = await chat.submit("olga", form, origin=ORIGIN, covers="whole", changed="no")
    assert isinstance(reply, Show)
    card = chat.evidence()[0].card
    assert card is not None
    assert (card.source, card.query, card.changed_after, card.row_count) == ("Okta", "report “Leavers”", False, 3)
    assert (card.span_start, card.span_end) == (a_task().span_start, a_task().span_end)


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ({"covers": "other", "changed": "no"}, ["span_start", "span_end"]),
        ({"covers": "whole", "changed": "yes"}, ["changes"]),
        ({"covers": "other", "changed": "yes"}, ["span_start", "span_end", "changes"]),
    ],
)
async def test_follow_ups_are_asked_only_where_an_answer_calls_for_them(
    typed: dict[str, str], asked: list[str]
) -> None:
    chat = with_a_list()
    reply = await chat.submit("olga", await chat.open("olga", CARD), **{"origin": ORIGIN, **typed})
    form = form_in(reply)
    assert names_in(form) == FIRST + asked
    assert value_in(form, "origin") == ORIGIN
    assert chat.evidence()[0].card is None


async def test_the_follow_ups_complete_the_card() -> None:
    chat = with_a_list()
    first = await chat.open("olga", CARD)
    more = form_in(await chat.submit("olga", first, origin=ORIGIN, covers="other", changed="yes"))
    reply = await chat.submit(
        "olga", more, span_start="2026-09-15", span_end="2026-11-01", changes="Removed two columns"
    )
    assert isinstance(reply, Show)
    card = chat.evidence()[0].card
    assert card is not None
    assert (card.span_start.isoformat(), card.span_end.isoformat()) == ("2026-09-15", "2026-11-01")
    assert (card.changed_after, card.changes) == (True, "Removed two columns")


async def test_dates_that_leave_a_gap_come_back_in_the_same_form_with_their_field_marked() -> None:
    chat = with_a_list()
    first = await chat.open("olga", CARD)
    more = form_in(await chat.submit("olga", first, origin=ORIGIN, covers="other", changed="no"))
    reply = await chat.submit("olga", more, span_start="2026-10-01", span_end="2026-10-15")
    assert isinstance(reply, FormErrors)
    assert set(reply.errors) == {"span_end"}
    assert names_in(reply.form) == [*FIRST, "span_start", "span_end"]
    assert value_in(reply.form, "span_end") == "2026-10-15"


@pytest.mark.parametrize("origin", ["", "Okta", "Okta:", ": report", " : "])
async def test_a_source_without_system_or_report_is_refused_in_its_field(origin: str) -> None:
    chat = with_a_list()
    form = await chat.open("olga", CARD)
    reply = await chat.submit("olga", form, origin=origin, covers="whole", changed="no")
    assert set(errors_in(reply)) == {"origin"}


@pytest.mark.parametrize(("covers", "changed", "named"), [("", "", {"covers", "changed"}), ("x", "no", {"covers"})])
async def test_what_nobody_said_is_never_put_on_record(covers: str, changed: str, named: set[str]) -> None:
    chat = with_a_list()
    form = await chat.open("olga", CARD)
    reply = await chat.submit("olga", form, origin=ORIGIN, covers=covers, changed=changed)
    assert set(errors_in(reply)) == named
    assert chat.evidence()[0].card is None


async def test_once_nothing_is_missing_the_answer_is_one_press_away() -> None:
    chat = with_a_list()
    saved = await chat.submit("olga", await chat.open("olga", CARD), origin=ORIGIN, covers="whole", changed="no")
    assert "I confirm that the access of everybody who left was removed for October 2026" in words_of(saved)
    assert "You answered “Done”" in words_of(await chat.press("olga", button_in(saved, "Done")))


async def test_while_something_is_missing_it_is_named_instead_of_done() -> None:
    chat = Conversation(controls=[a_control(text=a_control_text(evidence=(LEAVERS, an_item("log"))))])
    chat.attach("list", card=None)
    saved = await chat.submit("olga", await chat.open("olga", CARD), origin=ORIGIN, covers="whole", changed="no")
    assert "The log: not attached yet" in words_of(saved)
    assert "Done" not in labels_in(view_in(saved))
