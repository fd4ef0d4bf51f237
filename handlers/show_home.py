"""The start page: /soc2 home, and the page a platform keeps for it, such as Slack's Home tab."""

from handlers.context import Context
from handlers.replies import Nothing, Reply, Show
from handlers.requests import HomeOpened
from handlers.show_tasks import tasks_of
from handlers.views.elements import View
from handlers.views.home import Home, Report, SetUp, Team, home
from tasks.operations import set_up
from tasks.operations.acting import today_of
from tasks.operations.set_up import STEWARDS
from tasks.operations.show_homes import open_home as remember_open
from tasks.people import Actor, Person, Role
from tasks.ports import UnitOfWork
from tasks.wording import counted


def show_home(_: str, context: Context) -> Reply:
    return Show(view=page_of(context))


def open_home(request: HomeOpened, context: Context) -> Reply:
    """Shown right after the answer, by whoever publishes start pages, and kept true from then on."""
    remember_open(context.uow, request.source.platform, request.source.user)
    return Nothing()


def describe_home(uow: UnitOfWork, person: Person, platform: str) -> View:
    return page_of(Context(uow=uow, person=person, actor=Actor(person=person, platform=platform, at=uow.now)))


def page_of(context: Context) -> View:
    return home(Home(tasks=tasks_of(context), team=_team(context), set_up=_set_up(context)))


def _team(context: Context) -> Team | None:
    """In two queries, however many they are."""
    uow, today = context.uow, today_of(context.uow, context.person)
    reports = {person.id: person for person in uow.people.reports_of(context.person.id)}
    if not reports:
        return None
    loads = uow.status.workload(tuple(reports), now=uow.now)
    loads = sorted(loads, key=lambda load: (-load.overdue, load.oldest_due, reports[load.owner_id].name))
    owners = ((reports[load.owner_id], load) for load in loads)
    busy = [Report(person=owner, load=load, away=owner.is_away(today)) for owner, load in owners]
    return Team(size=len(reports), busy=busy)


def _set_up(context: Context) -> SetUp | None:
    """For those who set up, until nothing is missing any more."""
    if not any(context.person.has(role) for role in STEWARDS):
        return None
    progress, gaps = set_up.progress(context.uow), _gaps(context.uow)
    missing = [f"{step.title}: {step.sentence}" for step in progress.missing]
    if not missing and not gaps:
        return None
    return SetUp(done=progress.done, total=len(progress.steps), missing=missing, gaps=gaps)


def _gaps(uow: UnitOfWork) -> list[str]:
    """What nobody has to decide once, but has to look after."""
    people = [person for person in uow.people.everyone() if person.active and not person.guest]
    here = {person.id for person in people}
    led = {person.department for person in people if person.has(Role.DEPARTMENT_LEAD)}
    unowned = [one for one in set_up.in_use(uow) if one.owner_id not in here and one.department not in led]
    alone = [person for person in people if person.manager_id not in here]
    found = (
        (len(unowned), f"{counted(len(unowned), 'control has', 'controls have')} no owner."),
        (len(alone) - 1, f"{counted(len(alone) - 1, 'person has', 'people have')} no manager on record."),
    )
    return [sentence for number, sentence in found if number > 0]
