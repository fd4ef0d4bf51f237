from tasks.matrix.layouts import LayoutName
from tasks.matrix.reading import Known, propose
from tasks.matrix.stored import Asked, read_asked, read_proposal, write_asked, write_proposal
from tests.builders import a_control, a_person
from tests.matrices import DRATA, SPREADSHEET, VANTA, a_sheet, simple


def test_a_proposal_comes_back_as_it_was() -> None:
    known = Known(people=(a_person("olga"),), controls=(a_control("AC-1"),))
    broken = simple(("", "No id"), ("A", "a"), ("A", "b"))
    for rows in (SPREADSHEET, VANTA, DRATA, broken):
        proposal = propose([a_sheet(rows, "Sheet “1”")], known)
        assert read_proposal(write_proposal(proposal)) == proposal


def test_what_was_asked_for_comes_back_as_it_was() -> None:
    for asked in (Asked(), Asked(layout=LayoutName.VANTA, sheet="Controls")):
        assert read_asked(write_asked(asked)) == asked
