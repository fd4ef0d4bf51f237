"""Notices that are not about one open task: digests, lines for the channel, and words to managers."""

from collections.abc import Sequence

from handlers.views.elements import Bullets, Buttons, Element, Fact, Facts, Note, Row, Text, Tone, View
from handlers.views.messages import open_task
from handlers.views.status_board import department_name
from handlers.views.task_list import MOST_SHOWN, ShownTo, task_row
from tasks import ledger
from tasks.model import Task
from tasks.status import Rhythm
from tasks.wording import business_days, counted, day, sentence

MOST_IN_CHANNEL = 15


def digest(tasks: Sequence[Task], shown: ShownTo) -> View:
    text = f"You have {counted(len(tasks), 'open task')}."
    rows: list[Element] = [task_row(task, shown) for task in tasks[:MOST_SHOWN]]
    if len(tasks) > MOST_SHOWN:
        rows.append(Note(text=f"Only the first {MOST_SHOWN} are shown. Type /soc2 tasks to answer them."))
    return View(title="Your week", summary=text, body=(Text(text=text, strong=True), *rows))


def week_closed(rhythm: Rhythm) -> View:
    owed = f"{counted(rhythm.overdue, 'task')} overdue" if rhythm.overdue else "nothing owed"
    late = f", {rhythm.answered_late} late" if rhythm.answered_late else ""
    text = f"The week is closed: {owed}, {rhythm.answered_on_time} on time{late}."
    tone = Tone.WARNING if rhythm.overdue else Tone.GOOD
    return View(title="The week", summary=text, body=(Text(text=text, tone=tone),))


def long_overdue(tasks: Sequence[Task], shown: ShownTo, *, days: int = 10) -> View:
    """For the compliance channel: control and department, no names. `days`: business days that all of them are late."""
    text = f"{counted(len(tasks), 'control task')} overdue for {business_days(days)} or more."
    lines = [_long_overdue_line(task, shown) for task in tasks[:MOST_IN_CHANNEL]]
    rest = len(tasks) - MOST_IN_CHANNEL
    lines += [f"and {counted(rest, 'more task')}: /soc2 status"] if rest > 0 else []
    body = (Text(text=text, strong=True, tone=Tone.BAD), Bullets(items=tuple(lines)))
    return View(title="Overdue", summary=text, body=body)


def _long_overdue_line(task: Task, shown: ShownTo) -> str:
    where = ledger.describe(task, shown.now, shown.time_zone)
    return f"{task.code} {task.title} ({department_name(task.department)}): {where}"


def escalated(task: Task, shown: ShownTo, *, owner: str, why: str, detail: str) -> View:
    """To a manager, the compliance lead or the sponsor: status, never files."""
    facts: list[Fact] = [
        Fact(label="Control", value=f"{task.code} {task.title}"),
        Fact(label="Owner", value=owner),
        Fact(label="Standing", value=sentence(ledger.describe(task, shown.now, shown.time_zone))),
    ]
    if task.waiting_until:
        facts.append(Fact(label="Waiting on", value=f"{task.waiting_on}, until {day(task.waiting_until)}"))
    if detail:
        facts.append(Fact(label="Also", value=sentence(detail)))
    body: list[Element] = [
        Text(text=why, strong=True, tone=Tone.BAD),
        Facts(facts=tuple(facts)),
        Buttons(buttons=(open_task(task, "Open the task"),)),
    ]
    return View(title="Overdue", summary=why, body=tuple(body))


def settled(task: Task, text: str) -> View:
    """What an escalation or a reminder becomes once it no longer matters."""
    row = Row(text=f"{task.code} · {task.title}", note=text, button=open_task(task))
    return View(title="Settled", summary=text, body=(row,))
