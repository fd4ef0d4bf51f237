"""Handing in a company's own control matrix, and saying what is right about one of its rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.actions import Action
from handlers.requests import SharedFile
from handlers.views.elements import (
    Bullets,
    ChoiceField,
    Element,
    Fact,
    Facts,
    Field,
    FilesField,
    Form,
    ManyField,
    Note,
    Option,
    PersonField,
    Quote,
    Text,
    TextField,
)
from handlers.views.status_board import department_name
from tasks.catalogue.model import Criterion
from tasks.controls import Cadence
from tasks.matrix.layouts import LayoutName
from tasks.matrix.model import Choice, Doubt, Proposed
from tasks.matrix.writing import cadence_words, wording_of
from tasks.wording import shortened

AUTO = "auto"
LAYOUTS = {
    AUTO: "Find out by yourself",
    LayoutName.SPREADSHEET: "A spreadsheet of our own",
    LayoutName.VANTA: "An export from Vanta",
    LayoutName.DRATA: "An export from Drata",
}
EVENTS = "-events"
RHYTHMS = (
    *((cadence.value, cadence_words(cadence, event_driven=False)) for cadence in Cadence),
    *(
        (f"{cadence}{EVENTS}", cadence_words(cadence, event_driven=True))
        for cadence in (Cadence.WEEKLY, Cadence.MONTHLY, Cadence.QUARTERLY)
    ),
)
FILE = FilesField(
    name="file",
    label="Your list of controls",
    most=1,
    hint="CSV or Excel (.xlsx), 5 MB. One row names the columns: an id, a title or description, and more.",
)
MOST_NOTES = 12
LONGEST_LABEL = 75


@dataclass(frozen=True, kw_only=True)
class RowPage:
    """One row, with all that a person may choose from."""

    row: Proposed
    departments: Sequence[str]
    criteria: Sequence[Criterion]
    colleagues: tuple[Option, ...]
    here: str = ""
    """Title of the control that stands here under the same id."""
    changes: tuple[str, ...] = ()


def import_form(action: Action, sent: Sequence[SharedFile] = ()) -> Form:
    """sent: what is read, where it was dropped before."""
    named = tuple(Text(text=f"I read {one.name}.", strong=True) for one in sent)
    promise = "Ids and wording stay exactly as they are. Nothing becomes a control before you have confirmed it."
    fields: tuple[Field, ...] = _how_to_read() if sent else (FILE, *_how_to_read())
    return Form(
        title="Import controls", action=action, intro=(*named, Text(text=promise)), fields=fields, submit="Read it"
    )


def _how_to_read() -> tuple[Field, ...]:
    return (
        ChoiceField(
            name="layout",
            label="Where is it from?",
            options=tuple(Option(value=value, label=label) for value, label in LAYOUTS.items()),
            value=AUTO,
        ),
        TextField(
            name="sheet",
            label="Which sheet?",
            required=False,
            longest=100,
            hint="Only where the workbook has several lists; else the first with a header is read.",
        ),
    )


def row_form(page: RowPage, action: Action) -> Form:
    row = page.row
    existing = (_choice_field(row),) if row.existing else (_skip_field(row),)
    place: tuple[Field, ...] = () if row.existing else (_department_field(page), _owner_field(page))
    fields = (*existing, _criteria_field(page), _rhythm_field(row), *place)
    return Form(title=f"Row {row.row}", action=action, intro=_told(page), fields=fields, submit="Save")


def _told(page: RowPage) -> tuple[Element, ...]:
    row = page.row
    elements: list[Element] = [Text(text=f"{row.code} · {row.title}", strong=True), Quote(text=wording_of(row))]
    if row.evidence:
        items = (f"{item.text}{' (a population)' if item.population else ''}" for item in row.evidence)
        elements.append(Facts(facts=(Fact(label="Evidence", value="; ".join(items)),)))
    if page.changes:
        elements += [
            Text(text=f"“{page.here}” stands here under this id. It would change:"),
            Bullets(items=page.changes),
        ]
    if row.notes:
        elements.append(Bullets(items=row.notes[:MOST_NOTES]))
    if len(row.notes) > MOST_NOTES:
        elements.append(Note(text=f"{len(row.notes) - MOST_NOTES} more remarks are kept with the file."))
    return tuple(elements)


def _choice_field(row: Proposed) -> Field:
    options = (
        Option(value=Choice.UPDATE, label="Make it a new version"),
        Option(value=Choice.SKIP, label="Leave what stands here"),
    )
    decided = "" if Doubt.EXISTING in row.doubts else str(row.choice)
    return ChoiceField(name="choice", label="The control that stands here", options=options, value=decided)


def _skip_field(row: Proposed) -> Field:
    options = (Option(value=Choice.ADD, label="Take it over"), Option(value=Choice.SKIP, label="Skip it"))
    chosen = Choice.SKIP if row.choice is Choice.SKIP else Choice.ADD
    return ChoiceField(name="choice", label="This row", options=options, value=chosen)


def _criteria_field(page: RowPage) -> Field:
    row = page.row
    suggested = Doubt.CRITERIA in row.doubts and row.suggestion is not None
    criteria = row.suggestion.criteria if suggested and row.suggestion else row.criteria
    because = f"Suggested: it {row.suggestion.because}." if suggested and row.suggestion and not row.criteria else ""
    return ManyField(
        name="criteria",
        label="Criteria it supports",
        options=tuple(
            Option(value=one.id, label=shortened(f"{one.id} {one.title}", LONGEST_LABEL)) for one in page.criteria
        ),
        values=criteria,
        hint=shortened(because, 150),
    )


def _rhythm_field(row: Proposed) -> Field:
    chosen = f"{row.cadence}{EVENTS}" if row.event_driven else str(row.cadence)
    known = dict(RHYTHMS)
    offered = {**known, chosen: known.get(chosen, cadence_words(row.cadence, event_driven=row.event_driven))}
    return ChoiceField(
        name="rhythm",
        label="How often is it asked for?",
        options=tuple(Option(value=value, label=label[0].upper() + label[1:]) for value, label in offered.items()),
        value=chosen,
    )


def _department_field(page: RowPage) -> Field:
    names = sorted({*page.departments, page.row.department} - {""})
    options = tuple(Option(value=name, label=shortened(department_name(name), LONGEST_LABEL)) for name in names)
    return ChoiceField(name="department", label="Department", options=options, value=page.row.department)


def _owner_field(page: RowPage) -> Field:
    return PersonField(
        name="owner",
        label="Owner",
        options=page.colleagues,
        value=page.row.owner_id or "",
        required=False,
        hint="Nobody: it is the department lead's.",
    )
