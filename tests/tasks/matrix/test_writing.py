from dataclasses import replace

from tasks.controls import Cadence
from tasks.matrix.model import Proposed
from tasks.matrix.writing import changes, problems_of, statement_of, text_of
from tests.builders import a_control

ROW = Proposed(
    row=2,
    code="AC-1",
    title="Access is reviewed",
    description="Managers review access.",
    cadence=Cadence.QUARTERLY,
    criteria=("CC6.1",),
)


def test_what_is_signed_quotes_the_controls_own_words() -> None:
    assert statement_of(ROW) == (
        "I confirm that this control was performed for {period} as it is worded: “Managers review access.”"
    )


def test_braces_in_the_wording_fill_nothing_in() -> None:
    assert "“Access is reviewed”" in statement_of(replace(ROW, description="Run {query} daily"))
    assert "control AC-1" in statement_of(replace(ROW, title="{x}", description="{y"))
    assert problems_of(replace(ROW, description="Run {query} daily")) == {}


def test_words_too_many_to_sign_are_signed_by_their_title() -> None:
    assert "“Access is reviewed”" in statement_of(replace(ROW, description="a" * 1990))


def test_where_no_evidence_is_named_something_is_asked_for() -> None:
    assert [item.text for item in text_of(ROW).evidence] == ["What shows that it was done"]


def test_a_check_of_events_promises_no_day() -> None:
    text = text_of(replace(ROW, event_driven=True))
    assert (text.limit_days, text.event_driven, text.sampling_frequency) == (None, True, "quarterly/event")
    assert text.cadence_text.startswith("Per event, checked quarterly")


def test_the_difference_is_told_around_the_words_that_changed() -> None:
    here = a_control("AC-1", text=text_of(ROW))
    new = replace(ROW, description="Managers and leads review access.", cadence=Cadence.MONTHLY)
    assert changes(new, here) == (
        "wording: “Managers review access.” becomes “Managers and leads review access.”",
        "cadence: “quarterly” becomes “monthly”",
    )


def test_long_passages_are_cut_to_what_differs() -> None:
    before = " ".join(f"w{number}" for number in range(200))
    here = a_control("AC-1", text=text_of(replace(ROW, description=before)))
    [told] = changes(replace(ROW, description=before.replace("w100", "changed")), here)
    passage = "“… w96 w97 w98 w99 {} w101 w102 w103 w104 …”"
    assert told == f"wording: {passage.format('w100')} becomes {passage.format('changed')}"


def test_an_update_of_the_words_alone_leaves_the_days_alone() -> None:
    here = replace(text_of(ROW), rrule="FREQ=MONTHLY;BYMONTHDAY=2", due_days=3)
    text = text_of(replace(ROW, description="Other words"), here)
    assert (text.rrule, text.due_days, text.prompt) == ("FREQ=MONTHLY;BYMONTHDAY=2", 3, "Other words")
    assert "Other words" in text.statement
