"""Platform deliveries that were handled: a redelivery is known by its key."""

from datetime import datetime

from sqlalchemy import bindparam, delete
from sqlalchemy.dialects.sqlite import insert as upsert

from storage.repository import Repository, mine
from storage.tables import inbox

REMEMBER = upsert(inbox).on_conflict_do_nothing()
FORGET = delete(inbox).where(mine(inbox), inbox.c.at < bindparam("moment", type_=inbox.c.at.type))


class SqlInbox(Repository):
    def first_time(self, delivery: str, at: datetime) -> bool:
        return self._insert(REMEMBER, [{"delivery": delivery, "at": at}]) == 1

    def forget_before(self, moment: datetime) -> int:
        return self._change(FORGET, moment=moment)
