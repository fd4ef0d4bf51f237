"""The company's own control matrix: handed in by form or dropped, looked through row by row, confirmed or given up."""

import re

from handlers.actions import Action, action
from handlers.carried_files import carried_in, carrying
from handlers.context import Context
from handlers.replies import OpenForm, Replace, Reply, Show
from handlers.requests import FormSubmitted, SharedFile
from handlers.views import messages
from handlers.views.elements import Button, Buttons, Form, Text, Tone, View
from handlers.views.matrix_forms import AUTO, EVENTS, RowPage, import_form, row_form
from handlers.views.matrix_list import (
    AGAIN,
    ALL,
    TO_DECIDE,
    UNREADABLE,
    MatrixPage,
    matrix_rows,
    matrix_summary,
    offer_buttons,
)
from tasks import duties
from tasks.control_text import known_criteria
from tasks.controls import Cadence
from tasks.errors import Invalid, NotFound
from tasks.identifiers import ImportId, PersonId
from tasks.imports import Import, ImportState
from tasks.matrix.layouts import LayoutName
from tasks.matrix.model import Choice, Proposal, Proposed
from tasks.matrix.reading import Known
from tasks.matrix.stored import Asked
from tasks.matrix.writing import changes
from tasks.notices import Notice
from tasks.operations.import_matrix import (
    MATRIX,
    SETTLED,
    Decision,
    cancel_import,
    decide_row,
    known_here,
    look_at_import,
    start_import,
    take_suggestions,
)
from tasks.operations.take_over_controls import Taken, confirm_import
from tasks.people import Actor, Person, Role
from tasks.ports import UnitOfWork
from tasks.wording import counted, shortened

CONTROL_LIST = re.compile(r"controls?(\b|_)|matrix", re.IGNORECASE)
SPREADSHEETS = (".csv", ".tsv", ".xlsx")
STEWARDS = (Role.COMPLIANCE_LEAD, Role.ADMIN)


def type_import(context: Context) -> Reply:
    """What waits to be looked through comes first; else the form."""
    duties.require_role(context.person, *STEWARDS)
    waiting = context.uow.imports.waiting(MATRIX)
    if not waiting:
        return OpenForm(form=build_import(action("import_matrix"), context))
    return Show(view=_summary(context, waiting[0].id))


def build_import(act: Action, context: Context) -> Form:
    duties.require_role(context.person, *STEWARDS)
    return import_form(act, carried_in(act))


def submit_import(request: FormSubmitted, context: Context) -> Reply:
    files = carried_in(request.action) or request.files("file")
    if not files:
        raise Invalid("Nothing was handed in.", fields={"file": "Choose your list of controls."})
    layout = request.text("layout")
    known = LayoutName(layout) if layout in set(LayoutName) else None
    if known is None and layout not in ("", AUTO):
        raise Invalid("Nothing was handed in.", fields={"layout": "Choose one of the answers."})
    return _handed_in(context, files[0], Asked(layout=known, sheet=shortened(request.text("sheet"), 100)))


def _handed_in(context: Context, file: SharedFile, asked: Asked) -> Reply:
    if not is_spreadsheet(file):
        sentence = f"{shortened(file.name, 80)} is not a CSV or .xlsx file. Export your list as one of these."
        raise Invalid("Nothing was handed in.", fields={"file": sentence})
    [reference] = context.references((file,))
    item = start_import(context.uow, context.actor, reference, asked)
    text = f"I am reading {shortened(item.name, 80)}. You get a message when I am done."
    return Show(view=messages.told("Reading your controls", text))


# --- dropped in the conversation


def is_spreadsheet(file: SharedFile) -> bool:
    return file.name.lower().endswith(SPREADSHEETS)


def offer_import(context: Context, files: tuple[SharedFile, ...], *, obvious: bool) -> tuple[Button, ...]:
    """For a spreadsheet dropped by somebody who may import it; the person decides whether it is one.

    `obvious`: it has a task to go to, so that only its own name can speak for a control list."""
    if len(files) != 1 or not is_spreadsheet(files[0]) or not any(context.person.has(role) for role in STEWARDS):
        return ()
    if obvious and not CONTROL_LIST.search(files[0].name):
        return ()
    return offer_buttons(carrying(action("import_shared"), files), carrying(action("import_matrix"), files))


def press_import_shared(act: Action, context: Context) -> Reply:
    files = carried_in(act)
    if not files:
        raise Invalid("This button carries no file. Drop it once more.")
    return _handed_in(context, files[0], Asked())


# --- looked through


def press_matrix(act: Action, context: Context) -> Reply:
    return Replace(view=_summary(context, _id(act)))


def press_rows(act: Action, context: Context) -> Reply:
    page = _page(context, _id(act))
    which = act.get("w") if act.get("w") in (TO_DECIDE, ALL, UNREADABLE) else ALL
    return Replace(view=matrix_rows(page, which, _number(act.get("p"))))


def build_row(act: Action, context: Context) -> Form:
    page = _page(context, _id(act))
    if page.item.state is not ImportState.READ:
        raise Invalid(f"{page.item.name} {SETTLED[page.item.state]}")
    return row_form(_row_page(context, _row(page.proposal, act)), act)


def submit_row(request: FormSubmitted, context: Context) -> Reply:
    act = request.action
    row = _row(_page(context, _id(act)).proposal, act)
    decision = _decision(request, context, row)
    item, proposal = decide_row(context.uow, context.actor, _id(act), act.version(), row.row, decision)
    page = _page_of(context, item, proposal)
    said = f"{row.code} is {'skipped' if decision.choice is Choice.SKIP else 'as you said'}."
    if proposal.undecided:
        return Replace(view=matrix_rows(page, TO_DECIDE, 1, said=said))
    return Replace(view=matrix_summary(page, said=f"{said} Every row is decided."))


def _decision(request: FormSubmitted, context: Context, row: Proposed) -> Decision:
    rhythm, choice = request.text("rhythm"), request.text("choice")
    if choice not in set(Choice):
        raise Invalid("Not saved yet.", fields={"choice": "Choose one of the answers."})
    if rhythm.removesuffix(EVENTS) not in set(Cadence):
        raise Invalid("Not saved yet.", fields={"rhythm": "Choose one of the answers."})
    criteria = [one for one in known_criteria() if one in request.choices("criteria")]
    department = row.department if row.existing else request.text("department")
    if department != row.department and department not in known_here(context.uow).departments:
        raise Invalid("Not saved yet.", fields={"department": "Choose one from the list."})
    owner = request.text("owner") if not row.existing else row.owner_id
    return Decision(
        choice=Choice(choice),
        criteria=tuple(criteria),
        cadence=Cadence(rhythm.removesuffix(EVENTS)),
        event_driven=rhythm.endswith(EVENTS),
        department=department,
        owner_id=PersonId(owner) if owner else None,
    )


def press_suggestions(act: Action, context: Context) -> Reply:
    item, proposal = take_suggestions(context.uow, context.actor, _id(act), act.version())
    left = len(proposal.undecided)
    said = (
        f"The suggestions are taken. {counted(left, 'row')} left to decide." if left else "The suggestions are taken."
    )
    return Replace(view=matrix_summary(_page_of(context, item, proposal), said=said))


def press_confirm(act: Action, context: Context) -> Reply:
    item, taken = confirm_import(context.uow, context.actor, _id(act), act.version())
    return Replace(view=_taken_over(item, taken))


def press_cancel(act: Action, context: Context) -> Reply:
    item = cancel_import(context.uow, context.actor, _id(act), act.version())
    return Replace(view=_settled(item))


def _taken_over(item: Import, taken: Taken) -> View:
    said = [f"{counted(taken.added, 'control')} added"] if taken.added else []
    said += [f"{counted(taken.updated, 'control')} changed"] if taken.updated else []
    rest = (
        f" {counted(taken.left, 'other')} follow in a moment; you get a message when all are there."
        if taken.left
        else ""
    )
    return messages.done("Imported", f"From {item.name}: {' and '.join(said)}.{rest}")


# --- what its message says


def describe_import(uow: UnitOfWork, notice: Notice, reader: Person) -> View | None:
    actor = Actor(person=reader, platform="clock", at=uow.now)
    if not any(reader.has(role) for role in STEWARDS):
        return None
    item, proposal = look_at_import(uow, actor, ImportId(notice.detail))
    if item.state is ImportState.READ and proposal:
        return matrix_summary(MatrixPage(item=item, proposal=proposal, names=_names(uow)))
    if item.state is ImportState.REFUSED:
        text = f"{item.error} Nothing was imported."
        body = (Text(text=text, tone=Tone.WARNING), Buttons(buttons=(AGAIN,)))
        return View(title="It can't be read", summary=shortened(text, 150), body=body)
    if item.state is ImportState.CONFIRMED and proposal and notice.key.round > 1:
        return messages.done("Imported", _all_there(item, proposal))
    return _settled(item) if notice.sent_at else None


def _all_there(item: Import, proposal: Proposal) -> str:
    done = sum(row.choice is Choice.DONE for row in proposal.rows)
    skipped = len(proposal.rows) - done
    left = f" {counted(skipped, 'row')} {'was' if skipped == 1 else 'were'} left out." if skipped else ""
    return f"All of {item.name} is here: {counted(done, 'control')}.{left}"


def _settled(item: Import) -> View:
    text = f"{item.name} {SETTLED[item.state]}"
    return View(title="Control list", summary=text, body=(Text(text=text), Buttons(buttons=(AGAIN,))))


# --- small steps


def _summary(context: Context, import_id: ImportId) -> View:
    item, proposal = look_at_import(context.uow, context.actor, import_id)
    if proposal is None or item.state is not ImportState.READ:
        return _settled(item)
    return matrix_summary(_page_of(context, item, proposal))


def _page(context: Context, import_id: ImportId) -> MatrixPage:
    item, proposal = look_at_import(context.uow, context.actor, import_id)
    if proposal is None:
        raise NotFound(f"{item.name} {SETTLED.get(item.state, 'is not read yet.')}")
    return _page_of(context, item, proposal)


def _page_of(context: Context, item: Import, proposal: Proposal) -> MatrixPage:
    return MatrixPage(item=item, proposal=proposal, names=_names(context.uow))


def _names(uow: UnitOfWork) -> dict[PersonId, str]:
    return {person.id: person.name for person in uow.people.everyone()}


def _row_page(context: Context, row: Proposed) -> RowPage:
    control = context.uow.controls.get(row.existing) if row.existing else None
    known: Known = known_here(context.uow)
    return RowPage(
        row=row,
        departments=sorted(known.departments),
        criteria=tuple(known_criteria().values()),
        colleagues=context.colleagues(),
        here=control.text.title if control else "",
        changes=changes(row, control) if control else (),
    )


def _row(proposal: Proposal, act: Action) -> Proposed:
    row = proposal.row(_number(act.get("r")))
    if row is None:
        raise NotFound("This row is not there any more. Look through the file again.")
    return row


def _id(act: Action) -> ImportId:
    return ImportId(act.get("i"))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
