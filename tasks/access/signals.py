"""What a reviewer should notice about an item, and a compliance lead about a reviewer. Shown, never hidden."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from tasks.access.model import DORMANT_DAYS, Access, AccountKind, Decision, Item, Verdict
from tasks.identifiers import PersonId
from tasks.wording import counted, day, shortened

KEPT, REVOKED, CHANGED = "Kept last time", "Revoked last time", "Changed last time"
LAST_TIME = {Verdict.KEEP: KEPT, Verdict.REVOKE: REVOKED, Verdict.CHANGE: CHANGED}
KINDS = {AccountKind.SHARED: "Shared account", AccountKind.SERVICE: "Service account"}

ENOUGH = 5
"""Of fewer decisions nothing is said."""
TOO_FAST = timedelta(minutes=1)
LARGE_SHARE = 0.5
LONGEST_QUOTE = 80


# --- about an item


def is_dormant(access: Access, as_of: date) -> bool:
    """Not signed in for longer than DORMANT_DAYS; or never, unless the account is younger than that."""
    if access.last_login:
        return (as_of - access.last_login).days > DORMANT_DAYS
    if not access.login_told:
        return False
    return access.created is None or (as_of - access.created).days > DORMANT_DAYS


def needs_own_decision(access: Access, as_of: date) -> bool:
    """Decided one by one, each with a reason: never in bulk."""
    return access.privileged or access.kind is not AccountKind.HUMAN or is_dormant(access, as_of)


def signals(item: Item, as_of: date) -> tuple[str, ...]:
    """In plain words, the weightiest first."""
    access = item.access
    found = (
        "Privileged" if access.privileged else "",
        KINDS.get(access.kind, ""),
        _dormancy(access, as_of) if is_dormant(access, as_of) else "",
        "" if access.active else "Suspended in the system itself",
        "New since the last review" if item.is_new else "",
        LAST_TIME[item.last_verdict] if item.last_verdict else "",
    )
    return tuple(words for words in found if words)


def _dormancy(access: Access, as_of: date) -> str:
    if access.last_login:
        return f"Not signed in since {day(access.last_login)}, {counted((as_of - access.last_login).days, 'day')}"
    return f"Never signed in, created on {day(access.created)}" if access.created else "Never signed in"


# --- about a reviewer


def rubber_stamps(decisions: Iterable[Decision]) -> dict[PersonId, tuple[str, ...]]:
    """Per decider, a sentence with its figures for each sign of deciding without looking. Without signs: left out."""
    by_decider: dict[PersonId, list[Decision]] = defaultdict(list)
    for decision in decisions:
        if not decision.taken_over_from:
            by_decider[decision.decided_by].append(decision)
    found = {who: _signs(theirs) for who, theirs in by_decider.items() if len(theirs) >= ENOUGH}
    return {who: signs for who, signs in found.items() if signs}


def _signs(decisions: Sequence[Decision]) -> tuple[str, ...]:
    found = (_all_kept_fast(decisions), _mostly_in_bulk(decisions), _same_reason(decisions))
    return tuple(sentence for sentence in found if sentence)


def _all_kept_fast(decisions: Sequence[Decision]) -> str:
    if any(decision.verdict is not Verdict.KEEP for decision in decisions):
        return ""
    began = min(decision.decided_at - timedelta(seconds=decision.seconds_taken) for decision in decisions)
    took = max(decision.decided_at for decision in decisions) - began
    if took >= TOO_FAST:
        return ""
    return f"All {len(decisions):,} were kept, in {counted(int(took.total_seconds()), 'second')} altogether."


def _mostly_in_bulk(decisions: Sequence[Decision]) -> str:
    bulk = sum(decision.in_bulk for decision in decisions)
    if bulk < LARGE_SHARE * len(decisions):
        return ""
    return f"{bulk:,} of {len(decisions):,} ({bulk * 100 // len(decisions)}%) were decided in bulk."


def _same_reason(decisions: Sequence[Decision]) -> str:
    """Of those decided one by one: one reason for a whole bulk is as it should be."""
    reasons = [same_words(decision.reason) for decision in decisions if decision.reason and not decision.in_bulk]
    if len(reasons) < ENOUGH:
        return ""
    reason, times = Counter(reasons).most_common(1)[0]
    if times < LARGE_SHARE * len(reasons):
        return ""
    quoted = shortened(reason, LONGEST_QUOTE)
    return f"{times:,} of {len(reasons):,} reasons are the same: “{quoted}”."


def same_words(reason: str) -> str:
    """What two reasons have to share to be the same one."""
    return " ".join(reason.casefold().split())
