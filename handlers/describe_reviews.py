"""What notices about access reviews say: gaps, what is ready, more time, changes that come together, lists."""

from collections.abc import Callable, Mapping

from handlers.actions import action
from handlers.campaign_page import campaign_page, may_see_campaign
from handlers.task_page import name_of
from handlers.views import messages
from handlers.views.campaign_card import campaign_card
from handlers.views.elements import ActionButton, Bullets, Buttons, Element, FormButton, Note, Text, Tone, View
from handlers.views.task_list import task_row
from tasks.access.model import CampaignState, ExtensionState
from tasks.model import Work, origin_of
from tasks.notices import Notice, Occasion
from tasks.operations.extend_review import extension_of
from tasks.operations.reviewing import gaps_of
from tasks.people import Person
from tasks.ports import UnitOfWork
from tasks.wording import counted, day

MOST = 15


class _Reading:
    def __init__(self, uow: UnitOfWork, reader: Person) -> None:
        self.now = uow.now
        self.time_zone = reader.time_zone


def gap(uow: UnitOfWork, notice: Notice, reader: Person) -> View | None:
    campaign = uow.campaigns.get(notice.detail)
    gaps = gaps_of(uow, campaign) if campaign.state is CampaignState.OPEN else ()
    if not gaps:
        text = f"Everything in {campaign.name} has a reviewer now."
        return messages.told("Settled", text) if notice.sent_at else None
    text = f"Nobody can decide about some accesses of {campaign.name}."
    button = ActionButton(label="Name reviewers", action=action("review_gaps", c=campaign.id))
    body = (Text(text=text, strong=True, tone=Tone.BAD), Bullets(items=tuple(gaps[:MOST])), Buttons(buttons=(button,)))
    return View(title="Reviewers missing", summary=text, body=body)


def ready(uow: UnitOfWork, notice: Notice, reader: Person) -> View | None:
    campaign = uow.campaigns.get(notice.detail)
    if not may_see_campaign(uow, reader, campaign):
        return None
    return campaign_card(campaign_page(uow, reader, campaign.id))


def extension(uow: UnitOfWork, notice: Notice, reader: Person) -> View | None:
    campaign_id, _, extension_id = notice.detail.partition(":")
    campaign, asked = uow.campaigns.get(campaign_id), extension_of(uow, campaign_id, extension_id)
    who = name_of(uow, asked.asked_by)
    text = f"{who} asks for more time for {campaign.name}: until {day(asked.due_to)} instead of {day(asked.due_from)}."
    if asked.state is not ExtensionState.ASKED or campaign.state is not CampaignState.OPEN:
        said = f"{text} {name_of(uow, asked.decided_by) or 'Nobody'} {asked.state} it."
        return messages.told("Settled", said) if notice.sent_at else None
    args = {"c": campaign.id, "x": asked.id}
    buttons = Buttons(
        buttons=(
            ActionButton(label="Approve", action=action("approve_extension", **args)),
            ActionButton(label="Refuse", action=action("refuse_extension", **args)),
        )
    )
    return View(title="More time?", summary=text, body=(Text(text=text), Note(text=asked.reason), buttons))


def changes(uow: UnitOfWork, notice: Notice, reader: Person) -> View | None:
    campaign = uow.campaigns.get(notice.detail)
    tasks = uow.tasks.of_origin(origin_of(Work.ACCESS_CHANGE, campaign.id))
    mine = sorted((one for one in tasks if one.is_open and one.owner_id == reader.id), key=lambda one: one.due_at)
    if not mine:
        return messages.told("Settled", f"All changes of {campaign.name} are made.") if notice.sent_at else None
    text = f"{campaign.name} decided {counted(len(mine), 'change')} for you to make. Each has a task of its own."
    shown = _Reading(uow, reader)
    rows: list[Element] = [task_row(task, shown) for task in mine[:MOST]]
    if len(mine) > MOST:
        rows.append(Note(text=f"Only the first {MOST} are shown. Type /soc2 access to see all."))
    return View(title="Changes to make", summary=text, body=(Text(text=text, strong=True), *rows))


def list_asked(uow: UnitOfWork, notice: Notice, reader: Person) -> View | None:
    system = uow.access_systems.get(notice.detail)
    latest = uow.access_exports.of_system(system.id)
    if latest and latest[0].imported_at > notice.owed_at:
        text = f"A new list of {system.name} is here. Thank you."
        return messages.told("Settled", text) if notice.sent_at else None
    text = f"A new list of the accounts in {system.name} is asked of you: it proves what was changed."
    button = FormButton(label="Hand it in", action=action("import_access", s=system.id))
    return View(title="A new list, please", summary=text, body=(Text(text=text), Buttons(buttons=(button,))))


ABOUT_REVIEWS: Mapping[Occasion, Callable[[UnitOfWork, Notice, Person], View | None]] = {
    Occasion.REVIEW_GAP: gap,
    Occasion.REVIEW_READY: ready,
    Occasion.EXTENSION_ASKED: extension,
    Occasion.ACCESS_CHANGES: changes,
    Occasion.LIST_ASKED: list_asked,
}
