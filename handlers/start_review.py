"""A campaign is prepared, looked through and started."""

from datetime import date, timedelta

from handlers.actions import Action
from handlers.campaign_page import campaign_page
from handlers.context import Context
from handlers.replies import Replace, Reply, Show
from handlers.requests import FormSubmitted
from handlers.views import messages
from handlers.views.campaign_card import campaign_card
from handlers.views.elements import Form, Option, View
from handlers.views.review_setup import SetupPage, review_setup, start_form, system_form, systems_form
from tasks import duties
from tasks.access.model import CHANGE_DAYS, Campaign, CampaignState, Capacity
from tasks.access.ports import CampaignSystem
from tasks.errors import Invalid, NotAllowed, NotFound
from tasks.identifiers import PersonId, TaskId
from tasks.operations.end_review import STEWARDS
from tasks.operations.prepare_review import (
    DUE_DAYS,
    Wish,
    choose_reviewer,
    choose_systems,
    may_prepare,
    prepare_by_hand,
    prepare_for_task,
    take_latest_lists,
)
from tasks.operations.reviewing import review_day
from tasks.operations.start_review import LOOK_AGAIN, confirm_start, prospect, seen_now
from tasks.wording import counted

NO_CONTROL = "Bring in one of the access review controls first: IAM-01, IAM-02 or IAM-05. Type /soc2 setup."


# --- begun


def build_start(act: Action, context: Context) -> Form:
    duties.require_role(context.person, *STEWARDS)
    controls = [one for one in context.uow.controls.every() if one.text.access_review and not one.retired]
    if not controls:
        raise NotAllowed(NO_CONTROL)
    options = [Option(value=one.code, label=f"{one.code} {one.text.title}") for one in controls]
    today = review_day(context.uow)
    first, last = _last_quarter(today)
    due = today + timedelta(days=DUE_DAYS)
    return start_form(act, options, span=(first.isoformat(), last.isoformat()), due=due.isoformat(), days=CHANGE_DAYS)


def submit_start(request: FormSubmitted, context: Context) -> Reply:
    wish = Wish(
        control_code=request.text("control"),
        name=request.text("name"),
        span_start=_day(request, "span_start"),
        span_end=_day(request, "span_end"),
        due_on=_day(request, "due"),
        change_days=_number(request.text("change_days")),
    )
    campaign = prepare_by_hand(context.uow, context.actor, wish)
    return Show(view=_setup(context, campaign))


def _last_quarter(today: date) -> tuple[date, date]:
    this = date(today.year, today.month - (today.month - 1) % 3, 1)
    last = this - timedelta(days=1)
    return date(last.year, last.month - 2, 1), last


def _day(request: FormSubmitted, name: str) -> date:
    try:
        return date.fromisoformat(request.text(name))
    except ValueError as error:
        raise Invalid("Not begun yet.", fields={name: "Choose a day."}) from error


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0


# --- looked through


def press_setup(act: Action, context: Context) -> Reply:
    """From a campaign, or from the task that it answers."""
    if task_id := act.get("t"):
        task = context.uow.tasks.get(TaskId(task_id))
        duties.require_may_assign(context.person, task, context.uow.people)
        campaign = prepare_for_task(context.uow, context.actor, task)
        if campaign.state is not CampaignState.PREPARING:
            return Show(view=campaign_card(campaign_page(context.uow, context.person, campaign.id)))
        return Show(view=_setup(context, campaign))
    return Show(view=_setup(context, _campaign(context, act)))


def press_latest(act: Action, context: Context) -> Reply:
    campaign = take_latest_lists(context.uow, context.actor, act.get("c"))
    return Replace(view=_setup(context, campaign, said="These are the latest lists."))


def build_system(act: Action, context: Context) -> Form:
    return system_form(act, _system(context, act), context.colleagues())


def submit_system(request: FormSubmitted, context: Context) -> Reply:
    act, first = request.action, request.text("first")
    if first not in set(Capacity):
        raise Invalid("Not saved yet.", fields={"first": "Choose one of the answers."})
    named, owner = request.text("named"), request.text("owner")
    campaign = choose_reviewer(
        context.uow,
        context.actor,
        act.get("c"),
        act.get("s"),
        first_asked=Capacity(first),
        owner_id=PersonId(owner) if owner else None,
        named_id=PersonId(named) if named else None,
    )
    return Replace(view=_setup(context, campaign, said="Saved."))


def build_systems(act: Action, context: Context) -> Form:
    campaign = _campaign(context, act)
    latest = context.uow.access_exports.latest()
    options = tuple(
        Option(value=one.id, label=one.name)
        for one in context.uow.access_systems.every()
        if one.id in latest and not one.retired
    )
    if not options:
        raise NotAllowed("There is no list of accounts yet. Bring one in first: /soc2 access new.")
    chosen = tuple(one.system_id for one in context.uow.campaigns.systems(campaign.id))
    return systems_form(act, options, chosen)


def submit_systems(request: FormSubmitted, context: Context) -> Reply:
    campaign = choose_systems(context.uow, context.actor, request.action.get("c"), request.choices("systems"))
    return Replace(view=_setup(context, campaign, said="Saved."))


# --- started


def press_start(act: Action, context: Context) -> Reply:
    """What has changed since it was shown is shown before anything begins."""
    waiting = _campaign(context, act)
    if waiting.state is CampaignState.PREPARING and act.get("m") != seen_now(context.uow, waiting):
        return Replace(view=_setup(context, waiting, said=LOOK_AGAIN))
    campaign = confirm_start(context.uow, context.actor, waiting.id, seen=act.get("m"))
    items = _number(act.get("n"))
    text = f"{campaign.name} is being opened: {counted(items, 'access', 'accesses')}. Every reviewer gets a message."
    return Replace(view=messages.done("Started", text))


def _campaign(context: Context, act: Action) -> Campaign:
    campaign = context.uow.campaigns.get(act.get("c"))
    if not may_prepare(context.uow, context.person, campaign):
        raise NotFound("This access review is not here, or not yours to prepare.")
    return campaign


def _system(context: Context, act: Action) -> CampaignSystem:
    campaign = _campaign(context, act)
    found = next((one for one in context.uow.campaigns.systems(campaign.id) if one.system_id == act.get("s")), None)
    if found is None:
        raise NotFound("This system is not under review here any more. Look through it again.")
    return found


def _setup(context: Context, campaign: Campaign, *, said: str = "") -> View:
    if campaign.state is not CampaignState.PREPARING:
        return messages.told("Begun already", f"{campaign.name} has begun. Type /soc2 access to see it.")
    names = {person.id: person.name for person in context.uow.people.everyone()}
    return review_setup(SetupPage(prospect=prospect(context.uow, campaign), names=names), said=said)
