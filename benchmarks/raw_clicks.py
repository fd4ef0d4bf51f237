"""The answer of a task in as few statements of raw SQL as leave the same rows behind; nothing is checked or shown.

One thread writes, one transaction for each click, on disk (synchronous=FULL) before the caller is told.
"""

import asyncio
import hashlib
import json
import secrets
import sqlite3
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from urllib.parse import parse_qs

from benchmarks.requests import ACME

Waiting = tuple[Mapping[str, Any], asyncio.Future[bool]]

PERSON = """
SELECT p.id FROM identities i JOIN people p ON p.workspace_id = i.workspace_id AND p.id = i.person_id
WHERE i.workspace_id = ? AND i.platform = 'slack' AND i.external_id = ?
"""
TASK = "SELECT version, control_version, title FROM tasks WHERE workspace_id = ? AND id = ? AND state = 'open'"
EVIDENCE = "SELECT id FROM evidence WHERE workspace_id = ? AND task_id = ?"
HEAD = "SELECT seq, hash FROM audit_entries WHERE workspace_id = ? ORDER BY seq DESC LIMIT 1"
ONCE = "INSERT INTO inbox (workspace_id, delivery, at) VALUES (?, ?, ?)"
USED = "UPDATE identities SET used_at = ? WHERE workspace_id = ? AND platform = 'slack' AND external_id = ?"
ANSWER = """
UPDATE tasks SET state = 'recorded', answer = 'done', answered_at = ?, answered_by = ?, settled_at = ?, settled_by = ?,
    next_rung_at = NULL, version = version + 1
WHERE workspace_id = ? AND id = ? AND version = ?
"""
ATTEST = """
INSERT INTO attestations (workspace_id, task_id, version, control_version, statement, answer, person_id, role,
    on_behalf_of, comment, correction_reason, evidence, at, platform, message)
VALUES (?, ?, 1, ?, ?, 'done', ?, 'owner', NULL, '', '', ?, ?, 'slack', ?)
"""
SKIP = "UPDATE notices SET state = 'skipped' WHERE workspace_id = ? AND about = ? AND state = 'owed'"
TOUCH = "UPDATE messages SET desired_version = desired_version + 1 WHERE workspace_id = ? AND task_id = ?"
DISCARD = "DELETE FROM drafts WHERE workspace_id = ? AND task_id = ?"
ENTRY = "INSERT INTO audit_entries (workspace_id, seq, about, canonical, hash) VALUES (?, ?, ?, ?, ?)"
DETAIL = "INSERT INTO audit_details (workspace_id, seq, salt, body) VALUES (?, ?, ?, ?)"


class RawClicks:
    def __init__(self, database: Path) -> None:
        self._database = database
        self._queue: SimpleQueue[Waiting] = SimpleQueue()
        threading.Thread(target=self._write_all, daemon=True).start()

    async def record(self, payload: Mapping[str, Any]) -> bool:
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._queue.put((payload, future))
        return await future

    def _write_all(self) -> None:
        driver = sqlite3.connect(self._database, isolation_level=None)
        driver.execute("PRAGMA synchronous=FULL")
        driver.execute("PRAGMA foreign_keys=ON")
        while True:
            payload, future = self._queue.get()
            driver.execute("BEGIN IMMEDIATE")
            recorded = record(driver, payload)
            driver.execute("COMMIT")
            future.get_loop().call_soon_threadsafe(future.set_result, recorded)


def record(driver: sqlite3.Connection, payload: Mapping[str, Any]) -> bool:
    at, now = datetime.now(UTC), int(datetime.now(UTC).timestamp() * 1_000_000)
    user, args = payload["user"]["id"], parse_qs(payload["actions"][0]["value"].partition("?")[2])
    task, version = args["t"][0], int(args["v"][0])
    container = payload["container"]
    message = f"{container['channel_id']}/{container['message_ts']}"
    (person,) = driver.execute(PERSON, (ACME, user)).fetchone()
    found = driver.execute(TASK, (ACME, task)).fetchone()
    if found is None or found[0] != version:
        return False
    evidence = [row[0] for row in driver.execute(EVIDENCE, (ACME, task))]
    statement = f"I confirm that “{found[2]}” was done, checked on {at:%Y-%m-%d}."
    driver.execute(ONCE, (ACME, f"slack:click:{payload['trigger_id']}", now))
    driver.execute(USED, (now, ACME, user))
    driver.execute(ANSWER, (now, person, now, person, ACME, task, version))
    driver.execute(ATTEST, (ACME, task, found[1], statement, person, json.dumps(evidence), now, message))
    driver.execute(SKIP, (ACME, f"task:{task}"))
    driver.execute(TOUCH, (ACME, task))
    driver.execute(DISCARD, (ACME, task))
    after = {"state": "recorded", "version": version + 1, "answer": "done", "attestation": 1, "evidence": evidence}
    entry = {"what": "task:answer", "about": f"task:{task}", "who": person, "at": at.isoformat(), "message": message}
    _append(driver, {**entry, "before": {"state": "open", "version": version}, "after": after}, statement)
    return True


def _append(driver: sqlite3.Connection, entry: Mapping[str, Any], detail: str) -> None:
    seq, head = driver.execute(HEAD, (ACME,)).fetchone()
    salt = secrets.token_bytes(16)
    digest = hashlib.sha256(salt + detail.encode()).hexdigest()
    body = json.dumps({**entry, "detail": digest, "seq": seq + 1, "workspace": ACME}, sort_keys=True).encode()
    linked = hashlib.sha256(b"\x00" + head + body).digest()
    driver.execute(ENTRY, (ACME, seq + 1, entry["about"], body, linked))
    driver.execute(DETAIL, (ACME, seq + 1, salt, detail))
