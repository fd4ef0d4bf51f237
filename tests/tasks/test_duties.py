from datetime import date

import pytest

from tasks.duties import (
    acceptors,
    may_see_evidence,
    may_see_task,
    owner_for,
    require_may_accept,
    require_may_answer,
    require_may_assign,
    require_role,
    responsible,
    status_scope,
)
from tasks.errors import NotAllowed
from tasks.identifiers import PersonId
from tasks.people import Person, Role
from tasks.status import StatusScope
from tests.builders import DictDirectory, a_control, a_directory, a_person, a_task

TODAY = date(2026, 11, 10)
AWAY = {"away_from": date(2026, 11, 9), "away_until": date(2026, 11, 20)}
OLGA = a_person("olga", manager_id="max")
MAX = a_person("max", manager_id="vera")
DANA = a_person("dana", Role.DEPARTMENT_LEAD)
LEE = a_person("lee", Role.COMPLIANCE_LEAD, department="security")
VERA = a_person("vera", Role.EXECUTIVE_SPONSOR, department="board")
ADA = a_person("ada", Role.ADMIN, department="board")
PAT = a_person("pat", department="finance")
TASK = a_task()


def the_company(*changed: Person) -> DictDirectory:
    return a_directory(OLGA, MAX, DANA, LEE, VERA, ADA, PAT, *changed)


def away(person: Person, delegate: str | None = None) -> Person:
    return a_person(person.id, *person.roles, manager_id=person.manager_id, delegate_id=delegate, **AWAY)


def gone(person: Person, **changes: object) -> Person:
    return a_person(person.id, *person.roles, manager_id=person.manager_id, active=False, **changes)


# --- whose turn it is


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        pytest.param([], "olga", id="the owner"),
        pytest.param([away(OLGA, "pat")], "pat", id="away: the delegate"),
        pytest.param([away(OLGA, "pat"), away(PAT, "ada")], "ada", id="delegate away too: the delegate's delegate"),
        pytest.param([away(OLGA, "pat"), gone(PAT)], "max", id="delegate gone: the manager"),
        pytest.param([away(OLGA)], "max", id="away without delegate: the manager"),
        pytest.param([away(OLGA, "pat"), away(PAT, "olga")], "max", id="delegates in a circle: the manager"),
        pytest.param([away(OLGA, "olga")], "max", id="own delegate: the manager"),
        pytest.param([away(OLGA), away(MAX)], "lee", id="manager away too: the compliance lead"),
        pytest.param([away(OLGA), away(MAX, "pat")], "pat", id="manager away with delegate: the manager's delegate"),
        pytest.param([gone(OLGA)], "max", id="owner gone: the manager"),
        pytest.param([gone(OLGA, delegate_id="pat")], "max", id="owner gone: not the delegate"),
        pytest.param([gone(OLGA), gone(MAX)], "dana", id="manager gone too: the department's lead"),
        pytest.param([gone(OLGA), gone(MAX), gone(DANA)], "lee", id="department's lead gone too: the compliance lead"),
    ],
)
def test_whose_turn_a_task_is(changed: list[Person], expected: str) -> None:
    turn = responsible(TASK, the_company(*changed), TODAY)
    assert turn.person
    assert turn.person.id == expected
    assert (turn.on_behalf_of is None) == (expected == "olga")


def test_the_last_day_away_is_still_away_and_the_next_is_not() -> None:
    company = the_company(away(OLGA, "pat"))
    assert responsible(TASK, company, date(2026, 11, 20)).on_behalf_of == company.get(OLGA.id)
    assert responsible(TASK, company, date(2026, 11, 21)).on_behalf_of is None


def test_chains_of_delegates_end_after_five() -> None:
    chain = [a_person(f"d{n}", delegate_id=f"d{n + 1}", **AWAY) for n in range(8)]
    turn = responsible(TASK, the_company(away(OLGA, "d0"), *chain, a_person("d8")), TODAY)
    assert turn.person == MAX


def test_who_was_passed_over_is_said_with_the_reason() -> None:
    turn = responsible(TASK, the_company(away(OLGA, "pat"), gone(PAT)), TODAY)
    assert turn.skipped == ("Olga is away until 20 Nov 2026", "Pat is no longer active")


def test_delegates_in_a_circle_are_asked_once_each() -> None:
    turn = responsible(TASK, the_company(away(OLGA, "pat"), away(PAT, "olga")), TODAY)
    assert turn.skipped == ("Olga is away until 20 Nov 2026", "Pat is away until 20 Nov 2026")


def test_nobody_at_all_is_said_too() -> None:
    turn = responsible(TASK, a_directory(gone(OLGA)), TODAY)
    assert turn.person is None
    assert turn.skipped == (
        "Olga is no longer active",
        "no manager on record",
        "no department lead on record",
        "no compliance lead on record",
    )


# --- who owns a control


@pytest.mark.parametrize(
    ("company", "expected"),
    [
        pytest.param(the_company(), (OLGA, False), id="the named owner"),
        pytest.param(the_company(gone(OLGA)), (DANA, False), id="named owner gone: the department's lead"),
        pytest.param(a_directory(LEE), (LEE, True), id="no lead: the compliance lead, shown as unassigned"),
        pytest.param(a_directory(), (None, True), id="nobody"),
    ],
)
def test_the_accountable_person_of_a_control(company: DictDirectory, expected: tuple[Person | None, bool]) -> None:
    assert owner_for(a_control(), company) == expected


# --- who may answer


def test_the_owner_answers_for_themselves() -> None:
    assert require_may_answer(OLGA, TASK, the_company(), TODAY) is None


def test_the_owner_may_answer_from_their_leave() -> None:
    olga = away(OLGA, "pat")
    assert require_may_answer(olga, TASK, the_company(olga), TODAY) is None


def test_the_delegate_answers_on_behalf_of_the_owner() -> None:
    olga = away(OLGA, "pat")
    assert require_may_answer(PAT, TASK, the_company(olga), TODAY) == olga


def test_the_manager_answers_when_it_is_their_turn_only() -> None:
    olga = gone(OLGA)
    assert require_may_answer(MAX, TASK, the_company(olga), TODAY) == olga
    with pytest.raises(NotAllowed, match="IAM-03 is Olga's task, so only Olga can answer it"):
        require_may_answer(MAX, TASK, the_company(), TODAY)


@pytest.mark.parametrize("person", [LEE, ADA, DANA, VERA, PAT])
def test_nobody_else_answers_not_the_compliance_lead_either(person: Person) -> None:
    with pytest.raises(NotAllowed):
        require_may_answer(person, TASK, the_company(), TODAY)


def test_a_refusal_names_the_delegate_and_the_owner() -> None:
    with pytest.raises(NotAllowed, match="It is Pat's turn to answer IAM-03, on behalf of Olga"):
        require_may_answer(LEE, TASK, the_company(away(OLGA, "pat")), TODAY)


def test_a_deactivated_owner_answers_nothing() -> None:
    olga = gone(OLGA)
    with pytest.raises(NotAllowed):
        require_may_answer(olga, TASK, the_company(olga), TODAY)


def test_when_it_is_nobodys_turn_the_refusal_says_what_to_do() -> None:
    with pytest.raises(NotAllowed, match="Ask a compliance lead to give it to somebody"):
        require_may_answer(PAT, TASK, a_directory(gone(OLGA), PAT), TODAY)


# --- who may accept


def able(
    *,
    answered_by: str = "olga",
    on_behalf_of: str | None = None,
    contributors: tuple[str, ...] = (),
    company: DictDirectory | None = None,
) -> list[str]:
    found = acceptors(
        TASK,
        answered_by=PersonId(answered_by),
        on_behalf_of=PersonId(on_behalf_of) if on_behalf_of else None,
        contributors=frozenset(map(PersonId, contributors)),
        directory=company or the_company(),
    )
    return [person.id for person in found]


def test_acceptors_are_asked_in_order() -> None:
    assert able() == ["lee", "dana", "max", "vera"]


def test_a_person_in_two_capacities_is_asked_once() -> None:
    olga = a_person("olga", manager_id="lee")
    assert able(company=the_company(olga)) == ["lee", "dana", "vera"]


def test_who_answered_never_accepts() -> None:
    assert "lee" not in able(answered_by="lee")


def test_on_whose_behalf_it_was_answered_never_accepts() -> None:
    assert "dana" not in able(answered_by="pat", on_behalf_of="dana")


def test_the_owner_never_accepts_even_what_a_delegate_answered() -> None:
    olga = a_person("olga", Role.COMPLIANCE_LEAD)
    assert "olga" not in able(answered_by="pat", company=the_company(olga))


def test_contributors_never_accept() -> None:
    assert able(contributors=("lee", "max")) == ["dana", "vera"]


def test_the_deactivated_never_accept() -> None:
    assert "max" not in able(company=the_company(gone(MAX)))


@pytest.mark.parametrize(
    ("person", "sentence"),
    [
        ("olga", "You answered this yourself, so somebody else has to accept it: Lee, Dana or Vera can."),
        ("pat", "You contributed to this answer, so somebody else has to accept it: Lee, Dana or Vera can."),
        ("max", "This was answered on your behalf, so somebody else has to accept it: Lee, Dana or Vera can."),
        ("ada", "This is not yours to accept, so somebody else has to accept it: Lee, Dana or Vera can."),
    ],
)
def test_a_refusal_to_accept_says_why_and_who_can(person: str, sentence: str) -> None:
    company = the_company()
    with pytest.raises(NotAllowed) as refusal:
        require_may_accept(
            company.get(PersonId(person)),
            TASK,
            answered_by=OLGA.id,
            on_behalf_of=MAX.id,
            contributors=frozenset({PAT.id}),
            directory=company,
        )
    assert str(refusal.value) == sentence


def test_the_owner_of_a_delegate_s_answer_is_told_so() -> None:
    with pytest.raises(NotAllowed, match=r"You own this task.*: nobody can yet\. Ask an admin"):
        require_may_accept(
            OLGA,
            TASK,
            answered_by=PAT.id,
            on_behalf_of=None,
            contributors=frozenset(),
            directory=a_directory(OLGA, PAT),
        )


def test_an_acceptor_may_accept() -> None:
    require_may_accept(
        LEE, TASK, answered_by=OLGA.id, on_behalf_of=None, contributors=frozenset(), directory=the_company()
    )


# --- who may assign, and roles


@pytest.mark.parametrize("person", [LEE, ADA, DANA, MAX, OLGA], ids=lambda person: person.id)
def test_leads_admins_the_manager_and_the_owner_may_assign(person: Person) -> None:
    require_may_assign(person, TASK, the_company())
    require_may_assign(person, a_control(), the_company())


@pytest.mark.parametrize(
    "person",
    [PAT, VERA, a_person("rob", Role.DEPARTMENT_LEAD, department="finance"), gone(LEE)],
    ids=["a colleague", "the sponsor", "another department's lead", "a deactivated lead"],
)
def test_others_may_not_assign(person: Person) -> None:
    with pytest.raises(NotAllowed, match="Ask its owner Olga, their manager or a compliance lead"):
        require_may_assign(person, TASK, the_company())


def test_one_of_the_roles_is_enough_and_none_is_refused_by_name() -> None:
    require_role(LEE, Role.ADMIN, Role.COMPLIANCE_LEAD)
    with pytest.raises(NotAllowed, match="the role of admin or compliance lead"):
        require_role(PAT, Role.ADMIN, Role.COMPLIANCE_LEAD)


def test_a_deactivated_person_has_no_role() -> None:
    with pytest.raises(NotAllowed):
        require_role(gone(LEE), Role.COMPLIANCE_LEAD)


# --- who sees what


@pytest.mark.parametrize(
    ("person", "expected"),
    [("olga", True), ("max", True), ("vera", True), ("dana", True), ("lee", True), ("ada", True), ("pat", False)],
)
def test_owner_managers_above_leads_and_sponsor_see_the_task(person: str, expected: bool) -> None:
    company = the_company()
    assert may_see_task(company.get(PersonId(person)), TASK, directory=company, on=TODAY) is expected


def test_a_contributor_and_a_delegate_see_the_task() -> None:
    assert may_see_task(PAT, TASK, directory=the_company(), on=TODAY, involved={PAT.id})
    assert may_see_task(PAT, TASK, directory=the_company(away(OLGA, "pat")), on=TODAY)


def test_managers_in_a_circle_are_no_trouble() -> None:
    company = the_company(a_person("max", manager_id="olga"))
    assert may_see_task(company.get(MAX.id), TASK, directory=company, on=TODAY)
    assert not may_see_task(PAT, TASK, directory=company, on=TODAY)


def sees(person: Person, *, restricted: bool, company: DictDirectory | None = None, **named: object) -> bool:
    return may_see_evidence(
        person,
        a_task(answered_by=named.get("answered_by")),
        restricted=restricted,
        contributors=(PAT.id,) if named.get("contributor") else (),
        acceptor=PersonId("dana"),
        directory=company or the_company(),
        on=TODAY,
    )


@pytest.mark.parametrize("restricted", [False, True])
def test_owner_acceptor_and_compliance_lead_see_every_file(restricted: bool) -> None:
    assert all(sees(person, restricted=restricted) for person in (OLGA, DANA, LEE))


@pytest.mark.parametrize("restricted", [False, True])
def test_managers_sponsors_and_admins_never_see_files(restricted: bool) -> None:
    assert not any(sees(person, restricted=restricted) for person in (MAX, VERA, ADA, PAT))


def test_a_contributor_sees_files_where_they_are_named() -> None:
    assert sees(PAT, restricted=False, contributor=True)
    assert sees(PAT, restricted=True, contributor=True)


def test_the_delegate_sees_files_while_it_is_their_turn() -> None:
    assert sees(PAT, restricted=True, company=the_company(away(OLGA, "pat")))


def test_who_answered_in_the_owners_place_keeps_seeing_unrestricted_files_only() -> None:
    assert sees(PAT, restricted=False, answered_by="pat")
    assert not sees(PAT, restricted=True, answered_by="pat")


@pytest.mark.parametrize("person", [LEE, ADA, VERA], ids=lambda person: person.id)
def test_compliance_lead_admin_and_sponsor_see_every_standing(person: Person) -> None:
    assert status_scope(person, the_company()) == StatusScope()


def test_a_manager_sees_direct_and_indirect_reports() -> None:
    boss = a_person("boss")
    company = the_company(boss, a_person("max", manager_id="boss"), a_person("ina", manager_id="boss"))
    assert status_scope(boss, company) == StatusScope(owners=tuple(map(PersonId, ("boss", "max", "ina", "olga"))))


def test_reports_in_a_circle_are_counted_once() -> None:
    company = the_company(a_person("max", manager_id="olga"))
    assert status_scope(OLGA, company) == StatusScope(owners=(OLGA.id, MAX.id))


def test_a_department_lead_sees_the_department() -> None:
    assert status_scope(DANA, the_company()) == StatusScope(owners=(DANA.id,), departments=("it",))


def test_everybody_else_sees_their_own_tasks() -> None:
    assert status_scope(PAT, the_company()) == StatusScope(owners=(PAT.id,))
