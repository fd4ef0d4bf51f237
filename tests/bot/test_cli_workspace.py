from pathlib import Path

import pytest

from bot.cli import app
from bot.settings import names
from storage.database import Database
from storage.unit_of_work import SqlUnitsOfWork
from tasks.identifiers import WorkspaceId
from tests.bot.a_company import ACME, StepClock
from tests.builders import a_control, a_person, a_workspace

TENANT = "8e1b0c1e-0000-4000-8000-0123456789ab"
GLOBEX = WorkspaceId("globex")
pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def _two_companies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in names():
        monkeypatch.delenv(name, raising=False)
    assert run("migrate") == 0
    with Database("sqlite:///var/soc2.db") as database:
        units = SqlUnitsOfWork(database, StepClock())
        for workspace in (a_workspace(), a_workspace(id=GLOBEX, name="Globex")):
            units.create_workspace(workspace)


def run(line: str) -> int:
    with pytest.raises(SystemExit) as ended:
        app(line.split())
    return int(ended.value.code or 0)


async def owner(platform: str, external_id: str) -> WorkspaceId | None:
    with Database("sqlite:///var/soc2.db") as database:
        return await SqlUnitsOfWork(database, StepClock()).workspace_for(platform, external_id)


def entries(workspace: WorkspaceId) -> list[str]:
    with Database("sqlite:///var/soc2.db") as database:
        units = SqlUnitsOfWork(database, StepClock())
        return units.read_now(
            workspace, lambda uow: [one.what for one in uow.audit.of(f"workspace:{workspace}", limit=9)]
        )


async def test_a_tenant_is_linked_to_the_workspace_that_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(f"workspace link teams {TENANT.upper()} --workspace Acme") == 0
    assert capsys.readouterr().out == f"Teams {TENANT} belongs to Acme now. Restart soc2 serve if it runs.\n"
    assert await owner("teams", TENANT) == ACME
    assert entries(ACME) == ["workspace:link"]


async def test_a_workspace_in_which_nothing_was_set_up_gives_way() -> None:
    run(f"workspace link teams {TENANT} --workspace Globex")
    assert run(f"workspace link teams {TENANT} --workspace Acme") == 0
    assert await owner("teams", TENANT) == ACME
    assert entries(ACME) == ["workspace:link"]


async def test_a_tenant_never_moves_away_from_a_company_with_controls(capsys: pytest.CaptureFixture[str]) -> None:
    run(f"workspace link teams {TENANT} --workspace Acme")
    with Database("sqlite:///var/soc2.db") as database:
        units = SqlUnitsOfWork(database, StepClock())
        units.write_now(ACME, lambda uow: uow.people.add(a_person("olga")))
        units.write_now(ACME, lambda uow: uow.controls.add(a_control()))
    assert run(f"workspace link teams {TENANT} --workspace Globex") == 1
    assert "never made one" in capsys.readouterr().err
    assert await owner("teams", TENANT) == ACME
    assert entries(GLOBEX) == []


def test_which_workspace_is_meant_must_be_clear(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(f"workspace link teams {TENANT}") == 1
    assert "--workspace" in capsys.readouterr().err


@pytest.mark.parametrize("line", ["teams acme.onmicrosoft.com", "slack acme", "teams T0123ABCD", f"slack {TENANT}"])
def test_what_is_no_id_is_refused(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(f"workspace link {line} --workspace Acme") == 2
    assert "is no" in capsys.readouterr().err
