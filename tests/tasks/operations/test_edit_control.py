from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tasks.controls import Cadence, SpanKind
from tasks.errors import Invalid, NotAllowed, Stale
from tasks.operations.edit_control import edit_control
from tasks.operations.schedule import open_due, plan_ahead, plan_control
from tests.builders import a_control, a_control_text, an_item, utc
from tests.tasks.operations.company import BARE, CONTROL, Company, a_company

TITLED = replace(BARE, title="Leavers lose their access")
QUARTERLY = replace(
    BARE,
    rrule="FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=5",
    cadence=Cadence.QUARTERLY,
    cadence_text="Quarterly",
    span=SpanKind.PREVIOUS_QUARTER,
)


def edits(acme: Company, who: str = "lee", version: int = 1, **changes: Any) -> int:
    return acme.by(who, edit_control, CONTROL, expected_version=version, **changes).version


def test_an_edit_is_a_new_version_and_the_old_words_stay_readable() -> None:
    acme = a_company()
    assert edits(acme, text=TITLED, reason="Clearer") == 2
    assert acme.uow.controls.get(CONTROL).text.title == "Leavers lose their access"
    assert acme.uow.controls.text(CONTROL, 1) == BARE


def test_it_is_on_record_with_what_changed_before_and_after_and_why() -> None:
    acme = a_company()
    edits(acme, text=TITLED, department="security", reason=" Clearer ")
    entry = acme.last_entry
    assert (entry.what, entry.about, entry.who, entry.detail) == ("control:edit", "control:iam-03", "lee", "Clearer")
    assert entry.before == {"version": 1, "department": "it", "title": "Leaver access removal"}
    assert entry.after == {"version": 2, "department": "security", "title": "Leavers lose their access"}


def test_evidence_and_criteria_are_on_record_in_words() -> None:
    acme = a_company()
    edits(acme, text=replace(BARE, evidence=(an_item("list", population=True),), refs={"tsc": ("CC6.1", "CC6.2")}))
    assert acme.last_entry.after["evidence"] == ["list: The list (required, population)"]
    assert acme.last_entry.after["refs"] == ["tsc: CC6.1, CC6.2"]


def test_open_tasks_keep_their_version_and_the_next_ones_get_the_new() -> None:
    acme = a_company()
    acme.run(plan_control, acme.control)
    edits(acme, text=TITLED)
    assert (acme.task.control_version, acme.task.title) == (1, "Leaver access removal")
    planned = acme.uow.tasks.planned(until=utc(2027, 1, 10))
    assert planned
    assert {(one.control_version, one.title) for one in planned} == {(2, "Leavers lose their access")}


def test_the_loser_of_a_race_is_told_who_won_and_when() -> None:
    acme = a_company()
    edits(acme, "ada", text=TITLED)
    refusal = acme.refused(Stale, "lee", edit_control, CONTROL, expected_version=1, area="Other")
    assert str(refusal).startswith("Ada changed IAM-03 on 2 Nov 2026 at 09:00. Nothing of yours was saved")


def test_an_edit_of_anything_else_is_a_version_too_so_that_two_can_not_overwrite_each_other() -> None:
    acme = a_company()
    assert edits(acme, department="security") == 2
    acme.refused(Stale, "lee", edit_control, CONTROL, expected_version=1, department="hr")


def test_an_edit_that_changes_nothing_is_none() -> None:
    acme = a_company()
    before = acme.snapshot()
    assert edits(acme, text=BARE, department="IT", area="Access") == 1
    assert acme.snapshot() == before


def test_only_a_compliance_lead_an_admin_or_the_command_line_edit() -> None:
    acme = a_company()
    for who in ("olga", "max", "sue", "zoe"):
        acme.refused(NotAllowed, who, edit_control, CONTROL, expected_version=1, text=TITLED)
    assert edits(acme, "cli", text=TITLED) == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": replace(BARE, rrule="FREQ=SECONDLY")}, "rrule"),
        ({"text": replace(BARE, statement="{nothing}")}, "statement"),
        ({"text": replace(BARE, refs={"tsc": ("CC0",)})}, "criteria"),
        ({"department": " "}, "department"),
        ({"area": "a" * 61}, "area"),
        ({"starts_on": date(2026, 11, 1)}, "starts_on"),
        ({"text": QUARTERLY, "starts_on": date(2026, 10, 31)}, "starts_on"),
    ],
)
def test_problems_are_told_for_their_field(changes: dict[str, Any], field: str) -> None:
    refusal = a_company().refused(Invalid, "lee", edit_control, CONTROL, expected_version=1, **changes)
    assert set(refusal.fields) == {field}


def test_a_criterion_of_the_companys_own_catalogue_is_not_held_against_a_later_edit() -> None:
    acme = a_company(text=replace(BARE, refs={"tsc": ("CC6.77",)}))
    assert edits(acme, text=replace(TITLED, refs={"tsc": ("CC6.77",)})) == 2


def test_a_new_rhythm_begins_today_and_opens_nothing_of_days_gone_by() -> None:
    acme = a_company(now=utc(2026, 11, 20, 9))
    edits(acme, text=QUARTERLY)
    assert acme.uow.controls.get(CONTROL).starts_on == date(2026, 11, 20)
    acme.run(plan_ahead)
    assert acme.run(open_due) == 0
    assert [one.occurrence for one in acme.uow.tasks.planned(until=utc(2027, 2, 1))] == ["2026-Q4"]


def test_or_on_the_day_that_was_named() -> None:
    acme = a_company()
    edits(acme, text=QUARTERLY, starts_on=date(2027, 2, 1))
    assert [one.occurrence for one in acme.uow.tasks.planned(until=utc(2027, 5, 1))] == ["2027-Q1"]


def test_other_words_leave_the_day_it_starts_on_alone() -> None:
    acme = a_company()
    edits(acme, text=replace(TITLED, due_days=5))
    assert acme.uow.controls.get(CONTROL).starts_on == date(2026, 1, 1)


def test_a_control_that_has_not_begun_keeps_its_beginning() -> None:
    acme = a_company()
    later = replace(a_control("IAM-09"), starts_on=date(2027, 6, 1))
    acme.uow.controls.add(later)
    edited = acme.by("lee", edit_control, later.id, expected_version=1, text=QUARTERLY)
    assert edited.starts_on == date(2027, 6, 1)


def test_the_words_of_a_catalogue_control_may_be_edited_like_any() -> None:
    acme = a_company(text=a_control_text())
    assert edits(acme, text=replace(a_control_text(), prompt="Please look at last month's leavers.")) == 2
