"""Whom one may be in the browser: everybody who takes part, with what there is to see as them."""

from collections.abc import Sequence

from bot.web.collaborators import Somebody
from tasks.ports import UnitOfWork
from tasks.status import StatusScope

MOST_LATE = 50
"""Overdue tasks looked through: enough to say whose they are."""


def people_to_choose(uow: UnitOfWork) -> Sequence[Somebody]:
    counts = uow.tasks.open_counts()
    late = {task.owner_id for task in uow.status.overdue(StatusScope(), now=uow.now, limit=MOST_LATE)}
    return [
        Somebody(
            workspace=uow.workspace.id,
            person=person,
            open_tasks=counts.get(person.id, 0),
            overdue=person.id in late,
            away=person.is_away(uow.now.date()),
        )
        for person in uow.people.everyone()
        if person.active and not person.guest
    ]
