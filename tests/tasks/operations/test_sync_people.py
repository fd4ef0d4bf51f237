from dataclasses import replace
from typing import Any

from tasks.operations.sync_people import Member, Synced, sync_people
from tasks.ports import Identity
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


def test_name_and_time_zone_are_kept_true() -> None:
    acme = a_company()
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


def test_somebody_who_returns_is_active_again() -> None:
    acme = linked(a_company(replace(OLGA, active=False)))
    assert syncs(acme, a_member()) == Synced(changed=1)
    assert acme.person("olga").active


def test_each_newcomer_is_one_audit_entry_by_the_clock() -> None:
    acme = a_company()
    syncs(acme, a_member("U8", "a@example.com"), a_member("U9", "b@example.com"))
    assert acme.entries == ["person:add", "person:add"]
    assert (acme.last_entry.who, acme.last_entry.detail) == ("clock", "b@example.com")
