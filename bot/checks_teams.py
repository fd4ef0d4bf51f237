"""soc2 doctor on Teams: does Microsoft know us, can we know it is Microsoft who calls, do our clocks agree."""

import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from bot.findings import Finding, Patient, failed, fine, warning
from bot.platform import PlatformError, TokenRevoked
from bot.settings import Settings, TeamsAppType
from bot.teams.checkup import MicrosoftSaid, ask_microsoft

SKEW, TOO_MUCH_SKEW = timedelta(seconds=30), timedelta(seconds=240)
"""What Microsoft signs is refused when it is 300 seconds off."""
OVERVIEW = "the app's page Overview in Entra"
CURES = {
    "AADSTS7000215": "Make a new client secret in Entra, and give its Value, not its ID, as TEAMS_APP_PASSWORD.",
    "AADSTS7000222": "The client secret has ended. Make a new one in Entra, and give its Value as TEAMS_APP_PASSWORD.",
    "AADSTS700016": f"There is no such app there. Compare TEAMS_APP_ID and TEAMS_TENANT_ID with {OVERVIEW}.",
    "AADSTS90002": f"There is no such tenant. TEAMS_TENANT_ID must be the Directory (tenant) ID of {OVERVIEW}.",
}
"""learn.microsoft.com/entra/identity-platform/reference-error-codes"""
OTHERWISE = "Compare TEAMS_APP_ID, TEAMS_TENANT_ID and TEAMS_APP_PASSWORD with the app's pages in Entra."
NO_IDENTITY = "Assign the managed identity whose Client ID is TEAMS_APP_ID to this machine."
NOT_AZURE = (
    "A managed identity is given on machines of Azure only. Elsewhere take TEAMS_APP_TYPE out, and set "
    "TEAMS_APP_PASSWORD."
)


def check_teams(patient: Patient) -> Iterator[Finding]:
    if patient.settings.teams_anonymous:
        yield fine("teams token", "Not needed: TEAMS_ANONYMOUS is on, for the Emulator on this machine.")
        return
    said = ask_microsoft(patient.settings)
    yield _token(patient.settings, said.refusal)
    yield _keys(patient.settings, said)
    yield _clock(patient.now() - said.time if said.time else None)


def _token(settings: Settings, refusal: PlatformError | None) -> Finding:
    name, has_identity = "teams token", settings.teams_app_type is TeamsAppType.MANAGED_IDENTITY
    if refusal is None:
        return fine(name, f"Microsoft gives one to the app {settings.teams_app_id}.")
    reason = str(refusal).removeprefix("token: ")
    if isinstance(refusal, TokenRevoked):
        code = re.search(r"AADSTS\d+", reason)
        cure = NO_IDENTITY if has_identity else CURES.get(code[0] if code else "", OTHERWISE)
        return failed(name, f"Microsoft refuses to give one: {reason}.", cure)
    if has_identity:
        return failed(name, f"This machine's identity endpoint gives none: {reason}.", NOT_AZURE)
    return failed(name, f"Microsoft gives none now: {reason}.", _reach(settings.teams_authority_url))


def _keys(settings: Settings, said: MicrosoftSaid) -> Finding:
    name = "teams keys"
    if said.keys_problem:
        return failed(
            name, f"Microsoft's signing keys can't be had: {said.keys_problem}.", _reach(settings.teams_openid_url)
        )
    if not said.keys:
        return failed(name, "None of the keys may sign for Teams.", "Take TEAMS_OPENID_URL out of the settings.")
    return fine(name, f"Microsoft publishes them; {said.keys} may sign for Teams.")


def _clock(ahead: timedelta | None) -> Finding:
    name, cure = (
        "teams clock",
        "Let this machine's time be set by NTP: what Microsoft signs is refused when 5 minutes off.",
    )
    if ahead is None:
        return warning(name, "Microsoft did not say what time it is.", cure)
    seconds = round(ahead.total_seconds())
    says = f"{abs(seconds)} seconds {'ahead of' if seconds > 0 else 'behind'} Microsoft's."
    if abs(ahead) > SKEW:
        return (failed if abs(ahead) > TOO_MUCH_SKEW else warning)(name, says, cure)
    return fine(name, "Agrees with Microsoft's.")


def _reach(url: str) -> str:
    return f"See that this machine reaches {urlsplit(url).hostname}, perhaps through a proxy."
