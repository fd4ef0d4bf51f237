"""Lists to choose from: what waits for a review, what is missing, what can be corrected, asked for, handed over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.actions import action
from handlers.views.elements import Button, Buttons, Element, FormButton, Heading, Note, Row, Text, Tone, View
from handlers.views.messages import open_task
from handlers.views.task_list import task_row
from tasks import ledger
from tasks.controls import EvidenceItem
from tasks.model import Task, TaskState
from tasks.recurrence import span_label
from tasks.wording import counted

MOST_SHOWN = 20
MOST_TASKS = 8
"""Each with its items: more would not fit one message."""


@dataclass(frozen=True, kw_only=True)
class ShownAt:
    now: datetime
    time_zone: str


@dataclass(frozen=True, kw_only=True)
class ToReview:
    """Everything that waits for one person's second look. A kind with nothing in it has no heading."""

    acceptance: Sequence[Row]
    access_reviews: Sequence[Row] = ()


@dataclass(frozen=True, kw_only=True)
class Missing:
    task: Task
    items: tuple[EvidenceItem, ...]
    """Required and not attached yet, of what the person may attach."""
    cards: int
    """Lists whose source nobody told yet."""
    whole: bool
    """The person may attach to every item, not only to what they were asked for."""


def review_list(waiting: ToReview) -> View:
    parts = (("Acceptance", waiting.acceptance), ("Access reviews", waiting.access_reviews))
    body: list[Element] = []
    for title, rows in parts:
        body += [Heading(text=f"{title} ({_at_most(len(rows))})"), *rows[:MOST_SHOWN]] if rows else []
        body += [Note(text=f"Only the first {MOST_SHOWN} are shown.")] if len(rows) > MOST_SHOWN else []
    said = [f"{title.lower()} ({_at_most(len(rows))})" for title, rows in parts if rows]
    if not said:
        nothing = "Nothing waits for your acceptance or review."
        return View(title="Review", summary=nothing, body=(Text(text=nothing, tone=Tone.GOOD),))
    return View(title="Review", summary=f"Waiting for you: {', '.join(said)}.", body=tuple(body))


def to_accept_row(task: Task, answered_by: str) -> Row:
    """What it waits for stands in the heading."""
    said = f"answered by {answered_by}{', late' if ledger.is_late(task) else ''}"
    note = " · ".join((task.code, span_label(task.span_start, task.span_end), said))
    return Row(text=task.title, note=note, button=open_task(task))


def missing_list(missing: Sequence[Missing]) -> View:
    if not missing:
        nothing = "You have no open task, so no evidence is asked of you."
        return View(title="Evidence", summary=nothing, body=(Text(text=nothing, tone=Tone.GOOD),))
    body = [element for one in missing[:MOST_TASKS] for element in _missing_of(one)]
    if len(missing) > MOST_TASKS:
        body.append(Note(text=f"{counted(len(missing) - MOST_TASKS, 'more task')}: type /soc2 tasks to see all."))
    number = sum(len(one.items) for one in missing)
    summary = f"{counted(number, 'item')} still missing." if number else "Everything that is asked for is attached."
    return View(title="Evidence", summary=summary, body=tuple(body))


def _missing_of(one: Missing) -> list[Element]:
    task = one.task
    note = " · ".join(filter(None, (task.code, span_label(task.span_start, task.span_end), _standing(one))))
    button: Button = FormButton(label="Attach", action=action("attach_evidence", t=task.id))
    head = Row(text=task.title, note=note, button=button if one.whole else open_task(task))
    return [head, *(_missing_row(task, item) for item in one.items)]


def _standing(one: Missing) -> str:
    if one.items:
        return f"{counted(len(one.items), 'item')} missing"
    return f"{counted(one.cards, 'source card')} missing" if one.cards else "nothing missing"


def _missing_row(task: Task, item: EvidenceItem) -> Row:
    act = action("attach_evidence", t=task.id, item=item.key)
    note = "a list: needs a source card" if item.population else ""
    return Row(text=f"○ {item.text}", note=note, button=FormButton(label="Attach", action=act), under=True)


def correct_list(tasks: Sequence[Task], shown: ShownAt) -> View:
    if not tasks:
        nothing = "There is nothing to correct: you answered nothing lately, or others answer those tasks now."
        return View(title="Correct an answer", summary="Nothing to correct.", body=(Text(text=nothing),))
    body: list[Element] = [Text(text="A correction is a new version with a reason; the old one stays readable.")]
    body += [_correct_row(task, shown) for task in tasks[:MOST_SHOWN]]
    summary = f"{counted(len(tasks), 'answer')} of yours, latest first."
    return View(title="Correct an answer", summary=summary, body=tuple(body))


def _correct_row(task: Task, shown: ShownAt) -> Row:
    if task.state is TaskState.ACCEPTED:
        button = FormButton(label="Ask to reopen …", action=action("ask_to_reopen", t=task.id))
    else:
        button = FormButton(label="Correct …", action=action("correct_answer", t=task.id, v=task.version))
    return Row(text=task.title, note=task_row(task, shown).note, button=button)


def request_list(tasks: Sequence[Task], shown: ShownAt) -> View:
    if not tasks:
        nothing = "You have no open task, so there is nothing to ask a colleague for."
        return View(title="Ask a colleague", summary=nothing, body=(Text(text=nothing, tone=Tone.GOOD),))
    body: list[Element] = [Text(text="For which task do you ask a colleague?", strong=True)]
    for task in tasks[:MOST_SHOWN]:
        button = FormButton(label="Ask a colleague …", action=action("request_item", t=task.id))
        body.append(Row(text=task.title, note=task_row(task, shown).note, button=button))
    return View(title="Ask a colleague", summary="For which task do you ask a colleague?", body=tuple(body))


def delegate_list(tasks: Sequence[Task], shown: ShownAt) -> View:
    """All of it while one is away, or a single task for good."""
    away = FormButton(label="I will be away …", action=action("go_away"))
    body: list[Element] = [
        Text(text="While you are away somebody answers all your tasks for you, new ones included."),
        Buttons(buttons=(away,)),
    ]
    if tasks:
        body.append(Heading(text="Hand over one task for good"))
    for task in tasks[:MOST_SHOWN]:
        button = FormButton(label="Hand over …", action=action("reassign_task", t=task.id, v=task.version))
        body.append(Row(text=task.title, note=task_row(task, shown).note, button=button))
    summary = "Who answers for you, while you are away or for one task."
    return View(title="Delegate", summary=summary, body=tuple(body))


def _at_most(number: int) -> str:
    return f"{MOST_SHOWN}+" if number > MOST_SHOWN else str(number)
