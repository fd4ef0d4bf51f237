"""What programs were answered, by the key they gave."""

from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from storage.columns import reader
from storage.repository import Repository, mine
from storage.tables import api_answers
from tasks.api_answers import KeptAnswer, RequestKey

A = api_answers.c
NAMES: Final = ("request", "status", "body", "at")
OF_KEY = (mine(api_answers), A.token_id == bindparam("w_token_id"), A.key == bindparam("w_key"))

FIND = select(*(A[name] for name in NAMES)).where(*OF_KEY, A.at > bindparam("since", type_=A.at.type))
CLAIM = upsert(api_answers).on_conflict_do_nothing()
SETTLE = update(api_answers).where(*OF_KEY)
FREE = delete(api_answers).where(*OF_KEY, A.at <= bindparam("since", type_=A.at.type))
FORGET = delete(api_answers).where(mine(api_answers), A.at < bindparam("moment", type_=A.at.type))

_read = reader(KeptAnswer, NAMES)


class SqlApiAnswers(Repository):
    def find(self, key: RequestKey, *, since: datetime) -> KeptAnswer | None:
        row = self._row(FIND, w_token_id=key.token_id, w_key=key.key, since=since)
        return None if row is None else _read(row)

    def claim(self, key: RequestKey, *, at: datetime, since: datetime) -> bool:
        self._change(FREE, w_token_id=key.token_id, w_key=key.key, since=since)
        return self._insert(CLAIM, [{**vars(key), "status": 0, "body": "", "at": at}]) == 1

    def settle(self, key: RequestKey, *, status: int, body: str) -> None:
        self._change(SETTLE, w_token_id=key.token_id, w_key=key.key, status=status, body=body)

    def forget_before(self, moment: datetime) -> int:
        return self._change(FORGET, moment=moment)
