"""The start page: what waits for the person, and what they look after, with everything one press away."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from handlers.actions import action
from handlers.views.elements import (
    ActionButton,
    Bullets,
    Buttons,
    Divider,
    Element,
    FormButton,
    Heading,
    Note,
    Progress,
    Row,
    Text,
    Tone,
    View,
)
from handlers.views.task_list import TaskList, latest_answers, overdue_of, summary_of, waiting_sections
from tasks.people import Person
from tasks.status import Workload
from tasks.wording import counted, day, shortened

MOST_TASKS = 10
"""Of each list; the others are behind “All my tasks”."""
MOST_REPORTS = 8
MOST_MISSING = 5
LONGEST_SENTENCE = 180
NOTHING_WAITS = "Nothing waits for you. I will write to you as soon as something does."


@dataclass(frozen=True, kw_only=True)
class Report:
    person: Person
    load: Workload
    away: bool


@dataclass(frozen=True, kw_only=True)
class Team:
    """Somebody's direct reports."""

    size: int
    busy: Sequence[Report]
    """Those who have something open, who matters most first."""


@dataclass(frozen=True, kw_only=True)
class SetUp:
    done: int
    total: int
    """Steps."""
    missing: Sequence[str]
    """A sentence for each step that is not done."""
    gaps: Sequence[str] = ()
    """What is to be looked after beside them."""


@dataclass(frozen=True, kw_only=True)
class Home:
    tasks: TaskList
    team: Team | None = None
    set_up: SetUp | None = None


def home(page: Home) -> View:
    waiting = waiting_sections(page.tasks, most=MOST_TASKS)
    summary = summary_of(page.tasks) if waiting else NOTHING_WAITS
    body: list[Element] = [
        Text(text=summary, strong=bool(waiting), tone=_tone(page, bool(waiting))),
        _everywhere(),
        *waiting,
        *(_team(page.team, page.tasks.time_zone) if page.team else []),
        *(_set_up(page.set_up) if page.set_up else []),
        *latest_answers(page.tasks),
    ]
    return View(title="What waits for you", summary=summary, body=tuple(body))


def _tone(page: Home, waits: bool) -> Tone:
    if overdue_of(page.tasks):
        return Tone.BAD
    return Tone.NEUTRAL if waits else Tone.GOOD


def _everywhere() -> Buttons:
    return Buttons(
        buttons=(
            ActionButton(label="All my tasks", action=action("show_tasks")),
            ActionButton(label="Status", action=action("show_status")),
            FormButton(label="I will be away …", action=action("go_away")),
            ActionButton(label="Help", action=action("show_help")),
        )
    )


def _team(team: Team, time_zone: str) -> list[Element]:
    overdue = sum(report.load.overdue for report in team.busy)
    late = f"{counted(overdue, 'task')} overdue" if overdue else "nothing overdue"
    said = f"{counted(team.size, 'person', 'people')}, {late}."
    rest = len(team.busy) - MOST_REPORTS
    more = [Note(text=f"And {rest} more with open tasks: /soc2 status team")] if rest > 0 else []
    return [
        Divider(),
        Heading(text="Your team"),
        Text(text=said, tone=Tone.WARNING if overdue else Tone.GOOD),
        *(_report(report, time_zone) for report in team.busy[:MOST_REPORTS]),
        *more,
        Buttons(buttons=(ActionButton(label="Team status", action=action("show_status", scope="team")),)),
    ]


def _report(report: Report, time_zone: str) -> Row:
    load = report.load
    away = f"away until {day(report.person.away_until)}" if report.away and report.person.away_until else ""
    late = f"{load.overdue} overdue" if load.overdue else ""
    oldest = f"{'oldest due' if load.open > 1 else 'due'} {day(load.oldest_due.astimezone(ZoneInfo(time_zone)))}"
    note = " · ".join(filter(None, (f"{load.open} open", late, oldest, away)))
    return Row(text=report.person.name, note=note, tone=Tone.BAD if load.overdue else Tone.NEUTRAL)


def _set_up(progress: SetUp) -> list[Element]:
    rest = len(progress.missing) - MOST_MISSING
    steps = [shortened(sentence, LONGEST_SENTENCE) for sentence in progress.missing[:MOST_MISSING]]
    more = [f"And {counted(rest, 'step')} more."] if rest > 0 else []
    return [
        Divider(),
        Heading(text="Setting up"),
        *([Progress(label="Steps done", done=progress.done, total=progress.total)] if steps else []),
        Bullets(items=(*steps, *more, *progress.gaps)),
        Buttons(buttons=(ActionButton(label="Set up", action=action("setup")),)),
    ]
