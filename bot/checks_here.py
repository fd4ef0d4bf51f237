"""soc2 doctor on this machine: settings, database, disk, evidence, audit log and jobs."""

import stat
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from shutil import disk_usage

from bot.findings import Finding, Patient, failed, fine, warning
from bot.lock import DELIVERY_LOCK, ProcessLock
from bot.settings import LOOPBACK
from bot.store import (
    CannotOpen,
    NotSaved,
    database_folder,
    evidence_folder,
    is_current,
    open_database,
    probe_evidence,
    prove_latest_entries,
)
from storage.gauges import read_gauges

LITTLE, TOO_LITTLE = 1_000_000_000, 100_000_000
"""Bytes of free disk."""
LATE = timedelta(minutes=10)
LATEST_ENTRIES = 1_000
NOT_READY = "Not looked at: the database is not ready."
MIGRATE = "Run soc2 migrate."


def check_settings(patient: Patient) -> Iterator[Finding]:
    settings, name = patient.settings, "settings"
    for sentence in patient.misspelt:
        yield warning(name, sentence, "Correct its name, or take it out.")
    if patient.env_file.is_file() and stat.S_IMODE(patient.env_file.stat().st_mode) & 0o007:
        yield warning(name, f"Others on this machine may read {patient.env_file}.", f"Run chmod o= {patient.env_file}.")
    if settings.browser_chat and settings.host not in LOOPBACK:
        says = f"The browser chat is open to whoever reaches {settings.host}, and anybody may speak as anybody in it."
        yield warning(name, says, "Set SOC2_BROWSER_CHAT=off, or SOC2_HOST=127.0.0.1.")
    key = "the secret key is your own" if not settings.has_local_key else "the secret key is the one for trying out"
    yield fine(name, f"Readable; {settings.environment}, {key}.")


def check_database(patient: Patient) -> Iterator[Finding]:
    name = "database"
    if not is_current(patient.settings):
        yield failed(name, "It is missing, or older than this program.", MIGRATE)
        return
    try:
        with open_database(patient.settings) as database:
            database.write_now(lambda connection: None)
    except NotSaved as error:
        cure = "See who owns the file and its folder, and whether another program holds it."
        yield failed(name, str(error), cure)
    else:
        yield fine(name, "Up to date, and it can be written to.")


def check_disk(patient: Patient) -> Iterator[Finding]:
    places = [database_folder(patient.settings), evidence_folder(patient.settings)]
    free = min(disk_usage(_existing(place)).free for place in places if place)
    says = f"{free / 1e9:.1f} GB are free."
    if free >= LITTLE:
        yield fine("disk", says)
    else:
        found = failed if free < TOO_LITTLE else warning
        yield found("disk", says, "Make room, or move the database and evidence to a larger disk.")


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.parents) if path.exists())


def check_evidence(patient: Patient) -> Iterator[Finding]:
    try:
        probe_evidence(patient.settings)
    except CannotOpen as error:
        yield failed("evidence", str(error), "Give the folder or bucket of SOC2_EVIDENCE_URL, and the right to write.")
    else:
        yield fine("evidence", "A file was written, read and removed.")


def check_audit_log(patient: Patient) -> Iterator[Finding]:
    name = "audit log"
    if not is_current(patient.settings):
        yield warning(name, NOT_READY, MIGRATE)
        return
    with open_database(patient.settings) as database:
        broken = prove_latest_entries(database, LATEST_ENTRIES)
    if broken:
        yield failed(
            name, broken, "Keep a copy of the database as it is, then run soc2 audit verify for the whole log."
        )
    else:
        yield fine(name, f"The latest {LATEST_ENTRIES:,} entries of each workspace link up.")


def check_jobs(patient: Patient) -> Iterator[Finding]:
    name, now = "jobs", patient.company_now()
    if not is_current(patient.settings):
        yield warning(name, NOT_READY, MIGRATE)
        return
    with open_database(patient.settings) as database:
        gauges = database.read_now(partial(read_gauges, now=now))
    waits = {
        "a task to be opened": gauges.oldest_opening,
        "a rung to be climbed": gauges.oldest_rung,
        "a notice to go out": gauges.oldest_due,
    }
    late = {what: now - since for what, since in waits.items() if since and now - since > LATE}
    for what, by in late.items():
        yield warning(name, f"{what.capitalize()} waits since {_long(by)}.", "See that soc2 serve runs, and its log.")
    if not late:
        yield fine(name, "Nothing is late.")


def _long(by: timedelta) -> str:
    minutes = int(by.total_seconds() // 60)
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"


def check_delivery(patient: Patient) -> Iterator[Finding]:
    path = database_folder(patient.settings) / DELIVERY_LOCK
    if not path.exists():
        yield fine("delivery", "No server is delivering.")
        return
    lock = ProcessLock(path)
    free = lock.hold()
    lock.close()
    yield fine("delivery", "No server is delivering." if free else "A running server delivers.")
