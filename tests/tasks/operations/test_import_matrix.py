from dataclasses import replace
from datetime import timedelta

import pytest

from tasks.controls import Cadence
from tasks.errors import Invalid, NotAllowed, NotFound, Stale
from tasks.identifiers import ImportId, PersonId
from tasks.imports import Import, ImportState
from tasks.matrix.model import Choice, Doubt, Proposal
from tasks.matrix.reading import Known, propose
from tasks.matrix.stored import Asked, read_proposal
from tasks.notices import Occasion
from tasks.operations.import_matrix import (
    Decision,
    cancel_import,
    decide_row,
    imports_to_fetch,
    known_here,
    look_at_import,
    record_read,
    refuse_import,
    retry_import,
    start_import,
    take_suggestions,
)
from tests.matrices import SPREADSHEET, Rows, a_sheet, simple
from tests.tasks.operations.company import Company, a_company, a_file

MEND = Decision(
    choice=Choice.ADD,
    criteria=("A1.2",),
    cadence=Cadence.MONTHLY,
    event_driven=False,
    department="it",
    owner_id=PersonId("dan"),
)
AC1 = ("AC-1", "Access is reviewed", "Managers review access.", "Quarterly", "CC6.1")


def handed_in(company: Company, who: str = "lee") -> Import:
    return company.by(who, start_import, a_file("controls.csv"), Asked())


def read(company: Company, rows: Rows = SPREADSHEET) -> Import:
    item = handed_in(company)
    proposal = propose([a_sheet(rows)], company.run(known_here))
    return company.run(record_read, item.id, sha256="ab", proposal=proposal)


def proposal_of(company: Company, item: Import) -> Proposal:
    return read_proposal(company.uow.imports.get(item.id).body)


def test_the_reference_is_saved_before_anything_is_fetched() -> None:
    company = a_company()
    item = handed_in(company)
    assert (item.state, item.reference, item.person_id) == (ImportState.FETCHING, "F-controls.csv", "lee")
    assert [one.id for one in company.run(imports_to_fetch, limit=9)] == [item.id]
    assert company.entries == ["import:start"]
    assert company.last_entry.detail == "controls.csv"


@pytest.mark.parametrize("who", ["olga", "max", "sue"])
def test_only_the_compliance_lead_and_admins_may(who: str) -> None:
    company = a_company()
    company.refused(NotAllowed, who, start_import, a_file("controls.csv"), Asked())
    item = read(company)
    company.refused(NotAllowed, who, look_at_import, item.id)
    company.refused(NotAllowed, who, decide_row, item.id, item.version, 4, MEND)
    company.refused(NotAllowed, who, take_suggestions, item.id, item.version)
    company.refused(NotAllowed, who, cancel_import, item.id, item.version)


def test_what_was_read_waits_for_a_person_who_is_told() -> None:
    company = a_company()
    item = read(company)
    assert (item.state, item.sha256) == (ImportState.READ, "ab")
    assert company.told(Occasion.IMPORT_READ) == ["lee"]
    assert company.last_entry.what == "import:read"
    assert company.last_entry.after["rows"] == 3
    assert [control.code for control in company.uow.controls.every()] == ["IAM-03"], "nothing is a control yet"


def test_a_file_that_cannot_be_read_is_told_with_its_reason() -> None:
    company = a_company()
    item = handed_in(company)
    refused = company.run(refuse_import, item.id, "It is empty.")
    assert (refused.state, refused.error) == (ImportState.REFUSED, "It is empty.")
    assert company.told(Occasion.IMPORT_READ) == ["lee"]
    assert company.run(refuse_import, item.id, "Again") == refused
    company.refused(Stale, "lee", take_suggestions, item.id, refused.version)


def test_a_file_that_did_not_come_is_tried_again_later() -> None:
    company = a_company()
    item = handed_in(company)
    company.run(retry_import, item.id, after=timedelta(minutes=1), error="no answer")
    assert company.run(imports_to_fetch, limit=9) == []
    assert company.uow.imports.get(item.id).attempts == 1


def test_an_answer_that_comes_twice_is_recorded_once() -> None:
    company = a_company()
    item = read(company)
    empty = Proposal(layout="spreadsheet", sheet="", rows=())
    assert company.run(record_read, item.id, sha256="cd", proposal=empty) == item
    assert len(company.notices(Occasion.IMPORT_READ)) == 1


def test_a_persons_word_takes_the_place_of_every_doubt() -> None:
    company = a_company()
    item = read(company)
    assert set(proposal_of(company, item).row(6).doubts) == {Doubt.CRITERIA, Doubt.DEPARTMENT}  # type: ignore[union-attr]
    saved, proposal = company.by("ada", decide_row, item.id, item.version, 6, MEND)
    row = proposal.row(6)
    assert row is not None
    assert (row.criteria, row.department, row.owner_id, row.doubts) == (("A1.2",), "it", "dan", ())
    assert proposal_of(company, item) == proposal
    assert saved.version == item.version + 1
    assert company.last_entry.after["rows"] == ["OP-3 add: A1.2"]


def test_the_second_of_two_people_is_told() -> None:
    company = a_company()
    item = read(company)
    company.by("ada", decide_row, item.id, item.version, 6, MEND)
    told = company.refused(Stale, "lee", decide_row, item.id, item.version, 6, replace(MEND, department="hr"))
    assert "Look through it again" in str(told)


@pytest.mark.parametrize(
    ("decision", "field"),
    [
        (replace(MEND, criteria=()), "criteria"),
        (replace(MEND, department=""), "department"),
        (replace(MEND, choice=Choice.UPDATE), "choice"),
        (replace(MEND, choice=Choice.DONE), "choice"),
    ],
)
def test_a_decision_is_whole_or_not_saved(decision: Decision, field: str) -> None:
    company = a_company()
    item = read(company)
    refusal = company.refused(Invalid, "lee", decide_row, item.id, item.version, 6, decision)
    assert field in refusal.fields


def test_a_row_may_be_skipped_without_more_words() -> None:
    company = a_company()
    item = read(company)
    skip = replace(MEND, choice=Choice.SKIP, criteria=(), department="")
    _, proposal = company.by("lee", decide_row, item.id, item.version, 6, skip)
    assert [row.code for row in proposal.chosen] == ["AC-1", "HR-7"]


def test_a_row_that_is_not_there_is_not_found() -> None:
    company = a_company()
    item = read(company)
    company.refused(NotFound, "lee", decide_row, item.id, item.version, 99, MEND)
    company.refused(NotFound, "lee", look_at_import, ImportId("none"))


def test_the_suggestions_are_taken_only_when_somebody_says_so() -> None:
    company = a_company()
    item = read(company)
    assert proposal_of(company, item).row(6).criteria == ()  # type: ignore[union-attr]
    _, proposal = company.by("lee", take_suggestions, item.id, item.version)
    assert proposal.undecided == ()
    assert proposal.row(6).criteria == ("CC7.5", "A1.2", "A1.3")  # type: ignore[union-attr]
    assert company.last_entry.after["rows"] == ["HR-7 add: CC1.1", "OP-3 add: CC7.5, A1.2, A1.3"]


def test_what_has_no_suggestion_stays_open() -> None:
    company = a_company()
    item = read(company, simple(("CM", "Coffee machine", "It is descaled.", "Monthly", "")))
    _, proposal = company.by("lee", take_suggestions, item.id, item.version)
    assert [row.doubts for row in proposal.undecided] == [(Doubt.CRITERIA,)]


def test_that_a_control_here_changes_is_never_among_the_suggestions() -> None:
    company = a_company()
    item = read(company, simple(("IAM-03", "Leavers", "Leavers lose access.", "Monthly", "CC6.2")))
    _, proposal = company.by("lee", take_suggestions, item.id, item.version)
    assert [row.doubts for row in proposal.undecided] == [(Doubt.EXISTING,)]


def test_giving_up_leaves_nothing() -> None:
    company = a_company()
    item = read(company)
    cancelled = company.by("lee", cancel_import, item.id, item.version)
    assert cancelled.state is ImportState.CANCELLED
    again = company.refused(Stale, "lee", cancel_import, item.id, cancelled.version)
    assert str(again) == "controls.csv was given up. Nothing was changed."
    assert company.uow.imports.waiting(item.kind) == []


def test_rows_are_held_against_the_people_and_controls_of_the_workspace() -> None:
    known = a_company().run(known_here)
    assert isinstance(known, Known)
    assert known.control("iam-03") is not None
    assert {"sales", "board"} <= set(known.departments)
