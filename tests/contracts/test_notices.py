from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tasks.errors import NotFound
from tasks.identifiers import NoticeId, TaskId
from tasks.notices import Notice, NoticeKey, NoticeState, Occasion, OwedNotice, SentMessage
from tasks.ports import UnitOfWork
from tests.builders import utc
from tests.contracts.steps import another, opened, staffed_with_task

TASK = TaskId("task-1")
NOON = utc(2026, 11, 3, 12)


def owed(recipient: str = "person:olga", about: str = "task:task-1", **changes: Any) -> OwedNotice:
    key = NoticeKey(about=about, recipient=recipient, occasion=Occasion.OVERDUE)
    return replace(OwedNotice(key=key, task_id=TASK, owed_at=NOON), **changes)


def again(notice: OwedNotice, **changes: Any) -> OwedNotice:
    return replace(notice, key=replace(notice.key, **changes))


@pytest.fixture
def staged(uow: UnitOfWork) -> UnitOfWork:
    """An open task whose own prompt is out of the way."""
    staffed_with_task(uow)
    opened(uow, another("other"))
    for notice in uow.notices.claim(now=utc(2030, 1, 1), limit=9):
        uow.notices.save(replace(notice, state=NoticeState.SENT))
    return uow


def claimed(uow: UnitOfWork, *owed_notices: OwedNotice) -> Sequence[Notice]:
    uow.notices.owe(owed_notices)
    return uow.notices.claim(now=NOON, limit=9)


def sent(notice: Notice, message: str = "1.1", **changes: Any) -> SentMessage:
    shown = SentMessage(
        notice_id=notice.id,
        platform="slack",
        conversation="D1",
        message=message,
        desired_version=1,
        delivered_version=1,
    )
    return replace(shown, **changes)


def test_an_owed_notice_comes_back_whole(staged: UnitOfWork) -> None:
    key = NoticeKey(about="digest:olga:2026-11-02", recipient="channel:compliance", occasion=Occasion.DIGEST, round=3)
    staged.notices.owe([OwedNotice(key=key, owed_at=NOON, detail="Two")])
    (notice,) = staged.notices.claim(now=NOON, limit=9)
    assert (notice.key, notice.task_id, notice.owed_at, notice.detail) == (key, None, NOON, "Two")
    assert staged.notices.get(notice.id) == notice


def test_owing_tells_how_many_were_new(staged: UnitOfWork) -> None:
    assert staged.notices.owe([owed(), owed("person:max")]) == 2
    assert staged.notices.owe([owed(), owed("person:lee")]) == 1
    assert staged.notices.owe([]) == 0


def test_a_notice_owed_twice_is_left_as_it_was(staged: UnitOfWork) -> None:
    staged.notices.owe([owed(detail="first")])
    staged.notices.owe([owed(detail="second")])
    (notice,) = staged.notices.claim(now=NOON, limit=9)
    assert notice.detail == "first"


@pytest.mark.parametrize(
    "change", [{"about": "task:x"}, {"recipient": "person:x"}, {"occasion": Occasion.NUDGE}, {"round": 2}]
)
def test_every_part_of_the_key_makes_it_another_notice(staged: UnitOfWork, change: dict[str, Any]) -> None:
    assert staged.notices.owe([owed(), again(owed(), **change)]) == 2


def test_a_notice_may_be_recorded_as_skipped_from_the_start(staged: UnitOfWork) -> None:
    assert claimed(staged, owed(state=NoticeState.SKIPPED)) == []


def test_unknown_and_foreign_notices_are_not_found_in_the_same_words(staged: UnitOfWork, elsewhere: UnitOfWork) -> None:
    (notice,) = claimed(staged, owed())
    with pytest.raises(NotFound) as unknown:
        elsewhere.notices.get(NoticeId(999_999))
    with pytest.raises(NotFound) as foreign:
        elsewhere.notices.get(notice.id)
    assert str(foreign.value) == str(unknown.value)
    with pytest.raises(NotFound):
        elsewhere.notices.save(notice)


def test_claiming_takes_what_is_due_oldest_first(staged: UnitOfWork) -> None:
    found = claimed(
        staged,
        owed("person:later", owed_at=NOON + timedelta(microseconds=1)),
        owed("person:now"),
        owed("person:before", owed_at=NOON - timedelta(hours=1)),
    )
    assert [notice.key.recipient for notice in found] == ["person:before", "person:now"]


def test_what_a_rung_that_is_due_may_overtake_is_not_claimed(staged: UnitOfWork) -> None:
    staged.tasks.set_next_rungs({TASK: NOON})
    found = claimed(staged, owed(), owed(about="task:other", task_id=TaskId("other")))
    assert [one.key.about for one in found] == ["task:other"]

    staged.tasks.set_next_rungs({TASK: NOON + timedelta(microseconds=1)})
    assert [one.key.about for one in staged.notices.claim(now=NOON, limit=9)] == ["task:task-1"]


def test_claiming_stops_at_the_limit_and_the_rest_is_still_owed(staged: UnitOfWork) -> None:
    staged.notices.owe([owed(f"person:{n}", owed_at=NOON - timedelta(hours=n)) for n in range(3)])
    first = staged.notices.claim(now=NOON, limit=2)
    rest = staged.notices.claim(now=NOON, limit=2)
    assert [notice.key.recipient for notice in (*first, *rest)] == ["person:2", "person:1", "person:0"]


def test_a_claimed_notice_is_being_sent_for_one_more_time(staged: UnitOfWork) -> None:
    (notice,) = claimed(staged, owed())
    assert (notice.state, notice.attempts, notice.claimed_at) == (NoticeState.SENDING, 1, NOON)
    assert staged.notices.get(notice.id) == notice


def test_a_claimed_notice_is_not_claimed_again(staged: UnitOfWork) -> None:
    claimed(staged, owed())
    assert staged.notices.claim(now=NOON, limit=9) == []


def test_a_notice_to_be_tried_again_waits_for_its_next_attempt(staged: UnitOfWork) -> None:
    (notice,) = claimed(staged, owed())
    later = NOON + timedelta(minutes=5)
    staged.notices.save(replace(notice, state=NoticeState.OWED, next_attempt_at=later, error="ratelimited"))
    assert staged.notices.claim(now=later - timedelta(microseconds=1), limit=9) == []
    (again,) = staged.notices.claim(now=later, limit=9)
    assert again.attempts == 2


def test_saving_keeps_what_became_of_it(staged: UnitOfWork) -> None:
    (notice,) = claimed(staged, owed())
    told = replace(
        notice,
        state=NoticeState.SENT,
        sent_at=NOON,
        platform="slack",
        conversation="D1",
        message="1.1",
        error="once slow",
        detail="Shown",
        next_attempt_at=NOON,
    )
    staged.notices.save(told)
    assert staged.notices.get(notice.id) == told


def test_what_was_claimed_before_a_moment_and_not_settled_is_found(staged: UnitOfWork) -> None:
    old, done = claimed(staged, owed(), owed("person:max"))
    staged.notices.save(replace(done, state=NoticeState.SENT))
    assert staged.notices.claimed_before(NOON) == []
    assert staged.notices.claimed_before(NOON + timedelta(microseconds=1)) == [old]


def test_a_tasks_notices_come_oldest_first(staged: UnitOfWork) -> None:
    staged.notices.owe([owed("person:second"), owed("person:first", owed_at=NOON - timedelta(hours=1))])
    recipients = [notice.key.recipient for notice in staged.notices.of_task(TASK)]
    assert recipients == ["person:olga", "person:first", "person:second"]


def test_skipping_stops_what_is_owed_about_the_task(staged: UnitOfWork) -> None:
    staged.notices.owe([owed(), owed(about="task:other", task_id=TaskId("other"))])
    staged.notices.skip(TASK)
    assert [notice.key.about for notice in staged.notices.claim(now=NOON, limit=9)] == ["task:other"]
    assert staged.notices.of_task(TASK)[-1].state is NoticeState.SKIPPED


def test_skipping_leaves_what_is_being_sent_or_was_sent(staged: UnitOfWork) -> None:
    (notice,) = claimed(staged, owed())
    staged.notices.skip(TASK)
    assert [one.state for one in staged.notices.of_task(TASK)] == [NoticeState.SENT, NoticeState.SENDING]
    assert staged.notices.get(notice.id) == notice


def test_skipping_leaves_notices_about_something_that_came_of_the_task(staged: UnitOfWork) -> None:
    staged.notices.owe([owed(about="finding:f1")])
    staged.notices.skip(TASK)
    assert len(staged.notices.claim(now=NOON, limit=9)) == 1


def test_messages_about_a_task_are_listed(staged: UnitOfWork) -> None:
    (notice,) = claimed(staged, owed())
    staged.notices.add_message(sent(notice))
    assert staged.notices.messages_of(TASK) == [sent(notice)]
    assert staged.notices.messages_of(TaskId("other")) == []


def test_a_message_leads_to_its_task(staged: UnitOfWork, elsewhere: UnitOfWork) -> None:
    (notice,) = claimed(staged, owed())
    staged.notices.add_message(sent(notice))
    assert staged.notices.task_of_message("slack", "D1", "1.1") == TASK
    assert staged.notices.task_of_message("slack", "D1", "9.9") is None
    assert elsewhere.notices.task_of_message("slack", "D1", "1.1") is None


def test_the_same_message_added_again_replaces_what_was_known_of_it(staged: UnitOfWork) -> None:
    (notice,) = claimed(staged, owed())
    staged.notices.add_message(sent(notice))
    staged.notices.add_message(sent(notice, desired_version=2))
    assert staged.notices.messages_of(TASK) == [sent(notice, desired_version=2)]


def test_touching_a_task_has_every_message_about_it_edited(staged: UnitOfWork) -> None:
    olgas, maxs, others = claimed(
        staged, owed(), owed("person:max"), owed("person:x", "task:other", task_id=TaskId("other"))
    )
    for number, notice in enumerate((olgas, maxs, others)):
        staged.notices.add_message(sent(notice, f"{number}"))
    assert staged.notices.claim_edits(limit=9) == []
    staged.notices.touch(TASK)
    assert staged.notices.claim_edits(limit=9) == [
        (sent(olgas, "0", desired_version=2), olgas),
        (sent(maxs, "1", desired_version=2), maxs),
    ]
    assert len(staged.notices.claim_edits(limit=1)) == 1


def test_an_edited_message_is_left_alone_until_the_next_change(staged: UnitOfWork) -> None:
    (notice,) = claimed(staged, owed())
    staged.notices.add_message(sent(notice))
    staged.notices.touch(TASK)
    ((message, _),) = staged.notices.claim_edits(limit=9)
    staged.notices.touch(TASK)  # while the edit is on its way
    staged.notices.edited(message, message.desired_version)
    ((behind, _),) = staged.notices.claim_edits(limit=9)
    staged.notices.edited(behind, behind.desired_version)
    assert staged.notices.claim_edits(limit=9) == []


def test_an_edit_that_arrives_late_never_takes_a_newer_one_back(staged: UnitOfWork) -> None:
    (notice,) = claimed(staged, owed())
    staged.notices.add_message(sent(notice, desired_version=3, delivered_version=3))
    staged.notices.edited(sent(notice), 2)
    assert staged.notices.claim_edits(limit=9) == []


def test_nothing_of_another_workspace_is_claimed_or_changed(staged: UnitOfWork, elsewhere: UnitOfWork) -> None:
    (notice,) = claimed(staged, owed())
    staged.notices.add_message(sent(notice))
    staged.notices.owe([owed("person:max")])
    assert elsewhere.notices.claim(now=NOON, limit=9) == []
    assert elsewhere.notices.claimed_before(utc(2030, 1, 1)) == []
    elsewhere.notices.skip(TASK)
    elsewhere.notices.touch(TASK)
    assert staged.notices.claim_edits(limit=9) == []
    assert len(staged.notices.claim(now=NOON, limit=9)) == 1
    with pytest.raises(NotFound):
        elsewhere.notices.add_message(sent(notice))


def test_the_same_notice_may_be_owed_in_two_workspaces(staged: UnitOfWork, elsewhere: UnitOfWork) -> None:
    staged.notices.owe([owed(task_id=None)])
    assert elsewhere.notices.owe([owed(task_id=None)]) == 1
