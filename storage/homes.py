"""Start pages that were opened: what each shows, and which must be looked at again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import and_, bindparam, case, delete, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from storage.columns import reader
from storage.repository import CHANGED, Repository, mine
from storage.tables import homes
from tasks.errors import Stale
from tasks.homes import Home

H = homes.c
NAMES: Final = tuple(column.name for column in H if column.name != "workspace_id")
KEY: Final = ("platform", "external_id")
CHANGING: Final = tuple(name for name in NAMES if name not in KEY)
JUST_OPENED = ""

HOMES = select(*(H[name] for name in NAMES)).where(mine(homes))
THIS = and_(H.platform == bindparam("w_platform"), H.external_id == bindparam("w_external_id"))
FIND = HOMES.where(THIS)
NEW = upsert(homes)
OPEN = NEW.on_conflict_do_update(
    index_elements=["workspace_id", *KEY],
    set_={"opened_at": NEW.excluded.opened_at, "digest": JUST_OPENED, "version": H.version + 1},
)
SAVE = update(homes).where(mine(homes), THIS, H.version == bindparam("w_version"))
FORGET = delete(homes).where(mine(homes), THIS)


def _moment(name: str) -> object:
    return bindparam(name, type_=H.opened_at.type)


DUE = (
    HOMES.where(
        H.opened_at > _moment("opened_after"),
        or_(
            H.digest == JUST_OPENED,
            and_(H.seen < bindparam("position"), H.checked_at <= _moment("changed_before")),
            H.checked_at <= _moment("checked_before"),
        ),
    )
    .order_by(case((H.digest == JUST_OPENED, 0), else_=1), H.checked_at, H.external_id)
    .limit(bindparam("limit"))
)

_read = reader(Home, NAMES)


class SqlHomes(Repository):
    def find(self, platform: str, external_id: str) -> Home | None:
        row = self._row(FIND, w_platform=platform, w_external_id=external_id)
        return None if row is None else _read(row)

    def open(self, platform: str, external_id: str, at: datetime) -> None:
        self._insert(OPEN, [vars(Home(platform=platform, external_id=external_id, opened_at=at, checked_at=at))])

    def save(self, home: Home) -> Home:
        saved = replace(home, version=home.version + 1)
        if not self._update(saved, version=home.version):
            raise Stale(CHANGED)
        return saved

    def checked(self, home: Home, *, seen: int, at: datetime) -> None:
        self._update(replace(home, seen=seen, checked_at=at), version=home.version)

    def due(
        self, *, opened_after: datetime, position: int, changed_before: datetime, checked_before: datetime, limit: int
    ) -> Sequence[Home]:
        found = self._rows(
            DUE,
            opened_after=opened_after,
            position=position,
            changed_before=changed_before,
            checked_before=checked_before,
            limit=limit,
        )
        return [_read(row) for row in found]

    def forget(self, platform: str, external_id: str) -> None:
        self._change(FORGET, w_platform=platform, w_external_id=external_id)

    def _update(self, home: Home, *, version: int) -> int:
        values = {name: getattr(home, name) for name in CHANGING}
        return self._change(SAVE, **values, w_platform=home.platform, w_external_id=home.external_id, w_version=version)
