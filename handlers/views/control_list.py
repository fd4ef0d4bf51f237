"""The company's controls, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.actions import action
from handlers.views.elements import (
    ActionButton,
    Button,
    Buttons,
    ChoiceField,
    Element,
    Form,
    FormButton,
    Note,
    Option,
    Row,
    Style,
    Text,
    TextField,
    Tone,
    View,
)
from handlers.views.status_board import department_name
from tasks.controls import Cadence, Control
from tasks.wording import counted, shortened

A_PAGE = 10
ANY = "any"


@dataclass(frozen=True, kw_only=True)
class ControlLine:
    control: Control
    owner: str
    """Whose it is, in words: a name, or to whom it falls."""
    unassigned: bool


@dataclass(frozen=True, kw_only=True)
class ControlList:
    words: str
    """What was asked for; empty: everything that is not retired."""
    lines: Sequence[ControlLine]
    """Of this page."""
    total: int
    page: int
    """From 1."""
    nearest: Control | None = None
    may_edit: bool = False
    may_import: bool = False

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // A_PAGE))


def control_list(shown: ControlList) -> View:
    body: list[Element] = [Text(text=_headline(shown), strong=True)]
    nothing_yet = shown.total == 0 and not shown.words
    if shown.total == 0 and shown.nearest:
        body.append(_nearest(shown.nearest))
    body += [_row(line) for line in shown.lines]
    if shown.pages > 1:
        body.append(Note(text=f"Page {shown.page} of {shown.pages}"))
    rows = (*_turning(shown), *([] if nothing_yet else _finding(shown))), tuple(_adding(shown))
    body += [Buttons(buttons=row) for row in rows if row]
    return View(title="Controls", summary=_headline(shown), body=tuple(body))


def _headline(shown: ControlList) -> str:
    words = shortened(shown.words, 60)
    if shown.total == 0:
        return f"No control fits “{words}”." if words else "There are no controls yet."
    found = counted(shown.total, "control")
    return f"{found} for “{words}”" if words else found


def _nearest(control: Control) -> Row:
    return Row(text=f"Did you mean {control.code} {control.text.title}?", button=open_control(control))


def _row(line: ControlLine) -> Row:
    control = line.control
    parts = [department_name(control.department), control.text.cadence.capitalize(), line.owner]
    parts += ["retired"] if control.retired else []
    return Row(
        text=f"{control.code} {control.text.title}",
        note=" · ".join(parts),
        button=open_control(control),
        tone=Tone.WARNING if line.unassigned and not control.retired else Tone.NEUTRAL,
    )


def open_control(control: Control, label: str = "Open") -> ActionButton:
    return ActionButton(label=label, action=action("show_control", c=control.id))


def _turning(shown: ControlList) -> list[Button]:
    steps = [("Previous", shown.page - 1)] if shown.page > 1 else []
    steps += [("Next", shown.page + 1)] if shown.page < shown.pages else []
    return [
        ActionButton(label=label, action=action("turn_controls", q=shown.words, page=page)) for label, page in steps
    ]


def _finding(shown: ControlList) -> list[Button]:
    quick = [("All controls", ""), ("Unassigned", "unassigned"), ("Retired", "retired")]
    buttons: list[Button] = [FormButton(label="Find …", action=action("find_controls"))]
    buttons += [
        ActionButton(label=label, action=action("show_controls", q=words))
        for label, words in quick
        if words != shown.words
    ]
    return buttons


def _adding(shown: ControlList) -> list[Button]:
    buttons: list[Button] = []
    if shown.may_edit:
        buttons.append(FormButton(label="New control …", action=action("add_control"), style=Style.PRIMARY))
    if shown.may_import:
        buttons.append(FormButton(label="Import …", action=action("import_matrix")))
    return buttons


def find_form(*, departments: Sequence[str], criteria: Sequence[str]) -> Form:
    fields = (
        TextField(
            name="words",
            label="Words",
            hint="Of the code, the title, the prompt or the owner's name.",
            required=False,
            longest=100,
        ),
        _choice("department", "Department", [(one, department_name(one)) for one in departments]),
        _choice("criterion", "Criterion", [(one.lower(), one) for one in criteria]),
        _choice("cadence", "Cadence", [(one.value, one.capitalize()) for one in Cadence]),
        _choice("only", "Only", [("unassigned", "Unassigned"), ("retired", "Retired")]),
    )
    return Form(title="Find controls", action=action("find_controls"), fields=fields, submit="Find")


def _choice(name: str, label: str, choices: Sequence[tuple[str, str]]) -> ChoiceField:
    options = (
        Option(value=ANY, label="Any"),
        *(Option(value=value, label=shortened(said, 75)) for value, said in choices),
    )
    return ChoiceField(name=name, label=label, options=options, value=ANY)
