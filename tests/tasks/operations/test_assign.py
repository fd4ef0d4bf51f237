from dataclasses import replace

import pytest

from tasks.errors import Invalid, NotAllowed, NotFound, Stale
from tasks.identifiers import PersonId
from tasks.notices import NoticeState, Occasion
from tasks.operations.answer_task import answer_task
from tasks.operations.assign import assign_control, reassign_task
from tasks.operations.deliver_notices import claim_notices, record_sent
from tasks.operations.nudge import nudge
from tasks.people import Role
from tests.builders import a_person, a_task, utc
from tests.tasks.operations.company import CARL, CONTROL, DAN, DONE, OLGA, TASK, a_company, on_leave


@pytest.mark.parametrize("who", ["olga", "max", "lee", "ada"])
def test_owner_manager_lead_and_admin_may_reassign(who: str) -> None:
    acme = a_company()
    assert acme.by(who, reassign_task, TASK, 1, CARL.id).owner_id == "carl"


def test_the_departments_lead_may_reassign_too() -> None:
    acme = a_company(a_person("tom", Role.DEPARTMENT_LEAD))
    assert acme.by("tom", reassign_task, TASK, 1, CARL.id).owner_id == "carl"


@pytest.mark.parametrize("who", ["zoe", "dan", "carl", "sue"])
def test_others_may_not(who: str) -> None:
    a_company().refused(NotAllowed, who, reassign_task, TASK, 1, CARL.id)


def test_the_new_owner_is_prompted_and_told_who_gave_it() -> None:
    acme = a_company()
    moved = acme.by("max", reassign_task, TASK, 1, CARL.id)
    (notice,) = acme.notices(Occasion.REASSIGNED)
    assert (notice.key.recipient, notice.key.round, notice.detail) == ("person:carl", 2, "Max")
    assert (moved.round, moved.version) == (2, 2)


def test_the_delegate_is_prompted_where_the_new_owner_is_away() -> None:
    acme = a_company(on_leave(CARL))
    acme.by("max", reassign_task, TASK, 1, CARL.id)
    assert acme.told(Occasion.REASSIGNED) == ["dan"]


def test_what_the_old_owner_was_owed_is_skipped() -> None:
    acme = a_company()
    acme.by("max", nudge, TASK)
    acme.by("max", reassign_task, TASK, 1, CARL.id)
    assert [one.state for one in acme.notices(Occasion.NUDGE)] == [NoticeState.SKIPPED]


def test_messages_already_sent_are_edited() -> None:
    acme = a_company()
    acme.by("max", nudge, TASK)
    (notice,) = acme.run(claim_notices, limit=9)
    acme.run(record_sent, notice, platform="slack", conversation="D1", message="1.1")
    acme.by("max", reassign_task, TASK, 1, CARL.id)
    assert len(acme.uow.notices.claim_edits(limit=9)) == 1


def test_the_ladder_goes_on_where_it_was() -> None:
    acme = a_company()
    acme.clock.moment = utc(2026, 11, 20, 8)
    assert acme.by("max", reassign_task, TASK, 1, CARL.id).next_rung_at == utc(2026, 11, 23, 9)


def test_the_old_owners_button_is_stale() -> None:
    acme = a_company()
    acme.by("max", reassign_task, TASK, 1, CARL.id)
    acme.refused(NotAllowed, "olga", answer_task, TASK, 1, DONE)
    acme.refused(Stale, "carl", answer_task, TASK, 1, DONE)


def test_a_guest_or_somebody_who_left_can_own_nothing() -> None:
    acme = a_company(replace(CARL, guest=True), replace(DAN, active=False))
    for whom in (CARL.id, DAN.id):
        assert "person" in acme.refused(Invalid, "max", reassign_task, TASK, 1, whom).fields
        acme.refused(Invalid, "lee", assign_control, CONTROL, whom)


def test_nobody_is_given_what_they_have() -> None:
    assert "person" in a_company().refused(Invalid, "max", reassign_task, TASK, 1, OLGA.id).fields


def test_an_unknown_person_is_not_found() -> None:
    a_company().refused(NotFound, "max", reassign_task, TASK, 1, PersonId("nobody"))


def test_an_answered_task_and_an_older_version_are_not_reassigned() -> None:
    acme = a_company()
    acme.refused(Stale, "max", reassign_task, TASK, 0, CARL.id)
    acme.answers()
    acme.refused(Stale, "max", reassign_task, TASK, 2, CARL.id)


def test_a_reassignment_is_one_audit_entry() -> None:
    acme = a_company()
    acme.by("max", reassign_task, TASK, 1, CARL.id)
    assert acme.entries == ["task:reassign"]
    assert acme.last_entry.before == {"owner": "olga", "version": 1}
    assert acme.last_entry.after == {"owner": "carl", "version": 2}


# --- a whole control


def test_a_control_takes_its_open_tasks_along_and_leaves_answered_ones() -> None:
    older = a_task("older", occurrence="2026-09")
    acme = a_company(tasks=(older, a_task()))
    acme.answers()
    acme.by("lee", assign_control, CONTROL, CARL.id)
    assert acme.state.controls[CONTROL].owner_id == "carl"
    assert acme.state.tasks[older.id].owner_id == "carl"
    assert acme.task.owner_id == "olga"


def test_what_the_new_owner_has_already_is_not_given_to_them_again() -> None:
    acme = a_company(tasks=(a_task(owner_id=CARL.id),))
    acme.by("lee", assign_control, CONTROL, CARL.id)
    assert (acme.task.version, acme.entries) == (1, ["control:assign"])


def test_coming_occurrences_are_planned_for_the_new_owner() -> None:
    acme = a_company(replace(CARL, country="DE", time_zone="Europe/Berlin"))
    acme.by("lee", assign_control, CONTROL, CARL.id)
    (december,) = [one for one in acme.uow.tasks.planned(until=utc(2027, 1, 1)) if one.occurrence == "2026-11"]
    assert (december.owner_id, december.opens_at) == ("carl", utc(2026, 12, 2, 8))


def test_strangers_assign_no_control() -> None:
    a_company().refused(NotAllowed, "zoe", assign_control, CONTROL, CARL.id)


def test_assigning_a_control_is_one_audit_entry_and_one_for_each_task_moved() -> None:
    acme = a_company()
    acme.by("lee", assign_control, CONTROL, CARL.id)
    assert acme.entries == ["task:reassign", "control:assign"]
    assert (acme.last_entry.before, acme.last_entry.after) == ({"owner": "olga"}, {"owner": "carl"})
