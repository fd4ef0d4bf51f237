from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tasks.errors import Invalid, NotAllowed
from tasks.identifiers import PersonId
from tasks.notices import Occasion
from tasks.operations.deactivate_person import deactivate_person
from tasks.operations.go_away import come_back, go_away
from tasks.operations.schedule import hand_over_absences
from tests.builders import a_person, utc
from tests.tasks.operations.company import CARL, DAN, LEE, OLGA, TASK, Company, a_company, on_leave

FIRST, LAST = date(2026, 11, 2), date(2026, 11, 20)


def leaves(acme: Company, who: str = "olga", *, by: str = "", **changes: Any) -> None:
    leave = {"first": FIRST, "last": LAST, "delegate": DAN.id, **changes}
    acme.by(by or who, go_away, PersonId(who), **leave)


def refusal(acme: Company, who: str = "olga", **changes: Any) -> dict[str, str]:
    leave = {"first": FIRST, "last": LAST, "delegate": DAN.id, **changes}
    return acme.refused(Invalid, who, go_away, PersonId(who), **leave).fields


def test_leave_has_a_first_day_a_last_day_and_a_delegate() -> None:
    acme = a_company()
    leaves(acme)
    olga = acme.person("olga")
    assert (olga.away_from, olga.away_until, olga.delegate_id) == (FIRST, LAST, "dan")


@pytest.mark.parametrize(
    ("first", "last"),
    [(LAST, FIRST), (date(2026, 10, 1), date(2026, 11, 1)), (FIRST, date(2028, 1, 1))],
    ids=["ends before it begins", "over already", "longer than a year"],
)
def test_a_return_date_that_makes_sense_is_required(first: date, last: date) -> None:
    assert list(refusal(a_company(), first=first, last=last)) == ["last"]


def test_the_delegate_is_a_colleague_who_is_there() -> None:
    acme = a_company(replace(CARL, active=False), a_person("guest", guest=True))
    for delegate in (None, OLGA.id, CARL.id, PersonId("guest"), PersonId("nobody")):
        assert list(refusal(acme, delegate=delegate)) == ["delegate"]


def test_a_circle_of_delegates_is_refused_by_name() -> None:
    acme = a_company(on_leave(DAN, "carl"), on_leave(CARL, "olga"))
    assert refusal(acme)["delegate"] == "Dan hands over to Olga already: choose somebody else."


def test_a_leave_at_another_time_makes_no_circle() -> None:
    acme = a_company(replace(on_leave(DAN, "olga"), away_from=date(2026, 6, 1), away_until=date(2026, 6, 9)))
    leaves(acme)


@pytest.mark.parametrize("who", ["olga", "max", "lee", "ada"])
def test_one_sets_ones_own_leave_and_manager_lead_or_admin_do_it_for_others(who: str) -> None:
    acme = a_company()
    leaves(acme, by=who)
    assert acme.person("olga").is_away(FIRST)


def test_colleagues_do_not() -> None:
    acme = a_company()
    acme.refused(NotAllowed, "dan", go_away, OLGA.id, first=FIRST, last=LAST, delegate=DAN.id)
    acme.refused(NotAllowed, "dan", come_back, OLGA.id)


# --- the hand-over


def test_the_delegate_is_prompted_for_tasks_already_open_whose_owner_stays() -> None:
    acme = a_company()
    leaves(acme)
    assert acme.told(Occasion.DELEGATED) == ["dan"]
    assert acme.notices(Occasion.DELEGATED)[0].detail == "Olga"
    assert acme.task.owner_id == "olga"


def test_leave_that_begins_later_is_handed_over_when_it_begins_and_once() -> None:
    acme = a_company()
    leaves(acme, first=date(2026, 11, 9))
    assert acme.run(hand_over_absences) == 0
    acme.clock.moment = utc(2026, 11, 9, 8)
    assert [acme.run(hand_over_absences) for _ in range(3)] == [1, 0, 0]
    assert acme.told(Occasion.DELEGATED) == ["dan"]


def test_it_begins_by_the_calendar_of_who_is_away() -> None:
    acme = a_company(replace(OLGA, time_zone="Pacific/Auckland"))
    leaves(acme, first=date(2026, 11, 9))
    acme.clock.moment = utc(2026, 11, 8, 11)
    assert acme.run(hand_over_absences) == 1


def test_if_the_delegate_is_away_too_it_is_their_delegate_s() -> None:
    acme = a_company(on_leave(DAN, "carl"))
    leaves(acme)
    assert acme.told(Occasion.DELEGATED) == ["carl"]


def test_if_all_are_away_it_is_the_next_rungs() -> None:
    acme = a_company(on_leave(DAN, None))
    leaves(acme)
    assert acme.told(Occasion.DELEGATED) == ["max"]


def test_when_the_delegate_leaves_the_company_the_next_one_hears_of_it() -> None:
    acme = a_company()
    leaves(acme)
    acme.by("ada", deactivate_person, DAN.id)
    assert acme.run(hand_over_absences) == 1
    assert acme.told(Occasion.DELEGATED) == ["dan", "max"]


def test_answered_tasks_are_not_handed_over() -> None:
    acme = a_company()
    acme.answers()
    leaves(acme)
    assert acme.notices(Occasion.DELEGATED) == []


def test_coming_back_early_ends_the_leave() -> None:
    acme = a_company(on_leave(OLGA))
    acme.by("olga", come_back, OLGA.id)
    assert not acme.person("olga").is_away(FIRST)
    assert acme.answers("olga").answered_by == "olga"
    assert acme.uow.answers.attestations(TASK)[0].on_behalf_of is None


def test_leave_and_return_are_one_audit_entry_each() -> None:
    acme = a_company()
    leaves(acme, by=LEE.id)
    acme.by("olga", come_back, OLGA.id)
    assert acme.entries == ["person:away", "person:away"]
    left, back = acme.state.entries
    assert (left.who, left.after) == ("lee", {"from": "2026-11-02", "until": "2026-11-20", "delegate": "dan"})
    assert (back.before, back.after["until"]) == (left.after, None)
