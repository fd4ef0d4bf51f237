from datetime import date

from tasks.errors import Invalid, NotAllowed, Stale
from tasks.operations.wait_on import wait_on
from tests.builders import a_task, utc
from tests.tasks.operations.company import OLGA, TASK, a_company, on_leave

FRIDAY = date(2026, 11, 6)


def test_whom_one_waits_for_and_until_when_is_on_the_task() -> None:
    waiting = a_company().by("olga", wait_on, TASK, 1, whom=" Payroll ", until=FRIDAY)
    assert (waiting.waiting_on, waiting.waiting_until, waiting.version) == ("Payroll", FRIDAY, 2)


def test_waiting_does_not_stop_the_ladder() -> None:
    acme = a_company(tasks=(a_task(next_rung_at=utc(2026, 11, 13, 9)),))
    waiting = acme.by("olga", wait_on, TASK, 1, whom="Payroll", until=FRIDAY)
    assert (waiting.next_rung_at, waiting.round) == (utc(2026, 11, 13, 9), 1)


def test_it_needs_a_name_and_a_day_that_is_not_over() -> None:
    acme = a_company()
    refusal = acme.refused(Invalid, "olga", wait_on, TASK, 1, whom=" ", until=date(2026, 11, 1))
    assert sorted(refusal.fields) == ["until", "whom"]


def test_a_long_name_is_shortened() -> None:
    assert len(a_company().by("olga", wait_on, TASK, 1, whom="x" * 999, until=FRIDAY).waiting_on) == 200


def test_only_whose_turn_it_is_says_so() -> None:
    acme = a_company(on_leave(OLGA))
    acme.refused(NotAllowed, "max", wait_on, TASK, 1, whom="Payroll", until=FRIDAY)
    acme.by("dan", wait_on, TASK, 1, whom="Payroll", until=FRIDAY)


def test_an_older_version_and_an_answered_task_are_refused() -> None:
    acme = a_company()
    acme.refused(Stale, "olga", wait_on, TASK, 0, whom="Payroll", until=FRIDAY)
    acme.answers()
    acme.refused(Stale, "olga", wait_on, TASK, 2, whom="Payroll", until=FRIDAY)


def test_waiting_is_one_audit_entry_with_its_words_apart() -> None:
    acme = a_company()
    acme.by("olga", wait_on, TASK, 1, whom="Payroll", until=FRIDAY)
    assert acme.entries == ["task:wait"]
    assert (acme.last_entry.after, acme.last_entry.detail) == ({"until": "2026-11-06", "version": 2}, "Payroll")
