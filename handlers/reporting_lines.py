"""Who reports to whom, read in one go: asking person by person takes as many queries as the company has people."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tasks.identifiers import PersonId
from tasks.people import Person, Role
from tasks.ports import People


@dataclass(frozen=True, kw_only=True)
class ReportingLines:
    """tasks.duties.Reporting."""

    people: People
    reports: Mapping[PersonId, Sequence[Person]]

    @classmethod
    def of(cls, person: Person, people: People) -> "ReportingLines":
        """For somebody without reports nothing more is read."""
        reports: defaultdict[PersonId, list[Person]] = defaultdict(list)
        if people.reports_of(person.id):
            for one in people.everyone():
                if one.active and one.manager_id:
                    reports[one.manager_id].append(one)
        return cls(people=people, reports=reports)

    def reports_of(self, manager_id: PersonId) -> Sequence[Person]:
        return self.reports.get(manager_id, ())

    def get(self, person_id: PersonId) -> Person:
        return self.people.get(person_id)

    def find(self, person_id: PersonId | None) -> Person | None:
        return self.people.find(person_id)

    def lead_of(self, department: str) -> Person | None:
        return self.people.lead_of(department)

    def holders(self, role: Role) -> Sequence[Person]:
        return self.people.holders(role)
