"""What the operations of an access review share: who acts by which rules, and each reviewer's task kept in step."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from tasks import escalation
from tasks.access.deciding import Acting
from tasks.access.model import Campaign, CampaignState
from tasks.access.ports import Part
from tasks.access.reviewers import SystemPlan
from tasks.business_days import calendar_of
from tasks.duties import compliance_leads
from tasks.errors import Stale
from tasks.identifiers import PersonId, TaskId
from tasks.model import Answer, Task, TaskState, Work, origin_of
from tasks.notices import NoticeKey, Occasion, OwedNotice
from tasks.operations.acting import person_of
from tasks.operations.reopen_task import opened_again, owe_to_responsible
from tasks.operations.schedule import calendar_of_workspace
from tasks.people import Actor, Person
from tasks.ports import UnitOfWork

GRACE = timedelta(days=60)
"""A reviewer's part that is still open so long after it was due is missed."""
CLOSED = {
    CampaignState.PREPARING: "has not begun yet.",
    CampaignState.OPENING: "is being opened; you get a message in a moment.",
    CampaignState.SIGNED_OFF: "is signed off.",
    CampaignState.CLOSED_EARLY: "was closed early.",
    CampaignState.CANCELLED: "was cancelled.",
}


# --- who acts


def require_running(campaign: Campaign) -> None:
    if campaign.state is not CampaignState.OPEN:
        raise Stale(f"{campaign.name} {CLOSED[campaign.state]} Nothing was changed.")


def plans_of(uow: UnitOfWork, campaign_id: str) -> Mapping[str, SystemPlan]:
    return {
        one.system: SystemPlan(
            system=one.system,
            owner_id=one.owner_id,
            first_asked=one.first_asked,
            named_id=one.named_id,
            as_of=one.as_of,
        )
        for one in uow.campaigns.systems(campaign_id)
    }


def acting_in(uow: UnitOfWork, actor: Actor, campaign: Campaign) -> Acting:
    return Acting(
        by=person_of(actor),
        at=uow.now,
        on=review_day(uow),
        directory=uow.people,
        plans=plans_of(uow, campaign.id),
    )


def review_day(uow: UnitOfWork) -> date:
    """Whose turn it is holds for a day of the workspace."""
    return calendar_of_workspace(uow).local_date(uow.now)


def checked_now(uow: UnitOfWork) -> str:
    """Another one whenever somebody else might have to be asked."""
    return f"{review_day(uow).isoformat()} {uow.people.stamp()}"


# --- each reviewer's task


def keep_in_step(uow: UnitOfWork, campaign: Campaign) -> None:
    """Everybody with something left has an open task, nobody else has; a gap is told. Twice changes nothing."""
    campaign = uow.campaigns.get(campaign.id)
    if campaign.task_id is None:
        _give_sign_off(uow, campaign)
    origin = origin_of(Work.ACCESS_REVIEW, campaign.id)
    tasks = {task.subject: task for task in uow.tasks.of_origin(origin)}
    parts = {part.reviewer_id: part for part in uow.access_items.parts(campaign.id)}
    for reviewer_id, part in parts.items():
        if reviewer_id is None:
            tell_gaps(uow, campaign)
        elif part.submitted < part.items:
            _ask(uow, campaign, uow.people.get(reviewer_id), tasks.get(reviewer_id))
    for task in tasks.values():
        theirs = parts.get(PersonId(task.subject))
        if task.is_open and (theirs is None or theirs.submitted == theirs.items):
            _nothing_left(uow, task, theirs)


def _give_sign_off(uow: UnitOfWork, campaign: Campaign) -> None:
    """Begun by hand: its owner gets a task of their own for the end, due a day of work after the reviewers'."""
    owner = uow.people.get(campaign.owner_id)
    calendar = calendar_of(owner, uow.workspace)
    due_at = calendar.at(calendar.shift(campaign.due_on, 1), hour=17)
    title = f"Sign off: {campaign.name}"
    task = campaign_task(uow, campaign, Work.ACCESS_SIGN_OFF, owner, subject="", title=title, due_at=due_at)
    uow.tasks.open([task])
    uow.campaigns.save(replace(campaign, task_id=task.id))


def _ask(uow: UnitOfWork, campaign: Campaign, reviewer: Person, task: Task | None) -> None:
    if task is None:
        opened = _review_task(uow, campaign, reviewer)
        uow.tasks.open([opened])
        owe_to_responsible(uow, opened, Occasion.OPENED)
    elif not task.is_open:
        opened_again(uow, task, reason="More accesses came to you for review.")


def _review_task(uow: UnitOfWork, campaign: Campaign, reviewer: Person) -> Task:
    due_at = calendar_of(reviewer, uow.workspace).at(campaign.due_on, hour=17)
    work = Work.ACCESS_REVIEW
    return campaign_task(uow, campaign, work, reviewer, subject=reviewer.id, title=campaign.name, due_at=due_at)


def campaign_task(
    uow: UnitOfWork,
    campaign: Campaign,
    work: Work,
    owner: Person,
    *,
    subject: str,
    title: str,
    due_at: datetime,
    limit_at: datetime | None = None,
) -> Task:
    """Open from now on, with its first rung after the prompt."""
    control = uow.controls.get(campaign.control_id)
    task = Task(
        id=TaskId(uow.new_id()),
        origin=origin_of(work, campaign.id),
        occurrence=campaign.span_end.isoformat(),
        subject=subject,
        control_id=control.id,
        control_version=control.version,
        code=control.code,
        title=title,
        department=control.department,
        cadence=control.text.cadence,
        needs_acceptance=False,
        owner_id=owner.id,
        span_start=campaign.span_start,
        span_end=campaign.span_end,
        opens_at=uow.now,
        due_at=due_at,
        limit_at=limit_at,
        missed_at=max(due_at, uow.now) + GRACE,
    )
    first = escalation.first_rung_at(task, owner=owner, workspace=uow.workspace, ladder=control.ladder)
    return replace(task, next_rung_at=first)


def _nothing_left(uow: UnitOfWork, task: Task, part: Part | None) -> None:
    """All of it went to others, or was decided in a review beside this one."""
    settle(uow, task, Answer.DONE if part and part.submitted else Answer.NOTHING_TO_REPORT)


def settle(uow: UnitOfWork, task: Task, answer: Answer) -> None:
    """Nobody in person: what became of the campaign answers it."""
    settled = replace(
        task,
        state=TaskState.RECORDED,
        answer=answer,
        answered_at=uow.now,
        settled_at=uow.now,
        waiting_on="",
        waiting_until=None,
        next_rung_at=None,
    )
    uow.tasks.save(settled)
    uow.notices.skip(task.id)
    uow.notices.touch(task.id)


def show_progress(uow: UnitOfWork, campaign: Campaign, reviewer_id: PersonId) -> None:
    """Their message about it says how far they are: it is edited."""
    task = review_task_of(uow, campaign, reviewer_id)
    if task:
        uow.notices.touch(task.id)


def review_task_of(uow: UnitOfWork, campaign: Campaign, reviewer_id: PersonId) -> Task | None:
    tasks = uow.tasks.of_origin(origin_of(Work.ACCESS_REVIEW, campaign.id))
    return next((task for task in tasks if task.subject == reviewer_id), None)


# --- gaps


def tell_gaps(uow: UnitOfWork, campaign: Campaign) -> None:
    """Every compliance lead, once for the same gaps."""
    named = gaps_of(uow, campaign)
    leads = [lead for _, lead in compliance_leads(uow.people) if lead]
    if not named or not leads:
        return
    mark = hashlib.sha256("\n".join(named).encode()).hexdigest()[:16]
    about = f"review-gap:{campaign.id}:{mark}"
    keys = [NoticeKey(about=about, recipient=f"person:{lead.id}", occasion=Occasion.REVIEW_GAP) for lead in leads]
    uow.notices.owe([OwedNotice(key=key, owed_at=uow.now, detail=campaign.id) for key in keys])


def gaps_of(uow: UnitOfWork, campaign: Campaign) -> Sequence[str]:
    """By name: "Okta: no system owner on record for Okta; …"."""
    standing = uow.access_items.standing_places(campaign.id)
    return sorted({f"{place.system}: {found.gap}" for place, found in standing.items() if found.gap})
