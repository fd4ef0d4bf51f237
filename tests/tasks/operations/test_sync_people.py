from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from tasks.notices import Occasion
from tasks.operations.change_person import change_person
from tasks.operations.deactivate_person import deactivate_person
from tasks.operations.import_people import import_people
from tasks.operations.sync_people import (
    ASKED_AT_ONCE,
    MEMBERS,
    REST,
    SILENT,
    UNLINKED,
    Member,
    MemberPage,
    Synced,
    begin_again,
    everybody_looked_for,
    is_unfinished,
    looked_for,
    note_time_zone,
    people_to_find,
    sync_page,
    sync_people,
    wait_with,
)
from tasks.ports import Identity, SyncPlace
from tests.builders import a_person
from tests.tasks.operations.company import OLGA, Company, a_company


def a_member(external_id: str = "U1", email: str = "olga@example.com", **changes: Any) -> Member:
    return replace(Member(external_id=external_id, email=email, name="Olga", time_zone="UTC"), **changes)


def syncs(acme: Company, *members: Member) -> Synced:
    return acme.run(sync_people, "slack", members)


def linked(acme: Company, external_id: str = "U1") -> Company:
    identity = Identity(platform="slack", external_id=external_id, person_id=OLGA.id)
    acme.uow.people.link(identity)
    return acme


def test_a_newcomer_is_added_and_linked() -> None:
    acme = a_company()
    new = a_member("U9", " New@Example.com", name="Nina", time_zone="Europe/Paris")
    assert syncs(acme, new) == Synced(added=1)
    nina = acme.uow.people.by_identity("slack", "U9")
    assert nina
    assert (nina.email, nina.name, nina.time_zone, nina.country) == ("new@example.com", "Nina", "Europe/Paris", "US")
    assert nina.roles == frozenset()


def test_somebody_known_by_verified_e_mail_is_linked_not_doubled() -> None:
    acme = a_company()
    assert syncs(acme, a_member(email="OLGA@example.com")) == Synced()
    assert acme.uow.people.by_identity("slack", "U1") == acme.person("olga")


def test_a_linked_person_keeps_their_identity_whatever_their_e_mail_becomes() -> None:
    acme = linked(a_company())
    assert syncs(acme, a_member(email="someone.else@example.com")) == Synced()


def test_bots_guests_and_members_without_e_mail_are_not_added() -> None:
    acme = a_company()
    strangers = (
        a_member("B1", "bot@example.com", is_bot=True),
        a_member("G1", "guest@example.com", is_guest=True),
        a_member("N1", ""),
        a_member("D1", "gone@example.com", deleted=True),
    )
    assert syncs(acme, *strangers) == Synced()
    assert acme.entries == []


def test_a_guests_e_mail_proves_nothing() -> None:
    acme = a_company()
    syncs(acme, a_member(is_guest=True))
    assert acme.uow.people.by_identity("slack", "U1") is None


def test_a_guest_whom_an_admin_wrote_down_is_linked_and_takes_part() -> None:
    acme = a_company(replace(OLGA, named=True))
    assert syncs(acme, a_member(is_guest=True)) == Synced()
    assert acme.uow.people.by_identity("slack", "U1") == acme.person("olga")
    assert not acme.person("olga").guest


def test_an_imported_guest_is_named_by_that() -> None:
    acme = a_company()
    acme.by("cli", import_people, [{"email": "aud@cpa.example", "name": "Aud"}])
    syncs(acme, a_member("G1", "aud@cpa.example", name="Aud", is_guest=True))
    aud = acme.uow.people.by_identity("slack", "G1")
    assert aud
    assert (aud.guest, aud.named) == (False, True)


def test_a_member_who_becomes_a_guest_takes_no_part_until_an_admin_names_them() -> None:
    acme = linked(a_company())
    syncs(acme, a_member(is_guest=True))
    assert acme.person("olga").guest
    acme.by("cli", import_people, [{"email": "olga@example.com", "name": "Olga"}])
    syncs(acme, a_member(is_guest=True))
    assert not acme.person("olga").guest


def test_an_imported_person_with_a_full_account_is_not_named_as_a_guest() -> None:
    acme = a_company(replace(OLGA, named=True))
    syncs(acme, a_member())
    assert syncs(acme, a_member(is_guest=True)) == Synced(changed=1)
    assert acme.person("olga").guest


def test_that_an_account_was_linked_by_its_e_mail_is_on_record_once() -> None:
    acme = a_company()
    syncs(acme, a_member())
    syncs(acme, a_member())
    assert acme.entries == ["person:link"]
    entry = acme.last_entry
    assert (entry.about, entry.after, entry.detail) == (
        "person:olga",
        {"platform": "slack", "by": "e-mail"},
        "U1",
    )


def test_a_full_member_elsewhere_is_no_guest_for_being_one_here() -> None:
    acme = on_both()
    assert syncs(acme, a_member(is_guest=True)) == Synced()
    assert not acme.person("olga").guest


def test_a_guest_on_every_platform_is_a_guest_whichever_said_so_last() -> None:
    acme = on_both()
    as_guest = a_member(name="Olga S.", time_zone="Asia/Tokyo", is_guest=True)
    syncs(acme, as_guest)
    assert on_teams(acme, is_guest=True) == Synced(changed=1)
    assert acme.person("olga").guest
    assert syncs(acme, as_guest) == Synced()
    syncs(acme, replace(as_guest, is_guest=False))
    assert on_teams(acme, is_guest=True) == Synced()
    assert not acme.person("olga").guest


def test_whose_only_full_account_has_ended_is_the_guest_that_is_left() -> None:
    acme = on_both()
    on_teams(acme, is_guest=True)
    assert syncs(acme, a_member(deleted=True)) == Synced(changed=1)
    assert (acme.person("olga").guest, acme.person("olga").active) == (True, True)


# two directories


def on_teams(acme: Company, **changes: Any) -> Synced:
    page = MemberPage(members=(a_member("29:1", **changes),))
    return acme.run(sync_page, "teams", page)


def on_both() -> Company:
    """Olga in Slack and in Teams, each with a name of its own; only Slack knows her time zone."""
    acme = linked(a_company())
    acme.uow.people.link(Identity(platform="teams", external_id="29:1", person_id=OLGA.id))
    acme.run(sync_page, "slack", MemberPage(members=(a_member(name="Olga S.", time_zone="Asia/Tokyo"),)))
    on_teams(acme, name="Owner, Olga", time_zone="")
    return acme


def test_name_and_time_zone_follow_one_platform_so_that_two_lists_do_not_fight() -> None:
    acme = on_both()
    before = acme.snapshot()
    assert on_teams(acme, name="Owner, Olga", time_zone="Europe/Oslo") == Synced()
    assert syncs(acme, a_member(name="Olga S.", time_zone="Asia/Tokyo")) == Synced()
    assert acme.snapshot()["people"] == before["people"]
    assert acme.entries == ["person:change"]
    assert (acme.person("olga").name, acme.person("olga").time_zone) == ("Olga S.", "Asia/Tokyo")


def test_two_accounts_on_one_platform_do_not_fight_either() -> None:
    acme = linked(linked(a_company()), "U2")
    names = a_member("U1", name="Olga One"), a_member("U2", name="Olga Two")
    syncs(acme, *names)
    assert syncs(acme, *names) == Synced()
    assert acme.person("olga").name == "Olga One"


def test_a_full_account_says_the_name_before_a_guests() -> None:
    acme = on_both()
    syncs(acme, a_member(name="Olga S.", is_guest=True))
    assert on_teams(acme, name="Owner, Olga") == Synced(changed=1)
    assert syncs(acme, a_member(name="Olga S.", is_guest=True)) == Synced()
    assert acme.person("olga").name == "Owner, Olga"


def changed_by_hand(acme: Company, *, department: str = "it", time_zone: str = "UTC") -> None:
    acme.by(
        "lee",
        change_person,
        OLGA.id,
        expected_version=acme.person("olga").version,
        department=department,
        manager_id=None,
        time_zone=time_zone,
        country="US",
    )


def test_a_time_zone_chosen_by_hand_is_not_overwritten() -> None:
    acme = linked(a_company())
    changed_by_hand(acme, time_zone="Asia/Tokyo")
    assert syncs(acme, a_member(name="Olga K.", time_zone="Europe/Oslo")) == Synced(changed=1)
    assert (acme.person("olga").name, acme.person("olga").time_zone) == ("Olga K.", "Asia/Tokyo")


def test_a_change_of_something_else_leaves_the_time_zone_to_the_list() -> None:
    acme = linked(a_company())
    changed_by_hand(acme, department="sales")
    syncs(acme, a_member(time_zone="Europe/Oslo"))
    assert acme.person("olga").time_zone == "Europe/Oslo"


@pytest.mark.parametrize(
    ("platform", "account", "zone"), [("slack", "U1", "Europe/Oslo"), ("teams", "29:1", "Asia/Tokyo")]
)
def test_a_zone_told_in_passing_counts_only_from_the_leading_account(platform: str, account: str, zone: str) -> None:
    acme = on_both()
    acme.run(note_time_zone, platform, account, "Europe/Oslo")
    assert acme.person("olga").time_zone == zone


def test_with_an_account_left_nobody_is_deactivated_and_the_compliance_lead_is_told_once() -> None:
    acme = on_both()
    assert syncs(acme, a_member(deleted=True)) == Synced()
    assert syncs(acme, a_member(deleted=True)) == Synced()
    assert acme.person("olga").active
    assert acme.told(Occasion.OWNER_LEFT) == ["lee"]
    assert acme.notices(Occasion.OWNER_LEFT)[0].detail == (
        "Olga S.'s Slack account has ended, the one on Teams has not. "
        "If they have left, look them up with /soc2 people and deactivate them."
    )


def test_the_account_that_is_left_says_the_name_from_then_on() -> None:
    acme = on_both()
    syncs(acme, a_member(deleted=True))
    assert on_teams(acme, name="Owner, Olga", time_zone="") == Synced(changed=1)
    assert (acme.person("olga").name, acme.person("olga").time_zone) == ("Owner, Olga", "Asia/Tokyo")


def test_with_the_last_account_the_person_has_left_and_is_back_with_either() -> None:
    acme = on_both()
    syncs(acme, a_member(deleted=True))
    assert on_teams(acme, deleted=True) == Synced(deactivated=1)
    assert not acme.person("olga").active
    assert syncs(acme, a_member()) == Synced(changed=1)
    assert acme.person("olga").active


def test_the_browser_keeps_nobody_nor_does_a_platform_that_has_been_silent_for_a_week() -> None:
    acme = on_both()
    acme.uow.people.link(Identity(platform="web", external_id="olga", person_id=OLGA.id))
    silent = replace(acme.uow.sync_places.get("teams", MEMBERS), finished_at=acme.uow.now - SILENT)
    acme.uow.sync_places.save(silent)
    assert syncs(acme, a_member(deleted=True)) == Synced(deactivated=1)


def test_name_and_time_zone_are_kept_true() -> None:
    acme = linked(a_company())
    assert syncs(acme, a_member(name="Olga K.", time_zone="Asia/Tokyo")) == Synced(changed=1)
    assert (acme.person("olga").name, acme.person("olga").time_zone) == ("Olga K.", "Asia/Tokyo")
    assert acme.entries == ["person:change"]
    assert acme.last_entry.after == {"changed": ["name", "time_zone"]}


def test_what_the_platform_does_not_say_stays_as_it_is() -> None:
    acme = a_company(replace(OLGA, time_zone="Asia/Tokyo"))
    assert syncs(acme, a_member(name="", time_zone="")) == Synced()
    assert acme.person("olga").time_zone == "Asia/Tokyo"


def test_syncing_again_changes_nothing() -> None:
    acme = a_company()
    members = a_member(name="Olga K."), a_member("U9", "new@example.com")
    syncs(acme, *members)
    before = acme.snapshot()
    assert syncs(acme, *members) == Synced()
    assert acme.snapshot() == before


def test_a_deactivation_is_noticed_and_their_tasks_move_on() -> None:
    acme = linked(a_company())
    assert syncs(acme, a_member(deleted=True)) == Synced(deactivated=1)
    assert (acme.person("olga").active, acme.task.owner_id) == (False, "max")
    assert syncs(acme, a_member(deleted=True)) == Synced()


def test_an_imported_person_whose_only_account_is_gone_is_deactivated() -> None:
    assert syncs(a_company(), a_member(deleted=True)) == Synced(deactivated=1)


def test_an_old_account_of_somebody_who_has_another_deactivates_nobody() -> None:
    acme = a_company()
    old, new = a_member("U1", deleted=True), a_member("U2")
    assert syncs(acme, old, new) == Synced()
    assert syncs(acme, old) == Synced()
    assert acme.person("olga").active


def test_whoever_is_absent_from_the_list_is_left_alone() -> None:
    acme = linked(a_company())
    assert syncs(acme) == Synced()
    assert acme.person("olga").active


def test_somebody_whose_account_comes_back_is_active_again() -> None:
    acme = linked(a_company())
    syncs(acme, a_member(deleted=True))
    assert acme.person("olga").deactivated_by == "slack"
    assert syncs(acme, a_member()) == Synced(changed=1)
    assert acme.person("olga").active
    assert acme.person("olga").deactivated_by == ""


def test_somebody_deactivated_by_hand_stays_so_however_alive_their_account_is() -> None:
    acme = linked(a_company())
    acme.by("ada", deactivate_person, OLGA.id)
    assert syncs(acme, a_member()) == Synced()
    assert not acme.person("olga").active


def test_somebody_deactivated_by_hand_is_back_once_their_account_ended_and_came_back() -> None:
    acme = linked(a_company())
    acme.by("ada", deactivate_person, OLGA.id)
    assert syncs(acme, a_member(deleted=True)) == Synced(changed=1)
    assert not acme.person("olga").active
    assert syncs(acme, a_member(deleted=True)) == Synced()
    assert syncs(acme, a_member()) == Synced(changed=1)
    assert acme.person("olga").active


def test_an_account_that_another_platform_ended_is_not_brought_back_by_this_one() -> None:
    acme = linked(a_company(replace(OLGA, active=False, deactivated_by="teams")))
    assert syncs(acme, a_member()) == Synced()
    assert not acme.person("olga").active


def test_each_newcomer_is_one_audit_entry_by_the_clock() -> None:
    acme = a_company()
    syncs(acme, a_member("U8", "a@example.com"), a_member("U9", "b@example.com"))
    assert acme.entries == ["person:add", "person:add"]
    assert (acme.last_entry.who, acme.last_entry.detail) == ("clock", "b@example.com")


# the place in the list


def place(acme: Company, purpose: str = MEMBERS) -> SyncPlace:
    return acme.uow.sync_places.get("slack", purpose)


def test_a_page_is_kept_together_with_the_place_of_the_next_one() -> None:
    acme = a_company()
    page = MemberPage(members=(a_member("U9", "new@example.com"),), following="page-2")
    assert acme.run(sync_page, "slack", page) == Synced(added=1)
    assert (place(acme).cursor, place(acme).finished_at) == ("page-2", None)


def test_the_last_page_ends_the_pass_and_its_end_is_remembered_during_the_next() -> None:
    acme = a_company()
    acme.run(sync_page, "slack", MemberPage(members=()))
    ended = acme.uow.now
    assert (place(acme).cursor, place(acme).finished_at) == ("", ended)
    acme.run(sync_page, "slack", MemberPage(members=(), following="page-2"))
    assert (place(acme).cursor, place(acme).finished_at) == ("page-2", ended)


def test_a_pass_is_unfinished_between_its_pages_and_not_while_it_has_to_wait() -> None:
    acme = a_company()
    assert not acme.run(is_unfinished, "slack")
    acme.run(sync_page, "slack", MemberPage(members=(), following="page-2"))
    assert acme.run(is_unfinished, "slack")
    acme.uow.sync_places.save(replace(place(acme), retry_at=acme.uow.now + timedelta(seconds=1)))
    assert not acme.run(is_unfinished, "slack")
    acme.run(sync_page, "slack", MemberPage(members=()))
    assert not acme.run(is_unfinished, "slack")


def test_a_pass_refused_on_its_first_page_is_unfinished_too() -> None:
    acme = a_company()
    acme.run(partial(wait_with, seconds=0), "slack", MEMBERS)
    assert acme.run(is_unfinished, "slack")


def test_a_wait_keeps_the_place_and_beginning_again_does_not() -> None:
    acme = a_company()
    acme.run(sync_page, "slack", MemberPage(members=(), following="page-2"))
    acme.run(partial(wait_with, seconds=30), "slack", MEMBERS)
    assert (place(acme).cursor, place(acme).retry_at) == ("page-2", acme.uow.now + timedelta(seconds=30))
    acme.run(begin_again, "slack")
    assert (place(acme).cursor, place(acme).retry_at) == ("", None)


# those nobody has linked yet


def test_the_unlinked_are_looked_for_a_few_at_a_time_each_once_a_round() -> None:
    staff = [a_person(f"p{number:03}") for number in range(ASKED_AT_ONCE)]
    acme = a_company(*staff)
    everyone = [one.id for one in acme.uow.people.unlinked("slack", after="", limit=99)]
    asked: list[str] = []
    while people := acme.run(people_to_find, "slack"):
        assert len(people) <= ASKED_AT_ONCE
        asked += [one.id for one in people]
        for one in people:
            acme.run(looked_for, "slack", one, None)
    assert asked == everyone
    assert len(asked) > ASKED_AT_ONCE


def test_after_a_round_there_is_a_rest() -> None:
    acme = a_company()
    acme.run(everybody_looked_for, "slack")
    assert acme.run(people_to_find, "slack") is None
    rested = replace(place(acme, UNLINKED), finished_at=acme.uow.now - REST)
    acme.uow.sync_places.save(rested)
    assert acme.run(people_to_find, "slack")


def test_whoever_is_found_is_linked() -> None:
    acme = a_company()
    acme.run(looked_for, "slack", OLGA, a_member())
    assert acme.uow.people.by_identity("slack", "U1") == acme.person("olga")
    assert place(acme, UNLINKED).cursor == OLGA.id


def test_while_the_platform_wants_patience_nobody_is_looked_for() -> None:
    acme = a_company()
    acme.run(partial(wait_with, seconds=9), "slack", UNLINKED)
    assert acme.run(people_to_find, "slack") is None
