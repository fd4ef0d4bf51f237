"""What is seen of a control matrix on its way to becoming controls."""

from dataclasses import replace

from handlers.actions import action
from handlers.carried_files import carrying
from handlers.requests import SharedFile
from handlers.views import messages
from handlers.views.elements import Form, Option, View
from handlers.views.matrix_forms import RowPage, import_form, row_form
from handlers.views.matrix_list import (
    ALL,
    TO_DECIDE,
    UNREADABLE,
    MatrixPage,
    matrix_rows,
    matrix_summary,
    offer_buttons,
)
from tasks.control_text import known_criteria
from tasks.identifiers import ImportId, PersonId
from tasks.imports import Import, ImportKind, ImportState
from tasks.matrix.model import Proposal, Proposed, Unreadable
from tasks.matrix.reading import Known, propose
from tasks.matrix.writing import changes
from tasks.operations.import_matrix import with_suggestion
from tests.builders import a_control, a_person, utc
from tests.matrices import SPREADSHEET, a_sheet, many, simple

ITEM = Import(
    id=ImportId("i1"),
    kind=ImportKind.CONTROL_MATRIX,
    person_id=PersonId("lee"),
    platform="slack",
    reference="F1",
    name="controls.xlsx",
    sha256="ab" * 32,
    state=ImportState.READ,
    created_at=utc(2026, 11, 12, 10),
    version=2,
)
DROPPED = (SharedFile(reference="F1", name="controls.xlsx"),)
NAMES = {PersonId("olga"): "Olga", PersonId("hans"): "Hans"}
HERE = a_control()
KNOWN = Known(people=(a_person("olga"), a_person("hans", department="hr")), controls=(HERE,))
LEAVERS = ("IAM-03", "Leaver access removal", "Leavers lose their access within a day.", "Monthly", "CC6.2")
COLLEAGUES = (Option(value="olga", label="Olga", note="it"), Option(value="hans", label="Hans", note="hr"))


def a_proposal() -> Proposal:
    read = propose([a_sheet(SPREADSHEET, "Controls")], KNOWN)
    here = propose([a_sheet(simple(LEAVERS))], KNOWN).rows
    unreadable = tuple(
        Unreadable(row=number, code=f"X {number}", reason="It has no title.") for number in range(20, 44)
    )
    return replace(read, rows=(*read.rows, *(replace(row, row=9) for row in here)), unreadable=unreadable)


def a_page(proposal: Proposal) -> MatrixPage:
    return MatrixPage(item=ITEM, proposal=proposal, names=NAMES)


PROPOSAL = a_proposal()
DECIDED = propose([a_sheet(many(43))], KNOWN)
TAKEN = replace(PROPOSAL, rows=tuple(replace(with_suggestion(row), doubts=()) for row in PROPOSAL.rows))


def a_row(row: Proposed) -> Form:
    page = RowPage(
        row=row,
        departments=("finance", "hr", "it"),
        criteria=tuple(known_criteria().values()),
        colleagues=COLLEAGUES,
        here=HERE.text.title if row.existing else "",
        changes=changes(row, HERE) if row.existing else (),
    )
    return row_form(page, action("matrix_row", i="i1", r=row.row, v=2))


VIEWS: dict[str, View] = {
    "control list: read": matrix_summary(a_page(PROPOSAL)),
    "control list: ready": matrix_summary(a_page(DECIDED), said="C-7 is as you said. Every row is decided."),
    "control list: ready with updates": matrix_summary(a_page(TAKEN)),
    "control list: to decide": matrix_rows(a_page(PROPOSAL), TO_DECIDE, 1, said="AC-1 is skipped."),
    "control list: all": matrix_rows(a_page(DECIDED), ALL, 2),
    "control list: rows that can't be read": matrix_rows(a_page(PROPOSAL), UNREADABLE, 1),
    "control list: offered": messages.which(
        "Which task is it for?",
        "Which task is controls.xlsx evidence for?",
        offer_buttons(carrying(action("import_shared"), DROPPED), carrying(action("import_matrix"), DROPPED)),
    ),
}
FORMS: dict[str, Form] = {
    "import controls": import_form(action("import_matrix")),
    "import controls: dropped": import_form(carrying(action("import_matrix"), DROPPED), DROPPED),
    "control list: a row": a_row(PROPOSAL.rows[0]),
    "control list: a row with a suggestion": a_row(PROPOSAL.rows[2]),
    "control list: a row that stands here": a_row(PROPOSAL.rows[3]),
}
