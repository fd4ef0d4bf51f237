import json
import logging
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from pydantic import SecretStr
from sqlalchemy import Connection, text

from bot.cli import app
from bot.clock import real_now
from bot.doctor import CHECKS, examine
from bot.findings import Check, Finding, Patient, State, fine
from bot.lock import DELIVERY_LOCK, ProcessLock
from bot.settings import Environment, Settings, names
from bot.slack.checkup import ask_slack, wanted_scopes
from bot.store import upgrade
from storage.database import Database
from tests.bot.a_company import START, a_company, open_a_task
from tests.contracts.test_audit_log import an_entry
from tests.docs.pages import ROOT
from tests.fake_slack import FakeSlack
from tests.fake_slack.scopes import OUR_SCOPES

SIGNING_SECRET = "signing-secret-hush"
PUBLIC = "public address"


def settings_in(folder: Path, **changes: Any) -> Settings:
    return Settings(
        environment=Environment.LOCAL,
        database_url=f"sqlite:///{folder / 'soc2.db'}",
        evidence_url=str(folder / "evidence"),
        **changes,
    )


def with_slack(folder: Path, slack: FakeSlack, **changes: Any) -> Settings:
    usual = {
        "slack_bot_token": SecretStr(slack.token),
        "slack_signing_secret": SecretStr(SIGNING_SECRET),
        "slack_api_url": slack.url,
    }
    return settings_in(folder, **(usual | changes))


def a_patient(settings: Settings, **changes: Any) -> Patient:
    return replace(
        Patient(settings=settings, env_file=Path("no-such-file"), now=real_now, company_now=real_now), **changes
    )


def found(patient: Patient, *wanted: str) -> list[Finding]:
    return examine(patient, {name: CHECKS[name] for name in wanted} if wanted else CHECKS)


def one(patient: Patient, check: str, name: str = "") -> Finding:
    [finding] = [each for each in found(patient, check) if each.check == (name or check)]
    return finding


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """With a database that is up to date."""
    upgrade(settings_in(tmp_path))
    return tmp_path


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack(team_name="Acme") as slack:
        yield slack


# the machine


def test_a_service_that_is_set_up_is_well(home: Path) -> None:
    findings = found(a_patient(settings_in(home)))
    assert [each for each in findings if each.state is not State.OK] == []
    assert {each.check for each in findings} == set(CHECKS)


def test_a_missing_database_is_not_made_but_named_with_its_cure(tmp_path: Path) -> None:
    patient = a_patient(settings_in(tmp_path))
    finding = one(patient, "database")
    assert (finding.state, finding.cure) == (State.FAILED, "Run soc2 migrate.")
    assert one(patient, "audit log").state is State.WARNING
    assert one(patient, "jobs").state is State.WARNING
    assert not (tmp_path / "soc2.db").exists()


def test_a_database_another_program_holds_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        Database.__init__, "__kwdefaults__", {**(Database.__init__.__kwdefaults__ or {}), "busy_seconds": 0.1}
    )
    with Database(f"sqlite:///{home / 'soc2.db'}") as other:
        entered, leave = threading.Event(), threading.Event()

        def hold(connection: object) -> None:
            entered.set()
            leave.wait(20)

        holder = threading.Thread(target=other.write_now, args=(hold,))
        holder.start()
        assert entered.wait(5)
        finding = one(a_patient(settings_in(home)), "database")
        leave.set()
        holder.join()
    assert finding.state is State.FAILED
    assert "could not save" in finding.says


@pytest.mark.parametrize(
    ("free", "state"), [(2_000_000_000, State.OK), (500_000_000, State.WARNING), (50_000_000, State.FAILED)]
)
def test_little_disk_warns_and_too_little_fails(
    home: Path, monkeypatch: pytest.MonkeyPatch, free: int, state: State
) -> None:
    usage = type("Usage", (), {"free": free})
    monkeypatch.setattr("bot.checks_here.disk_usage", lambda path: usage)
    assert one(a_patient(settings_in(home)), "disk").state is state


def test_evidence_that_can_t_be_written_is_named_with_its_setting(home: Path) -> None:
    (home / "a-file").write_text("")
    settings = settings_in(home).model_copy(update={"evidence_url": str(home / "a-file" / "evidence")})
    finding = one(a_patient(settings), "evidence")
    assert finding.state is State.FAILED
    assert "SOC2_EVIDENCE_URL" in finding.says


def test_the_probe_leaves_nothing_behind(home: Path) -> None:
    one(a_patient(settings_in(home)), "evidence")
    assert [path for path in (home / "evidence").rglob("*") if path.is_file()] == []


def test_an_audit_log_that_was_changed_is_named(tmp_path: Path) -> None:
    with a_company(tmp_path) as company:
        for number in range(3):
            company.write(lambda uow, about=f"task:{number}": uow.audit.append(an_entry(about=about)))  # type: ignore[misc]
        assert one(a_patient(settings_in(tmp_path)), "audit log").state is State.OK
        company.database.write_now(tamper)
    finding = one(a_patient(settings_in(tmp_path)), "audit log")
    assert finding.state is State.FAILED
    assert "broken at entry 2" in finding.says


def tamper(connection: Connection) -> None:
    connection.execute(text("DROP TRIGGER audit_entries_refuses_update"))
    connection.execute(text("UPDATE audit_entries SET canonical = CAST('{}' AS BLOB) WHERE seq = 2"))


def test_a_task_that_should_be_open_and_a_notice_that_should_be_out_are_late(tmp_path: Path) -> None:
    with a_company(tmp_path) as company:
        company.write(open_a_task)
    later = START + timedelta(hours=3)
    finding = one(a_patient(settings_in(tmp_path), company_now=lambda: later), "jobs")
    assert (finding.state, finding.says) == (State.WARNING, "A notice to go out waits since 3 hours.")


def test_whether_a_server_delivers_is_seen_by_its_lock(home: Path) -> None:
    patient = a_patient(settings_in(home))
    assert one(patient, "delivery").says == "No server is delivering."
    server = ProcessLock(home / DELIVERY_LOCK)
    server.hold()
    assert one(patient, "delivery").says == "A running server delivers."
    server.close()


def test_a_file_of_secrets_that_others_may_read_is_pointed_out(home: Path) -> None:
    file = home / ".env"
    file.write_text("SOC2_PORT=3000\n")
    for mode, state in ((0o644, State.WARNING), (0o600, State.OK)):
        file.chmod(mode)
        assert found(a_patient(settings_in(home), env_file=file), "settings")[0].state is state


def test_the_browser_chat_open_to_the_network_is_pointed_out(home: Path) -> None:
    open_to_all = found(a_patient(settings_in(home, host="0.0.0.0", browser_chat=True)), "settings")
    assert "anybody may speak as anybody" in open_to_all[0].says


# Slack


def test_a_good_token_names_its_team_and_every_scope_is_there(home: Path, slack: FakeSlack) -> None:
    patient = a_patient(with_slack(home, slack))
    assert one(patient, "slack token").says == f"It is good; the team is Acme ({slack.team})."
    assert one(patient, "slack token", "slack scopes").state is State.OK
    assert one(patient, "slack token", "clock").state is State.OK


def test_a_refused_token_is_named_with_slack_s_word(home: Path, slack: FakeSlack) -> None:
    slack.fail("auth.test", "token_revoked", times=9)
    finding = one(a_patient(with_slack(home, slack)), "slack token")
    assert finding.state is State.FAILED
    assert "token_revoked" in finding.says
    assert "OAuth & Permissions" in finding.cure


def test_a_slack_that_can_t_be_reached_fails_and_stops_no_other_check(home: Path) -> None:
    with FakeSlack() as gone:
        settings = with_slack(home, gone, slack_app_token=SecretStr("xapp-hush"))
    findings = {each.check: each.state for each in found(a_patient(settings))}
    assert findings["slack token"] is findings["socket mode"] is State.FAILED
    assert findings["database"] is findings["evidence"] is State.OK


def test_missing_scopes_fail_and_superfluous_ones_warn_by_name(home: Path) -> None:
    with FakeSlack(bot_scopes=OUR_SCOPES - {"files:read"}) as slack:
        lacking = one(a_patient(with_slack(home, slack)), "slack token", "slack scopes")
    with FakeSlack(bot_scopes=OUR_SCOPES | {"channels:history"}) as slack:
        spare = one(a_patient(with_slack(home, slack)), "slack token", "slack scopes")
    assert (lacking.state, lacking.says) == (State.FAILED, "Not granted: files:read.")
    assert (spare.state, spare.says) == (State.WARNING, "Granted and not needed: channels:history.")


@pytest.mark.parametrize(
    ("seconds", "state"), [(0, State.OK), (60, State.WARNING), (-60, State.WARNING), (280, State.FAILED)]
)
def test_a_clock_that_is_off_warns_and_fails_before_signatures_do(
    home: Path, slack: FakeSlack, seconds: int, state: State
) -> None:
    patient = a_patient(with_slack(home, slack), now=lambda: datetime.now(UTC) + timedelta(seconds=seconds))
    finding = one(patient, "slack token", "clock")
    assert finding.state is state
    assert not seconds or ("ahead of" if seconds > 0 else "behind") in finding.says


def test_a_socket_mode_token_is_tried(home: Path, slack: FakeSlack) -> None:
    settings = with_slack(home, slack, slack_app_token=SecretStr("xapp-1-hush"))
    assert one(a_patient(settings), "socket mode").state is State.OK
    slack.fail("apps.connections.open", "invalid_auth")
    refused = one(a_patient(settings), "socket mode")
    assert (refused.state, refused.says) == (State.FAILED, "Slack refuses SLACK_APP_TOKEN: invalid_auth.")


def test_a_redirect_takes_no_token_elsewhere(home: Path, slack: FakeSlack) -> None:
    slack.http_status("auth.test", 302)
    assert "answers 302" in one(a_patient(with_slack(home, slack)), "slack token").says


def test_the_scopes_wanted_are_those_of_the_manifest_in_the_checkout_and_in_a_wheel(tmp_path: Path) -> None:
    build = (
        "import sys; from hatchling.builders.wheel import WheelBuilder; "
        "print(*WheelBuilder('.').build(directory=sys.argv[1]))"
    )
    built = subprocess.run(
        [sys.executable, "-c", build, str(tmp_path)], cwd=ROOT, check=True, capture_output=True, text=True
    )
    with zipfile.ZipFile(built.stdout.split()[-1]) as wheel:
        wheel.extractall(tmp_path / "installed")
    ask = "from bot.slack.checkup import wanted_scopes; import bot.slack; print(bot.slack.__file__, *wanted_scopes())"
    there = subprocess.run(
        [sys.executable, "-c", ask],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "installed")},
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    assert there[0].startswith(str(tmp_path))
    assert set(there[1:]) == set(wanted_scopes()) == OUR_SCOPES


# the way in


def test_a_public_address_where_nothing_answers_fails_only_if_slack_needs_it(home: Path, slack: FakeSlack) -> None:
    address = {"public_url": slack.host}  # something answers there, and it isn't us
    called = one(a_patient(with_slack(home, slack, **address)), PUBLIC)
    not_called = one(a_patient(with_slack(home, slack, slack_app_token=SecretStr("xapp-1"), **address)), PUBLIC)
    assert called.state is State.FAILED
    assert not_called.state is State.OK


def test_slack_can_t_call_a_loopback_address(home: Path) -> None:
    settings = settings_in(
        home,
        slack_bot_token=SecretStr("xoxb-1"),
        slack_signing_secret=SecretStr("s" * 32),
        public_url="http://127.0.0.1",
    )
    assert one(a_patient(settings), PUBLIC).says == "Slack can't reach http://127.0.0.1."


def test_a_name_without_an_address_is_named(home: Path) -> None:
    settings = settings_in(home, public_url="https://no-such-host.invalid")
    assert one(a_patient(settings), PUBLIC).says == "no-such-host.invalid has no address."


# all together


def test_a_check_that_hangs_or_breaks_hides_no_other(home: Path) -> None:
    never = threading.Event()

    def hangs(patient: Patient) -> Iterator[Finding]:
        never.wait(30)
        yield fine("hangs", "")

    def breaks(patient: Patient) -> Iterator[Finding]:
        yield from ()
        raise ZeroDivisionError("oh")

    checks: dict[str, Check] = {"hangs": hangs, "breaks": breaks, "disk": CHECKS["disk"]}
    findings = examine(a_patient(settings_in(home)), checks, given_up_after=0.5)
    never.set()
    assert [(each.check, each.state) for each in findings] == [
        ("hangs", State.FAILED),
        ("breaks", State.FAILED),
        ("disk", State.OK),
    ]
    assert "ZeroDivisionError" in findings[1].says


def test_no_secret_is_ever_told(home: Path, slack: FakeSlack) -> None:
    settings = with_slack(home, slack, slack_app_token=SecretStr("xapp-1-hush-hush"))

    def leaks(patient: Patient) -> Iterator[Finding]:
        yield from ()
        raise ValueError(" ".join(patient.settings.secret_values))

    told = json.dumps([vars(each) for each in examine(a_patient(settings), {**CHECKS, "leaks": leaks})])
    assert [secret for secret in settings.secret_values if secret in told] == []


def test_slack_is_asked_with_the_token_in_a_header(slack: FakeSlack) -> None:
    assert ask_slack(slack.url, "auth.test", slack.token).error == ""
    assert all(slack.token not in str(call) for call in slack.calls)


# the command


@pytest.fixture
def _as_a_command(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(home)
    for name in names():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SOC2_DATABASE_URL", "sqlite:///soc2.db")
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def run(line: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        app(line.split())
    return int(ended.value.code or 0), capsys.readouterr().out


@pytest.mark.usefixtures("_as_a_command")
def test_the_command_prints_a_table_and_ends_with_0_where_all_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    code, out = run("doctor", capsys)
    assert (code, out.splitlines()[-1]) == (0, "All is well.")


@pytest.mark.usefixtures("_as_a_command")
def test_the_command_ends_with_1_where_something_failed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOC2_DATABASE_URL", "sqlite:///elsewhere.db")
    code, out = run("doctor --json", capsys)
    assert code == 1
    assert {"check": "database", "state": "failed"}.items() <= json.loads(out)[1].items()


@pytest.mark.usefixtures("_as_a_command")
def test_settings_that_can_t_be_read_are_the_only_finding(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOC2_PORT", "many")
    code, out = run("doctor --json", capsys)
    [finding] = json.loads(out)
    assert (code, finding["check"], finding["state"]) == (1, "settings", "failed")
    assert "SOC2_PORT" in finding["says"]
