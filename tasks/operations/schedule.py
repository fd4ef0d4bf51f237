"""What the clock does: plan ahead, open what is due, climb the ladder, and speak once a week."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from tasks import audit, duties, escalation
from tasks.business_days import BusinessCalendar, calendar_of
from tasks.controls import Cadence, Control
from tasks.identifiers import TaskId
from tasks.model import Task
from tasks.notices import NoticeKey, NoticeState, Occasion, OwedNotice
from tasks.operations.acting import answerers_of, the_clock
from tasks.operations.go_away import hand_over_open_tasks
from tasks.people import Person, Role
from tasks.ports import PlannedTask, UnitOfWork
from tasks.recurrence import Occurrence, occurrences
from tasks.status import StatusScope

PLANNED_AHEAD = timedelta(days=35)
PLANNED_AT_LEAST = timedelta(days=21)
FURTHEST_AHEAD = timedelta(days=5 * 366)
"""The next occurrence is planned however far it lies, so that a yearly control isn't planned anew every hour."""
LOOKS_BACK = timedelta(days=400)
"""After an outage, what should have opened meanwhile still opens: that far back."""


def plan_ahead(uow: UnitOfWork) -> int:
    """Plans every control whose plan runs short; returns how many."""
    if uow.setups.get().under_way:
        return 0
    until = uow.tasks.planned_until()
    short = [
        control
        for control in uow.controls.every()
        if not control.retired and (control.id not in until or until[control.id] < uow.now + PLANNED_AT_LEAST)
    ]
    for control in short:
        plan_control(uow, control)
    return len(short)


def plan_control(uow: UnitOfWork, control: Control) -> None:
    """Works out the coming occurrences with the owner and the calendar of today. Opened ones are left alone."""
    owner, _unassigned = duties.owner_for(control, uow.people)
    if owner is None or control.retired or uow.setups.get().under_way:
        uow.tasks.plan(control.id, ())
        return
    uow.tasks.plan(control.id, tuple(_planned(uow, control, owner)))


def _planned(uow: UnitOfWork, control: Control, owner: Person) -> Iterator[PlannedTask]:
    calendar = calendar_of(owner, uow.workspace)
    today = calendar.local_date(uow.now)
    after = max(control.starts_on, today - LOOKS_BACK) - timedelta(days=1)
    until = max(control.starts_on, today) + FURTHEST_AHEAD
    for occurrence in occurrences(
        control.text, starts_on=control.starts_on, after=after, until=until, calendar=calendar
    ):
        task = _task(uow, control, owner, occurrence)
        first = escalation.first_rung_at(task, owner=owner, workspace=uow.workspace, ladder=control.ladder)
        yield PlannedTask(task=replace(task, next_rung_at=first), prompt_at=occurrence.prompt_at)
        if occurrence.opens_at > uow.now + PLANNED_AHEAD:
            return


def _task(uow: UnitOfWork, control: Control, owner: Person, occurrence: Occurrence) -> Task:
    return Task(
        id=TaskId(uow.new_id()),
        origin=control.id,
        occurrence=occurrence.name,
        control_id=control.id,
        control_version=control.version,
        code=control.code,
        title=control.text.title,
        department=control.department,
        cadence=control.text.cadence,
        needs_acceptance=control.text.acceptance,
        owner_id=owner.id,
        span_start=occurrence.span_start,
        span_end=occurrence.span_end,
        opens_at=occurrence.opens_at,
        due_at=occurrence.due_at,
        limit_at=occurrence.limit_at,
        missed_at=occurrence.missed_at,
    )


def open_due(uow: UnitOfWork, *, limit: int = 5000) -> int:
    """One chunk, one audit entry with its count and digest."""
    opened = uow.tasks.open_due(now=uow.now, limit=limit)
    if opened.count:
        after: audit.Fields = {"count": opened.count, "digest": opened.digest}
        uow.audit.append(audit.entry("tasks:open", f"workspace:{uow.workspace.id}", the_clock(uow), after=after))
    return opened.count


def climb_ladders(uow: UnitOfWork, *, limit: int = 500) -> int:
    """Sends every task whose next rung is due up its ladder; one audit entry for all of them."""
    due = uow.tasks.rungs_due(now=uow.now, limit=limit)
    if not due:
        return 0
    counts = uow.tasks.open_counts()
    owed: list[OwedNotice] = []
    rungs = {}
    ladders = {control.id: control.ladder for control in uow.controls.every()}
    for task in due:
        climb = escalation.climb(
            task,
            directory=uow.people,
            workspace=uow.workspace,
            now=uow.now,
            open_tasks=counts.get(task.owner_id, 0),
            answerers=escalation.ALONE if task.is_open else answerers_of(uow, task),
            ladder=ladders.get(task.control_id),
        )
        owed += climb.notices
        rungs[task.id] = climb.next_rung_at
    uow.notices.owe(owed)
    uow.tasks.set_next_rungs(rungs)
    _record_climb(uow, owed)
    return len(due)


def _record_climb(uow: UnitOfWork, owed: list[OwedNotice]) -> None:
    if not owed:
        return
    lines = (f"{one.key.about} {one.key.occasion} {one.key.recipient} {one.key.round} {one.state}" for one in owed)
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    after: audit.Fields = {"count": len(owed), "digest": digest}
    uow.audit.append(audit.entry("ladder:climb", f"workspace:{uow.workspace.id}", the_clock(uow), after=after))


def hand_over_absences(uow: UnitOfWork) -> int:
    """Whose leave has begun: their open tasks go to whoever stands in."""
    today = calendar_of_workspace(uow).local_date(uow.now)
    away = {person.id: person for day in (-1, 0, 1) for person in uow.people.away_on(today + timedelta(days=day))}
    return sum(hand_over_open_tasks(uow, person) for person in away.values())


def calendar_of_workspace(uow: UnitOfWork) -> BusinessCalendar:
    place = uow.workspace
    return BusinessCalendar(time_zone=place.time_zone, country=place.country, shutdown_days=place.shutdown_days)


def weekly_notices(uow: UnitOfWork) -> int:
    """Monday's digests, Friday's closing line, and the compliance channel's daily line. Each is owed once."""
    if uow.setups.get().under_way:
        return 0
    owed = [*_digests(uow), *_week_closed(uow), *_channel_line(uow)]
    return uow.notices.owe(owed) if owed else 0


def _digests(uow: UnitOfWork) -> Iterator[OwedNotice]:
    for person_id, count in uow.tasks.open_counts().items():
        owner = uow.people.find(person_id)
        if count < escalation.DIGEST_FROM or owner is None or not owner.active:
            continue
        week = escalation.digest_due(calendar_of(owner, uow.workspace), uow.now)
        if week:
            yield OwedNotice(key=escalation.digest_key(owner.id, week), owed_at=uow.now)


def _week_closed(uow: UnitOfWork) -> Iterator[OwedNotice]:
    week = escalation.week_close_due(calendar_of_workspace(uow), uow.now)
    if not week:
        return
    for recipient in _compliance_recipients(uow):
        yield OwedNotice(key=escalation.week_close_key(recipient, week), owed_at=uow.now)


def _channel_line(uow: UnitOfWork) -> Iterator[OwedNotice]:
    """One line a day while anything is so long overdue: control and department, no names."""
    calendar = calendar_of_workspace(uow)
    if not uow.workspace.compliance_channel or calendar.into_hours(uow.now) != uow.now:
        return
    if long_overdue(uow):
        today = calendar.local_date(uow.now)
        key = NoticeKey(about=f"overdue:{today.isoformat()}", recipient=escalation.CHANNEL, occasion=Occasion.CHANNEL)
        yield OwedNotice(key=key, owed_at=uow.now, state=NoticeState.OWED)


def long_overdue(uow: UnitOfWork) -> list[Task]:
    """By the workspace's calendar, from its ladder's last rung on: ten business days unless it chose otherwise. The
    ladder of weekly controls ends at the manager."""
    calendar = calendar_of_workspace(uow)
    since = calendar.shift(calendar.local_date(uow.now), -escalation.channel_after(uow.workspace))
    overdue = uow.status.overdue(StatusScope(), now=uow.now, limit=200)
    missed = uow.status.missed(StatusScope(), now=uow.now, limit=200)
    late = [task for task in (*missed, *overdue) if calendar.local_date(task.due_at) <= since]
    return [task for task in late if task.cadence is not Cadence.WEEKLY]


def _compliance_recipients(uow: UnitOfWork) -> list[str]:
    if uow.workspace.compliance_channel:
        return [escalation.CHANNEL]
    return [f"person:{lead.id}" for lead in uow.people.holders(Role.COMPLIANCE_LEAD)]
