"""Who looks at an item: the campaign's choice for the system, then whoever stands next in line.

- Named person, manager, system owner, manager's manager, compliance lead: the campaign chooses who is asked first, the
  others follow in this order. Whoever was named for one item by hand comes before them all.
- Accounts of leavers and of nobody we know go to the system owner first.
- Nobody looks at their own access, nor does anybody who stands in for that person while they are away.
- Whoever is away is replaced by their delegate; both names are on record.
- Nobody is asked twice about what they passed on.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from tasks.access.model import Capacity, Item
from tasks.duties import compliance_leads, delegates_after, present
from tasks.identifiers import PersonId
from tasks.people import Directory, Person, Role

NOBODY_KNOWN = "nobody we know has this account"


@dataclass(frozen=True, kw_only=True)
class SystemPlan:
    """How a campaign reviews one system."""

    system: str
    owner_id: PersonId | None
    first_asked: Capacity = Capacity.MANAGER
    """NAMED, MANAGER or SYSTEM_OWNER."""
    named_id: PersonId | None = None
    as_of: date
    """The day its export was taken: from it an account's dormancy is counted."""


@dataclass(frozen=True, kw_only=True)
class Reviewer:
    """Who is asked, or nobody: then `skipped` says why, one after the other."""

    person_id: PersonId | None
    capacity: Capacity | None = None
    on_behalf_of: PersonId | None = None
    skipped: tuple[str, ...] = ()

    @property
    def gap(self) -> str:
        """Its name, where nobody can be asked: "no system owner on record for Okta; …"."""
        return "" if self.person_id else "; ".join(self.skipped)


class Place(NamedTuple):
    """All that a reviewer depends on: items of the same place have the same one."""

    person_id: PersonId | None
    system: str
    assigned_id: PersonId | None = None
    passed_by: tuple[PersonId, ...] = ()


class Candidate(NamedTuple):
    capacity: Capacity
    person: Person | None
    missing: str
    """What to say where nobody is on record."""


@dataclass(frozen=True)
class Remembered:
    """A directory that is asked once about everybody: for one run, at one moment."""

    directory: Directory
    _people: dict[PersonId, Person | None] = field(default_factory=dict)
    _leads: dict[str, Person | None] = field(default_factory=dict)
    _holders: dict[Role, Sequence[Person]] = field(default_factory=dict)

    def get(self, person_id: PersonId) -> Person:
        return self.find(person_id) or self.directory.get(person_id)

    def find(self, person_id: PersonId | None) -> Person | None:
        if person_id is None:
            return None
        if person_id not in self._people:
            self._people[person_id] = self.directory.find(person_id)
        return self._people[person_id]

    def lead_of(self, department: str) -> Person | None:
        if department not in self._leads:
            self._leads[department] = self.directory.lead_of(department)
        return self._leads[department]

    def holders(self, role: Role) -> Sequence[Person]:
        if role not in self._holders:
            self._holders[role] = self.directory.holders(role)
        return self._holders[role]


# --- who is asked


def place_of(item: Item) -> Place:
    return Place(item.person_id, item.system, item.assigned_id, item.passed_by)


def reviewers(
    places: Iterable[Place], plans: Mapping[str, SystemPlan], directory: Directory, on: date
) -> dict[Place, Reviewer]:
    """One look per distinct place, whatever the number of items."""
    known = Remembered(directory)
    return {place: reviewer_of(place, plans[place.system], known, on) for place in dict.fromkeys(places)}


def reviewer_of(place: Place, plan: SystemPlan, directory: Directory, on: date) -> Reviewer:
    barred = _barred(place, directory, on)
    skipped: list[str] = []
    asked: set[PersonId] = set()
    for capacity, person, missing in _line(place, plan, directory):
        if person is None:
            skipped.append(missing)
        elif person.id not in asked:
            asked.add(person.id)
            found = _asked(person, barred, directory, on)
            skipped += found.skipped
            if found.person_id:
                return replace(found, capacity=capacity, skipped=tuple(skipped))
    return Reviewer(person_id=None, skipped=tuple(skipped))


def _asked(person: Person, barred: Mapping[PersonId, str], directory: Directory, on: date) -> Reviewer:
    """The person, or who stands in for them; with the reasons why not."""
    if reason := barred.get(person.id):
        return Reviewer(person_id=None, skipped=(reason,))
    turn = present(person, directory, on)
    if turn.person is None:
        return Reviewer(person_id=None, skipped=turn.skipped)
    if reason := barred.get(turn.person.id):
        return Reviewer(person_id=None, skipped=(*turn.skipped, reason))
    behalf = turn.on_behalf_of.id if turn.on_behalf_of else None
    return Reviewer(person_id=turn.person.id, on_behalf_of=behalf, skipped=turn.skipped)


def _barred(place: Place, directory: Directory, on: date) -> dict[PersonId, str]:
    """Who must not look at it, each with the reason."""
    reasons = {who: f"{_name(who, directory)} passed it on" for who in place.passed_by}
    subject = directory.find(place.person_id)
    if subject:
        for who in delegates_after(subject, directory, first=on, last=on):
            reasons[who] = f"{_name(who, directory)} stands in for {subject.name}, whose access it is"
        reasons[subject.id] = f"{subject.name} can't review their own access"
    return reasons


def _name(who: PersonId, directory: Directory) -> str:
    person = directory.find(who)
    return person.name if person else "somebody no longer on record"


def _line(place: Place, plan: SystemPlan, directory: Directory) -> Iterator[Candidate]:
    if place.assigned_id:
        assigned = directory.find(place.assigned_id)
        yield Candidate(Capacity.NAMED, assigned, "the person named for it is not on record")
    first = _first(place, plan, directory)
    yield from sorted(_fallbacks(place, plan, directory), key=lambda candidate: candidate.capacity is not first)
    for _, lead in compliance_leads(directory):
        yield Candidate(Capacity.COMPLIANCE_LEAD, lead, "no compliance lead on record")


def _first(place: Place, plan: SystemPlan, directory: Directory) -> Capacity:
    person = directory.find(place.person_id)
    return plan.first_asked if person and person.active else Capacity.SYSTEM_OWNER


def _fallbacks(place: Place, plan: SystemPlan, directory: Directory) -> Iterator[Candidate]:
    if plan.first_asked is Capacity.NAMED:
        yield Candidate(Capacity.NAMED, directory.find(plan.named_id), f"nobody named for {plan.system}")
    person = directory.find(place.person_id)
    manager = directory.find(person.manager_id) if person else None
    no_manager = f"no manager on record for {person.name}" if person else NOBODY_KNOWN
    yield Candidate(Capacity.MANAGER, manager, no_manager)
    owner = directory.find(plan.owner_id)
    yield Candidate(Capacity.SYSTEM_OWNER, owner, f"no system owner on record for {plan.system}")
    if manager:
        above = directory.find(manager.manager_id)
        yield Candidate(Capacity.MANAGERS_MANAGER, above, f"no manager on record for {manager.name}")


# --- what has changed since


@dataclass(frozen=True, kw_only=True)
class Move:
    item: Item
    """As it was."""
    to: Reviewer


def recheck(items: Iterable[Item], plans: Mapping[str, SystemPlan], directory: Directory, on: date) -> Iterator[Move]:
    """After a reassignment, a delegation, leave or a leaver. Pass items that are not submitted yet, in any portions."""
    known = Remembered(directory)
    resolved: dict[Place, Reviewer] = {}
    for item in items:
        place = place_of(item)
        if place not in resolved:
            resolved[place] = reviewer_of(place, plans[item.system], known, on)
        if not _stands(item, resolved[place]):
            yield Move(item=item, to=resolved[place])


def given_to(item: Item, reviewer: Reviewer) -> Item:
    """The item as it is once it has moved; unchanged where it is with them already."""
    if _stands(item, reviewer):
        return item
    return replace(
        item,
        reviewer_id=reviewer.person_id,
        capacity=reviewer.capacity,
        on_behalf_of=reviewer.on_behalf_of,
        version=item.version + 1,
    )


def _stands(item: Item, reviewer: Reviewer) -> bool:
    now = (item.reviewer_id, item.capacity, item.on_behalf_of)
    return now == (reviewer.person_id, reviewer.capacity, reviewer.on_behalf_of)


# --- to be confirmed before the start


@dataclass(frozen=True, kw_only=True)
class Load:
    """What one reviewer will be asked."""

    person_id: PersonId
    items: int
    systems: tuple[str, ...]
    on_behalf_of: tuple[PersonId, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Gap:
    system: str
    name: str
    items: int


@dataclass(frozen=True, kw_only=True)
class Outlook:
    loads: tuple[Load, ...]
    """The heaviest first."""
    gaps: tuple[Gap, ...]

    @property
    def items(self) -> int:
        return sum(load.items for load in self.loads) + sum(gap.items for gap in self.gaps)


def outlook(items: Mapping[Place, int], found: Mapping[Place, Reviewer]) -> Outlook:
    """Of how many items each place has, and who is asked there."""
    places: dict[PersonId, list[Place]] = defaultdict(list)
    gaps: Counter[tuple[str, str]] = Counter()
    for place, count in items.items():
        reviewer = found[place]
        if reviewer.person_id:
            places[reviewer.person_id].append(place)
        else:
            gaps[place.system, reviewer.gap] += count
    loads = [_load(person_id, here, items, found) for person_id, here in places.items()]
    return Outlook(
        loads=tuple(sorted(loads, key=lambda load: (-load.items, load.person_id))),
        gaps=tuple(Gap(system=system, name=name, items=count) for (system, name), count in sorted(gaps.items())),
    )


def _load(
    person_id: PersonId, places: Sequence[Place], items: Mapping[Place, int], found: Mapping[Place, Reviewer]
) -> Load:
    absent = {found[place].on_behalf_of for place in places}
    return Load(
        person_id=person_id,
        items=sum(items[place] for place in places),
        systems=tuple(sorted({place.system for place in places})),
        on_behalf_of=tuple(sorted(who for who in absent if who)),
    )
