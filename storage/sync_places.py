"""How far the look-ups of people have come, so that a crash or a rate limit goes on where it stopped."""

from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.sqlite import insert as upsert

from storage.columns import reader
from storage.repository import Repository, mine
from storage.tables import sync_places
from tasks.ports import SyncPlace

P = sync_places.c
NAMES: Final = tuple(column.name for column in P if column.name != "workspace_id")
CHANGING: Final = ("cursor", "retry_at", "finished_at")

FIND = select(*(P[name] for name in NAMES)).where(
    mine(sync_places), P.platform == bindparam("platform"), P.purpose == bindparam("purpose")
)
NEW = upsert(sync_places)
SAVE = NEW.on_conflict_do_update(
    index_elements=["workspace_id", "platform", "purpose"], set_={name: NEW.excluded[name] for name in CHANGING}
)

_read = reader(SyncPlace, NAMES)


class SqlSyncPlaces(Repository):
    def get(self, platform: str, purpose: str) -> SyncPlace:
        row = self._row(FIND, platform=platform, purpose=purpose)
        return SyncPlace(platform=platform, purpose=purpose) if row is None else _read(row)

    def save(self, place: SyncPlace) -> None:
        self._insert(SAVE, [vars(place)])
