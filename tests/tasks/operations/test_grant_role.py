from dataclasses import replace

import pytest

from tasks.errors import Invalid, NotAllowed
from tasks.operations.grant_role import grant_role, revoke_role
from tasks.people import GRANTED_ROLES, Role
from tests.tasks.operations.company import ADA, ZOE, a_company


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
