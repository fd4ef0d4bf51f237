from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tasks.errors import NotFound
from tasks.evidence import Evidence, EvidenceKind, EvidenceState, IpeCard, Said
from tasks.identifiers import ControlId, EvidenceId, PersonId, TaskId
from tasks.ports import UnitOfWork
from tests.builders import a_control, utc
from tests.contracts.steps import another, opened, staffed_with_task

OLGA, MAX = PersonId("olga"), PersonId("max")
TASK, OTHER = TaskId("task-1"), TaskId("other")
NOON = utc(2026, 11, 3, 12)
CARD = IpeCard(
    source="Okta",
    query="status = 'left'",
    span_start=date(2026, 10, 1),
    span_end=date(2026, 10, 31),
    row_count=None,
    run_by=OLGA,
    run_at=NOON,
    changed_after=True,
    changes="Sorted",
)


SAID = Said(author="Ann Lee", author_id="U0ANN", place="#it-help", at=NOON, note="Why", permalink="https://a.example")


def a_file(handle: str = "e1", **changes: Any) -> Evidence:
    evidence = Evidence(
        id=EvidenceId(handle),
        task_id=TASK,
        item="leaver-list",
        kind=EvidenceKind.FILE,
        name="list.csv",
        added_by=OLGA,
        added_at=NOON,
    )
    return replace(evidence, **changes)


@pytest.fixture
def staged(uow: UnitOfWork) -> UnitOfWork:
    staffed_with_task(uow)
    opened(uow, another(OTHER))
    return uow


def handles(found: object) -> list[str]:
    return [one.id for one in found if isinstance(one, Evidence)]  # type: ignore[attr-defined]


def test_evidence_comes_back_whole(staged: UnitOfWork) -> None:
    whole = a_file(
        text="All of it",
        platform="slack",
        reference="F123",
        declared_type="text/csv",
        declared_size=10_000_000_000,
        state=EvidenceState.BOUND,
        problem="Too old",
        sha256="ab" * 32,
        media_type="text/csv",
        size=12,
        row_count=3,
        attempts=2,
        next_attempt_at=NOON,
        card=CARD,
        conversation="C1",
        message="1793714520.000000",
        said=SAID,
        permalink_due_at=NOON,
        source_changed_at=NOON,
        source_deleted_at=NOON + timedelta(hours=1),
    )
    staged.evidence.add(whole)
    assert staged.evidence.get(whole.id) == whole


def test_what_was_said_needs_no_card_beside_it(staged: UnitOfWork) -> None:
    staged.evidence.add(a_file(said=SAID))
    assert staged.evidence.get(EvidenceId("e1")) == a_file(said=SAID)


def test_unknown_and_foreign_evidence_is_not_found_in_the_same_words(staged: UnitOfWork, elsewhere: UnitOfWork) -> None:
    staged.evidence.add(a_file())
    with pytest.raises(NotFound) as unknown:
        elsewhere.evidence.get(EvidenceId("none"))
    with pytest.raises(NotFound) as foreign:
        elsewhere.evidence.get(EvidenceId("e1"))
    assert str(foreign.value) == str(unknown.value)
    with pytest.raises(NotFound):
        elsewhere.evidence.save(a_file())


def test_saving_changes_it(staged: UnitOfWork) -> None:
    staged.evidence.add(a_file())
    changed = a_file(state=EvidenceState.REJECTED, problem="Empty", card=CARD, item="other")
    staged.evidence.save(changed)
    assert staged.evidence.get(changed.id) == changed


def test_a_tasks_evidence_comes_oldest_first_in_every_state(staged: UnitOfWork) -> None:
    staged.evidence.add(a_file("late", added_at=NOON + timedelta(hours=1)))
    staged.evidence.add(a_file("first"))
    staged.evidence.add(a_file("a-second", state=EvidenceState.REMOVED))
    staged.evidence.add(a_file("others", task_id=OTHER))
    assert handles(staged.evidence.of_task(TASK)) == ["first", "a-second", "late"]


def test_the_same_bytes_are_found_where_they_are_bound_to_other_tasks(staged: UnitOfWork) -> None:
    bound = {"state": EvidenceState.BOUND, "sha256": "ab"}
    staged.evidence.add(a_file("mine", **bound))
    staged.evidence.add(a_file("theirs", task_id=OTHER, **bound))
    staged.evidence.add(a_file("rejected", task_id=OTHER, **{**bound, "state": EvidenceState.REJECTED}))
    staged.evidence.add(a_file("different", task_id=OTHER, **{**bound, "sha256": "cd"}))
    assert handles(staged.evidence.with_hash("ab", other_than=TASK)) == ["theirs"]


def test_evidence_without_a_hash_equals_nothing(staged: UnitOfWork) -> None:
    staged.evidence.add(a_file(task_id=OTHER, kind=EvidenceKind.TEXT, state=EvidenceState.BOUND))
    assert staged.evidence.with_hash("", other_than=TASK) == []


def test_files_being_checked_are_fetched_once_their_next_attempt_is_due(staged: UnitOfWork) -> None:
    staged.evidence.add(a_file("later", next_attempt_at=NOON + timedelta(microseconds=1)))
    staged.evidence.add(a_file("due", next_attempt_at=NOON))
    staged.evidence.add(a_file("overdue", next_attempt_at=NOON - timedelta(hours=1)))
    staged.evidence.add(a_file("new", next_attempt_at=None))
    staged.evidence.add(a_file("bound", state=EvidenceState.BOUND))
    staged.evidence.add(a_file("link", kind=EvidenceKind.LINK))
    assert handles(staged.evidence.to_fetch(now=NOON, limit=9)) == ["new", "overdue", "due"]
    assert handles(staged.evidence.to_fetch(now=NOON, limit=2)) == ["new", "overdue"]


def test_the_last_card_is_remembered_per_control_and_item(staged: UnitOfWork) -> None:
    staged.controls.add(a_control("HR-02"))
    opened(staged, another("hr", control_id=ControlId("hr-02")))
    last = replace(CARD, query="newest")
    staged.evidence.add(a_file("new", card=last, added_at=NOON + timedelta(days=1), task_id=OTHER))
    staged.evidence.add(a_file("old", card=CARD))
    staged.evidence.add(a_file("none", added_at=NOON + timedelta(days=2)))
    staged.evidence.add(a_file("item", card=CARD, item="else", added_at=NOON + timedelta(days=3)))
    staged.evidence.add(a_file("control", card=CARD, task_id=TaskId("hr"), added_at=NOON + timedelta(days=4)))
    assert staged.evidence.last_card(ControlId("iam-03"), "leaver-list") == last
    assert staged.evidence.last_card(ControlId("iam-03"), "nothing") is None


def test_the_card_of_a_removed_file_is_not_remembered(staged: UnitOfWork) -> None:
    staged.evidence.add(a_file("gone", card=CARD, state=EvidenceState.REMOVED))
    assert staged.evidence.last_card(ControlId("iam-03"), "leaver-list") is None


def test_who_opened_what_is_noted_once(staged: UnitOfWork) -> None:
    staged.evidence.add(a_file("one"))
    staged.evidence.add(a_file("two"))
    staged.evidence.add(a_file("others", task_id=OTHER))
    for handle in ("one", "one", "others"):
        staged.evidence.note_opened(EvidenceId(handle), MAX, NOON)
    staged.evidence.note_opened(EvidenceId("two"), OLGA, NOON)
    assert staged.evidence.opened_by(TASK, MAX) == {"one"}


def test_opening_unknown_evidence_is_not_found(staged: UnitOfWork) -> None:
    with pytest.raises(NotFound):
        staged.evidence.note_opened(EvidenceId("none"), MAX, NOON)


def test_lists_hold_only_the_workspaces_own(staged: UnitOfWork, elsewhere: UnitOfWork) -> None:
    staged.evidence.add(a_file(state=EvidenceState.BOUND, sha256="ab", card=CARD))
    staged.evidence.add(a_file("checking"))
    assert elsewhere.evidence.of_task(TASK) == []
    assert elsewhere.evidence.with_hash("ab", other_than=OTHER) == []
    assert elsewhere.evidence.to_fetch(now=NOON, limit=9) == []
    assert elsewhere.evidence.last_card(ControlId("iam-03"), "leaver-list") is None


def test_what_came_with_a_message_is_found_by_its_place_on_the_platform(staged: UnitOfWork) -> None:
    there = {"platform": "slack", "conversation": "C1", "message": "1.000001"}
    staged.evidence.add(a_file("late", added_at=NOON + timedelta(hours=1), task_id=OTHER, **there))
    staged.evidence.add(a_file("first", state=EvidenceState.REMOVED, **there))
    staged.evidence.add(a_file("else", **{**there, "message": "2.000001"}))
    staged.evidence.add(a_file("place", **{**there, "conversation": "C2"}))
    staged.evidence.add(a_file("teams", **{**there, "platform": "teams"}))
    staged.evidence.add(a_file("none", platform="slack"))
    assert handles(staged.evidence.of_message("slack", "C1", "1.000001")) == ["first", "late"]
    assert handles(staged.evidence.of_message("slack", "", "")) == []


def test_every_attachment_of_one_file_is_found_by_its_reference(staged: UnitOfWork) -> None:
    staged.evidence.add(a_file("second", platform="slack", reference="F1", added_at=NOON + timedelta(hours=1)))
    staged.evidence.add(a_file("first", platform="slack", reference="F1", task_id=OTHER))
    staged.evidence.add(a_file("web", platform="web", reference="F1"))
    staged.evidence.add(a_file("other", platform="slack", reference="F2"))
    staged.evidence.add(a_file("none", platform="slack"))
    assert handles(staged.evidence.of_reference("slack", "F1")) == ["first", "second"]
    assert handles(staged.evidence.of_reference("slack", "")) == []


def test_links_to_messages_are_asked_for_once_they_are_due(staged: UnitOfWork) -> None:
    staged.evidence.add(a_file("later", permalink_due_at=NOON + timedelta(microseconds=1)))
    staged.evidence.add(a_file("due", permalink_due_at=NOON))
    staged.evidence.add(a_file("overdue", permalink_due_at=NOON - timedelta(hours=1)))
    staged.evidence.add(a_file("none"))
    assert handles(staged.evidence.permalinks_due(now=NOON, limit=9)) == ["overdue", "due"]
    assert handles(staged.evidence.permalinks_due(now=NOON, limit=1)) == ["overdue"]


def test_messages_and_files_of_another_workspace_are_never_found(staged: UnitOfWork, elsewhere: UnitOfWork) -> None:
    traces: dict[str, Any] = {"platform": "slack", "conversation": "C1", "message": "1.0", "reference": "F1"}
    staged.evidence.add(a_file(permalink_due_at=NOON, **traces))
    assert elsewhere.evidence.of_message("slack", "C1", "1.0") == []
    assert elsewhere.evidence.of_reference("slack", "F1") == []
    assert elsewhere.evidence.permalinks_due(now=NOON, limit=9) == []
