"""/soc2 people [words | department | @name | e-mail]: as many of them as the asking person may see."""

from handlers.actions import Action
from handlers.context import Context
from handlers.people_search import matching, nearest
from handlers.replies import Replace, Reply, Show
from handlers.requests import FormSubmitted
from handlers.task_page import name_of
from handlers.views.elements import Form, View
from handlers.views.people_card import PersonPage, people_card, stand_in_card
from handlers.views.people_list import A_PAGE, PeopleList, PersonLine, find_people_form, people_list
from tasks import duties, people_duties
from tasks.errors import NotAllowed
from tasks.identifiers import PersonId
from tasks.model import Task
from tasks.operations.acting import today_of
from tasks.people import Person
from tasks.whole_company import WholeCompany
from tasks.wording import day

LONGEST_SEARCH = 200


def type_people(words: str, context: Context) -> Reply:
    wanted = " ".join(words.split())
    named = _named(context, wanted)
    if named:
        return Show(view=card(context, named.id))
    return Show(view=listing(context, wanted))


def press_people(act: Action, context: Context) -> Reply:
    return Show(view=listing(context, act.get("q")))


def press_turn(act: Action, context: Context) -> Reply:
    return Replace(view=listing(context, act.get("q"), page=act.get("page")))


def press_person(act: Action, context: Context) -> Reply:
    return Show(view=card(context, PersonId(act.get("p"))))


def build_find(_: Action, __: Context) -> Form:
    return find_people_form()


def submit_find(request: FormSubmitted, context: Context) -> Reply:
    return type_people(request.text("words"), context)


def listing(context: Context, words: str, *, page: str = "1") -> View:
    """Of whoever sees nobody but themselves: their own card."""
    uow, words = context.uow, words[:LONGEST_SEARCH]
    if not people_duties.is_steward(context.person) and not uow.people.reports_of(context.person.id):
        return _alone(context, words)
    company = WholeCompany(uow.people.everyone())
    seen = people_duties.seen_by(context.person, company)
    visible = [one for one in company.everyone if seen is None or one.id in seen]
    today = today_of(uow, context.person)
    found = matching(visible, words, today)
    pages = max(1, -(-len(found) // A_PAGE))
    number = min(int(page), pages) if page.isdecimal() and len(page) < 6 and int(page) else 1
    counts = uow.tasks.open_counts()
    shown = found[(number - 1) * A_PAGE : number * A_PAGE]
    return people_list(
        PeopleList(
            words=words,
            lines=[_line(one, company, counts.get(one.id, 0)) for one in shown],
            total=len(found),
            page=number,
            today=today,
            everybody=seen is None,
            nearest=None if found else nearest(visible, words),
        )
    )


def card(context: Context, person_id: PersonId, *, opening: str = "") -> View:
    uow, me = context.uow, context.person
    person = uow.people.get(person_id)
    if person.id != me.id and not _may_see(context, person):
        return _whose_turn(context, person)
    tasks = list(uow.tasks.open_of([person.id]))
    return people_card(
        PersonPage(
            person=person,
            manager=name_of(uow, person.manager_id),
            delegate=name_of(uow, person.delegate_id) if person.away_until else "",
            accounts=uow.people.identities(person.id),
            tasks=tasks,
            controls=[one for one in uow.controls.every() if one.owner_id == person.id and not one.retired],
            reports=len(uow.people.reports_of(person.id)),
            heir=_heir(context, person, tasks),
            now=uow.now,
            time_zone=me.time_zone,
            is_reader=person.id == me.id,
            may_change=people_duties.is_steward(me),
            may_change_roles=people_duties.may_change_roles(me),
        ),
        opening=opening,
    )


def _named(context: Context, words: str) -> Person | None:
    """By e-mail, or by @ and the platform's own id; “me” is oneself."""
    if words.lower() == "me":
        return context.person
    people = context.uow.people
    return people.by_email(words) or people.by_identity(context.actor.platform, words.removeprefix("@"))


def _alone(context: Context, words: str) -> View:
    if not words:
        return card(context, context.person.id)
    wanted = words.removeprefix("@").casefold()
    named = [one for one in context.uow.people.everyone() if one.active and one.name.casefold() == wanted]
    if len(named) != 1:
        raise NotAllowed(people_duties.NOT_YOURS_TO_SEE)
    return card(context, named[0].id)


def _may_see(context: Context, person: Person) -> bool:
    if people_duties.is_steward(context.person):
        return True
    company = WholeCompany(context.uow.people.everyone())
    return people_duties.may_see(context.person, person, company)


def _whose_turn(context: Context, person: Person) -> View:
    turn = duties.present(person, context.uow.people, today_of(context.uow, context.person)).person
    until = f" until {day(person.away_until)}" if person.active and person.away_until else ""
    return stand_in_card(person, turn.name if turn else "", until)


def _line(person: Person, company: WholeCompany, open_tasks: int) -> PersonLine:
    manager = company.find(person.manager_id)
    return PersonLine(person=person, manager=manager.name if manager else "", open_tasks=open_tasks)


def _heir(context: Context, person: Person, tasks: list[Task]) -> str:
    """Where the first of their tasks would go, were they gone."""
    people = context.uow.people
    line = [people.find(person.manager_id), *([people.lead_of(tasks[0].department)] if tasks else [])]
    line += [lead for _, lead in duties.compliance_leads(people)]
    heirs = [one.name for one in line if one and one.active and one.id != person.id]
    return heirs[0] if heirs else ""
