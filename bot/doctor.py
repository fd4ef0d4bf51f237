"""soc2 doctor: what an operator would look at one by one, each part by itself and with a cure beside it.

Every check runs in a thread of its own and is given up after a while: a part that hangs hides no other.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from queue import Empty, SimpleQueue
from time import monotonic
from typing import cast

import structlog

from bot.checks_here import (
    check_audit_log,
    check_database,
    check_delivery,
    check_disk,
    check_evidence,
    check_jobs,
    check_settings,
)
from bot.checks_outside import check_public_address, check_slack, check_socket_mode
from bot.findings import Check, Finding, Patient, failed, fine
from bot.log import Redactor
from bot.store import CannotOpen

GIVEN_UP_AFTER = 12.0
"""Seconds, for all checks together: they run side by side."""
Answers = SimpleQueue[tuple[str, list[Finding]]]
log = structlog.get_logger(__name__)


def check_teams(patient: Patient) -> Iterator[Finding]:
    """Loaded only where Teams is set up, as all of Teams is."""
    if not patient.settings.teams_is_on:
        yield fine("teams token", "Teams is off: TEAMS_APP_ID is not set.")
        return
    check = cast("Check", import_module("bot.checks_teams").check_teams)
    yield from check(patient)


CHECKS: Mapping[str, Check] = {
    "settings": check_settings,
    "database": check_database,
    "disk": check_disk,
    "evidence": check_evidence,
    "audit log": check_audit_log,
    "jobs": check_jobs,
    "delivery": check_delivery,
    "slack token": check_slack,
    "socket mode": check_socket_mode,
    "teams token": check_teams,
    "public address": check_public_address,
}


def examine(
    patient: Patient, checks: Mapping[str, Check] = CHECKS, *, given_up_after: float = GIVEN_UP_AFTER
) -> list[Finding]:
    """In the order of `checks`, without a secret in them."""
    answers: Answers = SimpleQueue()
    for name, check in checks.items():
        threading.Thread(target=_run, args=(name, check, patient, answers), daemon=True).start()
    found: dict[str, list[Finding]] = {}
    ends = monotonic() + given_up_after
    with suppress(Empty):
        while len(found) < len(checks):
            name, findings = answers.get(timeout=max(ends - monotonic(), 0.001))
            found[name] = findings
    redact = Redactor(patient.settings.secret_values)
    silent = f"No answer within {given_up_after:.0f} seconds."
    each = [
        one for name in checks for one in found.get(name) or [failed(name, silent, "Try again; see that it is up.")]
    ]
    return [replace(one, says=redact(one.says), cure=redact(one.cure)) for one in each]


def _run(name: str, check: Check, patient: Patient, answers: Answers) -> None:
    try:
        findings = list(check(patient))
    except CannotOpen as error:
        findings = [failed(name, str(error), "Correct the setting.")]
    except Exception as error:  # a check that breaks is a finding, and hides no other
        log.debug("check broke", check=name, exc_info=True)
        findings = [failed(name, f"The check broke: {type(error).__name__}: {error}", "Report this.")]
    answers.put((name, findings))
