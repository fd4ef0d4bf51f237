from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.controls import Cadence, Control, EvidenceItem, SpanKind
from tasks.errors import Invalid, NotAllowed
from tasks.identifiers import ControlId, PersonId
from tasks.matrix.own_file import Document, documents_of, read_own
from tasks.operations.apply_controls import Change, allowed_here, apply_controls
from tests.builders import a_control, a_control_text, an_item
from tests.tasks.operations.company import CONTROL, TASK, Company, a_company


def exported(company: Company) -> list[Document]:
    emails = {person.id: person.email for person in company.uow.people.everyone()}
    return documents_of(company.uow.controls.every(), emails)


def applied(company: Company, documents: list[Document], who: str = "cli", *, dry_run: bool = False) -> list[Change]:
    departments, criteria = allowed_here(company.uow)
    own = read_own(documents, file="own.yaml", departments=departments, criteria=criteria)
    return company.by(who, apply_controls, own, dry_run=dry_run)


def edited(company: Company, **changes: Any) -> list[Document]:
    """The file of the company's one control, with these fields changed; None takes one out."""
    [document] = exported(company)
    [entry] = cast("list[Document]", document["controls"])
    fields = {name: value for name, value in {**entry, **changes}.items() if value is not None}
    return [{"area": document["area"], "controls": [fields]}]


def control_of(company: Company, control_id: ControlId = CONTROL) -> Control:
    return company.uow.controls.get(control_id)


def test_what_was_exported_changes_nothing() -> None:
    company = a_company()
    before = company.snapshot()
    assert applied(company, exported(company)) == []
    assert company.snapshot() == before


def test_a_new_control_is_added_with_its_owner() -> None:
    company = a_company()
    documents = edited(company, code="OWN-1", title="Doors are tried", owner="Dan@example.com", starts_on=None)
    assert applied(company, documents) == [Change(code="OWN-1", title="Doors are tried", what="added")]
    control = company.uow.controls.by_code("OWN-1")
    assert control is not None
    assert (control.owner_id, control.version, control.starts_on) == ("dan", 1, company.clock.now().date())


def test_changed_words_become_a_new_version() -> None:
    company = a_company()
    changes = applied(company, edited(company, prompt="Please check it all.", due_days=20))
    assert [(one.what, one.fields) for one in changes] == [("changed", ("prompt", "due_days"))]
    assert (control_of(company).version, control_of(company).text.due_days) == (2, 20)
    assert company.uow.controls.text(CONTROL, 1) == company.control.text
    assert applied(company, exported(company)) == []


def test_retiring_and_bringing_back_are_said_in_the_file() -> None:
    company = a_company()
    kept = exported(company)
    assert [one.what for one in applied(company, edited(company, retired=True))] == ["retired"]
    assert control_of(company).retired
    assert applied(company, exported(company)) == []
    assert [one.what for one in applied(company, kept)] == ["brought back"]
    assert not control_of(company).retired
    assert applied(company, kept) == [], "the day it first started on is no wish to change"


def test_a_retired_control_that_was_never_here_is_not_made() -> None:
    company = a_company()
    assert applied(company, edited(company, code="OLD-1", retired=True)) == []


def test_a_new_owner_gets_the_open_tasks() -> None:
    company = a_company()
    changes = applied(company, edited(company, owner="dan@example.com"))
    assert [one.fields for one in changes] == [("owner",)]
    assert (control_of(company).owner_id, company.uow.tasks.get(TASK).owner_id) == ("dan", "dan")
    assert "control:assign" in company.entries


def test_an_owner_taken_out_leaves_open_tasks_where_they_are() -> None:
    company = a_company()
    applied(company, edited(company, owner=None))
    assert control_of(company).owner_id is None
    assert company.uow.tasks.get(TASK).owner_id == "olga"


def test_a_new_rhythm_stays_when_the_file_is_applied_again() -> None:
    company = a_company()
    documents = edited(company, rrule="FREQ=MONTHLY;BYMONTHDAY=9")
    assert [one.fields for one in applied(company, documents)] == [("rrule",)]
    assert applied(company, documents) == []


def test_a_later_start_is_taken_over_and_a_day_gone_by_is_not() -> None:
    company = a_company()
    later = company.clock.now().date() + timedelta(days=30)
    assert [one.fields for one in applied(company, edited(company, starts_on=later))] == [("starts_on",)]
    assert control_of(company).starts_on == later
    assert [one.fields for one in applied(company, edited(company, starts_on=date(2020, 1, 1)))] == [("starts_on",)]
    assert control_of(company).starts_on == company.clock.now().date()


def test_a_control_the_file_does_not_name_is_left_alone() -> None:
    company = a_company()
    documents = edited(company, title="Leavers")
    company.uow.controls.add(a_control("OTHER"))
    applied(company, documents)
    assert control_of(company, ControlId("other")) == a_control("OTHER")


@pytest.mark.parametrize("changes", [{"owner": "who@example.com"}, {"code": "X-1", "title": "t" * 151}])
def test_one_problem_keeps_everything_from_changing(changes: dict[str, Any]) -> None:
    company = a_company()
    documents = [*edited(company, prompt="New words"), *edited(company, **{"code": "X-1", **changes})]
    departments, criteria = allowed_here(company.uow)
    own = read_own(documents, file="own.yaml", departments=departments, criteria=criteria)
    refusal = company.refused(Invalid, "cli", apply_controls, own)
    assert next(iter(refusal.fields)).startswith("X-1 ")


def test_a_dry_run_tells_and_changes_nothing() -> None:
    company = a_company()
    before = company.snapshot()
    assert len(applied(company, edited(company, title="New", retired=True), dry_run=True)) == 2
    assert company.snapshot() == before


def test_only_the_compliance_lead_and_admins_may() -> None:
    company = a_company()
    departments, criteria = allowed_here(company.uow)
    own = read_own(exported(company), file="own.yaml", departments=departments, criteria=criteria)
    company.refused(NotAllowed, "olga", apply_controls, own)
    assert company.by("lee", apply_controls, own) == []


WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=60).filter(str.strip)
PLAIN = WORDS.map(lambda text: text.replace("{", "(").replace("}", ")"))
EVIDENCE: Callable[[list[tuple[str, bool]]], tuple[EvidenceItem, ...]] = lambda found: tuple(  # noqa: E731
    an_item(f"item-{number}", text=text, population=population, required=number == 0)
    for number, (text, population) in enumerate(found)
)
TEXTS = st.builds(
    a_control_text,
    title=WORDS,
    prompt=WORDS,
    statement=PLAIN,
    cadence=st.sampled_from(Cadence),
    span=st.sampled_from(SpanKind),
    due_days=st.integers(1, 30),
    limit_days=st.none() | st.integers(31, 90),
    acceptance=st.booleans(),
    event_driven=st.booleans(),
    population=st.just("") | WORDS,
    sampling_frequency=st.just("") | WORDS,
    tested_attributes=st.lists(WORDS.map(str.strip), max_size=3, unique=True).map(tuple),
    evidence=st.lists(st.tuples(WORDS, st.booleans()), max_size=3).map(EVIDENCE),
    refs=st.sampled_from([{}, {"tsc": ("CC6.1",)}, {"tsc": ("A1.2",), "hipaa": ("164.308(a)(4)",)}]),
)


@given(
    texts=st.lists(TEXTS, min_size=1, max_size=3), retired=st.booleans(), area=WORDS.filter(lambda one: len(one) < 60)
)
@settings(max_examples=60, deadline=None)
def test_whatever_the_controls_say_their_export_changes_nothing(texts: list[Any], retired: bool, area: str) -> None:
    company = a_company()
    for number, text in enumerate(texts):
        handle = f"x-{number}"
        owner = PersonId("dan") if number else None
        company.uow.controls.add(a_control(handle, text=text, retired=retired, area=area, owner_id=owner))
    before = company.snapshot()
    assert applied(company, exported(company)) == []
    assert company.snapshot() == before
    assert replace(company.control) == control_of(company)
