from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tasks.control_text import known_criteria
from tasks.errors import Invalid, NotAllowed
from tasks.identifiers import PersonId
from tasks.operations.add_control import add_control
from tasks.operations.retire_control import retire_control
from tests.builders import a_control_text, a_person, an_item, utc
from tests.tasks.operations.company import CONTROL, a_company

NEW: dict[str, Any] = {
    "code": "OWN-01",
    "area": "Operations",
    "department": "Platform",
    "text": a_control_text(title="Our own check"),
    "starts_on": date(2026, 11, 1),
}


def test_a_companys_own_control_is_as_good_as_any() -> None:
    acme = a_company()
    control = acme.by("lee", add_control, **NEW, owner_id=PersonId("olga"))
    assert acme.uow.controls.get(control.id) == control
    assert (control.code, control.department, control.version) == ("OWN-01", "platform", 1)
    planned = acme.uow.tasks.planned(until=utc(2026, 12, 1))
    assert [(one.occurrence, one.owner_id, one.title) for one in planned] == [("2026-10", "olga", "Our own check")]


def test_without_an_owner_it_falls_to_the_compliance_lead() -> None:
    acme = a_company()
    acme.by("ada", add_control, **NEW)
    assert {one.owner_id for one in acme.uow.tasks.planned(until=utc(2026, 12, 1))} == {"lee"}


def test_it_is_one_audit_entry() -> None:
    acme = a_company()
    control = acme.by("lee", add_control, **NEW)
    assert (acme.last_entry.what, acme.last_entry.about) == ("control:add", f"control:{control.id}")
    assert acme.last_entry.after["code"] == "OWN-01"


def test_only_a_compliance_lead_an_admin_or_the_command_line_add_controls() -> None:
    acme = a_company()
    for who in ("olga", "max", "sue", "zoe"):
        acme.refused(NotAllowed, who, add_control, **NEW)
    acme.by("cli", add_control, **NEW)


def test_a_guest_or_leaver_can_not_own_it() -> None:
    acme = a_company(a_person("gus", guest=True))
    acme.refused(Invalid, "lee", add_control, **NEW, owner_id=PersonId("gus"))


@pytest.mark.parametrize("code", ["IAM-03", "iam-03", " Iam-03 "])
def test_a_code_is_taken_once_whatever_the_case_of_its_letters(code: str) -> None:
    refusal = a_company().refused(Invalid, "lee", add_control, **NEW | {"code": code})
    assert "IAM-03 is “Leaver access removal” already" in refusal.fields["code"]


def test_the_code_of_a_retired_control_is_said_to_be_so() -> None:
    acme = a_company()
    acme.by("lee", retire_control, CONTROL)
    assert (
        "retired: bring it back" in acme.refused(Invalid, "lee", add_control, **NEW | {"code": "IAM-03"}).fields["code"]
    )


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("title", {"title": " "}),
        ("title", {"title": "t" * 151}),
        ("prompt", {"prompt": ""}),
        ("statement", {"statement": "I confirm for {quarter}."}),
        ("statement", {"statement": "I confirm {period."}),
        ("statement", {"statement": "I confirm {}."}),
        ("rrule", {"rrule": "FREQ=HOURLY"}),
        ("rrule", {"rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}),
        ("due_days", {"due_days": 0}),
        ("due_days", {"due_days": 367}),
        ("limit_days", {"due_days": 14, "limit_days": 13}),
        ("limit_days", {"limit_days": 4000}),
        ("evidence", {"evidence": (an_item("list"), an_item("list"))}),
        ("evidence", {"evidence": (an_item("The List"),)}),
        ("evidence", {"evidence": (an_item("list", text=" "),)}),
        ("evidence", {"evidence": (an_item("list", required=False),)}),
        ("evidence", {"evidence": tuple(an_item(f"list-{n}") for n in range(21))}),
        ("criteria", {"refs": {"tsc": ("CC6.99",)}}),
        ("criteria", {"refs": {"tsc": ("CC6.1", "CC6.1")}}),
    ],
)
def test_every_problem_is_told_for_its_field_and_nothing_is_added(field: str, changes: dict[str, Any]) -> None:
    refusal = a_company().refused(Invalid, "lee", add_control, **NEW | {"text": replace(NEW["text"], **changes)})
    assert set(refusal.fields) == {field}


@pytest.mark.parametrize("field", ["code", "area", "department"])
def test_code_area_and_department_are_needed(field: str) -> None:
    assert set(a_company().refused(Invalid, "lee", add_control, **NEW | {field: "  "}).fields) == {field}


def test_a_mistyped_criterion_gets_the_nearest_one() -> None:
    text = a_control_text(refs={"tsc": ("CC6.11",)})
    refusal = a_company().refused(Invalid, "lee", add_control, **NEW | {"text": text})
    assert "Did you mean “CC6.1”?" in refusal.fields["criteria"]


def test_all_problems_are_told_at_once() -> None:
    text = a_control_text(title="", due_days=0)
    refusal = a_company().refused(Invalid, "lee", add_control, **NEW | {"code": "a  b", "text": text})
    assert set(refusal.fields) == {"code", "title", "due_days"}


def test_a_control_without_evidence_or_criteria_is_taken() -> None:
    acme = a_company()
    assert acme.by("lee", add_control, **NEW | {"text": a_control_text(evidence=(), refs={})}).text.evidence == ()


def test_the_shipped_criteria_are_known() -> None:
    assert len(known_criteria()) == 61
