"""One control: what is asked, of whom and when, what it supports, and how it came to be so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.actions import action
from handlers.views.control_list import open_control
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
    Quote,
    Row,
    Text,
    Tone,
    View,
)
from handlers.views.status_board import department_name
from handlers.views.task_list import task_row
from tasks.control_text import in_brackets, known_criteria
from tasks.controls import Control, ControlText, EvidenceItem
from tasks.model import Task
from tasks.wording import counted, day

FRAMEWORKS = {
    "hipaa": "HIPAA",
    "ftc_safeguards": "FTC Safeguards",
    "pci_dss": "PCI DSS",
    "iso27001": "ISO 27001",
    "nist_csf": "NIST CSF 2.0",
}
NO_EVIDENCE = "Nothing is asked for: an answer stands as a representation only."


@dataclass(frozen=True, kw_only=True)
class Change:
    text: str
    """Who and what."""
    when: str
    reason: str = ""
    version: int | None = None
    """The version it made, where it made one."""


@dataclass(frozen=True, kw_only=True)
class ControlPage:
    control: Control
    owner: str
    unassigned: bool
    coming: Sequence[str]
    """The next due dates, in words."""
    tasks: Sequence[Task]
    """The latest ones that the reader may see."""
    history: Sequence[Change]
    """Latest first."""
    now: datetime
    time_zone: str
    may_edit: bool
    may_assign: bool


def control_card(page: ControlPage, *, opening: str = "") -> View:
    control = page.control
    body: list[Element] = [Text(text=opening, tone=Tone.GOOD)] if opening else []
    if control.retired:
        body.append(Text(text="Retired: nothing opens any more. Tasks that were open stay.", tone=Tone.WARNING))
    body += [Text(text=control.text.prompt), _facts(page), Buttons(buttons=_buttons(page))]
    body += _wording(control.text)
    body += _listed("Comes next", page.coming)
    body += _tasks(page)
    body += _history(page)
    summary = f"{control.code}: {control.text.cadence}, {page.owner}"
    return View(title=_title(control), summary=opening or summary, body=tuple(body))


def version_card(control: Control, version: int, text: ControlText) -> View:
    """The words as they were: every answer names the version it was given to."""
    now = "as it is now" if version == control.version else "as it was"
    body: list[Element] = [
        Text(text=f"Version {version}, {now}: {text.title}", strong=True),
        Text(text=text.prompt),
        Facts(facts=(*_rhythm(text),)),
        *_wording(text),
        Buttons(buttons=(open_control(control, f"Back to {control.code}"[:30]),)),
    ]
    return View(title=f"{control.code}, version {version}", summary=f"{control.code} {now}", body=tuple(body))


def _title(control: Control) -> str:
    return f"{control.code} {control.text.title}"


def _facts(page: ControlPage) -> Facts:
    control = page.control
    return Facts(
        facts=(
            Fact(label="Owner", value=page.owner),
            Fact(label="Department", value=department_name(control.department)),
            *_rhythm(control.text),
            Fact(label="Starts on", value=day(control.starts_on)),
            Fact(label="Version", value=str(control.version)),
        )
    )


def _rhythm(text: ControlText) -> list[Fact]:
    due = f"{counted(text.due_days, 'day')} after opening"
    limit = f"{counted(text.limit_days, 'day')} after opening" if text.limit_days else "No time promised"
    return [
        Fact(label="Cadence", value=text.cadence_text or text.cadence.capitalize()),
        Fact(label="Due", value=due),
        Fact(label="Limit", value=limit),
        Fact(label="Acceptance", value="By a second person" if text.acceptance else "Not asked for"),
    ]


def _buttons(page: ControlPage) -> tuple[Button, ...]:
    control = page.control
    named: dict[str, str | int] = {"c": control.id, "v": control.version}
    buttons: list[Button] = []
    if page.may_assign and not control.retired:
        buttons.append(FormButton(label="Owner …", action=action("assign_control", code=control.code)))
    if page.may_edit and control.retired:
        buttons.append(_bring_back(control))
    elif page.may_edit:
        buttons += [
            FormButton(label="Cadence …", action=action("edit_cadence", **named)),
            FormButton(label="Wording …", action=action("edit_wording", **named)),
            FormButton(label="Retire …", action=action("retire_control", c=control.id)),
        ]
    buttons.append(ActionButton(label="All controls", action=action("show_controls")))
    return tuple(buttons)


def _bring_back(control: Control) -> ActionButton:
    asked = Confirm(
        title=f"Bring back {control.code}?",
        text="It begins anew today: what would have opened meanwhile stays closed.",
        yes="Bring it back",
    )
    return ActionButton(label="Bring back", action=action("restore_control", c=control.id), confirm=asked)


def _wording(text: ControlText) -> list[Element]:
    evidence: Element = Bullets(items=tuple(_item(one) for one in text.evidence)) if text.evidence else _nothing()
    return [
        Heading(text="What is signed"),
        Quote(text=in_brackets(text.statement)),
        Heading(text="Evidence"),
        evidence,
        *_listed("Supports", _supported(text)),
    ]


def _nothing() -> Note:
    return Note(text=NO_EVIDENCE)


def _item(item: EvidenceItem) -> str:
    marks = ["required" if item.required else "if there is any"]
    marks += ["a list that auditors sample from"] if item.population else []
    marks += ["restricted"] if item.restricted else []
    return f"{item.text} ({', '.join(marks)})"


def _supported(text: ControlText) -> list[str]:
    criteria = known_criteria()
    lines = [f"{ref}: {criteria[ref].title}" if ref in criteria else ref for ref in text.refs.get("tsc", ())]
    others = [(name, ids) for name, ids in text.refs.items() if name != "tsc" and ids]
    return [*lines, *(f"{FRAMEWORKS.get(name, name)}: {', '.join(ids)}" for name, ids in others)]


def _listed(title: str, lines: Sequence[str]) -> list[Element]:
    return [Heading(text=title), Bullets(items=tuple(lines))] if lines else []


def _tasks(page: ControlPage) -> list[Element]:
    rows = [task_row(task, page) for task in page.tasks]
    return [Heading(text="Lately"), *rows] if rows else []


def _history(page: ControlPage) -> list[Element]:
    rows = [_change(page.control, change) for change in page.history]
    return [Heading(text="History"), *rows] if rows else []


def _change(control: Control, change: Change) -> Row:
    act = action("show_version", c=control.id, n=change.version or 0)
    button = ActionButton(label=f"Version {change.version}", action=act) if change.version else None
    note = " · ".join((change.when, *((f"“{change.reason}”",) if change.reason else ())))
    return Row(text=change.text, note=note, button=button)
