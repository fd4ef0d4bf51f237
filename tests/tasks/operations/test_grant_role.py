from dataclasses import replace

import pytest

from tasks.errors import Invalid, NotAllowed, Stale
from tasks.operations.grant_role import grant_role, revoke_role, set_roles
from tasks.operations.schedule import plan_control
from tasks.people import GRANTED_ROLES, Role
from tests.builders import a_person, utc
from tests.tasks.operations.company import ADA, LEE, SUE, ZOE, a_company


@pytest.mark.parametrize("role", GRANTED_ROLES)
def test_an_admin_grants_and_revokes(role: Role) -> None:
    acme = a_company()
    assert acme.by("ada", grant_role, " Zoe@example.com ", role).roles == {role}
    assert acme.by("ada", revoke_role, "zoe@example.com", role).roles == frozenset()


def test_the_first_admin_is_granted_from_the_command_line() -> None:
    acme = a_company(replace(ADA, roles=frozenset()))
    assert acme.by("cli", grant_role, "ada@example.com", Role.ADMIN).has(Role.ADMIN)


def test_nobody_else_grants_or_revokes() -> None:
    acme = a_company()
    for who in ("lee", "sue", "zoe"):
        acme.refused(NotAllowed, who, grant_role, "zoe@example.com", Role.ADMIN)
        acme.refused(NotAllowed, who, revoke_role, "ada@example.com", Role.ADMIN)


@pytest.mark.parametrize("role", sorted(set(Role) - set(GRANTED_ROLES)))
def test_what_follows_from_the_directory_is_not_granted(role: Role) -> None:
    a_company().refused(Invalid, "ada", grant_role, "zoe@example.com", role)


def test_an_unknown_or_deactivated_person_is_granted_nothing() -> None:
    acme = a_company(replace(ZOE, active=False))
    for email in ("zoe@example.com", "who@example.com"):
        refusal = acme.refused(Invalid, "ada", grant_role, email, Role.ADMIN)
        assert "soc2 people import" in str(refusal)


def test_granting_again_changes_nothing() -> None:
    acme = a_company()
    before = acme.snapshot()
    acme.by("ada", grant_role, "ada@example.com", Role.ADMIN)
    acme.by("ada", revoke_role, "zoe@example.com", Role.ADMIN)
    assert acme.snapshot() == before


def test_each_grant_and_each_revocation_is_one_audit_entry_with_before_and_after() -> None:
    acme = a_company()
    acme.by("ada", grant_role, "zoe@example.com", Role.AUDITOR)
    acme.by("ada", revoke_role, "zoe@example.com", Role.AUDITOR)
    assert acme.entries == ["person:grant", "person:revoke"]
    assert (acme.state.entries[0].before, acme.state.entries[0].after) == ({"roles": []}, {"roles": ["auditor"]})


def test_an_admin_sets_exactly_these_roles() -> None:
    acme = a_company()
    sue = acme.by("ada", set_roles, SUE.id, frozenset({Role.AUDITOR, Role.ADMIN}), expected_version=1)
    assert sue.roles == {Role.AUDITOR, Role.ADMIN}
    assert acme.entries == ["person:grant", "person:revoke"]
    assert acme.state.entries[1].before == {"roles": ["admin", "auditor", "executive-sponsor"]}


def test_the_last_admin_and_the_only_compliance_lead_keep_their_roles() -> None:
    acme = a_company()
    for who, role in ((ADA, Role.ADMIN), (LEE, Role.COMPLIANCE_LEAD)):
        refusal = acme.refused(Invalid, "ada", set_roles, who.id, frozenset(), expected_version=1)
        assert f"is the only {role.replace('-', ' ')}" in refusal.fields["roles"]
        acme.refused(Invalid, "ada", revoke_role, who.email, role)


def test_with_another_one_they_may_lose_them() -> None:
    acme = a_company(a_person("lou", Role.ADMIN, Role.COMPLIANCE_LEAD))
    assert not acme.by("ada", set_roles, LEE.id, frozenset(), expected_version=1).roles
    assert not acme.by("ada", set_roles, ADA.id, frozenset(), expected_version=1).roles


def test_setting_roles_is_for_admins_and_for_granted_roles() -> None:
    acme = a_company()
    for who in ("lee", "sue", "zoe"):
        acme.refused(NotAllowed, who, set_roles, ZOE.id, frozenset({Role.AUDITOR}), expected_version=1)
    acme.refused(Invalid, "ada", set_roles, ZOE.id, frozenset({Role.MANAGER}), expected_version=1)


def test_of_two_admins_at_once_the_second_is_told() -> None:
    acme = a_company()
    acme.by("ada", set_roles, ZOE.id, frozenset({Role.AUDITOR}), expected_version=1)
    acme.refused(Stale, "ada", set_roles, ZOE.id, frozenset({Role.ADMIN}), expected_version=1)


def test_somebody_deactivated_is_given_no_role_but_may_lose_one() -> None:
    acme = a_company(replace(SUE, active=False))
    acme.refused(Invalid, "ada", set_roles, SUE.id, frozenset({Role.AUDITOR}), expected_version=1)
    assert not acme.by("ada", set_roles, SUE.id, frozenset(), expected_version=1).roles


def test_a_new_lead_gets_what_was_planned_without_an_owner() -> None:
    acme = a_company()
    acme.uow.controls.save(replace(acme.control, owner_id=None))
    acme.run(plan_control, acme.uow.controls.get(acme.control.id))
    acme.by("ada", grant_role, "dan@example.com", Role.DEPARTMENT_LEAD)
    assert {one.owner_id for one in acme.uow.tasks.planned(until=utc(2027, 1, 1))} == {"dan"}
