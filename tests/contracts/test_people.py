from dataclasses import replace
from datetime import date

import pytest

from tasks.errors import Invalid, NotFound, Stale
from tasks.identifiers import PersonId
from tasks.model import Contribution
from tasks.people import Person, Role
from tasks.ports import AccountState, Identity, PlannedTask, UnitOfWork
from tests.builders import a_control, a_person, a_task, utc


def on_slack(person: str, external_id: str = "U1", platform: str = "slack") -> Identity:
    return Identity(platform=platform, external_id=external_id, person_id=PersonId(person))


def handles(people: object) -> list[str]:
    return [person.id for person in people if isinstance(person, Person)]  # type: ignore[attr-defined]


def test_a_person_comes_back_whole(uow: UnitOfWork) -> None:
    person = a_person(
        "olga",
        Role.ADMIN,
        Role.COMPLIANCE_LEAD,
        manager_id=PersonId("max"),
        time_zone="Europe/Berlin",
        time_zone_by_hand=True,
        country="DE",
        active=False,
        deactivated_by="slack",
        guest=True,
        named=True,
        away_from=date(2026, 11, 1),
        away_until=date(2026, 11, 9),
        delegate_id=PersonId("dana"),
        write_to="teams",
    )
    uow.people.add(person)
    assert uow.people.get(person.id) == person


def test_an_unknown_person_is_not_found(uow: UnitOfWork) -> None:
    with pytest.raises(NotFound):
        uow.people.get(PersonId("nobody"))


def test_another_workspaces_person_is_not_found_in_the_same_words(uow: UnitOfWork, elsewhere: UnitOfWork) -> None:
    elsewhere.people.add(a_person("olga"))
    with pytest.raises(NotFound) as unknown:
        uow.people.get(PersonId("nobody"))
    with pytest.raises(NotFound) as foreign:
        uow.people.get(PersonId("olga"))
    assert str(foreign.value) == str(unknown.value)


def test_the_same_id_in_two_workspaces_is_two_people(uow: UnitOfWork, elsewhere: UnitOfWork) -> None:
    uow.people.add(a_person("olga", name="Ours"))
    elsewhere.people.add(a_person("olga", name="Theirs"))
    assert uow.people.get(PersonId("olga")).name == "Ours"


def test_finding_nobody_gives_nobody(uow: UnitOfWork) -> None:
    assert uow.people.find(None) is None
    assert uow.people.find(PersonId("nobody")) is None


def test_a_found_person_added_afterwards_is_found(uow: UnitOfWork) -> None:
    assert uow.people.find(PersonId("olga")) is None
    uow.people.add(a_person("olga"))
    assert uow.people.find(PersonId("olga")) == a_person("olga")


def test_saving_changes_everything_and_raises_the_version(uow: UnitOfWork) -> None:
    uow.people.add(a_person("olga", Role.ADMIN))
    saved = uow.people.save(a_person("olga", Role.AUDITOR, name="Olga Other"))
    assert saved == a_person("olga", Role.AUDITOR, name="Olga Other", version=2)
    assert uow.people.get(PersonId("olga")) == saved


def test_saving_an_old_version_is_stale(uow: UnitOfWork) -> None:
    uow.people.add(a_person("olga"))
    uow.people.save(a_person("olga", name="First"))
    with pytest.raises(Stale):
        uow.people.save(a_person("olga", name="Second"))
    assert uow.people.get(PersonId("olga")).name == "First"


def test_saving_an_unknown_person_is_not_found(uow: UnitOfWork) -> None:
    with pytest.raises(NotFound):
        uow.people.save(a_person("olga"))


def test_an_email_is_found_whatever_its_case(uow: UnitOfWork) -> None:
    uow.people.add(a_person("olga", email="Olga@Example.com"))
    found = uow.people.by_email("oLGA@eXAMPLE.COM")
    assert found is not None
    assert found.email == "olga@example.com"


def test_two_people_cannot_share_an_email(uow: UnitOfWork) -> None:
    uow.people.add(a_person("olga", email="o@example.com"))
    with pytest.raises(Invalid) as refused:
        uow.people.add(a_person("other", email="O@example.com"))
    assert "email" in refused.value.fields


def test_a_person_cannot_take_over_an_email_by_a_change(uow: UnitOfWork) -> None:
    uow.people.add(a_person("olga"))
    uow.people.add(a_person("max"))
    with pytest.raises(Invalid):
        uow.people.save(a_person("max", email="OLGA@example.com"))


def test_several_people_may_have_no_email(uow: UnitOfWork) -> None:
    uow.people.add(a_person("one", email=""))
    uow.people.add(a_person("two", email=""))
    assert uow.people.by_email("") is None


def test_two_workspaces_may_share_an_email(uow: UnitOfWork, elsewhere: UnitOfWork) -> None:
    uow.people.add(a_person("olga"))
    elsewhere.people.add(a_person("olga"))
    found = elsewhere.people.by_email("olga@example.com")
    assert found == a_person("olga")


def test_an_identity_speaks_for_its_person(uow: UnitOfWork) -> None:
    uow.people.add(a_person("olga"))
    uow.people.link(on_slack("olga"))
    assert uow.people.by_identity("slack", "U1") == a_person("olga")
    assert uow.people.by_identity("teams", "U1") is None


def test_an_identity_is_not_known_in_another_workspace(uow: UnitOfWork, elsewhere: UnitOfWork) -> None:
    uow.people.add(a_person("olga"))
    uow.people.link(on_slack("olga"))
    assert elsewhere.people.by_identity("slack", "U1") is None


def test_a_second_link_moves_the_identity(uow: UnitOfWork) -> None:
    uow.people.add(a_person("olga"))
    uow.people.add(a_person("max"))
    uow.people.link(on_slack("olga"))
    uow.people.link(on_slack("max"))
    assert uow.people.by_identity("slack", "U1") == a_person("max")
    assert uow.people.identities(PersonId("olga")) == []


def test_an_identity_cannot_be_linked_to_a_stranger(uow: UnitOfWork, elsewhere: UnitOfWork) -> None:
    elsewhere.people.add(a_person("olga"))
    with pytest.raises(NotFound):
        uow.people.link(on_slack("olga"))


def test_identities_are_listed_last_used_first(uow: UnitOfWork) -> None:
    uow.people.add(a_person("olga"))
    teams, slack, web = (on_slack("olga", "X", platform) for platform in ("teams", "slack", "web"))
    for identity in (teams, slack, web):
        uow.people.link(identity)
    uow.people.used(teams, utc(2026, 11, 1))
    uow.people.used(web, utc(2026, 11, 2))
    assert uow.people.identities(PersonId("olga")) == [web, teams, slack]


def test_linking_again_keeps_when_it_was_used(uow: UnitOfWork) -> None:
    uow.people.add(a_person("olga"))
    teams, web = on_slack("olga", "X", "teams"), on_slack("olga", "X", "web")
    uow.people.link(teams)
    uow.people.link(web)
    uow.people.used(web, utc(2026, 11, 2))
    uow.people.link(web)
    assert uow.people.identities(PersonId("olga")) == [web, teams]


def test_an_account_stands_as_its_platform_said_whosever_it_is(uow: UnitOfWork) -> None:
    for name in ("olga", "max"):
        uow.people.add(a_person(name))
    teams = on_slack("olga", "X", "teams")
    uow.people.link(on_slack("olga"))
    uow.people.link(teams)
    uow.people.note_account(on_slack("olga"), AccountState.ENDED)
    uow.people.note_account(on_slack("max"), AccountState.GUEST)
    assert uow.people.account_states(PersonId("olga")) == {
        on_slack("olga"): AccountState.ENDED,
        teams: AccountState.UNKNOWN,
    }
    uow.people.link(on_slack("max"))
    assert uow.people.account_states(PersonId("max")) == {on_slack("max"): AccountState.ENDED}


def test_an_account_linked_anew_stands_as_nobody_said_yet(uow: UnitOfWork) -> None:
    uow.people.add(a_person("olga"))
    uow.people.link(on_slack("olga"))
    uow.people.note_account(on_slack("olga"), AccountState.MEMBER)
    uow.people.unlink(on_slack("olga"))
    uow.people.link(on_slack("olga"))
    assert uow.people.account_states(PersonId("olga")) == {on_slack("olga"): AccountState.UNKNOWN}


def test_everyone_is_listed_by_name_whatever_its_case(uow: UnitOfWork) -> None:
    uow.people.add(a_person("c", name="bea"))
    uow.people.add(a_person("b", name="Cyr", active=False))
    uow.people.add(a_person("a", name="Ann"))
    assert handles(uow.people.everyone()) == ["a", "c", "b"]


def test_reports_are_the_active_direct_ones(uow: UnitOfWork) -> None:
    max_id = PersonId("max")
    uow.people.add(a_person("two", manager_id=max_id))
    uow.people.add(a_person("one", manager_id=max_id))
    uow.people.add(a_person("gone", manager_id=max_id, active=False))
    uow.people.add(a_person("other", manager_id=PersonId("one")))
    assert handles(uow.people.reports_of(max_id)) == ["one", "two"]


def test_holders_of_a_role_are_active_and_in_order_of_id(uow: UnitOfWork) -> None:
    uow.people.add(a_person("two", Role.ADMIN))
    uow.people.add(a_person("one", Role.ADMIN, Role.AUDITOR))
    uow.people.add(a_person("gone", Role.ADMIN, active=False))
    uow.people.add(a_person("plain"))
    assert handles(uow.people.holders(Role.ADMIN)) == ["one", "two"]


def test_the_lead_of_a_department_holds_the_role_and_belongs_to_it(uow: UnitOfWork) -> None:
    uow.people.add(a_person("hr-lead", Role.DEPARTMENT_LEAD, department="hr"))
    uow.people.add(a_person("it-lead", Role.DEPARTMENT_LEAD, department="it"))
    uow.people.add(a_person("a-member", department="finance"))
    lead = uow.people.lead_of("it")
    assert lead is not None
    assert lead.id == "it-lead"
    assert uow.people.lead_of("finance") is None


def test_a_role_granted_a_moment_ago_counts(uow: UnitOfWork) -> None:
    uow.people.add(a_person("olga"))
    assert uow.people.holders(Role.ADMIN) == []
    uow.people.save(a_person("olga", Role.ADMIN))
    assert handles(uow.people.holders(Role.ADMIN)) == ["olga"]


@pytest.mark.parametrize(("day", "away"), [(1, []), (2, ["olga"]), (5, ["olga"]), (6, [])])
def test_away_includes_the_first_and_the_last_day(uow: UnitOfWork, day: int, away: list[str]) -> None:
    leave = {"away_from": date(2026, 11, 2), "away_until": date(2026, 11, 5)}
    uow.people.add(a_person("olga", **leave))
    uow.people.add(a_person("gone", active=False, **leave))
    uow.people.add(a_person("here"))
    assert handles(uow.people.away_on(date(2026, 11, day))) == away


def test_a_saved_person_can_be_saved_again(uow: UnitOfWork) -> None:
    uow.people.add(a_person("olga"))
    saved = uow.people.save(a_person("olga", name="Once"))
    assert uow.people.save(replace(saved, name="Twice")).version == 3


def test_unlinked_are_the_active_people_with_an_e_mail_and_no_identity_there_by_id(
    uow: UnitOfWork, elsewhere: UnitOfWork
) -> None:
    uow.people.add(a_person("c"))
    uow.people.add(a_person("b"))
    uow.people.add(a_person("a", Role.ADMIN))
    uow.people.add(a_person("gone", active=False))
    uow.people.add(a_person("nameless", email=""))
    uow.people.add(a_person("linked"))
    uow.people.link(on_slack("linked"))
    uow.people.link(on_slack("b", platform="web"))
    elsewhere.people.add(a_person("theirs"))
    assert handles(uow.people.unlinked("slack", after="", limit=2)) == ["a", "b"]
    assert handles(uow.people.unlinked("slack", after="b", limit=2)) == ["c"]
    assert uow.people.unlinked("slack", after="", limit=1) == [a_person("a", Role.ADMIN)]


def test_an_unlinked_account_is_nobodys_and_one_that_moved_on_stays(uow: UnitOfWork, elsewhere: UnitOfWork) -> None:
    for name in ("olga", "hans"):
        uow.people.add(a_person(name))
    elsewhere.people.add(a_person("olga"))
    elsewhere.people.link(on_slack("olga"))
    uow.people.link(on_slack("olga"))
    uow.people.unlink(on_slack("hans"))
    assert uow.people.by_identity("slack", "U1") == a_person("olga")
    uow.people.unlink(on_slack("olga"))
    assert uow.people.by_identity("slack", "U1") is None
    assert uow.people.identities(PersonId("olga")) == []
    assert elsewhere.people.by_identity("slack", "U1") == a_person("olga")


def test_somebody_whom_nothing_names_has_no_history(uow: UnitOfWork, elsewhere: UnitOfWork) -> None:
    uow.people.add(a_person("olga"))
    uow.people.link(on_slack("olga"))
    elsewhere.people.add(a_person("olga", Role.ADMIN))
    assert not uow.people.has_history(PersonId("olga"))
    assert elsewhere.people.has_history(PersonId("olga"))


@pytest.mark.parametrize(
    "named",
    [
        a_person("other", manager_id=PersonId("olga")),
        a_person("other", delegate_id=PersonId("olga")),
        a_person("olga", Role.AUDITOR),
    ],
    ids=["as a manager", "as a stand-in", "by a role"],
)
def test_whoever_is_named_among_the_people_has_a_history(uow: UnitOfWork, named: Person) -> None:
    uow.people.add(named)
    if named.id != "olga":
        uow.people.add(a_person("olga"))
    assert uow.people.has_history(PersonId("olga"))


def test_whoever_is_named_by_a_control_or_a_task_has_a_history(uow: UnitOfWork) -> None:
    for name in ("olga", "hans", "carl", "dana"):
        uow.people.add(a_person(name))
    uow.controls.add(a_control(owner_id=PersonId("hans")))
    uow.tasks.plan(a_control().id, [PlannedTask(task=a_task(owner_id=PersonId("olga")), prompt_at=a_task().opens_at)])
    uow.tasks.open_due(now=a_task().opens_at, limit=9)
    uow.answers.add_contribution(
        Contribution(
            task_id=a_task().id,
            item="leaver-list",
            person_id=PersonId("carl"),
            asked_by=PersonId("olga"),
            asked_at=utc(2026, 11, 3),
        )
    )
    assert [uow.people.has_history(PersonId(one)) for one in ("olga", "hans", "carl", "dana")] == [
        True,
        True,
        True,
        False,
    ]
