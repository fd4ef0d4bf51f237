"""The rows of a control matrix become proposed controls. What can't be read is listed with its row, never dropped."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tasks.catalogue.model import Criterion
from tasks.control_text import LONGEST_NAME, LONGEST_TITLE, known_criteria, problem_of_code
from tasks.controls import Control
from tasks.errors import Invalid
from tasks.matrix.cells import DEPARTMENTS, criteria_in, department_in, evidence_in, lines_in, owner_in
from tasks.matrix.frequency import Frequency, frequency
from tasks.matrix.layouts import Header, LayoutName, find_table
from tasks.matrix.model import Choice, Column, Doubt, Proposal, Proposed, Sheet, Suggestion, Unreadable
from tasks.matrix.suggesting import Likeness, likeness
from tasks.matrix.writing import differs, problems_of
from tasks.people import Person
from tasks.wording import listed, shortened

MOST_ROWS = 2000
"""Controls in one file. The largest companies have a few hundred."""
LONGEST_NOTE = 200
GUESSED_DEPARTMENT = "security"


@dataclass(frozen=True, kw_only=True)
class Known:
    """Who and what the workspace has already."""

    people: Sequence[Person] = ()
    controls: Sequence[Control] = ()
    criteria: Mapping[str, Criterion] = field(default_factory=known_criteria)
    likeness: Likeness = field(default_factory=likeness)

    def control(self, code: str) -> Control | None:
        return next((one for one in self.controls if one.code.casefold() == code.casefold()), None)

    @property
    def departments(self) -> Collection[str]:
        of_people = {one.department for one in self.people}
        return {*DEPARTMENTS, *of_people, *(one.department for one in self.controls)} - {""}


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row of the file, by what its columns mean."""

    row: int
    cells: Mapping[Column, str]
    notes: tuple[str, ...] = ()

    def get(self, column: Column) -> str:
        return self.cells.get(column, "")

    @property
    def code(self) -> str:
        return self.get(Column.CODE)


def propose(sheets: Sequence[Sheet], known: Known, *, layout: LayoutName | None = None, sheet: str = "") -> Proposal:
    """Raises Invalid where no sheet names its columns, or there is nothing under them."""
    table, header = find_table(sheets, layout=layout, sheet=sheet)
    lines = list(_lines(table, header))
    if not lines:
        raise Invalid(f"There are no controls under the header in row {header.row}. Nothing was read.")
    if len(lines) > MOST_ROWS:
        raise Invalid(f"The file holds {len(lines):,} rows; {MOST_ROWS:,} at most. Split it, one area at a time.")
    single, doubled = _merged(lines)
    read = [_read(line, known) for line in single]
    unreadable = [*doubled, *(one for one in read if isinstance(one, Unreadable))]
    return Proposal(
        layout=header.layout,
        sheet=table.name,
        rows=tuple(one for one in read if isinstance(one, Proposed)),
        unreadable=tuple(sorted(unreadable, key=lambda one: one.row)),
        unused=tuple(_used_names(header, table)),
    )


# --- rows


def _lines(sheet: Sheet, header: Header) -> Iterator[Line]:
    """Empty rows are passed over. A lone heading names the area of the rows under it, and the first of them says so."""
    section, headings = "", list[Line]()
    for number, row in enumerate(sheet.rows[header.row :], start=header.row + 1):
        filled = [cell.strip() for cell in row if cell.strip()]
        line = _line(number, row, header)
        if len(filled) == 1 and _is_heading(line, filled[0], header):
            section = filled[0]
            headings.append(replace(line, notes=(f"Row {number}, “{section}”, is read as a heading.",)))
        elif filled:
            cells = {Column.AREA: section, **line.cells} if section else line.cells
            told = (note for heading in headings for note in heading.notes)
            yield replace(line, cells=cells, notes=(*line.notes, *told))
            headings.clear()
    yield from headings  # with nothing under them they are rows that lack the rest


def _is_heading(line: Line, words: str, header: Header) -> bool:
    if Column.AREA in header.places or len(words) > LONGEST_NAME:
        return False
    return line.code in ("", words) and not any(sign.isdigit() for sign in line.code)


def _line(number: int, row: Sequence[str], header: Header) -> Line:
    def cell(place: int) -> str:
        return row[place].strip() if place < len(row) else ""

    cells = {
        column: "\n".join(text for place in places if (text := cell(place))) for column, places in header.places.items()
    }
    notes = [f"{name}: {_note(cell(place))}" for place, name in header.unused.items() if cell(place)]
    loose = [
        f"Column {place}: {_note(text)}" for place, text in enumerate(row, 1) if place > header.width and text.strip()
    ]
    return Line(row=number, cells={key: text for key, text in cells.items() if text}, notes=(*notes, *loose))


def _note(text: str) -> str:
    return shortened(" ".join(text.split()), LONGEST_NOTE)


def _merged(lines: Sequence[Line]) -> tuple[list[Line], list[Unreadable]]:
    """A control that stands in several rows, as one for each criterion, is one where its words are the same."""
    by_code: dict[str, list[Line]] = {}
    for line in lines:
        by_code.setdefault(line.code.casefold() or f"row {line.row}", []).append(line)
    single = [_one_of(twins) for twins in by_code.values() if _say_the_same(twins)]
    doubled = [
        Unreadable(row=line.row, code=line.code, reason=_also_in(line, twins))
        for twins in by_code.values()
        if not _say_the_same(twins)
        for line in twins
    ]
    return single, doubled


def _say_the_same(lines: Sequence[Line]) -> bool:
    own = (Column.CODE, Column.TITLE, Column.DESCRIPTION, Column.FREQUENCY, Column.OWNER)
    return len({tuple(line.get(column) for column in own) for line in lines}) == 1


def _also_in(line: Line, twins: Sequence[Line]) -> str:
    others = listed([str(one.row) for one in twins if one is not line])
    return f"“{line.code}” stands in row {others} too, with other words. Give each control an id of its own."


def _one_of(twins: Sequence[Line]) -> Line:
    first = twins[0]
    if len(twins) == 1:
        return first
    columns = dict.fromkeys(column for line in twins for column in line.cells)
    cells = {
        column: "\n".join(dict.fromkeys(line.get(column) for line in twins if line.get(column)))
        if column in (Column.CRITERIA, Column.EVIDENCE, Column.TESTS)
        else next(line.get(column) for line in twins if line.get(column))
        for column in columns
    }
    note = f"Rows {listed([str(line.row) for line in twins])} say the same; they are read as one."
    notes = dict.fromkeys((note, *(text for line in twins for text in line.notes)))
    return Line(row=first.row, cells=cells, notes=tuple(notes))


def _used_names(header: Header, sheet: Sheet) -> Iterator[str]:
    """Of the columns we have no use for, those that hold something."""
    for place, name in header.unused.items():
        if any(place < len(row) and row[place].strip() for row in sheet.rows[header.row :]):
            yield name


# --- one control


def _read(line: Line, known: Known) -> Proposed | Unreadable:
    existing = known.control(line.code) if line.code else None
    reason = _why_not(line, existing)
    if reason:
        return Unreadable(row=line.row, code=line.code, reason=reason)
    proposed = _proposed(line, known, existing)
    problems = problems_of(proposed)
    if problems:
        reason = " ".join(f"Its {name}: {sentence}" for name, sentence in problems.items() if name != "statement")
        return Unreadable(row=line.row, code=line.code, reason=reason or " ".join(problems.values()))
    return _held_against(proposed, existing) if existing else proposed


def _why_not(line: Line, existing: Control | None) -> str:
    if not line.code:
        return "It has no id."
    if problem_of_code(line.code):
        return f"“{shortened(line.code, 40)}” can't be an id here. {problem_of_code(line.code)}"
    if not line.get(Column.TITLE) and not line.get(Column.DESCRIPTION):
        return "It has neither a title nor a description."
    if existing and existing.retired:
        return f"{existing.code} is retired here. Bring it back first, or give this one another id."
    return ""


def _proposed(line: Line, known: Known, existing: Control | None) -> Proposed:
    title, description = _wording(line)
    owner, about_owner = owner_in(line.get(Column.OWNER), known.people)
    how_often = _frequency(line, existing)
    criteria, suggestion, about_criteria = _criteria(line, known, existing)
    department, about_department = _department(line, known, owner, existing)
    told = {
        Doubt.CRITERIA: about_criteria,
        Doubt.CADENCE: how_often.doubt,
        Doubt.DEPARTMENT: about_department,
    }
    return Proposed(
        row=line.row,
        code=line.code,
        title=title,
        description=description,
        area=shortened(line.get(Column.AREA), LONGEST_NAME) or (existing.area if existing else "Own controls"),
        department=department,
        owner_id=owner.id if owner else None,
        cadence=how_often.cadence,
        event_driven=how_often.event_driven,
        evidence=evidence_in(line.get(Column.EVIDENCE)),
        population=line.get(Column.POPULATION),
        tests=lines_in(line.get(Column.TESTS)),
        criteria=criteria,
        suggestion=suggestion,
        doubts=tuple(doubt for doubt, about in told.items() if about),
        notes=tuple(filter(None, (*told.values(), about_owner, *line.notes))),
    )


def _wording(line: Line) -> tuple[str, str]:
    """A whole sentence in the title's place is the wording, and its beginning the title."""
    title, description = line.get(Column.TITLE), line.get(Column.DESCRIPTION)
    if title and (description or len(title) <= LONGEST_TITLE):
        return " ".join(title.split()), description
    words = description or title
    first = words.splitlines()[0].partition(". ")[0]
    return shortened(first, LONGEST_TITLE), words


def _frequency(line: Line, existing: Control | None) -> Frequency:
    words = line.get(Column.FREQUENCY)
    if existing and not words:
        return Frequency(cadence=existing.text.cadence, event_driven=existing.text.event_driven)
    return frequency(words)


def _criteria(line: Line, known: Known, existing: Control | None) -> tuple[tuple[str, ...], Suggestion | None, str]:
    found = criteria_in(line.get(Column.CRITERIA), known.criteria)
    if found.unknown and found.known:
        because = f"{listed(found.unknown)} is not one of the {len(known.criteria)} criteria; the others are as given"
        return found.known, Suggestion(criteria=found.known, because=because), f"Criteria: {because}."
    if found.known or (existing and existing.text.refs.get("tsc") and not found.unknown):
        return found.known, None, ""
    named = f"{listed(found.unknown)} is not one of the {len(known.criteria)} criteria" if found.unknown else ""
    suggestion = known.likeness.suggest(line.get(Column.TITLE), line.get(Column.DESCRIPTION))
    why = named or "No criterion is named"
    guess = f"; {suggestion.because}, which supports {listed(suggestion.criteria)}" if suggestion else ""
    return (), suggestion, f"{why}{guess}."


def _department(line: Line, known: Known, owner: Person | None, existing: Control | None) -> tuple[str, str]:
    words = line.get(Column.DEPARTMENT)
    if words:
        found = shortened(department_in(words), LONGEST_NAME)
        return found, "" if found in known.departments else f"“{words}” is a department nobody here has yet."
    if existing:
        return existing.department, ""
    if owner and owner.department:
        return owner.department, ""
    area = department_in(line.get(Column.AREA))
    guess = area if area in DEPARTMENTS else GUESSED_DEPARTMENT
    return guess, f"No department is named; {guess} is only a guess."


def _held_against(proposed: Proposed, existing: Control) -> Proposed:
    """Against the control of the same id that stands here."""
    here = replace(proposed, code=existing.code, existing=existing.id, existing_version=existing.version)
    if not differs(here, existing):
        return replace(here, choice=Choice.SKIP, doubts=(), notes=("It stands here already, word for word.",))
    return replace(here, choice=Choice.UPDATE, doubts=(*here.doubts, Doubt.EXISTING))
