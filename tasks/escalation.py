"""The ladder: who is told about a task, and when, until it is answered; and the acceptor's ladder after that.

Days are business days of the owner's calendar (of the acceptor's, once it is answered); rungs stand at 09:00. These
are the days unless the workspace, or the control, has a ladder of its own:

    opened              the prompt                       whose turn it is
    5 and 1 before due  a reminder                       whose turn it is; with three open tasks: the Monday digest
    on the due day      last call                        whose turn it is
    1 after             overdue                          whose turn it is
    2 after             escalation                       the owner's manager
    5 after             escalation                       the compliance lead
    10 after            escalation                       the executive sponsor
    10 after, daily     one line for all such tasks      the compliance channel: control and department, no names
    answered + 2, 5, 8  waiting for acceptance           the acceptor; the compliance lead; the executive sponsor

Weekly controls stop at the manager. Before 40 % of the time has passed nobody is reminded. Whoever can't be told is
passed over for the next in line, and the notice says so. After an outage only the latest rung is sent; those that it
overtook are recorded as skipped.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from tasks.business_days import BusinessCalendar, calendar_of
from tasks.controls import Cadence
from tasks.duties import Turn
from tasks.identifiers import PersonId
from tasks.ladder import DEFAULT_LADDER, Ladder, Rung
from tasks.model import Task, TaskState
from tasks.notices import NoticeKey, NoticeState, Occasion, OwedNotice
from tasks.people import Directory, Person, Workspace
from tasks.recipients import Answerers, acceptor, may_accept, recipient

CHANNEL = "channel:compliance"
NOBODY = "nobody"
REMIND_AFTER = 0.4
"""Of the time between opening and due."""
DIGEST_FROM = 3
"""Open tasks: from here on the Monday digest takes the place of single reminders."""
CLOSING_LINE_HOUR = 16

OVERTAKEN = "overtaken by a later rung after an outage"
IN_DIGEST = "in the Monday digest"

REMINDERS = (Occasion.REMINDER_5, Occasion.REMINDER_1)
WEEKLY_OCCASIONS = (Occasion.OPENED, Occasion.LAST_CALL, Occasion.OVERDUE, Occasion.MANAGER)

Times = tuple[tuple[Occasion, datetime], ...]


ACCEPTANCE_LADDER = Ladder(
    (
        Rung(Occasion.ACCEPTANCE_REMINDER, 2),
        Rung(Occasion.ACCEPTANCE_OVERDUE, 5),
        Rung(Occasion.ACCEPTANCE_LEAD, 8),
    )
)
"""Counted from the day the answer was sent."""


@dataclass(frozen=True, kw_only=True)
class Climb:
    notices: tuple[OwedNotice, ...] = ()
    next_rung_at: datetime | None = None


ALONE = Answerers()


# --- when


def ladder_for(cadence: Cadence, base: Ladder = DEFAULT_LADDER) -> Ladder:
    if cadence is not Cadence.WEEKLY:
        return base
    return Ladder(tuple(rung for rung in base.rungs if rung.occasion in WEEKLY_OCCASIONS))


def rung_times(task: Task, ladder: Ladder, calendar: BusinessCalendar) -> Times:
    """In order. Rungs that would come before or with the prompt are left out, and so are reminders too early."""
    prompt_at = calendar.into_hours(task.opens_at)
    patience_ends = task.opens_at + REMIND_AFTER * (task.due_at - task.opens_at)
    times = [(rung.occasion, _rung_time(rung, task, calendar)) for rung in ladder.rungs]
    kept = [
        (occasion, at)
        for occasion, at in times
        if occasion is Occasion.OPENED or (at > prompt_at and not (occasion in REMINDERS and at < patience_ends))
    ]
    return tuple(sorted(kept, key=lambda time: time[1]))


def _rung_time(rung: Rung, task: Task, calendar: BusinessCalendar) -> datetime:
    counted_from = task.chased_from or task.due_at
    due_day = calendar.local_date(counted_from)
    if rung.occasion is Occasion.OPENED:
        return calendar.into_hours(task.opens_at)
    if rung.business_days == 0 and not (calendar.is_business_day(due_day) and calendar.at(due_day) < counted_from):
        # a new owner's calendar: the due time, fixed at opening, lies on their holiday or in their night
        return calendar.at(calendar.shift(due_day, -1))
    return calendar.at(calendar.shift(due_day, rung.business_days))


def acceptance_times(sent_at: datetime, calendar: BusinessCalendar) -> Times:
    day = calendar.local_date(sent_at)
    return tuple(
        (rung.occasion, calendar.at(calendar.shift(day, rung.business_days))) for rung in ACCEPTANCE_LADDER.rungs
    )


def first_rung_at(
    task: Task, *, owner: Person | None, workspace: Workspace, ladder: Ladder | None = None
) -> datetime | None:
    """What an opened task stores: the first rung after its prompt."""
    calendar = calendar_of(owner, workspace)
    return next_rung_after(calendar.into_hours(task.opens_at), task, owner=owner, workspace=workspace, ladder=ladder)


def next_rung_after(
    moment: datetime, task: Task, *, owner: Person | None, workspace: Workspace, ladder: Ladder | None = None
) -> datetime | None:
    """What a returned, reopened or handed-over task stores."""
    return _next(_ladder_times(task, owner, workspace, ladder), moment)


def next_rung_untold(
    task: Task,
    told: Collection[Occasion],
    *,
    owner: Person | None,
    workspace: Workspace,
    ladder: Ladder | None = None,
) -> datetime | None:
    """What an open task stores once its ladder has changed: the first rung above every one that is on record. It may
    lie in the past: then it is owed now."""
    times = _ladder_times(task, owner, workspace, ladder)
    reached = [number for number, (occasion, _) in enumerate(times) if occasion in told or occasion is Occasion.OPENED]
    above = times[max(reached) + 1 :] if reached else times
    return above[0][1] if above else None


def channel_after(workspace: Workspace) -> int:
    """Business days overdue: from here on a task is in the channel's daily line."""
    return workspace.ladder.days(Occasion.SPONSOR)


def first_acceptance_rung_at(
    task: Task, *, directory: Directory, workspace: Workspace, answerers: Answerers = ALONE
) -> datetime | None:
    """What a submitted task stores. None until it is answered."""
    times = _acceptance_times(task, may_accept(task, directory, answerers), workspace)
    return times[0][1] if times else None


def _ladder_times(task: Task, owner: Person | None, workspace: Workspace, ladder: Ladder | None) -> Times:
    """`ladder`: the control's own, if it has one; else the workspace's."""
    return rung_times(task, ladder_for(task.cadence, ladder or workspace.ladder), calendar_of(owner, workspace))


def _acceptance_times(task: Task, able: Sequence[Person], workspace: Workspace) -> Times:
    """By the calendar of the first acceptor, away or not, so that the rungs stay put when leave begins."""
    calendar = calendar_of(able[0] if able else None, workspace)
    sent_at = task.chased_from or task.answered_at  # an answer's time may stand from before it was sent again
    return acceptance_times(sent_at, calendar) if task.answered_at and sent_at else ()


def _next(times: Times, after: datetime) -> datetime | None:
    return next((at for _, at in times if at > after), None)


# --- what is owed now


@dataclass(frozen=True, kw_only=True)
class Reached:
    occasion: Occasion
    at: datetime
    turn: Turn
    unsent: str
    """Why nothing is sent at this rung; empty when something is."""


def climb(
    task: Task,
    *,
    directory: Directory,
    workspace: Workspace,
    now: datetime,
    open_tasks: int,
    answerers: Answerers = ALONE,
    ladder: Ladder | None = None,
) -> Climb:
    """The notices of every rung from the task's `next_rung_at` until now. `open_tasks`: of whose turn it is."""
    if task.next_rung_at is None or task.state not in (TaskState.OPEN, TaskState.SUBMITTED):
        return Climb()
    owner = directory.find(task.owner_id)
    able = may_accept(task, directory, answerers)
    is_open = task.state is TaskState.OPEN
    times = _ladder_times(task, owner, workspace, ladder) if is_open else _acceptance_times(task, able, workspace)
    on = calendar_of(owner, workspace).local_date(now)
    reached = []
    for occasion, at in times:
        if task.next_rung_at <= at <= now:
            turn = recipient(occasion, task, directory=directory, on=on, able=able)
            unsent = _why_unsent(occasion, turn, open_tasks)
            reached.append(Reached(occasion=occasion, at=at, turn=turn, unsent=unsent))
    return Climb(notices=_owed(reached, task, workspace, now), next_rung_at=_next(times, now))


def ask_acceptance(
    task: Task, *, directory: Directory, workspace: Workspace, now: datetime, answerers: Answerers = ALONE
) -> OwedNotice:
    """Owed at once, by whatever submits the answer."""
    on = calendar_of(directory.find(task.owner_id), workspace).local_date(now)
    turn = acceptor(may_accept(task, directory, answerers), on)
    unsent = _why_unsent(Occasion.ACCEPTANCE_ASKED, turn, 0)
    rung = Reached(occasion=Occasion.ACCEPTANCE_ASKED, at=now, turn=turn, unsent=unsent)
    return _owed([rung], task, workspace, now)[0]


def _why_unsent(occasion: Occasion, turn: Turn, open_tasks: int) -> str:
    if turn.person is None:
        return f"nobody to tell: {'; '.join(turn.skipped)}"
    return IN_DIGEST if occasion in REMINDERS and open_tasks >= DIGEST_FROM else ""


def _owed(reached: Sequence[Reached], task: Task, workspace: Workspace, now: datetime) -> tuple[OwedNotice, ...]:
    """Only a rung that is really sent overtakes the ones before it."""
    latest = max((rung.at for rung in reached if not rung.unsent), default=None)
    overtaken = [replace(rung, unsent=OVERTAKEN) if latest and rung.at < latest else rung for rung in reached]
    return tuple(_notice(rung, task, workspace, now) for rung in overtaken)


def _notice(rung: Reached, task: Task, workspace: Workspace, now: datetime) -> OwedNotice:
    person = rung.turn.person
    calendar = calendar_of(person, workspace)
    name = f"person:{person.id}" if person else NOBODY
    return OwedNotice(
        key=NoticeKey(about=f"task:{task.id}", recipient=name, occasion=rung.occasion, round=task.round),
        task_id=task.id,
        owed_at=now if rung.unsent else calendar.into_hours(now),
        state=NoticeState.SKIPPED if rung.unsent else NoticeState.OWED,
        detail=rung.unsent or _detail(rung.turn),
    )


def _detail(turn: Turn) -> str:
    behalf = [f"on behalf of {turn.on_behalf_of.name}"] if turn.on_behalf_of else []
    passed_over = [f"passed over: {'; '.join(turn.skipped)}"] if turn.skipped else []
    return "; ".join(behalf + passed_over)


# --- once a week


def digest_due(calendar: BusinessCalendar, now: datetime) -> str | None:
    """The week (2026-W47) whose digest is owed now: from 09:00 on its first business day, usually Monday, until the
    end of the day after, so that a short outage loses none. Owe it by `digest_key`: a second time changes nothing."""
    days = _business_week(calendar, now)
    if days and calendar.at(days[0]) <= now < calendar.at(days[0] + timedelta(days=2), 0):
        return _week(days[0])
    return None


def week_close_due(calendar: BusinessCalendar, now: datetime) -> str | None:
    """The week whose closing line is owed now: from 16:00 on its last business day until the week ends."""
    days = _business_week(calendar, now)
    return _week(days[-1]) if days and now >= calendar.at(days[-1], CLOSING_LINE_HOUR) else None


def digest_key(person_id: PersonId, week: str) -> NoticeKey:
    return NoticeKey(about=f"digest:{person_id}:{week}", recipient=f"person:{person_id}", occasion=Occasion.DIGEST)


def week_close_key(recipient: str, week: str) -> NoticeKey:
    return NoticeKey(about=f"week:{week}", recipient=recipient, occasion=Occasion.WEEK_CLOSED)


def _business_week(calendar: BusinessCalendar, now: datetime) -> list[date]:
    today = calendar.local_date(now)
    monday = today - timedelta(days=today.weekday())
    days = (monday + timedelta(days=number) for number in range(7))
    return [day for day in days if calendar.is_business_day(day)]


def _week(day: date) -> str:
    return f"{day:%G-W%V}"
