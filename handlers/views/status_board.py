"""Where the company stands: what is owed, whose turn it is, and what an auditor would call an exception today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.actions import action
from handlers.views.elements import (
    ActionButton,
    Button,
    Buttons,
    Divider,
    Element,
    Fact,
    Facts,
    Heading,
    Note,
    Progress,
    Row,
    Text,
    Tone,
    View,
)
from handlers.views.messages import open_task
from tasks import ledger
from tasks.model import Task
from tasks.recurrence import span_label
from tasks.wording import ANSWERS, counted, day, due_moment


@dataclass(frozen=True, kw_only=True)
class Counts:
    open: int = 0
    due_soon: int = 0
    overdue: int = 0
    missed: int = 0
    waiting_acceptance: int = 0
    on_time: int = 0
    late: int = 0
    problems: int = 0
    """What an auditor would call an exception today."""

    @property
    def answered(self) -> int:
        return self.on_time + self.late + self.waiting_acceptance

    @property
    def total(self) -> int:
        return self.answered + self.open + self.due_soon + self.overdue + self.missed


@dataclass(frozen=True, kw_only=True)
class Group:
    key: str
    """What /soc2 status takes to show it alone."""
    label: str
    counts: Counts
    may_open: bool = True
    """Whether the reader may see it alone."""


@dataclass(frozen=True, kw_only=True)
class Waiting:
    task: Task
    turn: str
    """Whose turn it is."""
    may_nudge: bool


@dataclass(frozen=True, kw_only=True)
class StatusBoard:
    title: str
    scope: str
    now: datetime
    time_zone: str
    counts: Counts
    overdue: Sequence[Waiting]
    missed: Sequence[Waiting]
    problems: Sequence[Task]
    coming: Sequence[Task]
    departments: Sequence[Group]
    criteria: Sequence[Group]
    shortcuts: Sequence[Group] = ()
    """Other ways to look at it: my team, the audit period."""
    reviews: Sequence[Row] = ()
    """Access reviews under way, a line each."""


ALWAYS_COUNTED = ("Open, not late", "Overdue", "Missed", "Answered on time")
DEPARTMENT_NAMES = {"hr": "HR", "it": "IT"}


def department_name(key: str) -> str:
    return DEPARTMENT_NAMES.get(key, key.capitalize())


def status_board(board: StatusBoard) -> View:
    body: list[Element] = [Text(text=_headline(board.counts), strong=True, tone=_tone(board.counts))]
    body += [_facts(board.counts)] if board.counts.total else []
    body += _waiting("Overdue: whose turn it is", board.overdue, board)
    body += _waiting("Missed: the next one has opened already", board.missed, board)
    body += _problems(board)
    body += [Heading(text="Access reviews"), *board.reviews] if board.reviews else []
    body += _coming(board)
    body += _progress("By department", board.departments)
    body += _progress("By criteria group", board.criteria)
    body += _drill_down(board)
    return View(title=board.title, summary=_headline(board.counts), body=tuple(body))


def _headline(counts: Counts) -> str:
    if counts.overdue or counts.missed:
        late = counted(counts.overdue + counts.missed, "task")
        return f"{late} overdue or missed, {counts.answered} of {counts.total} answered."
    if counts.total == 0:
        return "Nothing has opened here yet."
    return f"Nothing is overdue. {counts.answered} of {counts.total} answered."


def _tone(counts: Counts) -> Tone:
    if counts.missed or counts.overdue:
        return Tone.BAD
    return Tone.WARNING if counts.due_soon else Tone.GOOD


def _facts(counts: Counts) -> Facts:
    """The four that are looked for stand always; the others where there is any."""
    pairs = (
        ("Open, not late", counts.open + counts.due_soon),
        ("Due within 5 days", counts.due_soon),
        ("Overdue", counts.overdue),
        ("Missed", counts.missed),
        ("Waiting for acceptance", counts.waiting_acceptance),
        ("Answered on time", counts.on_time),
        ("Answered late", counts.late),
        ("Possible deviations", counts.problems),
    )
    shown = ((label, value) for label, value in pairs if value or label in ALWAYS_COUNTED)
    return Facts(facts=tuple(Fact(label=label, value=str(value)) for label, value in shown))


def _waiting(title: str, items: Sequence[Waiting], board: StatusBoard) -> list[Element]:
    if not items:
        return []
    rows: list[Element] = []
    for item in items:
        turn = f"{item.turn}'s turn" if item.turn else "nobody's turn: assign it"
        note = f"{item.task.code} · {ledger.describe(item.task, board.now, board.time_zone)} · {turn}"
        if item.task.waiting_until:
            note += f" · waiting on {item.task.waiting_on} until {day(item.task.waiting_until)}"
        rows.append(Row(text=item.task.title, note=note, button=_row_button(item), tone=Tone.BAD))
    return [Heading(text=title), *rows]


def _row_button(item: Waiting) -> Button:
    if item.may_nudge:
        return ActionButton(label="Nudge", action=action("nudge", t=item.task.id))
    return open_task(item.task)


def _problems(board: StatusBoard) -> list[Element]:
    if not board.problems:
        return []
    rows = [
        Row(
            text=task.title,
            note=" · ".join((task.code, span_label(task.span_start, task.span_end), _what_is_wrong(task, board))),
            button=open_task(task),
        )
        for task in board.problems
    ]
    note = Note(text="Possible deviations: the auditor decides. One whose cause is on record weighs less.")
    return [Heading(text="What an auditor would call an exception today"), *rows, note]


def _what_is_wrong(task: Task, board: StatusBoard) -> str:
    standing = ledger.describe(task, board.now, board.time_zone)
    return f"“{ANSWERS[task.answer]}”, {standing}" if task.answer and task.answer.adverse else standing


def _coming(board: StatusBoard) -> list[Element]:
    if not board.coming:
        return []
    rows = [
        Row(
            text=task.title,
            note=f"{task.code} · due {due_moment(task.due_at, board.time_zone, board.now)}",
            button=_coming_button(task, board),
        )
        for task in board.coming
    ]
    return [Heading(text="Next 14 days"), *rows]


def _coming_button(task: Task, board: StatusBoard) -> Button | None:
    return open_task(task) if task.opens_at <= board.now else None


def _progress(title: str, groups: Sequence[Group]) -> list[Element]:
    shown = [group for group in groups if group.counts.total]
    if not shown:
        return []
    bars = [Progress(label=group.label, done=group.counts.answered, total=group.counts.total) for group in shown]
    return [Heading(text=title), *bars]


def _drill_down(board: StatusBoard) -> list[Element]:
    groups = [group for group in (*board.departments, *board.criteria) if group.counts.total and group.may_open]
    buttons = [
        ActionButton(label=group.label, action=action("show_status", scope=group.key))
        for group in (*board.shortcuts, *groups)
        if group.key != board.scope
    ]
    if board.scope:
        buttons.insert(0, ActionButton(label="Back to all", action=action("show_status")))
    return [Divider(), Note(text="Look closer:"), Buttons(buttons=tuple(buttons[:20]))] if buttons else []
