from dataclasses import replace
from typing import Any

import pytest

from tasks.access.model import Capacity
from tasks.access.reviewers import (
    Place,
    Remembered,
    Reviewer,
    given_to,
    outlook,
    place_of,
    recheck,
    reviewer_of,
    reviewers,
)
from tasks.identifiers import PersonId
from tasks.people import Person, Role
from tests.builders import DictDirectory, a_person
from tests.tasks.access.campaigns import (
    DAN,
    LEE,
    MAX,
    NINA,
    OWEN,
    SAM,
    TODAY,
    VERA,
    a_plan,
    an_item,
    away,
    gone,
    ids,
    the_company,
)

SAMS = Place(SAM.id, "Okta")
NAMED: dict[str, Any] = {"first_asked": Capacity.NAMED, "named_id": NINA.id}
BY_OWNER: dict[str, Any] = {"first_asked": Capacity.SYSTEM_OWNER}


def asked(*changed: Person, place: Place = SAMS, **plan: Any) -> Reviewer:
    return reviewer_of(place, a_plan(**plan), the_company(*changed), TODAY)


# --- who is asked first


def test_the_manager_is_asked_where_the_campaign_says_so() -> None:
    assert asked() == Reviewer(person_id=MAX.id, capacity=Capacity.MANAGER)


def test_the_system_owner_is_asked_where_the_campaign_says_so() -> None:
    assert asked(**BY_OWNER) == Reviewer(person_id=OWEN.id, capacity=Capacity.SYSTEM_OWNER)


def test_the_person_named_is_asked_where_the_campaign_says_so() -> None:
    assert asked(**NAMED) == Reviewer(person_id=NINA.id, capacity=Capacity.NAMED)


def test_whoever_was_named_for_the_item_by_hand_comes_first() -> None:
    assert asked(place=SAMS._replace(assigned_id=DAN.id)).person_id == DAN.id


@pytest.mark.parametrize("plan", [{}, NAMED])
def test_a_leavers_access_goes_to_the_system_owner(plan: dict[str, Any]) -> None:
    assert asked(gone(SAM), **plan).person_id == OWEN.id


@pytest.mark.parametrize("plan", [{}, NAMED])
def test_an_account_of_nobody_we_know_goes_to_the_system_owner(plan: dict[str, Any]) -> None:
    assert asked(place=Place(None, "Okta"), **plan).person_id == OWEN.id


# --- who is asked next


@pytest.mark.parametrize(
    ("missing", "expected", "capacity"),
    [
        ([], "nina", Capacity.NAMED),
        ([NINA], "max", Capacity.MANAGER),
        ([NINA, MAX], "owen", Capacity.SYSTEM_OWNER),
        ([NINA, MAX, OWEN], "vera", Capacity.MANAGERS_MANAGER),
        ([NINA, MAX, OWEN, VERA], "lee", Capacity.COMPLIANCE_LEAD),
    ],
)
def test_the_line_goes_from_named_to_manager_to_owner_to_their_manager_to_the_lead(
    missing: list[Person], expected: str, capacity: Capacity
) -> None:
    found = asked(*(gone(person) for person in missing), **NAMED)
    assert (found.person_id, found.capacity) == (expected, capacity)


def test_each_who_was_skipped_is_told_with_the_reason() -> None:
    found = asked(away(NINA), gone(MAX), owner_id=None, **NAMED)
    assert found.skipped == (
        "Nina is away until 16 Oct 2026",
        "Max is no longer active",
        "no system owner on record for Okta",
    )


def test_nobody_is_skipped_twice() -> None:
    assert asked(gone(MAX), owner_id=MAX.id).skipped == ("Max is no longer active",)


# --- delegates


def test_a_delegate_is_asked_on_behalf_of_whoever_is_away() -> None:
    found = asked(away(MAX, DAN))
    assert (found.person_id, found.on_behalf_of, found.capacity) == (DAN.id, MAX.id, Capacity.MANAGER)


def test_a_delegate_does_not_look_at_their_own_access() -> None:
    found = asked(away(MAX, SAM))
    assert found.person_id == OWEN.id
    assert found.skipped == ("Max is away until 16 Oct 2026", "Sam can't review their own access")


# --- never oneself


@pytest.mark.parametrize("plan", [{**BY_OWNER, "owner_id": SAM.id}, {**NAMED, "named_id": SAM.id}])
def test_nobody_is_asked_about_their_own_access(plan: dict[str, Any]) -> None:
    found = asked(**plan)
    assert found.person_id == MAX.id
    assert found.skipped == ("Sam can't review their own access",)


def test_the_only_compliance_lead_is_not_asked_about_their_own_access() -> None:
    found = asked(place=Place(LEE.id, "Okta"), owner_id=None)
    assert found.gap == (
        "no manager on record for Lee; no system owner on record for Okta; Lee can't review their own access"
    )


def test_nobody_looks_at_the_access_of_the_person_they_stand_in_for() -> None:
    found = asked(away(SAM, MAX))
    assert found.person_id == OWEN.id
    assert found.skipped == ("Max stands in for Sam, whose access it is",)


def test_nobody_is_asked_about_what_they_passed_on() -> None:
    found = asked(place=SAMS._replace(passed_by=ids(MAX, OWEN)))
    assert found.person_id == VERA.id
    assert found.skipped == ("Max passed it on", "Owen passed it on")


def test_the_delegate_is_not_asked_about_what_the_other_passed_on() -> None:
    assert asked(away(MAX, DAN), place=SAMS._replace(passed_by=ids(MAX))).person_id == OWEN.id


# --- nobody


def test_a_gap_has_a_name() -> None:
    found = asked(gone(LEE), place=Place(None, "Okta"), owner_id=None)
    assert found.person_id is None
    assert found.gap == (
        "no system owner on record for Okta; nobody we know has this account; no compliance lead on record"
    )


# --- many at once


class CountingDirectory(DictDirectory):
    asked = 0

    def find(self, person_id: PersonId | None) -> Person | None:
        self.asked += 1
        return super().find(person_id)


def test_fifty_thousand_items_of_forty_people_take_a_look_per_person() -> None:
    directory = CountingDirectory([MAX, OWEN, VERA, LEE, *(a_person(f"p{n}", manager_id="max") for n in range(40))])
    places = [Place(PersonId(f"p{n % 40}"), "Okta") for n in range(50_000)]
    found = reviewers(places, {"Okta": a_plan()}, directory, TODAY)
    assert len(found) == 40
    assert directory.asked < 50


def test_a_remembered_directory_answers_as_the_directory_does() -> None:
    directory = the_company(gone(DAN))
    known = Remembered(directory)
    assert [known.find(MAX.id), known.get(MAX.id), known.find(None)] == [MAX, MAX, None]
    assert [known.holders(Role.COMPLIANCE_LEAD) for _ in range(2)] == [directory.holders(Role.COMPLIANCE_LEAD)] * 2
    assert known.lead_of("it") == directory.lead_of("it")


# --- what has changed since


def moves(*changed: Person, **plan: Any) -> list[tuple[str, str | None]]:
    items = [an_item("sams"), an_item("dans", person_id=DAN.id, reviewer_id=OWEN.id, capacity=Capacity.SYSTEM_OWNER)]
    found = recheck(items, {"Okta": a_plan(**plan)}, the_company(*changed), TODAY)
    return [(move.item.id, move.to.person_id) for move in found]


def test_nothing_moves_where_nothing_has_changed() -> None:
    assert moves() == []


def test_items_of_a_leaver_move_on() -> None:
    assert moves(gone(MAX)) == [("sams", OWEN.id)]


def test_items_of_whoever_goes_away_move_to_their_delegate() -> None:
    assert moves(away(MAX, NINA)) == [("sams", NINA.id)]


def test_items_move_with_a_new_manager() -> None:
    assert moves(replace(SAM, manager_id=VERA.id)) == [("sams", VERA.id)]


def test_items_move_with_a_new_system_owner() -> None:
    assert moves(owner_id=NINA.id) == [("dans", NINA.id)]


def test_an_item_moves_into_a_gap_too() -> None:
    assert moves(gone(OWEN), gone(LEE)) == [("dans", None)]


def test_a_moved_item_has_a_new_version_and_stays_put_afterwards() -> None:
    to = asked(away(MAX, NINA))
    moved = given_to(an_item(), to)
    assert (moved.reviewer_id, moved.on_behalf_of, moved.version) == (NINA.id, MAX.id, 2)
    assert given_to(moved, to) is moved


# --- before the start


def test_the_outlook_counts_items_and_systems_per_reviewer_and_names_the_gaps() -> None:
    plans = {"Okta": a_plan(), "GitHub": a_plan(system="GitHub", owner_id=None)}
    items = {SAMS: 3, Place(SAM.id, "GitHub"): 2, Place(DAN.id, "Okta"): 4, Place(None, "GitHub"): 7}
    found = outlook(items, reviewers(items, plans, the_company(away(OWEN, NINA), gone(LEE)), TODAY))
    loads = [(load.person_id, load.items, load.systems, load.on_behalf_of) for load in found.loads]
    assert loads == [("max", 5, ("GitHub", "Okta"), ()), ("nina", 4, ("Okta",), ("owen",))]
    [gap] = found.gaps
    assert (gap.system, gap.items) == ("GitHub", 7)
    assert gap.name.startswith("no system owner on record for GitHub; ")
    assert found.items == sum(items.values())


def test_an_items_place_is_all_that_its_reviewer_depends_on() -> None:
    item = an_item(assigned_id=DAN.id, passed_by=ids(MAX))
    assert place_of(item) == Place(SAM.id, "Okta", DAN.id, (MAX.id,))
