"""A campaign's card and its end: signed off, given more time, closed early, cancelled; its report."""

from datetime import date

from handlers.actions import Action
from handlers.campaign_page import campaign_page, require_may_see_campaign
from handlers.context import Context
from handlers.replies import Replace, Reply, Show
from handlers.requests import FormSubmitted
from handlers.views import messages
from handlers.views.campaign_card import campaign_card, signals_card
from handlers.views.elements import Form, View
from handlers.views.sign_off_forms import cancel_form, close_form, extend_form, sign_off_form
from tasks.access.signals import rubber_stamps
from tasks.errors import Invalid, NotAllowed
from tasks.operations.end_review import STEWARDS, cancel_review, close_early
from tasks.operations.extend_review import ask_extension, decide_extension
from tasks.operations.gather_report import every_row
from tasks.operations.prove_changes import ask_for_list
from tasks.operations.send_report import send_report
from tasks.operations.sign_off_review import require_may_sign, sign_off_review
from tasks.wording import day


def press_campaign(act: Action, context: Context) -> Reply:
    return Show(view=_card(context, act.get("c")))


def _card(context: Context, campaign_id: str, *, said: str = "") -> View:
    return campaign_card(campaign_page(context.uow, context.person, campaign_id), said=said)


# --- signed off


def build_sign_off(act: Action, context: Context) -> Form:
    page = campaign_page(context.uow, context.person, act.get("c"))
    require_may_sign(context.uow, context.actor, page.campaign)
    return sign_off_form(page, act)


def submit_sign_off(request: FormSubmitted, context: Context) -> Reply:
    act = request.action
    note = request.text("note")
    signed = sign_off_review(context.uow, context.actor, act.get("c"), act.version(), comment=note)
    return Replace(view=_card(context, signed.id, said=f"{signed.name} is signed off. Thank you."))


# --- more time


def build_extend(act: Action, context: Context) -> Form:
    return extend_form(campaign_page(context.uow, context.person, act.get("c")).campaign, act)


def submit_extend(request: FormSubmitted, context: Context) -> Reply:
    reason, campaign_id = request.text("reason"), request.action.get("c")
    asked = ask_extension(context.uow, context.actor, campaign_id, due_to=_day(request.text("due")), reason=reason)
    return Replace(view=_card(context, campaign_id, said=f"Asked for: until {day(asked.due_to)}. You are told."))


def press_approve(act: Action, context: Context) -> Reply:
    return _decided(act, context, approve=True)


def press_refuse(act: Action, context: Context) -> Reply:
    return _decided(act, context, approve=False)


def _decided(act: Action, context: Context, *, approve: bool) -> Reply:
    decided = decide_extension(context.uow, context.actor, act.get("c"), act.get("x"), approve=approve)
    said = f"It is due on {day(decided.due_to)} now." if approve else "Refused: it stays due when it was."
    return Replace(view=_card(context, decided.campaign_id, said=said))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid("Not asked for yet.", fields={"due": "Choose a day."}) from error


# --- before it is whole


def build_close(act: Action, context: Context) -> Form:
    return close_form(campaign_page(context.uow, context.person, act.get("c")), act)


def submit_close(request: FormSubmitted, context: Context) -> Reply:
    act, reason = request.action, request.text("reason")
    closed = close_early(context.uow, context.actor, act.get("c"), act.version(), reason=reason)
    return Replace(view=_card(context, closed.id, said=f"{closed.name} is closed. The report says why."))


def build_cancel(act: Action, context: Context) -> Form:
    return cancel_form(campaign_page(context.uow, context.person, act.get("c")), act)


def submit_cancel(request: FormSubmitted, context: Context) -> Reply:
    act, reason = request.action, request.text("reason")
    cancelled = cancel_review(context.uow, context.actor, act.get("c"), act.version(), reason=reason)
    return Replace(view=_card(context, cancelled.id, said=f"{cancelled.name} is cancelled."))


# --- what it says


def press_report(act: Action, context: Context) -> Reply:
    campaign = context.uow.campaigns.get(act.get("c"))
    require_may_see_campaign(context.uow, context.person, campaign)
    send_report(context.uow, context.actor, campaign.id)
    text = f"The report of {campaign.name} comes here in a moment."
    return Show(view=messages.told("Report", text))


def press_signals(act: Action, context: Context) -> Reply:
    campaign = context.uow.campaigns.get(act.get("c"))
    require_may_see_campaign(context.uow, context.person, campaign)
    if not any(context.person.has(role) for role in STEWARDS):
        raise NotAllowed("This is shown to compliance leads and admins.")
    decisions = (row.decision for row in every_row(context.uow, campaign.id) if row.decision and row.submitted_at)
    found = rubber_stamps(decisions)
    signs = sorted((context.uow.people.get(who).name, sentences) for who, sentences in found.items())
    return Show(view=signals_card(campaign.id, campaign.name, signs))


def press_ask_list(act: Action, context: Context) -> Reply:
    asked = ask_for_list(context.uow, context.actor, act.get("s"))
    name = context.uow.people.get(asked).name
    return Show(view=messages.done("Asked", f"{name} is asked for a new list. It proves what was changed."))
