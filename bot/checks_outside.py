"""soc2 doctor beyond this machine: Slack's view of our tokens and clock, and the way in."""

import json
import socket
from collections.abc import Iterator
from datetime import timedelta
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from bot.findings import Finding, Patient, failed, fine, warning
from bot.server import SERVICE
from bot.settings import LOOPBACK
from bot.slack.checkup import PATIENCE, SlackAnswer, SlackSilent, ask_slack, wanted_scopes

SKEW, TOO_MUCH_SKEW = timedelta(seconds=30), timedelta(seconds=240)
"""A signed request is refused when it is 300 seconds off."""


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
    host = urlsplit(settings.public_url).hostname or ""
    needed = bool(settings.slack_signing_secret and not settings.slack_app_token)
    if not needed and host in LOOPBACK:
        yield fine(name, "Not needed: Slack does not call this server.")
        return
    found = failed if needed else warning
    if needed and host in LOOPBACK and urlsplit(settings.slack_api_url).hostname not in LOOPBACK:
        yield found(name, f"Slack can't reach {settings.public_url}.", "Set SOC2_PUBLIC_URL, or use SLACK_APP_TOKEN.")
        return
    problem, cure = _unreachable(settings.public_url, host)
    yield found(name, problem, cure) if problem else fine(name, f"We answer at {settings.public_url}.")


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
