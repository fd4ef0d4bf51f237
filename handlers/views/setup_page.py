"""The set-up, step by step: what is there, what is missing, and how the next year would look."""

from dataclasses import dataclass

from handlers.actions import Action, action
from handlers.views.elements import (
    ActionButton,
    Bullets,
    Buttons,
    Confirm,
    Element,
    FormButton,
    Heading,
    Note,
    Progress,
    Row,
    Style,
    Table,
    Text,
    Tone,
    View,
)
from tasks.preview import MOST_A_WEEK, OwnerLoad, Preview
from tasks.setup import SetupProgress, Step, StepProgress
from tasks.wording import counted, day, listed, sentence

FORM_OF = {
    Step.CONTROLS: "choose_controls",
    Step.PLACE: "set_place",
    Step.PEOPLE: "choose_people",
    Step.OWNERS: "choose_owners",
    Step.LADDER: "set_ladder",
    Step.CHANNEL: "set_channel",
    Step.PERIOD: "set_period",
    Step.RHYTHM: "choose_rhythm",
}
MOST_OWNERS = 20
MOST_CODES = 3
MOST_BUSY = 5
ANY_ORDER = (
    "Eight steps, in any order. Everything you answer is kept: leave when you like and go on later, on any device."
)
RUNNING = "soc2bot is running. What you change here counts from now on; controls that run are never installed twice."
CURE = "For quieter weeks give controls to somebody else, level the months, or begin with the starter rhythm."
NO_CONTROLS = "No control is chosen yet, so nothing would open."
QUIET = "Nobody gets a message before you press Start on the preview."


# --- the steps


def setup_page(progress: SetupProgress, *, waiting: int, said: str = "", extra: tuple[FormButton, ...] = ()) -> View:
    """`waiting`: controls that Start would set going. `said`: what has just been saved."""
    steps = progress.steps
    look = ActionButton(
        label="Preview the next 12 months",
        action=action("preview_setup"),
        style=Style.PLAIN if progress.finished and not waiting else Style.PRIMARY,
    )
    body: list[Element] = [
        *([Text(text=said, tone=Tone.GOOD)] if said else []),
        Text(text=RUNNING if progress.finished else ANY_ORDER),
        Progress(label="Steps done", done=progress.done, total=len(steps)),
        *(_row(number, step) for number, step in enumerate(steps, start=1)),
        Buttons(buttons=(look, *extra)),
    ]
    if not progress.finished or waiting:
        body.append(Note(text=QUIET))
    title = "Settings" if progress.finished else "Set up soc2bot"
    return View(title=title, summary=f"{progress.done} of {len(steps)} steps are done.", body=tuple(body))


def _row(number: int, step: StepProgress) -> Row:
    return Row(
        text=f"{number}. {step.title}",
        note=step.sentence if step.done or not step.needed else f"Needed to start. {step.sentence}",
        button=FormButton(label="Change …" if step.done else "Answer …", action=action(FORM_OF[step.step])),
        tone=Tone.GOOD if step.done else Tone.NEUTRAL,
    )


# --- the preview


@dataclass(frozen=True, kw_only=True)
class PreviewPage:
    preview: Preview
    progress: SetupProgress
    missing: tuple[StepProgress, ...]
    """Without which nothing starts."""
    waiting: int
    start: Action


def preview_page(page: PreviewPage) -> View:
    preview, total = page.preview, len(page.progress.steps)
    size = f"{counted(preview.controls, 'control')} and {counted(preview.tasks, 'task')}"
    when = f"from {day(preview.first)} to {day(preview.last)}"
    body: list[Element] = [
        Text(text=f"{size} {when}." if preview.controls else NO_CONTROLS, strong=True),
        Note(text="Looking sends and saves nothing."),
        *(_tables(preview) if preview.controls else ()),
        *_worth_a_look(preview),
    ]
    if page.progress.done < total:
        body.append(Progress(label="Steps done", done=page.progress.done, total=total))
    if page.missing:
        body.append(Text(text="Before you can start:", strong=True))
        body.append(Bullets(items=tuple(f"{step.title}: {step.sentence}" for step in page.missing)))
    body.append(Buttons(buttons=_buttons(page)))
    return View(title="The next 12 months", summary=f"{size} {when}.", body=tuple(body))


def _worth_a_look(preview: Preview) -> list[Element]:
    if not preview.controls:
        return []
    said: list[Element] = [Text(text=sentence, tone=Tone.WARNING) for sentence in warnings(preview)]
    if not said:
        said.append(Text(text=f"Nobody gets more than {MOST_A_WEEK} tasks in a week.", tone=Tone.GOOD))
    return [Heading(text="Worth a look"), *said, *([Note(text=CURE)] if preview.busy_weeks else [])]


def _buttons(page: PreviewPage) -> tuple[ActionButton, ...]:
    back = ActionButton(label="Back to change", action=action("setup"))
    if page.missing or not page.waiting:
        return (back,)
    confirm = Confirm(
        title="Start?",
        text=f"{counted(page.waiting, 'control')} will run. Each owner hears of a task on the day it opens.",
        yes="Start",
        no="Not yet",
    )
    return ActionButton(label="Start", action=page.start, style=Style.PRIMARY, confirm=confirm), back


def _tables(preview: Preview) -> tuple[Element, ...]:
    months = tuple((f"{one.first:%b %Y}", str(one.opening), str(one.owners)) for one in preview.months)
    owners = tuple(_owner_row(load) for load in preview.owners[:MOST_OWNERS])
    rest = len(preview.owners) - MOST_OWNERS
    return (
        Heading(text="By month"),
        Table(columns=("Month", "Tasks", "People"), rows=months),
        Heading(text="By owner"),
        Table(columns=("Owner", "Tasks", "Busiest week"), rows=owners),
        *([Note(text=f"And {counted(rest, 'more owner')}, with fewer tasks.")] if rest > 0 else []),
    )


def _owner_row(load: OwnerLoad) -> tuple[str, str, str]:
    name = load.owner.name if load.owner else "nobody yet"
    stands_in = f" ({load.unassigned} unassigned)" if load.owner and load.unassigned else ""
    return f"{name}{stands_in}", str(load.tasks), str(load.busiest_week)


def warnings(preview: Preview) -> list[str]:
    return [*_busy(preview), *_unowned(preview), *_period(preview)]


def _busy(preview: Preview) -> list[str]:
    """A sentence for each person, the busiest first."""
    sentences = []
    people = {week.owner.id: week.owner for week in preview.busy_weeks}
    for person in people.values():
        weeks = [week for week in preview.busy_weeks if week.owner.id == person.id]
        worst = max(weeks, key=lambda week: week.tasks)
        often = f" It happens in {len(weeks)} weeks of the year." if len(weeks) > 1 else ""
        sentence = (
            f"{person.name} gets {worst.tasks} tasks in the week of {day(worst.monday)}, more than {MOST_A_WEEK}."
        )
        sentences.append((-worst.tasks, f"{sentence}{often}"))
    ordered = [sentence for _, sentence in sorted(sentences)]
    rest = len(ordered) - MOST_BUSY
    more = [f"{counted(rest, 'more person has', 'more people have')} such weeks."] if rest > 0 else []
    return [*ordered[:MOST_BUSY], *more]


def _unowned(preview: Preview) -> list[str]:
    if preview.unowned:
        return [f"Nobody can be asked about {_controls(preview.unowned)}: name an owner or a compliance lead."]
    return []


def _period(preview: Preview) -> list[str]:
    against, sentences = preview.period, []
    if against.due_after:
        sentences.append(
            f"{sentence(_controls(against.due_after))}: the last task about the audit period is due only after it "
            "ends. Answer it early, or tell your auditor when it comes."
        )
    if against.due_before:
        tasks = counted(against.due_before, "task is", "tasks are")
        sentences.append(
            f"{tasks} due before the audit period begins: good practice, but the audit doesn't count them."
        )
    if against.never_due:
        sentences.append(f"{sentence(_controls(against.never_due))}: no task is due within the audit period.")
    return sentences


def _controls(codes: tuple[str, ...]) -> str:
    """IAM-01 · 34 controls (IAM-01, IAM-02, IAM-03 …)"""
    if len(codes) <= MOST_CODES:
        return listed(codes)
    return f"{counted(len(codes), 'control')} ({', '.join(codes[:MOST_CODES])} …)"


def started_view(installed: int, first: str) -> View:
    what = counted(installed, "control runs", "controls run")
    text = f"{what} from now on, the first from {first}. Owners hear of a task on the day it opens."
    buttons = (
        ActionButton(label="Status", action=action("show_status")),
        ActionButton(label="Settings", action=action("setup")),
    )
    return View(title="Started", summary=text, body=(Text(text=text, tone=Tone.GOOD), Buttons(buttons=buttons)))
