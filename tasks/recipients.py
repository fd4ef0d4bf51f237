"""Whom a rung of the ladder reaches: who it is meant for or, where that is nobody who can be told, the next in line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from tasks.duties import Candidate, Turn, absence, acceptors, compliance_leads, first_present, responsible
from tasks.identifiers import PersonId
from tasks.model import Task
from tasks.notices import Occasion
from tasks.people import Directory, Person, Role


@dataclass(frozen=True, kw_only=True)
class Answerers:
    """Who had a hand in the answer besides the owner and the one who gave it: none of them may accept it."""

    on_behalf_of: PersonId | None = None
    contributors: frozenset[PersonId] = frozenset()


def may_accept(task: Task, directory: Directory, answerers: Answerers) -> tuple[Person, ...]:
    return acceptors(
        task,
        answered_by=task.answered_by,
        on_behalf_of=answerers.on_behalf_of,
        contributors=answerers.contributors,
        directory=directory,
    )


def recipient(occasion: Occasion, task: Task, *, directory: Directory, on: date, able: Sequence[Person] = ()) -> Turn:
    """`able`: who may accept, the first to be asked first."""
    match occasion:
        case Occasion.MANAGER | Occasion.COMPLIANCE_LEAD | Occasion.SPONSOR:
            return _above_the_owner(occasion, task, directory, on)
        case Occasion.ACCEPTANCE_ASKED | Occasion.ACCEPTANCE_REMINDER:
            return acceptor(able, on)
        case Occasion.ACCEPTANCE_OVERDUE | Occasion.ACCEPTANCE_LEAD:
            return _above_the_acceptor(occasion, task, acceptor(able, on).person, directory, on)
        case _:
            return responsible(task, directory, on)


def acceptor(able: Sequence[Person], on: date) -> Turn:
    """The first who is there, else the first. No delegates: a delegate need not be independent."""
    away = {person.id: reason for person in able if (reason := absence(person, on))}
    for number, person in enumerate(able):
        if person.id not in away:
            return Turn(person=person, skipped=tuple(away[other.id] for other in able[:number]))
    return Turn(person=able[0] if able else None, skipped=() if able else ("nobody independent may accept this",))


def _above_the_owner(occasion: Occasion, task: Task, directory: Directory, on: date) -> Turn:
    owner = directory.find(task.owner_id)
    turn = responsible(task, directory, on)
    line: list[Candidate] = []
    if occasion is Occasion.MANAGER:
        line.append(("manager", directory.find(owner.manager_id) if owner else None))
    if occasion in (Occasion.MANAGER, Occasion.COMPLIANCE_LEAD):
        line += compliance_leads(directory)
    line += _sponsors(directory)
    return _next_in_line(line, _ids(owner, turn.person), directory, on)


def _above_the_acceptor(occasion: Occasion, task: Task, asked: Person | None, directory: Directory, on: date) -> Turn:
    line: list[Candidate] = []
    if occasion is Occasion.ACCEPTANCE_OVERDUE:
        line += compliance_leads(directory)
        line.append(("acceptor's manager", directory.find(asked.manager_id) if asked else None))
    line += _sponsors(directory)
    involved = _ids(directory.find(task.owner_id), directory.find(task.answered_by), asked)
    return _next_in_line(line, involved, directory, on)


def _sponsors(directory: Directory) -> list[Candidate]:
    found: list[Candidate] = [("executive sponsor", sponsor) for sponsor in directory.holders(Role.EXECUTIVE_SPONSOR)]
    return found or [("executive sponsor", None)]


def _next_in_line(line: Iterable[Candidate], below: frozenset[PersonId], directory: Directory, on: date) -> Turn:
    """Never somebody who holds the task or was asked already: that would be no step up."""
    skipped: list[str] = []
    for capacity, person in line:
        if person and person.id in below:
            skipped.append(f"the {capacity}, {person.name}, has this already")
            continue
        if person and capacity == "manager" and person.has(Role.COMPLIANCE_LEAD):
            skipped.append(f"the manager, {person.name}, is the compliance lead")
            continue
        turn = first_present([(capacity, person)], directory, on)
        skipped += turn.skipped
        if turn.person and turn.person.id not in below:
            return Turn(person=turn.person, on_behalf_of=turn.on_behalf_of, skipped=tuple(skipped))
    return Turn(person=None, skipped=tuple(skipped))


def _ids(*people: Person | None) -> frozenset[PersonId]:
    return frozenset(person.id for person in people if person)
