from dataclasses import replace
from typing import Any

import pytest

from tasks.completeness import missing_items, what_looks_thin
from tasks.evidence import Evidence, EvidenceKind, EvidenceState
from tasks.identifiers import EvidenceId
from tests.builders import a_control_text, a_task, an_item, utc
from tests.tasks.operations.company import OLGA, a_card

TEXT = a_control_text(
    evidence=(an_item("leaver-list", population=True), an_item("sign-off"), an_item("extra", required=False))
)


def attached(item: str = "", **changes: Any) -> Evidence:
    file = Evidence(
        id=EvidenceId("e1"),
        task_id=a_task().id,
        item=item,
        kind=EvidenceKind.FILE,
        name="list.csv",
        state=EvidenceState.BOUND,
        added_by=OLGA.id,
        added_at=utc(2026, 11, 2),
    )
    return replace(file, **changes)


LISTED, SIGNED = attached("leaver-list", card=a_card()), attached("sign-off")


# --- what is missing


def test_nothing_is_missing_where_every_required_item_is_there() -> None:
    assert missing_items(TEXT, [LISTED, SIGNED]) == ()


def test_every_required_item_without_evidence_is_missing_and_optional_ones_are_not() -> None:
    assert missing_items(TEXT, []) == ("The leaver list: not attached yet", "The sign off: not attached yet")


def test_evidence_of_another_item_or_of_none_does_not_count() -> None:
    assert missing_items(TEXT, [LISTED, attached("extra"), attached()]) == ("The sign off: not attached yet",)


@pytest.mark.parametrize("state", [EvidenceState.REJECTED, EvidenceState.REMOVED])
def test_what_was_refused_or_taken_off_does_not_count(state: EvidenceState) -> None:
    assert missing_items(TEXT, [LISTED, replace(SIGNED, state=state)]) == ("The sign off: not attached yet",)


def test_a_file_being_checked_counts() -> None:
    assert missing_items(TEXT, [LISTED, replace(SIGNED, state=EvidenceState.CHECKING)]) == ()


def test_every_file_of_a_population_needs_its_card() -> None:
    bare = attached("leaver-list", name="more.csv")
    assert missing_items(TEXT, [LISTED, bare, SIGNED]) == ("more.csv: its source card is not filled in",)


def test_an_optional_population_needs_its_card_once_it_is_there() -> None:
    text = a_control_text(evidence=(an_item("list", required=False, population=True),))
    assert missing_items(text, []) == ()
    assert missing_items(text, [attached("list")]) == ("list.csv: its source card is not filled in",)


# --- what looks thin


def thin(*evidence: Evidence) -> tuple[str, ...]:
    return what_looks_thin(TEXT, evidence)


def test_a_sorted_file_with_its_card_looks_fine() -> None:
    assert thin(LISTED, SIGNED) == ()


def test_no_evidence_would_stand_as_a_representation_only() -> None:
    nothing = ("Nothing is attached: this would stand as a representation only.",)
    assert thin() == thin(replace(LISTED, state=EvidenceState.REMOVED)) == nothing


def test_words_alone_are_thin_and_a_link_beside_them_is_not() -> None:
    words = attached("sign-off", kind=EvidenceKind.TEXT)
    assert thin(words) == ("Only written words are attached, no file or link from the system itself.",)
    assert thin(words, attached("extra", kind=EvidenceKind.LINK)) == ()


def test_a_list_without_rows_is_asked_about() -> None:
    empty = replace(LISTED, card=a_card(row_count=0))
    assert thin(empty) == ("list.csv has no rows: an auditor wants to see the query that shows zero.",)
    assert thin(replace(LISTED, card=a_card(row_count=None))) == ()


def test_a_list_changed_after_export_is_asked_about() -> None:
    changed = replace(LISTED, card=a_card(changed_after=True, changes="Hid a column"))
    assert thin(changed) == ("list.csv was changed after export: edited lists are often rejected.",)


@pytest.mark.parametrize(
    ("loose", "sentence"),
    [(1, "1 attachment belongs to no evidence item."), (2, "2 attachments belong to no evidence item.")],
)
def test_loose_attachments_are_counted(loose: int, sentence: str) -> None:
    assert thin(SIGNED, *[attached()] * loose) == (sentence,)
