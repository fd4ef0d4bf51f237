"""Everything about people in every state."""

from dataclasses import replace
from datetime import date

from handlers.actions import action
from handlers.views.accounts import (
    Asking,
    code_refused,
    code_taken,
    link_code_card,
    link_question,
    move_account_form,
    notify_card,
)
from handlers.views.elements import Form, Option, View
from handlers.views.people_card import PersonPage, people_card, stand_in_card
from handlers.views.people_forms import change_form, roles_form
from handlers.views.people_list import PeopleList, PersonLine, find_people_form, people_list
from tasks.identifiers import PersonId
from tasks.people import Role
from tasks.ports import Identity
from tests.builders import a_control, a_person, a_task, utc

NOW = utc(2026, 11, 12, 10)
TODAY = NOW.date()
COLLEAGUES = tuple(Option(value=name, label=name.title(), note="it") for name in ("hans", "lee", "dana", "max"))
OLGA = a_person("olga", manager_id=PersonId("max"))
LEAD = a_person("lee", Role.COMPLIANCE_LEAD, Role.ADMIN, department="legal")
AWAY = replace(OLGA, away_from=date(2026, 11, 10), away_until=date(2026, 11, 20), delegate_id=PersonId("hans"))
NAMED: dict[str, str | int] = {"p": "olga", "v": 1}


ASKING = Asking(
    code_id="c1", platform="teams", external_id=f"29:{'1x' * 60}", name="Olga <Owner> & *co* " * 4, holder=""
)


def a_person_page(**changes: object) -> PersonPage:
    page = PersonPage(
        person=OLGA,
        manager="Max",
        delegate="",
        accounts=(
            Identity(platform="slack", external_id="U0OLGA", person_id=OLGA.id),
            Identity(platform="teams", external_id=f"29:{'1x' * 60}", person_id=OLGA.id),
        ),
        tasks=[a_task(), a_task("task-2", occurrence="2026-09")],
        controls=[a_control(f"IAM-{n:02}") for n in range(1, 12)],
        reports=0,
        heir="Max",
        now=NOW,
        time_zone="UTC",
        is_reader=False,
        may_change=True,
        may_change_roles=True,
    )
    return replace(page, **changes)  # type: ignore[arg-type]


def _list(**changes: object) -> PeopleList:
    lines = [PersonLine(person=a_person(f"person-{n}"), manager="Max", open_tasks=n) for n in range(7)]
    lines += [
        PersonLine(person=LEAD, manager="", open_tasks=0),
        PersonLine(person=AWAY, manager="Max", open_tasks=2),
        PersonLine(person=a_person("ina", active=False, department=""), manager="", open_tasks=0),
        PersonLine(person=a_person("gus", guest=True), manager="", open_tasks=0),
    ]
    shown = PeopleList(words="", lines=lines, total=2000, page=3, today=TODAY, everybody=True)
    return replace(shown, **changes)  # type: ignore[arg-type]


VIEWS: dict[str, View] = {
    "people": people_list(_list()),
    "people: for a manager": people_list(_list(everybody=False, total=11, page=1)),
    "people: nobody found": people_list(_list(words="olag", lines=(), total=0, page=1, nearest=OLGA)),
    "people: nobody near": people_list(_list(words="xyz", lines=(), total=0, page=1)),
    "person": people_card(a_person_page()),
    "person: changed": people_card(a_person_page(), opening="Saved."),
    "person: for a compliance lead": people_card(a_person_page(may_change_roles=False)),
    "person: for themselves": people_card(a_person_page(is_reader=True, may_change=False, may_change_roles=False)),
    "person: nothing known": people_card(
        a_person_page(
            person=a_person("nia", department=""), manager="", accounts=(), tasks=[], controls=[], heir="", reports=0
        )
    ),
    "person: a lead": people_card(a_person_page(person=LEAD, reports=12, is_reader=True)),
    "person: nobody to take over": people_card(a_person_page(heir="", tasks=[a_task()])),
    "person: away": people_card(a_person_page(person=AWAY, delegate="Hans")),
    "person: deactivated": people_card(a_person_page(person=replace(OLGA, active=False), tasks=[])),
    "person: many accounts": people_card(
        a_person_page(
            person=replace(OLGA, write_to="teams"),
            accounts=[Identity(platform="web", external_id=f"u{n}", person_id=OLGA.id) for n in range(12)],
        )
    ),
    "link: a code": link_code_card("ABCD-EFGH", ("slack", "web")),
    "link: typed": code_taken("slack"),
    "link: typed, from the browser": code_taken("web"),
    "link: wrong": code_refused(),
    "link: asked about an unknown account": link_question(ASKING),
    "link: asked about a record": link_question(replace(ASKING, name="", holder="Olga O (olga@acme.example)")),
    "notify: one account": notify_card("", ("slack",)),
    "notify: two, chosen": notify_card("teams", ("slack", "teams", "web")),
    "colleague: here": stand_in_card(OLGA, "Olga", ""),
    "colleague: away": stand_in_card(AWAY, "Hans", " until 20 Nov 2026"),
    "colleague: nobody": stand_in_card(AWAY, "", ""),
}

FORMS: dict[str, Form] = {
    "move account": move_account_form(
        Identity(platform="teams", external_id=f"29:{'1x' * 60}", person_id=OLGA.id),
        action("move_account", p="olga", on="teams", x=f"29:{'1x' * 60}"),
        owner="Olga",
        colleagues=COLLEAGUES,
    ),
    "find people": find_people_form(),
    "change person": change_form(
        OLGA, action("change_person", **NAMED), departments="Such as finance, hr, it.", colleagues=COLLEAGUES
    ),
    "change person: nothing known": change_form(
        a_person("nia", department=""),
        action("change_person", **NAMED),
        departments="Such as it.",
        colleagues=COLLEAGUES,
    ),
    "roles": roles_form(OLGA, action("grant_role", **NAMED)),
    "roles: a lead": roles_form(
        replace(LEAD, name="A person of an unusually long name, so it is"), action("grant_role", **NAMED)
    ),
}
