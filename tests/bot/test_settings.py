import re
from pathlib import Path

import pytest

from bot.settings import (
    LOCAL_SECRET_KEY,
    Settings,
    SettingsError,
    load_settings,
    names,
    unknown_settings,
    url_host,
)

DOCUMENT = Path(__file__).parents[2] / "docs" / "settings.md"
KEY = "k" * 32
PRODUCTION = {
    "SOC2_ENVIRONMENT": "production",
    "SOC2_SECRET_KEY": KEY,
    "SOC2_PUBLIC_URL": "https://soc2.example.com",
}


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in names():
        monkeypatch.delenv(name, raising=False)


def loaded(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Settings:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return load_settings(Path("no-such-file"))


def refusal(monkeypatch: pytest.MonkeyPatch, **environment: str) -> str:
    with pytest.raises(SettingsError) as refused:
        loaded(monkeypatch, **environment)
    return str(refused.value)


def test_nothing_set_is_enough_to_try_it_out(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch)
    assert (settings.host, settings.port, settings.public_url) == ("127.0.0.1", 3000, "http://127.0.0.1:3000")
    assert settings.is_local
    assert settings.browser_chat
    assert settings.movable_clock
    assert settings.slack_bot_token is None


def test_an_empty_value_counts_as_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    assert loaded(monkeypatch, SOC2_PORT="", SLACK_BOT_TOKEN="").port == 3000


def test_the_env_file_is_read_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("SOC2_PORT=4000\nSOC2_HOST=0.0.0.0\n")
    monkeypatch.setenv("SOC2_PORT", "5000")
    settings = load_settings(file)
    assert (settings.host, settings.port) == ("0.0.0.0", 5000)


def test_an_env_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(b"SOC2_HOST=\xff\xfe")
    with pytest.raises(SettingsError, match="is not UTF-8 text"):
        load_settings(file)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SOC2_ENVIRONMENT", "staging"),
        ("SOC2_PORT", "abc"),
        ("SOC2_PORT", "70000"),
        ("SOC2_PUBLIC_URL", "soc2.example.com"),
        ("SLACK_API_URL", "ftp://slack.com"),
        ("SOC2_BROWSER_CHAT", "perhaps"),
    ],
)
def test_a_malformed_setting_is_named_with_its_value(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    sentence = refusal(monkeypatch, **{name: value})
    assert sentence.startswith(f"{name} must be")
    assert value in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"])
def test_a_token_with_a_wrong_prefix_is_named_but_never_shown(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    sentence = refusal(monkeypatch, **{name: "hush-hush"})
    assert sentence.startswith(f"{name} must begin with xo" if "BOT" in name else f"{name} must begin with xapp-")
    assert "hush" not in sentence


def test_a_bot_token_needs_a_way_in(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "SLACK_SIGNING_SECRET is missing" in refusal(monkeypatch, SLACK_BOT_TOKEN="xoxb-1")


def test_a_signing_secret_needs_a_bot_token(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "SLACK_BOT_TOKEN is missing" in refusal(monkeypatch, SLACK_SIGNING_SECRET="s" * 32)


def test_socket_mode_needs_no_signing_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    assert loaded(monkeypatch, SLACK_BOT_TOKEN="xoxb-1", SLACK_APP_TOKEN="xapp-1").slack_signing_secret is None


def test_production_serves_neither_the_browser_chat_nor_a_movable_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch, **PRODUCTION)
    assert not settings.browser_chat
    assert not settings.movable_clock


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"SOC2_SECRET_KEY": ""}, "SOC2_SECRET_KEY is missing"),
        ({"SOC2_SECRET_KEY": LOCAL_SECRET_KEY}, "SOC2_SECRET_KEY is missing"),
        ({"SOC2_SECRET_KEY": "short"}, "SOC2_SECRET_KEY is too short"),
        ({"SOC2_BROWSER_CHAT": "on"}, "SOC2_BROWSER_CHAT must be off"),
        ({"SOC2_MOVABLE_CLOCK": "on"}, "SOC2_MOVABLE_CLOCK must be off"),
        ({"SOC2_PUBLIC_URL": ""}, "SOC2_PUBLIC_URL must begin with https://"),
        ({"SOC2_PUBLIC_URL": "http://soc2.example.com"}, "SOC2_PUBLIC_URL must begin with https://"),
    ],
)
def test_production_refuses(monkeypatch: pytest.MonkeyPatch, change: dict[str, str], named: str) -> None:
    assert named in refusal(monkeypatch, **{**PRODUCTION, **change})


TEAMS = {
    "TEAMS_APP_ID": "11111111-2222-3333-4444-555555555555",
    "TEAMS_APP_PASSWORD": "hush",
    "TEAMS_TENANT_ID": "99999999-8888-7777-6666-aaaaaaaaaaaa",
}


def test_teams_is_off_until_it_is_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not loaded(monkeypatch).teams_is_on
    assert loaded(monkeypatch, **TEAMS).teams_is_on


def test_a_managed_identity_needs_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    assert loaded(monkeypatch, **TEAMS | {"TEAMS_APP_PASSWORD": "", "TEAMS_APP_TYPE": "UserAssignedMSI"}).teams_is_on


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"TEAMS_APP_ID": ""}, "TEAMS_APP_ID is missing: TEAMS_APP_PASSWORD is set"),
        ({"TEAMS_APP_ID": "", "TEAMS_APP_PASSWORD": ""}, "TEAMS_APP_ID is missing: TEAMS_TENANT_ID is set"),
        ({"TEAMS_TENANT_ID": ""}, "TEAMS_TENANT_ID is missing"),
        ({"TEAMS_APP_PASSWORD": ""}, "TEAMS_APP_PASSWORD is missing"),
        ({"TEAMS_APP_TYPE": "UserAssignedMSI"}, "TEAMS_APP_PASSWORD must not be set"),
        ({"TEAMS_APP_TYPE": "MultiTenant"}, "TEAMS_APP_TYPE must be SingleTenant or UserAssignedMSI"),
        ({"TEAMS_APP_ID": "soc2bot"}, "TEAMS_APP_ID must be an id such as"),
        ({"TEAMS_TENANT_ID": "acme.onmicrosoft.com"}, "TEAMS_TENANT_ID must be an id such as"),
        ({"TEAMS_OPENID_URL": "http://login.botframework.com/x"}, "TEAMS_OPENID_URL must begin with https://"),
        ({"TEAMS_AUTHORITY_URL": "login.microsoftonline.com"}, "TEAMS_AUTHORITY_URL must begin with https://"),
        ({"TEAMS_SERVICE_URL": "ftp://127.0.0.1/"}, "TEAMS_SERVICE_URL must begin with https://"),
        ({"TEAMS_ANONYMOUS": "on"}, "TEAMS_ANONYMOUS must be off where the app is set up"),
    ],
)
def test_teams_settings_that_do_not_fit_together_are_named(
    monkeypatch: pytest.MonkeyPatch, change: dict[str, str], named: str
) -> None:
    sentence = refusal(monkeypatch, **TEAMS | change)
    assert sentence.startswith(named)
    assert "hush" not in sentence


@pytest.mark.parametrize(
    "change", [PRODUCTION, {"SOC2_HOST": "0.0.0.0"}, {"SOC2_HOST": "192.168.1.7"}, {"SOC2_HOST": "::"}]
)
def test_only_a_local_server_on_this_machines_own_address_asks_nobody_who_they_are(
    monkeypatch: pytest.MonkeyPatch, change: dict[str, str]
) -> None:
    assert "TEAMS_ANONYMOUS must be off" in refusal(monkeypatch, TEAMS_ANONYMOUS="on", **change)


def test_on_this_machines_own_address_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    assert loaded(monkeypatch, TEAMS_ANONYMOUS="on", SOC2_HOST="localhost").teams_is_on


def test_secrets_do_not_show_in_the_settings_own_text(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch, SLACK_BOT_TOKEN="xoxb-hush", SLACK_SIGNING_SECRET="hush" * 8, SOC2_SECRET_KEY="hush")
    assert "hush" not in f"{settings!r}{settings}"
    assert set(settings.secret_values) == {"xoxb-hush", "hush" * 8, "hush"}


def test_a_misspelt_setting_is_pointed_out_wherever_it_stands(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("SOC2_HOTS=x\n")
    found = unknown_settings(file, {"SOC2_PROT": "1", "SOC2_PORT": "1", "HOME": "/"})
    assert found == (
        "SOC2_HOTS is not a setting and was ignored; did you mean SOC2_HOST?",
        "SOC2_PROT is not a setting and was ignored; did you mean SOC2_PORT?",
    )


def test_the_address_shown_can_be_opened() -> None:
    assert [url_host(host) for host in ("0.0.0.0", "::", "::1", "127.0.0.1")] == [
        "127.0.0.1",
        "[::1]",
        "[::1]",
        "127.0.0.1",
    ]


def test_the_document_has_a_row_for_every_setting_and_no_other_in_the_code_s_order() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", DOCUMENT.read_text(), re.MULTILINE)
    assert tuple(rows) == names()


def test_the_document_s_defaults_are_the_code_s(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch)
    for name, shown in re.findall(r"^\| `(\w+)` \|.*\| `([^`]+)` \|$", DOCUMENT.read_text(), re.MULTILINE):
        field = next(key for key, info in Settings.model_fields.items() if info.validation_alias == name)
        assert str(getattr(settings, field)) == shown, name


def test_the_document_mentions_no_setting_that_does_not_exist() -> None:
    mentioned = re.findall(r"\b(?:SOC2|SLACK|TEAMS)_[A-Z_]*[A-Z]\b", DOCUMENT.read_text())
    assert set(mentioned) <= set(names())


def test_a_token_for_the_metrics_is_hard_to_guess_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    sentence = refusal(monkeypatch, SOC2_METRICS_TOKEN="hush-hush")
    assert sentence.startswith("SOC2_METRICS_TOKEN is too short")
    assert "hush" not in sentence
    assert "m" * 16 in loaded(monkeypatch, SOC2_METRICS_TOKEN="m" * 16).secret_values


def test_traces_want_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "OTEL_EXPORTER_OTLP_ENDPOINT must be an address" in refusal(
        monkeypatch, OTEL_EXPORTER_OTLP_ENDPOINT="collector"
    )
    assert (
        loaded(monkeypatch, OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:4318/").traces_url == "http://127.0.0.1:4318"
    )
