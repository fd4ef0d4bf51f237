from dataclasses import replace

import pytest

from tasks.errors import Invalid, NotAllowed, NotFound, Stale
from tasks.notices import NoticeState, Occasion
from tasks.operations.nudge import nudge
from tests.tasks.operations.company import LEE, MAX, OLGA, TASK, a_company, on_leave


@pytest.mark.parametrize("who", ["max", "lee", "sue"])
def test_a_manager_or_the_compliance_lead_nudges_whoevers_turn_it_is(who: str) -> None:
    acme = a_company()
    assert acme.by(who, nudge, TASK) == acme.person("olga")
    assert acme.told(Occasion.NUDGE) == ["olga"]
    assert acme.notices(Occasion.NUDGE)[0].detail == acme.person(who).name


def test_the_delegate_is_nudged_while_the_owner_is_away() -> None:
    acme = a_company(on_leave(OLGA))
    acme.by("max", nudge, TASK)
    assert acme.told(Occasion.NUDGE) == ["dan"]


def test_once_a_day_whoever_nudges() -> None:
    acme = a_company()
    acme.by("max", nudge, TASK)
    assert str(acme.refused(Invalid, "lee", nudge, TASK)) == "Olga was nudged about this today already."
    acme.clock.advance(days=1)
    acme.by("lee", nudge, TASK)
    assert acme.told(Occasion.NUDGE) == ["olga", "olga"]


def test_who_may_not_see_the_task_is_told_that_there_is_none() -> None:
    a_company().refused(NotFound, "zoe", nudge, TASK)


def test_nobody_nudges_themselves() -> None:
    a_company().refused(Invalid, "olga", nudge, TASK)


def test_where_it_is_nobodys_turn_the_refusal_says_what_to_do() -> None:
    acme = a_company(replace(OLGA, active=False), replace(MAX, active=False), replace(LEE, active=False))
    assert "assign" in str(acme.refused(NotAllowed, "ada", nudge, TASK))


def test_an_answered_task_needs_no_nudge() -> None:
    acme = a_company()
    acme.answers()
    acme.refused(Stale, "max", nudge, TASK)


def test_an_answer_takes_a_nudge_back_that_was_not_sent_yet() -> None:
    acme = a_company()
    acme.by("max", nudge, TASK)
    acme.answers()
    assert acme.notices(Occasion.NUDGE)[0].state is NoticeState.SKIPPED


def test_a_nudge_is_one_audit_entry_and_leaves_the_task_as_it_is() -> None:
    acme = a_company()
    before = acme.task
    acme.by("max", nudge, TASK)
    assert (acme.entries, acme.last_entry.after) == (["task:nudge"], {"person": "olga"})
    assert acme.task == before
