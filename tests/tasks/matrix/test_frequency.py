import pytest

from tasks.controls import Cadence
from tasks.matrix.frequency import RHYTHMS, frequency
from tasks.recurrence import check_rule

PLAIN = {
    "Weekly": Cadence.WEEKLY,
    "every week": Cadence.WEEKLY,
    "MONTHLY": Cadence.MONTHLY,
    "Once a month": Cadence.MONTHLY,
    "Quarterly": Cadence.QUARTERLY,
    "per quarter": Cadence.QUARTERLY,
    "every 3 months": Cadence.QUARTERLY,
    "Semi-annually": Cadence.SEMI_ANNUAL,
    "semiannual": Cadence.SEMI_ANNUAL,
    "Half-yearly": Cadence.SEMI_ANNUAL,
    "twice a year": Cadence.SEMI_ANNUAL,
    "Annual": Cadence.ANNUAL,
    "yearly": Cadence.ANNUAL,
    "once per year": Cadence.ANNUAL,
}
EVENTS = {
    "Daily": Cadence.MONTHLY,
    "Continuous": Cadence.MONTHLY,
    "Automated": Cadence.MONTHLY,
    "Multiple times per day": Cadence.MONTHLY,
    "As needed": Cadence.QUARTERLY,
    "Per event": Cadence.QUARTERLY,
    "Upon hire": Cadence.QUARTERLY,
    "Ad-hoc": Cadence.QUARTERLY,
    "event-driven": Cadence.QUARTERLY,
    "when a change is released": Cadence.QUARTERLY,
}
NEAR = {
    "bi-weekly": Cadence.MONTHLY,
    "every two months": Cadence.QUARTERLY,
    "biannual": Cadence.SEMI_ANNUAL,
    "every two years": Cadence.ANNUAL,
}


@pytest.mark.parametrize("words", PLAIN)
def test_a_cadence_of_ours_is_taken_at_its_word(words: str) -> None:
    found = frequency(words)
    assert (found.cadence, found.event_driven, found.doubt) == (PLAIN[words], False, "")


@pytest.mark.parametrize("words", EVENTS)
def test_what_happens_all_the_time_becomes_a_check_of_its_record_and_is_asked_about(words: str) -> None:
    found = frequency(words)
    assert (found.cadence, found.event_driven) == (EVENTS[words], True)
    assert f"“{words}” is not asked for each time" in found.doubt


@pytest.mark.parametrize("words", NEAR)
def test_a_cadence_we_lack_becomes_the_nearest_and_is_asked_about(words: str) -> None:
    found = frequency(words)
    assert (found.cadence, found.event_driven) == (NEAR[words], False)
    assert found.doubt


@pytest.mark.parametrize("words", ["", "often", "1/yr", "n/a"])
def test_no_cadence_is_a_guess_and_said_to_be_one(words: str) -> None:
    assert "only a guess" in frequency(words).doubt


@pytest.mark.parametrize("words", ["Annually and upon change", "Monthly or quarterly"])
def test_two_cadences_in_one_cell_are_asked_about(words: str) -> None:
    assert "says several things" in frequency(words).doubt


def test_every_rhythm_opens_by_a_rule_we_accept_and_promises_no_day_before_its_target() -> None:
    for rhythm in RHYTHMS.values():
        check_rule(rhythm.rrule)
        assert rhythm.limit_days is None or rhythm.limit_days >= rhythm.due_days
    assert set(RHYTHMS) == set(Cadence)
