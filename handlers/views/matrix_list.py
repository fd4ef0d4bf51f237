"""What was read from a control matrix: the whole in numbers, and its rows page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handlers.actions import Action, action
from handlers.views.elements import (
    ActionButton,
    Bullets,
    Button,
    Buttons,
    Confirm,
    Element,
    Fact,
    Facts,
    FormButton,
    Heading,
    Note,
    Row,
    Style,
    Text,
    Tone,
    View,
)
from handlers.views.status_board import department_name
from tasks.identifiers import PersonId
from tasks.imports import Import, ImportState
from tasks.matrix.model import Choice, Doubt, Proposal, Proposed, Unreadable
from tasks.matrix.writing import cadence_words
from tasks.wording import counted, listed, shortened

A_PAGE = 8
FIRST_UNREADABLE = 5
UNREADABLE_A_PAGE = 15
TO_DECIDE, ALL, UNREADABLE = "open", "all", "bad"
DOUBTS = {
    Doubt.CRITERIA: "Need a criterion",
    Doubt.CADENCE: "Cadence is a guess",
    Doubt.DEPARTMENT: "Department is a guess",
    Doubt.EXISTING: "Stand here in other words",
}
AGAIN = FormButton(label="Hand in a file …", action=action("import_matrix"))


def offer_buttons(take: Action, ask: Action) -> tuple[Button, ...]:
    """For a dropped file: taken as it is, or asked about first."""
    return (
        ActionButton(label="It is our control list", action=take),
        FormButton(label="Control list, with options …", action=ask),
    )


@dataclass(frozen=True, kw_only=True)
class MatrixPage:
    item: Import
    proposal: Proposal
    names: Mapping[PersonId, str]
    """Of the owners."""


def matrix_summary(page: MatrixPage, *, said: str = "") -> View:
    """`said`: what was just done."""
    item, proposal = page.item, page.proposal
    head = headline(proposal)
    body: list[Element] = [Text(text=said, tone=Tone.GOOD)] if said else []
    body += [Text(text=head, strong=True), _facts(item, proposal), *_unreadable(proposal.unreadable[:FIRST_UNREADABLE])]
    if proposal.unused:
        names = ", ".join(f"“{shortened(name, 40)}”" for name in proposal.unused[:12])
        body.append(Note(text=f"Not used: the columns {names}. What stands in them is shown with each row."))
    body.append(Buttons(buttons=_buttons(page)))
    return View(title="Control list read", summary=shortened(said or head, 150), body=tuple(body))


def headline(proposal: Proposal) -> str:
    parts = [f"{counted(len(proposal.rows), 'control')} read"]
    missing = len(proposal.with_doubt(Doubt.CRITERIA))
    if missing:
        parts.append(f"{missing} {'needs' if missing == 1 else 'need'} a criterion")
    if proposal.unreadable:
        parts.append(f"{counted(len(proposal.unreadable), 'row')} can't be read")
    return f"{', '.join(parts)}."


def _facts(item: Import, proposal: Proposal) -> Facts:
    sheet = f", sheet “{proposal.sheet}”" if proposal.sheet else ""
    facts = [Fact(label="File", value=f"{item.name}{sheet}"), Fact(label="Read as", value=proposal.layout)]
    ready = sum(row.chosen and not row.undecided for row in proposal.rows)
    skipped = sum(row.choice is Choice.SKIP for row in proposal.rows)
    numbers = {
        "Ready": ready,
        **{label: len(proposal.with_doubt(doubt)) for doubt, label in DOUBTS.items()},
        "Skipped": skipped,
    }
    return Facts(facts=(*facts, *(Fact(label=label, value=str(count)) for label, count in numbers.items() if count)))


def _unreadable(rows: Sequence[Unreadable]) -> list[Element]:
    if not rows:
        return []
    return [Heading(text="Can't be read"), Bullets(items=tuple(_why(row) for row in rows))]


def _why(row: Unreadable) -> str:
    code = f", {shortened(row.code, 40)}" if row.code else ""
    return f"Row {row.row}{code}: {row.reason}"


def _buttons(page: MatrixPage) -> tuple[Button, ...]:
    item, proposal = page.item, page.proposal
    open_rows, chosen = proposal.undecided, proposal.chosen
    buttons: list[Button] = []
    if open_rows:
        buttons.append(_rows_button(f"Decide {counted(len(open_rows), 'row')}", page, TO_DECIDE, Style.PRIMARY))
        buttons.append(_suggestions_button(item))
    elif chosen:
        buttons.append(_confirm_button(item, proposal))
    buttons.append(_rows_button("Look through all", page, ALL))
    if len(proposal.unreadable) > FIRST_UNREADABLE:
        buttons.append(_rows_button("Rows I can't read", page, UNREADABLE))
    buttons.append(_cancel_button(item))
    return tuple(buttons)


def _rows_button(
    label: str, page: MatrixPage, which: str, style: Style = Style.PLAIN, *, number: int = 1
) -> ActionButton:
    return ActionButton(label=label, action=action("matrix_rows", i=page.item.id, w=which, p=number), style=style)


def _suggestions_button(item: Import) -> ActionButton:
    confirm = Confirm(
        title="Take all suggestions?",
        text="Every criterion, cadence and department we only suggest becomes your choice. "
        "Controls that stand here in other words stay open.",
        yes="Take them all",
    )
    return ActionButton(
        label="Take all suggestions", action=action("matrix_suggestions", i=item.id, v=item.version), confirm=confirm
    )


def _confirm_button(item: Import, proposal: Proposal) -> ActionButton:
    left = len(proposal.unreadable)
    out = f" {counted(left, 'row')} can't be read and {'is' if left == 1 else 'are'} left out." if left else ""
    updates = sum(row.choice is Choice.UPDATE for row in proposal.chosen)
    added = len(proposal.chosen) - updates
    parts = [f"{counted(added, 'control')} added"] if added else []
    parts += [f"{counted(updates, 'control')} changed"] if updates else []
    text = f"Today: {' and '.join(parts)}. Their tasks open as they come due.{out}"
    confirm = Confirm(title="Import the controls?", text=text, yes="Import them")
    return ActionButton(
        label=f"Import {counted(len(proposal.chosen), 'control')}",
        action=action("matrix_confirm", i=item.id, v=item.version),
        style=Style.PRIMARY,
        confirm=confirm,
    )


def _cancel_button(item: Import) -> ActionButton:
    confirm = Confirm(
        title="Cancel this import?", text="Nothing is imported. You can hand the file in again.", yes="Cancel it"
    )
    act = action("matrix_cancel", i=item.id, v=item.version)
    return ActionButton(label="Cancel this import", action=act, style=Style.DANGER, confirm=confirm)


# --- rows


def matrix_rows(page: MatrixPage, which: str, number: int, *, said: str = "") -> View:
    shown = _shown(page.proposal, which)
    size = UNREADABLE_A_PAGE if which == UNREADABLE else A_PAGE
    pages = max(1, -(-len(shown) // size))
    number = min(max(number, 1), pages)
    part = shown[(number - 1) * size : number * size]
    head = f"{_title(which)}: {counted(len(shown), 'row')}"
    body: list[Element] = [Text(text=said, tone=Tone.GOOD)] if said else []
    body.append(Text(text=head + (f", page {number} of {pages}." if pages > 1 else "."), strong=True))
    body += _unreadable([one for one in part if isinstance(one, Unreadable)])
    body += [_row(page, one) for one in part if isinstance(one, Proposed)]
    body.append(Buttons(buttons=_turns(page, which, number, pages)))
    return View(title="Control list", summary=shortened(said or f"{head}.", 150), body=tuple(body))


def _shown(proposal: Proposal, which: str) -> Sequence[Proposed | Unreadable]:
    if which == UNREADABLE:
        return proposal.unreadable
    return proposal.undecided if which == TO_DECIDE else proposal.rows


def _title(which: str) -> str:
    return {TO_DECIDE: "To decide", UNREADABLE: "Can't be read"}.get(which, "All")


def _turns(page: MatrixPage, which: str, number: int, pages: int) -> tuple[Button, ...]:
    buttons: list[Button] = []
    if number > 1:
        buttons.append(_rows_button("Back a page", page, which, number=number - 1))
    if number < pages:
        buttons.append(_rows_button("Next page", page, which, number=number + 1))
    buttons.append(ActionButton(label="The whole list", action=action("show_matrix", i=page.item.id)))
    return tuple(buttons)


def _row(page: MatrixPage, row: Proposed) -> Row:
    item = page.item
    may_decide = item.state is ImportState.READ
    act = action("matrix_row", i=item.id, r=row.row, v=item.version)
    button = FormButton(label="Decide …" if row.undecided else "Change …", action=act) if may_decide else None
    tone = Tone.WARNING if row.undecided else Tone.NEUTRAL
    return Row(text=f"{row.code} · {row.title}", note=_row_note(page, row), button=button, tone=tone)


def _row_note(page: MatrixPage, row: Proposed) -> str:
    if row.choice is Choice.SKIP:
        return f"row {row.row} · skipped" + (f" · {row.notes[0]}" if row.notes else "")
    owner = page.names.get(row.owner_id, "") if row.owner_id else ""
    parts = [
        f"row {row.row}",
        _criteria(row),
        cadence_words(row.cadence, event_driven=row.event_driven) + _mark(row, Doubt.CADENCE),
        department_name(row.department) + _mark(row, Doubt.DEPARTMENT),
        owner or "no owner named",
    ]
    if row.existing:
        parts.append("stands here in other words" if Doubt.EXISTING in row.doubts else "becomes a new version")
    return " · ".join(parts)


def _criteria(row: Proposed) -> str:
    if Doubt.CRITERIA not in row.doubts:
        return ", ".join(row.criteria) or "criteria as they stand"
    suggested = listed(row.suggestion.criteria) if row.suggestion else ""
    return f"needs a criterion: {suggested}?" if suggested else "needs a criterion"


def _mark(row: Proposed, doubt: Doubt) -> str:
    return "?" if doubt in row.doubts else ""
