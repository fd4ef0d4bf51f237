"""What waits for one person: their tasks, what to accept, and what colleagues asked them for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from handlers.actions import action
from handlers.views.elements import Element, FormButton, Heading, Row, Text, Tone, View
from handlers.views.messages import open_task
from tasks import ledger
from tasks.model import Contribution, Task
from tasks.recurrence import span_label
from tasks.wording import counted

MOST_SHOWN = 20


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
    body: list[Element] = []
    body += _section("Your tasks", [task_row(task, tasks) for task in tasks.mine])
    body += _section(
        "For colleagues who are away", [task_row(task, tasks, f"for {name}") for task, name in tasks.for_others]
    )
    to_accept = [task_row(task, tasks) for task in tasks.to_accept]
    body += _section("Waiting for your acceptance", to_accept, count=_at_most(len(to_accept)))
    body += _section("Colleagues asked you for", [_asked_row(one) for one in tasks.asked])
    if not body:
        body.append(Text(text="Nothing is waiting for you.", tone=Tone.GOOD))
    body += _section("Your latest answers", [task_row(task, tasks) for task in tasks.answered])
    return View(title="My tasks", summary=_summary(tasks), body=tuple(body))


def _summary(tasks: TaskList) -> str:
    to_answer = [*tasks.mine, *(task for task, _ in tasks.for_others)]
    overdue = sum(task.due_at < tasks.now for task in to_answer)
    parts = (
        (len(to_answer), f"{counted(len(to_answer), 'task')} to answer ({overdue} overdue)"),
        (len(tasks.to_accept), f"{_at_most(len(tasks.to_accept))} to accept"),
        (len(tasks.asked), f"{counted(len(tasks.asked), 'item')} asked of you"),
    )
    said = [words for number, words in parts if number]
    return f"Waiting for you: {', '.join(said)}." if said else "Nothing is waiting for you."


def _at_most(number: int) -> str:
    """Of the longest lists only the beginning is looked up."""
    return f"{MOST_SHOWN}+" if number > MOST_SHOWN else str(number)


def _section(title: str, rows: list[Row], *, count: str = "") -> list[Element]:
    if not rows:
        return []
    rest = [Text(text=f"Only the first {MOST_SHOWN} are shown.")] if len(rows) > MOST_SHOWN else []
    return [Heading(text=f"{title} ({count or len(rows)})"), *rows[:MOST_SHOWN], *rest]


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
