"""/soc2 access: reviews that wait for me, changes that I make, campaigns that I look after, and the lists there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.actions import action
from handlers.views.campaign_card import STATES
from handlers.views.elements import (
    ActionButton,
    Button,
    Buttons,
    Element,
    FormButton,
    Heading,
    Note,
    Row,
    Style,
    Text,
    Tone,
    View,
)
from handlers.views.task_list import task_row
from tasks.access.exports import Export, System
from tasks.access.model import Campaign, CampaignState
from tasks.access.ports import Part
from tasks.model import Task
from tasks.wording import counted, day

MOST = 10
NOTHING = "No access review waits for you."


@dataclass(frozen=True, kw_only=True)
class Mine:
    """My part of one campaign."""

    campaign: Campaign
    part: Part


@dataclass(frozen=True, kw_only=True)
class LookedAfter:
    campaign: Campaign
    items: int
    submitted: int
    gaps: int
    """Accesses that nobody can decide about."""
    changes: int = 0
    """Still to be made."""
    overdue: int = 0


@dataclass(frozen=True, kw_only=True)
class ShownSystem:
    system: System
    owner: str
    latest: Export | None


@dataclass(frozen=True, kw_only=True)
class AccessList:
    now: datetime
    time_zone: str
    mine: Sequence[Mine]
    changes: Sequence[Task]
    looked_after: Sequence[LookedAfter]
    systems: Sequence[ShownSystem]
    may_hand_in: bool
    may_start: bool


def access_list(page: AccessList) -> View:
    body = [*_mine(page), *_changes(page), *_looked_after(page), *_systems(page)]
    buttons: list[Button] = []
    if page.may_hand_in:
        buttons.append(FormButton(label="New list …", action=action("import_access")))
    if page.may_start:
        buttons.append(FormButton(label="Start a review …", action=action("start_review")))
    summary = f"{counted(len(page.mine), 'access review')} waiting for you." if page.mine else NOTHING
    said: list[Element] = body or [Text(text=NOTHING, tone=Tone.GOOD)]
    return View(
        title="Access", summary=summary, body=(*said, Buttons(buttons=tuple(buttons))) if buttons else tuple(said)
    )


def review_row(one: Mine) -> Row:
    left = one.part.items - one.part.decided
    waiting = f"{counted(left, 'access', 'accesses')} to decide" if left else "all decided: submit"
    return Row(
        text=one.campaign.name,
        note=f"{waiting} of {one.part.items:,} · due {day(one.campaign.due_on)}",
        button=ActionButton(label="Review", action=action("review_access", c=one.campaign.id), style=Style.PRIMARY),
    )


def _mine(page: AccessList) -> list[Element]:
    return _section("Waiting for you", [review_row(one) for one in page.mine])


def _changes(page: AccessList) -> list[Element]:
    return _section("Changes for you to make", [task_row(task, page) for task in page.changes])


def _looked_after(page: AccessList) -> list[Element]:
    return _section("Reviews", [campaign_row(one) for one in page.looked_after])


def campaign_row(one: LookedAfter) -> Row:
    campaign = one.campaign
    said = [STATES[campaign.state]]
    if campaign.state is CampaignState.OPEN:
        said += [f"{one.submitted:,} of {one.items:,} submitted", f"due {day(campaign.due_on)}"]
    if one.changes:
        said.append(f"{counted(one.changes, 'change')} to make ({one.overdue:,} overdue)")
    if one.gaps:
        said.append(f"{counted(one.gaps, 'access', 'accesses')} without a reviewer")
    return Row(
        text=campaign.name,
        note=" · ".join(said),
        button=ActionButton(label="Open", action=action("show_campaign", c=campaign.id)),
        tone=Tone.WARNING if one.gaps or one.overdue else Tone.NEUTRAL,
    )


def _systems(page: AccessList) -> list[Element]:
    return _section("Systems", [_system_row(one) for one in page.systems])


def _system_row(one: ShownSystem) -> Row:
    said = [one.owner or "no owner"]
    if one.latest:
        taken = day(one.latest.source.extracted_at.date())
        said.append(f"{counted(one.latest.accesses, 'access', 'accesses')} on {taken}")
    else:
        said.append("no list yet")
    return Row(
        text=one.system.name,
        note=" · ".join([*said, *(["retired"] if one.system.retired else [])]),
        button=ActionButton(label="Open", action=action("show_system", s=one.system.id)),
        tone=Tone.NEUTRAL if one.owner else Tone.WARNING,
    )


def _section(title: str, rows: Sequence[Row]) -> list[Element]:
    if not rows:
        return []
    rest = [Note(text=f"Only the first {MOST} are shown.")] if len(rows) > MOST else []
    return [Heading(text=f"{title} ({len(rows)})"), *rows[:MOST], *rest]
