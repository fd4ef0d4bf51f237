import pytest

from tasks.catalogue.loader import shipped
from tasks.errors import Invalid
from tasks.evidence_lines import read, written
from tests.builders import an_item

LIST = an_item("leaver-list", text="Leaver list from HR", population=True)
PROOF = an_item("proof", text="Proof of removal", required=False)


def test_a_star_is_required_and_marks_stand_in_parentheses() -> None:
    items = read(
        "* Leaver list (list)\nScreening report (restricted)\n*Export ( Restricted, LIST )\n\n - Notes (2 pages)"
    )
    assert [(one.text, one.required, one.population, one.restricted) for one in items] == [
        ("Leaver list", True, True, False),
        ("Screening report", False, False, True),
        ("Export", True, True, True),
        ("Notes (2 pages)", False, False, False),
    ]


def test_what_is_written_reads_back_the_same() -> None:
    items = (LIST, PROOF, an_item("both", population=True, restricted=True))
    assert read(written(items), items) == items


def test_so_does_every_shipped_control() -> None:
    for control in shipped().controls:
        assert read(written(control.text.evidence), control.text.evidence) == control.text.evidence, control.code


def test_new_lines_get_keys_of_their_words_each_its_own() -> None:
    items = read("* Röntgen list!\n* Rontgen list\n* Rontgen list\n* ***\n* 名簿\n* " + "long word " * 20)
    keys = [one.key for one in items]
    assert keys[:3] == ["r-ntgen-list", "rontgen-list", "rontgen-list-2"]
    assert keys[3] == "item"
    assert len(keys[4]) <= 40
    assert len(set(keys)) == len(keys)


def test_a_line_that_is_only_reworded_keeps_its_key() -> None:
    items = read("* Leaver list from the HR system (list)\nProof of the removal", (LIST, PROOF))
    assert [one.key for one in items] == ["leaver-list", "proof"]


def test_lines_in_another_order_keep_their_keys() -> None:
    assert [one.key for one in read("Proof of removal\n* Leaver list from HR (list)", (LIST, PROOF))] == [
        "proof",
        "leaver-list",
    ]


def test_something_else_altogether_gets_a_key_of_its_own() -> None:
    assert [one.key for one in read("* Ticket export (list)", (LIST, PROOF))] == ["ticket-export"]


def test_nothing_typed_asks_for_nothing() -> None:
    assert read(" \n * \n") == ()


def test_marks_without_words_are_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        read("* (list)")
    assert set(refusal.value.fields) == {"evidence"}
