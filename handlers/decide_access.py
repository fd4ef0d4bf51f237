"""A reviewer's conversation: the overview, the pages, each decision, the rest at once, and the submission."""

from datetime import datetime

from handlers.actions import Action
from handlers.context import Context
from handlers.replies import Replace, Reply, Show
from handlers.requests import FormSubmitted
from handlers.review_page import LONGEST_SEARCH, WANTED, Place, my_part, place_of, review_page, shown_at
from handlers.views import messages
from handlers.views.elements import Form
from handlers.views.review_card import review_card
from handlers.views.review_forms import ANY, decide_form, find_form, keep_form, pass_on_form, reassign_form
from handlers.views.review_page import SAID, review_page_view
from tasks import duties
from tasks.access.deciding import Given, Row
from tasks.access.model import Verdict
from tasks.access.ports import Happened, Happening, Wanted
from tasks.access.signals import needs_own_decision, signals
from tasks.access.texts import called
from tasks.errors import Invalid, NotFound, Stale
from tasks.identifiers import PersonId
from tasks.operations.decide_access import (
    decide_access,
    keep_remaining,
    pass_on_access,
    reassign_access,
    undo_decision,
)
from tasks.operations.end_review import STEWARDS
from tasks.operations.reviewing import plans_of
from tasks.operations.submit_review import submit_review
from tasks.wording import counted, moment

WHAT = {
    Happened.DECIDED: "decided",
    Happened.UNDONE: "took the decision back",
    Happened.PASSED: "passed it on",
    Happened.REASSIGNED: "gave it to somebody else",
    Happened.MOVED: "it moved",
}


# --- looked through


def press_part(act: Action, context: Context) -> Reply:
    return Show(view=review_card(my_part(context.uow, context.person, act.get("c"))))


def press_review(act: Action, context: Context) -> Reply:
    return Show(view=review_page_view(review_page(context, place_of(act))))


def press_turn(act: Action, context: Context) -> Reply:
    return _again(context, place_of(act))


def press_gaps(act: Action, context: Context) -> Reply:
    duties.require_role(context.person, *STEWARDS)
    return Show(view=review_page_view(review_page(context, Place(campaign_id=act.get("c"), wanted=Wanted.GAPS))))


def build_find(act: Action, context: Context) -> Form:
    place = place_of(act)
    return find_form(act, place, list(my_part(context.uow, context.person, place.campaign_id).systems))


def submit_find(request: FormSubmitted, context: Context) -> Reply:
    place, system = place_of(request.action), request.text("system")
    wanted = Place(
        campaign_id=place.campaign_id,
        wanted=place.wanted if place.wanted is Wanted.GAPS else WANTED["e"],
        order=place.order,
        search=request.text("search")[:LONGEST_SEARCH],
        system="" if system == ANY else system,
    )
    return _again(context, wanted)


def _again(context: Context, place: Place, *, said: str = "") -> Reply:
    if place.wanted is Wanted.GAPS:
        duties.require_role(context.person, *STEWARDS)
    return Replace(view=review_page_view(review_page(context, place), said=said))


# --- one access


def press_keep(act: Action, context: Context) -> Reply:
    row = _row(context, act)
    given = Given(verdict=Verdict.KEEP, seen_version=act.version(), shown_at=_shown(context, act))
    return _decided(context, act, row, given)


def build_decide(act: Action, context: Context) -> Form:
    row = _row(context, act)
    plan = plans_of(context.uow, act.get("c"))[row.item.system]
    own = needs_own_decision(row.item.access, plan.as_of)
    return decide_form(act, row, _signals(context, row), _story(context, row), own=own)


def submit_decide(request: FormSubmitted, context: Context) -> Reply:
    act, verdict = request.action, request.text("verdict")
    if verdict not in set(Verdict):
        raise Invalid("Not saved yet.", fields={"verdict": "Choose one of the answers."})
    row = _row(context, act)
    given = Given(
        verdict=Verdict(verdict),
        change_to=request.text("change_to"),
        reason=request.text("reason"),
        seen_version=act.version(),
        shown_at=_shown(context, act),
    )
    return _decided(context, act, row, given)


def _decided(context: Context, act: Action, row: Row, given: Given) -> Reply:
    decide_access(context.uow, context.actor, act.get("c"), row.item.id, given)
    return _again(context, place_of(act), said=f"{SAID[given.verdict]}: {called(row.item.access)}.")


def press_undo(act: Action, context: Context) -> Reply:
    row = _row(context, act)
    undo_decision(context.uow, context.actor, act.get("c"), row.item.id, act.version())
    return _again(context, place_of(act), said=f"Taken back: {called(row.item.access)} is to be decided again.")


def build_pass_on(act: Action, context: Context) -> Form:
    row = _row(context, act)
    return pass_on_form(act, row, _signals(context, row))


def submit_pass_on(request: FormSubmitted, context: Context) -> Reply:
    act, reason = request.action, request.text("reason")
    seen = _row(context, act).item.id
    row = pass_on_access(context.uow, context.actor, act.get("c"), seen, act.version(), reason=reason)
    following = context.uow.people.find(row.item.reviewer_id)
    said = f"Passed on to {following.name}." if following else "Passed on."
    return _again(context, place_of(act), said=said)


def build_reassign(act: Action, context: Context) -> Form:
    duties.require_role(context.person, *STEWARDS)
    row = _any_row(context, act)
    return reassign_form(act, row, _signals(context, row), context.colleagues())


def submit_reassign(request: FormSubmitted, context: Context) -> Reply:
    act, to = request.action, PersonId(request.text("person"))
    reassign_access(context.uow, context.actor, act.get("c"), act.get("i"), act.version(), to=to)
    return _again(context, place_of(act), said=f"{context.uow.people.get(to).name} decides about it now.")


def press_story(act: Action, context: Context) -> Reply:
    row = _row(context, act)
    lines = _story(context, row) or ("Nothing has happened to it yet.",)
    return Show(view=messages.told(called(row.item.access), " ".join(lines)))


# --- many at once


def build_keep_remaining(act: Action, context: Context) -> Form:
    mine = my_part(context.uow, context.person, act.get("c"))
    if mine.for_bulk != _number(act):
        raise Stale(f"It is {counted(mine.for_bulk, 'access', 'accesses')} now. Open the review again and look.")
    shown = {**act.args, "t": str(int(context.uow.now.timestamp()))}  # the card may be days old
    return keep_form(Action(name=act.name, args=shown), mine)


def submit_keep_remaining(request: FormSubmitted, context: Context) -> Reply:
    act, reason = request.action, request.text("reason")
    kept = keep_remaining(
        context.uow, context.actor, act.get("c"), confirmed=_number(act), reason=reason, shown_at=_shown(context, act)
    )
    mine = my_part(context.uow, context.person, act.get("c"))
    return Replace(view=review_card(mine, opening=f"{counted(kept, 'access is', 'accesses are')} kept."))


def press_submit(act: Action, context: Context) -> Reply:
    campaign = submit_review(context.uow, context.actor, act.get("c"))
    return Replace(view=review_card(my_part(context.uow, context.person, campaign.id), opening="Submitted. Thank you."))


# --- small steps


def _row(context: Context, act: Action) -> Row:
    """One of the person's own, or one that they decided."""
    row = _any_row(context, act)
    mine = {row.item.reviewer_id, row.item.on_behalf_of, row.decision.decided_by if row.decision else None}
    if context.person.id not in mine and not any(context.person.has(role) for role in STEWARDS):
        raise NotFound("This access is not here, or not yours to decide. Open the review again.")
    return row


def _any_row(context: Context, act: Action) -> Row:
    return context.uow.access_items.get(act.get("c"), act.get("i"))


def _signals(context: Context, row: Row) -> tuple[str, ...]:
    return signals(row.item, plans_of(context.uow, row.item.campaign_id)[row.item.system].as_of)


def _story(context: Context, row: Row) -> tuple[str, ...]:
    told = context.uow.access_stories.story(row.item.campaign_id, row.item.id)
    return tuple(_line(context, one) for one in told)


def _line(context: Context, one: Happening) -> str:
    who = context.uow.people.find(one.by)
    what = f"{WHAT[one.what]} “{SAID[one.decision.verdict].lower()}”" if one.decision else WHAT[one.what]
    reason = f": {one.reason}" if one.reason else ""
    return f"{who.name if who else 'Nobody in person'} {what} on {moment(one.at, context.person.time_zone)}{reason}."


def _shown(context: Context, act: Action) -> datetime:
    """A value that lies in the future was tampered with, as was none: then it counts from now."""
    return min(shown_at(act) or context.uow.now, context.uow.now)


def _number(act: Action) -> int:
    text = act.get("n")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0
