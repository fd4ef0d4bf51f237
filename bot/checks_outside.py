"""soc2 doctor beyond this machine: Slack's view of our tokens and clock, and the way in."""

import json
import socket
from collections.abc import Iterator, Mapping
from datetime import timedelta
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from bot.findings import Finding, Patient, failed, fine, warning
from bot.server import SERVICE, TEAMS_IS_OFF, TEAMS_PATH
from bot.settings import LOOPBACK, Settings
from bot.slack.checkup import PATIENCE, SlackAnswer, SlackSilent, ask_slack, wanted_scopes

SKEW, TOO_MUCH_SKEW = timedelta(seconds=30), timedelta(seconds=240)
"""A signed request is refused when it is 300 seconds off."""
BRIEFLY = 3.0
"""Seconds, for the second question to an address that has just answered one."""


def check_slack(patient: Patient) -> Iterator[Finding]:
    token, name = patient.settings.slack_bot_token, "slack token"
    if token is None:
        yield fine(name, "Slack is off: SLACK_BOT_TOKEN is not set.")
        return
    try:
        answer = ask_slack(patient.settings.slack_api_url, "auth.test", token.get_secret_value())
    except SlackSilent as error:
        yield failed(name, f"{error}.", "See that this machine reaches the internet, perhaps through a proxy.")
        return
    if answer.error:
        cure = "Install the app again and give SLACK_BOT_TOKEN the token of its page OAuth & Permissions."
        yield failed(name, f"Slack refuses it: {answer.error}.", cure)
    else:
        yield fine(name, f"It is good; the team is {answer.team}.")
        yield _scopes(answer)
    yield _clock(answer.ahead(patient.now()))


def _scopes(answer: SlackAnswer) -> Finding:
    name, wanted = "slack scopes", frozenset(wanted_scopes())
    if answer.scopes is None:
        return warning(name, "Slack did not say which were granted.", "Compare the app's page with manifest.yaml.")
    missing, more = sorted(wanted - answer.scopes), sorted(answer.scopes - wanted)
    if missing:
        cure = "Update the app from manifest.yaml, and install it to the workspace again."
        return failed(name, f"Not granted: {', '.join(missing)}.", cure)
    if more:
        return warning(name, f"Granted and not needed: {', '.join(more)}.", "Take them out on the app's page.")
    return fine(name, f"All {len(wanted)} are granted, and no others.")


def _clock(ahead: timedelta | None) -> Finding:
    cure = "Let this machine's time be set by NTP: Slack's signatures live for five minutes."
    if ahead is None:
        return warning("clock", "Slack did not say what time it is.", cure)
    seconds = round(ahead.total_seconds())
    says = f"{abs(seconds)} seconds {'ahead of' if seconds > 0 else 'behind'} Slack's."
    if abs(ahead) > SKEW:
        return (failed if abs(ahead) > TOO_MUCH_SKEW else warning)("clock", says, cure)
    return fine("clock", "Agrees with Slack's.")


def check_socket_mode(patient: Patient) -> Iterator[Finding]:
    token, name = patient.settings.slack_app_token, "socket mode"
    if token is None:
        yield fine(name, "Off: SLACK_APP_TOKEN is not set.")
        return
    try:
        answer = ask_slack(patient.settings.slack_api_url, "apps.connections.open", token.get_secret_value())
    except SlackSilent as error:
        yield failed(name, f"{error}.", "See that this machine reaches the internet, perhaps through a proxy.")
        return
    if answer.error:
        cure = "Make a token with connections:write under App-Level Tokens, and turn Socket Mode on for the app."
        yield failed(name, f"Slack refuses SLACK_APP_TOKEN: {answer.error}.", cure)
    else:
        yield fine(name, "Slack lets us open a connection.")


# the way in


def check_public_address(patient: Patient) -> Iterator[Finding]:
    settings, name = patient.settings, "public address"
    url, host, callers = settings.public_url, urlsplit(settings.public_url).hostname or "", _callers(settings)
    if not callers and host in LOOPBACK:
        yield fine(name, "Not needed: neither Slack nor Teams calls this server.")
        return
    problem, cure = _out_of_reach(settings, url, host, callers) or _unreachable(url, host)
    if problem:
        yield (failed if callers else warning)(name, problem, cure)
        return
    yield fine(name, f"We answer at {url}.")
    if "Teams" in callers:
        yield _teams_endpoint(url + TEAMS_PATH)


def _callers(settings: Settings) -> Mapping[str, str]:
    """Who calls us, and an address of theirs."""
    slack = {"Slack": settings.slack_api_url} if settings.slack_signing_secret and not settings.slack_app_token else {}
    return slack | ({"Teams": settings.teams_openid_url} if settings.teams_app_id else {})


def _out_of_reach(settings: Settings, url: str, host: str, callers: Mapping[str, str]) -> tuple[str, str] | None:
    """Of those who are on this machine themselves, as in a test, nothing is said."""
    far = [name for name, address in callers.items() if urlsplit(address).hostname not in LOOPBACK]
    if far and host in LOOPBACK:
        cure = "Set SOC2_PUBLIC_URL, or use SLACK_APP_TOKEN." if far == ["Slack"] else "Set SOC2_PUBLIC_URL."
        return f"{' and '.join(far)} can't reach {url}.", cure
    if "Teams" in far and not url.startswith("https://"):
        return (
            f"Teams calls no http:// address, and ours is {url}.",
            "Put TLS in front, and https:// in SOC2_PUBLIC_URL.",
        )
    return None


def _unreachable(url: str, host: str) -> tuple[str, str]:
    """What is wrong and its cure, or nothing twice."""
    try:
        socket.getaddrinfo(host, None)
    except OSError:
        return f"{host} has no address.", "Make a DNS record for it, or correct SOC2_PUBLIC_URL."
    cure = "Start soc2 serve, and let the proxy in front of it pass everything on to SOC2_HOST and SOC2_PORT."
    try:
        with urlopen(Request(f"{url}/healthz"), timeout=PATIENCE) as response:  # noqa: S310 - http and https only
            told = json.loads(response.read(10_000))
    except (URLError, OSError, ValueError) as error:
        return f"{url}/healthz does not answer as it should: {getattr(error, 'reason', error)}.", cure
    ours = isinstance(told, dict) and told.get("service") == SERVICE
    return ("", "") if ours else (f"Something else answers at {url}.", cure)


def _teams_endpoint(address: str) -> Finding:
    """Who brings no token of Microsoft's must be refused; by the word for it we know ourselves."""
    name, question = "teams endpoint", Request(address, data=b"{}", method="POST")  # noqa: S310 - http and https only
    try:
        with urlopen(question, timeout=BRIEFLY) as response:  # noqa: S310
            status, told = response.status, ""
    except HTTPError as error:
        status, told = error.code, error.read(10_000).decode("utf-8", "replace")
    except (URLError, OSError) as error:
        status, told = 0, str(getattr(error, "reason", error))
    if status == 401 and "bad_authorization" in told:
        return fine(name, f"Teams is answered at {address}.")
    if status == 404 and TEAMS_IS_OFF in told:
        return failed(name, "Teams is off in the server that runs.", "Start soc2 serve again: it reads settings once.")
    says = f"{address} answers {status}, and not as we do." if status else f"{address} does not answer: {told}."
    return failed(name, says, f"Let the proxy in front of it pass {TEAMS_PATH} on, as it passes on the rest.")
