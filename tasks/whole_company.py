"""Everybody, read in one go: where many people are looked at, asking one by one would be a query each."""

from collections import defaultdict
from collections.abc import Sequence

from tasks.errors import NotFound
from tasks.identifiers import PersonId
from tasks.people import Person, Role

UNKNOWN = "There is no such person in this workspace. Choose somebody else and try again."


class WholeCompany:
    """tasks.duties.Reporting over a list of people, by name."""

    def __init__(self, everyone: Sequence[Person]) -> None:
        self.everyone = everyone
        self._by_id = {person.id: person for person in everyone}
        self._holders: defaultdict[Role, list[Person]] = defaultdict(list)
        self._reports: defaultdict[PersonId, list[Person]] = defaultdict(list)
        for person in everyone:
            self._place(person)

    def _place(self, person: Person) -> None:
        if not person.active:
            return
        for role in person.roles:
            self._holders[role].append(person)
        if person.manager_id:
            self._reports[person.manager_id].append(person)

    def get(self, person_id: PersonId) -> Person:
        person = self.find(person_id)
        if person is None:
            raise NotFound(UNKNOWN)
        return person

    def find(self, person_id: PersonId | None) -> Person | None:
        return self._by_id.get(person_id) if person_id else None

    def lead_of(self, department: str) -> Person | None:
        return next((lead for lead in self.holders(Role.DEPARTMENT_LEAD) if lead.department == department), None)

    def holders(self, role: Role) -> Sequence[Person]:
        return self._holders.get(role, ())

    def reports_of(self, manager_id: PersonId) -> Sequence[Person]:
        return self._reports.get(manager_id, ())
