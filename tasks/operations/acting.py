"""What every operation asks first: who acts, on which day, on what version."""

from datetime import date

from tasks import duties
from tasks.business_days import calendar_of
from tasks.errors import NO_SUCH_TASK, NotAllowed, NotFound, Stale
from tasks.model import Task
from tasks.people import Actor, Person, Role
from tasks.ports import UnitOfWork
from tasks.recipients import Answerers, may_accept
from tasks.wording import ANSWERS, moment


def person_of(actor: Actor) -> Person:
    if actor.person is None:
        raise NotAllowed("Only a person can do this.")
    return actor.person


def require_steward(actor: Actor, *roles: Role) -> None:
    """The command line and the clock may; a person needs one of the roles."""
    if actor.person is not None:
        duties.require_role(actor.person, *roles)


def the_clock(uow: UnitOfWork) -> Actor:
    """Nobody in person: a job did it."""
    return Actor(person=None, platform="clock", at=uow.now)


def today_of(uow: UnitOfWork, person: Person) -> date:
    return calendar_of(person, uow.workspace).local_date(uow.now)


def require_open(uow: UnitOfWork, task: Task, reader: Person) -> None:
    """The loser of a race is told who answered, what and when."""
    if task.is_open:
        return
    who = uow.people.find(task.answered_by)
    name = "You" if who and who.id == reader.id else (who.name if who else "Somebody")
    said = ANSWERS[task.answer] if task.answer else "an answer"
    when = moment(task.answered_at, reader.time_zone) if task.answered_at else "an earlier day"
    raise Stale(f"{name} already answered “{task.title}” with “{said}” on {when}. Nothing was changed.")


def require_may_see(uow: UnitOfWork, task: Task, reader: Person) -> None:
    """The same answer as for an id that does not exist."""
    contributors = {one.person_id for one in uow.answers.contributions(task.id)}
    acceptors = {one.id for one in acceptors_of(uow, task)} if not task.is_open else set()
    today, involved = today_of(uow, reader), contributors | acceptors
    if not duties.may_see_task(reader, task, directory=uow.people, on=today, involved=involved):
        raise NotFound(NO_SUCH_TASK)


def require_version(task: Task, version: int) -> None:
    if task.version != version:
        raise Stale(f"“{task.title}” has changed since you opened it. Type /soc2 tasks to see it as it is now.")


def answerers_of(uow: UnitOfWork, task: Task) -> Answerers:
    """Who had a hand in the task's latest answer."""
    attestations = uow.answers.attestations(task.id)
    return Answerers(
        on_behalf_of=attestations[-1].on_behalf_of if attestations else None,
        contributors=frozenset(one.added_by for one in uow.evidence.of_task(task.id) if one.present),
    )


def acceptors_of(uow: UnitOfWork, task: Task) -> tuple[Person, ...]:
    """Who may accept the task's submission, best first."""
    return may_accept(task, uow.people, answerers_of(uow, task))
