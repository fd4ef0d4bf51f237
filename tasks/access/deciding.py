"""The rules of deciding. Each takes the rows it is about and returns them changed; nothing is kept here.

- Whose turn it is decides, at the moment of acting: nobody else, the compliance lead neither.
- Privileged, shared, service and dormant: one by one, with a reason. The rest may be kept in bulk, with one.
- Whoever is not sure, or says it is not theirs, passes it on with a reason, and is never asked again.
- All can be undone until it is submitted; it is submitted once all of one's items are decided.
- When an item moves, what was decided and not submitted goes along: whoever has it now can undo or submit it.
- Nobody overwrites what they have not seen: every change names the version it is about.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from tasks.access.model import Campaign, Decision, Item, Verdict
from tasks.access.reviewers import Place, Reviewer, SystemPlan, given_to, place_of, reviewer_of, reviewers
from tasks.access.signals import needs_own_decision, same_words
from tasks.duties import require_role
from tasks.errors import Invalid, NotAllowed, Stale
from tasks.identifiers import PersonId
from tasks.people import Directory, Person, Role
from tasks.wording import counted, moment

DONE_WORDS = {Verdict.KEEP: "keep", Verdict.REVOKE: "revoke", Verdict.CHANGE: "change"}


@dataclass(frozen=True, kw_only=True)
class Row:
    """An item and what became of it."""

    item: Item
    decision: Decision | None = None
    """The one in effect; those it took the place of are kept elsewhere."""
    submitted_at: datetime | None = None
    """From then on it is final."""

    @property
    def is_open(self) -> bool:
        return self.decision is None


@dataclass(frozen=True, kw_only=True)
class Acting:
    """Who acts, when, and what the rules are to be judged by at this moment."""

    by: Person
    at: datetime
    on: date
    """The same moment's day in the workspace."""
    directory: Directory
    plans: Mapping[str, SystemPlan]


@dataclass(frozen=True, kw_only=True)
class Given:
    verdict: Verdict
    change_to: str = ""
    reason: str = ""
    seen_version: int
    """Of the item, as it was shown."""
    shown_at: datetime


@dataclass(frozen=True, kw_only=True)
class Passed:
    """Kept for ever, like a decision."""

    item_id: str
    by: PersonId
    on_behalf_of: PersonId | None
    reason: str
    at: datetime


# --- one item


def decide(row: Row, given: Given, acting: Acting, *, reasons_elsewhere: Iterable[str] = ()) -> Row:
    """`reasons_elsewhere`: which the same person gave in this campaign for privileged keeps of other systems."""
    turn = _require_turn(row, acting)
    _require_seen(row, given.seen_version, acting)
    _require_sense(row.item, given, acting.plans[row.item.system].as_of, reasons_elsewhere)
    return _decided(row, given, acting, turn, in_bulk=False)


def undo(row: Row, seen_version: int, acting: Acting) -> Row:
    _require_turn(row, acting)
    _require_seen(row, seen_version, acting)
    if row.decision is None:
        message = "There is nothing to undo: this is not decided yet."
        raise Invalid(message)
    return Row(item=_next_version(row.item))


def pass_on(row: Row, reason: str, seen_version: int, acting: Acting) -> tuple[Row, Passed]:
    """Not sure, or not mine: it goes to the next in line, together with the reason."""
    turn = _require_turn(row, acting)
    _require_seen(row, seen_version, acting)
    if not reason.strip():
        message = "Say why you pass it on: the next reviewer reads it."
        raise Invalid(message, fields={"reason": message})
    involved = tuple(who for who in (acting.by.id, turn.on_behalf_of) if who)
    item = replace(row.item, passed_by=(*row.item.passed_by, *involved))
    following = reviewer_of(place_of(item), acting.plans[item.system], acting.directory, acting.on)
    if following.person_id is None:
        left = f"There is nobody left to pass it to: {following.gap}."
        raise NotAllowed(f"{left} Decide it, or ask a compliance lead to name somebody.")
    said = Passed(item_id=item.id, by=acting.by.id, on_behalf_of=turn.on_behalf_of, reason=reason.strip(), at=acting.at)
    return Row(item=_moved(item, following)), said


def reassign(row: Row, to: Person, seen_version: int, acting: Acting) -> Row:
    """By hand, for this one item: also how a gap is closed. What was decided and not submitted is decided anew."""
    require_role(acting.by, Role.COMPLIANCE_LEAD, Role.ADMIN)
    if acting.by.id == row.item.person_id:
        message = "You can't choose who looks at your own access. Ask another compliance lead or an admin."
        raise NotAllowed(message)
    _require_not_submitted(row, acting)
    _require_seen(row, seen_version, acting)
    item = replace(row.item, assigned_id=to.id)
    found = reviewer_of(place_of(item), acting.plans[item.system], acting.directory, acting.on)
    if to.id not in (found.person_id, found.on_behalf_of):
        raise Invalid(f"{to.name} can't decide this: {found.skipped[0]}. Choose somebody else.")
    return Row(item=_moved(item, found))


# --- many at once


def left_for_bulk(rows: Iterable[Row], acting: Acting) -> list[Row]:
    """What "keep the remaining N" would keep: whose turn it is may keep it, undecided, nothing that needs a look."""
    undecided = [row for row in rows if row.is_open and not _is_own(row.item, acting)]
    turns = _turns(undecided, acting)
    return [row for row in undecided if turns[place_of(row.item)].person_id == acting.by.id]


def keep_remaining(rows: Sequence[Row], confirmed: int, reason: str, shown_at: datetime, acting: Acting) -> list[Row]:
    """The rows kept. `confirmed`: how many the person was shown and agreed to."""
    if not reason.strip():
        message = "Give one reason for keeping them all."
        raise Invalid(message, fields={"reason": message})
    kept = left_for_bulk(rows, acting)
    if len(kept) != confirmed:
        raise Stale(f"{counted(len(kept), 'item')} can be kept in bulk now, not {confirmed:,}. Look again and confirm.")
    turns = _turns(kept, acting)
    return [_kept(row, reason, shown_at, acting, turns[place_of(row.item)]) for row in kept]


def submit(rows: Iterable[Row], acting: Acting) -> list[Row]:
    """The rows that become final: all that wait for this person. Pass all of theirs in the campaign."""
    waiting = [row for row in rows if row.submitted_at is None]
    turns = _turns(waiting, acting)
    mine = [row for row in waiting if turns[place_of(row.item)].person_id == acting.by.id]
    if not mine:
        message = "There is nothing of yours to submit here."
        raise NotAllowed(message)
    if undecided := sum(row.is_open for row in mine):
        raise Invalid(
            f"{counted(undecided, 'item')} of {len(mine):,} not decided yet. Decide all of them, then submit."
        )
    return [replace(row, item=_next_version(row.item), submitted_at=acting.at) for row in mine]


def _kept(row: Row, reason: str, shown_at: datetime, acting: Acting, turn: Reviewer) -> Row:
    given = Given(verdict=Verdict.KEEP, reason=reason, seen_version=row.item.version, shown_at=shown_at)
    return _decided(row, given, acting, turn, in_bulk=True)


def _turns(rows: Iterable[Row], acting: Acting) -> dict[Place, Reviewer]:
    return reviewers((place_of(row.item) for row in rows), acting.plans, acting.directory, acting.on)


# --- campaigns that overlap


class Sameness(NamedTuple):
    """Items of two campaigns that agree in all of this are one question, asked once."""

    system: str
    access: tuple[str, str]
    person_id: PersonId | None
    span: tuple[date, date]
    reviewer_id: PersonId | None


def sameness(item: Item, campaign: Campaign) -> Sameness:
    span = (campaign.span_start, campaign.span_end)
    return Sameness(item.system, item.access.key, item.person_id, span, item.reviewer_id)


def taken_over(row: Row, campaign: Campaign, source: Row, source_campaign: Campaign) -> Row | None:
    """The row as decided in the other campaign, final as it is there; None where each has to be decided by itself."""
    decision = source.decision
    if decision is None or source.submitted_at is None or not row.is_open or campaign.id == source_campaign.id:
        return None
    if sameness(row.item, campaign) != sameness(source.item, source_campaign) or row.item.reviewer_id is None:
        return None
    if decision.decided_by != row.item.reviewer_id or not _carries(row.item, decision):
        return None
    copied = replace(decision, item_id=row.item.id, taken_over_from=source.item.id)
    return Row(item=_next_version(row.item), decision=copied, submitted_at=source.submitted_at)


def _carries(item: Item, decision: Decision) -> bool:
    """A privileged keep carries over only with a reason of its own."""
    kept = item.access.privileged and decision.verdict is Verdict.KEEP
    return not kept or bool(decision.reason and not decision.in_bulk)


# --- what is required


def require_turn(item: Item, acting: Acting) -> Reviewer:
    turn = reviewer_of(place_of(item), acting.plans[item.system], acting.directory, acting.on)
    if turn.person_id != acting.by.id or not acting.by.active:
        raise NotAllowed(_whose_turn(turn, acting.directory))
    return turn


def _require_turn(row: Row, acting: Acting) -> Reviewer:
    _require_not_submitted(row, acting)
    return require_turn(row.item, acting)


def _whose_turn(turn: Reviewer, directory: Directory) -> str:
    person, absent = directory.find(turn.person_id), directory.find(turn.on_behalf_of)
    if person is None:
        return f"Nobody can decide this now: {turn.gap}. Ask a compliance lead to name somebody."
    behalf = f", on behalf of {absent.name}" if absent else ""
    return f"It is {person.name}'s turn to decide this{behalf}."


def _require_not_submitted(row: Row, acting: Acting) -> None:
    if row.submitted_at:
        raise NotAllowed(f"{_who_decided(row, acting)} It is submitted, and stays as it is.")


def _require_seen(row: Row, seen_version: int, acting: Acting) -> None:
    if row.item.version != seen_version:
        raise Stale(f"{_who_decided(row, acting)} Look at it again before you go on.")


def _who_decided(row: Row, acting: Acting) -> str:
    if row.decision is None:
        return "This has changed since it was shown to you."
    decider = acting.directory.find(row.decision.decided_by)
    when = moment(row.decision.decided_at, acting.by.time_zone)
    name = decider.name if decider else "Somebody no longer on record"
    return f"{name} decided “{DONE_WORDS[row.decision.verdict]}” on {when}."


def _require_sense(item: Item, given: Given, as_of: date, reasons_elsewhere: Iterable[str]) -> None:
    fields = {"change_to": _wrong_change(item, given), "reason": _wrong_reason(item, given, as_of, reasons_elsewhere)}
    wrong = {name: sentence for name, sentence in fields.items() if sentence}
    if wrong:
        raise Invalid(" ".join(wrong.values()), fields=wrong)


def _wrong_change(item: Item, given: Given) -> str:
    if given.verdict is not Verdict.CHANGE:
        return ""
    if not given.change_to.strip():
        return "Say what it should become."
    unchanged = given.change_to.strip().casefold() == item.access.entitlement.casefold()
    return "This is what it is already. Choose “keep”, or say what it should become." if unchanged else ""


def _wrong_reason(item: Item, given: Given, as_of: date, reasons_elsewhere: Iterable[str]) -> str:
    if not needs_own_decision(item.access, as_of):
        return ""
    if not given.reason.strip():
        return "Give a reason: this access is privileged, shared, a service's or dormant."
    kept = item.access.privileged and given.verdict is Verdict.KEEP
    if kept and same_words(given.reason) in {same_words(reason) for reason in reasons_elsewhere}:
        return f"You gave this reason for another system. Say why it is needed in {item.system}."
    return ""


def _is_own(item: Item, acting: Acting) -> bool:
    return needs_own_decision(item.access, acting.plans[item.system].as_of)


def _decided(row: Row, given: Given, acting: Acting, turn: Reviewer, *, in_bulk: bool) -> Row:
    decision = Decision(
        item_id=row.item.id,
        verdict=given.verdict,
        change_to=given.change_to.strip() if given.verdict is Verdict.CHANGE else "",
        reason=given.reason.strip(),
        decided_by=acting.by.id,
        on_behalf_of=turn.on_behalf_of,
        decided_at=acting.at,
        seconds_taken=max(0.0, (acting.at - given.shown_at).total_seconds()),
        in_bulk=in_bulk,
    )
    return Row(item=_next_version(row.item), decision=decision)


def _moved(item: Item, to: Reviewer) -> Item:
    """A new version even where the item was with them already, as before a recheck."""
    moved = given_to(item, to)
    return _next_version(item) if moved is item else moved


def _next_version(item: Item) -> Item:
    return replace(item, version=item.version + 1)
