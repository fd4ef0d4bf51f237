from dataclasses import replace
from datetime import date

import pytest

from tasks.controls import EvidenceItem
from tasks.errors import Invalid, NotAllowed, NotFound, Stale
from tasks.identifiers import PersonId, TaskId
from tasks.model import Answer, TaskState
from tasks.notices import NoticeState, Occasion
from tasks.operations.answer_task import Given, Shortfall, ZeroResult, answer_task
from tasks.operations.attach_evidence import remove_evidence
from tasks.operations.check_files import refuse_file
from tasks.operations.save_draft import save_draft
from tasks.operations.schedule import climb_ladders
from tests.builders import a_control_text, a_task, an_item, utc
from tests.tasks.operations.company import (
    DONE,
    NOT_DONE,
    OLGA,
    SHORTFALL,
    TASK,
    ZERO,
    Company,
    a_company,
    found,
    on_leave,
    with_acceptance,
)

NEEDS_A_LIST = a_control_text(evidence=(an_item("leaver-list", population=True), an_item("sign-off")))
EVERY_ANSWER = (DONE, found("A leaver kept access"), replace(NOT_DONE, answer=Answer.NOT_FULLY_DONE), NOT_DONE, ZERO)


# --- each answer


@pytest.mark.parametrize("given", EVERY_ANSWER, ids=lambda given: given.answer)
def test_every_answer_settles_a_task_that_needs_no_acceptance(given: Given) -> None:
    acme = a_company()
    answered = acme.answers(given=given)
    assert (answered.state, answered.answer, answered.settled_by) == (TaskState.RECORDED, given.answer, "olga")
    assert answered.answered_at == answered.settled_at == acme.clock.now()


@pytest.mark.parametrize("given", EVERY_ANSWER, ids=lambda given: given.answer)
def test_every_answer_waits_for_acceptance_where_the_control_asks_for_it(given: Given) -> None:
    answered = with_acceptance().answers(given=given)
    assert (answered.state, answered.answered_by, answered.settled_at) == (TaskState.SUBMITTED, "olga", None)


def test_the_signed_statement_is_kept_as_it_was_shown() -> None:
    acme = a_company()
    acme.answers(given=replace(DONE, comment=" All fine. "))
    (signed,) = acme.uow.answers.attestations(TASK)
    assert signed.statement == (
        "I confirm that the access of everybody who left was removed for October 2026, checked on 2 November 2026."
    )
    assert (signed.person_id, signed.role, signed.on_behalf_of) == ("olga", "owner", None)
    assert (signed.control_version, signed.version, signed.comment) == (1, 1, "All fine.")
    assert (signed.at, signed.platform, signed.message) == (acme.clock.now(), "slack", "message-7")


def test_an_answer_without_evidence_is_a_representation_only() -> None:
    acme = a_company()
    acme.answers()
    assert acme.uow.answers.attestations(TASK)[0].representation_only


def test_an_answer_is_bound_to_the_evidence_present_and_to_no_other() -> None:
    acme = a_company()
    kept, checking, removed, refused = acme.writes(), acme.attaches(), acme.writes(), acme.attaches(name="virus.exe")
    acme.by("olga", remove_evidence, removed.id)
    acme.run(refuse_file, refused.id, "Programs can't be evidence.")
    acme.answers()
    signed = acme.uow.answers.attestations(TASK)[0]
    assert signed.evidence == (kept.id, checking.id)
    assert not signed.representation_only


def test_found_problems_need_a_description() -> None:
    acme = a_company()
    for empty in (found(), found(" ")):
        assert "problem" in acme.refused(Invalid, "olga", answer_task, TASK, 1, empty).fields


def test_a_problem_needs_an_owner_who_is_there() -> None:
    acme = a_company(replace(OLGA, id=PersonId("gone"), email="gone@example.com", active=False))
    assert "problem_owner" in acme.refused(Invalid, "olga", answer_task, TASK, 1, found("Access", owner="gone")).fields
    acme.refused(NotFound, "olga", answer_task, TASK, 1, found("Access", owner="nobody"))


def test_each_problem_opens_a_finding_whose_owner_is_told() -> None:
    acme = a_company()
    acme.answers(given=found("Eve kept access", "So did Bob"))
    assert [(one.description, one.owner_id, one.due_on) for one in acme.findings] == [
        ("Eve kept access", "carl", date(2026, 12, 1)),
        ("So did Bob", "carl", date(2026, 12, 1)),
    ]
    assert [one.detail for one in acme.notices(Occasion.FINDING)] == [
        "Eve kept access (due 2026-12-01)",
        "So did Bob (due 2026-12-01)",
    ]
    assert acme.told(Occasion.FINDING) == ["carl", "carl"]


def test_a_finding_is_no_deviation() -> None:
    acme = a_company()
    acme.answers(given=found("Eve kept access"))
    assert acme.deviations == []


@pytest.mark.parametrize("answer", [Answer.NOT_DONE, Answer.NOT_FULLY_DONE])
@pytest.mark.parametrize("left_out", ["cause", "look_back", "correction"])
def test_an_adverse_answer_needs_cause_look_back_and_correction(answer: Answer, left_out: str) -> None:
    acme = a_company()
    short = Given(answer=answer, shortfall=replace(SHORTFALL, **{left_out: " "}))
    assert list(acme.refused(Invalid, "olga", answer_task, TASK, 1, short).fields) == [left_out]


def test_an_adverse_answer_is_thanked_for_before_it_is_complete() -> None:
    refusal = a_company().refused(Invalid, "olga", answer_task, TASK, 1, Given(answer=Answer.NOT_DONE))
    assert str(refusal).startswith("Thank you")
    assert list(refusal.fields) == ["cause", "look_back", "correction"]


def test_an_adverse_answer_needs_no_evidence() -> None:
    assert a_company(text=NEEDS_A_LIST).answers(given=NOT_DONE).state is TaskState.RECORDED


def test_an_adverse_answer_opens_a_deviation() -> None:
    acme = a_company()
    acme.answers(given=NOT_DONE)
    (deviation,) = acme.deviations
    assert (deviation.answer, deviation.opened_at, deviation.withdrawn) == (Answer.NOT_DONE, acme.clock.now(), False)
    assert Shortfall(cause=deviation.cause, look_back=deviation.look_back, correction=deviation.correction) == SHORTFALL


def test_nothing_to_report_needs_the_query_that_shows_zero() -> None:
    acme = a_company()
    for zero in (None, ZeroResult(source="HR system", query=" "), ZeroResult(source="", query="left in October")):
        given = replace(ZERO, zero=zero)
        assert list(acme.refused(Invalid, "olga", answer_task, TASK, 1, given).fields) == ["source", "query"]


def test_words_alone_do_not_show_zero() -> None:
    acme = a_company()
    acme.writes(text="Nobody left, honestly")
    acme.refused(Invalid, "olga", answer_task, TASK, 1, replace(ZERO, zero=None))


def test_the_query_that_shows_zero_is_bound_as_a_population_of_no_rows() -> None:
    acme = a_company(text=NEEDS_A_LIST)
    acme.answers(given=ZERO)
    (shown,) = acme.uow.evidence.of_task(TASK)
    assert (shown.item, shown.text) == ("leaver-list", "HR system: left in October 2026\nResult: 0 rows")
    assert shown.card
    assert (shown.card.source, shown.card.query, shown.card.row_count) == ("HR system", "left in October 2026", 0)
    assert acme.uow.answers.attestations(TASK)[0].evidence == (shown.id,)


def test_an_export_of_no_rows_with_its_card_shows_zero_too() -> None:
    acme = a_company(text=NEEDS_A_LIST)
    listed = acme.has_population()
    acme.binds(listed, rows=0)
    assert acme.answers(given=replace(ZERO, zero=None)).answer is Answer.NOTHING_TO_REPORT


# --- what is missing


def test_done_is_blocked_by_a_list_of_all_that_is_missing() -> None:
    refusal = a_company(text=NEEDS_A_LIST).refused(Invalid, "olga", answer_task, TASK, 1, DONE)
    assert str(refusal) == ("Not sent yet. The leaver list: not attached yet; The sign off: not attached yet.")


def test_done_with_problems_is_blocked_by_what_is_missing_too() -> None:
    refusal = a_company(text=NEEDS_A_LIST).refused(Invalid, "olga", answer_task, TASK, 1, found("Access"))
    assert "not attached yet" in str(refusal)


def test_a_population_without_its_card_is_still_missing() -> None:
    acme = a_company(text=a_control_text(evidence=(an_item("leaver-list", population=True),)))
    acme.attaches(item="leaver-list")
    refusal = acme.refused(Invalid, "olga", answer_task, TASK, 1, DONE)
    assert str(refusal) == "Not sent yet. list.csv: its source card is not filled in."


def test_a_file_that_is_still_being_checked_counts_as_present() -> None:
    acme = a_company(text=a_control_text(evidence=(EvidenceItem(key="proof", text="Proof", required=True),)))
    acme.attaches(item="proof")
    assert acme.answers().state is TaskState.RECORDED


# --- who, and the loser of a race


def test_only_whose_turn_it_is_answers() -> None:
    acme = a_company()
    for who in ("dan", "max", "lee", "ada", "zoe"):
        acme.refused(NotAllowed, who, answer_task, TASK, 1, DONE)


def test_a_job_can_not_answer() -> None:
    a_company().refused(NotAllowed, "clock", answer_task, TASK, 1, DONE)


def test_a_delegate_answers_on_behalf_of_the_owner_and_both_are_on_record() -> None:
    acme = a_company(on_leave(OLGA))
    answered = acme.answers("dan")
    (signed,) = acme.uow.answers.attestations(TASK)
    assert (signed.person_id, signed.role, signed.on_behalf_of) == ("dan", "delegate", "olga")
    assert (answered.owner_id, answered.answered_by) == ("olga", "dan")
    assert acme.last_entry.after["on_behalf_of"] == "olga"


def test_the_loser_of_a_race_is_told_who_answered_what_and_when() -> None:
    acme = a_company(on_leave(OLGA))
    acme.answers("dan", NOT_DONE)
    acme.clock.advance(minutes=1)
    refusal = acme.refused(Stale, "olga", answer_task, TASK, 1, DONE)
    assert str(refusal) == (
        "Dan already answered “Leaver access removal” with “Not done” on 2 Nov 2026 at 09:00. Nothing was changed."
    )


def test_a_second_click_is_told_so_in_the_second_person_and_the_readers_own_time() -> None:
    acme = a_company(replace(OLGA, time_zone="Europe/Berlin"))
    acme.answers()
    refusal = acme.refused(Stale, "olga", answer_task, TASK, 1, DONE)
    assert str(refusal).startswith("You already answered “Leaver access removal” with “Done” on 2 Nov 2026 at 10:00.")


def test_an_answer_to_an_older_version_is_refused() -> None:
    acme = a_company(tasks=(a_task(version=3),))
    refusal = acme.refused(Stale, "olga", answer_task, TASK, 2, DONE)
    assert "has changed since you opened it" in str(refusal)


def test_an_unknown_task_is_not_found() -> None:
    a_company().refused(NotFound, "olga", answer_task, TaskId("nothing"), 1, DONE)


# --- what follows


def test_an_answer_ends_the_ladder_and_skips_what_is_owed() -> None:
    acme = a_company(tasks=(a_task(next_rung_at=utc(2026, 11, 9, 9)),))
    owe_reminder(acme)
    assert acme.answers().next_rung_at is None
    assert acme.notices(Occasion.REMINDER_1)[0].state is NoticeState.SKIPPED


def owe_reminder(acme: Company) -> None:
    acme.clock.moment = utc(2026, 11, 13, 9)
    acme.run(climb_ladders)
    assert acme.told(Occasion.REMINDER_1) == ["olga"]


def test_the_acceptor_is_asked_at_once_and_reminded_two_business_days_later() -> None:
    acme = with_acceptance()
    assert acme.answers().next_rung_at == utc(2026, 11, 4, 9)
    assert acme.told(Occasion.ACCEPTANCE_ASKED) == ["lee"]


def test_an_answer_ends_waiting_and_drafts() -> None:
    acme = a_company(tasks=(a_task(waiting_on="Payroll", waiting_until=date(2026, 11, 9)),))
    acme.by("olga", save_draft, TASK, {"comment": "half a thought"})
    answered = acme.answers()
    assert (answered.waiting_on, answered.waiting_until) == ("", None)
    assert acme.uow.answers.draft(TASK, OLGA.id) is None


def test_an_answer_is_one_audit_entry_with_its_words_apart() -> None:
    acme = a_company()
    acme.answers(given=replace(DONE, comment="All fine"))
    assert acme.entries == ["task:answer"]
    entry = acme.last_entry
    assert (entry.about, entry.who, entry.message) == ("task:task-1", "olga", "message-7")
    assert entry.before == {"state": "open", "version": 1}
    assert {"state": "recorded", "version": 2, "answer": "done", "attestation": 1}.items() <= entry.after.items()
    assert entry.detail.endswith("\nAll fine")


def test_nothing_to_report_is_two_entries_the_proof_and_the_answer() -> None:
    acme = a_company()
    acme.answers(given=ZERO)
    assert acme.entries == ["evidence:attach", "task:answer"]
