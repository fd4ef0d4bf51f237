"""soc2 doctor."""

import logging
from pathlib import Path

from bot.clock import real_now
from bot.commands.output import PROBLEM, AsJson, end, say, show_json, show_table
from bot.doctor import examine
from bot.findings import Finding, Patient, State, failed
from bot.log import configure_logging
from bot.settings import ENV_FILE, SettingsError, load_settings, unknown_settings
from bot.store import make_clock


def doctor(as_json: AsJson = False) -> None:
    """Look at every part: settings, database, evidence, Slack, Teams, the way in. Says what is wrong and its cure."""
    findings = _findings(ENV_FILE)
    if as_json:
        show_json([vars(one) for one in findings])
    else:
        show_table(("check", "state", "what was found", "cure"), [_row(one) for one in findings])
        say(_sum(findings))
    if any(one.state is State.FAILED for one in findings):
        end(PROBLEM)


def _findings(env_file: Path) -> list[Finding]:
    try:
        settings = load_settings(env_file)
    except SettingsError as error:
        return [failed("settings", str(error), "Correct it in the environment or in .env, then run soc2 doctor again.")]
    configure_logging(json=not settings.is_local, secrets=settings.secret_values, level=logging.WARNING)
    patient = Patient(
        settings=settings,
        misspelt=unknown_settings(env_file),
        env_file=env_file,
        now=real_now,
        company_now=lambda: make_clock(settings).now(),
    )
    return examine(patient)


def _row(finding: Finding) -> tuple[str, str, str, str]:
    return finding.check, finding.state, finding.says, finding.cure


def _sum(findings: list[Finding]) -> str:
    bad, odd = (sum(one.state is state for one in findings) for state in (State.FAILED, State.WARNING))
    if not bad and not odd:
        return "All is well."
    return f"{bad} failed, {odd} with a warning."
