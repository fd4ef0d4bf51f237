from datetime import datetime, timedelta
from typing import Any

import pytest

from tasks.evidence import Evidence, EvidenceState, Origin
from tasks.notices import Occasion, SentMessage
from tasks.operations.attach_evidence import attach_files, attach_text, remove_evidence
from tasks.operations.note_source_change import SETTLING, SourceChange, is_known, note_source_change
from tasks.operations.nudge import nudge
from tests.fakes import MONDAY
from tests.tasks.operations.company import TASK, Company, a_company, a_file

ORIGIN = Origin(conversation="D1", message="1.000001")
LATER = MONDAY + timedelta(hours=1)
EVEN_LATER = MONDAY + timedelta(hours=2)


def a_change(at: datetime = LATER, **changes: Any) -> SourceChange:
    return SourceChange(**{"platform": "slack", "conversation": "D1", "message": "1.000001", "at": at, **changes})


def of_file(at: datetime = LATER, **changes: Any) -> SourceChange:
    return SourceChange(platform="slack", file="F-list.csv", at=at, **changes)


def with_words() -> tuple[Company, Evidence]:
    acme = a_company()
    return acme, acme.by("olga", attach_text, TASK, "As agreed", origin=ORIGIN)


def with_file() -> tuple[Company, Evidence]:
    acme = a_company()
    return acme, acme.binds(acme.by("olga", attach_files, TASK, [a_file()], origin=ORIGIN)[0])


def test_an_edit_is_recorded_and_what_is_kept_stays_as_it_was() -> None:
    acme, words = with_words()
    assert acme.run(note_source_change, a_change()) == 1
    noted = acme.evidence(words)
    assert (noted.source_changed_at, noted.source_deleted_at) == (LATER, None)
    assert (noted.text, noted.sha256, noted.state) == (words.text, words.sha256, words.state)


def test_each_edit_and_the_deletion_is_one_audit_entry_that_says_when() -> None:
    acme, words = with_words()
    acme.run(note_source_change, a_change())
    acme.run(note_source_change, a_change(EVEN_LATER, deleted=True))
    assert acme.entries[-2:] == ["evidence:source-changed", "evidence:source-deleted"]
    entry = acme.last_entry
    assert (entry.about, entry.who, entry.platform) == (f"evidence:{words.id}", "slack", "slack")
    assert entry.before == {"changed_at": LATER.isoformat(), "deleted_at": None}
    assert entry.after["deleted_at"] == EVEN_LATER.isoformat()
    assert entry.after["sha256"] == words.sha256


def test_told_twice_it_is_recorded_once() -> None:
    acme, _ = with_words()
    for change in (a_change(), a_change(deleted=True)):
        acme.run(note_source_change, change)
        before = acme.snapshot()
        assert acme.run(note_source_change, change) == 0
        assert acme.snapshot() == before


def test_told_in_the_wrong_order_the_record_is_the_same() -> None:
    acme, words = with_words()
    acme.run(note_source_change, a_change(EVEN_LATER, deleted=True))
    acme.run(note_source_change, a_change(LATER))
    acme.run(note_source_change, a_change(MONDAY))
    noted = acme.evidence(words)
    assert (noted.source_changed_at, noted.source_deleted_at) == (LATER, EVEN_LATER)


@pytest.mark.parametrize(
    "change",
    [
        a_change(message="2.000001"),
        a_change(conversation="D2"),
        a_change(platform="teams"),
        a_change(conversation="", message=""),
        SourceChange(platform="slack", file="F-other", at=LATER),
    ],
)
def test_what_nobody_kept_changes_nothing(change: SourceChange) -> None:
    acme, _ = with_words()
    before = acme.snapshot()
    assert not acme.run(is_known, change)
    assert acme.run(note_source_change, change) == 0
    assert acme.snapshot() == before


def test_the_messages_about_its_task_are_to_be_edited() -> None:
    acme, _ = with_words()
    acme.by("max", nudge, TASK)
    (notice,) = acme.notices(Occasion.NUDGE)
    shown = SentMessage(
        notice_id=notice.id, platform="slack", conversation="D9", message="9.0", desired_version=1, delivered_version=1
    )
    acme.uow.notices.add_message(shown)
    acme.run(note_source_change, a_change())
    assert [one.desired_version for one in acme.uow.notices.messages_of(TASK)] == [2]


def test_an_answer_that_was_given_with_it_stands_unchanged() -> None:
    acme, words = with_words()
    task = acme.answers()
    acme.run(note_source_change, a_change(deleted=True))
    assert acme.task == task
    assert acme.uow.answers.attestations(TASK)[-1].evidence == (words.id,)


# files


def test_a_file_deleted_afterwards_is_recorded_and_stays_bound() -> None:
    acme, file = with_file()
    acme.run(note_source_change, of_file(deleted=True))
    noted = acme.evidence(file)
    assert (noted.source_deleted_at, noted.state, noted.sha256) == (LATER, EvidenceState.BOUND, "aa")


def test_deleting_the_message_it_came_with_is_recorded_too_but_editing_its_words_is_not() -> None:
    acme, file = with_file()
    assert acme.run(note_source_change, a_change()) == 0
    acme.run(note_source_change, a_change(deleted=True))
    assert acme.evidence(file).source_changed_at is None
    assert acme.evidence(file).source_deleted_at == LATER


def test_what_the_platform_itself_does_to_a_new_file_is_no_change() -> None:
    acme, file = with_file()
    assert acme.run(note_source_change, of_file(MONDAY + SETTLING - timedelta(seconds=1))) == 0
    acme.run(note_source_change, of_file(MONDAY + SETTLING))
    assert acme.evidence(file).source_changed_at == MONDAY + SETTLING


def test_a_change_before_the_bytes_were_taken_is_no_change() -> None:
    acme = a_company()
    file = acme.by("olga", attach_files, TASK, [a_file()], origin=ORIGIN)[0]
    assert acme.run(note_source_change, of_file()) == 0
    assert acme.evidence(file).source_changed_at is None


def test_a_file_that_is_attached_to_two_tasks_is_marked_in_both_and_one_taken_off_as_well() -> None:
    acme, file = with_file()
    acme.by("olga", remove_evidence, file.id)
    again = acme.attaches()
    assert acme.run(note_source_change, of_file(deleted=True)) == 2
    assert acme.evidence(again).source_deleted_at == LATER
