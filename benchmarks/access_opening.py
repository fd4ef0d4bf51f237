"""A list of accounts comes in, reviewers are found, a review opens: against the same rows in plain set-based SQL."""

import asyncio
import csv
import hashlib
import io
import shutil
import sqlite3
import time
from contextlib import closing
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from random import Random

from benchmarks.company import StillClock, found_workspaces
from benchmarks.figures import Figure, Outcome, Scale, Target, percentile, ratio
from benchmarks.requests import ACME
from bot.access_imports import read_listing, take_over
from bot.reviews import open_reviews
from storage.connections import SETTINGS
from storage.database import Database
from storage.unit_of_work import SqlUnitsOfWork
from tasks.access.generator import Organisation, organisation
from tasks.access.model import CampaignKind
from tasks.access.stored import Asked
from tasks.controls import Control
from tasks.identifiers import ControlId, PersonId
from tasks.operations.prepare_review import Wish, prepare_by_hand
from tasks.operations.start_review import confirm_start, seen_now
from tasks.people import Actor, Person, Role
from tasks.ports import UnitOfWork
from tests.builders import a_control, a_control_text

MOST_ROUNDS = 3
PEOPLE = 500
LEAD = PersonId("lead")
FLOOR_AROUND = (
    "INSERT INTO access_systems VALUES ('acme', 'floor', 'Okta', 'okta', 'lead', 'manager', NULL, 0, 1)",
    """INSERT INTO access_exports VALUES ('acme', 'floor', 'floor', 'Okta', '', '', 0, 1, '', '', '', 1, 'staging',
    'lead', 0)""",
    """INSERT INTO access_campaigns VALUES ('acme', 'floor', 'Review', 'all access', 'lead', '2026-07-01', '2026-09-30',
    '2026-11-20', 'opening', 'iam-01', NULL, 5, 0, NULL, NULL, NULL, '', '', '', 1)""",
)
"""What the rows belong to: the same references are checked."""
FLOOR_ROWS = """
INSERT INTO access_rows (workspace_id, export_id, seq, revision, row, account, account_key, email, email_key, name,
    name_key, entitlement, entitlement_key, description, privileged, last_login, login_told, created, kind, active)
VALUES ('acme', 'floor', ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?, 1, ?, 'human', 1)
"""
FLOOR_PLACES = """
INSERT INTO access_places (workspace_id, campaign_id, id, system_id, person_id, passed_by, reviewer_id, capacity,
    skipped, place_key)
SELECT DISTINCT 'acme', 'floor', 'floor:' || coalesce(p.id, '') || '::', 'floor', p.id, '[]', p.manager_id, 'manager',
    '[]', 'floor:' || coalesce(p.id, '') || '::'
FROM access_rows r LEFT JOIN people p
    ON p.workspace_id = r.workspace_id AND p.email = r.email_key AND p.email <> ''
WHERE r.workspace_id = 'acme' AND r.export_id = 'floor'
"""
FLOOR_ITEMS = """
INSERT INTO access_items (workspace_id, campaign_id, id, place_id, system_id, export_id, seq, revision, own, is_new,
    change_to, reason, taken_over_from, in_bulk, proven, version)
SELECT 'acme', 'floor', lower(hex(randomblob(10))), 'floor:' || coalesce(p.id, '') || '::', 'floor', r.export_id,
    r.seq, 0, r.privileged OR r.last_login < '2026-07-04', 0, '', '', '', 0, 0, 1
FROM access_rows r LEFT JOIN people p
    ON p.workspace_id = r.workspace_id AND p.email = r.email_key AND p.email <> ''
WHERE r.workspace_id = 'acme' AND r.export_id = 'floor' ORDER BY r.seq
"""


class NotTheSame(Exception):
    """What was opened is not what the list holds."""


def measure(scale: Scale, folder: Path) -> Outcome:
    clock = StillClock()
    company = organisation(
        Random(7),
        people=min(PEOPLE, scale.accesses),
        systems=1,
        accounts=scale.accesses,
        as_of=clock.moment.date() - timedelta(days=1),
    )
    empty = folder / "empty.db"
    found_workspaces(empty, [ACME])
    with Database(f"sqlite:///{empty}") as opened:
        SqlUnitsOfWork(opened, clock).write_now(ACME, partial(_hire, company))
    content = _csv(company)
    ours, floor = [], []
    for number in range(min(scale.rounds, MOST_ROUNDS)):
        copies = folder / f"ours-{number}.db", folder / f"floor-{number}.db"
        for copy in copies:
            shutil.copyfile(empty, copy)
        ours.append(_ours(copies[0], content, company, clock))
        floor.append(_floor(copies[1], content))
        for copy in copies:
            copy.unlink()
    return Outcome(
        targets=(Target(name="list, reviewers and opening against plain SQL", value=ratio(ours, floor), limit=3),),
        figures=(
            Figure(name=f"{scale.accesses:,} rows imported and under review", value=percentile(ours, 0.5), unit="s"),
            Figure(name="the same rows in plain SQL", value=percentile(floor, 0.5), unit="s"),
        ),
    )


def _hire(company: Organisation, uow: UnitOfWork) -> None:
    uow.people.add(Person(id=LEAD, email="lead@example.org", name="Lead", roles=frozenset({Role.COMPLIANCE_LEAD})))
    ids = {worker.email: PersonId(f"p{number}") for number, worker in enumerate(company.people)}
    for worker in company.people:
        manager = ids.get(worker.manager) if worker.manager else LEAD
        uow.people.add(Person(id=ids[worker.email], email=worker.email, name=worker.name, manager_id=manager))
    uow.controls.add(_control())


def _control() -> Control:
    text = a_control_text(access_review=CampaignKind.ALL_ACCESS, evidence=())
    return Control(**{**vars(a_control("IAM-01", text=text)), "id": ControlId("iam-01"), "owner_id": LEAD})


def _csv(company: Organisation) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(company.exports[0].rows)
    return text.getvalue().encode()


def _ours(database: Path, content: bytes, company: Organisation, clock: StillClock) -> float:
    with Database(f"sqlite:///{database}") as opened:
        units = SqlUnitsOfWork(opened, clock)
        began = time.perf_counter()
        items = asyncio.run(_review(units, content, company))
        took = time.perf_counter() - began
        held = units.read_now(ACME, lambda uow: sum(p.items for p in uow.access_items.parts(_running(uow))))
    if held != items:
        raise NotTheSame(f"{items} were to be reviewed, {held} are")
    return took


async def _review(units: SqlUnitsOfWork, content: bytes, company: Organisation) -> int:
    asked = Asked(source=company.exports[0].source, owner_id=LEAD)
    listing = read_listing(content, "list.csv", asked)
    taken = await take_over(units, ACME, _lead, listing)
    await units.write(ACME, _start)
    await open_reviews(units, ACME)
    return taken.export.accesses


def _lead(uow: UnitOfWork) -> Actor:
    return Actor(person=uow.people.get(LEAD), platform="cli", at=uow.now)


def _start(uow: UnitOfWork) -> None:
    today: date = uow.now.date()
    wish = Wish(
        control_code="IAM-01",
        name="Review",
        span_start=today - timedelta(days=120),
        span_end=today - timedelta(days=30),
        due_on=today + timedelta(days=14),
    )
    campaign = prepare_by_hand(uow, _lead(uow), wish)
    confirm_start(uow, _lead(uow), campaign.id, seen=seen_now(uow, campaign))


def _running(uow: UnitOfWork) -> str:
    [campaign] = uow.campaigns.running()
    return campaign.id


def _floor(database: Path, content: bytes) -> float:
    """Read by the csv module, hashed, and put in place by one statement each."""
    with closing(sqlite3.connect(database, isolation_level=None)) as driver:
        for setting in SETTINGS:
            driver.execute(setting)
        for around in FLOOR_AROUND:
            driver.execute(around)
        began = time.perf_counter()
        hashlib.sha256(content).hexdigest()
        header, *rows = csv.reader(io.StringIO(content.decode()))
        values = [_values(number, row, header) for number, row in enumerate(rows, 1)]
        driver.execute("BEGIN IMMEDIATE")
        driver.executemany(FLOOR_ROWS, values)
        driver.execute(FLOOR_PLACES)
        driver.execute(FLOOR_ITEMS)
        driver.execute("COMMIT")
        return time.perf_counter() - began


def _values(number: int, row: list[str], header: list[str]) -> tuple[object, ...]:
    """As much of it as plain SQL needs: which column is which is known beforehand, and nothing is checked."""
    account = row[0]
    email = next((cell for cell in row if "@" in cell), "")
    name, right = row[min(1, len(row) - 1)], row[-1]
    fields = (account, account.lower(), email, email.lower(), name, name.lower(), right, right.lower())
    return (number, number + 1, *fields, 0, "2026-10-01", "2024-01-01")
