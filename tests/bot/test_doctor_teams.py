"""What soc2 doctor finds on Teams, against Microsoft's key server and token endpoint on this machine."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.clock import real_now
from bot.doctor import CHECKS, examine
from bot.findings import Finding, Patient, State
from bot.platform import RetryLater
from bot.settings import Environment, Settings, SettingsError, TeamsAppType, load_settings, names
from bot.store import upgrade
from bot.teams.checkup import ask_microsoft
from bot.wiring import build
from tests.scenarios.company import served
from tests.teams_keys.server import IDENTITY, KEYS, METADATA, Answer, KeyServer
from tests.teams_keys.signing import APP_ID, TENANT, KeyPair

PASSWORD = "the-clients-secret-hush"
TOKEN = f"/{TENANT}/oauth2/v2.0/token"
ENDPOINT = "/api/messages"
OURS = Answer(body=b'{"service": "soc2bot"}')
NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def microsoft() -> Iterator[KeyServer]:
    with KeyServer() as server:
        yield server


@pytest.fixture
def front() -> Iterator[KeyServer]:
    """What stands at our public address: soc2bot, at first sight."""
    with KeyServer() as server:
        server.instead["/healthz"] = OURS
        yield server


def settings_in(folder: Path, **changes: Any) -> Settings:
    places = {"database_url": f"sqlite:///{folder / 'soc2.db'}", "evidence_url": str(folder / "evidence")}
    return Settings(environment=Environment.LOCAL, **{**places, **changes})


def with_teams(folder: Path, microsoft: KeyServer, **changes: Any) -> Settings:
    usual = {
        "teams_app_id": APP_ID,
        "teams_app_password": SecretStr(PASSWORD),
        "teams_tenant_id": TENANT,
        "teams_openid_url": microsoft.openid_url,
        "teams_authority_url": microsoft.url,
    }
    return settings_in(folder, **(usual | changes))


def with_identity(folder: Path, microsoft: KeyServer, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """As on an App Service, whose environment says where to ask."""
    monkeypatch.setenv("IDENTITY_ENDPOINT", microsoft.url + IDENTITY)
    monkeypatch.setenv("IDENTITY_HEADER", "a-header")
    changes = {"teams_app_type": TeamsAppType.MANAGED_IDENTITY, "teams_app_password": None}
    return with_teams(folder, microsoft, **changes)


def found(settings: Settings, check: str = "teams token", **changes: Any) -> Mapping[str, Finding]:
    usual = Patient(settings=settings, env_file=Path("no-such-file"), now=real_now, company_now=real_now)
    return {one.check: one for one in examine(replace(usual, **changes), {check: CHECKS[check]})}


def at_the_door(settings: Settings) -> Mapping[str, Finding]:
    return found(settings, "public address")


def a_clock_ahead(seconds: int) -> Callable[[], datetime]:
    return lambda: datetime.now(UTC) + timedelta(seconds=seconds)


def refused(code: str) -> Answer:
    said = {"error": "invalid_client", "error_description": f"{code}: No. Trace ID: 1"}
    return Answer(status=401, body=json.dumps(said).encode())


# is it on


def test_where_teams_is_off_one_line_says_so(tmp_path: Path) -> None:
    [finding] = found(settings_in(tmp_path)).values()
    assert (finding.state, finding.says) == (State.OK, "Teams is off: TEAMS_APP_ID is not set.")


def test_for_the_emulator_nothing_is_asked_of_microsoft(tmp_path: Path, microsoft: KeyServer) -> None:
    anonymous = settings_in(tmp_path, teams_anonymous=True, teams_openid_url=microsoft.openid_url)
    [finding] = found(anonymous).values()
    assert (finding.state, microsoft.asked) == (State.OK, {})


@pytest.mark.parametrize("name", ["TEAMS_APP_ID", "TEAMS_TENANT_ID"])
@pytest.mark.parametrize("value", ["soc2bot", "acme.onmicrosoft.com", f"{APP_ID}0"])
def test_an_id_that_is_none_of_microsofts_is_named_before_anything_is_asked(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    for each in names():
        monkeypatch.delenv(each, raising=False)
    given = {"TEAMS_APP_ID": APP_ID, "TEAMS_TENANT_ID": TENANT, "TEAMS_APP_PASSWORD": PASSWORD, name: value}
    for each, its in given.items():
        monkeypatch.setenv(each, its)
    with pytest.raises(SettingsError, match=f"{name} must be an id such as 11111111-2222"):
        load_settings(Path("no-such-file"))


# a token


def test_all_is_well_where_microsoft_knows_us(tmp_path: Path, microsoft: KeyServer) -> None:
    findings = found(with_teams(tmp_path, microsoft))
    assert {name: one.state for name, one in findings.items()} == {
        "teams token": State.OK,
        "teams keys": State.OK,
        "teams clock": State.OK,
    }
    assert APP_ID in findings["teams token"].says
    assert "1 may sign for Teams" in findings["teams keys"].says


@pytest.mark.parametrize(
    ("code", "cure"),
    [
        ("AADSTS7000215", "give its Value, not its ID, as TEAMS_APP_PASSWORD"),
        ("AADSTS7000222", "The client secret has ended"),
        ("AADSTS700016", "There is no such app there"),
        ("AADSTS90002", "TEAMS_TENANT_ID must be the Directory (tenant) ID"),
        ("AADSTS50034", "Compare TEAMS_APP_ID, TEAMS_TENANT_ID and TEAMS_APP_PASSWORD"),
        ("Something else", "Compare TEAMS_APP_ID, TEAMS_TENANT_ID and TEAMS_APP_PASSWORD"),
    ],
)
def test_a_refused_secret_is_named_with_microsofts_code_and_its_cure(
    tmp_path: Path, microsoft: KeyServer, code: str, cure: str
) -> None:
    microsoft.instead[TOKEN] = refused(code)
    finding = found(with_teams(tmp_path, microsoft))["teams token"]
    assert finding.state is State.FAILED
    assert finding.says.startswith("Microsoft refuses to give one: invalid_client")
    assert (code in finding.says) is code.startswith("AADSTS")
    assert cure in finding.cure


@pytest.mark.parametrize("answer", [Answer(status=503), Answer(body=b"<html>A proxy's page"), Answer(status=302)])
def test_no_answer_or_a_proxys_is_a_matter_of_the_way_there(
    tmp_path: Path, microsoft: KeyServer, answer: Answer
) -> None:
    microsoft.instead[TOKEN] = answer
    finding = found(with_teams(tmp_path, microsoft))["teams token"]
    assert (finding.state, finding.cure) == (
        State.FAILED,
        "See that this machine reaches 127.0.0.1, perhaps through a proxy.",
    )


def test_a_machine_s_identity_gets_a_token_too(
    tmp_path: Path, microsoft: KeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found(with_identity(tmp_path, microsoft, monkeypatch))["teams token"].state is State.OK
    assert microsoft.asked[IDENTITY] == 1


def test_an_identity_that_is_not_this_machines_is_named(
    tmp_path: Path, microsoft: KeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    microsoft.instead[IDENTITY] = Answer(status=400, body=b'{"statusCode": 400, "message": "No User Assigned"}')
    finding = found(with_identity(tmp_path, microsoft, monkeypatch))["teams token"]
    assert (finding.state, finding.cure) == (
        State.FAILED,
        "Assign the managed identity whose Client ID is TEAMS_APP_ID to this machine.",
    )


def test_a_machine_that_gives_no_identity_is_none_of_azures(
    tmp_path: Path, microsoft: KeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = with_identity(tmp_path, microsoft, monkeypatch)
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{NOBODY}/msi/token")
    finding = found(settings)["teams token"]
    assert finding.state is State.FAILED
    assert "machines of Azure only" in finding.cure


# keys and the time


@pytest.mark.parametrize(
    ("path", "answer", "says"),
    [
        (METADATA, Answer(status=503), "answered 503"),
        (METADATA, Answer(body=b"<html>A proxy's page"), "no JSON object"),
        (METADATA, Answer(body=b'{"jwks_uri": "http://elsewhere.example/keys"}'), "no good address of keys"),
        (KEYS, Answer(status=404), "answered 404"),
        (KEYS, Answer(body=b'{"keys": []}'), "no usable key"),
    ],
)
def test_keys_that_can_t_be_had_fail_and_say_at_which_step(
    tmp_path: Path, microsoft: KeyServer, path: str, answer: Answer, says: str
) -> None:
    microsoft.instead[path] = answer
    findings = found(with_teams(tmp_path, microsoft))
    assert (findings["teams keys"].state, findings["teams token"].state) == (State.FAILED, State.OK)
    assert says in findings["teams keys"].says
    assert findings["teams keys"].cure == "See that this machine reaches 127.0.0.1, perhaps through a proxy."


def test_keys_that_may_not_sign_for_teams_fail(tmp_path: Path) -> None:
    with KeyServer(KeyPair(kid="skype-only", endorsements=["skype"])) as microsoft:
        finding = found(with_teams(tmp_path, microsoft))["teams keys"]
    assert (finding.state, finding.says) == (State.FAILED, "None of the keys may sign for Teams.")


def test_a_microsoft_that_can_t_be_reached_fails_token_and_keys_and_leaves_the_clock_open(tmp_path: Path) -> None:
    with KeyServer() as gone:
        settings = with_teams(tmp_path, gone)
    assert {name: one.state for name, one in found(settings).items()} == {
        "teams token": State.FAILED,
        "teams keys": State.FAILED,
        "teams clock": State.WARNING,
    }


@pytest.mark.parametrize(
    ("seconds", "state"), [(0, State.OK), (60, State.WARNING), (-60, State.WARNING), (280, State.FAILED)]
)
def test_a_clock_that_is_off_warns_and_fails_before_tokens_do(
    tmp_path: Path, microsoft: KeyServer, seconds: int, state: State
) -> None:
    finding = found(with_teams(tmp_path, microsoft), now=a_clock_ahead(seconds))["teams clock"]
    assert finding.state is state
    assert not seconds or ("ahead of" if seconds > 0 else "behind") in finding.says


def test_an_answer_out_of_a_cache_is_as_old_as_it_says(tmp_path: Path, microsoft: KeyServer) -> None:
    body = microsoft.answer(METADATA).body
    microsoft.instead[METADATA] = Answer(body=body, headers={"Age": "200"})
    assert found(with_teams(tmp_path, microsoft), now=a_clock_ahead(200))["teams clock"].state is State.OK


def test_a_microsoft_that_never_answers_is_not_waited_for(tmp_path: Path, microsoft: KeyServer) -> None:
    microsoft.go_on.clear()
    said = ask_microsoft(with_teams(tmp_path, microsoft), patience=0.2)
    assert isinstance(said.refusal, RetryLater)
    assert (said.keys, said.keys_problem, said.time) == (0, "no answer (TimeoutError)", None)


# the way in


@contextmanager
def a_server(settings: Settings) -> Iterator[str]:
    """Its address."""
    upgrade(settings)
    with build(settings) as app, served(app) as running:
        yield running.address


def test_a_server_that_listens_to_teams_is_well(tmp_path: Path, microsoft: KeyServer) -> None:
    settings = with_teams(tmp_path, microsoft)
    with a_server(settings) as address:
        findings = at_the_door(settings.model_copy(update={"public_url": address}))
    assert {name: one.state for name, one in findings.items()} == {
        "public address": State.OK,
        "teams endpoint": State.OK,
    }
    assert findings["teams endpoint"].says == f"Teams is answered at {address}{ENDPOINT}."


def test_a_server_that_was_started_before_teams_was_set_up_is_named(tmp_path: Path, microsoft: KeyServer) -> None:
    with a_server(settings_in(tmp_path)) as address:
        finding = at_the_door(with_teams(tmp_path, microsoft, public_url=address))["teams endpoint"]
    assert (finding.state, finding.says) == (State.FAILED, "Teams is off in the server that runs.")


@pytest.mark.parametrize("status", [200, 302, 401, 404, 405, 502])
def test_a_proxy_that_does_not_pass_it_on_is_named(
    tmp_path: Path, microsoft: KeyServer, front: KeyServer, status: int
) -> None:
    front.instead[ENDPOINT] = Answer(status=status, body=b"no")
    finding = at_the_door(with_teams(tmp_path, microsoft, public_url=front.url))["teams endpoint"]
    assert (finding.state, finding.says) == (
        State.FAILED,
        f"{front.url}{ENDPOINT} answers {status}, and not as we do.",
    )
    assert "proxy" in finding.cure


def test_a_public_address_where_nobody_answers_is_the_only_finding(tmp_path: Path, microsoft: KeyServer) -> None:
    [finding] = at_the_door(with_teams(tmp_path, microsoft, public_url=NOBODY)).values()
    assert (finding.check, finding.state) == ("public address", State.FAILED)


def test_microsoft_itself_can_t_call_this_machine_alone_or_without_tls(tmp_path: Path) -> None:
    ids = {"teams_app_id": APP_ID, "teams_tenant_id": TENANT, "teams_app_password": SecretStr(PASSWORD)}
    [loopback] = at_the_door(settings_in(tmp_path, **ids)).values()
    assert (loopback.state, loopback.says) == (State.FAILED, "Teams can't reach http://127.0.0.1:3000.")
    [plain] = at_the_door(settings_in(tmp_path, **ids, public_url="http://soc2.example.com")).values()
    assert (plain.state, plain.cure) == (State.FAILED, "Put TLS in front, and https:// in SOC2_PUBLIC_URL.")


def test_for_the_emulator_nobody_calls_from_outside(tmp_path: Path) -> None:
    [finding] = at_the_door(settings_in(tmp_path, teams_anonymous=True)).values()
    assert finding.state is State.OK


# all together


def test_no_secret_is_ever_told(tmp_path: Path, microsoft: KeyServer) -> None:
    for path in (TOKEN, METADATA):
        microsoft.instead[path] = Answer(status=400, body=json.dumps({"error": PASSWORD}).encode())
    findings = found(with_teams(tmp_path, microsoft))
    assert findings["teams token"].state is State.FAILED
    assert PASSWORD not in str(findings)
