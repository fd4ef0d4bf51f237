"""Whom to be first: the three who show a newcomer the most, found among those who can be chosen."""

from collections.abc import Sequence

from bot.web.collaborators import Somebody
from tasks.people import Role

ANSWER = "Has a task to answer: attach a file, press Done"
HEAR = "Was told about a colleague's overdue task"
WATCH = "Sees it all: type /soc2 status"


def starting_points(people: Sequence[Somebody]) -> list[tuple[Somebody, str]]:
    """An owner with a task, the manager of somebody late, the compliance lead: each with what they are good for."""
    leads = [one for one in people if one.person.has(Role.COMPLIANCE_LEAD) and not one.away]
    lead = min(leads, key=lambda one: len(one.person.roles), default=None)
    told = [one for one in _told_of_somebody_late(people) if one is not lead]
    owner = min(_owners(people), key=lambda one: (one.overdue, one in told, bool(one.person.roles)), default=None)
    manager = next((one for one in told if one is not owner), None)
    found = ((owner, ANSWER), (manager, HEAR), (lead if lead is not owner else None, WATCH))
    return [(somebody, why) for somebody, why in found if somebody]


def _owners(people: Sequence[Somebody]) -> list[Somebody]:
    """Best without a role, so that nothing but their own task is on their screen; late ones only for want of others."""
    return [one for one in people if one.open_tasks and not one.away]


def _told_of_somebody_late(people: Sequence[Somebody]) -> list[Somebody]:
    managers = {(one.workspace, one.person.manager_id) for one in people if one.overdue}
    return [one for one in people if (one.workspace, one.person.id) in managers]
