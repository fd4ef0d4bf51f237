from dataclasses import replace

import pytest

from tasks.controls import Cadence
from tasks.errors import Invalid, NotAllowed, Stale
from tasks.identifiers import PersonId
from tasks.imports import Import, ImportState
from tasks.matrix.model import Choice, Proposal
from tasks.matrix.reading import propose
from tasks.matrix.stored import read_proposal
from tasks.notices import Occasion
from tasks.operations.edit_control import edit_control
from tasks.operations.import_matrix import decide_row, known_here, take_suggestions
from tasks.operations.take_over_controls import confirm_import, install_more, take_over_all
from tasks.ports import UnitOfWork
from tests.matrices import SPREADSHEET, a_sheet, many, simple
from tests.tasks.operations.company import CONTROL, Company, a_company
from tests.tasks.operations.test_import_matrix import AC1, MEND, read


def decided(company: Company) -> Import:
    item = read(company)
    return company.by("lee", take_suggestions, item.id, item.version)[0]


def codes(company: Company) -> list[str]:
    return [control.code for control in company.uow.controls.every()]


def test_a_confirmed_list_becomes_controls_with_its_own_ids_and_words() -> None:
    company = a_company()
    item = decided(company)
    saved, taken = company.by("lee", confirm_import, item.id, item.version)
    assert (taken.added, taken.updated, taken.left, saved.state) == (3, 0, 0, ImportState.CONFIRMED)
    assert codes(company) == ["AC-1", "HR-7", "IAM-03", "OP-3"]
    control = company.uow.controls.by_code("AC-1")
    assert control is not None
    assert control.text.prompt == SPREADSHEET[3][2]
    assert control.text.refs == {"tsc": ("CC6.1", "CC6.2")}
    assert (control.owner_id, control.department, control.starts_on) == ("olga", "it", company.clock.now().date())
    assert company.entries[-4:] == ["control:add"] * 3 + ["import:confirm"]
    assert company.last_entry.after["sha256"] == "ab"


def test_its_tasks_are_planned_at_once() -> None:
    company = a_company()
    item = decided(company)
    company.by("lee", confirm_import, item.id, item.version)
    control = company.uow.controls.by_code("AC-1")
    assert control is not None
    assert control.id in company.uow.tasks.planned_until()


def test_nothing_is_taken_over_while_a_row_wants_a_word() -> None:
    company = a_company()
    item = read(company)
    refusal = company.refused(Invalid, "lee", confirm_import, item.id, item.version)
    assert str(refusal).startswith("2 rows still want your word: HR-7 and OP-3.")
    assert codes(company) == ["IAM-03"]


def test_a_second_press_takes_nothing_over_twice() -> None:
    company = a_company()
    item = decided(company)
    company.by("lee", confirm_import, item.id, item.version)
    told = company.refused(Stale, "ada", confirm_import, item.id, item.version)
    assert str(told) == "controls.csv is taken over already. Nothing was changed."


@pytest.mark.parametrize("who", ["olga", "sue"])
def test_only_the_compliance_lead_and_admins_confirm(who: str) -> None:
    company = a_company()
    item = decided(company)
    company.refused(NotAllowed, who, confirm_import, item.id, item.version)


def test_a_list_of_which_every_row_is_skipped_takes_nothing_over() -> None:
    company = a_company()
    item = read(company, simple(AC1))
    item, _ = company.by("lee", decide_row, item.id, item.version, 2, replace(MEND, choice=Choice.SKIP))
    company.refused(Invalid, "lee", confirm_import, item.id, item.version)


def changed_leavers(company: Company) -> Import:
    item = read(company, simple(("IAM-03", "Leavers", "Leavers lose access.", "Monthly", "CC6.3")))
    update = replace(MEND, choice=Choice.UPDATE, criteria=("CC6.3",), cadence=Cadence.MONTHLY)
    return company.by("lee", decide_row, item.id, item.version, 2, update)[0]


def test_a_control_that_stands_here_gets_a_new_version_and_keeps_the_rest() -> None:
    company = a_company()
    item = changed_leavers(company)
    _, taken = company.by("lee", confirm_import, item.id, item.version)
    control = company.uow.controls.get(CONTROL)
    assert (taken.added, taken.updated, control.version) == (0, 1, 2)
    assert (control.text.prompt, control.text.refs["tsc"]) == ("Leavers lose access.", ("CC6.3",))
    assert control.owner_id == company.control.owner_id
    assert company.uow.controls.text(CONTROL, 1) == company.control.text, "the old version stays readable"


def test_a_control_edited_since_the_file_was_read_stops_the_whole() -> None:
    company = a_company()
    item = changed_leavers(company)
    other = replace(company.control.text, title="Edited meanwhile")
    company.by("ada", edit_control, CONTROL, expected_version=1, text=other)
    told = company.refused(Stale, "lee", confirm_import, item.id, item.version)
    assert "IAM-03 changed here after the file was read" in str(told)


def test_a_control_added_under_the_same_id_since_stops_the_whole() -> None:
    company = a_company()
    item = read(company, simple(AC1))
    item, _ = company.by("lee", take_suggestions, item.id, item.version)
    company.uow.controls.add(replace(company.control, id=CONTROL.__class__("x"), code="ac-1"))
    company.refused(Stale, "lee", confirm_import, item.id, item.version)


def test_somebody_who_left_since_owns_nothing() -> None:
    company = a_company()
    item = decided(company)
    company.uow.people.save(replace(company.person("olga"), active=False))
    company.by("lee", confirm_import, item.id, item.version)
    control = company.uow.controls.by_code("AC-1")
    assert control is not None
    assert control.owner_id is None


# more than fits one go


def large(company: Company, count: int) -> Import:
    item = read(company, many(count))
    return company.by("lee", confirm_import, item.id, item.version, at_once=2)[0]


def test_the_rest_of_a_long_list_is_taken_over_by_a_job_and_told() -> None:
    company = a_company()
    item = large(company, 5)
    assert (item.state, len(codes(company))) == (ImportState.INSTALLING, 3)
    assert company.run(install_more) == 3
    assert company.uow.imports.get(item.id).state is ImportState.CONFIRMED
    assert len(codes(company)) == 6
    assert company.run(install_more) == 0
    assert [notice.key.round for notice in company.notices(Occasion.IMPORT_READ)] == [1, 2]


def test_what_changed_here_between_two_chunks_is_left_as_it_is_and_noted() -> None:
    company = a_company()
    item = large(company, 5)
    company.uow.controls.add(replace(company.control, id=CONTROL.__class__("x"), code="c-4"))
    assert company.run(install_more) == 2
    row = read_proposal(company.uow.imports.get(item.id).body).row(5)
    assert row is not None
    assert (row.choice, row.notes[0]) == (Choice.SKIP, "It changed here meanwhile, and was left as it is.")


# the command line


def test_the_command_line_takes_all_over_and_records_the_file() -> None:
    company = a_company()
    proposal = propose([a_sheet(many(3))], company.run(known_here))
    taken = company.by("cli", take_over_all, proposal, sha256="ab")
    assert taken.added == 3
    assert company.last_entry.after == {"added": 3, "updated": 0, "sha256": "ab"}


def test_the_command_line_too_takes_nothing_over_that_is_open() -> None:
    company = a_company()

    def look(uow: UnitOfWork) -> Proposal:
        return propose([a_sheet(SPREADSHEET)], known_here(uow))

    company.refused(Invalid, "cli", take_over_all, company.run(look), sha256="ab")
    assert company.person("olga").id == PersonId("olga")
