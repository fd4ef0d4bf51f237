"""What the next twelve months would bring, before anything is sent: per month, per owner, and what to look at. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from tasks.business_days import calendar_of
from tasks.controls import ControlText
from tasks.identifiers import PersonId
from tasks.people import Person, Workspace
from tasks.recurrence import occurrences

MONTHS = 12
AFTER_PERIOD = relativedelta(months=3)
"""What an audit period covers last is asked for by then, save for what is done once or twice a year."""
MOST_A_WEEK = 4
"""Tasks of one person that open in one week. With more it is worth giving some of them to somebody else."""


@dataclass(frozen=True, kw_only=True)
class Scheduled:
    """A control as it would run."""

    code: str
    department: str
    text: ControlText
    starts_on: date
    owner: Person | None
    unassigned: bool = False
    """The owner only stands in, being the compliance lead."""


@dataclass(frozen=True, kw_only=True)
class Coming:
    """One task that would open."""

    code: str
    owner: Person | None
    opens_on: date
    due_on: date
    span_start: date
    span_end: date

    @property
    def week(self) -> date:
        """Its Monday."""
        return self.opens_on - timedelta(days=self.opens_on.weekday())


@dataclass(frozen=True, kw_only=True)
class MonthLoad:
    first: date
    opening: int
    owners: int


@dataclass(frozen=True, kw_only=True)
class OwnerLoad:
    owner: Person | None
    controls: int
    tasks: int
    busiest_week: int
    """Tasks in it."""
    unassigned: int
    """Controls of departments without an owner."""


@dataclass(frozen=True, kw_only=True)
class BusyWeek:
    owner: Person
    monday: date
    tasks: int


@dataclass(frozen=True, kw_only=True)
class AgainstPeriod:
    """How what is planned lies to the audit period; controls by code."""

    due_after: tuple[str, ...] = ()
    """About days of the period, due only once it is over."""
    due_before: int = 0
    """Tasks due before it begins: practice, which no auditor counts."""
    never_due: tuple[str, ...] = ()
    """No task of theirs is due by its last day."""


@dataclass(frozen=True, kw_only=True)
class Preview:
    first: date
    """What opens from here on, for twelve months."""
    last: date
    tasks: int
    controls: int
    months: tuple[MonthLoad, ...]
    owners: tuple[OwnerLoad, ...]
    """Who gets most first."""
    busy_weeks: tuple[BusyWeek, ...]
    period: AgainstPeriod
    unowned: tuple[str, ...]
    """Controls that nobody at all could be asked about: they would not open."""


def preview(controls: Sequence[Scheduled], *, workspace: Workspace, first: date) -> Preview:
    last = first + relativedelta(months=MONTHS, days=-1)
    since = min(first, workspace.period_start or first)
    until = max(last, (workspace.period_end or last) + AFTER_PERIOD)
    known = [task for control in controls for task in _coming(control, workspace, since, until)]
    coming = [task for task in known if first <= task.opens_on <= last]
    return Preview(
        first=first,
        last=last,
        tasks=len(coming),
        controls=len(controls),
        months=tuple(_months(coming, first)),
        owners=tuple(sorted(_owners(controls, coming), key=lambda load: (-load.tasks, _name(load.owner)))),
        busy_weeks=tuple(_busy_weeks(coming)),
        period=_against_period(controls, known, workspace, first),
        unowned=tuple(sorted(control.code for control in controls if control.owner is None)),
    )


def _coming(control: Scheduled, workspace: Workspace, first: date, last: date) -> Iterator[Coming]:
    calendar = calendar_of(control.owner, workspace)
    after = first - timedelta(days=1)
    for one in occurrences(control.text, starts_on=control.starts_on, after=after, until=last, calendar=calendar):
        yield Coming(
            code=control.code,
            owner=control.owner,
            opens_on=calendar.local_date(one.prompt_at),
            due_on=calendar.local_date(one.due_at),
            span_start=one.span_start,
            span_end=one.span_end,
        )


def _months(coming: Iterable[Coming], first: date) -> Iterator[MonthLoad]:
    """Calendar months, of which the first and the last may be there in part."""
    tasks = list(coming)
    start = first.replace(day=1)
    for month in (start + relativedelta(months=number) for number in range(MONTHS + (first.day > 1))):
        opening = [task for task in tasks if (task.opens_on.year, task.opens_on.month) == (month.year, month.month)]
        owners = {task.owner.id for task in opening if task.owner}
        yield MonthLoad(first=month, opening=len(opening), owners=len(owners))


def _owners(controls: Sequence[Scheduled], coming: Sequence[Coming]) -> Iterator[OwnerLoad]:
    people = {control.owner.id if control.owner else None: control.owner for control in controls}
    for person_id, owner in people.items():
        owned = [control for control in controls if _id(control.owner) == person_id]
        weeks = Counter(task.week for task in coming if _id(task.owner) == person_id)
        yield OwnerLoad(
            owner=owner,
            controls=len(owned),
            tasks=weeks.total(),
            busiest_week=max(weeks.values(), default=0),
            unassigned=sum(control.unassigned for control in owned),
        )


def _id(person: Person | None) -> PersonId | None:
    return person.id if person else None


def _name(person: Person | None) -> str:
    return person.name if person else ""


def _busy_weeks(coming: Iterable[Coming]) -> Iterator[BusyWeek]:
    """In order of time."""
    people = {task.owner.id: task.owner for task in coming if task.owner}
    weeks = Counter((task.week, task.owner.id) for task in coming if task.owner)
    for (monday, person_id), tasks in sorted(weeks.items()):
        if tasks > MOST_A_WEEK:
            yield BusyWeek(owner=people[person_id], monday=monday, tasks=tasks)


def _against_period(
    controls: Sequence[Scheduled], known: Sequence[Coming], workspace: Workspace, first: date
) -> AgainstPeriod:
    start, end = workspace.period_start, workspace.period_end
    if start is None or end is None:
        return AgainstPeriod()
    about = [task for task in known if task.span_start <= end and start <= task.span_end]
    as_of = start == end
    in_time = {task.code for task in known if task.due_on <= end and (as_of or start <= task.due_on)}
    return AgainstPeriod(
        due_after=tuple(sorted({task.code for task in about if task.due_on > end})),
        due_before=0 if as_of else sum(first <= task.opens_on and task.due_on < start for task in known),
        never_due=tuple(sorted({control.code for control in controls} - in_time)),
    )
