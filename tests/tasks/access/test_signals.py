from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tasks.access.model import AccountKind, Decision, Verdict
from tasks.access.signals import is_dormant, needs_own_decision, rubber_stamps, signals
from tests.tasks.access.campaigns import AS_OF, DAN, MAX, NOW, a_decision, an_access, an_item

NEVER = {"last_login": None, "login_told": True}


@pytest.mark.parametrize(
    ("changes", "dormant"),
    [
        pytest.param({"last_login": AS_OF - timedelta(days=90)}, False, id="90 days ago"),
        pytest.param({"last_login": AS_OF - timedelta(days=91)}, True, id="91 days ago"),
        pytest.param({**NEVER, "created": AS_OF - timedelta(days=90)}, False, id="never, created 90 days ago"),
        pytest.param({**NEVER, "created": AS_OF - timedelta(days=91)}, True, id="never, created 91 days ago"),
        pytest.param({**NEVER, "created": None}, True, id="never, nobody knows how old"),
        pytest.param({"last_login": None, "login_told": False}, False, id="the export does not tell"),
    ],
)
def test_dormant_is_not_signed_in_for_more_than_ninety_days(changes: dict[str, Any], dormant: bool) -> None:
    assert is_dormant(an_access(**changes), AS_OF) is dormant


@pytest.mark.parametrize(
    ("changes", "needed"),
    [
        ({}, False),
        ({"privileged": True}, True),
        ({"kind": AccountKind.SHARED}, True),
        ({"kind": AccountKind.SERVICE}, True),
        ({"last_login": date(2026, 1, 3)}, True),
    ],
)
def test_privileged_shared_service_and_dormant_need_a_decision_of_their_own(
    changes: dict[str, Any], needed: bool
) -> None:
    assert needs_own_decision(an_access(**changes), AS_OF) is needed


def test_an_ordinary_item_has_no_signals() -> None:
    assert signals(an_item(), AS_OF) == ()


def test_signals_are_plain_words_with_their_figures() -> None:
    access = an_access(privileged=True, kind=AccountKind.SHARED, last_login=date(2026, 1, 3), active=False)
    assert signals(an_item(access=access, is_new=True, last_verdict=Verdict.KEEP), AS_OF) == (
        "Privileged",
        "Shared account",
        "Not signed in since 3 Jan 2026, 271 days",
        "Suspended in the system itself",
        "New since the last review",
        "Kept last time",
    )


def test_who_never_signed_in_is_shown_with_the_day_of_creation() -> None:
    assert signals(an_item(access=an_access(**NEVER)), AS_OF) == ("Never signed in, created on 8 Jan 2024",)
    assert signals(an_item(access=an_access(**NEVER, created=None)), AS_OF) == ("Never signed in",)


# --- rubber stamps


def decisions(count: int = 10, *, apart: int = 60, **changes: Any) -> list[Decision]:
    each = {"seconds_taken": 0.0, "reason": "", **changes}
    return [a_decision(f"i{n}", decided_at=NOW + timedelta(seconds=apart * n), **each) for n in range(count)]


def said(found: list[Decision]) -> tuple[str, ...]:
    return rubber_stamps(found).get(MAX.id, ())


def test_who_looks_at_each_is_not_mentioned() -> None:
    assert rubber_stamps(decisions()) == {}


def test_all_kept_in_under_a_minute_is_said_with_its_figures() -> None:
    assert said(decisions(apart=4)) == ("All 10 were kept, in 36 seconds altogether.",)


def test_a_minute_is_counted_from_when_the_first_was_shown() -> None:
    assert said(decisions(apart=4, seconds_taken=24.0)) == ()


def test_one_revoke_shows_that_somebody_looked() -> None:
    found = decisions(apart=4)
    assert said([replace(found[0], verdict=Verdict.REVOKE), *found[1:]]) == ()


def test_the_share_decided_in_bulk_is_said_from_one_half_on() -> None:
    found = [*decisions(5, in_bulk=True), *decisions(5)]
    assert said(found) == ("5 of 10 (50%) were decided in bulk.",)
    assert said([*found, *decisions(1)]) == ()


def test_identical_reasons_are_quoted_whatever_their_case_and_spaces() -> None:
    found = [*decisions(3, reason="Needs  it"), *decisions(2, reason="needs it"), *decisions(1, reason="On call")]
    assert said(found) == ("5 of 6 reasons are the same: “needs it”.",)


def test_the_one_reason_of_a_bulk_is_not_counted_as_repeated() -> None:
    assert said([*decisions(6), *decisions(5, in_bulk=True, reason="Same team")]) == ()


def test_of_four_decisions_nothing_is_said() -> None:
    assert said(decisions(4, apart=1, in_bulk=True)) == ()


def test_what_was_taken_over_is_not_counted_a_second_time() -> None:
    assert said(decisions(apart=4, taken_over_from="other")) == ()


def test_each_decider_is_judged_by_their_own_decisions() -> None:
    assert list(rubber_stamps([*decisions(apart=1), *decisions(decided_by=DAN.id)])) == [MAX.id]
