from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tasks.errors import Invalid, NotAllowed, Stale
from tasks.operations.attach_evidence import remove_evidence
from tasks.operations.fill_card import CardFacts, fill_card
from tasks.operations.request_item import request_item
from tests.builders import a_control_text
from tests.tasks.operations.company import CARL, CONTROL, TASK, Company, a_company

FACTS = CardFacts(
    source=" HR system ",
    query="left in October 2026",
    span_start=date(2026, 10, 1),
    span_end=date(2026, 10, 31),
    changed_after=False,
)


def acme_with_items() -> Company:
    return a_company(text=a_control_text())


def test_the_person_adds_what_the_bot_can_not_know() -> None:
    acme = acme_with_items()
    listed = acme.binds(acme.attaches(item="leaver-list"), rows=12)
    acme.clock.advance(minutes=5)
    card = acme.by("olga", fill_card, listed.id, FACTS).card
    assert card
    assert (card.source, card.query, card.changed_after) == ("HR system", "left in October 2026", False)
    assert (card.row_count, card.run_by, card.run_at) == (12, "olga", acme.clock.now())


def test_rows_counted_after_the_card_was_filled_are_added_to_it() -> None:
    acme = acme_with_items()
    listed = acme.attaches(item="leaver-list")
    acme.by("olga", fill_card, listed.id, FACTS)
    card = acme.binds(listed, rows=7).card
    assert card
    assert card.row_count == 7


def test_source_and_query_are_remembered_for_next_time() -> None:
    acme = acme_with_items()
    acme.by("olga", fill_card, acme.attaches(item="leaver-list").id, FACTS)
    remembered = acme.uow.evidence.last_card(CONTROL, "leaver-list")
    assert remembered
    assert remembered.source == "HR system"


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("source", {"source": " "}),
        ("query", {"query": ""}),
        ("span_end", {"span_end": date(2026, 9, 30)}),
        ("span_end", {"span_start": date(2026, 10, 2)}),
        ("span_end", {"span_end": date(2026, 10, 30)}),
        ("changes", {"changed_after": True}),
    ],
)
def test_a_card_nobody_could_rerun_is_refused(field: str, changes: dict[str, Any]) -> None:
    acme = acme_with_items()
    listed = acme.attaches(item="leaver-list")
    assert list(acme.refused(Invalid, "olga", fill_card, listed.id, replace(FACTS, **changes)).fields) == [field]


def test_a_span_that_is_not_covered_is_named() -> None:
    acme = acme_with_items()
    short = replace(FACTS, span_end=date(2026, 10, 30))
    refusal = acme.refused(Invalid, "olga", fill_card, acme.attaches(item="leaver-list").id, short)
    assert refusal.fields["span_end"].startswith("The list has to cover 1 Oct 2026 to 31 Oct 2026.")


def test_a_wider_span_covers_too() -> None:
    acme = acme_with_items()
    wide = replace(FACTS, span_start=date(2026, 1, 1), span_end=date(2026, 12, 31))
    assert acme.by("olga", fill_card, acme.attaches(item="leaver-list").id, wide).card


def test_what_was_changed_after_export_is_said() -> None:
    acme = acme_with_items()
    edited = replace(FACTS, changed_after=True, changes="Hid the salary column")
    card = acme.by("olga", fill_card, acme.attaches(item="leaver-list").id, edited).card
    assert card
    assert card.changes == "Hid the salary column"


def test_a_contributor_fills_the_card_of_their_item() -> None:
    acme = acme_with_items()
    acme.by("olga", request_item, TASK, item="leaver-list", contributor=CARL.id)
    card = acme.by("carl", fill_card, acme.attaches("carl", item="leaver-list").id, FACTS).card
    assert card
    assert card.run_by == "carl"


def test_strangers_fill_nothing() -> None:
    acme = acme_with_items()
    acme.refused(NotAllowed, "zoe", fill_card, acme.attaches(item="leaver-list").id, FACTS)


def test_what_was_taken_off_needs_no_card() -> None:
    acme = acme_with_items()
    removed = acme.by("olga", remove_evidence, acme.attaches(item="leaver-list").id)
    acme.refused(Stale, "olga", fill_card, removed.id, FACTS)


def test_filling_a_card_is_one_audit_entry_with_its_words_apart() -> None:
    acme = acme_with_items()
    acme.by("olga", fill_card, acme.attaches(item="leaver-list").id, FACTS)
    assert acme.entries == ["evidence:attach", "evidence:card"]
    assert acme.last_entry.after["span_end"] == "2026-10-31"
    assert acme.last_entry.detail == "HR system\nleft in October 2026\n"
