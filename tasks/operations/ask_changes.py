"""What a review decided to revoke or to change becomes tasks of whoever owns the system, each with its due day."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from tasks import audit
from tasks.access.deciding import Row
from tasks.access.model import Campaign, Verdict
from tasks.access.texts import change_title
from tasks.business_days import calendar_of
from tasks.duties import compliance_leads
from tasks.identifiers import PersonId
from tasks.model import Task, Work
from tasks.notices import NoticeKey, Occasion, OwedNotice
from tasks.operations.reopen_task import owe_to_responsible
from tasks.operations.reviewing import campaign_task, plans_of
from tasks.people import Actor, Person
from tasks.ports import UnitOfWork
from tasks.wording import shortened

PROMPTED_ALONE = 3
"""More at once come as one message."""
LONGEST_TITLE = 200


def ask_changes(uow: UnitOfWork, actor: Actor, campaign: Campaign, rows: Iterable[Row]) -> Sequence[Task]:
    """Of submitted rows; asking again for the same item changes nothing."""
    wanted = [row for row in rows if row.decision and row.decision.verdict is not Verdict.KEEP and row.submitted_at]
    if not wanted:
        return ()
    plans = plans_of(uow, campaign.id)
    owners = {system: _owner(uow, campaign, plan.owner_id) for system, plan in plans.items()}
    tasks = [_change_task(uow, campaign, row, owners[row.item.system]) for row in wanted]
    uow.tasks.open(tasks)
    _prompt(uow, campaign, tasks)
    after: audit.Fields = {"count": len(tasks), "items": [task.subject for task in tasks]}
    uow.audit.append(audit.entry("access:ask-changes", f"campaign:{campaign.id}", actor, after=after))
    return tasks


def _owner(uow: UnitOfWork, campaign: Campaign, owner_id: PersonId | None) -> Person:
    """The system's owner, where somebody still is; else a compliance lead, else whoever owns the campaign."""
    owner = uow.people.find(owner_id)
    if owner and owner.active:
        return owner
    return next((lead for _, lead in compliance_leads(uow.people) if lead), uow.people.get(campaign.owner_id))


def _change_task(uow: UnitOfWork, campaign: Campaign, row: Row, owner: Person) -> Task:
    calendar = calendar_of(owner, uow.workspace)
    due_at = calendar.at(calendar.shift(calendar.local_date(uow.now), campaign.change_days), hour=17)
    title = shortened(change_title(row), LONGEST_TITLE)
    return campaign_task(
        uow, campaign, Work.ACCESS_CHANGE, owner, subject=row.item.id, title=title, due_at=due_at, limit_at=due_at
    )


def _prompt(uow: UnitOfWork, campaign: Campaign, tasks: Sequence[Task]) -> None:
    of_owner: dict[PersonId, list[Task]] = defaultdict(list)
    for task in tasks:
        of_owner[task.owner_id].append(task)
    for owner_id, theirs in of_owner.items():
        if len(theirs) > PROMPTED_ALONE:
            _prompt_together(uow, campaign, owner_id, theirs)
        else:
            for task in theirs:
                owe_to_responsible(uow, task, Occasion.OPENED)


def _prompt_together(uow: UnitOfWork, campaign: Campaign, owner_id: PersonId, tasks: Sequence[Task]) -> None:
    owner = uow.people.get(owner_id)
    about = f"access-changes:{campaign.id}:{tasks[0].id}"
    key = NoticeKey(about=about, recipient=f"person:{owner_id}", occasion=Occasion.ACCESS_CHANGES)
    owed_at = calendar_of(owner, uow.workspace).into_hours(uow.now)
    uow.notices.owe([OwedNotice(key=key, owed_at=owed_at, detail=campaign.id)])
