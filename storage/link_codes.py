"""Codes that link an account to a person, and the wrong ones that were typed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from storage.columns import reader
from storage.repository import CHANGED, Repository, mine
from storage.tables import link_codes, wrong_codes
from tasks.errors import NO_SUCH_LINK, NotFound, Stale
from tasks.identifiers import PersonId
from tasks.link_codes import LinkCode, LinkState, WrongCodes

C, W = link_codes.c, wrong_codes.c
NAMES: Final = tuple(column.name for column in C if column.name != "workspace_id")
WRONG_NAMES: Final = tuple(column.name for column in W if column.name != "workspace_id")

CODES = select(*(C[name] for name in NAMES)).where(mine(link_codes))
BY_ID = CODES.where(C.id == bindparam("code_id"))
BY_DIGEST = CODES.where(C.digest == bindparam("digest")).order_by(C.expires_at.desc()).limit(1)
WAITING = CODES.where(C.person_id == bindparam("person_id"), C.state != LinkState.SETTLED).order_by(C.expires_at, C.id)
ADD = insert(link_codes)
SAVE = update(link_codes).where(mine(link_codes), C.id == bindparam("w_id"), C.version == bindparam("w_version"))
FORGET = delete(link_codes).where(mine(link_codes), C.expires_at < bindparam("moment", type_=C.expires_at.type))

WRONG = select(*(W[name] for name in WRONG_NAMES)).where(
    mine(wrong_codes), W.platform == bindparam("platform"), W.external_id == bindparam("external_id")
)
NEW_WRONG = upsert(wrong_codes)
SAVE_WRONG = NEW_WRONG.on_conflict_do_update(
    index_elements=["workspace_id", "platform", "external_id"],
    set_={"count": NEW_WRONG.excluded["count"], "since": NEW_WRONG.excluded.since},
)
FORGET_WRONG = delete(wrong_codes).where(mine(wrong_codes), W.since < bindparam("moment", type_=W.since.type))

_read = reader(LinkCode, NAMES)
_read_wrong = reader(WrongCodes, WRONG_NAMES)


class SqlLinkCodes(Repository):
    def add(self, code: LinkCode) -> None:
        self._insert(ADD, [vars(code)])

    def get(self, code_id: str) -> LinkCode:
        row = self._row(BY_ID, code_id=code_id)
        if row is None:
            raise NotFound(NO_SUCH_LINK)
        return _read(row)

    def save(self, code: LinkCode) -> LinkCode:
        saved = replace(code, version=code.version + 1)
        values = {name: value for name, value in vars(saved).items() if name != "id"}
        if not self._change(SAVE, **values, w_id=code.id, w_version=code.version):
            raise Stale(CHANGED)
        return saved

    def by_digest(self, digest: str) -> LinkCode | None:
        row = self._row(BY_DIGEST, digest=digest)
        return None if row is None else _read(row)

    def waiting(self, person_id: PersonId) -> Sequence[LinkCode]:
        return [_read(row) for row in self._rows(WAITING, person_id=person_id)]

    def wrong(self, platform: str, external_id: str) -> WrongCodes | None:
        row = self._row(WRONG, platform=platform, external_id=external_id)
        return None if row is None else _read_wrong(row)

    def save_wrong(self, wrong: WrongCodes) -> None:
        self._insert(SAVE_WRONG, [vars(wrong)])

    def forget_before(self, moment: datetime) -> int:
        return self._change(FORGET, moment=moment) + self._change(FORGET_WRONG, moment=moment)
