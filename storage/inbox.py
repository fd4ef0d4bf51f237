"""Platform deliveries that were handled: a redelivery is known by its key."""

from datetime import datetime

from sqlalchemy.dialects.sqlite import insert as upsert

from storage.repository import Repository
from storage.tables import inbox

REMEMBER = upsert(inbox).on_conflict_do_nothing()


class SqlInbox(Repository):
    def first_time(self, delivery: str, at: datetime) -> bool:
        return self._insert(REMEMBER, [{"delivery": delivery, "at": at}]) == 1
