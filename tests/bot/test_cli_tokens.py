import json
import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog

from bot.settings import names
from storage.database import Database
from storage.unit_of_work import SqlUnitsOfWork
from tasks.api_tokens import ApiToken, digest_of
from tasks.people import Role
from tasks.ports import UnitOfWork
from tests.bot.a_company import ACME, StepClock
from tests.bot.test_cli import Terminal
from tests.builders import a_person, a_workspace


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


@pytest.fixture
def soc2(capsys: pytest.CaptureFixture[str]) -> Terminal:
    terminal = Terminal(capsys)
    terminal("migrate")
    with Database("sqlite:///var/soc2.db") as database:
        units = SqlUnitsOfWork(database, StepClock())
        units.create_workspace(a_workspace())
        units.write_now(ACME, hire)
    return terminal


def hire(uow: UnitOfWork) -> None:
    for person in (a_person("ada", Role.ADMIN), a_person("olga")):
        uow.people.add(person)


def stored() -> list[ApiToken]:
    with Database("sqlite:///var/soc2.db") as database:
        return list(SqlUnitsOfWork(database, StepClock()).read_now(ACME, lambda uow: uow.api_tokens.every()))


def listed(soc2: Terminal) -> list[dict[str, str]]:
    soc2("tokens list --json")
    found: list[dict[str, str]] = json.loads(soc2.out)
    return found


def test_a_token_is_printed_alone_and_once_and_what_it_is_beside_it(soc2: Terminal) -> None:
    assert soc2("tokens create pager --scope incidents --for olga@example.com") == 0
    text = soc2.out.strip()
    assert re.fullmatch(r"soc2_[a-z2-7]{52}", text)
    assert soc2.err == (
        "Keep it now, it is shown only this once. pager works until it is revoked; Olga answers for it.\n"
    )
    [token] = stored()
    assert (token.digest, token.person_id) == (digest_of(text), "olga")


def test_no_two_tokens_are_alike(soc2: Terminal) -> None:
    soc2("tokens create one --scope incidents")
    first = soc2.out
    soc2("tokens create two --scope incidents")
    assert first != soc2.out


def test_it_can_have_several_scopes_an_end_and_the_only_admin_answers_for_it(soc2: Terminal) -> None:
    assert soc2("tokens create both --scope incidents --scope access-exports --expires-days 90") == 0
    assert "Ada answers for it" in soc2.err
    [row] = listed(soc2)
    ends = datetime.now(UTC) + timedelta(days=90)
    assert (row["scopes"], row["answers for it"], row["state"]) == (
        "access-exports, incidents",
        "ada@example.com",
        "works",
    )
    assert row["expires"][:10] in (f"{ends:%Y-%m-%d}", f"{ends - timedelta(minutes=1):%Y-%m-%d}")


def test_a_list_names_everything_but_the_secret(soc2: Terminal) -> None:
    soc2("tokens create pager --scope incidents")
    text = soc2.out.strip()
    assert soc2("tokens list") == 0
    assert "pager" in soc2.out
    assert f"{text[:9]}…" in soc2.out
    assert text not in soc2.out


def test_a_rotation_prints_the_new_secret_and_how_long_the_former_works(soc2: Terminal) -> None:
    soc2("tokens create pager --scope incidents")
    former = soc2.out.strip()
    assert soc2("tokens rotate pager") == 0
    assert soc2.out.strip() != former
    assert re.search(r"the former secret until \d{4}-\d\d-\d\d \d\d:\d\d UTC\.", soc2.err)
    assert listed(soc2)[0]["state"].startswith("works; the former secret until")
    assert stored()[0].former_digest == digest_of(former)


def test_a_rotation_can_stop_the_former_secret_at_once_and_hand_the_token_over(soc2: Terminal) -> None:
    soc2("tokens create pager --scope incidents")
    assert soc2("tokens rotate pager --overlap-hours 0 --for olga@example.com --expires-days 1") == 0
    assert "the former secret has stopped." in soc2.err
    [row] = listed(soc2)
    assert (row["state"], row["answers for it"]) == ("works", "olga@example.com")


def test_a_revoked_token_stays_in_the_list_and_its_name_is_free(soc2: Terminal) -> None:
    soc2("tokens create pager --scope incidents")
    assert soc2("tokens revoke pager") == 0
    assert soc2.out == "pager has stopped working.\n"
    assert soc2("tokens create pager --scope incidents") == 0
    assert [row["state"] for row in listed(soc2)] == ["revoked", "works"]


@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        ("create pager", 2, "--scope"),
        ("create pager --scope everything", 2, "everything"),
        ("create pager --scope incidents --expires-days 0", 2, "greater than or equal to 1"),
        ("create pager --scope incidents --for nobody@example.com", 1, "Nobody active here"),
        ("rotate pager", 1, "There is no token named pager. Type soc2 tokens list to see them all."),
        ("rotate pager --overlap-hours 721", 2, "less than or equal to 720"),
        ("revoke pager", 1, "There is no token named pager"),
    ],
)
def test_what_cannot_be_done_is_told_and_nothing_is_printed(soc2: Terminal, line: str, code: int, told: str) -> None:
    assert soc2(f"tokens {line}") == code
    assert told in soc2.err
    assert soc2.out == ""
    assert stored() == []


def test_everything_is_on_record_and_no_secret_is(soc2: Terminal) -> None:
    printed = []
    for line in ("create pager --scope incidents", "rotate pager"):
        soc2(f"tokens {line}")
        printed.append(soc2.out.strip())
    soc2("tokens revoke pager")
    [token] = stored()
    with Database("sqlite:///var/soc2.db") as database:
        units = SqlUnitsOfWork(database, StepClock())
        entries = units.read_now(ACME, lambda uow: uow.audit.of(f"token:{token.id}", limit=9))
    assert [(one.what, one.who) for one in entries] == [
        ("token:revoke", "cli"),
        ("token:rotate", "cli"),
        ("token:create", "cli"),
    ]
    assert not any(text in str(entries) for text in printed)
