"""Who may do what: whose turn a task is, independence, and who sees what. Roles are checked at the moment of acting.

- A task is its owner's. While the owner is away it is their delegate's, including tasks already open; both names are
  on record. Without a delegate who is there, it goes up: manager, then compliance lead.
- A deactivated owner's task goes to their manager, then the department's lead, then the compliance lead.
- A part of an access review is its reviewer's alone: while they are away, its accesses go to others.
- Nobody answers for somebody else unless it is their turn: not the compliance lead either.
- Nobody accepts what they answered, own, contributed to, or what was answered on their behalf.
- Managers see standing, never files. Restricted evidence is for the people named here only.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from tasks.controls import Control
from tasks.errors import NotAllowed
from tasks.identifiers import PersonId
from tasks.model import Task, Work
from tasks.people import Directory, Person, Role
from tasks.status import StatusScope

LONGEST_CHAIN = 5
"""Delegates of delegates, at most."""
HIGHEST_LADDER = 20
"""Managers of managers, at most: a company's tree, or a circle in its data."""
SEES_EVERY_STANDING = (Role.COMPLIANCE_LEAD, Role.ADMIN, Role.EXECUTIVE_SPONSOR)

Candidate = tuple[str, Person | None]
"""In which capacity somebody is next in line, and who it is, if anybody."""


class Reporting(Directory, Protocol):
    def reports_of(self, manager_id: PersonId) -> Sequence[Person]: ...


@dataclass(frozen=True, kw_only=True)
class Turn:
    person: Person | None
    on_behalf_of: Person | None = None
    skipped: tuple[str, ...] = ()
    """Who was passed over and why, in plain words."""


# --- whose turn it is


def responsible(task: Task, directory: Directory, on: date) -> Turn:
    owner = directory.find(task.owner_id)
    if task.work is Work.ACCESS_REVIEW:
        return _reviewer(owner)
    turn = first_present(_line(task, owner, directory), directory, on)
    acts_for = owner if owner and turn.person and turn.person.id != owner.id else None
    return Turn(person=turn.person, on_behalf_of=acts_for, skipped=turn.skipped)


def _reviewer(owner: Person | None) -> Turn:
    """Of a part of an access review: its accesses move one by one, to whoever may decide about each."""
    if owner and owner.active:
        return Turn(person=owner)
    return Turn(person=None, skipped=(f"{owner.name} is no longer active" if owner else "no reviewer on record",))


def heir(task: Task, directory: Directory) -> Person | None:
    """Whose the task becomes once its owner is gone. Leave changes nothing: then their delegate answers meanwhile."""
    line = _line(task, directory.find(task.owner_id), directory)
    return next((person for _, person in line if person and person.active), None)


def _line(task: Task, owner: Person | None, directory: Directory) -> Iterator[Candidate]:
    yield "owner", owner
    if owner:
        yield "manager", directory.find(owner.manager_id)
    if not owner or not owner.active:
        yield "department lead", directory.lead_of(task.department)
    yield from compliance_leads(directory)


def compliance_leads(directory: Directory) -> list[Candidate]:
    leads: list[Candidate] = [("compliance lead", lead) for lead in directory.holders(Role.COMPLIANCE_LEAD)]
    return leads or [("compliance lead", None)]


def first_present(candidates: Iterable[Candidate], directory: Directory, on: date) -> Turn:
    """The first of them who is there, or whose delegate is."""
    skipped: list[str] = []
    asked: set[PersonId] = set()
    for capacity, person in candidates:
        if person is None:
            skipped.append(f"no {capacity} on record")
            continue
        if person.id in asked:
            continue
        asked.add(person.id)
        turn = present(person, directory, on)
        skipped += turn.skipped
        if turn.person:
            return Turn(person=turn.person, on_behalf_of=turn.on_behalf_of, skipped=tuple(skipped))
    return Turn(person=None, skipped=tuple(skipped))


def present(person: Person, directory: Directory, on: date) -> Turn:
    """The person, or the first of their delegates who is neither away nor gone."""
    chain, skipped = [person], list[str]()
    while reason := absence(chain[-1], on):
        skipped.append(reason)
        delegate = directory.find(chain[-1].delegate_id) if chain[-1].active else None
        if delegate is None or delegate in chain or len(chain) > LONGEST_CHAIN:
            return Turn(person=None, skipped=tuple(skipped))
        chain.append(delegate)
    on_behalf_of = person if len(chain) > 1 else None
    return Turn(person=chain[-1], on_behalf_of=on_behalf_of, skipped=tuple(skipped))


def absence(person: Person, on: date) -> str:
    """Why the person can't be asked today; empty when they can."""
    if not person.active:
        return f"{person.name} is no longer active"
    if person.is_away(on) and (until := person.away_until):
        return f"{person.name} is away until {until.day} {until:%b %Y}"
    return ""


def owner_for(control: Control, directory: Directory) -> tuple[Person | None, bool]:
    """The one accountable person, and whether the control is to be shown as unassigned."""
    named = directory.find(control.owner_id)
    if named and named.active:
        return named, False
    lead = directory.lead_of(control.department)
    if lead and lead.active:
        return lead, False
    return next(iter(directory.holders(Role.COMPLIANCE_LEAD)), None), True


# --- who may answer, accept, assign


def require_may_answer(person: Person, task: Task, directory: Directory, on: date) -> Person | None:
    """Returns on whose behalf the person answers. The owner may answer from their leave."""
    turn = responsible(task, directory, on)
    if person.active and person.id == task.owner_id:
        return None
    if person.active and turn.person and turn.person.id == person.id:
        return turn.on_behalf_of
    raise NotAllowed(_whose_turn(task, turn))


def may_answer(person: Person, task: Task, directory: Directory, on: date) -> bool:
    turn = responsible(task, directory, on).person
    return person.active and (person.id == task.owner_id or (turn is not None and turn.id == person.id))


def role_towards(person: Person, task: Task, directory: Directory) -> str:
    """In which capacity the person answers: kept with the signature."""
    owner = directory.find(task.owner_id)
    if person.id == task.owner_id:
        return "owner"
    if owner and owner.delegate_id == person.id:
        return "delegate"
    if owner and owner.manager_id == person.id:
        return "manager"
    granted = sorted(role for role in person.roles)
    return ", ".join(granted) or "stand-in"


def delegates_after(person: Person, directory: Directory, *, first: date, last: date) -> frozenset[PersonId]:
    """Everybody a task may pass on to from this person between those days, themselves included."""
    chain = [person.id]
    while len(chain) <= LONGEST_CHAIN:
        here = directory.find(chain[-1])
        following = here.delegate_id if here and _away_between(here, first, last) else None
        if following is None or following in chain:
            break
        chain.append(following)
    return frozenset(chain)


def _away_between(person: Person, first: date, last: date) -> bool:
    return bool(person.away_from and person.away_until and person.away_from <= last and first <= person.away_until)


def _whose_turn(task: Task, turn: Turn) -> str:
    if turn.person is None:
        return f"Nobody can answer {task.code} now. Ask a compliance lead to give it to somebody."
    if turn.on_behalf_of:
        return f"It is {turn.person.name}'s turn to answer {task.code}, on behalf of {turn.on_behalf_of.name}."
    return f"{task.code} is {turn.person.name}'s task, so only {turn.person.name} can answer it."


def acceptors(
    task: Task,
    *,
    answered_by: PersonId | None,
    on_behalf_of: PersonId | None,
    contributors: frozenset[PersonId],
    directory: Directory,
) -> tuple[Person, ...]:
    """Who may accept the answer, the first to be asked first."""
    involved = {answered_by, on_behalf_of, task.owner_id} | contributors
    found = {person.id: person for person in _acceptance_line(task, directory) if person and person.active}
    return tuple(person for person in found.values() if person.id not in involved)


def _acceptance_line(task: Task, directory: Directory) -> Iterator[Person | None]:
    owner = directory.find(task.owner_id)
    yield from directory.holders(Role.COMPLIANCE_LEAD)
    yield directory.lead_of(task.department)
    yield directory.find(owner.manager_id) if owner else None
    yield from directory.holders(Role.EXECUTIVE_SPONSOR)


def require_may_accept(
    person: Person,
    task: Task,
    *,
    answered_by: PersonId | None,
    on_behalf_of: PersonId | None,
    contributors: frozenset[PersonId],
    directory: Directory,
) -> None:
    able = acceptors(
        task, answered_by=answered_by, on_behalf_of=on_behalf_of, contributors=contributors, directory=directory
    )
    if person.id in {other.id for other in able}:
        return
    reasons = (
        (person.id == answered_by, "You answered this yourself"),
        (person.id == on_behalf_of, "This was answered on your behalf"),
        (person.id == task.owner_id, "You own this task"),
        (person.id in contributors, "You contributed to this answer"),
    )
    reason = next((sentence for applies, sentence in reasons if applies), "This is not yours to accept")
    raise NotAllowed(f"{reason}, so somebody else has to accept it: {_who_can(able)}")


def _who_can(able: Sequence[Person]) -> str:
    names = [person.name for person in able]
    if not names:
        return "nobody can yet. Ask an admin to name another compliance lead."
    return f"{' or '.join([', '.join(names[:-1]), names[-1]] if len(names) > 1 else names)} can."


def may_assign(person: Person, thing: Task | Control, directory: Directory) -> bool:
    """Compliance lead, admin, the department's lead, the owner's manager, or the owner handing it over."""
    owner = directory.find(thing.owner_id)
    return person.active and (
        _is_one_of(person, (Role.COMPLIANCE_LEAD, Role.ADMIN))
        or (person.has(Role.DEPARTMENT_LEAD) and person.department == thing.department)
        or (owner is not None and person.id in (owner.id, owner.manager_id))
    )


def require_may_assign(person: Person, thing: Task | Control, directory: Directory) -> None:
    if not may_assign(person, thing, directory):
        owner = directory.find(thing.owner_id)
        whose = f"its owner {owner.name}, their manager" if owner else "the department's lead"
        raise NotAllowed(f"You can't give {thing.code} to somebody. Ask {whose} or a compliance lead.")


def require_role(person: Person, *roles: Role) -> None:
    if not (person.active and _is_one_of(person, roles)):
        wanted = " or ".join(role.replace("-", " ") for role in roles)
        raise NotAllowed(f"This takes the role of {wanted}. Ask an admin if you should have it.")


def _is_one_of(person: Person, roles: Iterable[Role]) -> bool:
    return any(person.has(role) for role in roles)


# --- who sees what


def may_see_task(
    person: Person, task: Task, *, directory: Directory, on: date, involved: Collection[PersonId] = ()
) -> bool:
    """Its standing and answer, not its files. `involved`: contributors, and whoever may accept or has answered."""
    if not person.active:
        return False
    turn = responsible(task, directory, on)
    return (
        _is_one_of(person, SEES_EVERY_STANDING)
        or person.id in {task.owner_id, task.answered_by, turn.person and turn.person.id, *involved}
        or (person.has(Role.DEPARTMENT_LEAD) and person.department == task.department)
        or person.id in _managers_above(task.owner_id, directory)
    )


def may_see_evidence(
    person: Person,
    task: Task,
    *,
    restricted: bool,
    contributors: Collection[PersonId],
    acceptor: PersonId | None,
    directory: Directory,
    on: date,
) -> bool:
    """Of a restricted item, pass that item's own contributors: those of other items must not see it. Who answered in
    the owner's place keeps seeing what they sent, except restricted items, once it is no longer their turn."""
    turn = responsible(task, directory, on)
    named = {task.owner_id, turn.person and turn.person.id, acceptor, *contributors}
    if not restricted:
        named.add(task.answered_by)
    return person.active and (person.has(Role.COMPLIANCE_LEAD) or person.id in named)


def status_scope(person: Person, directory: Reporting) -> StatusScope:
    """Whose tasks a status board shows to the person."""
    if _is_one_of(person, SEES_EVERY_STANDING):
        return StatusScope()
    departments = (person.department,) if person.has(Role.DEPARTMENT_LEAD) and person.department else ()
    return StatusScope(owners=(person.id, *_reports_below(person.id, directory)), departments=departments)


def _managers_above(person_id: PersonId, directory: Directory) -> Iterator[PersonId]:
    person = directory.find(person_id)
    for _ in range(HIGHEST_LADDER):
        person = directory.find(person.manager_id) if person else None
        if person is None or person.id == person_id:
            return
        yield person.id


def _reports_below(manager_id: PersonId, directory: Reporting) -> list[PersonId]:
    """Direct and indirect, nearest first; whoever manages in a circle is counted once."""
    found: dict[PersonId, None] = {}
    waiting = [manager_id]
    while waiting:
        reports = [report.id for report in directory.reports_of(waiting.pop(0))]
        new = [report for report in reports if report not in found and report != manager_id]
        found.update(dict.fromkeys(new))
        waiting += new
    return list(found)
