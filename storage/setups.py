"""What a workspace has chosen while it is set up: one row of each."""

import json
from datetime import date
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from storage.repository import CHANGED, Repository, mine
from storage.tables import setups
from tasks.catalogue.model import Pack
from tasks.errors import Stale
from tasks.identifiers import PersonId
from tasks.setup import Setup, Step

GET = select(setups.c.body, setups.c.finished_at, setups.c.version).where(mine(setups))
BEGIN = insert(setups)
SAVE = update(setups).where(mine(setups), setups.c.version == bindparam("w_version"))


class SqlSetups(Repository):
    def get(self) -> Setup:
        row = self._row(GET)
        return Setup() if row is None else _read(row)

    def save(self, setup: Setup) -> Setup:
        values = {"body": _body(setup), "finished_at": setup.finished_at, "version": setup.version + 1}
        if setup.version == 0 and self._row(GET) is None:
            self._insert(BEGIN, [values])
        elif self._change(SAVE, **values, w_version=setup.version) == 0:
            raise Stale(CHANGED)
        return self.get()


def _body(setup: Setup) -> str:
    body = {
        "packs": setup.packs,
        "own_controls": setup.own_controls,
        "lead_id": setup.lead_id,
        "owners": dict(setup.owners),
        "starts_on": setup.starts_on.isoformat() if setup.starts_on else None,
        "level": setup.level,
        "starter": setup.starter,
        "confirmed": sorted(setup.confirmed),
    }
    return json.dumps(body, ensure_ascii=False)


def _read(row: Any) -> Setup:
    body = json.loads(row.body)
    return Setup(
        packs=tuple(Pack(name) for name in body["packs"]),
        own_controls=body["own_controls"],
        lead_id=PersonId(body["lead_id"]) if body["lead_id"] else None,
        owners={department: PersonId(person) for department, person in body["owners"].items()},
        starts_on=date.fromisoformat(body["starts_on"]) if body["starts_on"] else None,
        level=body["level"],
        starter=body["starter"],
        confirmed=frozenset(Step(step) for step in body["confirmed"]),
        finished_at=row.finished_at,
        version=row.version,
    )
