import json
import logging
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import structlog

from bot.settings import names
from storage.database import Database
from storage.unit_of_work import SqlUnitOfWork, SqlUnitsOfWork
from tasks.controls import Control
from tasks.people import Person, Role
from tests.bot.a_company import ACME, StepClock
from tests.bot.test_cli import Terminal
from tests.builders import a_person, a_workspace
from tests.matrices import SPREADSHEET, VANTA, Rows, as_csv, as_xlsx, many, simple

AC1 = ("AC-1", "Access is reviewed", "Managers review access.", "Quarterly", "CC6.1")


@pytest.fixture(autouse=True)
def _an_empty_folder_without_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "250")
    for name in names():
        monkeypatch.delenv(name, raising=False)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def soc2(capsys: pytest.CaptureFixture[str]) -> Terminal:
    """At a database with one workspace and three people."""
    terminal = Terminal(capsys)
    terminal("migrate")
    with Database("sqlite:///var/soc2.db") as database:
        units = SqlUnitsOfWork(database, StepClock())
        units.create_workspace(a_workspace())
        people = (a_person("olga"), a_person("hans", department="hr"), a_person("lee", Role.COMPLIANCE_LEAD))
        for person in people:
            units.write_now(ACME, partial(_hire, person=person))
    return terminal


def _hire(uow: SqlUnitOfWork, *, person: Person) -> None:
    uow.people.add(person)


def controls() -> list[Control]:
    with Database("sqlite:///var/soc2.db") as database:
        return list(SqlUnitsOfWork(database, StepClock()).read_now(ACME, lambda uow: uow.controls.every()))


def codes() -> list[str]:
    return [control.code for control in controls()]


def a_file(rows: Rows, name: str = "controls.csv") -> str:
    Path(name).write_text(as_csv(rows), encoding="utf-8")
    return name


# import
def test_a_list_without_doubts_is_taken_over(soc2: Terminal) -> None:
    assert soc2(f"controls import {a_file(many(3))}") == 0
    assert "3 controls added, 0 changed." in soc2.out
    assert codes() == ["C-1", "C-2", "C-3"]


def test_a_workbook_is_read_by_its_named_sheet(soc2: Terminal) -> None:
    Path("controls.xlsx").write_bytes(as_xlsx(Old=many(1), New=many(2)))
    assert soc2("controls import controls.xlsx --sheet New") == 0
    assert codes() == ["C-1", "C-2"]


def test_a_dry_run_changes_nothing(soc2: Terminal) -> None:
    assert soc2(f"controls import {a_file(many(3))} --dry-run") == 0
    assert "3 controls would be taken over." in soc2.out
    assert codes() == []


def test_what_is_only_suggested_is_not_taken_over(soc2: Terminal) -> None:
    assert soc2(f"controls import {a_file(SPREADSHEET)}") == 1
    assert "Nothing was imported. 2 rows to confirm" in soc2.err
    assert "looks like BCP-01" in soc2.err
    assert codes() == []


def test_unless_the_command_says_so(soc2: Terminal) -> None:
    assert soc2(f"controls import {a_file(SPREADSHEET)} --accept-suggestions") == 0
    assert codes() == ["AC-1", "HR-7", "OP-3"]


def test_one_row_that_cannot_be_read_stops_the_whole(soc2: Terminal) -> None:
    assert soc2(f"controls import {a_file(simple(AC1, ('', 'No id')))} --accept-suggestions") == 1
    assert "row 3: It has no id." in soc2.err
    assert codes() == []


def test_a_layout_can_be_named(soc2: Terminal) -> None:
    assert soc2(f"controls import {a_file(VANTA)} --layout vanta --accept-suggestions --dry-run --json") == 0
    found = json.loads(soc2.out)
    assert (found["layout"], found["unused_columns"]) == ("vanta", ["Source", "Note"])
    assert [one["code"] for one in found["controls"]] == ["ACC-12", "VND-2"]


def test_controls_that_stand_here_change_only_with_update(soc2: Terminal) -> None:
    soc2(f"controls import {a_file(many(2))}")
    changed = [*many(2)[:2], ("C-2", "Control 2", "Other words.", "Monthly", "CC6.1", "IT")]
    assert soc2(f"controls import {a_file(changed)}") == 0
    assert [control.version for control in controls()] == [1, 1]
    assert soc2(f"controls import {a_file(changed)} --update") == 0
    assert "0 controls added, 1 changed. 1 row skipped" in soc2.out
    assert [control.version for control in controls()] == [1, 2]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "controls.csv is empty."), (b"a,b\n1,2\n", "No row names the columns I need"), (b"\x00\x01", "neither")],
)
def test_a_file_that_is_no_list_is_told_in_a_sentence(
    soc2: Terminal,
    content: bytes,
    sentence: str,
) -> None:
    Path("controls.csv").write_bytes(content)
    assert soc2("controls import controls.csv") == 1
    assert sentence in soc2.err


def test_a_file_that_is_not_there_is_told(soc2: Terminal) -> None:
    assert soc2("controls import none.csv") == 1
    assert "none.csv can't be read" in soc2.err


# export and apply
def test_what_is_exported_and_applied_changes_nothing(soc2: Terminal) -> None:
    soc2(f"controls import {a_file(SPREADSHEET)} --accept-suggestions")
    soc2("catalogue install")
    before = controls()
    assert soc2("controls export --format yaml") == 0
    Path("own.yaml").write_text(soc2.out, encoding="utf-8")
    assert soc2("controls apply own.yaml") == 0
    assert soc2.out == "Nothing to change.\n"
    assert controls() == before


def test_what_changes_is_printed_line_by_line(soc2: Terminal) -> None:
    soc2(f"controls import {a_file(many(2))}")
    soc2("controls export")
    text = soc2.out.replace("Thing 1 is done.", "Thing 1 was done.").replace("code: C-2", "retired: true\n  code: C-2")
    Path("own.yaml").write_text(
        text + "---\n" + text.replace("C-", "D-").replace("retired: true", ""), encoding="utf-8"
    )
    assert soc2("controls apply own.yaml --dry-run") == 0
    assert codes() == ["C-1", "C-2"]
    assert soc2("controls apply own.yaml") == 0
    assert soc2.out.splitlines() == [
        "~ C-1 Control 1 (changed: prompt, statement)",
        "- C-2 Control 2 (retired)",
        "+ D-1 Control 1 (added)",
        "+ D-2 Control 2 (added)",
        "4 changes made.",
    ]
    assert [(one.code, one.version, one.retired) for one in controls()][:2] == [("C-1", 2, False), ("C-2", 1, True)]


def test_every_problem_of_a_file_is_named(soc2: Terminal) -> None:
    Path("own.yaml").write_text("area: A\ncontrols:\n- code: X\n", encoding="utf-8")
    assert soc2("controls apply own.yaml") == 1
    assert "own.yaml, X, title: is missing; add it." in soc2.err
    Path("own.yaml").write_text("a: [", encoding="utf-8")
    assert soc2("controls apply own.yaml") == 1
    assert "own.yaml: line" in soc2.err


def test_an_owner_nobody_knows_stops_the_whole(soc2: Terminal) -> None:
    soc2(f"controls import {a_file(many(1))}")
    soc2("controls export")
    Path("own.yaml").write_text(
        soc2.out.replace("  department:", "  owner: x@example.com\n  department:"), encoding="utf-8"
    )
    assert soc2("controls apply own.yaml --json") == 1
    assert "C-1 owner: nobody here has the address x@example.com." in soc2.err
