import json
import logging
import re
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
import typer

from bot.cli import app, commands
from bot.settings import names
from storage.database import Database
from storage.unit_of_work import SqlUnitsOfWork
from tasks.people import Role
from tests.bot.a_company import ACME, StepClock
from tests.builders import a_person, a_workspace

DOCUMENT = (Path(__file__).parents[2] / "docs" / "cli.md").read_text()
HEADER = "email,name,department,manager,time_zone,country,roles\n"


@pytest.fixture(autouse=True)
def _an_empty_folder_without_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    for name in names():
        monkeypatch.delenv(name, raising=False)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


class Terminal:
    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.out = ""
        self.err = ""

    def __call__(self, line: str) -> int:
        with pytest.raises(SystemExit) as ended:
            app(line.split())
        self.out, self.err = self._capsys.readouterr()
        code = ended.value.code
        return code if isinstance(code, int) else 0


@pytest.fixture
def soc2(capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(capsys)


@pytest.fixture
def acme(soc2: Terminal) -> None:
    """A workspace with one person, in the default database."""
    soc2("migrate")
    with Database("sqlite:///var/soc2.db") as database:
        units = SqlUnitsOfWork(database, StepClock())
        units.create_workspace(a_workspace())
        units.write_now(ACME, lambda uow: uow.people.add(a_person("olga")))


def documented() -> set[str]:
    return set(re.findall(r"^\| `soc2 ([^`]+)` \|", DOCUMENT, re.MULTILINE))


def registered(command: Any, path: str = "") -> Iterator[str]:
    children = getattr(command, "commands", {})
    for name, child in children.items():
        yield from registered(child, f"{path} {name}".strip())
    if not children:
        yield path


def test_every_command_is_documented_and_every_documented_one_exists() -> None:
    assert documented() == set(registered(typer.main.get_command(commands)))


def test_every_documented_option_exists() -> None:
    named = set(re.findall(r"^\| `(--[a-z-]+)` \|", DOCUMENT, re.MULTILINE))
    found = re.findall(r"--[a-z-]+", json.dumps(_options(typer.main.get_command(commands))))
    assert named <= set(found)


def _options(command: Any) -> list[str]:
    children = getattr(command, "commands", {})
    own = [option for parameter in command.params for option in parameter.opts]
    return own + [option for child in children.values() for option in _options(child)]


@pytest.mark.parametrize("path", sorted(documented()))
def test_every_command_explains_itself(soc2: Terminal, path: str) -> None:
    assert soc2(f"{path} --help") == 0
    assert "Usage" in soc2.out


# refusals


def test_a_malformed_setting_ends_with_one_sentence_and_code_2(soc2: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOC2_PORT", "abc")
    for command in ("serve", "demo", "migrate", "tick", "people list", "audit verify"):
        assert soc2(command) == 2, command
        assert soc2.err == "SOC2_PORT must be a whole number from 1 to 65535 (it is “abc”).\n"


def test_a_misspelt_setting_is_pointed_out(soc2: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOC2_PROT", "4000")
    assert soc2("migrate") == 0
    assert "did you mean SOC2_PORT?" in soc2.err


@pytest.mark.parametrize("url", ["postgresql://x/y", "sqlite://", "nonsense"])
def test_a_database_that_cannot_be_used_is_named(soc2: Terminal, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("SOC2_DATABASE_URL", url)
    assert soc2("migrate") == 2
    assert soc2.err.startswith("SOC2_DATABASE_URL can't be used.")
    assert soc2.err.count("\n") == 1


def test_a_store_that_cannot_be_used_is_named(soc2: Terminal, acme: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOC2_EVIDENCE_URL", "ftp://there")
    assert soc2("people list") == 2
    assert soc2.err.startswith("SOC2_EVIDENCE_URL can't be used.")


@pytest.mark.parametrize("command", ["people list", "tick", "audit verify", "catalogue install"])
def test_a_database_that_is_not_there_yet_is_told_and_not_made(soc2: Terminal, command: str) -> None:
    assert soc2(command) == 1
    assert soc2.err == "The database is not up to date: run soc2 migrate first.\n"
    assert not Path("var").exists()


def test_production_does_not_migrate_by_itself(soc2: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    _in_production(monkeypatch)
    assert soc2("serve") == 1
    assert "run soc2 migrate first" in soc2.err


def test_the_demo_is_for_local_only(soc2: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    _in_production(monkeypatch)
    assert soc2("demo") == 2
    assert "SOC2_ENVIRONMENT" in soc2.err


def _in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOC2_ENVIRONMENT", "production")
    monkeypatch.setenv("SOC2_SECRET_KEY", "k" * 40)
    monkeypatch.setenv("SOC2_PUBLIC_URL", "https://soc2.example.com")


def test_migrating_twice_is_harmless(soc2: Terminal) -> None:
    assert [soc2("migrate"), soc2("migrate")] == [0, 0]
    assert soc2.out == "The database was up to date.\n"


# people


def test_the_first_admin_is_made_from_the_command_line(soc2: Terminal, acme: None) -> None:
    assert soc2("people grant OLGA@example.com admin") == 0
    assert soc2.out == "Olga (olga@example.com) is admin now.\n"
    soc2("people list --json")
    assert json.loads(soc2.out)[0]["roles"] == [Role.ADMIN]


@pytest.mark.parametrize(
    ("line", "code"),
    [("nobody@example.com admin", 1), ("olga@example.com manager", 1), ("olga@example.com king", 2)],
)
def test_a_role_that_cannot_be_given_is_told(soc2: Terminal, acme: None, line: str, code: int) -> None:
    assert soc2(f"people grant {line}") == code
    assert soc2.err


def test_people_are_imported_and_imported_again_nothing_changes(soc2: Terminal, acme: None) -> None:
    Path("people.csv").write_text(
        f"{HEADER}max@example.com,Max,it,,Europe/Berlin,de,compliance-lead\nolga@example.com,Olga,,max@example.com,,,\n"
    )
    assert soc2("people import people.csv --dry-run") == 0
    assert soc2.out == "1 would be added, 1 would be changed, 0 unchanged.\n"
    assert soc2("people import people.csv") == 0
    assert soc2.out == "1 added, 1 changed, 0 unchanged.\n"
    assert soc2("people import people.csv") == 0
    assert soc2.out == "0 added, 0 changed, 2 unchanged.\n"


def test_a_file_with_mistakes_changes_nothing_and_every_row_is_told(soc2: Terminal, acme: None) -> None:
    Path("people.csv").write_text(f"{HEADER}ok@example.com,Ok,,,,,\nbroken,Broken,,,,,\nx@example.com,,,,,,\n")
    assert soc2("people import people.csv") == 1
    assert "row 3: broken is not an e-mail address" in soc2.err
    assert "row 4: name is empty" in soc2.err
    soc2("people list --json")
    assert len(json.loads(soc2.out)) == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "can't be read"),
        (b"\xff\xfe", "is not UTF-8 text"),
        (b"", "has no column email"),
        (b"email,phone\n", "has no column name"),
        (b"email,name,phone\n", "has a column phone that is not known"),
    ],
)
def test_a_file_that_is_no_list_of_people_is_told(soc2: Terminal, acme: None, content: bytes | None, told: str) -> None:
    if content is not None:
        Path("people.csv").write_bytes(content)
    assert soc2("people import people.csv") == 1
    assert told in soc2.err
    assert soc2.err.count("\n") == 1


def test_without_a_workspace_it_says_how_to_get_one(soc2: Terminal) -> None:
    soc2("migrate")
    assert soc2("people list") == 1
    assert "There is no workspace yet" in soc2.err


# catalogue


def test_the_shipped_catalogue_is_without_problems(soc2: Terminal) -> None:
    assert soc2("catalogue lint") == 0
    assert soc2.out == "No problems: 60 controls, 61 criteria.\n"


def test_a_catalogue_with_problems_names_them_and_fails(soc2: Terminal) -> None:
    Path("own").mkdir()
    Path("own/it.yaml").write_text("- code: X\n")
    assert soc2("catalogue lint own") == 1
    assert "it.yaml" in soc2.out
    assert soc2("catalogue lint own --json") == 1
    assert json.loads(soc2.out)[0]["file"] == "it.yaml"


def test_a_control_is_shown_whatever_the_case_of_its_code(soc2: Terminal) -> None:
    assert soc2("catalogue show iam-01 --json") == 0
    assert json.loads(soc2.out)["code"] == "IAM-01"
    assert soc2("catalogue show IAM-99") == 1


def test_packs_are_installed_once(soc2: Terminal, acme: None) -> None:
    assert soc2("catalogue install --pack privacy --starts-on 2026-01-01") == 0
    first = soc2.out
    assert soc2("catalogue install --pack privacy") == 0
    assert re.fullmatch(r"\d+ controls installed\.\n", first)
    assert soc2.out.startswith("0 controls installed.")


# audit


def test_a_whole_chain_is_proven(soc2: Terminal, acme: None) -> None:
    soc2("people grant olga@example.com admin")
    assert soc2("audit verify") == 0
    assert "1 entries, the chain is whole" in soc2.out
    assert soc2("audit verify --json") == 0
    assert json.loads(soc2.out)[0]["whole"] is True


def test_a_broken_chain_fails_and_names_the_first_broken_entry(soc2: Terminal, acme: None) -> None:
    soc2("people grant olga@example.com admin")
    soc2("people grant olga@example.com auditor")
    database = sqlite3.connect("var/soc2.db")
    triggers = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
    for name in triggers:
        database.execute(f"DROP TRIGGER {name}")
    database.execute("UPDATE audit_entries SET canonical = replace(canonical, 'grant', 'gr4nt') WHERE seq = 2")
    database.commit()
    database.close()
    assert soc2("audit verify") == 1
    assert "BROKEN at entry 2" in soc2.out
    assert soc2("audit verify --json") == 1
    assert json.loads(soc2.out)[0]["broken_at"] == 2


def test_a_chain_that_no_longer_runs_through_a_head_kept_outside_fails(soc2: Terminal, acme: None) -> None:
    soc2("people grant olga@example.com admin")
    soc2("audit verify --json")
    head = json.loads(soc2.out)[0]["head"]
    assert soc2(f"audit verify --expect {head}") == 0
    assert soc2(f"audit verify --expect 1:{'00' * 32}") == 1
    assert soc2("audit verify --expect nonsense") == 2


# tick


def test_a_tick_runs_every_job_and_prints_what_it_did(soc2: Terminal, acme: None) -> None:
    assert soc2("tick --json") == 0
    assert {"open", "climb", "deliver"} <= set(json.loads(soc2.out))


def test_a_tick_at_a_later_time_opens_what_is_due_by_then(soc2: Terminal, acme: None) -> None:
    soc2("people grant olga@example.com compliance-lead")
    soc2("catalogue install")
    later = datetime.now(UTC) + timedelta(days=100)
    assert soc2(f"tick --at {later:%Y-%m-%dT09:00} --json") == 0
    assert json.loads(soc2.out)["open"] > 0


@pytest.mark.parametrize(("at", "code"), [("2020-01-01", 1), ("tomorrow", 2)])
def test_a_time_that_makes_no_sense_is_told(soc2: Terminal, acme: None, at: str, code: int) -> None:
    assert soc2(f"tick --at {at}") == code
    assert soc2.err.count("\n") == 1


def test_in_production_the_clock_cannot_be_moved(soc2: Terminal, acme: None, monkeypatch: pytest.MonkeyPatch) -> None:
    _in_production(monkeypatch)
    assert soc2("tick --at 2030-01-01") == 2
    assert "local only" in soc2.err
