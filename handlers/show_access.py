"""/soc2 access: what of access reviews is the person's."""

from handlers.actions import Action, action
from handlers.context import Context
from handlers.import_access import build_import_access
from handlers.replies import OpenForm, Reply, Show
from handlers.views.access_list import AccessList, LookedAfter, Mine, ShownSystem, access_list
from tasks.access.model import Campaign, CampaignState
from tasks.duties import SEES_EVERY_STANDING
from tasks.errors import Invalid
from tasks.model import Task, Work, origin_of
from tasks.operations.end_review import STEWARDS
from tasks.wording import shortened

LATELY = 3


def type_access(words: str, context: Context) -> Reply:
    """Alone: the list. “new”: a list of accounts is handed in."""
    wanted = words.strip().lower()
    if wanted == "new":
        return OpenForm(form=build_import_access(action("import_access"), context))
    if wanted:
        raise Invalid(f"I don't know “access {shortened(wanted, 30)}”. Type /soc2 access, or /soc2 access new.")
    return Show(view=access_list(access_of(context)))


def press_access(_: Action, context: Context) -> Reply:
    return Show(view=access_list(access_of(context)))


def access_of(context: Context) -> AccessList:
    uow, me = context.uow, context.person
    steward = any(me.has(role) for role in STEWARDS)
    systems = _systems(context, steward=steward)
    return AccessList(
        now=uow.now,
        time_zone=me.time_zone,
        mine=reviews_of(context),
        changes=_changes(context),
        looked_after=looked_after(context),
        systems=systems,
        may_hand_in=steward or bool(systems),
        may_start=steward,
    )


def reviews_of(context: Context) -> list[Mine]:
    """What waits for this person, soonest due first."""
    return [
        Mine(campaign=campaign, part=part)
        for campaign in context.uow.campaigns.running()
        if campaign.state is CampaignState.OPEN
        for part in context.uow.access_items.parts(campaign.id)
        if part.reviewer_id == context.person.id and part.submitted < part.items
    ]


def _changes(context: Context) -> list[Task]:
    return [task for task in context.uow.tasks.open_of([context.person.id]) if task.work is Work.ACCESS_CHANGE]


def looked_after(context: Context) -> list[LookedAfter]:
    """Campaigns under way, and those that ended lately."""
    uow, me = context.uow, context.person
    everything = any(me.has(role) for role in (*STEWARDS, *SEES_EVERY_STANDING))
    campaigns = [*uow.campaigns.running(), *uow.campaigns.lately(limit=LATELY)]
    return [_standing(context, one) for one in campaigns if everything or one.owner_id == me.id]


def _standing(context: Context, campaign: Campaign) -> LookedAfter:
    parts = context.uow.access_items.parts(campaign.id)
    tasks = context.uow.tasks.of_origin(origin_of(Work.ACCESS_CHANGE, campaign.id))
    changes = [task for task in tasks if task.is_open]
    return LookedAfter(
        campaign=campaign,
        items=sum(part.items for part in parts),
        submitted=sum(part.submitted for part in parts),
        gaps=sum(part.items - part.submitted for part in parts if part.reviewer_id is None),
        changes=len(changes),
        overdue=sum(task.due_at < context.uow.now for task in changes),
    )


def _systems(context: Context, *, steward: bool) -> list[ShownSystem]:
    uow = context.uow
    latest = uow.access_exports.latest()
    return [
        ShownSystem(
            system=one,
            owner=owner.name if (owner := uow.people.find(one.owner_id)) else "",
            latest=latest.get(one.id),
        )
        for one in uow.access_systems.every()
        if steward or one.owner_id == context.person.id
    ]
