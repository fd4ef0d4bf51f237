from datetime import date, timedelta
from typing import Any

from tasks.evidence import Evidence, EvidenceState
from tasks.identifiers import ControlId, TaskId
from tasks.model import Decision, Task, TaskState
from tasks.notices import NoticeState, Occasion
from tasks.operations.check_files import bind_file, files_to_check, refuse_file, retry_file
from tasks.operations.review_submission import review_submission
from tests.builders import a_control, a_task, utc
from tests.tasks.operations.company import BARE, TASK, Company, a_company, with_acceptance

PROBLEM = "notes.exe is a program. Attach a document, picture or export."
SEPTEMBER = TaskId("september")


def refuses(acme: Company, evidence: Evidence) -> None:
    acme.run(refuse_file, evidence.id, PROBLEM)


def september(**changes: Any) -> Task:
    fields = {"occurrence": "2026-09", "span_start": date(2026, 9, 1), "span_end": date(2026, 9, 30), **changes}
    return a_task(SEPTEMBER, **fields)


def with_the_same_file_before(earlier: Task) -> tuple[Company, Evidence]:
    acme = a_company(tasks=(a_task(), earlier))
    acme.uow.controls.add(a_control("HR-01", text=BARE))
    acme.binds(acme.attaches(task=SEPTEMBER))
    return acme, acme.attaches()


# --- bound


def test_a_file_is_bound_by_its_hash() -> None:
    acme = a_company()
    bound = acme.binds(acme.attaches(), "ab" * 32, rows=12)
    assert (bound.state, bound.sha256, bound.media_type) == (EvidenceState.BOUND, "ab" * 32, "text/csv")
    assert (bound.size, bound.row_count, bound.next_attempt_at) == (99, 12, None)


def test_each_binding_is_an_audit_entry_of_its_own() -> None:
    acme = a_company()
    first, second = acme.attaches(name="1.csv"), acme.attaches(name="2.csv")
    acme.binds(first, "aa")
    acme.binds(second, "bb")
    assert acme.entries[2:] == ["evidence:bind", "evidence:bind"]
    assert (acme.last_entry.who, acme.last_entry.after["sha256"]) == ("clock", "bb")


def test_binding_twice_changes_nothing() -> None:
    acme = a_company()
    bound = acme.binds(acme.attaches())
    before = acme.snapshot()
    assert acme.binds(bound, "other") == bound
    refuses(acme, bound)
    assert acme.snapshot() == before


def test_the_file_of_an_earlier_span_of_the_control_is_refused_by_name() -> None:
    acme, again = with_the_same_file_before(september())
    acme.binds(again)
    assert acme.evidence(again).state is EvidenceState.REJECTED
    assert (
        acme.evidence(again).problem == "list.csv is the very same file as for 2026-09. Export it again for this time."
    )


def test_the_same_file_may_serve_another_control() -> None:
    acme, again = with_the_same_file_before(september(control_id=ControlId("hr-01"), origin="hr-01"))
    assert acme.binds(again).state is EvidenceState.BOUND


def test_the_same_file_may_serve_two_subjects_of_one_occurrence() -> None:
    acme, again = with_the_same_file_before(a_task(SEPTEMBER, subject="okta"))
    assert acme.binds(again).state is EvidenceState.BOUND


# --- refused


def test_who_sent_a_refused_file_hears_why() -> None:
    acme = a_company()
    refuses(acme, acme.attaches())
    assert [(one.key.recipient, one.detail) for one in acme.notices(Occasion.FILE_PROBLEM)] == [
        ("person:olga", PROBLEM)
    ]
    assert acme.entries == ["evidence:attach", "evidence:refuse"]


def test_a_file_refused_before_the_answer_leaves_the_task_alone() -> None:
    acme = a_company()
    before = acme.task
    refuses(acme, acme.attaches())
    assert acme.task == before


def answered_with_a_bad_file(acme: Company) -> Company:
    file = acme.attaches()
    acme.answers()
    acme.clock.advance(hours=1)
    refuses(acme, file)
    return acme


def test_a_file_refused_after_the_answer_opens_the_task_again() -> None:
    for acme in (a_company(), with_acceptance()):
        answered_with_a_bad_file(acme)
        assert (acme.task.state, acme.task.round, acme.task.return_reason) == (TaskState.OPEN, 2, PROBLEM)
        assert acme.told(Occasion.RETURNED) == ["olga"]
        assert acme.entries[-2:] == ["evidence:refuse", "task:return"]


def test_the_first_answers_time_stands_if_the_replacement_beats_the_limit() -> None:
    acme = answered_with_a_bad_file(a_company(tasks=(a_task(limit_at=utc(2026, 12, 1)),)))
    acme.clock.moment = utc(2026, 12, 1)
    assert acme.answers().answered_at == utc(2026, 11, 2, 9)


def test_it_does_not_stand_after_the_limit() -> None:
    acme = answered_with_a_bad_file(a_company(tasks=(a_task(limit_at=utc(2026, 12, 1)),)))
    acme.clock.moment = utc(2026, 12, 1, 0, 1)
    assert acme.answers().answered_at == utc(2026, 12, 1, 0, 1)


def test_where_no_limit_is_promised_the_due_time_is_the_limit() -> None:
    acme = answered_with_a_bad_file(a_company())
    acme.clock.moment = utc(2026, 11, 16, 17)
    assert acme.answers().answered_at == utc(2026, 11, 2, 9)


def test_the_acceptor_has_the_whole_time_for_a_replacement() -> None:
    acme = answered_with_a_bad_file(with_acceptance(limit_at=utc(2026, 12, 1)))
    acme.clock.moment = utc(2026, 11, 30, 10)
    task = acme.answers()
    assert (task.answered_at, task.next_rung_at) == (utc(2026, 11, 2, 9), utc(2026, 12, 2, 9))


def test_a_return_by_the_acceptor_forgets_the_first_answers_time() -> None:
    acme = answered_with_a_bad_file(with_acceptance())
    acme.clock.advance(hours=1)
    acme.by("lee", review_submission, TASK, acme.answers().version, Decision.RETURN, reason="More")
    acme.clock.advance(hours=1)
    assert acme.answers().answered_at == acme.clock.now()


def test_a_second_refused_file_returns_the_task_no_second_time() -> None:
    acme = a_company()
    first, second = acme.attaches(name="1.exe"), acme.attaches(name="2.exe")
    acme.answers()
    refuses(acme, first)
    version = acme.task.version
    refuses(acme, second)
    assert acme.task.version == version
    assert len(acme.notices(Occasion.FILE_PROBLEM)) == 2


def test_the_question_to_the_acceptor_is_taken_back() -> None:
    acme = answered_with_a_bad_file(with_acceptance())
    assert acme.notices(Occasion.ACCEPTANCE_ASKED)[0].state is NoticeState.SKIPPED


# --- tried again


def test_a_file_that_can_not_be_fetched_is_tried_again_later() -> None:
    acme = a_company()
    file = acme.attaches()
    assert acme.run(files_to_check, limit=9) == [file]
    acme.run(retry_file, file.id, after=timedelta(minutes=1), error="Slack did not answer")
    assert acme.run(files_to_check, limit=9) == []
    acme.clock.advance(minutes=1)
    (again,) = acme.run(files_to_check, limit=9)
    assert (again.attempts, again.problem) == (1, "Slack did not answer")
    assert acme.entries == ["evidence:attach"]


def test_a_file_bound_after_all_has_no_problem_left() -> None:
    acme = a_company()
    file = acme.attaches()
    acme.run(retry_file, file.id, after=timedelta(minutes=1), error="Slack did not answer")
    assert acme.binds(file).problem == ""


def test_what_was_bound_is_not_tried_again() -> None:
    acme = a_company()
    bound = acme.binds(acme.attaches())
    acme.run(retry_file, bound.id, after=timedelta(minutes=1), error="late failure")
    assert acme.evidence(bound) == bound
    assert acme.run(bind_file, bound.id, sha256="x", media_type="", size=0, row_count=None) == bound
