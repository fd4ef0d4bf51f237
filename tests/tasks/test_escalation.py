from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.business_days import BusinessCalendar
from tasks.controls import Cadence
from tasks.escalation import (
    IN_DIGEST,
    OVERTAKEN,
    Climb,
    ask_acceptance,
    climb,
    digest_due,
    digest_key,
    first_acceptance_rung_at,
    first_rung_at,
    ladder_for,
    next_rung_after,
    rung_times,
    week_close_due,
    week_close_key,
)
from tasks.identifiers import PersonId
from tasks.ladder import DEFAULT_LADDER
from tasks.model import Answer, Task, TaskState
from tasks.notices import NoticeKey, NoticeState, Occasion, OwedNotice
from tasks.people import Person, Role
from tasks.recipients import Answerers
from tests.builders import DictDirectory, a_directory, a_person, a_task, a_workspace, utc

CALENDAR = BusinessCalendar(time_zone="UTC", country="US")
WORKSPACE = a_workspace(compliance_channel="slack:C0123")
OLGA = a_person("olga", manager_id="max")
MAX = a_person("max", manager_id="vera")
LEE = a_person("lee", Role.COMPLIANCE_LEAD, manager_id="vera")
VERA = a_person("vera", Role.EXECUTIVE_SPONSOR)
PAT = a_person("pat")
DUE = utc(2026, 11, 23, 17)
TASK = a_task(due_at=DUE, next_rung_at=utc(2026, 11, 2, 9))
ANSWERED = replace(
    TASK,
    state=TaskState.SUBMITTED,
    answer=Answer.DONE,
    answered_at=utc(2026, 11, 12, 15),
    answered_by=OLGA.id,
    next_rung_at=utc(2026, 11, 16, 9),
)
"""On a Thursday."""

LADDER = (
    (Occasion.OPENED, utc(2026, 11, 2, 9)),
    (Occasion.REMINDER_5, utc(2026, 11, 16, 9)),
    (Occasion.REMINDER_1, utc(2026, 11, 20, 9)),
    (Occasion.LAST_CALL, utc(2026, 11, 23, 9)),
    (Occasion.OVERDUE, utc(2026, 11, 24, 9)),
    (Occasion.MANAGER, utc(2026, 11, 25, 9)),
    (Occasion.COMPLIANCE_LEAD, utc(2026, 12, 1, 9)),  # 26 November is Thanksgiving
    (Occasion.SPONSOR, utc(2026, 12, 8, 9)),
)
TIMES = dict(LADDER)
AWAY = {"away_from": date(2026, 11, 1), "away_until": date(2026, 12, 31)}


def the_company(*changed: Person) -> DictDirectory:
    return a_directory(OLGA, MAX, LEE, VERA, PAT, *changed)


def climbed(
    task: Task = TASK,
    now: datetime | None = None,
    *,
    company: DictDirectory | None = None,
    open_tasks: int = 1,
    **workspace: object,
) -> Climb:
    return climb(
        task,
        directory=company or the_company(),
        workspace=replace(WORKSPACE, **workspace),  # type: ignore[arg-type]
        now=now or utc(2027, 6, 1, 12),
        open_tasks=open_tasks,
    )


def at_rung(occasion: Occasion, *changed: Person, task: Task = TASK, open_tasks: int = 1) -> OwedNotice:
    """What a punctual clock owes at that rung of Olga's task."""
    at = TIMES[occasion]
    found = climbed(replace(task, next_rung_at=at), at, company=the_company(*changed), open_tasks=open_tasks)
    return next(notice for notice in found.notices if notice.key.occasion is occasion)


# --- when the rungs stand


def test_the_default_ladder_stands_at_nine_on_business_days() -> None:
    assert rung_times(TASK, DEFAULT_LADDER, CALENDAR) == LADDER


def test_rungs_before_or_with_the_prompt_are_left_out() -> None:
    task = a_task(opens_at=utc(2026, 11, 7, 9), due_at=utc(2026, 11, 9, 17))  # a Saturday to the Monday after
    occasions = [occasion for occasion, _ in rung_times(task, DEFAULT_LADDER, CALENDAR)]
    assert occasions[:2] == [Occasion.OPENED, Occasion.OVERDUE]


def test_nobody_is_reminded_before_40_percent_of_the_time_has_passed() -> None:
    times = dict(rung_times(a_task(), DEFAULT_LADDER, CALENDAR))  # two weeks: five business days before is too early
    assert Occasion.REMINDER_5 not in times
    assert times[Occasion.REMINDER_1] == utc(2026, 11, 13, 9)


def test_weekly_controls_have_prompt_last_call_overdue_and_manager_only() -> None:
    occasions = [rung.occasion for rung in ladder_for(Cadence.WEEKLY).rungs]
    assert occasions == [Occasion.OPENED, Occasion.LAST_CALL, Occasion.OVERDUE, Occasion.MANAGER]
    assert all(ladder_for(cadence) == DEFAULT_LADDER for cadence in Cadence if cadence is not Cadence.WEEKLY)


def test_the_last_call_comes_before_the_due_time_even_on_a_new_owners_holiday() -> None:
    task = a_task(due_at=utc(2026, 12, 25, 17))
    assert dict(rung_times(task, DEFAULT_LADDER, CALENDAR))[Occasion.LAST_CALL] == utc(2026, 12, 24, 9)


def test_the_owners_own_zone_and_holidays_count() -> None:
    owner = a_person("olga", time_zone="Europe/Berlin", country="DE")
    first = first_rung_at(a_task(due_at=utc(2026, 11, 20, 16)), owner=owner, workspace=WORKSPACE)
    assert first == utc(2026, 11, 13, 8)  # no Veterans Day in Germany, and nine in Berlin


def test_an_opened_task_waits_for_the_first_rung_after_its_prompt() -> None:
    assert first_rung_at(TASK, owner=OLGA, workspace=WORKSPACE) == TIMES[Occasion.REMINDER_5]


def test_a_returned_task_waits_for_the_next_rung_and_after_the_last_for_none() -> None:
    after = TIMES[Occasion.LAST_CALL]
    assert next_rung_after(after, TASK, owner=OLGA, workspace=WORKSPACE) == TIMES[Occasion.OVERDUE]
    assert next_rung_after(TIMES[Occasion.SPONSOR], TASK, owner=OLGA, workspace=WORKSPACE) is None


# --- who is told


@pytest.mark.parametrize(
    ("occasion", "recipient"),
    [
        (Occasion.OPENED, "person:olga"),
        (Occasion.REMINDER_5, "person:olga"),
        (Occasion.REMINDER_1, "person:olga"),
        (Occasion.LAST_CALL, "person:olga"),
        (Occasion.OVERDUE, "person:olga"),
        (Occasion.MANAGER, "person:max"),
        (Occasion.COMPLIANCE_LEAD, "person:lee"),
        (Occasion.SPONSOR, "person:vera"),
    ],
)
def test_each_rung_reaches_the_one_it_is_meant_for(occasion: Occasion, recipient: str) -> None:
    notice = at_rung(occasion)
    assert (notice.key.recipient, notice.state, notice.detail) == (recipient, NoticeState.OWED, "")


def test_a_notice_is_keyed_by_task_recipient_occasion_and_round() -> None:
    notice = at_rung(Occasion.OVERDUE, task=replace(TASK, round=3))
    assert notice.key == NoticeKey(about="task:task-1", recipient="person:olga", occasion=Occasion.OVERDUE, round=3)
    assert notice.task_id == TASK.id


def test_the_delegate_is_prompted_for_an_owner_on_leave_and_both_are_named() -> None:
    notice = at_rung(Occasion.OPENED, a_person("olga", delegate_id="pat", manager_id="max", **AWAY))
    assert notice.key.recipient == "person:pat"
    assert notice.detail == "on behalf of Olga; passed over: Olga is away until 31 Dec 2026"


@pytest.mark.parametrize(
    ("changed", "recipient", "detail"),
    [
        ([a_person("olga")], "lee", "passed over: no manager on record"),
        ([a_person("olga", manager_id="olga")], "lee", "passed over: the manager, Olga, has this already"),
        ([a_person("olga", manager_id="lee")], "lee", "passed over: the manager, Lee, is the compliance lead"),
        ([a_person("max", active=False)], "lee", "passed over: Max is no longer active"),
        ([a_person("max", **AWAY)], "lee", "passed over: Max is away until 31 Dec 2026"),
        (
            [a_person("max", **AWAY, delegate_id="pat")],
            "pat",
            "on behalf of Max; passed over: Max is away until 31 Dec 2026",
        ),
        ([a_person("olga", active=False, manager_id="max")], "lee", "passed over: the manager, Max, has this already"),
        (
            [a_person("olga"), a_person("lee", Role.COMPLIANCE_LEAD, **AWAY)],
            "vera",
            "passed over: no manager on record; Lee is away until 31 Dec 2026",
        ),
    ],
    ids=[
        "none known",
        "own manager",
        "is the compliance lead",
        "gone",
        "away",
        "away with delegate",
        "holds the task already",
        "none, and the compliance lead away",
    ],
)
def test_a_manager_who_can_not_be_told_is_passed_over_and_the_notice_says_so(
    changed: list[Person], recipient: str, detail: str
) -> None:
    notice = at_rung(Occasion.MANAGER, *changed)
    assert (notice.key.recipient, notice.detail) == (f"person:{recipient}", detail)


def test_a_compliance_lead_who_owns_the_task_is_passed_over_for_the_sponsor() -> None:
    notice = at_rung(Occasion.COMPLIANCE_LEAD, task=replace(TASK, owner_id=LEE.id))
    assert notice.key.recipient == "person:vera"
    assert notice.detail == "passed over: the compliance lead, Lee, has this already"


def test_when_nobody_can_be_told_the_rung_is_on_record_as_skipped() -> None:
    notice = at_rung(Occasion.SPONSOR, a_person("vera"))
    assert (notice.key.recipient, notice.state) == ("nobody", NoticeState.SKIPPED)
    assert notice.detail == "nobody to tell: no executive sponsor on record"


def test_a_returned_task_is_chased_from_its_new_date() -> None:
    returned = replace(TASK, chased_from=utc(2026, 11, 26, 17))
    times = dict(rung_times(returned, DEFAULT_LADDER, CALENDAR))
    assert times[Occasion.LAST_CALL] == utc(2026, 11, 25, 9)  # the 26th is Thanksgiving


def test_reminders_of_an_owner_with_three_open_tasks_stand_in_the_monday_digest() -> None:
    notice = at_rung(Occasion.REMINDER_1, open_tasks=3)
    assert (notice.state, notice.detail) == (NoticeState.SKIPPED, IN_DIGEST)
    assert at_rung(Occasion.REMINDER_1, open_tasks=2).state is NoticeState.OWED


def test_prompt_last_call_and_overdue_are_never_left_to_the_digest() -> None:
    for occasion in (Occasion.OPENED, Occasion.LAST_CALL, Occasion.OVERDUE):
        assert at_rung(occasion, open_tasks=9).state is NoticeState.OWED


def test_a_notice_waits_for_the_recipients_own_working_time() -> None:
    notice = at_rung(Occasion.MANAGER, a_person("max", time_zone="America/Los_Angeles"))
    assert notice.owed_at == utc(2026, 11, 25, 17)


# --- over time


def test_nothing_is_owed_before_the_next_rung() -> None:
    waiting = replace(TASK, next_rung_at=TIMES[Occasion.OVERDUE])
    found = climbed(waiting, TIMES[Occasion.OVERDUE] - timedelta(seconds=1))
    assert found == Climb(next_rung_at=TIMES[Occasion.OVERDUE])


def test_after_an_outage_only_the_latest_rung_is_sent_and_the_others_are_recorded() -> None:
    found = climbed(TASK, TIMES[Occasion.MANAGER])
    assert [(notice.key.occasion, notice.state) for notice in found.notices] == [
        (Occasion.OPENED, NoticeState.SKIPPED),
        (Occasion.REMINDER_5, NoticeState.SKIPPED),
        (Occasion.REMINDER_1, NoticeState.SKIPPED),
        (Occasion.LAST_CALL, NoticeState.SKIPPED),
        (Occasion.OVERDUE, NoticeState.SKIPPED),
        (Occasion.MANAGER, NoticeState.OWED),
    ]
    assert {notice.detail for notice in found.notices[:-1]} == {OVERTAKEN}


def test_a_rung_that_is_not_sent_overtakes_nothing() -> None:
    found = climbed(TASK, TIMES[Occasion.REMINDER_1], open_tasks=5)
    assert [notice.state for notice in found.notices] == [NoticeState.OWED, NoticeState.SKIPPED, NoticeState.SKIPPED]


@pytest.mark.parametrize("state", [TaskState.RECORDED, TaskState.ACCEPTED])
def test_an_answer_ends_the_ladder(state: TaskState) -> None:
    assert climbed(replace(TASK, state=state)) == Climb()


def test_a_task_without_a_next_rung_owes_nothing() -> None:
    assert climbed(replace(TASK, next_rung_at=None)) == Climb()


def keys_over(task: Task, ticks: list[datetime], open_tasks: int, company: DictDirectory) -> list[NoticeKey]:
    keys = []
    for now in sorted(ticks):
        found = climbed(task, now, company=company, open_tasks=open_tasks)
        owed = [notice.key.recipient for notice in found.notices if notice.state is NoticeState.OWED]
        assert len(owed) == len(set(owed)), "two messages to one recipient in one go"
        keys += [notice.key for notice in found.notices]
        task = replace(task, next_rung_at=found.next_rung_at)
    return keys


days = st.integers(0, 400)
zones = st.sampled_from(["UTC", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia"])


@settings(max_examples=40, deadline=None)
@given(
    task=st.builds(
        lambda opens, due, cadence, state: a_task(
            opens_at=utc(2026, 1, 1, 9) + timedelta(days=opens),
            next_rung_at=utc(2026, 1, 1, 9) + timedelta(days=opens),
            due_at=utc(2026, 1, 1, 17) + timedelta(days=opens + due),
            cadence=cadence,
            state=state,
            answered_at=utc(2026, 1, 1, 12) + timedelta(days=opens) if state is TaskState.SUBMITTED else None,
        ),
        days,
        st.integers(0, 60),
        st.sampled_from(Cadence),
        st.sampled_from([TaskState.OPEN, TaskState.SUBMITTED]),
    ),
    ticks=st.lists(st.integers(0, 24 * 500).map(lambda hours: utc(2026, 1, 1) + timedelta(hours=hours)), max_size=12),
    zone=zones,
    open_tasks=st.integers(0, 4),
)
def test_whenever_the_clock_ticks_every_rung_is_recorded_exactly_once(
    task: Task, ticks: list[datetime], zone: str, open_tasks: int
) -> None:
    company = the_company(a_person("olga", manager_id="max", time_zone=zone))
    end = utc(2028, 6, 1)
    found = keys_over(task, [*ticks, end], open_tasks, company)
    assert len(found) == len(set(found))
    assert found == keys_over(task, [end], open_tasks, company)


@settings(max_examples=40, deadline=None)
@given(opens=days, due=st.integers(0, 60), zone=zones)
def test_rungs_stand_in_order_each_occasion_once(opens: int, due: int, zone: str) -> None:
    start = utc(2026, 1, 1, 9) + timedelta(days=opens)
    task = a_task(opens_at=start, due_at=start + timedelta(days=due, hours=8))
    times = rung_times(task, DEFAULT_LADDER, BusinessCalendar(time_zone=zone, country="US"))
    occasions = [occasion for occasion, _ in times]
    assert list(times) == sorted(times, key=lambda time: time[1])
    assert occasions == [rung.occasion for rung in DEFAULT_LADDER.rungs if rung.occasion in occasions]


# --- the acceptor's ladder


def asked(*changed: Person, answerers: Answerers | None = None, task: Task = ANSWERED) -> OwedNotice:
    return ask_acceptance(
        task,
        directory=the_company(*changed),
        workspace=WORKSPACE,
        now=utc(2026, 11, 12, 15),
        answerers=answerers or Answerers(),
    )


def test_the_acceptor_is_asked_at_once() -> None:
    notice = asked()
    assert (notice.key.recipient, notice.key.occasion) == ("person:lee", Occasion.ACCEPTANCE_ASKED)
    assert notice.owed_at == utc(2026, 11, 12, 15)


def test_an_acceptor_on_leave_is_passed_over_without_asking_their_delegate() -> None:
    lee = a_person("lee", Role.COMPLIANCE_LEAD, delegate_id="pat", **AWAY)
    notice = asked(lee)
    assert (notice.key.recipient, notice.detail) == ("person:max", "passed over: Lee is away until 31 Dec 2026")


def test_a_contributor_is_not_asked_to_accept() -> None:
    assert asked(answerers=Answerers(contributors=frozenset({LEE.id}))).key.recipient == "person:max"


def test_when_nobody_independent_is_left_it_is_on_record() -> None:
    everybody = frozenset(map(PersonId, ("lee", "max", "vera")))
    notice = asked(answerers=Answerers(contributors=everybody))
    assert (notice.state, notice.detail) == (NoticeState.SKIPPED, "nobody to tell: nobody independent may accept this")


def test_acceptors_are_reminded_after_two_five_and_eight_business_days() -> None:
    seen, task = [], ANSWERED
    while task.next_rung_at:
        found = climbed(task, task.next_rung_at)
        seen += [(n.key.occasion, n.key.recipient, task.next_rung_at) for n in found.notices]
        task = replace(task, next_rung_at=found.next_rung_at)
    assert seen == [
        (Occasion.ACCEPTANCE_REMINDER, "person:lee", utc(2026, 11, 16, 9)),
        (Occasion.ACCEPTANCE_OVERDUE, "person:vera", utc(2026, 11, 19, 9)),
        (Occasion.ACCEPTANCE_LEAD, "person:vera", utc(2026, 11, 24, 9)),
    ]


def test_an_overdue_acceptance_of_somebody_else_goes_to_the_compliance_lead() -> None:
    found = climb(
        replace(ANSWERED, next_rung_at=utc(2026, 11, 19, 9)),
        directory=the_company(a_person("dana", Role.DEPARTMENT_LEAD), a_person("lena", Role.COMPLIANCE_LEAD)),
        workspace=WORKSPACE,
        now=utc(2026, 11, 19, 9),
        open_tasks=1,
        answerers=Answerers(contributors=frozenset({LEE.id})),
    )
    assert [notice.key.recipient for notice in found.notices] == ["person:lee"]


def test_a_submitted_task_stores_the_first_rung_of_its_acceptor() -> None:
    first = first_acceptance_rung_at(ANSWERED, directory=the_company(), workspace=WORKSPACE)
    assert first == utc(2026, 11, 16, 9)
    assert first_acceptance_rung_at(TASK, directory=the_company(), workspace=WORKSPACE) is None


# --- once a week


@pytest.mark.parametrize(
    ("now", "week"),
    [
        (utc(2026, 11, 16, 8, 59), None),
        (utc(2026, 11, 16, 9), "2026-W47"),
        (utc(2026, 11, 17, 23), "2026-W47"),
        (utc(2026, 11, 18), None),
        (utc(2026, 9, 7, 12), None),  # Labor Day: the digest waits for Tuesday
        (utc(2026, 9, 8, 9), "2026-W37"),
    ],
)
def test_the_digest_is_due_on_the_weeks_first_business_day(now: datetime, week: str | None) -> None:
    assert digest_due(CALENDAR, now) == week


@pytest.mark.parametrize(
    ("now", "week"),
    [
        (utc(2026, 11, 20, 15, 59), None),
        (utc(2026, 11, 20, 16), "2026-W47"),
        (utc(2026, 11, 22, 23), "2026-W47"),
        (utc(2026, 11, 23, 8), None),
        (utc(2026, 12, 24, 16), "2026-W52"),  # Christmas is on the Friday
    ],
)
def test_the_closing_line_is_due_on_the_weeks_last_business_day(now: datetime, week: str | None) -> None:
    assert week_close_due(CALENDAR, now) == week


def test_a_week_of_shutdown_has_neither() -> None:
    off = tuple(date(2026, 12, 28) + timedelta(days=number) for number in range(5))
    calendar = BusinessCalendar(time_zone="UTC", country="US", shutdown_days=off)
    assert digest_due(calendar, utc(2026, 12, 28, 10)) is None
    assert week_close_due(calendar, utc(2027, 1, 1, 17)) is None


def test_digest_and_closing_line_are_keyed_by_week() -> None:
    assert digest_key(OLGA.id, "2026-W47").about == "digest:olga:2026-W47"
    assert week_close_key("channel:compliance", "2026-W47").about == "week:2026-W47"
