"""What waits for one person: their tasks, what to accept, and what colleagues asked them for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from handlers.actions import action
from handlers.views.elements import Element, FormButton, Heading, Note, Row, Text, Tone, View
from handlers.views.messages import open_task
from tasks import ledger
from tasks.model import Contribution, Task
from tasks.recurrence import span_label
from tasks.wording import counted

MOST_SHOWN = 20
NOTHING_WAITS = "Nothing is waiting for you."


@dataclass(frozen=True, kw_only=True)
class AskedItem:
    contribution: Contribution
    task: Task
    item: str
    asked_by: str


class ShownTo(Protocol):
    """When and where somebody reads: words such as “due tomorrow” depend on it."""

    @property
    def now(self) -> datetime: ...
    @property
    def time_zone(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class TaskList:
    now: datetime
    time_zone: str
    mine: Sequence[Task]
    for_others: Sequence[tuple[Task, str]]
    """Tasks I answer on somebody's behalf, with their name."""
    to_accept: Sequence[Task]
    asked: Sequence[AskedItem]
    answered: Sequence[Task]


def task_list(tasks: TaskList) -> View:
    body = waiting_sections(tasks) or [Text(text=NOTHING_WAITS, tone=Tone.GOOD)]
    body += latest_answers(tasks)
    return View(title="My tasks", summary=summary_of(tasks), body=tuple(body))


def waiting_sections(tasks: TaskList, *, most: int = MOST_SHOWN) -> list[Element]:
    """`most` rows of each; empty when nothing is waiting."""
    for_others = [task_row(task, tasks, f"for {name}") for task, name in tasks.for_others]
    to_accept = [task_row(task, tasks) for task in tasks.to_accept]
    return [
        *_section("Your tasks", [task_row(task, tasks) for task in tasks.mine], most),
        *_section("For colleagues who are away", for_others, most),
        *_section("Waiting for your acceptance", to_accept, most, count=_at_most(len(to_accept))),
        *_section("Colleagues asked you for", [_asked_row(one) for one in tasks.asked], most),
    ]


def latest_answers(tasks: TaskList) -> list[Element]:
    return _section("Your latest answers", [task_row(task, tasks) for task in tasks.answered], MOST_SHOWN)


def overdue_of(tasks: TaskList) -> int:
    return sum(task.due_at < tasks.now for task in (*tasks.mine, *(task for task, _ in tasks.for_others)))


def summary_of(tasks: TaskList) -> str:
    to_answer, overdue = [*tasks.mine, *tasks.for_others], overdue_of(tasks)
    parts = (
        (len(to_answer), f"{counted(len(to_answer), 'task')} to answer ({overdue} overdue)"),
        (len(tasks.to_accept), f"{_at_most(len(tasks.to_accept))} to accept"),
        (len(tasks.asked), f"{counted(len(tasks.asked), 'item')} asked of you"),
    )
    said = [words for number, words in parts if number]
    return f"Waiting for you: {', '.join(said)}." if said else NOTHING_WAITS


def _at_most(number: int) -> str:
    """Of the longest lists only the beginning is looked up."""
    return f"{MOST_SHOWN}+" if number > MOST_SHOWN else str(number)


def _section(title: str, rows: list[Row], most: int, *, count: str = "") -> list[Element]:
    if not rows:
        return []
    rest = [Note(text=f"Only the first {most} are shown.")] if len(rows) > most else []
    return [Heading(text=f"{title} ({count or len(rows)})"), *rows[:most], *rest]


def task_row(task: Task, shown: ShownTo, extra: str = "") -> Row:
    words = ledger.describe(task, shown.now, shown.time_zone)
    span = span_label(task.span_start, task.span_end)
    note = " · ".join(filter(None, (task.code, span, words, extra)))
    overdue = task.is_open and task.due_at < shown.now
    return Row(text=task.title, note=note, button=open_task(task), tone=Tone.BAD if overdue else Tone.NEUTRAL)


def _asked_row(asked: AskedItem) -> Row:
    act = action("attach_evidence", t=asked.task.id, item=asked.contribution.item)
    note = f"{asked.task.code} {asked.task.title} · asked by {asked.asked_by}"
    if asked.contribution.note:
        note += f": {asked.contribution.note}"
    return Row(text=asked.item, note=note, button=FormButton(label="Attach", action=act))
