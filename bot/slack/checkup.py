"""What soc2 doctor asks of Slack: is the token good, does it allow enough, do our clocks agree.

Blocking, and past every SDK: the answers stand in headers that those keep to themselves.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

import yaml

PATIENCE = 8.0
"""Seconds."""


class SlackSilent(Exception):
    """No answer, or none that is Slack's. The message is a sentence."""


@dataclass(frozen=True, kw_only=True)
class SlackAnswer:
    body: Mapping[str, Any]
    headers: Mapping[str, str]
    """By lower-case name."""

    @property
    def error(self) -> str:
        return "" if self.body.get("ok") is True else str(self.body.get("error", "no reason given"))

    @property
    def team(self) -> str:
        return f"{self.body.get('team', '?')} ({self.body.get('team_id', '?')})"

    @property
    def scopes(self) -> frozenset[str] | None:
        """None where Slack does not say."""
        told = self.headers.get("x-oauth-scopes")
        return None if told is None else frozenset(scope.strip() for scope in told.split(",") if scope.strip())

    def ahead(self, now: datetime) -> timedelta | None:
        """How far our clock runs ahead of Slack's; None where Slack does not say."""
        try:
            theirs = parsedate_to_datetime(self.headers["date"])
        except (KeyError, ValueError):
            return None
        return now - theirs.replace(tzinfo=theirs.tzinfo or UTC)


class _NoRedirects(HTTPRedirectHandler):
    """A token follows nobody elsewhere."""

    def redirect_request(self, *_: object) -> None:
        return None


def ask_slack(api_url: str, method: str, token: str) -> SlackAnswer:
    """Raises SlackSilent."""
    request = Request(f"{api_url}{method}", data=b"", method="POST", headers={"Authorization": f"Bearer {token}"})  # noqa: S310 - settings allow http and https only
    try:
        with build_opener(_NoRedirects).open(request, timeout=PATIENCE) as response:
            body, headers = json.loads(response.read(1_000_000)), response.headers
    except HTTPError as error:
        raise SlackSilent(f"{api_url} answers {error.code}") from None
    except (URLError, OSError) as error:
        raise SlackSilent(f"{api_url} can't be reached: {getattr(error, 'reason', error)}") from None
    except ValueError:
        raise SlackSilent(f"{api_url} does not answer as Slack does") from None
    if not isinstance(body, dict):
        raise SlackSilent(f"{api_url} does not answer as Slack does")
    return SlackAnswer(body=body, headers={name.lower(): value for name, value in headers.items()})


def wanted_scopes() -> Sequence[str]:
    return list(_manifest()["oauth_config"]["scopes"]["bot"])


def _manifest() -> Any:
    """Beside this module in an installed wheel, at the top of a checkout."""
    shipped = files(__package__).joinpath("manifest.yaml")
    here = shipped if shipped.is_file() else Path(__file__).parents[2] / "manifest.yaml"
    return yaml.safe_load(here.read_text(encoding="utf-8"))
