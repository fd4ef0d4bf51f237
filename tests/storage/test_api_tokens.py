"""Finding a token's workspace by nothing but its digest."""

from pathlib import Path

import pytest

from storage.api_tokens import find_token
from storage.prepared import driver_of
from tasks.api_tokens import ApiToken, Scope
from tasks.identifiers import PersonId, WorkspaceId
from tests.bot.a_company import ACME, START, Company, a_company
from tests.builders import a_person, a_workspace
from tests.storage.migrated import migrated

GLOBEX = WorkspaceId("globex")


def a_token(handle: str, **changes: str) -> ApiToken:
    return ApiToken(
        id=handle,
        name=handle,
        scopes=frozenset({Scope.INCIDENTS}),
        digest=f"{handle} now",
        shown="soc2_ab3d",
        person_id=PersonId("olga"),
        created_at=START,
        former_digest=f"{handle} before",
    )


@pytest.mark.anyio
async def test_a_secret_present_or_former_leads_to_its_own_workspace_and_no_other(tmp_path: Path) -> None:
    with a_company(tmp_path) as company:
        company.units.create_workspace(a_workspace(id=GLOBEX, name="Globex"))
        company.units.write_now(GLOBEX, lambda uow: uow.people.add(a_person("olga", active=False)))
        company.write(lambda uow: uow.api_tokens.add(a_token("ours")))
        company.units.write_now(GLOBEX, lambda uow: uow.api_tokens.add(a_token("theirs")))
        found = {digest: await place_of(company, digest) for digest in DIGESTS}
    assert found == DIGESTS


DIGESTS = {
    "ours now": (ACME, "ours", True),
    "ours before": (ACME, "ours", True),
    "theirs now": (GLOBEX, "theirs", False),
    "theirs before": (GLOBEX, "theirs", False),
    "nobody's": None,
    "": None,
}


async def place_of(company: Company, digest: str) -> tuple[WorkspaceId, str, bool] | None:
    found = await company.units.token_for(digest)
    return (found.workspace_id, found.token.id, found.person_active) if found else None


def test_a_token_is_found_through_an_index(tmp_path: Path) -> None:
    sent: list[str] = []
    with migrated(tmp_path) as connection:
        driver = driver_of(connection)
        driver.set_trace_callback(sent.append)
        assert find_token(connection, "ab") is None
        driver.set_trace_callback(None)
        steps = [step[3] for statement in sent for step in driver.execute(f"EXPLAIN QUERY PLAN {statement}")]
    assert steps
    assert [step for step in steps if step.startswith("SCAN")] == []
