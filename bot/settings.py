"""The only reader of the environment. Everything else is handed what it needs."""

import os
import re
from collections.abc import Mapping
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import (
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

ENV_FILE = Path(".env")
LOCAL_SECRET_KEY = "only-for-trying-it-out-on-this-machine"  # noqa: S105 (refused in production)
SHORTEST_SECRET_KEY = 32
SHORTEST_METRICS_TOKEN = 16
SECRETS = frozenset(
    {
        *("SOC2_SECRET_KEY", "SLACK_SIGNING_SECRET", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SOC2_METRICS_TOKEN"),
        "TEAMS_APP_PASSWORD",
    }
)
MICROSOFT_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class SettingsError(Exception):
    """A setting is missing or malformed; the message is one sentence that names it."""


class Environment(StrEnum):
    LOCAL = "local"
    PRODUCTION = "production"


class TeamsAppType(StrEnum):
    SINGLE_TENANT = "SingleTenant"
    MANAGED_IDENTITY = "UserAssignedMSI"


def _is_local(given: Mapping[str, Any]) -> bool:
    return given.get("environment") is Environment.LOCAL


def _trimmed(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


Trimmed = BeforeValidator(_trimmed)
Secret = Annotated[SecretStr | None, Trimmed]


class Settings(BaseSettings):
    """A setting's own name stands in its alias. Documented one by one in docs/settings.md."""

    model_config = SettingsConfigDict(env_ignore_empty=True, populate_by_name=True, extra="ignore", frozen=True)

    environment: Annotated[Environment, Trimmed] = Field(default=Environment.LOCAL, validation_alias="SOC2_ENVIRONMENT")
    host: Annotated[str, Trimmed] = Field(default="127.0.0.1", validation_alias="SOC2_HOST", min_length=1)
    port: Annotated[int, Trimmed] = Field(default=3000, validation_alias="SOC2_PORT", ge=1, le=65535)
    database_url: Annotated[str, Trimmed] = Field(default="sqlite:///var/soc2.db", validation_alias="SOC2_DATABASE_URL")
    evidence_url: Annotated[str, Trimmed] = Field(default="var/evidence", validation_alias="SOC2_EVIDENCE_URL")
    secret_key: Annotated[SecretStr, Trimmed] = Field(
        default=SecretStr(LOCAL_SECRET_KEY), validation_alias="SOC2_SECRET_KEY", min_length=1
    )
    public_url: Annotated[str, Trimmed] = Field(
        default_factory=lambda given: f"http://{url_host(given.get('host', ''))}:{given.get('port', '')}",
        validation_alias="SOC2_PUBLIC_URL",
    )
    slack_signing_secret: Secret = Field(default=None, validation_alias="SLACK_SIGNING_SECRET")
    slack_bot_token: Secret = Field(default=None, validation_alias="SLACK_BOT_TOKEN")
    slack_app_token: Secret = Field(default=None, validation_alias="SLACK_APP_TOKEN")
    slack_api_url: Annotated[str, Trimmed] = Field(default="https://slack.com/api/", validation_alias="SLACK_API_URL")
    teams_app_id: Annotated[str | None, Trimmed] = Field(default=None, validation_alias="TEAMS_APP_ID")
    teams_app_password: Secret = Field(default=None, validation_alias="TEAMS_APP_PASSWORD")
    teams_tenant_id: Annotated[str | None, Trimmed] = Field(default=None, validation_alias="TEAMS_TENANT_ID")
    teams_app_type: Annotated[TeamsAppType, Trimmed] = Field(
        default=TeamsAppType.SINGLE_TENANT, validation_alias="TEAMS_APP_TYPE"
    )
    teams_anonymous: Annotated[bool, Trimmed] = Field(default=False, validation_alias="TEAMS_ANONYMOUS")
    teams_openid_url: Annotated[str, Trimmed] = Field(
        default="https://login.botframework.com/v1/.well-known/openidconfiguration", validation_alias="TEAMS_OPENID_URL"
    )
    teams_authority_url: Annotated[str, Trimmed] = Field(
        default="https://login.microsoftonline.com", validation_alias="TEAMS_AUTHORITY_URL"
    )
    teams_service_url: Annotated[str | None, Trimmed] = Field(default=None, validation_alias="TEAMS_SERVICE_URL")
    browser_chat: Annotated[bool, Trimmed] = Field(default_factory=_is_local, validation_alias="SOC2_BROWSER_CHAT")
    movable_clock: Annotated[bool, Trimmed] = Field(default_factory=_is_local, validation_alias="SOC2_MOVABLE_CLOCK")
    metrics: Annotated[bool, Trimmed] = Field(default=True, validation_alias="SOC2_METRICS")
    metrics_token: Secret = Field(default=None, validation_alias="SOC2_METRICS_TOKEN")
    traces_url: Annotated[str | None, Trimmed] = Field(default=None, validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT")

    @property
    def is_local(self) -> bool:
        return self.environment is Environment.LOCAL

    @property
    def has_local_key(self) -> bool:
        return self.secret_key.get_secret_value() == LOCAL_SECRET_KEY

    @property
    def teams_is_on(self) -> bool:
        return bool(self.teams_app_id) or self.teams_anonymous

    @property
    def secret_values(self) -> tuple[str, ...]:
        """What must never be seen in a log."""
        secrets = (
            self.secret_key,
            self.slack_signing_secret,
            self.slack_bot_token,
            self.slack_app_token,
            self.teams_app_password,
            self.metrics_token,
        )
        return tuple(secret.get_secret_value() for secret in secrets if secret)

    @field_validator("public_url", "slack_api_url", "traces_url")
    @classmethod
    def _is_an_address(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None:
            return None
        url = urlsplit(value)
        if url.scheme not in {"http", "https"} or not url.hostname:
            raise ValueError("must be an address such as https://soc2.example.com")
        return value.rstrip("/") + ("/" if info.field_name == "slack_api_url" else "")

    @field_validator("teams_app_id", "teams_tenant_id")
    @classmethod
    def _is_an_id_of_microsofts(cls, value: str | None) -> str | None:
        if value is not None and MICROSOFT_ID.fullmatch(value) is None:
            raise ValueError("must be an id such as 11111111-2222-3333-4444-555555555555")
        return value and value.lower()

    @field_validator("teams_openid_url", "teams_authority_url", "teams_service_url")
    @classmethod
    def _is_a_safe_address(cls, value: str | None) -> str | None:
        """What comes from there decides whom we believe, and our tokens go there."""
        if value is None:
            return None
        url = urlsplit(value)
        if not url.hostname or (url.scheme != "https" and (url.scheme != "http" or url.hostname not in LOOPBACK)):
            raise ValueError("must begin with https://, unless it is on this machine")
        return value.rstrip("/")

    @field_validator("metrics_token")
    @classmethod
    def _is_hard_to_guess(cls, value: SecretStr | None) -> SecretStr | None:
        if value and len(value.get_secret_value()) < SHORTEST_METRICS_TOKEN:
            raise ValueError(f"is too short: it needs at least {SHORTEST_METRICS_TOKEN} random characters")
        return value

    @field_validator("slack_bot_token", "slack_app_token")
    @classmethod
    def _has_its_prefix(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        prefix = "xoxb-" if info.field_name == "slack_bot_token" else "xapp-"
        if value and not value.get_secret_value().startswith(prefix):
            raise ValueError(f"must begin with {prefix}; you find it on your Slack app's pages")
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        problem = _slack_problem(self) or _teams_problem(self) or ("" if self.is_local else _production_problem(self))
        if problem:
            raise ValueError(problem)
        return self


def load_settings(env_file: Path = ENV_FILE) -> Settings:
    """From the environment, then `.env`, then the defaults. Raises SettingsError."""
    try:
        return Settings(_env_file=env_file)  # type: ignore[call-arg]  # pydantic-settings reads it, mypy can't see it
    except ValidationError as error:
        raise SettingsError(_sentence(error)) from None  # the cause would show values
    except UnicodeDecodeError:
        raise SettingsError(f"{env_file} is not UTF-8 text; save it as UTF-8.") from None


def names() -> tuple[str, ...]:
    """Every setting's name, in the order of docs/settings.md."""
    return tuple(str(field.validation_alias) for field in Settings.model_fields.values())


def unknown_settings(env_file: Path = ENV_FILE, environ: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """A sentence for each SOC2_ variable that nothing reads: most likely misspelt."""
    given = {*environ, *dotenv_values(env_file)} if env_file.is_file() else {*environ}
    unknown = sorted(name for name in given if name.startswith("SOC2_") and name not in names())
    return tuple(_unknown(name) for name in unknown)


def url_host(host: str) -> str:
    """Where a browser on this machine finds the host that was listened on."""
    local = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 (recognised, not bound)
    return local.get(host, f"[{host}]" if ":" in host else host)


def _unknown(name: str) -> str:
    close = get_close_matches(name, names(), n=1)
    return f"{name} is not a setting and was ignored" + (f"; did you mean {close[0]}?" if close else ".")


def _slack_problem(settings: Settings) -> str:
    connected = settings.slack_signing_secret or settings.slack_app_token
    if settings.slack_bot_token and not connected:
        return "SLACK_SIGNING_SECRET is missing: with SLACK_BOT_TOKEN set, give it or SLACK_APP_TOKEN."
    if connected and not settings.slack_bot_token:
        given = "SLACK_SIGNING_SECRET" if settings.slack_signing_secret else "SLACK_APP_TOKEN"
        return f"SLACK_BOT_TOKEN is missing: {given} is set, and the bot can't speak without a token."
    return ""


def _teams_problem(settings: Settings) -> str:
    if settings.teams_anonymous:
        return _anonymous_problem(settings)
    if not settings.teams_app_id:
        given = "TEAMS_APP_PASSWORD" if settings.teams_app_password else "TEAMS_TENANT_ID"
        is_given = settings.teams_app_password or settings.teams_tenant_id
        return f"TEAMS_APP_ID is missing: {given} is set, and the bot has no name without an id." if is_given else ""
    if not settings.teams_tenant_id:
        return "TEAMS_TENANT_ID is missing: with TEAMS_APP_ID set, give the id of the tenant whose people it serves."
    has_identity = settings.teams_app_type is TeamsAppType.MANAGED_IDENTITY
    if has_identity and settings.teams_app_password:
        return (
            "TEAMS_APP_PASSWORD must not be set where TEAMS_APP_TYPE is UserAssignedMSI; remove the one or the other."
        )
    if not has_identity and not settings.teams_app_password:
        return "TEAMS_APP_PASSWORD is missing: give the app's client secret, or set TEAMS_APP_TYPE to UserAssignedMSI."
    return ""


def _anonymous_problem(settings: Settings) -> str:
    if not settings.is_local:
        return "TEAMS_ANONYMOUS must be off in production: with it, nobody who calls is asked who they are."
    if settings.host not in LOOPBACK:
        return "TEAMS_ANONYMOUS must be off unless SOC2_HOST is 127.0.0.1: nobody who calls is asked who they are."
    if settings.teams_app_id or settings.teams_app_password or settings.teams_tenant_id:
        return "TEAMS_ANONYMOUS must be off where the app is set up with TEAMS_APP_ID, TEAMS_TENANT_ID or a password."
    return ""


def _production_problem(settings: Settings) -> str:
    key = settings.secret_key.get_secret_value()
    if settings.has_local_key:
        return "SOC2_SECRET_KEY is missing: production needs one of your own, at least 32 random characters."
    if len(key) < SHORTEST_SECRET_KEY:
        return "SOC2_SECRET_KEY is too short: production needs at least 32 random characters."
    if settings.browser_chat:
        return "SOC2_BROWSER_CHAT must be off in production: in it anybody may pick whom to speak as."
    if settings.movable_clock:
        return "SOC2_MOVABLE_CLOCK must be off in production: an audit trail needs the real time."
    if not settings.public_url.startswith("https://"):
        return "SOC2_PUBLIC_URL must begin with https:// in production; give the address people reach this server at."
    return ""


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    if not first["loc"]:
        return str(first["ctx"]["error"])
    name = str(first["loc"][0])
    shown = "" if name in SECRETS else f" (it is “{str(first['input'])[:80]}”)"
    return f"{name} {_expectation(name, first['type'], first.get('ctx', {}))}{shown}."


def _expectation(name: str, kind: str, context: Mapping[str, Any]) -> str:
    if kind == "value_error":
        return str(context["error"])
    expected = {
        "SOC2_ENVIRONMENT": "must be local or production",
        "SOC2_PORT": "must be a whole number from 1 to 65535",
        "SOC2_BROWSER_CHAT": "must be on or off",
        "SOC2_MOVABLE_CLOCK": "must be on or off",
        "SOC2_METRICS": "must be on or off",
        "TEAMS_ANONYMOUS": "must be on or off",
        "TEAMS_APP_TYPE": "must be SingleTenant or UserAssignedMSI",
    }
    return expected.get(name, "must not be empty")
