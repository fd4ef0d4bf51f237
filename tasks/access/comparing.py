"""What the next export says about what was decided, and what came and went since the last one. Linear in the rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tasks.access.model import Access, Decision, Item, Verdict

Key = tuple[str, str]


class Outcome(StrEnum):
    GONE = "gone"
    STILL_THERE = "still there"
    CHANGED = "changed"


@dataclass(frozen=True, kw_only=True)
class Checked:
    """One revoke or change, as the next export proves it or not."""

    item_id: str
    verdict: Verdict
    outcome: Outcome
    before: Access
    after: Access | None = None
    as_decided: bool
    """Revoked: gone. Changed: to what was asked for."""

    @property
    def reopens(self) -> bool:
        """With a deviation: it was decided, and nothing has happened."""
        return self.outcome is Outcome.STILL_THERE


@dataclass(frozen=True, kw_only=True)
class Comparison:
    checked: tuple[Checked, ...]
    too_early: tuple[str, ...]
    """Items decided after the export was taken: it says nothing about them."""
    new: tuple[Access, ...]
    vanished: tuple[Access, ...]


def compare(
    last: Iterable[Access],
    following: Iterable[Access],
    decided: Iterable[tuple[Item, Decision]],
    *,
    extracted_at: datetime,
) -> Comparison:
    """Of one system. `decided`: what is in effect, of which only revokes and changes are looked at."""
    before, after = _by_key(last), _by_key(following)
    new = tuple(access for key, access in after.items() if key not in before)
    given_since = {access.account.casefold(): access for access in reversed(new)}
    checked, early = [], []
    for item, decision in decided:
        if decision.verdict is Verdict.KEEP:
            continue
        if decision.decided_at >= extracted_at:
            early.append(item.id)
        else:
            checked.append(_checked(item, decision, after, given_since))
    vanished = tuple(access for key, access in before.items() if key not in after)
    return Comparison(checked=tuple(checked), too_early=tuple(early), new=new, vanished=vanished)


def _checked(
    item: Item,
    decision: Decision,
    after: dict[Key, Access],
    given_since: dict[str, Access],
) -> Checked:
    now = after.get(item.access.key)
    wanted = (item.access.account.casefold(), decision.change_to.casefold())
    if now is None and decision.verdict is Verdict.CHANGE:
        now = after.get(wanted) or given_since.get(wanted[0])
    outcome = _outcome(item.access, now)
    revoked = decision.verdict is Verdict.REVOKE and outcome is Outcome.GONE
    changed = decision.verdict is Verdict.CHANGE and now is not None and now.key == wanted
    return Checked(
        item_id=item.id,
        verdict=decision.verdict,
        outcome=outcome,
        before=item.access,
        after=now,
        as_decided=revoked or changed,
    )


def _outcome(before: Access, after: Access | None) -> Outcome:
    if after is None:
        return Outcome.GONE
    told = (after.key, after.privileged, after.active) != (before.key, before.privileged, before.active)
    return Outcome.CHANGED if told else Outcome.STILL_THERE


def _by_key(rows: Iterable[Access]) -> dict[Key, Access]:
    """An access that an export lists twice is one access: the first."""
    found: dict[Key, Access] = {}
    for access in rows:
        found.setdefault(access.key, access)
    return found
