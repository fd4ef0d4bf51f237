from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tasks.access.deciding import (
    Row,
    decide,
    keep_remaining,
    left_for_bulk,
    pass_on,
    reassign,
    submit,
    taken_over,
    undo,
)
from tasks.access.model import AccountKind, Capacity, Verdict
from tasks.errors import Invalid, NotAllowed, Stale
from tests.tasks.access.campaigns import (
    DAN,
    LEE,
    MAX,
    NINA,
    NOW,
    OWEN,
    SAM,
    VERA,
    a_campaign,
    a_decision,
    a_row,
    acting,
    an_access,
    away,
    given,
    gone,
    ids,
    privileged,
    submitted,
)

KEEP, REVOKE, CHANGE = Verdict.KEEP, Verdict.REVOKE, Verdict.CHANGE
SHOWN = NOW - timedelta(seconds=20)


# --- one item


def test_a_decision_says_who_decided_when_and_how_long_it_took() -> None:
    row = decide(a_row(), given(REVOKE, reason=" Left the team "), acting())
    assert row.decision == a_decision(verdict=REVOKE, reason="Left the team", seconds_taken=30.0)
    assert (row.item.version, row.submitted_at) == (2, None)


def test_a_delegate_decides_on_behalf_of_whoever_is_away() -> None:
    row = decide(a_row(), given(), acting(DAN, away(MAX, DAN)))
    assert row.decision
    assert (row.decision.decided_by, row.decision.on_behalf_of) == ids(DAN, MAX)


def test_an_ordinary_item_needs_no_reason() -> None:
    assert not decide(a_row(), given(), acting()).is_open


@pytest.mark.parametrize("verdict", list(Verdict))
@pytest.mark.parametrize(
    "changes", [{"privileged": True}, {"kind": AccountKind.SERVICE}, {"last_login": date(2026, 1, 3)}]
)
def test_what_needs_a_look_needs_a_reason(verdict: Verdict, changes: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match="Give a reason") as refused:
        decide(a_row(access=an_access(**changes)), given(verdict, change_to="Reader", reason="  "), acting())
    assert list(refused.value.fields) == ["reason"]


def test_a_change_says_to_what() -> None:
    with pytest.raises(Invalid, match="what it should become"):
        decide(a_row(), given(CHANGE), acting())
    row = decide(a_row(), given(CHANGE, change_to=" Auditor "), acting())
    assert row.decision
    assert row.decision.change_to == "Auditor"


def test_a_change_to_what_it_is_already_is_refused() -> None:
    with pytest.raises(Invalid, match="what it is already"):
        decide(a_row(), given(CHANGE, change_to="viewer"), acting())


def test_a_keep_changes_to_nothing() -> None:
    row = decide(a_row(), given(change_to="Auditor"), acting())
    assert row.decision
    assert row.decision.change_to == ""


def test_a_privileged_keep_needs_a_reason_of_its_own_for_that_system() -> None:
    with pytest.raises(Invalid, match="Say why it is needed in Okta"):
        decide(privileged(), given(reason="On  call"), acting(), reasons_elsewhere=["on call"])
    assert decide(privileged(), given(REVOKE, reason="On call"), acting(), reasons_elsewhere=["on call"]).decision
    assert decide(privileged(), given(reason="Runs Okta"), acting(), reasons_elsewhere=["on call"]).decision


# --- whose turn it is


def test_only_whose_turn_it_is_decides_the_compliance_lead_neither() -> None:
    with pytest.raises(NotAllowed, match=r"It is Max's turn to decide this\."):
        decide(a_row(), given(), acting(LEE))


def test_nobody_decides_about_their_own_access() -> None:
    with pytest.raises(NotAllowed, match="It is Max's turn"):
        decide(a_row(), given(), acting(SAM, owner_id=SAM.id))


def test_whose_turn_it_is_counts_at_the_moment_of_acting_and_not_what_the_item_says() -> None:
    with pytest.raises(NotAllowed, match="It is Dan's turn to decide this, on behalf of Max"):
        decide(a_row(), given(), acting(MAX, away(MAX, DAN)))


def test_where_nobody_can_decide_the_gap_is_named() -> None:
    with pytest.raises(NotAllowed, match="Nobody can decide this now: no system owner on record for Okta"):
        decide(a_row(person_id=None), given(), acting(MAX, gone(LEE), owner_id=None))


# --- two devices at once


def test_who_decides_a_second_time_unseen_is_told_who_decided_and_when() -> None:
    row = decide(a_row(), given(REVOKE), acting())
    with pytest.raises(Stale, match="Max decided “revoke” on 6 Oct 2026 at 10:00"):
        decide(row, given(KEEP), acting())


def test_what_moved_meanwhile_has_to_be_looked_at_again() -> None:
    with pytest.raises(Stale, match="changed since it was shown"):
        decide(a_row(version=3), given(), acting())


def test_a_later_decision_of_what_was_seen_takes_the_place_of_the_first() -> None:
    row = decide(decide(a_row(), given(REVOKE), acting()), given(KEEP, seen_version=2), acting())
    assert row.decision
    assert (row.decision.verdict, row.item.version) == (KEEP, 3)


# --- undo


def test_undo_opens_the_item_again() -> None:
    row = undo(decide(a_row(), given(), acting()), 2, acting())
    assert (row.is_open, row.item.version) == (True, 3)


def test_what_is_not_decided_cannot_be_undone() -> None:
    with pytest.raises(Invalid, match="nothing to undo"):
        undo(a_row(), 1, acting())


def test_what_is_submitted_stays_as_it_is() -> None:
    row = submitted(a_row())
    with pytest.raises(NotAllowed, match=r"Max decided “keep” on 6 Oct 2026 at 10:00\. It is submitted"):
        undo(row, 1, acting())
    with pytest.raises(NotAllowed, match="It is submitted"):
        decide(row, given(), acting())
    with pytest.raises(NotAllowed, match="It is submitted"):
        reassign(row, DAN, 1, acting(LEE))


# --- not sure, not mine


def test_what_is_passed_on_goes_to_the_next_in_line_with_the_reason() -> None:
    row, said = pass_on(a_row(), " Not my team ", 1, acting())
    assert (row.item.reviewer_id, row.item.passed_by, row.item.version) == (OWEN.id, ids(MAX), 2)
    assert (said.by, said.reason, said.at) == (MAX.id, "Not my team", NOW)


def test_passing_on_needs_a_reason() -> None:
    with pytest.raises(Invalid, match="Say why"):
        pass_on(a_row(), " ", 1, acting())


def test_what_was_passed_on_never_comes_back() -> None:
    row, _ = pass_on(a_row(), "Not mine", 1, acting())
    row, _ = pass_on(row, "Not mine either", 2, acting(OWEN))
    assert row.item.reviewer_id == VERA.id
    with pytest.raises(NotAllowed, match="It is Vera's turn"):
        decide(row, given(seen_version=3), acting(MAX))


def test_what_a_delegate_passed_on_does_not_come_back_to_the_other() -> None:
    row, said = pass_on(a_row(), "Not mine", 1, acting(DAN, away(MAX, DAN)))
    assert row.item.passed_by == ids(DAN, MAX)
    assert said.on_behalf_of == MAX.id


def test_the_last_in_line_cannot_pass_it_on() -> None:
    row = a_row(passed_by=ids(MAX, OWEN, VERA))
    with pytest.raises(NotAllowed, match=r"nobody left to pass it to: Max passed it on; .*Lee passed it on"):
        pass_on(row, "Not mine", 1, acting(LEE))


def test_passing_on_is_a_new_version_even_where_the_item_still_says_the_next_in_line() -> None:
    row, _ = pass_on(a_row(reviewer_id=OWEN.id, capacity=Capacity.SYSTEM_OWNER), "Not mine", 1, acting())
    assert (row.item.reviewer_id, row.item.version) == (OWEN.id, 2)


def test_passing_on_takes_back_what_was_decided() -> None:
    row, _ = pass_on(decide(a_row(), given(), acting()), "On second thoughts", 2, acting())
    assert row.is_open


# --- by hand


def test_a_compliance_lead_names_somebody_for_one_item() -> None:
    row = reassign(a_row(), DAN, 1, acting(LEE))
    assert (row.item.reviewer_id, row.item.assigned_id, row.item.version) == (DAN.id, DAN.id, 2)
    assert decide(row, given(seen_version=2), acting(DAN)).decision


def test_who_has_it_already_can_be_named_for_it() -> None:
    assert reassign(a_row(), MAX, 1, acting(LEE)).item.version == 2


def test_others_name_nobody() -> None:
    with pytest.raises(NotAllowed, match="compliance lead"):
        reassign(a_row(), DAN, 1, acting(MAX))


def test_nobody_chooses_who_looks_at_their_own_access() -> None:
    with pytest.raises(NotAllowed, match="your own access"):
        reassign(a_row(person_id=LEE.id), DAN, 1, acting(LEE))


def test_nobody_is_named_for_their_own_access_or_for_what_they_passed_on() -> None:
    with pytest.raises(Invalid, match="Sam can't review their own access"):
        reassign(a_row(), SAM, 1, acting(LEE))
    with pytest.raises(Invalid, match="Max passed it on"):
        reassign(a_row(passed_by=ids(MAX)), MAX, 1, acting(LEE))


# --- keep the remaining


def many() -> list[Row]:
    decided = decide(a_row("decided"), given(REVOKE), acting())
    return [a_row("one"), a_row("two"), privileged("admin"), decided, a_row("dans", person_id=DAN.id)]


def test_only_ones_own_undecided_ordinary_items_are_kept_in_bulk() -> None:
    assert [row.item.id for row in left_for_bulk(many(), acting())] == ["one", "two"]


def test_a_bulk_keep_records_one_decision_per_item() -> None:
    kept = keep_remaining(many(), 2, " Same team ", SHOWN, acting())
    each = {"reason": "Same team", "in_bulk": True, "seconds_taken": 20.0}
    assert [row.decision for row in kept] == [a_decision("one", **each), a_decision("two", **each)]
    assert [row.item.version for row in kept] == [2, 2]


def test_a_bulk_keep_needs_a_reason() -> None:
    with pytest.raises(Invalid, match="one reason"):
        keep_remaining(many(), 2, "", SHOWN, acting())


def test_another_count_than_was_confirmed_is_refused_with_the_new_one() -> None:
    with pytest.raises(Stale, match="2 items can be kept in bulk now, not 3"):
        keep_remaining(many(), 3, "Same team", SHOWN, acting())


# --- submit


def test_what_is_submitted_is_final_and_only_ones_own() -> None:
    mine = decide(a_row(), given(), acting())
    [row] = submit([mine, a_row("dans", person_id=DAN.id), submitted(a_row("before"))], acting(at=NOW))
    assert (row.item.id, row.submitted_at, row.item.version) == ("item-1", NOW, 3)


def test_nothing_is_submitted_before_all_of_it_is_decided() -> None:
    with pytest.raises(Invalid, match="1 item of 2 not decided yet"):
        submit([decide(a_row(), given(), acting()), a_row("two")], acting())


def test_who_has_nothing_submits_nothing() -> None:
    with pytest.raises(NotAllowed, match="nothing of yours"):
        submit([a_row()], acting(NINA))


def test_whoever_an_item_moved_to_submits_what_was_decided_before() -> None:
    mine = decide(a_row(), given(), acting())
    [row] = submit([mine], acting(DAN, away(MAX, DAN)))
    assert row.decision
    assert row.decision.decided_by == MAX.id


# --- overlapping campaigns


def over(row: Row, source: Row, **campaign: Any) -> Row | None:
    return taken_over(row, a_campaign("admins", **campaign), source, a_campaign())


def test_what_is_decided_in_one_campaign_closes_the_same_item_of_the_other() -> None:
    row = over(a_row("other"), submitted(a_row()))
    assert row
    assert row.decision == a_decision("other", taken_over_from="item-1")
    assert (row.submitted_at, row.item.version) == (NOW, 2)


@pytest.mark.parametrize(
    "changes",
    [{"system": "GitHub"}, {"access": an_access(entitlement="Editor")}, {"reviewer_id": OWEN.id}, {"person_id": None}],
)
def test_another_system_access_reviewer_or_person_is_decided_by_itself(changes: dict[str, Any]) -> None:
    assert over(a_row("other", **changes), submitted(a_row())) is None


def test_another_span_is_decided_by_itself() -> None:
    assert over(a_row("other"), submitted(a_row()), span_start=date(2026, 8, 1)) is None


def test_what_is_not_submitted_yet_closes_nothing() -> None:
    assert over(a_row("other"), replace(submitted(a_row()), submitted_at=None)) is None


def test_what_is_decided_already_is_left_alone() -> None:
    assert over(decide(a_row("other"), given(), acting()), submitted(a_row())) is None


def test_a_privileged_keep_carries_over_only_with_a_reason_of_its_own() -> None:
    assert over(privileged("other"), submitted(privileged())) is not None
    assert over(privileged("other"), submitted(privileged(), reason="")) is None
    assert over(privileged("other"), submitted(privileged(), in_bulk=True)) is None
