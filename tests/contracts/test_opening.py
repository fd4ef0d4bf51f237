import hashlib
from dataclasses import replace
from datetime import date, timedelta

import pytest

from tasks.errors import NotFound
from tasks.identifiers import ControlId, PersonId, TaskId
from tasks.model import TaskState
from tasks.notices import NoticeKey, NoticeState, Occasion
from tasks.ports import PlannedTask, UnitOfWork
from tests.builders import a_control, a_person, a_task, utc
from tests.contracts.steps import another, as_planned, opened, staffed

IAM = ControlId("iam-03")
OPENING = utc(2026, 11, 2, 9)
FIRST_RUNG = utc(2026, 11, 9, 9)


def november(handle: str = "task-1", **changes: object) -> PlannedTask:
    return as_planned(another(handle, next_rung_at=FIRST_RUNG, **changes), prompt_at=utc(2026, 11, 2, 14))


def prompts(uow: UnitOfWork, handle: str) -> list[tuple[NoticeKey, NoticeState]]:
    return [(notice.key, notice.state) for notice in uow.notices.of_task(TaskId(handle))]


def test_a_due_task_is_opened_as_it_was_planned(uow: UnitOfWork) -> None:
    staffed(uow).tasks.plan(IAM, [november(subject="okta", limit_at=utc(2026, 12, 1))])
    uow.tasks.open_due(now=OPENING, limit=10)
    planned = november(subject="okta", limit_at=utc(2026, 12, 1)).task
    assert uow.tasks.get(planned.id) == planned


def test_its_owner_is_owed_one_prompt_at_the_planned_time(uow: UnitOfWork) -> None:
    staffed(uow).tasks.plan(IAM, [november()])
    uow.tasks.open_due(now=OPENING, limit=10)
    (notice,) = uow.notices.of_task(TaskId("task-1"))
    assert notice.key == NoticeKey(about="task:task-1", recipient="person:olga", occasion=Occasion.OPENED)
    assert (notice.state, notice.owed_at, notice.attempts) == (NoticeState.OWED, utc(2026, 11, 2, 14), 0)


def test_a_task_is_not_opened_before_its_time(uow: UnitOfWork) -> None:
    staffed(uow).tasks.plan(IAM, [november()])
    assert uow.tasks.open_due(now=OPENING - timedelta(microseconds=1), limit=10).count == 0
    with pytest.raises(NotFound):
        uow.tasks.get(TaskId("task-1"))


def test_opening_again_changes_nothing(uow: UnitOfWork) -> None:
    staffed(uow).tasks.plan(IAM, [november()])
    uow.tasks.open_due(now=OPENING, limit=10)
    assert uow.tasks.open_due(now=OPENING, limit=10).count == 0
    assert len(uow.notices.of_task(TaskId("task-1"))) == 1


def test_a_chunk_holds_the_earliest_openings(uow: UnitOfWork) -> None:
    later, earlier = november("later"), november("earlier", opens_at=OPENING - timedelta(days=1))
    staffed(uow).tasks.plan(IAM, [later, earlier])
    assert uow.tasks.open_due(now=OPENING, limit=1).count == 1
    assert [task.id for task in uow.tasks.open_of([PersonId("olga")])] == ["earlier"]
    assert [task.id for task in uow.tasks.planned(until=OPENING + timedelta(days=1))] == ["later"]


def test_the_digest_is_of_the_opened_ids_in_order_one_a_line(uow: UnitOfWork) -> None:
    staffed(uow).tasks.plan(IAM, [november("b"), november("a")])
    chunk = uow.tasks.open_due(now=OPENING, limit=10)
    assert (chunk.count, chunk.digest) == (2, hashlib.sha256(b"a\nb\n").hexdigest())


@pytest.mark.parametrize(
    "owner",
    [
        a_person("lee", active=False),
        a_person("lee", away_from=date(2026, 11, 1), away_until=date(2026, 11, 2)),
        a_person("lee", away_from=date(2026, 11, 2), away_until=date(2026, 11, 20)),
    ],
    ids=["inactive", "last day away", "first day away"],
)
def test_an_owner_who_cannot_be_asked_gets_no_prompt_and_the_ladder_looks_at_once(
    uow: UnitOfWork, owner: object
) -> None:
    assert isinstance(owner, type(a_person()))
    staffed(uow).people.add(owner)
    uow.tasks.plan(IAM, [november(owner_id=owner.id)])
    assert uow.tasks.open_due(now=OPENING, limit=10).count == 1
    assert prompts(uow, "task-1") == []
    assert uow.tasks.get(TaskId("task-1")).next_rung_at == OPENING


def test_an_owner_back_on_the_day_of_the_prompt_is_asked(uow: UnitOfWork) -> None:
    staffed(uow).people.add(a_person("lee", away_from=date(2026, 10, 20), away_until=date(2026, 11, 1)))
    weekend = november(owner_id=PersonId("lee"), opens_at=utc(2026, 11, 1, 5))
    uow.tasks.plan(IAM, [weekend])
    uow.tasks.open_due(now=utc(2026, 11, 1, 5), limit=10)
    assert len(prompts(uow, "task-1")) == 1
    assert uow.tasks.get(TaskId("task-1")).next_rung_at == FIRST_RUNG


def test_the_day_of_the_prompt_is_the_owners_own(uow: UnitOfWork) -> None:
    monday = {"away_from": date(2026, 11, 2), "away_until": date(2026, 11, 2)}
    staffed(uow).people.add(a_person("kiwi", time_zone="Pacific/Auckland", **monday))
    early = november(owner_id=PersonId("kiwi"), opens_at=utc(2026, 11, 1, 11))
    uow.tasks.plan(IAM, [replace(early, prompt_at=utc(2026, 11, 1, 20))])  # Monday 09:00 in Auckland
    uow.tasks.open_due(now=utc(2026, 11, 1, 11), limit=10)
    assert prompts(uow, "task-1") == []


def test_after_an_outage_the_day_is_today(uow: UnitOfWork) -> None:
    staffed(uow).people.add(a_person("lee", away_from=date(2026, 11, 5), away_until=date(2026, 11, 6)))
    uow.tasks.plan(IAM, [november(owner_id=PersonId("lee"))])
    uow.tasks.open_due(now=utc(2026, 11, 5, 9), limit=10)
    assert prompts(uow, "task-1") == []


def test_a_key_that_was_opened_already_is_never_planned_again(uow: UnitOfWork) -> None:
    opened(staffed(uow), a_task())
    uow.tasks.plan(IAM, [as_planned(a_task("other")), november("new")])
    assert [task.id for task in uow.tasks.planned(until=utc(2027, 1, 1))] == ["new"]


def test_a_control_cannot_open_another_controls_key_a_second_time(uow: UnitOfWork) -> None:
    staffed(uow).controls.add(a_control("HR-02"))
    for control in ("iam-03", "hr-02"):
        task = a_task(f"of-{control}", control_id=ControlId(control), origin="campaign-1")
        uow.tasks.plan(task.control_id, [as_planned(task)])
    assert uow.tasks.open_due(now=OPENING, limit=10).count == 1
    assert uow.tasks.open_due(now=OPENING, limit=10).count == 0


def test_planning_replaces_what_was_planned_for_the_control_alone(uow: UnitOfWork) -> None:
    staffed(uow).controls.add(a_control("HR-02"))
    uow.tasks.plan(IAM, [november("old"), november("older")])
    uow.tasks.plan(ControlId("hr-02"), [november("hr", control_id=ControlId("hr-02"))])
    uow.tasks.plan(IAM, [november("new")])
    assert [task.id for task in uow.tasks.planned(until=utc(2027, 1, 1))] == ["hr", "new"]


def test_planning_nothing_clears_the_plan(uow: UnitOfWork) -> None:
    staffed(uow).tasks.plan(IAM, [november()])
    uow.tasks.plan(IAM, [])
    assert uow.tasks.planned(until=utc(2027, 1, 1)) == []


def test_a_plan_for_an_owner_who_is_nobody_here_is_refused(uow: UnitOfWork) -> None:
    staffed(uow)
    with pytest.raises(NotFound):
        uow.tasks.plan(IAM, [november(owner_id=PersonId("nobody"))])


def test_planned_tasks_are_whole_and_come_soonest_first(uow: UnitOfWork) -> None:
    second = november("second", opens_at=utc(2026, 12, 2))
    staffed(uow).tasks.plan(IAM, [second, november("first")])
    assert uow.tasks.planned(until=utc(2027, 1, 1)) == [november("first").task, second.task]
    assert uow.tasks.planned(until=utc(2026, 12, 2)) == [november("first").task]


def test_a_control_is_planned_until_its_last_planned_opening(uow: UnitOfWork) -> None:
    opened(staffed(uow), a_task())
    uow.tasks.plan(IAM, [november("second", opens_at=utc(2026, 12, 2)), november("third", opens_at=utc(2027, 1, 4))])
    assert uow.tasks.planned_until() == {IAM: utc(2027, 1, 4)}


def test_a_control_without_plans_is_planned_until_its_last_opened_task(uow: UnitOfWork) -> None:
    staffed(uow).controls.add(a_control("HR-02"))
    opened(uow, another("early", opens_at=utc(2026, 10, 2)))
    opened(uow, another("late", opens_at=utc(2026, 11, 2)))
    assert uow.tasks.planned_until() == {IAM: utc(2026, 11, 2)}


def test_opening_leaves_other_workspaces_alone(uow: UnitOfWork, elsewhere: UnitOfWork) -> None:
    staffed(elsewhere).tasks.plan(IAM, [november()])
    assert staffed(uow).tasks.open_due(now=OPENING, limit=10).count == 0
    assert len(elsewhere.tasks.planned(until=utc(2027, 1, 1))) == 1


def test_an_opened_task_is_open(uow: UnitOfWork) -> None:
    staffed(uow).tasks.plan(IAM, [november()])
    uow.tasks.open_due(now=OPENING, limit=10)
    assert uow.tasks.get(TaskId("task-1")).state is TaskState.OPEN
