"""Values for tests, whole and plausible, of which a test names only what it is about.

The story they tell: Olga owns a monthly control of the IT department; its October task opened on Monday 2 November 2026
and is due on Monday 16 November. Everybody works in UTC and in the United States.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from tasks.controls import Cadence, Control, ControlText, EvidenceItem, SpanKind
from tasks.errors import NotFound
from tasks.identifiers import ControlId, PersonId, TaskId, WorkspaceId
from tasks.model import Task
from tasks.people import Person, Role, Workspace


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def a_person(handle: str = "olga", *roles: Role, **changes: Any) -> Person:
    """`a_person("lee", Role.COMPLIANCE_LEAD, manager_id="max")`: the handle is the id and gives name and e-mail."""
    person = Person(
        id=PersonId(handle),
        email=f"{handle}@example.com",
        name=handle.replace("-", " ").title(),
        department="it",
        roles=frozenset(roles),
    )
    return replace(person, **changes)


def a_workspace(**changes: Any) -> Workspace:
    return replace(Workspace(id=WorkspaceId("acme"), name="Acme"), **changes)


def an_item(key: str = "user-list", **changes: Any) -> EvidenceItem:
    return replace(EvidenceItem(key=key, text=f"The {key.replace('-', ' ')}", required=True), **changes)


def a_control_text(**changes: Any) -> ControlText:
    text = ControlText(
        title="Leaver access removal",
        prompt="Please check that the access of everybody who left was removed.",
        statement="I confirm that the access of everybody who left was removed for {period}, checked on {date}.",
        rrule="FREQ=MONTHLY;BYMONTHDAY=2",
        cadence=Cadence.MONTHLY,
        cadence_text="Monthly: opens day 2 for the month before",
        span=SpanKind.PREVIOUS_MONTH,
        due_days=14,
        evidence=(an_item("leaver-list", population=True), an_item("removal-proof", required=False)),
        refs={"tsc": ("CC6.2",)},
    )
    return replace(text, **changes)


def a_control(code: str = "IAM-03", **changes: Any) -> Control:
    control = Control(
        id=ControlId(code.lower()),
        code=code,
        area="Access",
        department="it",
        owner_id=PersonId("olga"),
        starts_on=date(2026, 1, 1),
        text=a_control_text(),
    )
    return replace(control, **changes)


def a_task(handle: str = "task-1", **changes: Any) -> Task:
    task = Task(
        id=TaskId(handle),
        origin="iam-03",
        occurrence="2026-10",
        control_id=ControlId("iam-03"),
        control_version=1,
        code="IAM-03",
        title="Leaver access removal",
        department="it",
        cadence=Cadence.MONTHLY,
        needs_acceptance=False,
        owner_id=PersonId("olga"),
        span_start=date(2026, 10, 1),
        span_end=date(2026, 10, 31),
        opens_at=utc(2026, 11, 2, 9),
        due_at=utc(2026, 11, 16, 17),
        limit_at=None,
        missed_at=utc(2026, 12, 2, 9),
    )
    return replace(task, **{"origin": changes.get("control_id", task.origin), **changes})


class DictDirectory:
    """tasks.people.Directory, and who reports to whom, over a dict."""

    def __init__(self, people: Sequence[Person]) -> None:
        self.people = {person.id: person for person in people}

    def get(self, person_id: PersonId) -> Person:
        if person := self.find(person_id):
            return person
        message = "There is nobody with this id."
        raise NotFound(message)

    def find(self, person_id: PersonId | None) -> Person | None:
        return self.people.get(person_id) if person_id else None

    def lead_of(self, department: str) -> Person | None:
        leads = self.holders(Role.DEPARTMENT_LEAD)
        return next((person for person in leads if person.department == department), None)

    def holders(self, role: Role) -> Sequence[Person]:
        found = [person for person in self.people.values() if person.active and person.has(role)]
        return sorted(found, key=lambda person: person.id)

    def reports_of(self, manager_id: PersonId) -> Sequence[Person]:
        return [person for person in self.people.values() if person.active and person.manager_id == manager_id]


def a_directory(*people: Person) -> DictDirectory:
    return DictDirectory(people)
