"""A page of accesses to decide about. Each button carries the place, so that the same page is shown again."""

from dataclasses import replace

from handlers.actions import action
from handlers.review_page import Place, ReviewPage
from handlers.views.elements import (
    ActionButton,
    Button,
    Buttons,
    Divider,
    Element,
    FormButton,
    Note,
    Progress,
    Row,
    Text,
    Tone,
    View,
)
from tasks.access.deciding import Row as Decided
from tasks.access.model import Verdict
from tasks.access.ports import Order, Wanted
from tasks.access.signals import signals
from tasks.access.texts import called
from tasks.wording import counted, day, moment, shortened

KINDS = {
    Wanted.OPEN: "To decide",
    Wanted.OWN: "One by one",
    Wanted.DECIDED: "Decided",
    Wanted.CHANGES: "Changes",
    Wanted.EVERY: "All",
}
SAID = {Verdict.KEEP: "Keep", Verdict.REVOKE: "Revoke", Verdict.CHANGE: "Change"}
LONGEST_REASON = 120


def review_page_view(page: ReviewPage, *, said: str = "", failed: str = "") -> View:
    first: list[Element] = [Text(text=said, tone=Tone.GOOD)] if said else []
    first += [Text(text=failed, tone=Tone.WARNING)] if failed else []
    body: list[Element] = [*first, *_head(page)]
    for row in page.rows:
        body += [*_item(page, row), _item_buttons(page, row)]
    if not page.rows:
        body.append(Text(text=_nothing(page)))
    body += [Divider(), *_turning(page)]
    title = page.mine.campaign.name
    return View(title=title, summary=said or f"{title}: {_where(page)}.", body=tuple(body))


def _head(page: ReviewPage) -> list[Element]:
    part = page.mine.part
    if page.place.wanted is Wanted.GAPS:
        return [Text(text=f"{counted(page.total, 'access', 'accesses')} that nobody may decide about.", strong=True)]
    progress = [Progress(label="Decided", done=part.decided, total=part.items)] if part.items else []
    return [*progress, Note(text=_where(page))]


def _where(page: ReviewPage) -> str:
    place = page.place
    said = [KINDS.get(place.wanted, "Without a reviewer"), counted(page.total, "access", "accesses")]
    said += [f"“{place.search}”"] if place.search else []
    said += [place.system] if place.system else []
    return " · ".join([*said, f"page {place.number} of {page.pages}"])


def _nothing(page: ReviewPage) -> str:
    part = page.mine.part
    if page.place.search:
        return f"Nothing here has “{page.place.search}” in it."
    if page.place.wanted is Wanted.OPEN and part.items and part.decided == part.items:
        return "Everything is decided. Submit it, or look through it once more."
    return "There is nothing of this kind."


# --- one access


def _item(page: ReviewPage, row: Decided) -> list[Element]:
    item, access = row.item, row.item.access
    where = [item.system, access.entitlement or "account"]
    text = f"{called(access)} · {' · '.join(where)}"
    found = signals(item, page.plans[item.system].as_of)
    login = f"last sign-in {day(access.last_login)}" if access.last_login else ""
    notes = [access.description, *found, login, _decision(page, row)]
    tone = Tone.WARNING if page.own(row) and row.is_open else Tone.NEUTRAL
    return [Row(text=text, note=" · ".join(filter(None, notes)), tone=tone)]


def _decision(page: ReviewPage, row: Decided) -> str:
    decision = row.decision
    if decision is None:
        return ""
    who = "you" if decision.decided_by == page.reader.id else page.names.get(decision.decided_by, "")
    change = f" to {decision.change_to}" if decision.change_to else ""
    reason = f": {shortened(decision.reason, LONGEST_REASON)}" if decision.reason else ""
    said = f"{SAID[decision.verdict]}{change}, by {who}{reason}"
    if row.submitted_at:
        return f"{said} (submitted {moment(row.submitted_at, page.reader.time_zone)})"
    return said


def _item_buttons(page: ReviewPage, row: Decided) -> Buttons:
    args: dict[str, str | int] = {"i": row.item.id, "v": row.item.version, "t": int(page.now.timestamp())}
    place = page.place
    if place.wanted is Wanted.GAPS:
        return Buttons(buttons=(FormButton(label="Name a reviewer …", action=place.to("reassign_access", **args)),))
    if row.submitted_at or not page.mine.mine:
        return Buttons(buttons=(ActionButton(label="Story", action=place.to("access_story", i=row.item.id)),))
    decide = FormButton(label="Decide …", action=place.to("decide_access", **args))
    passed = FormButton(label="Not mine …", action=place.to("pass_on_access", **args))
    if row.decision:
        undo = ActionButton(label="Undo", action=place.to("undo_access", **args))
        return Buttons(buttons=(undo, decide))
    if page.own(row):
        return Buttons(buttons=(decide, passed))
    keep = ActionButton(label="Keep", action=place.to("keep_access", **args))
    return Buttons(buttons=(keep, decide, passed))


# --- turning, filtering, ending


def _turning(page: ReviewPage) -> list[Element]:
    place = page.place
    turns: list[Button] = []
    if place.number > 1:
        turns.append(_turn("Previous", replace(place, number=place.number - 1)))
    if place.number < page.pages:
        turns.append(_turn("Next", replace(place, number=place.number + 1)))
    turns.append(FormButton(label="Find …", action=place.to("find_access")))
    if place.search or place.system:
        turns.append(_turn("Show all again", replace(place, search="", system="", number=1)))
    if place.wanted is Wanted.GAPS:
        return [Buttons(buttons=tuple(turns))]
    other = Order.SYSTEM if place.order is Order.PERSON else Order.PERSON
    turns.append(_turn(f"By {other.value}", replace(place, order=other, number=1)))
    kinds = tuple(
        _turn(label, replace(place, wanted=wanted, number=1))
        for wanted, label in KINDS.items()
        if wanted is not place.wanted
    )
    back = ActionButton(label="Overview", action=action("show_review_part", c=place.campaign_id))
    return [Buttons(buttons=tuple(turns)), Buttons(buttons=kinds), Buttons(buttons=(back,))]


def _turn(label: str, place: Place) -> ActionButton:
    return ActionButton(label=label, action=place.to("turn_access"))
