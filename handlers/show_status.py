"""/soc2 status [team | department | criteria group]: as much as the asking person may see."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from handlers.actions import Action
from handlers.context import Context
from handlers.replies import Reply, Show
from handlers.reporting_lines import ReportingLines
from handlers.show_access import looked_after
from handlers.views.access_list import campaign_row
from handlers.views.elements import Row, View
from handlers.views.status_board import Counts, Group, StatusBoard, Waiting, department_name, status_board
from tasks import duties
from tasks.controls import Control
from tasks.errors import Invalid
from tasks.identifiers import ControlId, PersonId
from tasks.model import Task
from tasks.operations.acting import today_of
from tasks.status import ControlTally, StatusScope
from tasks.wording import shortened

COMING = timedelta(days=14)
MOST_SHOWN = 10
MOST_IN_PERIOD = 200
"""Looked through for those of the audit period."""
EVERYTHING = ("", "all", "everything", "period")


def show_status(words: str, context: Context) -> Reply:
    return Show(view=board(context, words))


def press_status(action: Action, context: Context) -> Reply:
    return Show(view=board(context, action.get("scope")))


def board(context: Context, words: str) -> View:
    uow, now, wanted = context.uow, context.uow.now, words.strip().lower()
    controls = {control.id: control for control in uow.controls.every()}
    allowed = duties.status_scope(context.person, ReportingLines.of(context.person, uow.people))
    scope, title = _scope(context, wanted, allowed, list(controls.values()))
    period = _period(context, wanted)
    limit = MOST_IN_PERIOD if period else MOST_SHOWN
    tallies = uow.status.tally(scope, now=now, period=period)
    return status_board(
        StatusBoard(
            title=title,
            scope="" if wanted in ("all", "everything") else wanted,
            now=now,
            time_zone=context.person.time_zone,
            counts=_sum(tallies),
            overdue=_waiting(context, _inside(period, uow.status.overdue(scope, now=now, limit=limit))),
            missed=_waiting(context, _inside(period, uow.status.missed(scope, now=now, limit=limit))),
            problems=_inside(period, uow.status.problems(scope, now=now, limit=limit)),
            coming=_inside(period, uow.status.due_between(scope, start=now, end=now + COMING, limit=limit)),
            departments=_by_department(tallies, allowed),
            criteria=_by_criteria(tallies, controls, allowed),
            shortcuts=_shortcuts(context, allowed),
            reviews=_reviews(context) if allowed == StatusScope() and not wanted else (),
        )
    )


def _reviews(context: Context) -> list[Row]:
    return [campaign_row(one) for one in looked_after(context) if not one.campaign.state.is_over]


def _scope(context: Context, wanted: str, allowed: StatusScope, controls: Sequence[Control]) -> tuple[StatusScope, str]:
    """What was asked for, within what the person may see."""
    everything = allowed == StatusScope()
    if wanted in EVERYTHING:
        title = "Status of the audit period" if wanted == "period" else "Status"
        return allowed, title if everything else f"{title}: you and your people"
    if wanted == "team":
        return StatusScope(owners=_team(context)), "Status: you and your team"
    shown = shortened(wanted, 40)
    if not everything and wanted not in allowed.departments:
        raise Invalid(f"You can see your own and your people's status, not “{shown}”. Type /soc2 status alone.")
    if wanted in {control.department for control in controls}:
        return StatusScope(departments=(wanted,)), f"Status: {department_name(wanted)}"
    supporting = tuple(control.id for control in controls if _supports(control, wanted))
    if not supporting:
        raise Invalid(f"There is no department or criterion “{shown}”. Try /soc2 status, hr, it, finance or CC6.")
    return StatusScope(controls=supporting), f"Status: {shown.upper()}"


def _team(context: Context) -> tuple[PersonId, ...]:
    """Oneself and everybody below, however much else one may see."""
    plain = replace(context.person, roles=frozenset())
    return duties.status_scope(plain, ReportingLines.of(plain, context.uow.people)).owners


def _shortcuts(context: Context, allowed: StatusScope) -> tuple[Group, ...]:
    found = []
    sees_more_than_team = allowed == StatusScope() or bool(allowed.departments)
    if sees_more_than_team and context.uow.people.reports_of(context.person.id):
        found.append(Group(key="team", label="My team", counts=Counts()))
    if context.uow.workspace.period_end:
        found.append(Group(key="period", label="Audit period", counts=Counts()))
    return tuple(found)


def _period(context: Context, wanted: str) -> tuple[date, date] | None:
    workspace = context.uow.workspace
    if wanted != "period":
        return None
    if workspace.period_start is None or workspace.period_end is None:
        raise Invalid("No audit period is set yet. Type /soc2 status to see everything.")
    return workspace.period_start, workspace.period_end


def _inside(period: tuple[date, date] | None, tasks: Sequence[Task]) -> Sequence[Task]:
    """A task belongs to the period by its span."""
    kept = [task for task in tasks if period is None or period[0] <= task.span_end <= period[1]]
    return kept[:MOST_SHOWN]


def _supports(control: Control, wanted: str) -> bool:
    """cc6 and cc6.1 are criteria; hipaa is a whole framework."""
    if wanted in control.text.refs and wanted != "tsc":
        return True
    return any(ref.lower() == wanted or group_of(ref).lower() == wanted for ref in control.text.refs.get("tsc", ()))


def group_of(criterion: str) -> str:
    """CC6.1 → CC6"""
    return criterion.partition(".")[0]


def _waiting(context: Context, tasks: Iterable[Task]) -> tuple[Waiting, ...]:
    uow = context.uow
    today = today_of(uow, context.person)
    found = []
    for task in tasks:
        turn = duties.responsible(task, uow.people, today).person
        mine = turn is not None and turn.id == context.person.id
        found.append(Waiting(task=task, turn=turn.name if turn else "", may_nudge=turn is not None and not mine))
    return tuple(found)


def _sum(tallies: Iterable[ControlTally]) -> Counts:
    total = Counts()
    for tally in tallies:
        total = _plus(total, tally)
    return total


def _plus(counts: Counts, tally: ControlTally) -> Counts:
    return replace(
        counts,
        open=counts.open + tally.open,
        due_soon=counts.due_soon + tally.due_soon,
        overdue=counts.overdue + tally.overdue,
        missed=counts.missed + tally.missed,
        waiting_acceptance=counts.waiting_acceptance + tally.waiting_acceptance,
        on_time=counts.on_time + tally.on_time,
        late=counts.late + tally.late,
        problems=counts.problems + tally.problems,
    )


def _by_department(tallies: Iterable[ControlTally], allowed: StatusScope) -> tuple[Group, ...]:
    groups: dict[str, Counts] = {}
    for tally in tallies:
        groups[tally.department] = _plus(groups.get(tally.department, Counts()), tally)
    return tuple(
        Group(key=key, label=department_name(key), counts=groups[key], may_open=_may_open(allowed, key))
        for key in sorted(groups)
    )


def _may_open(allowed: StatusScope, department: str = "") -> bool:
    return allowed == StatusScope() or department in allowed.departments


def _by_criteria(
    tallies: Iterable[ControlTally], controls: Mapping[ControlId, Control], allowed: StatusScope
) -> tuple[Group, ...]:
    groups: dict[str, Counts] = {}
    for tally in tallies:
        refs = controls[tally.control_id].text.refs.get("tsc", ())
        for key in {group_of(ref) for ref in refs}:
            groups[key] = _plus(groups.get(key, Counts()), tally)
    may_open = _may_open(allowed)
    return tuple(Group(key=key.lower(), label=key, counts=groups[key], may_open=may_open) for key in sorted(groups))
