from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from tasks.controls import Cadence
from tasks.errors import Invalid
from tasks.identifiers import PersonId
from tasks.matrix.model import Choice, Doubt, Proposal, Proposed
from tasks.matrix.reading import MOST_ROWS, Known, propose
from tasks.matrix.writing import text_of
from tests.builders import a_control, a_person
from tests.matrices import DRATA, SPREADSHEET, VANTA, Rows, a_sheet, many, simple

KNOWN = Known(people=(a_person("olga"), a_person("hans", department="hr")))
REVIEW = ("AC-1", "Access is reviewed", "Managers review access.", "Quarterly", "CC6.1")


def read(rows: Rows, known: Known = KNOWN) -> Proposal:
    return propose([a_sheet(rows)], known)


def the_one(rows: Rows, known: Known = KNOWN) -> Proposed:
    [row] = read(rows, known).rows
    return row


def why_not(*row: str, header: Sequence[str] = ("ID", "Title", "Description", "Frequency", "Criteria")) -> str:
    [unreadable] = read(simple(row, header=header)).unreadable
    assert unreadable.row == 2
    return unreadable.reason


# layouts


def test_a_spreadsheet_of_ones_own_is_read_whole() -> None:
    proposal = read(SPREADSHEET)
    first, second, third = proposal.rows
    assert (proposal.layout, proposal.unused, proposal.unreadable) == ("spreadsheet", ("Risk rating",), ())
    assert (first.row, first.code, first.title) == (4, "AC-1", "Access is reviewed")
    assert first.description == (
        "Managers review the access of their reports to production systems and have it removed."
    )
    assert (first.cadence, first.owner_id, first.department) == (Cadence.QUARTERLY, "olga", "it")
    assert (first.criteria, first.doubts) == (("CC6.1", "CC6.2"), ())
    assert [(item.text, item.population) for item in first.evidence] == [
        ("User list export", True),
        ("Reviewer's decisions", False),
    ]
    assert first.notes == ("Risk rating: High",)
    assert (second.owner_id, second.event_driven, second.doubts) == ("hans", True, (Doubt.CADENCE,))
    assert set(third.doubts) == {Doubt.CRITERIA, Doubt.DEPARTMENT}
    assert third.suggestion is not None
    assert "looks like BCP-01" in third.suggestion.because


def test_a_vanta_like_export_is_read() -> None:
    proposal = read(VANTA)
    first, second = proposal.rows
    assert proposal.layout == "vanta"
    assert (first.code, first.area, first.owner_id) == ("ACC-12", "Access Control", "olga")
    assert first.criteria == ("CC6.2", "CC6.3")
    assert [item.text for item in first.evidence] == ["Leaver list", "Tickets"]
    assert second.owner_id is None
    assert "I don't know the owner “nobody@example.com”; nobody is named." in second.notes
    assert "Source: Vanta" in second.notes
    assert proposal.unused == ("Source", "Note")


def test_a_drata_like_export_is_read() -> None:
    proposal = read(DRATA)
    first, second = proposal.rows
    assert proposal.layout == "drata"
    assert (first.code, first.title, first.description) == (
        "DCF-54",
        "Encryption at rest",
        "Customer data is encrypted at rest.",
    )
    assert (first.owner_id, first.criteria) == ("olga", ("CC6.1", "CC6.7"))
    assert any("Not taken over: hans@example.com" in note for note in first.notes)
    assert second.criteria == ("CC1.2",)
    assert proposal.unused == ("Question", "Activity")


# wording


def test_ids_and_wording_stay_as_they_are() -> None:
    wording = "  Managers   review access.\nTwice, if need be: “exactly” so; =1+1  "
    row = the_one(simple(("ac-1.B_2", "Access", wording, "Quarterly", "CC6.1")))
    assert row.code == "ac-1.B_2"
    assert text_of(row).prompt == wording.strip()
    assert wording.strip() in text_of(row).statement


def test_a_whole_sentence_in_the_titles_place_is_the_wording() -> None:
    sentence = "Managers review the access of everybody who reports to them. " * 3
    row = the_one(simple(("AC-1", sentence, "", "Quarterly", "CC6.1")))
    assert (row.title, row.description) == (
        "Managers review the access of everybody who reports to them",
        sentence.strip(),
    )


def test_a_control_without_a_title_takes_its_wordings_beginning() -> None:
    row = the_one(simple(("AC-1", "", "Access is reviewed. By managers.", "Quarterly", "CC6.1")))
    assert (row.title, row.description) == ("Access is reviewed", "Access is reviewed. By managers.")


# doubts


def test_criteria_that_do_not_exist_are_told_and_the_others_suggested() -> None:
    row = the_one(simple(("AC-1", "Access", "Reviewed", "Quarterly", "CC6.1, CC6.99")))
    assert row.doubts == (Doubt.CRITERIA, Doubt.DEPARTMENT)
    assert row.criteria == ("CC6.1",)
    assert "CC6.99 is not one of the 61 criteria" in row.notes[0]


def test_without_any_criterion_one_is_suggested_and_never_adopted() -> None:
    row = the_one(simple(("BK", "Backups", "Databases are backed up and restores are tested.", "Monthly", "")))
    assert row.criteria == ()
    assert Doubt.CRITERIA in row.doubts
    assert row.suggestion is not None
    assert text_of(row).refs == {}


def test_a_department_comes_from_the_file_else_the_owner_else_it_is_a_guess() -> None:
    header = ("ID", "Title", "Owner", "Department", "Criteria", "Frequency", "Area")
    rows = simple(
        ("A", "a", "hans", "Finance", "CC1.1", "Monthly", ""),
        ("B", "b", "hans", "", "CC1.1", "Monthly", ""),
        ("C", "c", "", "", "CC1.1", "Monthly", "Human Resources"),
        ("D", "d", "", "Facilities", "CC1.1", "Monthly", ""),
        header=header,
    )
    found = [(row.department, Doubt.DEPARTMENT in row.doubts) for row in read(rows).rows]
    assert found == [("finance", False), ("hr", False), ("hr", True), ("facilities", True)]


def test_a_department_that_somebody_has_is_no_doubt() -> None:
    known = Known(people=(a_person("olga", department="facilities"),))
    row = the_one(
        simple(("D", "d", "Facilities", "CC1.1", "Monthly"), header=("ID", "Title", "Team", "TSC", "Cadence")), known
    )
    assert (row.department, row.doubts) == ("facilities", ())


# rows that can't be read


def test_every_row_that_cannot_be_read_is_listed_with_its_reason() -> None:
    assert why_not("", "Access", "Reviewed") == "It has no id."
    assert why_not("AC*1", "Access").startswith("“AC*1” can't be an id here.")
    assert why_not("AC-1", "", "", "Monthly") == "It has neither a title nor a description."
    assert "Its prompt: Use 2,000 characters at most." in why_not("AC-1", "Access", "word " * 500)
    assert "Its title: Use 150 characters at most." in why_not("AC-1", "word " * 50, "Reviewed")
    evidence = "; ".join(f"Item {number}" for number in range(21))
    assert "Ask for 20 items at most." in why_not("A", "a", evidence, header=("ID", "Title", "Evidence"))


def test_what_can_be_read_is_read_beside_what_cannot() -> None:
    proposal = read(simple(REVIEW, ("", "No id", "x", "Monthly", "CC1.1")))
    assert [row.code for row in proposal.rows] == ["AC-1"]
    assert [(one.row, one.code) for one in proposal.unreadable] == [(3, "")]


def test_an_id_used_twice_for_different_words_is_listed_in_every_row() -> None:
    proposal = read(simple(REVIEW, ("ac-1", "Another", "Thing", "Monthly", "CC1.1")))
    assert proposal.rows == ()
    assert [(one.row, one.reason) for one in proposal.unreadable] == [
        (2, "“AC-1” stands in row 3 too, with other words. Give each control an id of its own."),
        (3, "“ac-1” stands in row 2 too, with other words. Give each control an id of its own."),
    ]


def test_a_control_with_a_row_for_each_criterion_is_one() -> None:
    row = the_one(simple(REVIEW, (*REVIEW[:4], "CC6.3"), (*REVIEW[:4], "CC6.1")))
    assert row.criteria == ("CC6.1", "CC6.3")
    assert "Rows 2, 3 and 4 say the same; they are read as one." in row.notes


def test_a_lone_heading_between_the_rows_is_the_area_of_those_under_it() -> None:
    rows = simple(("Access control",), REVIEW, (), ("", "Change management"), ("CH-1", *REVIEW[1:]))
    proposal = read(rows)
    assert [(row.code, row.area) for row in proposal.rows] == [
        ("AC-1", "Access control"),
        ("CH-1", "Change management"),
    ]
    assert proposal.unreadable == ()
    assert "Row 2, “Access control”, is read as a heading." in proposal.rows[0].notes


def test_a_lone_word_at_the_end_is_a_row_that_lacks_the_rest() -> None:
    proposal = read(simple(REVIEW, ("", "No id")))
    assert [(one.row, one.reason) for one in proposal.unreadable] == [(3, "It has no id.")]


def test_cells_without_a_column_name_are_kept_as_notes() -> None:
    row = the_one(simple((*REVIEW, "see ticket 4")))
    assert "Column 6: see ticket 4" in row.notes


@pytest.mark.parametrize("rows", [simple(), simple(("", ""), ())])
def test_a_header_without_controls_is_refused(rows: Rows) -> None:
    with pytest.raises(Invalid, match="no controls under the header in row 1"):
        read(rows)


def test_too_many_rows_are_refused() -> None:
    with pytest.raises(Invalid, match="2,000 at most"):
        read(many(MOST_ROWS + 1))


# held against what stands here

HERE = a_control("AC-1", text=text_of(the_one(simple(REVIEW))))


def test_a_control_that_stands_here_word_for_word_is_skipped() -> None:
    row = the_one(simple(REVIEW), replace(KNOWN, controls=(HERE,)))
    assert (row.choice, row.doubts, row.existing) == (Choice.SKIP, (), HERE.id)


def test_a_control_that_stands_here_in_other_words_is_offered_as_a_new_version() -> None:
    other = ("ac-1", REVIEW[1], "Managers review all access.", *REVIEW[3:])
    row = the_one(simple(other), replace(KNOWN, controls=(replace(HERE, version=4),)))
    assert (row.choice, row.doubts) == (Choice.UPDATE, (Doubt.EXISTING,))
    assert (row.code, row.existing_version) == ("AC-1", 4)


def test_what_the_file_does_not_speak_of_stays_as_it_stands_here() -> None:
    known = replace(KNOWN, controls=(HERE,))
    row = the_one(
        simple(("AC-1", "Access is reviewed", "Managers review."), header=("ID", "Title", "Description")), known
    )
    assert (row.cadence, row.doubts) == (Cadence.QUARTERLY, (Doubt.EXISTING,))
    assert text_of(row, HERE.text).refs == {"tsc": ("CC6.1",)}
    assert text_of(row, HERE.text).rrule == HERE.text.rrule


def test_a_retired_control_is_not_brought_back_by_an_import() -> None:
    proposal = read(simple(REVIEW), replace(KNOWN, controls=(replace(HERE, retired=True),)))
    assert "AC-1 is retired here." in proposal.unreadable[0].reason


def test_every_control_read_can_be_one_of_ours() -> None:
    for rows in (SPREADSHEET, VANTA, DRATA, many(3)):
        for row in read(rows).rows:
            control = a_control(row.code, text=text_of(row), starts_on=date(2026, 1, 1), owner_id=PersonId("olga"))
            assert control.text.statement.startswith("I confirm that this control was performed for {period}")
            assert any(item.required for item in control.text.evidence)
