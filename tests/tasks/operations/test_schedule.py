"""Planning ahead, opening, and the ladder."""

import hashlib
from dataclasses import replace
from datetime import date
from typing import Any

from tasks.controls import Cadence
from tasks.identifiers import PersonId
from tasks.notices import NoticeState, Occasion
from tasks.operations.correct_answer import correct_answer
from tasks.operations.schedule import climb_ladders, open_due, plan_ahead, plan_control
from tests.builders import a_control_text, a_task, utc
from tests.tasks.operations.company import DONE, LEE, OLGA, TASK, Company, a_company, on_leave, with_acceptance

FOREVER = utc(2030, 1, 1)


def without_tasks(**changes: Any) -> Company:
    acme = a_company(tasks=())
    acme.control = replace(acme.control, starts_on=date(2026, 11, 1), **changes)
    acme.uow.controls.save(acme.control)
    return acme


def planned(acme: Company) -> list[tuple[str, PersonId]]:
    return [(task.occurrence, task.owner_id) for task in acme.uow.tasks.planned(until=FOREVER)]


def opened(acme: Company) -> list[str]:
    return sorted(task.occurrence for task in acme.state.tasks.values())


# --- planning ahead


def test_five_weeks_are_planned_and_the_first_occurrence_after_them() -> None:
    acme = without_tasks()
    assert acme.run(plan_ahead) == 1
    assert planned(acme) == [("2026-10", "olga"), ("2026-11", "olga"), ("2026-12", "olga")]


def test_a_yearly_control_is_not_planned_anew_every_hour() -> None:
    yearly = a_control_text(rrule="FREQ=YEARLY;BYMONTH=8;BYMONTHDAY=1", cadence=Cadence.ANNUAL)
    acme = without_tasks(text=yearly, version=2)
    assert (acme.run(plan_ahead), acme.run(plan_ahead)) == (1, 0)


def test_a_planned_task_has_all_that_was_worked_out() -> None:
    acme = without_tasks()
    acme.run(plan_ahead)
    (first, *_) = acme.uow.tasks.planned(until=FOREVER)
    assert (first.origin, first.control_version, first.code, first.department) == ("iam-03", 1, "IAM-03", "it")
    assert (first.span_start, first.span_end) == (date(2026, 10, 1), date(2026, 10, 31))
    assert (first.opens_at, first.due_at, first.missed_at) == (
        utc(2026, 11, 2, 9),
        utc(2026, 11, 16, 17),
        utc(2026, 12, 2, 9),
    )
    assert first.next_rung_at == utc(2026, 11, 13, 9)


def test_planning_again_doubles_nothing() -> None:
    acme = without_tasks()
    for _ in range(2):
        acme.run(plan_control, acme.control)
    assert planned(acme) == [("2026-10", "olga"), ("2026-11", "olga"), ("2026-12", "olga")]


def test_a_plan_that_is_long_enough_is_left_alone() -> None:
    acme = without_tasks()
    acme.run(plan_ahead)
    before = acme.snapshot()
    assert acme.run(plan_ahead) == 0
    assert acme.snapshot() == before


def test_a_plan_that_runs_short_is_made_longer() -> None:
    acme = without_tasks()
    acme.run(plan_ahead)
    acme.clock.advance(days=45)
    assert acme.run(plan_ahead) == 1
    assert planned(acme)[-1] == ("2027-01", "olga")


def test_an_opened_occurrence_is_never_planned_or_opened_again() -> None:
    acme = without_tasks()
    acme.run(plan_ahead)
    acme.run(open_due)
    acme.run(plan_control, acme.control)
    assert planned(acme) == [("2026-11", "olga"), ("2026-12", "olga")]
    assert acme.run(open_due) == 0
    assert opened(acme) == ["2026-10"]


def test_what_should_have_opened_during_an_outage_still_opens() -> None:
    acme = without_tasks()
    acme.clock.advance(days=90)
    acme.run(plan_ahead)
    acme.run(open_due)
    assert opened(acme) == ["2026-10", "2026-11", "2026-12"]


def test_an_unassigned_control_is_planned_for_the_compliance_lead() -> None:
    acme = without_tasks(owner_id=None)
    acme.run(plan_ahead)
    assert {owner for _, owner in planned(acme)} == {"lee"}


def test_a_control_that_is_retired_or_that_nobody_can_own_is_not_planned() -> None:
    acme = without_tasks(retired=True)
    assert (acme.run(plan_ahead), planned(acme)) == (0, [])
    acme = without_tasks(owner_id=None)
    acme.uow.people.save(replace(LEE, active=False))
    acme.run(plan_ahead)
    assert planned(acme) == []


def test_planning_is_no_change_that_the_audit_log_tells_of() -> None:
    acme = without_tasks()
    acme.run(plan_ahead)
    assert acme.entries == []


# --- opening


def test_what_is_due_to_open_opens_with_its_prompt() -> None:
    acme = without_tasks()
    acme.run(plan_ahead)
    assert acme.run(open_due) == 1
    assert opened(acme) == ["2026-10"]
    assert acme.told(Occasion.OPENED) == ["olga"]


def test_opening_twice_changes_nothing() -> None:
    acme = without_tasks()
    acme.run(plan_ahead)
    acme.run(open_due)
    before = acme.snapshot()
    assert acme.run(open_due) == 0
    assert acme.snapshot() == before


def test_a_chunk_is_one_audit_entry_with_count_and_digest() -> None:
    acme = without_tasks()
    acme.clock.advance(days=90)
    acme.run(plan_ahead)
    assert [acme.run(open_due, limit=2) for _ in range(3)] == [2, 1, 0]
    assert acme.entries == ["tasks:open", "tasks:open"]
    (last,) = [task.id for task in acme.state.tasks.values() if task.occurrence == "2026-12"]
    assert acme.last_entry.after == {"count": 1, "digest": hashlib.sha256(f"{last}\n".encode()).hexdigest()}
    assert (acme.last_entry.who, acme.last_entry.about) == ("clock", "workspace:acme")


# --- the ladder


def on_the_ladder(acme: Company, **task: Any) -> Company:
    acme.uow.tasks.put(replace(a_task(next_rung_at=utc(2026, 11, 13, 9)), **task))
    return acme


def climbs(acme: Company, day: int, month: int = 11) -> int:
    acme.clock.moment = utc(2026, month, day, 9)
    return acme.run(climb_ladders)


def test_every_rung_is_told_in_its_turn() -> None:
    acme = on_the_ladder(a_company())
    for day in range(3, 31):
        climbs(acme, day)
    climbs(acme, 1, month=12)
    assert [(one.key.occasion, one.key.recipient, one.owed_at.day) for one in acme.state.notices.values()] == [
        ("reminder-1", "person:olga", 13),
        ("last-call", "person:olga", 16),
        ("overdue", "person:olga", 17),
        ("manager", "person:max", 18),
        ("compliance-lead", "person:lee", 23),
        ("sponsor", "person:sue", 1),
    ]
    assert acme.task.next_rung_at is None


def test_climbing_twice_changes_nothing() -> None:
    acme = on_the_ladder(a_company())
    assert climbs(acme, 13) == 1
    before = acme.snapshot()
    assert climbs(acme, 13) == 0
    assert acme.snapshot() == before


def test_the_ladder_never_makes_a_persons_button_stale() -> None:
    acme = on_the_ladder(a_company())
    climbs(acme, 13)
    assert acme.task.version == 1


def test_after_an_outage_only_the_latest_rung_is_sent_and_the_others_are_recorded() -> None:
    acme = on_the_ladder(a_company())
    climbs(acme, 24)
    states = {one.key.occasion: one.state for one in acme.state.notices.values()}
    assert states.pop(Occasion.COMPLIANCE_LEAD) is NoticeState.OWED
    assert set(states.values()) == {NoticeState.SKIPPED}
    assert len(states) == 4


def test_a_climb_is_one_audit_entry_however_many_tasks_and_notices() -> None:
    acme = on_the_ladder(on_the_ladder(a_company()), id="task-2", occurrence="2026-09")
    assert climbs(acme, 24) == 2
    assert acme.entries == ["ladder:climb"]
    assert (acme.last_entry.who, acme.last_entry.after["count"]) == ("clock", 10)


def test_a_chunk_is_as_long_as_asked() -> None:
    acme = on_the_ladder(on_the_ladder(a_company()), id="task-2", occurrence="2026-09")
    acme.clock.moment = utc(2026, 11, 13, 9)
    assert [acme.run(climb_ladders, limit=1) for _ in range(3)] == [1, 1, 0]


def test_a_passed_rung_that_owes_nothing_is_no_audit_entry() -> None:
    acme = on_the_ladder(a_company(), next_rung_at=utc(2026, 11, 3, 9))
    assert climbs(acme, 3) == 1
    assert acme.task.next_rung_at == utc(2026, 11, 13, 9)
    assert acme.entries == []


def test_a_task_that_opened_for_somebody_away_is_prompted_by_its_ladder() -> None:
    acme = without_tasks()
    acme.uow.people.save(on_leave(OLGA))
    acme.run(plan_ahead)
    acme.run(open_due)
    assert acme.told(Occasion.OPENED) == []
    acme.run(climb_ladders)
    assert acme.told(Occasion.OPENED) == ["dan"]


def test_a_submission_climbs_the_acceptors_ladder() -> None:
    acme = with_acceptance()
    acme.answers()
    for day in (4, 9, 13):
        climbs(acme, day)
    assert acme.told(Occasion.ACCEPTANCE_REMINDER) == ["lee"]
    assert acme.told(Occasion.ACCEPTANCE_OVERDUE) == ["sue"]
    assert acme.task.next_rung_at is None


def test_a_correction_gives_the_acceptor_the_whole_ladder_again() -> None:
    acme = with_acceptance()
    acme.answers()
    climbs(acme, 10)
    acme.by("olga", correct_answer, TASK, acme.task.version, DONE, reason="Typo")
    rungs = []
    while acme.task.next_rung_at:
        rungs.append(acme.task.next_rung_at)
        acme.clock.moment = acme.task.next_rung_at
        acme.run(climb_ladders)
    assert rungs == [utc(2026, 11, 13, 9), utc(2026, 11, 18, 9), utc(2026, 11, 23, 9)]


def test_an_answered_task_climbs_no_more() -> None:
    acme = on_the_ladder(a_company())
    acme.answers()
    assert climbs(acme, 30) == 0
    assert acme.state.notices == {}
